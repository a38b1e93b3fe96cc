//! `diff`: compares secrets, folders and environments.

mod row;
mod side;

use crate::context::Context;
use crate::custody::{self, Open, Wanted};
use crate::failure::{Exit, Failure};
use crate::summary::SCHEMA_VERSION;
use crate::vault::Depth;
use row::{Row, Status};
use serde_json::{Value, json};
use side::Side;

/// Compare secrets, folders or environments
///
/// Says which secrets have another value and which are on one side only; how
/// many are the same is said on standard error. Values are compared and not
/// shown, unless --reveal is given: then one line each, A behind "-" and B
/// behind "+", with control characters escaped. In a pipe: status, a tab, the
/// name. The status is `changed`, `only in A` or `only in B`: A is the first
/// operand and B the second, whatever they are called.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets diff staging: production:
  secrets diff STRIPE_KEY@2 STRIPE_KEY
  secrets diff --check staging:/web/ production:/web/")]
pub struct Args {
    /// A secret, a folder with a trailing /, or an environment with a trailing :
    #[arg(value_name = "A")]
    pub first: String,
    /// What it is compared with, of the same kind
    #[arg(value_name = "B")]
    pub second: String,
    /// Show the values that differ
    #[arg(long)]
    pub reveal: bool,
    /// Exit with 10 if there is a difference
    #[arg(long)]
    pub check: bool,
}

/// Prints what differs.
///
/// # Errors
/// Operands of two kinds, secrets that are not there, two folders without any, and whatever opening the
/// vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let (a, b) = (Side::parse(&args.first)?, Side::parse(&args.second)?);
    if a.is_folder() != b.is_folder() {
        return Err(Failure::usage("one is a secret, the other a folder")
            .hint("a folder ends with \"/\", an environment with \":\""));
    }
    let open = custody::open(ctx, Depth::Reader)?;
    let (a, b) = (a.read(ctx, &open, &b)?, b.read(ctx, &open, &a)?);
    if a.secrets.is_empty() && b.secrets.is_empty() {
        // A mistyped folder would be the same for ever.
        let message = format!("no secrets in {} nor in {}", a.title, b.title);
        return Err(Failure::not_found(message));
    }
    if args.reveal {
        custody::may_show_values(ctx)?;
    }
    let mut rows = row::paired(a.secrets, b.secrets);
    judge(ctx, &open, &mut rows)?;
    if args.reveal {
        reveal(ctx, &open, &mut rows)?;
    }
    let different = rows.iter().any(|row| row.status != Status::Same);
    if ctx.globals.json {
        let secrets: Vec<Value> = rows.iter().map(|row| row.object(args.reveal)).collect();
        ctx.terminal.json(&json!({
            "schema_version": SCHEMA_VERSION,
            "a": a.title,
            "b": b.title,
            "different": different,
            "secrets": secrets,
        }))?;
    } else {
        print(ctx, &rows, (&a.title, &b.title))?;
    }
    match args.check && different {
        true => Ok(Exit(10)),
        false => Ok(Exit::DONE),
    }
}

/// Compares what is on both sides.
fn judge(ctx: &Context, open: &Open, rows: &mut [Row]) -> Result<(), Failure> {
    let pairs: Vec<(Wanted<'_>, Wanted<'_>)> = rows
        .iter()
        .filter_map(|row| Some((row.a.as_ref()?.wanted()?, row.b.as_ref()?.wanted()?)))
        .collect();
    let mut same = custody::compare(ctx, open, &pairs)?.into_iter();
    for row in rows {
        row.status = match (&row.a, &row.b) {
            (_, None) => Status::OnlyA,
            (None, _) => Status::OnlyB,
            // As many answers as rows with two sides.
            _ if same.next() == Some(true) => Status::Same,
            _ => Status::Changed,
        };
    }
    Ok(())
}

/// Opens the values of what differs.
fn reveal(ctx: &Context, open: &Open, rows: &mut [Row]) -> Result<(), Failure> {
    let shown = rows.iter().filter(|row| row.status != Status::Same);
    let shown = shown.flat_map(|row| [&row.a, &row.b]).flatten();
    let mut wanted = Vec::new();
    for secret in shown {
        if secret.is_expired(open.vault.now()) {
            let address = secret.address();
            return Err(Failure::expired(format!("\"{address}\" has expired"))
                .hint(format!("secrets get --allow-expired {address}")));
        }
        wanted.extend(secret.wanted());
    }
    let mut values = custody::reveal(ctx, open, &wanted, None)?.into_iter();
    drop(wanted);
    let differing = rows.iter_mut().filter(|row| row.status != Status::Same);
    for secret in differing.flat_map(|row| [&mut row.a, &mut row.b]).flatten() {
        secret.value = values.next();
    }
    Ok(())
}

fn print(ctx: &Context, rows: &[Row], titles: (&str, &str)) -> Result<(), Failure> {
    let person = ctx.terminal.stdout_is_terminal();
    let differing = rows.iter().filter(|row| row.status != Status::Same);
    for row in differing {
        let status = match row.status {
            Status::OnlyA if person => format!("only in {}", titles.0),
            Status::OnlyB if person => format!("only in {}", titles.1),
            status => status.text().to_owned(),
        };
        ctx.terminal.table(&[], &[vec![status, row.path.clone()]])?;
        for (mark, secret) in [("- ", &row.a), ("+ ", &row.b)] {
            if let Some(value) = secret.as_ref().and_then(|secret| secret.value.as_ref()) {
                ctx.terminal.value_line(mark, value)?;
            }
        }
    }
    let same = rows.iter().filter(|row| row.status == Status::Same).count();
    ctx.terminal.say(&match same {
        1 => "1 secret is the same".to_owned(),
        count => format!("{count} secrets are the same"),
    });
    Ok(())
}

//! `audit list`: who read or changed what.

use crate::audit::report::{Entry, Filter, Format, HEADER, Row, Selection, Table, cells};
use crate::context::Context;
use crate::custody::{self, Journal};
use crate::failure::{Exit, Failure};
use crate::input::Filters;
use crate::time::Timestamp;
use std::path::PathBuf;
use std::time::Duration;

/// Show who read or changed what, newest last
///
/// Shows the log of this machine; no passphrase and no key are needed. Whoever
/// holds a key can read the vault with other software and leave no entry.
#[derive(clap::Args)]
#[command(override_usage = "secrets audit [list] [OPTIONS] [SECRET]")]
#[command(after_help = "Examples:
  secrets audit list
  secrets audit list production:/STRIPE_KEY --since 7d
  secrets audit list -e production --action write,rotate
  secrets audit list --failed --json
  secrets audit list --follow")]
pub struct Args {
    /// Only this secret, folder/ or glob
    #[arg(value_name = "SECRET")]
    pub target: Option<String>,

    #[command(flatten)]
    #[expect(missing_docs, reason = "the flags have theirs")]
    pub filters: Filters,

    /// Go on with new entries as they come; Ctrl-C ends it
    #[arg(short, long)]
    pub follow: bool,

    /// Show the logs in this directory, collected from other machines
    #[arg(long, value_name = "DIR", conflicts_with = "follow")]
    pub from: Option<PathBuf>,
}

/// How often a followed log is looked at.
const PAUSE: Duration = Duration::from_millis(250);

/// Lists entries.
///
/// # Errors
/// No vault, filters that are none, a log that cannot be read.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let journal = custody::journal(ctx, None)?;
    journal.warn(ctx);
    let filter = args
        .filters
        .read(ctx, args.target.as_deref(), &journal.environments)?;
    let mut selection = Selection::of(&filter, journal.entries(ctx));
    if let Some(directory) = &args.from {
        ctx.terminal.detail(
            "the logs of other machines are shown as they are; nothing of them is verified",
        );
        selection = Selection::new(&filter);
        for entries in custody::collected(ctx, directory, &journal.vault)? {
            selection.merge(Selection::of(&filter, entries));
        }
    }
    let others = match args.from {
        Some(_) => Vec::new(),
        None => journal.elsewhere(),
    };
    if args.follow {
        return follow(ctx, &journal, &filter, &selection);
    }
    if ctx.globals.json {
        custody::export(ctx, Format::Json, &selection, &others)?;
        return Ok(Exit::DONE);
    }
    if !ctx.terminal.stdout_is_terminal() {
        table(ctx, selection.rows(), true)?;
        return Ok(Exit::DONE);
    }
    let now = ctx.clock.now()?;
    let shown = Table::new(selection.rows(), now);
    ctx.terminal.table(&shown.header, &shown.rows)?;
    if args.from.is_none() && journal.content.log.is_empty() {
        let said =
            "there is no log of this vault on this machine; the first read or change begins it";
        ctx.terminal.say(said);
    }
    let mut lines = selection.totals().lines(&others, now);
    if let (Some(first), Some(from)) = (lines.first_mut(), &shown.from) {
        first.push_str(&format!(", all from {from}"));
    }
    lines.iter().for_each(|line| ctx.terminal.say(line));
    Ok(Exit::DONE)
}

/// The rows as a table, for eyes or for programs.
fn table<'a>(
    ctx: &Context,
    rows: impl Iterator<Item = &'a Row>,
    with_header: bool,
) -> Result<(), Failure> {
    let person = ctx.terminal.stdout_is_terminal();
    let now: Option<Timestamp> = person.then(|| ctx.clock.now()).transpose()?;
    let rows: Vec<Vec<String>> = rows.map(|row| cells(row, now)).collect();
    let header: &[&str] = if with_header { &HEADER } else { &[] };
    Ok(ctx.terminal.table(header, &rows)?)
}

/// Shows what is there, then each new entry, until a signal ends it.
fn follow(
    ctx: &Context,
    journal: &Journal,
    filter: &Filter,
    shown: &Selection,
) -> Result<Exit, Failure> {
    let print = |selection: &Selection, first: bool| match ctx.globals.json {
        true => custody::export(ctx, Format::Jsonl, selection, &[]),
        false => table(ctx, selection.rows(), first),
    };
    print(shown, true)?;
    let mut tail = journal.tail();
    loop {
        std::thread::sleep(PAUSE);
        let fresh: Vec<Entry> = tail.entries(ctx)?;
        if !fresh.is_empty() {
            let unlimited = Filter {
                limit: None,
                ..filter.clone()
            };
            print(&Selection::of(&unlimited, fresh), false)?;
        }
    }
}

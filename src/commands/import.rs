//! `import`: stores the pairs of a file.

use crate::context::Context;
use crate::custody::{self, Import, Open};
use crate::exchange;
use crate::failure::{Exit, Failure, quoted};
use crate::file::descriptor_number;
use crate::input::{self, SourceFormat};
use crate::name::EnvName;
use crate::summary;
use crate::vault::Depth;
use std::path::{Path, PathBuf};

/// Store what a file of another program holds as secrets
///
/// What the file is shows in its name and its content, or --format says it.
/// Values are taken as they are: nothing in them is expanded or executed. A
/// map in JSON or YAML is a folder; without -e an outermost map that has the
/// name of an environment is that environment. CSV has a header: name (or key) and
/// value, and perhaps folder, environment, note, owner, tags, expires. A file that
/// sops encrypted is decrypted by sops. What is no value (null, a list, an alias)
/// and what is still encrypted is refused by its name; a file has at most 64 MiB
/// and 32 levels. Names that exist with another value are listed, and
/// nothing is changed, unless --overwrite or --skip-existing says what to do.
/// On a terminal it shows what it would do and asks. Afterwards the file itself
/// is no longer needed, and should not stay.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets import .env
  secrets import -e production prod.env --overwrite
  secrets import secrets.enc.yaml -n
  secrets import - --format vault -p payments < kv.json
  secrets import - --prefix APP_ < app.env")]
pub struct Args {
    /// The file; - is standard input
    #[arg(value_name = "FILE|-")]
    pub file: PathBuf,
    /// The format of the file
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<SourceFormat>,
    /// Put this in front of every name
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,
    /// Replace values that differ
    #[arg(long, conflicts_with = "skip_existing")]
    pub overwrite: bool,
    /// Leave secrets that exist as they are
    #[arg(long)]
    pub skip_existing: bool,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Stores what is new in one atomic write.
///
/// # Errors
/// A file that is none of the format, names and values that are refused, names
/// that exist with another value, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let stdin = args.file == Path::new("-") || descriptor_number(&args.file) == Some(0);
    if stdin && custody::credential_takes_stdin(ctx) {
        return Err(Failure::usage(
            "credential and file cannot both come from standard input",
        ));
    }
    let shown = match stdin {
        true => "standard input".to_owned(),
        false => quoted(&args.file.to_string_lossy()),
    };
    let reading = input::read_source(ctx, (&args.file, stdin), &shown, args.format)?;
    let whole = !reading.notes.iter().any(|note| note.what.is_loss());
    if reading.found.is_empty() && reading.refused.is_empty() {
        if !whole {
            return Err(Failure::usage(format!("{shown} holds no NAME=VALUE")));
        }
        ctx.terminal
            .say(&format!("nothing to import: {shown} holds no pairs"));
    }
    let prefix = args.prefix.as_deref().unwrap_or("");
    let names = input::pair_names(prefix, &reading, &shown)?;
    let open = custody::open(ctx, Depth::Reader)?;
    let items = custody::placed(ctx, &open, &names, reading.found)?;
    let rules = custody::ImportRules {
        dry_run: args.dry_run,
        overwrite: args.overwrite,
        skip_existing: args.skip_existing,
    };
    let plan = rules
        .plan(&open.vault, &items)
        .map_err(|failure| open.blame(failure))?;
    let count = plan.iter().filter(|step| rules.writes(**step)).count();
    let asks = count > 0 && !args.dry_run && !ctx.globals.yes && ctx.terminal.may_prompt();
    if asks || args.dry_run {
        for (step, item) in plan.iter().zip(&items) {
            ctx.terminal.say(&format!(
                "{:<8} {}",
                custody::import_word(*step),
                item.address()
            ));
        }
    }
    let noun = if count == 1 { "secret" } else { "secrets" };
    let place = place(ctx, &open, &items)?;
    if asks && !input::confirm(ctx, &format!("Import {count} {noun} into {place}"))? {
        return Ok(Exit::DONE);
    }
    let written = custody::import(ctx, open, rules, &items)?;
    for (step, item) in plan.iter().zip(&items) {
        if rules.leaves(*step) {
            ctx.terminal
                .say(&format!("{} is left as it is", item.address()));
        }
    }
    summary::written(ctx, args.dry_run, false, &written)?;
    let complete = whole && !plan.iter().any(|step| rules.leaves(*step));
    if !stdin && !args.dry_run && !items.is_empty() {
        speak_of_file(ctx, &args.file, complete);
    }
    Ok(Exit::DONE)
}

/// Where all of it goes.
fn place(ctx: &Context, open: &Open, items: &[Import]) -> Result<String, Failure> {
    let mut envs: Vec<&EnvName> = items.iter().map(|item| &item.env).collect();
    envs.dedup();
    Ok(match envs.as_slice() {
        [] => open.environment(ctx)?.env.to_string(),
        [env] => format!("{env}:{}", open.folder(ctx)),
        _ => "several environments".to_owned(),
    })
}

/// The file still holds the values in plain text, and git may take it.
fn speak_of_file(ctx: &Context, file: &Path, complete: bool) {
    let shown = file.to_string_lossy();
    if custody::is_committable(ctx, file) {
        ctx.terminal.warn(&format!(
            "git does not ignore {}, which holds values in plain text",
            quoted(&shown)
        ));
    }
    if complete {
        let dashes = if shown.starts_with('-') { "-- " } else { "" };
        ctx.terminal.hint(&format!(
            "the values are in the vault now; to remove the file: rm {dashes}{}",
            exchange::word(&shown)
        ));
    }
}

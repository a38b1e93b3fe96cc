//! `import`: stores the pairs of a file.

use crate::context::Context;
use crate::custody::{self, Change, Open};
use crate::exchange::{self, Reading};
use crate::failure::{Exit, Failure, Kind, quoted};
use crate::file::{Forms, descriptor_number};
use crate::input;
use crate::name::{self, Address, EnvName, SecretPath};
use crate::secret::SecretValue;
use crate::summary;
use crate::terminal::{MAX_VALUE_BYTES, read_stdin};
use crate::vault::{Depth, Likeness, NewValue, Vault, Written};
use std::path::{Path, PathBuf};

/// Greatest length of a file, in bytes (64 MiB).
const MAX_FILE_BYTES: usize = 64 << 20;

/// Store the pairs of a .env file as secrets
///
/// Values are taken as they are: nothing in them is expanded or executed.
/// Names that exist with another value are listed, and nothing is changed,
/// unless --overwrite or --skip-existing says what to do. On a terminal it
/// shows what it would do and asks. Afterwards the file itself is no longer
/// needed, and should not stay.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets import .env
  secrets import -e production prod.env --overwrite
  secrets import - --prefix APP_ < app.env")]
pub struct Args {
    /// The file; - is standard input
    #[arg(value_name = "FILE|-")]
    pub file: PathBuf,
    /// The format of the file
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Format,
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

/// A format of files.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A .env file
    #[default]
    Dotenv,
}

/// A pair of the file with its place in the vault.
struct Item {
    env: EnvName,
    path: SecretPath,
    value: SecretValue,
}

impl Item {
    fn address(&self) -> String {
        format!("{}:{}", self.env, self.path)
    }
}

/// Stores what is new in one atomic write.
///
/// # Errors
/// A file that is none of the format, names and values that are refused, names
/// that exist with another value, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let Format::Dotenv = args.format;
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
    let mut reading = read(ctx, args, stdin, &shown)?;
    let whole = !reading.notes.iter().any(|note| note.what.is_loss());
    if reading.found.is_empty() {
        if !whole {
            return Err(Failure::usage(format!("{shown} holds no NAME=VALUE")));
        }
        ctx.terminal
            .say(&format!("nothing to import: {shown} holds no pairs"));
    }
    let names = names(args, &reading, &shown)?;
    let open = custody::open(ctx, Depth::Reader)?;
    let mut items = Vec::new();
    for (name, found) in names.iter().zip(reading.found.drain(..)) {
        let bad = |error| Failure::bad_name("address", name, error);
        let address = Address::parse(name).map_err(bad)?;
        let (env, path) = open.resolve(ctx, &address, name)?;
        let may = open.vault.check_write(&env, &path);
        may.map_err(|error| open.blame(error))?;
        let value = found.value;
        items.push(Item { env, path, value });
    }
    let plan = plan(args, &open.vault, &items).map_err(|failure| open.blame(failure))?;
    let count = plan.iter().filter(|step| step.writes(args)).count();
    let asks = count > 0 && !args.dry_run && !ctx.globals.yes && ctx.terminal.may_prompt();
    if asks || args.dry_run {
        for (step, item) in plan.iter().zip(&items) {
            ctx.terminal
                .say(&format!("{:<8} {}", step.word(), item.address()));
        }
    }
    let noun = if count == 1 { "secret" } else { "secrets" };
    let place = format!("{}:{}", open.environment(ctx)?.env, open.folder(ctx));
    if asks && !input::confirm(ctx, &format!("Import {count} {noun} into {place}"))? {
        return Ok(Exit::DONE);
    }
    let written = write(ctx, args, open, &items)?;
    for (step, item) in plan.iter().zip(&items) {
        if step.is_left(args) {
            ctx.terminal
                .say(&format!("{} is left as it is", item.address()));
        }
    }
    summary::written(ctx, args.dry_run, false, &written)?;
    let complete = whole && !plan.iter().any(|step| step.is_left(args));
    if !stdin && !args.dry_run && !items.is_empty() {
        speak_of_file(ctx, &args.file, complete);
    }
    Ok(Exit::DONE)
}

/// Reads the file and tells what is to be known of its lines.
fn read(ctx: &Context, args: &Args, stdin: bool, shown: &str) -> Result<Reading, Failure> {
    let bytes = match stdin {
        true => read_stdin(MAX_FILE_BYTES)?,
        false => SecretValue::new(ctx.files.read(
            &args.file,
            MAX_FILE_BYTES as u64,
            Forms::Descriptors,
        )?),
    };
    let reading = exchange::Format::Dotenv.read(bytes.expose());
    let reading = reading.map_err(|error| Failure::usage(format!("{shown}: {error}")))?;
    for note in &reading.notes {
        let name = note.name.as_deref().map_or(String::new(), quoted);
        let space = if name.is_empty() { "" } else { " " };
        ctx.terminal.warn(&format!(
            "{shown} line {}:{space}{name} {}",
            note.line, note.what
        ));
    }
    Ok(reading)
}

/// The names of the secrets, all of them names of one segment.
fn names(args: &Args, reading: &Reading, shown: &str) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let mut refused = Vec::new();
    for found in &reading.found {
        let name = format!("{}{}", args.prefix.as_deref().unwrap_or(""), found.name);
        let line = found.line;
        // A `/` would be a folder: -p says which.
        let path = SecretPath::parse(&name).and_then(|path| path.check_new());
        let path = match name.contains('/') {
            true => Err(name::Error::Character('/')),
            false => path,
        };
        if let Err(error) = path {
            let what = format!(
                "{shown} line {line}: {} is no secret's name: {error}",
                quoted(&name)
            );
            refused.push((None, what));
        } else if found.value.len() > MAX_VALUE_BYTES {
            let bytes = found.value.len();
            let what = format!(
                "{shown} line {line}: the value of {} has {bytes} bytes; at most {MAX_VALUE_BYTES} \
                 are possible",
                quoted(&name)
            );
            refused.push((None, what));
        }
        names.push(name);
    }
    match refused.is_empty() {
        true => Ok(names),
        false => Err(Failure::several(
            Kind::Usage,
            refused,
            "pairs are refused; nothing was changed",
        )),
    }
}

/// What becomes of one pair.
struct Step(Likeness);

impl Step {
    fn word(&self) -> &'static str {
        match self.0 {
            Likeness::Changed(_) => "changed",
            Likeness::New => "new",
            Likeness::Same(_) => "same",
        }
    }

    fn writes(&self, args: &Args) -> bool {
        match self.0 {
            Likeness::Changed(_) => args.overwrite,
            Likeness::New => true,
            Likeness::Same(_) => false,
        }
    }

    /// Whether another value stays where it is.
    fn is_left(&self, args: &Args) -> bool {
        matches!(self.0, Likeness::Changed(_)) && !args.overwrite
    }
}

/// Compares every pair with the vault.
///
/// # Errors
/// All names that exist with another value, unless it is said what to do.
fn plan(args: &Args, vault: &Vault, items: &[Item]) -> Result<Vec<Step>, Failure> {
    let step = |item: &Item| vault.likeness(&item.env, &item.path, &item.value).map(Step);
    let steps: Vec<Step> = items.iter().map(step).collect::<Result<_, _>>()?;
    let mut conflicts = Vec::new();
    for (step, item) in steps.iter().zip(items) {
        if step.is_left(args) && !args.skip_existing {
            let address = item.address();
            let what = format!("\"{address}\" exists with another value");
            conflicts.push((Some(address), what));
        }
    }
    match conflicts.is_empty() {
        true => Ok(steps),
        false => Err(Failure::several(
            Kind::Conflict,
            conflicts,
            "secrets exist with another value; nothing was changed",
        )
        .hint("to replace them: --overwrite")
        .hint("to leave them as they are: --skip-existing")),
    }
}

/// Looks again and stores, in one change.
fn write(ctx: &Context, args: &Args, open: Open, items: &[Item]) -> Result<Vec<Written>, Failure> {
    let new = |value| NewValue {
        value,
        kind: None,
        tags: None,
        note: None,
        owner: None,
        expires: 0,
        every: None,
        why: ctx.globals.reason.clone().unwrap_or_default(),
        verb: "import",
        if_version: None,
    };
    custody::change(ctx, open, |vault, random| {
        let mut written = Vec::new();
        for (step, item) in plan(args, vault, items)?.iter().zip(items) {
            if step.writes(args) {
                written.push(vault.set(&item.env, &item.path, &new(&item.value), random)?);
            } else if let Likeness::Same(version) = step.0 {
                written.push(Written {
                    env: item.env.clone(),
                    path: item.path.clone(),
                    version,
                    kind: String::new(),
                    unchanged: true,
                    expiry_cleared: false,
                });
            }
        }
        if args.dry_run {
            vault.discard();
        }
        let change = Change::written(&written);
        Ok((written, change))
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

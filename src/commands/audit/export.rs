//! `audit export`: the log for other programs.

use crate::audit::report::{Format, Selection};
use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::input::Filters;

/// Write the log as JSON lines, JSON or CSV
///
/// One object or line for each secret of an entry. Names are in clear in it,
/// values never. CSV is for spreadsheets: a field that one of them would take
/// for a formula gets an apostrophe before it.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets audit export > audit.jsonl
  secrets audit export --format csv --since 30d > audit.csv
  secrets audit export --format json --action rotate")]
pub struct Args {
    /// Only this secret, folder/ or glob
    #[arg(value_name = "SECRET")]
    pub target: Option<String>,

    #[command(flatten)]
    #[expect(missing_docs, reason = "the flags have theirs")]
    pub filters: Filters,

    /// Write this
    #[arg(long, value_name = "FORMAT", value_parser = ["jsonl", "json", "csv"], default_value = "jsonl")]
    pub format: String,
}

/// Writes entries.
///
/// # Errors
/// No vault, filters that are none, a log that cannot be read, the output.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let format = match args.format.as_str() {
        "csv" => Format::Csv,
        "json" => Format::Json,
        _ => Format::Jsonl,
    };
    let journal = custody::journal(ctx, None)?;
    journal.warn(ctx);
    let filter = args
        .filters
        .read(ctx, args.target.as_deref(), &journal.environments)?;
    let selection = Selection::of(&filter, journal.entries(ctx));
    let others = journal.elsewhere();
    custody::export(ctx, format, &selection, &others)?;
    Ok(Exit::DONE)
}

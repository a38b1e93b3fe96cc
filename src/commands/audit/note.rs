//! `audit note`: an application's own event in the log.

use crate::audit::report::{EVENT_TYPES, is_event_type};
use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure, quoted};
use serde_json::{Map, Value};

/// Record an event of an application
///
/// The entry stands in the chain of reads and writes, so nobody can take
/// it out later. It is stored in clear: never put a value into it.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets audit note --type deploy --data version=1.4.2
  secrets audit note --type leak --data ticket=OPS-81 --reason 'seen in a log'")]
pub struct Args {
    /// What kind of event it is: letters, digits and . _ -
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: String,

    /// Something about it; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub data: Vec<String>,
}

/// Greatest length of a type, in bytes.
const MAX_TYPE_BYTES: usize = 64;
/// Greatest length of all data together, in bytes.
const MAX_DATA_BYTES: usize = 4096;

/// Records the event.
///
/// # Errors
/// A type or data that are none, no chain and no credential, the log.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let letters = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    if args.kind.is_empty() || args.kind.len() > MAX_TYPE_BYTES || !args.kind.bytes().all(letters) {
        return Err(Failure::usage(format!(
            "{} is no type: letters, digits and . _ -, at most {MAX_TYPE_BYTES}",
            quoted(&args.kind)
        )));
    }
    if is_event_type(&args.kind) {
        return Err(Failure::usage(format!(
            "{} is a type of our own events; a note needs another",
            quoted(&args.kind)
        ))
        .hint(format!(
            "not in a note: audit_*, {}",
            EVENT_TYPES.join(", ")
        )));
    }
    let bytes: usize = args.data.iter().map(String::len).sum();
    if bytes > MAX_DATA_BYTES {
        return Err(Failure::usage(format!(
            "the data has {bytes} bytes; at most {MAX_DATA_BYTES} are kept"
        )));
    }
    let mut data = Map::new();
    data.insert("type".to_owned(), Value::from(args.kind.as_str()));
    for pair in &args.data {
        let Some((key, value)) = pair.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(Failure::usage("--data takes KEY=VALUE"));
        };
        if data.insert(key.to_owned(), Value::from(value)).is_some() {
            return Err(Failure::usage(format!(
                "--data {} is given twice",
                quoted(key)
            )));
        }
    }
    custody::note(ctx, Value::Object(data))?;
    ctx.terminal.say("recorded");
    Ok(Exit::DONE)
}

//! `rm`: hides secrets.

use crate::context::Context;
use crate::custody::{self, Change, Targets};
use crate::failure::{Exit, Failure};
use crate::summary;
use crate::vault::{Depth, Written};

/// How many addresses the way back names; of more it takes back the whole change.
const MAX_NAMED: usize = 3;

/// Hide secrets; they can be brought back
///
/// A hidden secret is not listed, read or given to programs. Its versions stay
/// in the vault: secrets undelete brings it back, secrets destroy takes its
/// values away for good. A folder or a glob asks first.
///
/// A glob without / matches names in the folder of -p and in all folders below
/// it, so without -p in the whole environment; with / it matches whole paths.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets rm OLD_KEY
  secrets rm -e staging 'TMP_*'
  secrets rm infra/old/ --dry-run")]
pub struct Args {
    /// Secrets: addresses, folders with a trailing /, or globs
    #[arg(value_name = "NAME", required = true)]
    pub targets: Vec<String>,
    /// Say what would be hidden, and hide nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Hides the secrets in one atomic write.
///
/// # Errors
/// A name that is not there, nobody to ask, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let open = custody::open(ctx, Depth::Reader)?;
    let targets = Targets::read(ctx, &open, &args.targets, false)?;
    if targets.entries.is_empty() {
        ctx.terminal.say("nothing matches");
        summary::written(ctx, args.dry_run, false, &[])?;
        return Ok(Exit::DONE);
    }
    if targets.is_pattern && !args.dry_run {
        let question = format!("Hide {}", targets.described());
        if !targets.confirm(ctx, &question)? {
            return Ok(Exit::DONE);
        }
    }
    let act = custody::act(ctx);
    let written = custody::change(ctx, open, |vault, random| {
        let mut written = Vec::new();
        for entry in &targets.entries {
            written.push(vault.remove(&entry.env, &entry.path, &act, random)?);
        }
        if args.dry_run {
            vault.discard();
        }
        let change = Change::deleted(&written);
        Ok((written, change))
    })?;
    summary::written(ctx, args.dry_run, false, &written)?;
    if !args.dry_run {
        ctx.terminal.say(&way_back(&written));
    }
    Ok(Exit::DONE)
}

/// How the secrets come back.
fn way_back(written: &[Written]) -> String {
    if written.len() > MAX_NAMED {
        return "to bring them back: secrets undo".to_owned();
    }
    let what = match written {
        [_] => "it",
        _ => "them",
    };
    let named = written
        .iter()
        .map(|done| format!(" {}:{}", done.env, done.path));
    let named: String = named.collect();
    format!("to bring {what} back: secrets undelete{named}")
}

//! `undelete`: brings hidden secrets back.

use crate::context::Context;
use crate::custody::{self, Change};
use crate::failure::{Exit, Failure};
use crate::summary;
use crate::vault::Depth;
use std::collections::BTreeSet;

/// Bring hidden secrets back, as new versions
///
/// A secret comes back with the value that it had last and all that was said
/// of it, its expiry too. What was destroyed does not come back.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets undelete OLD_KEY
  secrets undelete -e staging /infra/DB_URL")]
pub struct Args {
    /// The secrets: their addresses
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
    /// Say what would come back, and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Brings the secrets back in one atomic write.
///
/// # Errors
/// A secret that is not there or is destroyed, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let open = custody::open(ctx, Depth::Reader)?;
    let mut names = Vec::new();
    let mut seen = BTreeSet::new();
    for text in &args.names {
        let named = custody::named(ctx, &open, text)?;
        let there = named.entry.as_ref();
        let there = there.filter(|entry| entry.live().or(entry.hidden()).is_some());
        if there.is_none() {
            return Err(named.missing(&open));
        }
        let may = open.vault.check_write(&named.env, &named.path);
        may.map_err(|error| open.blame(error))?;
        if seen.insert((named.env.clone(), named.path.clone())) {
            names.push((named.env, named.path));
        }
    }
    let act = custody::act(ctx);
    let written = custody::change(ctx, open, |vault, random| {
        let mut written = Vec::new();
        for (env, path) in &names {
            written.push(vault.undelete(env, path, &act, random)?);
        }
        if args.dry_run {
            vault.discard();
        }
        let change = Change::written(&written);
        Ok((written, change))
    })?;
    summary::written(ctx, args.dry_run, false, &written)?;
    Ok(Exit::DONE)
}

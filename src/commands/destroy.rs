//! `destroy`: destroys values for good.

use crate::context::Context;
use crate::custody::{self, Change, Open, Targets, missing};
use crate::exchange;
use crate::failure::{Exit, Failure};
use crate::name::Version;
use crate::order;
use crate::summary;
use crate::vault::{Absence, Depth, Entry, Meta, State};
use std::collections::BTreeSet;

/// Destroy values for good
///
/// The values are gone from the vault file and no verb brings them back. What
/// stays in the history: with --versions a line for each of these numbers, with
/// --all one line for the secret. Copies of the file elsewhere still hold the
/// values: one that leaked has to be replaced where it is used. Always asks
/// first. Deleted secrets can be destroyed by their names.
///
/// A glob without / matches names in the folder of -p and in all folders below
/// it, so without -p in the whole environment; with / it matches whole paths.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets destroy OLD_KEY --all
  secrets destroy API_KEY --versions 1,2")]
pub struct Args {
    /// Secrets: addresses, folders with a trailing /, or globs
    #[arg(value_name = "NAME", required = true)]
    pub targets: Vec<String>,
    /// Destroy these versions only
    #[arg(
        long,
        value_name = "N,N",
        value_delimiter = ',',
        conflicts_with = "all"
    )]
    pub versions: Vec<u64>,
    /// Destroy every version
    #[arg(long)]
    pub all: bool,
    /// Say what would be destroyed, and destroy nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Destroys the values in one atomic write.
///
/// # Errors
/// Neither `--all` nor `--versions`, a name or a version that is not there,
/// nobody to ask, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let versions: BTreeSet<u64> = order::set(args.versions.iter().copied());
    if versions.is_empty() && !args.all {
        let first = exchange::word(args.targets.first().map_or("NAME", String::as_str));
        return Err(Failure::usage("which versions are to be destroyed?")
            .hint(format!("every version: secrets destroy {first} --all"))
            .hint(format!("some: secrets destroy {first} --versions 1,2")));
    }
    let open = custody::open(ctx, Depth::Reader)?;
    let targets = Targets::read(ctx, &open, &args.targets, true)?;
    if targets.entries.is_empty() {
        ctx.terminal.say("nothing matches");
        summary::written(ctx, args.dry_run, false, &[])?;
        return Ok(Exit::DONE);
    }
    for entry in &targets.entries {
        check(&open, entry, &versions)?;
    }
    if !args.dry_run && !targets.confirm(ctx, &question(&targets, &versions))? {
        return Ok(Exit::DONE);
    }
    let act = custody::act(ctx);
    let written = custody::change(ctx, open, |vault, random| {
        let mut written = Vec::new();
        for entry in &targets.entries {
            let Entry { env, path, .. } = entry;
            let found = vault.find(env, path)?;
            if !found.is_some_and(|found| meant(&found, &versions) == meant(entry, &versions)) {
                let message =
                    format!("\"{env}:{path}\" was changed meanwhile; nothing was destroyed");
                return Err(Failure::conflict(message).hint("run the command again"));
            }
            if args.all {
                written.push(vault.destroy_all(env, path, &act, random)?);
            } else {
                written.extend(vault.destroy_versions(env, path, &versions, &act, random)?);
            }
        }
        if args.dry_run {
            vault.discard();
        }
        let change = Change::deleted(&written);
        Ok((written, change))
    })?;
    summary::written(ctx, args.dry_run, false, &written)?;
    if !args.dry_run && written.iter().any(|done| !done.unchanged) {
        ctx.terminal.say(
            "destroyed in this file; copies of it, in git or in a backup, still hold the values",
        );
    }
    Ok(Exit::DONE)
}

/// What of a secret is to be destroyed, with all that is said of it: nothing
/// else goes than what the question was about.
fn meant<'a>(entry: &'a Entry, versions: &BTreeSet<u64>) -> Vec<(u64, &'a Meta)> {
    let kept = entry.versions.iter();
    let kept = kept.map(|kept| (kept.version, &kept.meta));
    kept.filter(|(number, _)| versions.is_empty() || versions.contains(number))
        .collect()
}

/// Every version that is named has to be there.
fn check(open: &Open, entry: &Entry, versions: &BTreeSet<u64>) -> Result<(), Failure> {
    for number in versions {
        let absence = match entry.version(*number).map(|version| version.meta.state) {
            None => Absence::NoVersion,
            Some(State::Deleted) => Absence::Gone,
            Some(_) => continue,
        };
        let version = Version::Number(*number);
        let found = Some((entry, absence));
        return Err(missing(open, &entry.env, &entry.path, version, found));
    }
    Ok(())
}

/// What is asked, with what becomes of the secrets whose current version goes.
fn question(targets: &Targets, versions: &BTreeSet<u64>) -> String {
    let described = targets.described();
    if versions.is_empty() {
        let count: usize = targets.entries.iter().map(|one| one.versions.len()).sum();
        let plural = if count == 1 { "" } else { "s" };
        return format!("Destroy {described} for good, {count} version{plural} in all");
    }
    let numbers: Vec<String> = versions.iter().map(|number| format!("v{number}")).collect();
    let question = format!("Destroy {} of {described} for good", numbers.join(", "));
    let current = |entry: &&Entry| entry.live().is_some_and(|v| versions.contains(&v.version));
    match targets.entries.iter().filter(current).count() {
        0 => question,
        1 if targets.entries.len() == 1 => format!("{question}, so that the secret is absent"),
        1 => format!("{question}, so that 1 of them is absent"),
        count => format!("{question}, so that {count} of them are absent"),
    }
}

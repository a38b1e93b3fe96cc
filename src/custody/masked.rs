//! What is to be masked in a stream.

use super::{Open, Wanted, reveal};
use crate::context::Context;
use crate::failure::Failure;
use crate::masking::Patterns;
use crate::name::FolderPath;
use crate::secret::SecretValue;
use crate::vault::Entry;

/// How many names a notice has.
const NAMED: usize = 5;

/// The patterns of named values, with a word on those that none is made of.
pub fn patterns<'v>(
    ctx: &Context,
    values: impl IntoIterator<Item = (String, &'v SecretValue)>,
) -> Patterns {
    let patterns = Patterns::new(values);
    let skipped = patterns.skipped();
    if let Some((first, rest)) = skipped.split_at_checked(NAMED.min(skipped.len())) {
        let more = match rest.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        if !first.is_empty() {
            ctx.terminal.say(&format!(
                "not masked, because the value is too short or too common: {}{more}",
                first.join(", ")
            ));
        }
    }
    patterns
}

/// Opens every kept version: of the environment of `-e`, else of all that can
/// be read; of the folders of `-p`, else of all.
///
/// # Errors
/// An unknown environment, whatever does not verify, a log that cannot be written.
pub fn everything(ctx: &Context, open: &Open) -> Result<Patterns, Failure> {
    let envs = match &ctx.globals.env {
        Some(_) => vec![open.environment(ctx)?.env],
        None => {
            let readable = open.environments.iter().filter(|env| env.readable);
            readable.map(|env| env.name.clone()).collect()
        }
    };
    let mut entries: Vec<Entry> = Vec::new();
    for env in &envs {
        let found = open.vault.entries(env).map_err(|error| open.blame(error))?;
        let folders: &[FolderPath] = &ctx.folders;
        let meant = |entry: &Entry| {
            folders.is_empty() || folders.iter().any(|folder| folder.contains(&entry.path))
        };
        entries.extend(found.into_iter().filter(meant));
    }
    let mut wanted = Vec::new();
    for entry in &entries {
        let kept = entry.versions.iter().filter(|version| version.meta.len > 0);
        wanted.extend(kept.map(|version| Wanted { entry, version }));
    }
    let values = reveal(ctx, open, &wanted, None)?;
    let name = |one: &Wanted<'_>| format!("{}:{}", one.entry.env, one.entry.path);
    Ok(patterns(ctx, wanted.iter().map(name).zip(&values)))
}

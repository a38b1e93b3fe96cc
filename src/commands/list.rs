//! `list`: lists secrets.

use crate::context::Context;
use crate::custody::{self, Open, Target};
use crate::failure::{Exit, Failure, quoted};
use crate::summary::{self, SCHEMA_VERSION};
use crate::time::Span;
use crate::vault::{Depth, Entry, Extent};
use serde_json::{Value, json};
use std::borrow::Cow;

/// List secrets, never their values
///
/// Lists the folder and all below it. A glob without / matches names in the
/// folder of -p and in all folders below it; with / it matches whole paths. In
/// a pipe: tab-separated and without a header.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets list
  secrets list infra/
  secrets list 'STRIPE_*' --all-envs
  secrets list --expiring 14d
  secrets list --names --tags web,payment")]
pub struct Args {
    /// A glob over names (or over paths, if it holds /), a folder with a trailing /, or a name
    #[arg(value_name = "GLOB|FOLDER/|NAME")]
    pub target: Option<String>,

    /// List only secrets with all of these tags
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub tags: Vec<String>,

    /// List only secrets that expire within this time
    #[arg(long, value_name = "TIME")]
    pub expiring: Option<String>,

    /// List only secrets that were not changed for this long
    #[arg(long, value_name = "TIME")]
    pub stale: Option<String>,

    /// List the secrets of every environment
    #[arg(long)]
    pub all_envs: bool,

    /// Print addresses only, one a line
    #[arg(long)]
    pub names: bool,

    /// List only secrets that are neither deleted nor expired
    #[arg(long)]
    pub active: bool,

    /// Another way to give the glob
    #[arg(long, value_name = "GLOB", conflicts_with = "target")]
    pub pattern: Option<String>,
}

/// Prints what is known of the secrets, never a value.
///
/// # Errors
/// A name that is not there, and whatever opening the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let pattern = args.pattern.as_deref();
    let target = Target::parse(pattern.or(args.target.as_deref()), pattern.is_some())?;
    let span = |text: &Option<String>, flag: &str| match text {
        None => Ok(None),
        Some(text) => Span::parse(text)
            .map(Some)
            .map_err(|error| Failure::usage(format!("{flag} {}: {error}", quoted(text)))),
    };
    let expiring = span(&args.expiring, "--expiring")?;
    let stale = span(&args.stale, "--stale")?;
    let open = custody::open(ctx, Depth::Reader)?;
    let now = open.vault.now();
    let keeps = |entry: &Entry| {
        entry.live().is_some_and(|version| {
            let meta = &version.meta;
            let soon = |span: Span| {
                meta.expires != 0 && meta.expires <= now.saturating_add(span.seconds())
            };
            let old = |span: Span| meta.value_time().saturating_add(span.seconds()) <= now;
            args.tags.iter().all(|tag| meta.tags.contains(tag))
                && expiring.is_none_or(soon)
                && stale.is_none_or(old)
                && !(args.active && meta.is_expired(now))
        })
    };
    // When a secret was made first, only its oldest version tells.
    let extent = match ctx.globals.json {
        true => Extent::Kept,
        false => Extent::Current,
    };
    let entries: Vec<Entry> = target
        .select(ctx, &open, args.all_envs, extent)?
        .into_iter()
        .filter(keeps)
        .collect();
    custody::settle(ctx, &open, None);
    print(ctx, &open, args, &entries)?;
    Ok(Exit::DONE)
}

fn print(ctx: &Context, open: &Open, args: &Args, entries: &[Entry]) -> Result<(), Failure> {
    let live = entries
        .iter()
        .filter_map(|entry| Some((entry, entry.live()?)));
    if ctx.globals.json {
        let secrets: Vec<Value> = live
            .map(|(entry, version)| Value::Object(summary::secret(&open.vault, entry, version)))
            .collect();
        let object = json!({"schema_version": SCHEMA_VERSION, "secrets": secrets});
        return Ok(ctx.terminal.json(&object)?);
    }
    if args.names {
        let names: String = live
            .map(|(entry, _)| summary::address(entry) + "\n")
            .collect();
        return Ok(ctx.terminal.data(names.as_bytes())?);
    }
    let person = ctx.terminal.stdout_is_terminal();
    let now = ctx.clock.now()?;
    let when = |seconds| match seconds {
        0 => "-".into(),
        _ => Cow::from(summary::when(ctx, now, seconds)),
    };
    let rows: Vec<[Cow<'_, str>; 6]> = live
        .map(|(entry, version)| {
            let meta = &version.meta;
            let tags = match meta.tags.as_slice() {
                [] => "-".into(),
                tags => tags.join(",").into(),
            };
            [
                summary::address(entry).into(),
                format!("v{}", version.version).into(),
                meta.kind.as_str().into(),
                when(meta.created),
                when(meta.expires),
                tags,
            ]
        })
        .collect();
    if rows.is_empty() && person {
        ctx.terminal
            .say("no secrets here yet; to store one: secrets set NAME");
    }
    Ok(ctx.terminal.table(
        &["ADDRESS", "VERSION", "TYPE", "UPDATED", "EXPIRES", "TAGS"],
        &rows,
    )?)
}

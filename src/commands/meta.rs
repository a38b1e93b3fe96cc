//! `meta`: shows or changes what stands beside a value.

use crate::context::Context;
use crate::custody::{self, Change, Open};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::summary::{self, SCHEMA_VERSION};
use crate::time::Span;
use crate::vault::{Depth, Entry, NewMeta, VersionEntry};
use serde_json::{Value, json};

/// Show or change what stands beside a value
///
/// Without a flag that changes something it shows everything but the value.
/// With one it writes a new version that has the same value: tags, note,
/// owner, expiry and rotation time can be changed without knowing it.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets meta STRIPE_KEY
  secrets meta STRIPE_KEY --tags +payment,-old --owner rui
  secrets meta TLS_CERT --expires 2027-01-31")]
pub struct Args {
    /// The secret: its address
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Replace the tags, or add +TAG and take away -TAG
    #[arg(
        long,
        value_name = "A,+B,-C",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub tags: Option<Vec<String>>,
    /// Note what the secret is for
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Name who answers for the secret
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
    /// Let the value expire: 90d, 2027-01-31, never
    #[arg(long, value_name = "WHEN")]
    pub expires: Option<String>,
    /// Have the value replaced this often: 90d, never
    #[arg(long, value_name = "TIME")]
    pub rotate_every: Option<String>,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Shows the secret, or writes what the flags say.
///
/// # Errors
/// A secret that is not there, flags that say nothing, whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let tags = args.tags.as_deref().map(input::tags).transpose()?;
    let every = args.rotate_every.as_deref();
    let every = every.map(input::period).transpose()?;
    let open = custody::open(ctx, Depth::Reader)?;
    let now = open.vault.now();
    let expires = args.expires.as_deref();
    let new = NewMeta {
        tags,
        note: args.note.clone(),
        owner: args.owner.clone(),
        expires: expires.map(|text| input::expiry(now, text)).transpose()?,
        every,
    };
    let named = custody::named(ctx, &open, &args.name)?;
    let live = named
        .entry
        .as_ref()
        .and_then(|entry| Some((entry, entry.live()?)));
    let Some((entry, version)) = live else {
        return Err(named.missing(&open));
    };
    if new == NewMeta::default() {
        custody::settle(ctx, &open, None);
        show(ctx, &open, entry, version)?;
        return Ok(Exit::DONE);
    }
    let may = open.vault.check_write(&named.env, &named.path);
    may.map_err(|error| open.blame(error))?;
    let act = custody::act(ctx);
    let written = custody::change(ctx, open, |vault, random| {
        let written = [vault.set_meta(&named.env, &named.path, &new, &act, random)?];
        if args.dry_run {
            vault.discard();
        }
        let change = Change::written(&written);
        Ok((written, change))
    })?;
    summary::written(ctx, args.dry_run, true, &written)?;
    Ok(Exit::DONE)
}

/// Everything but the value, one thing a line.
fn show(ctx: &Context, open: &Open, entry: &Entry, version: &VersionEntry) -> Result<(), Failure> {
    if ctx.globals.json {
        let secret = Value::Object(summary::secret(&open.vault, entry, version));
        let object = json!({"schema_version": SCHEMA_VERSION, "secrets": [secret]});
        return Ok(ctx.terminal.json(&object)?);
    }
    let now = ctx.clock.now()?;
    let meta = &version.meta;
    let when = |seconds| summary::when(ctx, now, seconds);
    let text = |text: &str| if text.is_empty() { "-" } else { text }.to_owned();
    let (every, due) = match meta.every {
        0 => ("-".to_owned(), "-".to_owned()),
        every => (
            Span::from_seconds(every)?.to_string(),
            when(meta.value_time().saturating_add(every)),
        ),
    };
    let rows = [
        ("address", summary::address(entry)),
        ("version", format!("v{}", version.version)),
        ("type", meta.kind.clone()),
        ("created", when(entry.created())),
        ("updated", when(meta.created)),
        ("updated by", open.vault.label_of(&meta.by)),
        ("reason", text(&meta.why)),
        ("value set", when(meta.value_time())),
        ("expires", when(meta.expires)),
        ("rotate every", every),
        ("rotate due", due),
        ("tags", text(&meta.tags.join(","))),
        ("owner", text(&meta.owner)),
        ("note", text(&meta.note)),
    ];
    let rows = rows.map(|(name, cell)| vec![name.to_owned(), cell]);
    Ok(ctx.terminal.table(&[], &rows)?)
}

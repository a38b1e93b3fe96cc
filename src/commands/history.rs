//! `history`: shows what is kept of a secret's past.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::summary::{self, SCHEMA_VERSION};
use crate::vault::{Depth, Entry, Vault, VersionEntry};
use serde_json::{Value, json};

/// Show the versions of a secret, never their values
///
/// Newest first, and for deleted and destroyed secrets too. Every change makes
/// a version; the last ten are kept. A version is read with NAME@N. In a pipe:
/// tab-separated and without a header.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets history STRIPE_KEY
  secrets history production:/STRIPE_KEY --json")]
pub struct Args {
    /// The secret: its address
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// Prints one line for each kept version.
///
/// # Errors
/// A secret that never was, and whatever opening the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let open = custody::open(ctx, Depth::Reader)?;
    let named = custody::named(ctx, &open, &args.name)?;
    let Some(entry) = &named.entry else {
        return Err(named.missing(&open));
    };
    custody::settle(ctx, &open, None);
    let newest_first = entry.versions.iter().rev();
    if ctx.globals.json {
        let versions: Vec<Value> = newest_first
            .map(|version| object(&open.vault, entry, version))
            .collect();
        ctx.terminal.json(&json!({
            "schema_version": SCHEMA_VERSION,
            "address": summary::address(entry),
            "environment": entry.env.as_str(),
            "folder": entry.path.folder().to_string(),
            "name": entry.path.name(),
            "versions": versions,
        }))?;
        return Ok(Exit::DONE);
    }
    let now = ctx.clock.now()?;
    let rows: Vec<Vec<String>> = newest_first
        .map(|version| {
            let meta = &version.meta;
            let from = meta.x.number("of").map(|from| format!("v{from}"));
            vec![
                format!("v{}", version.version),
                entry.standing(version, open.vault.now()).word().to_owned(),
                summary::when(ctx, now, meta.created),
                open.vault.label_of(&meta.by),
                cell(meta.verb()),
                cell(from.as_deref().unwrap_or_default()),
                cell(&meta.why),
            ]
        })
        .collect();
    ctx.terminal.table(
        &["VERSION", "STATE", "WHEN", "BY", "VERB", "FROM", "REASON"],
        &rows,
    )?;
    Ok(Exit::DONE)
}

/// A text, or `-` for none.
fn cell(text: &str) -> String {
    match text {
        "" => "-".to_owned(),
        text => text.to_owned(),
    }
}

fn object(vault: &Vault, entry: &Entry, version: &VersionEntry) -> Value {
    let meta = &version.meta;
    let optional = |text: &str| match text {
        "" => Value::Null,
        text => json!(text),
    };
    json!({
        "version": version.version,
        "state": entry.standing(version, vault.now()).word(),
        "created": summary::instant(meta.created),
        "by": vault.label_of(&meta.by),
        "verb": optional(meta.verb()),
        "reason": optional(&meta.why),
        "restored_from": meta.x.number("of"),
        "expires": summary::instant(meta.expires),
    })
}

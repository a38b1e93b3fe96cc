//! `key list`: lists what opens the vault.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::summary::{self, SCHEMA_VERSION};
use crate::vault::{Depth, SlotSummary};
use serde_json::json;

/// List what opens the vault
///
/// One line for each passphrase, key and token: its label, its kind, its role,
/// when it ends. A slot is all that can open the vault; who has left should
/// have none. Where this machine knows the vault, nothing has to be unlocked.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets key list
  secrets key list --json")]
pub struct Args {}

/// Prints the slots in the order of the file.
///
/// # Errors
/// Whatever verifying or opening the vault says.
pub fn run(ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    let slots: Vec<SlotSummary> = match custody::verify_keyless(ctx)? {
        Some(locked) => locked.slots().collect(),
        None => {
            let open = custody::open(ctx, Depth::Whole)?;
            custody::settle(ctx, &open, None);
            open.vault.slots().collect()
        }
    };
    if ctx.globals.json {
        let keys: Vec<_> = slots
            .iter()
            .map(|slot| {
                json!({
                    "label": slot.label,
                    "id": slot.id.text(),
                    "kind": slot.kind,
                    "role": role(slot),
                    "expires": summary::instant(slot.expires),
                    "handed_out": slot.handed_out,
                })
            })
            .collect();
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "keys": keys}))?;
        return Ok(Exit::DONE);
    }
    let rows: Vec<Vec<String>> = slots
        .iter()
        .map(|slot| {
            let kind = match (slot.kind.as_str(), slot.handed_out) {
                ("pass", false) => "passphrase",
                ("pass", true) => "passphrase (handed out)",
                ("secret", _) => "key",
                (other, _) => other,
            };
            vec![
                slot.label.clone(),
                kind.to_owned(),
                role(slot).to_owned(),
                summary::instant(slot.expires).unwrap_or_else(|| "-".to_owned()),
            ]
        })
        .collect();
    ctx.terminal
        .table(&["LABEL", "KIND", "ROLE", "EXPIRES"], &rows)?;
    Ok(Exit::DONE)
}

fn role(slot: &SlotSummary) -> &'static str {
    match slot.admin {
        true => "admin",
        false => "member",
    }
}

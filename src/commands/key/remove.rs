//! `key remove`: takes a slot away.

use crate::audit::Action;
use crate::context::Context;
use crate::custody::{self, Change};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::summary::SCHEMA_VERSION;
use crate::vault::{Depth, Vault};
use serde_json::json;

/// Take a slot away, and make new data keys
///
/// Everything that the slot could read is sealed again under new keys, so it
/// opens nothing that is written from now on. What it has read stays known,
/// and older copies of the file still open: replace those values where they
/// are used. The last admin cannot be removed, nor the slot in use.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets key remove rui
  secrets key remove ci --dry-run")]
pub struct Args {
    /// The label of the slot
    #[arg(value_name = "LABEL")]
    pub label: String,

    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Removes the slot; an admin's is needed.
///
/// # Errors
/// The last admin, an unknown label, no right, nobody to ask.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let label = &args.label;
    let mut open = custody::open_keyed(ctx, Depth::Reader)?;
    let reach = open.vault.slot_reach(label);
    let reach = reach.map_err(|error| open.blame_slot(error))?;
    let labelled = |vault: &Vault| vault.slots().find(|slot| slot.label == *label);
    let asked = labelled(&open.vault);
    let admin = asked.as_ref().is_some_and(|slot| slot.admin);
    let secrets = match reach {
        1 => "1 secret".to_owned(),
        reach => format!("{reach} secrets"),
    };
    let question =
        format!("Remove the slot \"{label}\" and seal the {secrets} that it reads under new keys");
    if !args.dry_run && !input::confirm(ctx, &question)? {
        return Ok(Exit::DONE);
    }
    let dry = args.dry_run;
    let vault = open.vault.id();
    custody::change(ctx, open, |vault, random| {
        if let (Some(asked), Some(found)) = (&asked, labelled(vault))
            && asked.id != found.id
        {
            let message =
                format!("the slot \"{label}\" is another one by now; nothing was changed");
            return Err(Failure::conflict(message).hint("run the command again"));
        }
        vault.remove_slot(label, random)?;
        if dry {
            vault.discard();
        }
        Ok(((), Change::of(Action::Access)))
    })?;
    ctx.terminal.say(&match dry {
        true => format!("would remove the slot \"{label}\" (dry run: nothing was written)"),
        false => format!("removed the slot \"{label}\""),
    });
    if let Some(slot) = asked.as_ref().filter(|_| !dry) {
        custody::end_of(ctx, &vault, &slot.id);
    }
    ctx.terminal.say(&format!(
        "what it has read stays known, and older copies of the file still open: {secrets} to replace"
    ));
    if admin {
        ctx.terminal.warn(&format!(
            "\"{label}\" was an admin's: a copy of the root key would still open what is written; \
             against that helps a new vault alone"
        ));
    }
    if ctx.globals.json {
        let object = json!({"schema_version": SCHEMA_VERSION, "removed": label, "secrets": reach});
        ctx.terminal.json(&object)?;
    }
    Ok(Exit::DONE)
}

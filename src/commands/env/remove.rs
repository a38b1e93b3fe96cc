//! `env remove`: removes an environment.

use crate::context::Context;
use crate::custody::{self, Change};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::name::EnvName;
use crate::summary::{self, SCHEMA_VERSION};
use crate::vault::Depth;
use serde_json::json;

/// Remove an environment and all its secrets
///
/// They are gone from the file for good; older copies of it, in git or in a
/// backup, still hold them. The last environment cannot be removed.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets env remove qa
  secrets env remove pr-1234 --dry-run")]
pub struct Args {
    /// The environment
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Removes the environment; an admin's slot is needed.
///
/// # Errors
/// An unknown environment, the last one, no right, nobody to ask.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let name = EnvName::parse(&args.name)
        .map_err(|error| Failure::bad_name("environment", &args.name, error))?;
    let mut open = custody::open_keyed(ctx, Depth::Reader)?;
    let name = open.named_environment(&name)?;
    let count = open.vault.live_secrets(Some(&name));
    let count = count.map_err(|error| open.blame(error))?;
    let with = match count {
        1 => "its 1 secret".to_owned(),
        _ => format!("its {count} secrets"),
    };
    if open.environments.len() == 1 {
        let last = crate::vault::Error::LastEnvironment(name.to_string());
        return Err(open.blame(last));
    }
    let question = format!("Remove the environment \"{name}\" and {with} for good");
    if !args.dry_run && !input::confirm(ctx, &question)? {
        return Ok(Exit::DONE);
    }
    let dry = args.dry_run;
    let environments = custody::change(ctx, open, |vault, random| {
        if vault.live_secrets(Some(&name))? != count {
            let message =
                format!("secrets of \"{name}\" came or went meanwhile; nothing was changed");
            return Err(Failure::conflict(message).hint("run the command again"));
        }
        vault.remove_environment(&name, random)?;
        let environments = vault.environments();
        if dry {
            vault.discard();
        }
        Ok((environments, Change::access(name.clone())))
    })?;
    ctx.terminal.say(&match dry {
        true => format!(
            "would remove the environment \"{name}\" and {with} (dry run: nothing was written)"
        ),
        false => format!("removed the environment \"{name}\" and {with}"),
    });
    if ctx.globals.json {
        let list = summary::environments(&environments);
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "environments": list}))?;
    }
    Ok(Exit::DONE)
}

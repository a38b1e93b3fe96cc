//! `env create`: makes an environment.

use crate::context::Context;
use crate::custody::{self, Change};
use crate::failure::{Exit, Failure};
use crate::name::EnvName;
use crate::summary::{self, SCHEMA_VERSION};
use crate::vault::Depth;
use serde_json::json;

/// Make an environment
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets env create qa
  secrets env create pr-1234 --dry-run")]
pub struct Args {
    /// The name of the new environment: a-z, 0-9 and -, at most 32 characters
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Say what would be made, and make nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Makes the environment; an admin's slot is needed.
///
/// # Errors
/// A name that is none or exists, no right, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let name = EnvName::parse(&args.name)
        .map_err(|error| Failure::bad_name("environment", &args.name, error))?;
    name.check_new()
        .map_err(|error| Failure::bad_name("environment", &args.name, error))?;
    let open = custody::open_keyed(ctx, Depth::Reader)?;
    let long = open
        .environments
        .iter()
        .find(|env| Some(env.name.as_str()) == name.stands_for());
    if let Some(long) = long {
        let long = &long.name;
        ctx.terminal.warn(&format!(
            "from now on \"{name}\" no longer stands for \"{long}\""
        ));
    }
    let dry = args.dry_run;
    let environments = custody::change(ctx, open, |vault, random| {
        vault.create_environment(&name, random)?;
        let environments = vault.environments();
        if dry {
            vault.discard();
        }
        Ok((environments, Change::access(name.clone())))
    })?;
    ctx.terminal.say(&match dry {
        true => format!("would make the environment \"{name}\" (dry run: nothing was written)"),
        false => format!("made the environment \"{name}\""),
    });
    if ctx.globals.json {
        let list = summary::environments(&environments);
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "environments": list}))?;
    }
    Ok(Exit::DONE)
}

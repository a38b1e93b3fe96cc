//! `env list`: lists the environments.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::summary::{self, SCHEMA_VERSION};
use crate::vault::Depth;
use serde_json::json;

/// List the environments
///
/// Says which of them you can read and write.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets env list
  secrets env list --json")]
pub struct Args {}

/// Prints the environments in the order of the vault.
///
/// # Errors
/// Whatever opening the vault says.
pub fn run(ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    let open = custody::open(ctx, Depth::Reader)?;
    custody::settle(ctx, &open, None);
    let environments = open.vault.environments();
    if ctx.globals.json {
        let list = summary::environments(&environments);
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "environments": list}))?;
        return Ok(Exit::DONE);
    }
    let rows: Vec<Vec<String>> = environments
        .iter()
        .map(|env| {
            let access = match (env.readable, env.writable) {
                (_, true) => "read, write",
                (true, false) => "read",
                (false, false) => "-",
            };
            vec![env.name.to_string(), access.to_owned()]
        })
        .collect();
    ctx.terminal.table(&["ENVIRONMENT", "ACCESS"], &rows)?;
    Ok(Exit::DONE)
}

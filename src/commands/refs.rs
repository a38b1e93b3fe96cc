//! `refs`: the tracked files that use a secret.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::name::{Address, Version};
use crate::summary::SCHEMA_VERSION;
use serde_json::json;

/// List the tracked files that use a secret
///
/// Looks into the files that git tracks here, as they are in the work tree,
/// for the name of the secret and of its variable as whole words and for its
/// addresses, and prints a line `FILE:LINE` for each. The vault is not opened:
/// whether there is such a secret is not asked. Binary files are left out.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets refs STRIPE_KEY
  secrets refs infra/DB_URL --json")]
pub struct Args {
    /// The secret: its address
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// Prints the places.
///
/// # Errors
/// No address, no git, no work tree.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let text = &args.name;
    let bad = |error| Failure::bad_name("address", text, error);
    let address = Address::parse(text).map_err(bad)?;
    if address.version != Version::Current {
        return Err(Failure::usage(
            "files use secrets, not their versions; leave the @ away",
        ));
    }
    // Without a vault nobody has named a folder or a prefix.
    let project = match custody::location(ctx) {
        Ok(location) => custody::project_settings(ctx, &location)?,
        Err(_) => Default::default(),
    };
    let folder = ctx.folders.last().or(project.path.as_ref());
    let path = address.path(&folder.cloned().unwrap_or_default());
    let path = path.map_err(bad)?;
    let references = custody::refs(ctx, &project, &path)?;
    for reason in &references.skipped {
        ctx.terminal.warn(&format!("not looked into: {reason}"));
    }
    let found = &references.found;
    if ctx.globals.json {
        let address = match &address.env {
            Some(env) => format!("{env}:{path}"),
            None => path.to_string(),
        };
        let refs: Vec<_> = found
            .iter()
            .map(|found| json!({"file": found.file, "line": found.line}))
            .collect();
        let object = json!({"schema_version": SCHEMA_VERSION, "address": address, "refs": refs});
        ctx.terminal.json(&object)?;
        return Ok(Exit::DONE);
    }
    if found.is_empty() {
        ctx.terminal.say(&format!("no tracked file uses {path}"));
    }
    for found in found {
        ctx.terminal.data_line(found.shown().as_bytes())?;
    }
    Ok(Exit::DONE)
}

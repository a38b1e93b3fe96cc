//! `allow`: lets the commands of the project's settings run.

use crate::context::Context;
use crate::custody::{self, Allowance};
use crate::failure::{Exit, Failure, quoted};
use crate::input;
use crate::store::shell_word;
use crate::summary::SCHEMA_VERSION;
use data_encoding::HEXLOWER;
use serde_json::json;
use std::path::Path;

/// Allow the commands of the project's settings
///
/// `.vault/config.toml` may name commands: hooks, which secrets rotate gives a
/// new value to. Whoever can push to the repository can write that file. So none of them runs before you have seen it:
/// this shows them, asks, and remembers the file as it is, on this machine.
/// When the file changes they wait for another allow. What the programs do
/// that they start is yours to judge.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets allow
  secrets allow --yes")]
pub struct Args {}

/// Shows the commands, asks, and remembers.
///
/// # Errors
/// No vault, settings that are wrong, nobody to ask.
pub fn run(ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    let Some(allowance) = custody::allowance(ctx)? else {
        ctx.terminal
            .say("nothing to allow: the vault in use has no project settings");
        return Ok(Exit::DONE);
    };
    let shown = quoted(&allowance.path.display().to_string());
    let count = allowance.commands.len();
    if count == 0 {
        ctx.terminal
            .say(&format!("nothing to allow: {shown} names no command"));
        return done(ctx, &allowance, false);
    }
    if allowance.has_changed() {
        ctx.terminal
            .say(&format!("{shown} has changed since it was allowed"));
    }
    for (key, argv) in &allowance.commands {
        let words: Vec<_> = argv
            .iter()
            .map(|word| shell_word(Path::new(word)))
            .collect();
        ctx.terminal.say(&format!("{key}: {}", words.join(" ")));
    }
    if allowance.is_allowed() {
        ctx.terminal.say(&format!("{shown} is allowed already"));
        return done(ctx, &allowance, true);
    }
    let commands = match count {
        1 => "this command".to_owned(),
        count => format!("these {count} commands"),
    };
    if !input::confirm(ctx, &format!("Allow {commands} of {shown}"))? {
        return Ok(Exit::DONE);
    }
    allowance.accept(ctx)?;
    ctx.terminal
        .say(&format!("{shown} is allowed as it is now"));
    done(ctx, &allowance, true)
}

fn done(ctx: &Context, allowance: &Allowance, allowed: bool) -> Result<Exit, Failure> {
    if ctx.globals.json {
        let commands: Vec<_> = allowance
            .commands
            .iter()
            .map(|(key, argv)| json!({"key": key, "argv": argv}))
            .collect();
        ctx.terminal.json(&json!({
            "schema_version": SCHEMA_VERSION,
            "path": allowance.path.display().to_string(),
            "sha256": HEXLOWER.encode(&allowance.hash),
            "commands": commands,
            "allowed": allowed,
        }))?;
    }
    Ok(Exit::DONE)
}

//! `rotate --key`: new data keys for the scopes of a vault.

use super::Args;
use crate::audit::Action;
use crate::context::Context;
use crate::custody::{self, Change};
use crate::failure::{Exit, Failure, quoted};
use crate::input;
use crate::name::EnvName;
use crate::summary::SCHEMA_VERSION;
use crate::vault::Depth;
use serde_json::json;

/// Seals every secret again, of one environment or of all.
///
/// # Errors
/// An unknown environment, no right, nobody to ask.
pub(super) fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let name = match args.operands.as_slice() {
        [] => None,
        [name] => {
            let text = name.to_string_lossy();
            let name = EnvName::parse(&text);
            Some(name.map_err(|error| Failure::bad_name("environment", &text, error))?)
        }
        [_, other, ..] => {
            let other = quoted(&other.to_string_lossy());
            return Err(Failure::usage(format!(
                "one environment at most, and {other} is a second"
            )));
        }
    };
    let mut open = custody::open_keyed(ctx, Depth::Reader)?;
    let env = name.map(|name| open.named_environment(&name)).transpose()?;
    let count = open.vault.live_secrets(env.as_ref());
    let count = count.map_err(|error| open.blame(error))?;
    let secrets = match count {
        1 => "1 secret".to_owned(),
        count => format!("{count} secrets"),
    };
    let place = match &env {
        Some(env) => format!("the environment \"{env}\""),
        None => "every environment".to_owned(),
    };
    let question = format!("Make new data keys for {place} and seal {secrets} again");
    if !args.dry_run && !input::confirm(ctx, &question)? {
        return Ok(Exit::DONE);
    }
    let dry = args.dry_run;
    custody::change(ctx, open, |vault, random| {
        vault.rotate_keys(env.as_ref(), random)?;
        if dry {
            vault.discard();
        }
        let change = match &env {
            Some(env) => Change::access(env.clone()),
            None => Change::of(Action::Access),
        };
        Ok(((), change))
    })?;
    ctx.terminal.say(&match dry {
        true => format!(
            "would make new data keys for {place} and seal {secrets} again (dry run: nothing was written)"
        ),
        false => format!("made new data keys for {place}; {secrets} sealed again and compared"),
    });
    if ctx.globals.json {
        let env = env.as_ref().map(EnvName::as_str);
        let object =
            json!({"schema_version": SCHEMA_VERSION, "environment": env, "secrets": count});
        ctx.terminal.json(&object)?;
    }
    Ok(Exit::DONE)
}

//! Where values go that were asked for.

use super::{Args, Found};
use crate::context::Context;
use crate::custody::{self, Open};
use crate::failure::Failure;
use crate::secret::SecretValue;
use crate::summary::{self, SCHEMA_VERSION};
use serde_json::{Value, json};
use std::path::Path;

/// Prints values, writes them to a file, or copies them.
///
/// # Errors
/// Those of writing, and of the clipboard.
pub(super) fn values(
    ctx: &Context,
    args: &Args,
    output: Option<&Path>,
    values: &[SecretValue],
) -> Result<(), Failure> {
    for value in values {
        match output {
            None if args.copy => {
                custody::copy(ctx, value)?;
                ctx.terminal.say(&format!(
                    "copied {}; the clipboard is cleared in {} seconds, if it is still there",
                    args.addresses.join(""),
                    custody::COPIED_FOR.as_secs()
                ));
            }
            Some(path) => custody::write_output(ctx, path, value)?,
            None => ctx.terminal.value(value, args.raw)?,
        }
    }
    Ok(())
}

/// Prints secrets as one object.
///
/// # Errors
/// Those of writing.
pub(super) fn objects(
    ctx: &Context,
    open: &Open,
    found: &[Found],
    values: &[SecretValue],
) -> Result<(), Failure> {
    let secrets: Vec<Value> = found
        .iter()
        .zip(values)
        .map(|(found, value)| object(open, found, value))
        .collect();
    ctx.terminal
        .json(&json!({"schema_version": SCHEMA_VERSION, "secrets": secrets}))?;
    Ok(())
}

fn object(open: &Open, found: &Found, value: &SecretValue) -> Value {
    let (mut object, from_default) = match found {
        Found::Default(env, path) => (summary::absent(env, path), true),
        Found::There(entry, number) => {
            let version = entry.version(*number);
            let object = version.map(|version| summary::secret(&open.vault, entry, version));
            (object.unwrap_or_default(), false)
        }
    };
    summary::add_value(&mut object, value.expose(), from_default);
    Value::Object(object)
}

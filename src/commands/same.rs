//! `same`: whether a value is the one of a secret.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::name::{Address, Version};
use crate::summary::SCHEMA_VERSION;
use crate::vault::Depth;
use serde_json::json;

/// Say whether a value is the one of a secret, without showing it
///
/// The value comes from standard input, which - stands for. On a terminal -
/// asks for it at a prompt that shows nothing, and without - the command ends
/// with status 2; in a pipe - may be left out. Exit 0 if it is the current
/// value of the secret, 10 if not. As in set, one line loses its line end. That
/// you asked is recorded.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets same STRIPE_KEY -
  secrets same production:/DB_URL - < url.txt")]
pub struct Args {
    /// The secret: its address
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Standard input; on a terminal, where it is needed, a hidden prompt
    #[arg(value_name = "-")]
    pub input: Option<String>,
}

/// Says it on standard error, and by the exit status.
///
/// # Errors
/// No such secret; no input, or too much; no vault.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let address = Address::parse(&args.name);
    let address = address.map_err(|error| Failure::bad_name("address", &args.name, error))?;
    if address.version != Version::Current {
        return Err(Failure::usage(
            "the current value is compared; leave the @ away",
        ));
    }
    custody::check_input(ctx)?;
    let value = input::pasted(ctx, args.input.as_deref(), "secrets same NAME - < FILE")?;
    let open = custody::open(ctx, Depth::Reader)?;
    let (env, path) = open.resolve(ctx, &address, &args.name)?;
    let is_same = custody::same(ctx, &open, (&env, &path), value)?;
    let address = format!("{env}:{path}");
    if ctx.globals.json {
        ctx.terminal.json(
            &json!({"schema_version": SCHEMA_VERSION, "address": address, "same": is_same}),
        )?;
    }
    match is_same {
        true => ctx.terminal.say(&format!("the same: {address}")),
        false => ctx.terminal.say(&format!("not the same: {address}")),
    }
    Ok(if is_same { Exit::DONE } else { Exit(10) })
}

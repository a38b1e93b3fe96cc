//! `trust`: accepts another vault, or an older one, at a known place.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure, quoted};
use crate::input;
use crate::vault::Fingerprint;

/// Accept the vault that is here now as the one to expect
///
/// This machine remembers which vault lies at a path, who signed it and how
/// far it was, and refuses another one. Trust makes it forget that for this
/// vault. Compare the fingerprint with what an admin tells you, on another way
/// than the file came.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets trust
  secrets trust 3f1c0d7ea9b24c51f0a7b6c2d9e8f713")]
pub struct Args {
    /// The fingerprint of the admin key that is to be trusted; without a
    /// terminal it is needed
    #[arg(value_name = "FINGERPRINT")]
    pub fingerprint: Option<String>,
}

/// Shows what was here before and what is here now, asks, and remembers.
///
/// # Errors
/// A vault that does not verify, another fingerprint than the one given,
/// nobody to ask.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let given = match &args.fingerprint {
        None => None,
        Some(text) => {
            let given = Fingerprint::parse_hex(&text.to_ascii_lowercase());
            Some(given.ok_or_else(|| {
                Failure::usage(format!(
                    "{} is no fingerprint: 32 hexadecimal digits",
                    quoted(text)
                ))
            })?)
        }
    };
    let trust = custody::trust(ctx)?;
    let now = &trust.now;
    let (id, fingerprint) = (now.vault.hex(), now.fingerprint.hex());
    if let Some(given) = given.filter(|given| *given != now.fingerprint) {
        return Err(Failure::integrity(format!(
            "vault is signed by admin {fingerprint}, not by {}",
            given.hex()
        )));
    }
    if trust.is_known() {
        ctx.terminal.say(&format!(
            "this is the vault that is expected here: {id}, admin {fingerprint}; nothing was changed"
        ));
        return Ok(Exit::DONE);
    }
    match &trust.before {
        None => ctx
            .terminal
            .say("before: nothing was remembered of this path"),
        Some(before) => ctx.terminal.say(&format!(
            "before: vault {}, admin {}",
            before.vault.hex(),
            before.fingerprint.hex()
        )),
    }
    let back = trust.head_before.filter(|before| *before > trust.head);
    let head = match back {
        Some(before) => format!("head {}, where head {before} was seen", trust.head),
        None => format!("head {}", trust.head),
    };
    ctx.terminal
        .say(&format!("now: vault {id}, admin {fingerprint}, {head}"));
    for difference in &trust.differences {
        ctx.terminal.say(&format!("now: {difference}"));
    }
    if given.is_none() {
        if !ctx.terminal.may_prompt() {
            return Err(
                Failure::integrity("nobody can be asked whether this is the right vault")
                    .hint(format!("if it is: secrets trust {fingerprint}")),
            );
        }
        if !input::confirm(ctx, "Trust it")? {
            return Ok(Exit::DONE);
        }
    }
    trust.accept(ctx)?;
    ctx.terminal.say("trusted from now on");
    Ok(Exit::DONE)
}

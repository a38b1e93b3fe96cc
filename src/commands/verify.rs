//! `verify`: checks the whole vault file.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::summary::SCHEMA_VERSION;
use crate::vault::{Depth, Expect, LockedVault};
use serde_json::json;

/// Check the whole vault file: form, signatures, order
///
/// Then opens every record that the credential may read. Prints nothing of them.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets verify
  secrets verify --json
  secrets verify --vault old/vault.json")]
pub struct Args {}

/// Verifies every byte of the file, then opens every record that the
/// credential may read.
///
/// # Errors
/// The first thing found wrong, as integrity.
pub fn run(ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    let open = match custody::open_unasked(ctx, Depth::Whole)? {
        Some(open) => open,
        None => match custody::verify_keyless(ctx)? {
            Some(locked) => return keyless(ctx, &locked),
            None => custody::open(ctx, Depth::Whole)?,
        },
    };
    open.vault
        .check_admin()
        .map_err(|error| open.blame(error))?;
    let mut secrets = 0;
    let environments = open.vault.environments();
    for env in environments.iter().filter(|env| env.readable) {
        secrets += open
            .vault
            .check_records(&env.name)
            .map_err(|error| open.blame(error))?;
    }
    custody::settle(ctx, &open, None);
    let fingerprint = open.vault.fingerprint().hex();
    ctx.terminal.say(&format!(
        "\"{}\" is whole: signed by admin {fingerprint}, head {}; {} and {} opened",
        open.location.shown.display(),
        open.vault.head_seq(),
        count(
            environments.iter().filter(|env| env.readable).count(),
            "environment"
        ),
        count(secrets, "secret"),
    ));
    tell_state(ctx, open.vault.expectation());
    done(ctx)
}

/// Without a credential: signatures, order and form, under the admin key that
/// this machine has seen or the user named. No record was opened.
fn keyless(ctx: &Context, locked: &LockedVault) -> Result<Exit, Failure> {
    ctx.terminal.say(&format!(
        "the vault is whole: signed by admin {}, head {}; nothing was opened, for want of a key",
        locked.fingerprint().hex(),
        locked.head_seq(),
    ));
    tell_state(ctx, locked.expectation());
    done(ctx)
}

/// With `-v`, the lower bounds that a CI job may be given.
fn tell_state(ctx: &Context, expect: Option<Expect>) {
    if let Some(expect) = expect {
        ctx.terminal.detail(&format!("SECRETS_EXPECT={expect}"));
    }
}

fn done(ctx: &Context) -> Result<Exit, Failure> {
    if ctx.globals.json {
        let object = json!({"schema_version": SCHEMA_VERSION, "ok": true, "findings": []});
        ctx.terminal.json(&object)?;
    }
    Ok(Exit::DONE)
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

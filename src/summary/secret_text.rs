//! What is said of a new slot, and the one place where its secret is printed.

use super::SCHEMA_VERSION;
use crate::context::Context;
use crate::failure::Failure;
use crate::secret::SecretValue;
use serde_json::json;

/// A slot that was added.
pub struct Added<'a> {
    /// Its label.
    pub label: &'a str,
    /// Whether it is an admin's.
    pub admin: bool,
    /// `pass` or `secret`.
    pub kind: &'static str,
    /// Whether it was not written.
    pub dry: bool,
    /// The passphrase to hand over, or the recovery key: printed once, on
    /// standard output, and kept nowhere.
    pub secret: Option<&'a SecretValue>,
}

impl<'a> Added<'a> {
    /// An admin's slot for a recovery key.
    pub fn recovery(label: &'a str, text: &'a SecretValue) -> Self {
        Added {
            label,
            admin: true,
            kind: "secret",
            dry: false,
            secret: Some(text),
        }
    }
}

/// Says what was added, and prints its secret where it has one to print.
///
/// # Errors
/// Standard output cannot be written: the secret is lost then, and the slot is
/// to be removed.
pub fn added(ctx: &Context, added: &Added<'_>) -> Result<(), Failure> {
    let Added { label, kind, .. } = added;
    let role = if added.admin { "admin" } else { "member" };
    let may = match added.admin {
        true => "reads and writes everything, and changes who else does",
        false => "reads and writes everything",
    };
    ctx.terminal.say(&match added.dry {
        true => {
            format!("would add the slot \"{label}\" ({role}: {may}; dry run: nothing was written)")
        }
        false => format!("added the slot \"{label}\" ({role}: {may})"),
    });
    match (added.secret, *kind) {
        (None, _) => {}
        (Some(_), "pass") => ctx.terminal.say(&format!(
            "hand these words to the holder of \"{label}\"; their first use asks for a passphrase of their own"
        )),
        (Some(_), _) => {
            ctx.terminal.say("the recovery key is printed this once; keep it away from this machine, on paper or in a safe");
            ctx.terminal.say("to get back in: put it in a file of mode 0600, then SECRETS_KEY_FILE=FILE secrets passwd --slot LABEL");
        }
    }
    let text = added.secret.map(|secret| {
        let bytes = secret.expose();
        bytes.strip_suffix(b"\n").unwrap_or(bytes)
    });
    if ctx.globals.json {
        let text = text.map(String::from_utf8_lossy);
        return Ok(ctx.terminal.json(&json!({
            "schema_version": SCHEMA_VERSION,
            "label": label,
            "kind": kind,
            "role": role,
            "secret": text,
        }))?);
    }
    match text {
        Some(text) => Ok(ctx.terminal.data_line(text)?),
        None => Ok(()),
    }
}

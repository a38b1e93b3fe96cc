//! What is said of a new slot, and the one place where its secret is printed.

use super::SCHEMA_VERSION;
use crate::context::Context;
use crate::failure::Failure;
use crate::secret::SecretValue;
use serde_json::json;

/// What is printed for the holder of a slot.
#[derive(Debug, Clone, Copy)]
pub enum Handed {
    /// Nothing: the key is in a file.
    Nothing,
    /// A passphrase that its first use changes.
    Words,
    /// A recovery key.
    Recovery,
}

/// A slot that is added.
pub struct Added<'a> {
    /// Its label.
    pub label: &'a str,
    /// Whether it is an admin's.
    pub admin: bool,
    /// `pass` or `secret`.
    pub kind: &'static str,
    /// Whether it was not written.
    pub dry: bool,
    /// What its holder gets on standard output.
    pub handed: Handed,
    /// The passphrase to hand over, or the recovery key: printed once, on
    /// standard output, and kept nowhere.
    pub secret: Option<&'a SecretValue>,
}

impl<'a> Added<'a> {
    /// An admin's slot for a recovery key.
    pub fn recovery(label: &'a str, secret: Option<&'a SecretValue>) -> Self {
        Added {
            label,
            admin: true,
            kind: "secret",
            dry: false,
            handed: Handed::Recovery,
            secret,
        }
    }

    fn role(&self) -> &'static str {
        match self.admin {
            true => "admin",
            false => "member",
        }
    }
}

/// Prints the secret of a slot where it has one to print, and under `--json`
/// the object of every slot.
///
/// A secret is printed before its slot is written: printed in vain it opens
/// nothing, but a slot whose secret was lost would stay.
///
/// # Errors
/// Standard output cannot be written, or nobody reads it.
pub fn print_added(ctx: &Context, added: &Added<'_>) -> Result<(), Failure> {
    let text = added.secret.map(|secret| {
        let bytes = secret.expose();
        bytes.strip_suffix(b"\n").unwrap_or(bytes)
    });
    if ctx.globals.json {
        let text = text.map(String::from_utf8_lossy);
        ctx.terminal.json(&json!({
            "schema_version": SCHEMA_VERSION,
            "label": added.label,
            "kind": added.kind,
            "role": added.role(),
            "secret": text,
        }))?;
    } else if let Some(text) = text {
        ctx.terminal.data_line(text)?;
    }
    match text {
        Some(_) if ctx.terminal.reader_has_gone() => Err(Failure::io(
            "nobody reads standard output, where the secret of the new slot was to go",
        )),
        _ => Ok(()),
    }
}

/// Says what was added, and what is to be done with what was printed.
pub fn added(ctx: &Context, added: &Added<'_>) {
    let Added { label, .. } = added;
    let role = added.role();
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
    match added.handed {
        _ if added.dry => {}
        Handed::Nothing => {}
        Handed::Words => ctx.terminal.say(&format!(
            "hand these words to the holder of \"{label}\"; their first use asks for a passphrase of their own"
        )),
        Handed::Recovery => {
            ctx.terminal.say("the recovery key is printed this once; keep it away from this machine, on paper or in a safe");
            ctx.terminal.say("to get back in: put it in a file of mode 0600, then SECRETS_KEY_FILE=FILE secrets passwd --slot LABEL");
        }
    }
}

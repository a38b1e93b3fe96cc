//! What opens the vault: the first source that is set decides.
//!
//! Sources below the deciding one are not looked at, and one that does not
//! fit is never passed over: a token that is wrong must not become a question
//! for a passphrase.

use super::prompt::prompt;
use crate::config::Given;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::process::{Environment, Rules, capture};
use crate::secret::{Credential, KeyBytes, Passphrase, SecretValue, TokenText};
use crate::store::{self, Location};
use crate::vault::{self, LockedVault, SlotSecret, TOKEN_PREFIX};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Greatest length of a credential in a file or descriptor, in bytes.
pub const MAX_CREDENTIAL_BYTES: u64 = 8192;

/// What a source holds.
#[derive(Clone, Copy)]
enum Form {
    Key,
    Passphrase,
    Token,
}

/// Where the credential comes from.
pub enum Source {
    /// It was given; the text says by what.
    Given(Credential, String),
    /// Nothing is set: the settings' command, then the prompt.
    Ask,
}

/// The variables, each with the one that names a file, in order.
const VARIABLES: [(&str, &str, Form); 3] = [
    ("SECRETS_TOKEN", "SECRETS_TOKEN_FILE", Form::Token),
    ("SECRETS_KEY", "SECRETS_KEY_FILE", Form::Key),
    (
        "SECRETS_PASSPHRASE",
        "SECRETS_PASSPHRASE_FILE",
        Form::Passphrase,
    ),
];

/// Finds the source that decides and reads it.
///
/// # Errors
/// A source that is set but empty, cannot be read, or holds something else.
pub fn source(ctx: &Context) -> Result<Source, Failure> {
    let globals = &ctx.globals;
    if let Some(path) = &globals.key_file {
        return from_file(ctx, path, "--key-file", Form::Key);
    }
    if let Some(number) = globals.passphrase_fd {
        let bytes = SecretValue::new(ctx.files.read_descriptor(number, MAX_CREDENTIAL_BYTES)?);
        // It was open a moment ago; what is left of it is not for a child.
        ctx.files.close_descriptor(number)?;
        return parse(bytes.expose(), "--passphrase-fd", Form::Passphrase);
    }
    if let Some(path) = &globals.passphrase_file {
        return from_file(ctx, path, "--passphrase-file", Form::Passphrase);
    }
    for (variable, file, form) in VARIABLES {
        match ctx.snapshot.credential(variable) {
            Given::Unset => {}
            Given::Empty => return Err(empty(variable)),
            Given::Value(value) => return parse(value.expose(), variable, form),
        }
        match ctx.snapshot.credential(file) {
            Given::Unset => {}
            Given::Empty => return Err(empty(file)),
            Given::Value(path) => {
                let path = Path::new(OsStr::from_bytes(path.expose()));
                return from_file(ctx, path, file, form);
            }
        }
    }
    Ok(Source::Ask)
}

/// What is given by flags or variables, and by which.
///
/// # Errors
/// A source that is set but empty, cannot be read, or holds something else.
pub fn given(ctx: &Context) -> Result<Option<(Credential, String)>, Failure> {
    match source(ctx)? {
        Source::Given(credential, from) => Ok(Some((credential, from))),
        Source::Ask => Ok(None),
    }
}

/// Whether a vault can be opened without asking: by flag, variable or command.
///
/// # Errors
/// A variable that is set but empty.
pub fn is_set(ctx: &Context, location: &Location) -> Result<bool, Failure> {
    let globals = &ctx.globals;
    if globals.key_file.is_some()
        || globals.passphrase_fd.is_some()
        || globals.passphrase_file.is_some()
    {
        return Ok(true);
    }
    for name in VARIABLES.iter().flat_map(|(value, file, _)| [value, file]) {
        match ctx.snapshot.credential(name) {
            Given::Unset => {}
            Given::Empty => return Err(empty(name)),
            Given::Value(_) => return Ok(true),
        }
    }
    if ctx.user.vaults.is_empty() && ctx.user.key_command.is_none() {
        return Ok(false);
    }
    let locked = LockedVault::read(Box::new(store::open(&ctx.files, location)?))?;
    let own = ctx.user.vaults.get(&locked.id().hex());
    let own = own.is_some_and(|own| own.key_command.is_some());
    Ok(own || ctx.user.key_command.is_some())
}

fn empty(variable: &str) -> Failure {
    Failure::locked(format!(
        "{variable} is set but empty: pull requests from forks get no secrets"
    ))
}

fn from_file(ctx: &Context, path: &Path, from: &str, form: Form) -> Result<Source, Failure> {
    let content = match ctx.files.read_private(path, MAX_CREDENTIAL_BYTES) {
        Ok(content) => SecretValue::new(content),
        Err(error) => {
            let mut failure = Failure::from(error);
            // A file that is not there locks the vault; it is no missing secret.
            if failure.kind == Kind::NotFound {
                failure.kind = Kind::Locked;
            }
            failure.message = format!("{from}: {}", failure.message);
            return Err(failure);
        }
    };
    match form {
        Form::Key => KeyBytes::parse_file(content.expose())
            .map(|key| Source::Given(Credential::Key(key), from.to_owned()))
            .map_err(|error| Failure::bad_credential(from, error)),
        _ => parse(content.expose(), from, form),
    }
}

/// Reads a credential from text.
fn parse(text: &[u8], from: &str, form: Form) -> Result<Source, Failure> {
    let credential = match form {
        Form::Key => KeyBytes::parse_text(text).map(Credential::Key),
        Form::Token => TokenText::parse(text).map(Credential::Token),
        Form::Passphrase => Passphrase::parse(one_line(text)).map(Credential::Passphrase),
    };
    match credential {
        Ok(credential) => Ok(Source::Given(credential, from.to_owned())),
        Err(error) => Err(Failure::bad_credential(from, error)),
    }
}

/// A passphrase without its one final newline.
fn one_line(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\n")
        .map(|t| t.strip_suffix(b"\r").unwrap_or(t))
        .unwrap_or(text)
}

/// Opens a slot with what the source holds; the text says what it was.
///
/// # Errors
/// It does not fit, or nothing is there and nobody can be asked.
pub fn unwrap(
    ctx: &Context,
    locked: &LockedVault,
    source: Source,
) -> Result<(SlotSecret, String), Failure> {
    let id = locked.id().hex();
    let settings = ctx.user.vaults.get(&id);
    let label = ctx
        .globals
        .slot
        .as_deref()
        .or(settings.and_then(|own| own.slot.as_deref()));
    let credential = match source {
        Source::Given(credential, from) => {
            return match locked.unwrap(&credential, label, None) {
                Ok(secret) => Ok((secret, from)),
                Err(error) => Err(explain(error, &credential, &from)),
            };
        }
        Source::Ask => settings.and_then(|own| own.key_command.as_ref()),
    };
    if let Some(command) = credential {
        let credential = run_command(ctx, command)?;
        return Ok((
            locked.unwrap(&credential, label, None)?,
            "key_command".to_owned(),
        ));
    }
    if let Some(command) = &ctx.user.key_command {
        let credential = run_command(ctx, command)?;
        match locked.unwrap(&credential, label, None) {
            Ok(secret) => return Ok((secret, "key_command".to_owned())),
            // The general command may belong to other vaults.
            Err(vault::Error::WrongKey | vault::Error::WrongPassphrase) => {}
            Err(error) => return Err(error.into()),
        }
    }
    prompt(ctx, locked, label).map(|secret| (secret, "prompt".to_owned()))
}

/// A wrong credential names where it came from.
fn explain(error: vault::Error, credential: &Credential, from: &str) -> Failure {
    let wrong = matches!(
        error,
        vault::Error::WrongKey | vault::Error::WrongPassphrase | vault::Error::Token
    );
    let failure = Failure::from(error);
    match credential {
        _ if !wrong => failure,
        Credential::Key(_) | Credential::Passphrase(_) | Credential::Token(_) => {
            failure.hint(format!("it came from {from}"))
        }
    }
}

/// Runs a helper of the user's settings; it prints a key, a token or a passphrase.
fn run_command(ctx: &Context, command: &[String]) -> Result<Credential, Failure> {
    let argv: Vec<OsString> = command.iter().map(OsString::from).collect();
    let inherited = ctx
        .snapshot
        .pairs()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let environment = Environment::build(inherited, Vec::new(), &Rules::default());
    let Ok(environment) = environment else {
        return Err(Failure::locked(
            "key_command: its environment cannot be built",
        ));
    };
    let limit = usize::try_from(MAX_CREDENTIAL_BYTES).unwrap_or(usize::MAX);
    let output = capture(&argv, &environment, None, limit)?;
    let text = output.expose();
    let credential = if text.trim_ascii().starts_with(TOKEN_PREFIX.as_bytes()) {
        TokenText::parse(text).map(Credential::Token)
    } else if let Ok(key) = KeyBytes::parse_file(text) {
        Ok(Credential::Key(key))
    } else {
        Passphrase::parse(one_line(text)).map(Credential::Passphrase)
    };
    credential.map_err(|error| Failure::bad_credential("key_command", error))
}

//! What opens the vault: the first source that is set decides.
//!
//! Sources below the deciding one are not looked at, and one that does not
//! fit is never passed over: a token that is wrong must not become a question
//! for a passphrase.

use super::Wish;
use super::attempt;
use super::key_command::{COMMAND, run_command};
use super::prompt::{self, prompt};
use super::session;
use super::unwrapped::Unwrapped;
use crate::config::Given;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::file;
use crate::secret::{Credential, KeyBytes, Passphrase, SecretValue, TokenText};
use crate::store;
use crate::vault::{self, LockedVault};
use std::ffi::OsStr;
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
    /// Nothing is set: the session, the settings' command, then the prompt.
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

impl Source {
    /// Whether it is a token, which is bound more strictly than a person.
    pub fn is_token(&self) -> bool {
        matches!(self, Source::Given(Credential::Token(_), _))
    }
}

/// What a credential is called in the log.
pub(super) fn kind(credential: &Credential) -> &'static str {
    match credential {
        Credential::Key(_) => "key",
        Credential::Passphrase(_) => "passphrase",
        Credential::Token(_) => "token",
    }
}

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
        let from = "--passphrase-fd";
        let bytes = ctx.files.read_descriptor(number, MAX_CREDENTIAL_BYTES);
        let bytes = SecretValue::new(bytes.map_err(|error| unreadable(error, from))?);
        // It was open a moment ago; what is left of it is not for a child.
        ctx.files
            .close_descriptor(number)
            .map_err(|error| unreadable(error, from))?;
        return parse(one_line(bytes.expose()), from, Form::Passphrase);
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

fn empty(variable: &str) -> Failure {
    Failure::locked(format!(
        "{variable} is set but empty: pull requests from forks get no secrets"
    ))
}

fn from_file(ctx: &Context, path: &Path, from: &str, form: Form) -> Result<Source, Failure> {
    let content = ctx.files.read_private(path, MAX_CREDENTIAL_BYTES);
    let content = SecretValue::new(content.map_err(|error| unreadable(error, from))?);
    match form {
        Form::Key => KeyBytes::parse_file(content.expose())
            .map(|key| Source::Given(Credential::Key(key), from.to_owned()))
            .map_err(|error| Failure::bad_credential(from, error)),
        Form::Passphrase => parse(one_line(content.expose()), from, form),
        Form::Token => parse(content.expose(), from, form),
    }
}

/// A credential that cannot be read locks the vault; one that others may read
/// or own is unsafe, and stays that.
fn unreadable(error: file::Error, from: &str) -> Failure {
    use file::Error as E;
    let is_unsafe = matches!(error, E::Mode { .. } | E::Owner { .. } | E::Link { .. });
    let mut failure = Failure::from(store::Error::File(error));
    if !is_unsafe {
        failure.kind = Kind::Locked;
    }
    failure.about(from)
}

/// Reads a credential from text.
fn parse(text: &[u8], from: &str, form: Form) -> Result<Source, Failure> {
    let credential = match form {
        Form::Key => KeyBytes::parse_text(text).map(Credential::Key),
        Form::Token => TokenText::parse(text).map(Credential::Token),
        Form::Passphrase => Passphrase::parse(text).map(Credential::Passphrase),
    };
    match credential {
        Ok(credential) => Ok(Source::Given(credential, from.to_owned())),
        Err(error) => Err(Failure::bad_credential(from, error)),
    }
}

/// A passphrase without its one final newline.
pub(super) fn one_line(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\n")
        .map(|t| t.strip_suffix(b"\r").unwrap_or(t))
        .unwrap_or(text)
}

/// Opens a slot with what the source holds; the text says what it was.
///
/// The wish says whether a person may be asked where nothing is set, and which
/// slot a passphrase is tried on first.
///
/// # Errors
/// It does not fit, or nothing is there and nobody can be asked.
pub fn unwrap(
    ctx: &Context,
    locked: &LockedVault,
    source: Source,
    wish: &Wish<'_>,
) -> Result<Option<Unwrapped>, Failure> {
    let settings = ctx.user.vaults.get(&locked.id().hex());
    let label = ctx.globals.slot.as_deref();
    let usual = settings.and_then(|own| own.slot.as_deref());
    let label = label.or(usual.filter(|_| wish.first.is_none()));
    let mut slots = locked.slots();
    let first = slots.find(|slot| Some(slot.label.as_str()) == wish.first);
    let first = first.map(|slot| slot.id);
    if let Source::Given(credential, from) = source {
        return match locked.unwrap(&credential, label, first) {
            Ok(secret) => Ok(Some(Unwrapped::by(secret, kind(&credential), from))),
            Err(error) => Err(misfit(ctx, locked, error, &credential, &from)),
        };
    }
    if let Some(resumed) = Unwrapped::by_session(ctx, locked, wish, label)? {
        return Ok(Some(resumed));
    }
    let by_command = |secret, credential: &Credential| {
        Ok(Some(Unwrapped::by(secret, kind(credential), COMMAND)))
    };
    if let Some(command) = settings.and_then(|own| own.key_command.as_ref()) {
        let mut misfit = None;
        for credential in run_command(ctx, command)? {
            match locked.unwrap(&credential, label, first) {
                Ok(secret) => return by_command(secret, &credential),
                Err(error) => {
                    misfit.get_or_insert(self::misfit(ctx, locked, error, &credential, COMMAND));
                }
            }
        }
        let mut failure = misfit.unwrap_or_else(|| Failure::locked("key_command printed nothing"));
        // The vault's own command: what does not fit locks it, whatever the reason.
        if failure.kind == Kind::Denied {
            failure.kind = Kind::Locked;
        }
        return Err(failure);
    }
    let mut misfit = false;
    if let Some(command) = &ctx.user.key_command {
        for credential in run_command(ctx, command)? {
            match locked.unwrap(&credential, label, first) {
                Ok(secret) => return by_command(secret, &credential),
                // The general command may belong to other vaults.
                Err(
                    vault::Error::WrongKey
                    | vault::Error::WrongPassphrase
                    | vault::Error::TokenSlot
                    | vault::Error::TokenVault { .. },
                ) => misfit = true,
                Err(error) => return Err(error.into()),
            }
        }
    }
    if !wish.ask {
        return Ok(None);
    }
    let before = prompt::last_prompt(ctx, &locked.id());
    match prompt(ctx, locked, label, first) {
        Ok(secret) => {
            if !wish.keyed {
                session::hint_at(ctx, before);
            }
            Ok(Some(Unwrapped::by(secret, "passphrase", prompt::FROM)))
        }
        Err(mut failure) if misfit && failure.kind == Kind::Locked => {
            failure.hints.insert(
                0,
                "what key_command printed opens no slot of this vault".into(),
            );
            Err(failure)
        }
        Err(failure) => Err(failure),
    }
}

/// A credential that did not fit is recorded, and says where it came from.
fn misfit(
    ctx: &Context,
    locked: &LockedVault,
    error: vault::Error,
    credential: &Credential,
    from: &str,
) -> Failure {
    attempt::misfit(ctx, &locked.id(), kind(credential), &error);
    explain(error, credential, from)
}

/// A wrong credential names where it came from.
fn explain(error: vault::Error, credential: &Credential, from: &str) -> Failure {
    let wrong = matches!(
        error,
        vault::Error::WrongKey | vault::Error::WrongPassphrase | vault::Error::Token
    );
    let mut failure = Failure::from(error);
    if wrong {
        failure = failure.hint(format!("it came from {from}"));
        if let Credential::Passphrase(passphrase) = credential
            && let [b'"' | b'\'', .., b'"' | b'\''] = passphrase.expose()
        {
            failure = failure.hint("it is wrapped in quotation marks; take them away");
        }
    }
    failure
}

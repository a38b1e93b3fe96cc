//! The sentences of the room's errors.

use super::Error;
use crate::crypto::{Iterations, IterationsOutOfBounds};

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::ConflictMarkers(line) => {
                write!(f, "not a vault (merge conflict markers at line {line})")
            }
            Error::ClockBehind { .. } => write!(
                f,
                "clock or head is wrong: the vault's head is more than a day ahead of this \
                 machine's clock"
            ),
            Error::EpochChanged { scope } => {
                write!(
                    f,
                    "the data key of {scope} was changed after this slot got its rights"
                )
            }
            Error::KeyInUse(label) => write!(f, "this key opens the slot \"{label}\" already"),
            Error::Label(text) => write!(
                f,
                "\"{text}\" is no label: letters, digits and . _ @ + -, at most 64"
            ),
            Error::LastAdmin(label) => write!(
                f,
                "\"{label}\" is the last admin; without one nobody could change who opens the vault"
            ),
            Error::LastEnvironment(name) => {
                write!(f, "\"{name}\" is the last environment of this vault")
            }
            Error::OwnSlot(label) => write!(
                f,
                "\"{label}\" is the slot that opened the vault; another admin can remove it"
            ),
            Error::SamePassphrase => {
                write!(f, "the new passphrase is the one that was handed out")
            }
            Error::SlotExists(label) => write!(f, "the slot \"{label}\" exists"),
            Error::EnvironmentExists(name) => write!(f, "the environment \"{name}\" exists"),
            Error::CarriageReturns { line } => write!(
                f,
                "not a vault, or damaged: line {line}: there are carriage returns (git's autocrlf \
                 adds them)"
            ),
            Error::CutOff { line: 0 } => write!(f, "not a vault, or damaged: the file is cut off"),
            Error::CutOff { line } => {
                write!(
                    f,
                    "not a vault, or damaged: line {line}: the file is cut off"
                )
            }
            Error::Empty => write!(f, "not a vault, or damaged: the file is empty"),
            Error::LastLine => {
                write!(f, "not a vault, or damaged: the last line is not \"0]}}\"")
            }
            Error::Format { line: 0, expected } => {
                write!(f, "not a vault, or damaged: expected {expected}")
            }
            Error::Format { line, expected } => {
                write!(
                    f,
                    "not a vault, or damaged: line {line}: expected {expected}"
                )
            }
            Error::HeadSignature => write!(f, "head signature invalid"),
            Error::Integrity(what) => f.write_str(what),
            Error::Iterations(IterationsOutOfBounds { asked }) => {
                if *asked < u64::from(Iterations::MIN) {
                    let least = Iterations::MIN;
                    write!(
                        f,
                        "the slot asks for {asked} PBKDF2 iterations; at least {least} are \
                         required"
                    )
                } else {
                    let most = Iterations::MAX;
                    write!(
                        f,
                        "the slot asks for {asked} PBKDF2 iterations; at most {most} are allowed"
                    )
                }
            }
            Error::Limit { limit, line: 0 } => write!(f, "the vault is over a limit: {limit}"),
            Error::Limit { limit, line } => {
                write!(f, "the vault is over a limit at line {line}: {limit}")
            }
            Error::NewerVersion => write!(f, "this vault needs a newer secrets"),
            Error::NotPermitted(what) => f.write_str(what),
            Error::Number { line: 0 } => write!(f, "a number is larger than 9007199254740991"),
            Error::Number { line } => {
                write!(f, "line {line}: a number is larger than 9007199254740991")
            }
            Error::Occupied(address) => write!(f, "\"{address}\" exists"),
            Error::Overtaken(address) => {
                write!(f, "\"{address}\" was changed while its rotation ran")
            }
            Error::Random(error) => error.fmt(f),
            Error::Read(error) => write!(
                f,
                "cannot read the vault: {}",
                crate::file::cause_text(error)
            ),
            Error::Records { scope, seal, what } => {
                write!(
                    f,
                    "records of {scope} do not match their seal ({seal}): {what}"
                )
            }
            Error::SlotKind { label, kind } => {
                write!(
                    f,
                    "the slot \"{label}\" is of kind \"{kind}\", which this secrets cannot open"
                )
            }
            Error::SlotChanged { label } => {
                write!(
                    f,
                    "the passphrase or key of slot \"{label}\" was changed meanwhile"
                )
            }
            Error::PassphraseHandedOut { label } => write!(
                f,
                "the passphrase of slot \"{label}\" was handed out: it opens nothing before its \
                 holder has chosen another one"
            ),
            Error::NoVersion {
                path,
                version: None,
            } => write!(f, "\"{path}\" is not there"),
            Error::NoVersion {
                path,
                version: Some(version),
            } => write!(f, "\"{path}\" keeps no value in v{version}"),
            Error::SameValue(path) => {
                write!(f, "\"{path}\" has this value already; nothing was changed")
            }
            Error::VersionMoved {
                path,
                wanted,
                current: 0,
            } => {
                write!(
                    f,
                    "\"{path}\" is not there, but --if-version asks for v{wanted}"
                )
            }
            Error::VersionMoved {
                path,
                wanted: 0,
                current,
            } => {
                write!(
                    f,
                    "\"{path}\" is there as v{current}, but --if-version asks for none"
                )
            }
            Error::VersionMoved {
                path,
                wanted,
                current,
            } => {
                write!(
                    f,
                    "\"{path}\" is at v{current}, but --if-version asks for v{wanted}"
                )
            }
            Error::SlotTime(what) => f.write_str(what),
            Error::Token => write!(f, "this is no token, or it was mistyped"),
            Error::TokenSlot => write!(
                f,
                "no such slot in this vault: the token was revoked, or is for another vault"
            ),
            Error::TokenVault { found, expected } => {
                write!(
                    f,
                    "vault is signed by admin {found}, token expects {expected}"
                )
            }
            Error::TokenOfOtherSlot { label } => {
                write!(
                    f,
                    "the token is of slot \"{label}\", not of the one that --slot names"
                )
            }
            Error::RightsChanged { label } => write!(
                f,
                "your rights changed: slot \"{label}\" got others after the session began"
            ),
            Error::SessionOfOtherSlot { label } => write!(
                f,
                "the session is of slot \"{label}\", not of the one that is wanted"
            ),
            Error::SessionSlot => {
                write!(f, "your rights changed: the slot of the session is gone")
            }
            Error::SlotKeyNeeded => write!(f, "the session does not hold the slot key"),
            Error::NoPassphraseSlot => write!(f, "no slot of this vault takes a passphrase"),
            Error::NotAdmin { found, expected } => write!(
                f,
                "vault is signed by admin {found}, SECRETS_ADMIN expects {expected}"
            ),
            Error::Older(older) => older.fmt(f),
            Error::OtherAdmin { found, seen } => write!(
                f,
                "vault is signed by admin {found}, this machine has seen {seen}"
            ),
            Error::OtherCredential { label, kind } if kind == "secret" => {
                write!(
                    f,
                    "the slot \"{label}\" is opened by a key, not by a passphrase"
                )
            }
            Error::OtherCredential { label, .. } => {
                write!(
                    f,
                    "the slot \"{label}\" is opened by a passphrase, not by a key"
                )
            }
            Error::UnknownPlace(place) => write!(f, "no scope of this vault holds \"{place}\""),
            Error::TooManySlots => {
                write!(
                    f,
                    "too many passphrase slots to try them all: say which with --slot LABEL"
                )
            }
            Error::UnknownEnvironment(name) => write!(f, "no environment \"{name}\" in this vault"),
            Error::UnknownSlot(label) => write!(f, "no slot \"{label}\" in this vault"),
            Error::ValueTooLarge { bytes } => {
                write!(
                    f,
                    "the value has {bytes} bytes; at most 1048576 (1 MiB) are allowed"
                )
            }
            Error::FieldTooLarge { field } => write!(f, "too long: {field}"),
            Error::WrongKey => write!(f, "this key opens no slot of this vault"),
            Error::WrongPassphrase => write!(f, "wrong passphrase, or its slot was altered"),
        }
    }
}

//! What can be wrong with a vault, a credential or a wish.

mod text;

use super::Older;
use crate::crypto::{IterationsOutOfBounds, RandomError};
use crate::name::{EnvName, SecretPath};

/// The kinds of error, each with an exit status of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A conflict with what is there (8).
    Conflict,
    /// Not permitted (5).
    Denied,
    /// Expired secret (7).
    Expired,
    /// Altered, damaged or from a newer program (6).
    Integrity,
    /// The system failed (1).
    Io,
    /// A credential that does not fit (4).
    Locked,
    /// No such thing (3).
    NotFound,
    /// A request that cannot be met (2).
    Usage,
}

/// An error of the room. Its text names no value and no key.
#[derive(Debug)]
pub enum Error {
    /// Lines that end in CR LF.
    CarriageReturns {
        /// The first of them, from 1.
        line: usize,
    },
    /// The file ends too early.
    CutOff {
        /// The line that is not there whole; 0 if unknown.
        line: usize,
    },
    /// The file has no byte.
    Empty,
    /// The last scope is not followed by the end.
    LastLine,
    /// The line where git left its markers.
    ConflictMarkers(usize),
    /// The clock is more than a day behind the head.
    ClockBehind {
        /// The head's time.
        head: u64,
    },
    /// The credential's slot was opened, but its rights are of another epoch.
    EpochChanged {
        /// The scope.
        scope: String,
    },
    /// An environment that exists already.
    EnvironmentExists(String),
    /// A new key that opens a slot already; the label of that slot.
    KeyInUse(String),
    /// A text that is no label.
    Label(String),
    /// The slot of the only admin, by its label.
    LastAdmin(String),
    /// The only environment.
    LastEnvironment(String),
    /// The slot that opened the vault, by its label.
    OwnSlot(String),
    /// A new passphrase that is the old one.
    SamePassphrase,
    /// A slot of that label exists already.
    SlotExists(String),
    /// The grammar is broken.
    Format {
        /// The line, from 1.
        line: usize,
        /// What was expected there.
        expected: &'static str,
    },
    /// The head does not verify under its admin key.
    HeadSignature,
    /// Any other contradiction within the file.
    Integrity(String),
    /// Iterations out of bounds.
    Iterations(IterationsOutOfBounds),
    /// A bound of the format.
    Limit {
        /// Which one, with its number.
        limit: &'static str,
        /// The line, or 0 for the whole file.
        line: usize,
    },
    /// Something an unknown critical extension or the first line asks for.
    NewerVersion,
    /// A secret that is not there, or a version of it that holds no value.
    NoVersion {
        /// The secret's address.
        path: String,
        /// The version; `None` means the current one.
        version: Option<u64>,
    },
    /// This slot may not do that; the sentence says who may.
    NotPermitted(String),
    /// A number beyond 2^53 - 1.
    Number {
        /// The line, from 1.
        line: usize,
    },
    /// The operating system's random numbers.
    Random(RandomError),
    /// A secret that is where another one should go; its address.
    Occupied(String),
    /// A secret changed while its rotation ran: its address.
    Overtaken(String),
    /// Reading the file failed.
    Read(std::io::Error),
    /// The records of a scope do not match their seal.
    Records {
        /// The scope.
        scope: String,
        /// Who sealed it, and the seal's number.
        seal: String,
        /// What is wrong.
        what: &'static str,
    },
    /// The wrap of a slot is another one than before.
    SlotChanged {
        /// The slot's label.
        label: String,
    },
    /// A passphrase that was handed out once and must be changed first.
    PassphraseHandedOut {
        /// The slot's label.
        label: String,
    },
    /// The current version is another one than `--if-version` says.
    VersionMoved {
        /// The secret's address.
        path: String,
        /// What was asked for.
        wanted: u64,
        /// What is there; 0 for none.
        current: u64,
    },
    /// A rotation to the value that the secret has already; its address.
    SameValue(String),
    /// A slot that cannot be opened with this program.
    SlotKind {
        /// The slot's label.
        label: String,
        /// Its kind.
        kind: String,
    },
    /// A session whose slot has other rights by now.
    RightsChanged {
        /// The slot's label.
        label: String,
    },
    /// A session, and a `--slot` that is another one's.
    SessionOfOtherSlot {
        /// The label of the session's slot.
        label: String,
    },
    /// A session of a slot that is not here.
    SessionSlot,
    /// Something that only the slot's key opens, and a session does not hold that.
    SlotKeyNeeded,
    /// A slot outside its time.
    SlotTime(String),
    /// A token text that is mistyped.
    Token,
    /// A token of a slot that is not here.
    TokenSlot,
    /// The vault is signed by somebody else than the token expects.
    TokenVault {
        /// The vault's fingerprint.
        found: String,
        /// The token's.
        expected: String,
    },
    /// A token, and a `--slot` that is another one's.
    TokenOfOtherSlot {
        /// The label of the token's slot.
        label: String,
    },
    /// No slot takes a passphrase.
    NoPassphraseSlot,
    /// The vault is signed by another admin than `SECRETS_ADMIN` names.
    NotAdmin {
        /// The vault's fingerprint.
        found: String,
        /// The one that is named.
        expected: String,
    },
    /// Older than what this machine has seen, or another state of that number.
    Older(Older),
    /// The vault is signed by another admin than this machine has seen.
    OtherAdmin {
        /// The vault's fingerprint.
        found: String,
        /// The one that was seen.
        seen: String,
    },
    /// The slot that was named is opened by something else.
    OtherCredential {
        /// The slot's label.
        label: String,
        /// Its kind.
        kind: String,
    },
    /// No scope of the environment holds such a path.
    UnknownPlace(String),
    /// Too much work to try all passphrase slots.
    TooManySlots,
    /// No environment of that name.
    UnknownEnvironment(String),
    /// No slot of that label.
    UnknownSlot(String),
    /// A value over the limit.
    ValueTooLarge {
        /// Its length.
        bytes: usize,
    },
    /// A text field over its bound.
    FieldTooLarge {
        /// Which one, with its bound.
        field: &'static str,
    },
    /// No slot opens with this key.
    WrongKey,
    /// The passphrase does not open the slot.
    WrongPassphrase,
}

impl Error {
    /// Whether it speaks of a line whose number is not known.
    pub(super) fn has_no_line(&self) -> bool {
        matches!(
            self,
            Error::CarriageReturns { line: 0 }
                | Error::ConflictMarkers(0)
                | Error::CutOff { line: 0 }
                | Error::Format { line: 0, .. }
                | Error::Limit { line: 0, .. }
                | Error::Number { line: 0 }
        )
    }

    /// [`Error::NoVersion`] of a secret.
    pub(super) fn no_version(env: &EnvName, path: &SecretPath, version: Option<u64>) -> Self {
        Error::NoVersion {
            path: format!("{env}:{path}"),
            version,
        }
    }

    /// The class, which decides the exit status.
    pub fn class(&self) -> Class {
        match self {
            Error::EnvironmentExists(_)
            | Error::KeyInUse(_)
            | Error::LastAdmin(_)
            | Error::LastEnvironment(_)
            | Error::Occupied(_)
            | Error::Overtaken(_)
            | Error::OwnSlot(_)
            | Error::SlotExists(_)
            | Error::SlotChanged { .. }
            | Error::VersionMoved { .. } => Class::Conflict,
            Error::NotPermitted(_) | Error::SlotTime(_) | Error::TokenSlot => Class::Denied,
            Error::ClockBehind { .. } | Error::Random(_) | Error::Read(_) => Class::Io,
            Error::EpochChanged { .. }
            | Error::PassphraseHandedOut { .. }
            | Error::NoPassphraseSlot
            | Error::OtherCredential { .. }
            | Error::RightsChanged { .. }
            | Error::SessionOfOtherSlot { .. }
            | Error::SessionSlot
            | Error::SlotKeyNeeded
            | Error::SlotKind { .. }
            | Error::TokenOfOtherSlot { .. }
            | Error::Token
            | Error::TooManySlots
            | Error::WrongKey
            | Error::WrongPassphrase => Class::Locked,
            Error::UnknownSlot(_) => Class::Locked,
            Error::NoVersion { .. } | Error::UnknownEnvironment(_) | Error::UnknownPlace(_) => {
                Class::NotFound
            }
            Error::ValueTooLarge { .. }
            | Error::FieldTooLarge { .. }
            | Error::Label(_)
            | Error::SamePassphrase
            | Error::SameValue(_) => Class::Usage,
            _ => Class::Integrity,
        }
    }
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Self {
        Error::Random(error)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::Read(error)
    }
}

/// An integrity error in one sentence.
pub(super) fn integrity<T>(what: impl Into<String>) -> Result<T, Error> {
    Err(Error::Integrity(what.into()))
}

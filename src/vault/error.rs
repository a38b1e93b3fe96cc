//! What can be wrong with a vault, a credential or a wish.

use crate::crypto::{IterationsOutOfBounds, RandomError};

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
    /// This slot may not do that; the sentence says who may.
    NotPermitted(String),
    /// A number beyond 2^53 - 1.
    Number {
        /// The line, from 1.
        line: usize,
    },
    /// The operating system's random numbers.
    Random(RandomError),
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
    /// A slot that cannot be opened with this program.
    SlotKind {
        /// The slot's label.
        label: String,
        /// Its kind.
        kind: String,
    },
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
    /// The class, which decides the exit status.
    pub fn class(&self) -> Class {
        match self {
            Error::EnvironmentExists(_) | Error::VersionMoved { .. } => Class::Conflict,
            Error::NotPermitted(_) | Error::SlotTime(_) | Error::TokenSlot => Class::Denied,
            Error::ClockBehind { .. } | Error::Random(_) | Error::Read(_) => Class::Io,
            Error::EpochChanged { .. }
            | Error::PassphraseHandedOut { .. }
            | Error::SlotChanged { .. }
            | Error::SlotKind { .. }
            | Error::Token
            | Error::TooManySlots
            | Error::WrongKey
            | Error::WrongPassphrase => Class::Locked,
            Error::UnknownSlot(_) => Class::Locked,
            Error::UnknownEnvironment(_) => Class::NotFound,
            Error::ValueTooLarge { .. } | Error::FieldTooLarge { .. } => Class::Usage,
            _ => Class::Integrity,
        }
    }
}

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
                write!(f, "the data key of {scope} was changed: unlock again")
            }
            Error::EnvironmentExists(name) => write!(f, "the environment \"{name}\" exists"),
            Error::Format { line, expected } => {
                write!(
                    f,
                    "not a vault, or damaged: line {line}: expected {expected}"
                )
            }
            Error::HeadSignature => write!(f, "head signature invalid"),
            Error::Integrity(what) => f.write_str(what),
            Error::Iterations(IterationsOutOfBounds { asked }) => {
                use crate::crypto::Iterations;
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
            Error::Number { line } => {
                write!(f, "line {line}: a number is larger than 9007199254740991")
            }
            Error::Random(error) => error.fmt(f),
            Error::Read(error) => write!(f, "cannot read the vault: {error}"),
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
                "the passphrase of slot \"{label}\" was handed out and must be changed by its \
                 holder before it is used, which needs a newer secrets"
            ),
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

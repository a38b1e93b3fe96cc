//! What can go wrong with the log, as facts.

use crate::crypto::RandomError;
use crate::file;
use std::fmt;

/// What kind of failure it is; the caller has an exit status for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Another process holds the lock.
    Conflict,
    /// Altered or damaged, or unsafe permissions, owners or links.
    Integrity,
    /// The disk or the operating system.
    Io,
    /// Only an unlock can begin a log.
    Locked,
    /// An event that cannot be written.
    Usage,
}

/// Why the log was not read or written.
#[derive(Debug)]
pub enum Error {
    /// The log is not the one that was written here.
    Broken {
        /// What shows it.
        what: String,
    },
    /// An event that no reader would accept.
    Event,
    /// The file system refused; the log is as it was, unless a sync failed.
    File(file::Error),
    /// There is no chain that could be continued, and no key to begin one.
    NoChain,
    /// The operating system's random numbers.
    Random(RandomError),
}

impl Error {
    /// Its class.
    pub fn class(&self) -> Class {
        match self {
            Error::Broken { .. } => Class::Integrity,
            Error::Event => Class::Usage,
            Error::File(error) if error.is_conflict() => Class::Conflict,
            Error::File(error) if error.is_unsafe() => Class::Integrity,
            Error::File(_) | Error::Random(_) => Class::Io,
            Error::NoChain => Class::Locked,
        }
    }
}

impl From<file::Error> for Error {
    fn from(error: file::Error) -> Self {
        Error::File(error)
    }
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Self {
        Error::Random(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Broken { what } => write!(f, "the audit log was altered or damaged: {what}"),
            Error::Event => f.write_str(
                "the audit log takes integers of 0 to 2^53 - 1, and values nested at most 15 deep",
            ),
            Error::File(error) => error.fmt(f),
            Error::NoChain => {
                f.write_str("this machine has no audit log of the vault to go on with")
            }
            Error::Random(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::File(error) => Some(error),
            _ => None,
        }
    }
}

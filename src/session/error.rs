//! Why a session was not kept, found or removed.

use super::MAX_SESSION_BYTES;
use crate::file;
use std::fmt;

/// Why a session was not kept, found or removed.
#[derive(Debug)]
pub enum Error {
    /// A file or directory is not as it has to be.
    File(file::Error),
    /// The kernel refused.
    Keyring {
        /// A verb: "end".
        action: &'static str,
        /// What it said.
        cause: String,
    },
    /// A name that is not 32 hex digits, in lower case.
    Name,
    /// No place is safe to keep it.
    Nowhere {
        /// What is wrong with each.
        reasons: Vec<String>,
    },
    /// Over [`MAX_SESSION_BYTES`].
    TooLarge,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::File(error) => error.fmt(f),
            Error::Keyring { action, cause } => {
                write!(
                    f,
                    "cannot {action} the session in the kernel keyring: {cause}"
                )
            }
            Error::Name => f.write_str("the name of a session is 32 hex digits"),
            Error::Nowhere { reasons } => {
                write!(f, "no place for a session here: {}", reasons.join("; "))
            }
            Error::TooLarge => {
                write!(
                    f,
                    "a session is larger than {MAX_SESSION_BYTES} bytes, the limit"
                )
            }
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

impl From<file::Error> for Error {
    fn from(error: file::Error) -> Self {
        Error::File(error)
    }
}

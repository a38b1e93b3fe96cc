//! Why secret files were not made or removed.

use super::MAX_NAME_BYTES;
use crate::crypto::RandomError;
use crate::escape::escape;
use crate::file;
use std::fmt;

/// Why secret files were not made or removed.
#[derive(Debug)]
pub enum Error {
    /// A file or directory is not as it has to be.
    File(file::Error),
    /// A name that is not one component, or begins with a dot.
    Name {
        /// As it was given.
        name: String,
    },
    /// No place is safe for them.
    Nowhere {
        /// What is wrong with each.
        reasons: Vec<String>,
        /// Whether a disk was one of them.
        disk: bool,
    },
    /// The operating system gave no random numbers.
    Random(RandomError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::File(error) => error.fmt(f),
            Error::Name { name } => write!(
                f,
                "\"{}\" is no name for a file: one component, no leading dot, \
                 {MAX_NAME_BYTES} bytes at most",
                escape(name)
            ),
            Error::Nowhere { reasons, .. } if reasons.is_empty() => {
                f.write_str("no file system in memory for secret files here")
            }
            Error::Nowhere { reasons, .. } => {
                write!(f, "no place for secret files here: {}", reasons.join("; "))
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

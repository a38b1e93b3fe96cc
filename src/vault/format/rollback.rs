//! What a vault wants done with a file that is older than seen (`secrets-vault(5)`, PINS).

use super::cursor::Cursor;
use crate::vault::Error;

/// What an older file than the one seen before means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RollbackPolicy {
    /// An error everywhere.
    Error,
    /// A warning in a git work tree, else an error.
    Warn,
}

impl RollbackPolicy {
    /// As heads and pins write it.
    pub fn text(self) -> &'static str {
        match self {
            RollbackPolicy::Error => "error",
            RollbackPolicy::Warn => "warn",
        }
    }

    /// Reads what [`RollbackPolicy::text`] writes.
    pub fn parse(c: &mut Cursor<'_>) -> Result<Self, Error> {
        if c.take("error") {
            Ok(RollbackPolicy::Error)
        } else if c.take("warn") {
            Ok(RollbackPolicy::Warn)
        } else {
            c.expected("error or warn")
        }
    }
}

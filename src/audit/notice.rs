//! What to say about a repair.

use crate::vault::Anchor;
use std::fmt;

/// Something that was repaired, and recorded in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Entries are missing, so a new chain began.
    Gap {
        /// How far the chain was.
        head: Anchor,
        /// How many of its entries are left.
        left: u64,
    },
    /// The state is missing, so a new chain began.
    StateLost {
        /// What the log ended with.
        head: Anchor,
    },
    /// A line that was not written whole was cut off.
    Torn {
        /// Its length.
        bytes: u64,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Gap { head, left } => write!(
                f,
                "the audit log had {} entries and {left} are left; a new chain began",
                head.entries
            ),
            Notice::StateLost { head } => write!(
                f,
                "the state of the audit log is lost, and entries after the last {} may be; a new \
                 chain began",
                head.entries
            ),
            Notice::Torn { bytes } => write!(
                f,
                "the last line of the audit log was not written whole; its {bytes} bytes are cut off"
            ),
        }
    }
}

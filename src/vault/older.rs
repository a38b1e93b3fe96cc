//! What is older than it should be, and how it is said.

/// An older state than this machine has seen, or another one of the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Older {
    /// The head.
    Head {
        /// Its number.
        found: u64,
        /// The number that was seen.
        seen: u64,
    },
    /// The seal of a scope.
    Scope {
        /// The scope.
        scope: String,
        /// Its epoch, and the number of the seal.
        found: (u64, u64),
        /// Those that were seen.
        seen: (u64, u64),
    },
    /// The wrap of a slot: an old passphrase that would be revived.
    Wrap {
        /// The slot's label.
        label: String,
        /// The number of its wrap.
        found: u64,
        /// The number that was seen.
        seen: u64,
    },
}

impl std::fmt::Display for Older {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const THAN: &str = "than this machine has seen";
        const OLDER: &str = "older than what this machine has seen";
        match self {
            Older::Head { found, seen } if found == seen => {
                write!(f, "another head {found} {THAN}")
            }
            Older::Head { found, seen } => write!(f, "{OLDER} (head {found}, seen {seen})"),
            Older::Scope { scope, found, seen } if found == seen => {
                let (epoch, seal) = found;
                write!(f, "another epoch {epoch} seal {seal} of {scope} {THAN}")
            }
            Older::Scope { scope, found, seen } => {
                write!(
                    f,
                    "{scope} is {OLDER} (epoch {} seal {}, ",
                    found.0, found.1
                )?;
                match seen.0 == found.0 {
                    true => write!(f, "seen {})", seen.1),
                    false => write!(f, "seen epoch {} seal {})", seen.0, seen.1),
                }
            }
            Older::Wrap { label, found, seen } if found == seen => {
                write!(f, "another wrap {found} of slot \"{label}\" {THAN}")
            }
            Older::Wrap { label, found, seen } => write!(
                f,
                "the wrap of slot \"{label}\" is {OLDER} (wrap {found}, seen {seen})"
            ),
        }
    }
}

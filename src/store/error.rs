//! What can go wrong with a vault file, its class and the way out.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Source;
use crate::crypto::RandomError;
use crate::file::{self, cause_text};

/// What kind of failure it is; the caller has an exit status for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Somebody else was faster, or holds the lock.
    Conflict,
    /// A vault is there already.
    Exists,
    /// Unsafe permissions, owners or links, or a file that cannot be a vault.
    Integrity,
    /// The disk or the operating system.
    Io,
    /// There is no vault.
    NotFound,
    /// The request makes no sense.
    Usage,
}

/// A file in which this machine keeps its own record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// The settings whose commands may run.
    Allowed,
    /// The id and alias of the machine.
    Device,
    /// The vaults that were at each path.
    Known,
    /// What was seen of one vault.
    Pin,
}

/// Why a vault file, or a record about one, was not found, read or written.
#[derive(Debug)]
pub enum Error {
    /// A record of this machine that is empty or has another form.
    Damaged {
        /// The file's path.
        path: PathBuf,
        /// Which one it is.
        record: Record,
    },
    /// `init` found a vault where it was to make one.
    Exists {
        /// The vault's path.
        path: PathBuf,
    },
    /// The file system refused, before anything was written.
    File(file::Error),
    /// Other users may read or write the vault.
    Mode {
        /// Whether it lies in a git work tree.
        in_work_tree: bool,
        /// Its permission bits.
        mode: u32,
        /// The vault's path.
        path: PathBuf,
    },
    /// `--global` without a data directory.
    NoDataDirectory,
    /// No vault was found.
    NotFound {
        /// Where the search started, or the file that was named.
        path: PathBuf,
        /// Who said so.
        source: Source,
    },
    /// A link, a directory or a foreign file where a record of this machine should be.
    NotOurs {
        /// What is wrong with it.
        cause: file::Error,
        /// Its path.
        path: PathBuf,
    },
    /// The operating system's random numbers.
    Random(RandomError),
    /// Saving failed; unless durability is unknown, the vault is unchanged.
    Save(file::Error),
    /// Both `--vault` and `--global`.
    TwoVaults,
    /// A record of this machine, or its directory, that others may write.
    Writable {
        /// Its permission bits.
        mode: u32,
        /// Its path.
        path: PathBuf,
    },
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

impl Error {
    /// Its class.
    pub fn class(&self) -> Class {
        match self {
            Error::Exists { .. } => Class::Exists,
            Error::File(error) | Error::Save(error) => class_of(error),
            Error::Damaged { .. }
            | Error::Mode { .. }
            | Error::NotOurs { .. }
            | Error::Writable { .. } => Class::Integrity,
            Error::Random(_) => Class::Io,
            Error::NoDataDirectory | Error::TwoVaults => Class::Usage,
            Error::NotFound { .. } => Class::NotFound,
        }
    }

    /// Whether the new state may be in place all the same.
    pub fn is_durability_unknown(&self) -> bool {
        matches!(self, Error::Save(file::Error::DurabilityUnknown { .. }))
    }

    /// What the user can do about it, a line each, to be pasted where it is a command.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Error::Damaged { path, record } => vec![match record {
                Record::Device => format!("for a new one: rm {}", shell_word(path)),
                Record::Allowed | Record::Known => {
                    format!("to forget all of it: rm {}", shell_word(path))
                }
                Record::Pin => "to begin anew with the vault as it is: secrets trust".to_owned(),
            }],
            Error::Exists { .. } => {
                vec!["to keep it and go on: secrets init --if-missing".to_owned()]
            }
            Error::Mode {
                in_work_tree,
                mode,
                path,
            } => {
                let change = if *in_work_tree {
                    "o-w"
                } else if mode & 0o044 == 0 {
                    "go-w"
                } else {
                    "600"
                };
                vec![format!("chmod {change} {}", shell_word(path))]
            }
            Error::NoDataDirectory => vec!["set XDG_DATA_HOME or HOME".to_owned()],
            Error::NotFound { path, source } => match source {
                Source::Environment => vec![
                    "create one with: secrets init".to_owned(),
                    "or search from here: unset SECRETS_VAULT".to_owned(),
                ],
                Source::Flag => vec![
                    format!("create one with: secrets --vault {} init", shell_word(path)),
                    "or search from here: leave --vault out".to_owned(),
                ],
                Source::Global => vec![
                    "create one with: secrets --global init".to_owned(),
                    "or search from here: leave --global out".to_owned(),
                ],
                Source::Project => vec![
                    "create one with: secrets init".to_owned(),
                    "or say where one is: --vault PATH, or SECRETS_VAULT".to_owned(),
                ],
            },
            Error::NotOurs { path, .. } => {
                let path = shell_word(path);
                vec![format!("to put it aside: mv {path} {path}.old")]
            }
            Error::File(error) | Error::Save(error) => hint_of(error).into_iter().collect(),
            Error::Random(_) | Error::TwoVaults => Vec::new(),
            Error::Writable { path, .. } => vec![format!("chmod go-w {}", shell_word(path))],
        }
    }
}

fn class_of(error: &file::Error) -> Class {
    match error {
        file::Error::AlreadyExists { .. } => Class::Exists,
        file::Error::NotFound { .. } => Class::NotFound,
        error if error.is_conflict() => Class::Conflict,
        error if error.is_unsafe() => Class::Integrity,
        _ => Class::Io,
    }
}

fn hint_of(error: &file::Error) -> Option<String> {
    use file::Error as E;
    match error {
        E::Changed { .. } => Some("run the command again".to_owned()),
        E::DurabilityUnknown { .. } => Some("secrets verify".to_owned()),
        E::Mode { path, .. } => Some(format!("chmod 600 {}", shell_word(path))),
        E::Owner { owner, .. } => {
            Some(format!("run it as the owner: sudo -u '#{owner}' secrets …"))
        }
        E::WorldWritable { path } => Some(format!("chmod o-w {}", shell_word(path))),
        _ => None,
    }
}

/// A path as a shell takes it.
pub fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%".contains(c);
    if text.starts_with('-') || text.is_empty() || !text.chars().all(plain) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    text
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use file::Error as E;
        match self {
            Error::Damaged { path, record } => {
                let what = match record {
                    Record::Allowed => "what may run on this machine",
                    Record::Device => "the identity of this machine",
                    Record::Known => "what this machine knows of paths",
                    Record::Pin => "what this machine has seen of the vault",
                };
                write!(f, "{what} is damaged: \"{}\"", path.display())
            }
            Error::Exists { path } => write!(f, "there is a vault already: \"{}\"", path.display()),
            Error::File(error) => error.fmt(f),
            Error::Mode {
                in_work_tree,
                mode,
                path,
            } => {
                let writable = mode & if *in_work_tree { 0o002 } else { 0o022 } != 0;
                let verb = if writable { "written" } else { "read" };
                let path = path.display();
                write!(
                    f,
                    "\"{path}\" can be {verb} by other users (mode {mode:04o})"
                )
            }
            Error::NoDataDirectory => write!(f, "there is no data directory for --global"),
            Error::NotFound { path, source } => match source {
                Source::Project => write!(f, "no vault found from \"{}\" upwards", path.display()),
                other => write!(f, "no vault at \"{}\" ({})", path.display(), other.name()),
            },
            Error::NotOurs { cause, .. } => cause.fmt(f),
            Error::Random(error) => error.fmt(f),
            Error::Save(error) => match error {
                E::Changed { .. } => write!(f, "{error}; nothing was written"),
                E::DurabilityUnknown { cause, .. } => write!(
                    f,
                    "saved, but durability unknown; do not power off; run `secrets verify`: {}",
                    cause_text(cause)
                ),
                E::NoSpace { need, .. } => {
                    write!(f, "no space: need {need} bytes, vault unchanged")
                }
                E::Sync { cause, .. } => write!(
                    f,
                    "the disk reported an error while saving; vault unchanged; do not trust this \
                     disk: {}",
                    cause_text(cause)
                ),
                other => write!(f, "vault unchanged: {other}"),
            },
            Error::TwoVaults => write!(f, "--vault and --global name two vaults; give one"),
            Error::Writable { mode, path } => write!(
                f,
                "refusing: \"{}\" can be written by other users (mode {mode:04o})",
                path.display()
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::File(error) | Error::NotOurs { cause: error, .. } | Error::Save(error) => {
                Some(error)
            }
            _ => None,
        }
    }
}

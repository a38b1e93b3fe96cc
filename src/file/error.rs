//! What can go wrong with a file, as facts.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;

use super::disk::Kind;

/// The process that holds a lock, by the text that it left in the lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// How long it has had the lock.
    pub age: Duration,
    /// Its process id.
    pub process: u32,
}

/// Why a file was not read or written.
#[derive(Debug)]
pub enum Error {
    /// A file that was to be new is there already.
    AlreadyExists {
        /// Its path.
        path: PathBuf,
    },
    /// Somebody replaced or edited the file without holding the lock.
    Changed {
        /// Its path.
        path: PathBuf,
    },
    /// The new file is in place, but the directory could not be synced.
    DurabilityUnknown {
        /// The file's path.
        path: PathBuf,
        /// What fsync(2) said.
        cause: io::Error,
    },
    /// A link that is not followed.
    Link {
        /// The link's path.
        path: PathBuf,
        /// The link's owner.
        owner: u32,
    },
    /// A file with more than one name, which a rename would split.
    Linked {
        /// Its path.
        path: PathBuf,
        /// How many names it has.
        links: u64,
    },
    /// Another process held the lock to the end of the wait.
    Locked {
        /// The lock file's path.
        path: PathBuf,
        /// Who holds it, as far as the lock file says.
        holder: Option<Holder>,
        /// How long we waited.
        waited: Duration,
    },
    /// A private file that others may read or write.
    Mode {
        /// Its path.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The disk or the quota is full.
    NoSpace {
        /// The path that was written.
        path: PathBuf,
        /// Bytes that are needed.
        need: u64,
    },
    /// Nothing lies there.
    NotFound {
        /// The path.
        path: PathBuf,
    },
    /// A directory on a disk, which outlives the machine's power.
    NotInMemory {
        /// Its path.
        path: PathBuf,
    },
    /// Not a regular file (or not a directory, where one was needed).
    NotRegular {
        /// Its path.
        path: PathBuf,
        /// What it is.
        kind: Kind,
    },
    /// The operating system refused.
    Os {
        /// A verb: "open", "write".
        action: &'static str,
        /// The path.
        path: PathBuf,
        /// What it said.
        cause: io::Error,
    },
    /// It belongs to somebody else.
    Owner {
        /// Its path.
        path: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// What was read back is not what was written.
    ReadBack {
        /// The path that was to be written.
        path: PathBuf,
    },
    /// fsync(2) failed before the file was put in place.
    Sync {
        /// The path that was to be written.
        path: PathBuf,
        /// What it said.
        cause: io::Error,
    },
    /// Longer than the limit.
    TooLarge {
        /// Its path.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A chain of links that does not end.
    TooManyLinks {
        /// The path.
        path: PathBuf,
    },
    /// A directory that everybody may write, without the sticky bit.
    WorldWritable {
        /// Its path.
        path: PathBuf,
    },
}

impl Error {
    /// Whether what lies there is not safe to use, or is not what it has to be:
    /// owners, modes, links, kinds and sizes.
    pub fn is_unsafe(&self) -> bool {
        matches!(
            self,
            Error::Link { .. }
                | Error::Linked { .. }
                | Error::Mode { .. }
                | Error::NotRegular { .. }
                | Error::Owner { .. }
                | Error::TooLarge { .. }
                | Error::TooManyLinks { .. }
                | Error::WorldWritable { .. }
        )
    }

    /// Whether somebody else was faster, or holds the lock.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Error::Changed { .. } | Error::Locked { .. })
    }

    /// An error of the operating system about `path`.
    pub(super) fn os(action: &'static str, path: &Path, cause: io::Error) -> Self {
        if is_absent(&cause) {
            return Error::NotFound {
                path: path.to_path_buf(),
            };
        }
        Error::Os {
            action,
            path: path.to_path_buf(),
            cause,
        }
    }

    /// An error while `need` bytes were written to `path`.
    pub(super) fn writing(path: &Path, need: u64, cause: io::Error) -> Self {
        if is_one_of(&cause, &[Errno::NOSPC, Errno::DQUOT]) {
            return Error::NoSpace {
                path: path.to_path_buf(),
                need,
            };
        }
        Error::Os {
            action: "write",
            path: path.to_path_buf(),
            cause,
        }
    }

    /// The path that the error is about.
    pub fn path(&self) -> &Path {
        match self {
            Error::AlreadyExists { path }
            | Error::Changed { path }
            | Error::DurabilityUnknown { path, .. }
            | Error::Link { path, .. }
            | Error::Linked { path, .. }
            | Error::Locked { path, .. }
            | Error::Mode { path, .. }
            | Error::NoSpace { path, .. }
            | Error::NotFound { path }
            | Error::NotInMemory { path }
            | Error::NotRegular { path, .. }
            | Error::Os { path, .. }
            | Error::Owner { path, .. }
            | Error::ReadBack { path }
            | Error::Sync { path, .. }
            | Error::TooLarge { path, .. }
            | Error::TooManyLinks { path }
            | Error::WorldWritable { path } => path,
        }
    }
}

/// Whether a name leads to nothing.
pub(super) fn is_absent(cause: &io::Error) -> bool {
    is_one_of(cause, &[Errno::NOENT, Errno::NOTDIR])
}

/// Whether an error is one of these numbers.
pub(super) fn is_one_of(cause: &io::Error, numbers: &[Errno]) -> bool {
    cause
        .raw_os_error()
        .is_some_and(|raw| numbers.iter().any(|n| n.raw_os_error() == raw))
}

/// Whether fsync(2) says that this file system does not sync at all.
pub(super) fn is_unsupported(cause: &io::Error) -> bool {
    is_one_of(cause, &[Errno::OPNOTSUPP, Errno::NOTSUP, Errno::INVAL])
}

/// The cause in the house's form: lowercase, without the number.
pub(crate) fn cause_text(cause: &io::Error) -> String {
    let text = cause.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        // "I/O error" and other initials stay as they are.
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text.to_owned(),
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Device => "a device",
            Kind::Directory => "a directory",
            Kind::File => "a file",
            Kind::Link => "a link",
            Kind::Other => "no file",
            Kind::Pipe => "a pipe",
            Kind::Socket => "a socket",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path().display();
        match self {
            Error::AlreadyExists { .. } => write!(f, "\"{path}\" exists already"),
            Error::Changed { .. } => {
                write!(
                    f,
                    "\"{path}\" was changed by another program in the meantime"
                )
            }
            Error::DurabilityUnknown { cause, .. } => {
                write!(
                    f,
                    "\"{path}\" is saved, but durability unknown: {}",
                    cause_text(cause)
                )
            }
            Error::Link { owner, .. } => {
                write!(f, "refusing: \"{path}\" is a link owned by uid {owner}")
            }
            Error::Linked { links, .. } => {
                write!(
                    f,
                    "refusing: \"{path}\" has {links} names (hard links); 1 is allowed"
                )
            }
            Error::Locked { holder, waited, .. } => {
                write!(f, "\"{path}\" is locked by ")?;
                match holder {
                    Some(Holder { age, process }) => {
                        write!(f, "process {process} since {} s", age.as_secs())?;
                    }
                    None => f.write_str("another process")?,
                }
                write!(f, "; waited {} s", waited.as_secs())
            }
            Error::Mode { mode, .. } if mode & 0o077 == 0 => {
                write!(f, "\"{path}\" has mode {mode:04o}; 0600 or 0400 is needed")
            }
            Error::Mode { mode, .. } => {
                let verb = if mode & 0o022 == 0 { "read" } else { "written" };
                write!(
                    f,
                    "\"{path}\" can be {verb} by other users (mode {mode:04o})"
                )
            }
            Error::NoSpace { need, .. } => {
                write!(f, "no space for \"{path}\": need {need} bytes")
            }
            Error::NotFound { .. } => write!(f, "no file or directory \"{path}\""),
            Error::NotInMemory { .. } => write!(f, "refusing: \"{path}\" is not on tmpfs"),
            Error::NotRegular { kind, .. } => write!(f, "refusing: \"{path}\" is {kind}"),
            Error::Os { action, cause, .. } => {
                write!(f, "cannot {action} \"{path}\": {}", cause_text(cause))
            }
            Error::Owner { owner, .. } => {
                write!(f, "refusing: \"{path}\" belongs to uid {owner}")
            }
            Error::ReadBack { .. } => {
                write!(
                    f,
                    "what was written for \"{path}\" reads back differently; not saved"
                )
            }
            Error::Sync { cause, .. } => write!(
                f,
                "the disk reported an error while saving \"{path}\": {}; not saved",
                cause_text(cause)
            ),
            Error::TooLarge { limit, .. } => {
                write!(f, "\"{path}\" is larger than {limit} bytes, the limit")
            }
            Error::TooManyLinks { .. } => write!(f, "\"{path}\" leads through too many links"),
            Error::WorldWritable { .. } => {
                write!(f, "refusing: \"{path}\" is writable by everyone")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::DurabilityUnknown { cause, .. }
            | Error::Os { cause, .. }
            | Error::Sync { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

//! What to say about a write that went well.

use std::fmt;
use std::path::PathBuf;

use super::disk::FilesystemKind;

/// Something to know about a write that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The file system cannot sync, so a power cut may lose the write.
    NotSynced {
        /// The path that was written.
        path: PathBuf,
        /// What fsync(2) said.
        cause: String,
    },
    /// Locks may not reach other machines.
    Remote {
        /// The directory.
        path: PathBuf,
        /// What it lies on.
        kind: FilesystemKind,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::NotSynced { path, cause } => write!(
                f,
                "the file system of \"{}\" cannot sync ({cause}); a power cut may lose this write",
                path.display()
            ),
            Warning::Remote { path, kind } => {
                let kind = match kind {
                    FilesystemKind::Fuse => "FUSE",
                    FilesystemKind::Nfs => "NFS",
                    FilesystemKind::Smb => "SMB",
                    FilesystemKind::Memory | FilesystemKind::Other => "an unusual file system",
                };
                let path = path.display();
                write!(
                    f,
                    "\"{path}\" is on {kind}; locks may not hold between machines"
                )
            }
        }
    }
}

//! Files and directories: the only room that names `std::fs`.
//!
//! It does not know what the bytes mean. Every system call goes through one
//! seam, [`Disk`], so that tests can let each of them fail and later replay
//! what a crash leaves behind. Descriptors are close-on-exec, files are made
//! 0600 and directories 0700 by the call that makes them, and what may be
//! followed, read and written is decided on open descriptors, never on a path
//! that somebody could exchange in between.
//!
//! Warnings come back as values; nothing is printed here.

mod append;
mod descriptor;
mod directory;
mod disk;
mod error;
mod give;
pub mod judge;
mod kernel;
mod link;
mod lock;
mod open;
mod pieces;
mod private;
mod put;
mod remove;
mod replace;
mod restrict;
mod runtime;
mod stream;
mod temporary;
#[cfg(test)]
pub(crate) mod tests;
mod walk;
mod warning;
mod writable;

use std::path::Path;
use std::sync::Arc;

pub use directory::Directory;
pub use disk::{Disk, Fd, Filesystem, FilesystemKind, Kind, Open, Status};
pub(crate) use error::cause_text;
pub use error::{Error, Holder};
pub use kernel::Kernel;
pub use lock::Lock;
pub use open::{Forms, OpenFile, descriptor_number};
pub use pieces::is_equal;
pub use replace::{Committed, Prepared};
pub use runtime::RuntimeDirectory;
pub use stream::write_all;
pub use temporary::is_temporary;
pub use walk::Walk;
pub use warning::Warning;
pub use writable::WritableFile;

/// Who we are to the kernel when files are judged.
///
/// A value and not a call, so that a test can play an ordinary user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Effective group id.
    pub egid: u32,
    /// Effective user id; 0 is root.
    pub euid: u32,
}

impl Identity {
    /// The identity of this process.
    pub fn current() -> Self {
        Identity {
            egid: rustix::process::getegid().as_raw(),
            euid: rustix::process::geteuid().as_raw(),
        }
    }

    /// Whether we are root, whom modes do not stop.
    pub fn is_root(self) -> bool {
        self.euid == 0
    }

    /// Whether we may write what `owner` owns: it is ours, or we are root.
    pub fn may_write(self, owner: u32) -> bool {
        self.is_root() || owner == self.euid
    }

    /// Whether a link of `owner` may be followed: it is ours or root's.
    pub fn trusts(self, owner: u32) -> bool {
        owner == 0 || owner == self.euid
    }
}

/// The file system as one process sees it: a [`Disk`] and an [`Identity`].
#[derive(Clone)]
pub struct Files {
    disk: Arc<dyn Disk>,
    identity: Identity,
}

impl Files {
    /// The real disk, as this process.
    pub fn kernel() -> Self {
        Files {
            disk: Arc::new(Kernel::new()),
            identity: Identity::current(),
        }
    }

    /// Another disk or another identity, for tests.
    pub fn new(disk: Arc<dyn Disk>, identity: Identity) -> Self {
        Files { disk, identity }
    }

    /// Who files are judged for.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// What lies at `path`, links followed; `None` if nothing does.
    ///
    /// # Errors
    /// Whatever the operating system says, except that nothing is there.
    pub fn status(&self, path: &Path) -> Result<Option<Status>, Error> {
        match self.disk.stat_at(None, path, true) {
            Ok(status) => Ok(Some(status)),
            Err(cause) if error::is_absent(&cause) => Ok(None),
            Err(cause) => Err(Error::os("look at", path, cause)),
        }
    }

    /// The time by the clock that dates files.
    pub fn now(&self) -> std::time::SystemTime {
        self.disk.now()
    }

    /// How long ago a file was last changed; zero for a time to come.
    pub fn age(&self, status: &Status) -> std::time::Duration {
        let now = self
            .disk
            .now()
            .duration_since(std::time::SystemTime::UNIX_EPOCH);
        let now = now.map_or(0, |time| time.as_nanos());
        let age = now.saturating_sub(status.modified_ns.max(0).unsigned_abs());
        std::time::Duration::from_nanos(u64::try_from(age).unwrap_or(u64::MAX))
    }

    /// Opens the directory `path`, judging each component by `walk`.
    ///
    /// # Errors
    /// See [`Directory`].
    pub fn directory(&self, path: &Path, walk: Walk) -> Result<Directory, Error> {
        walk::directory(self, path, walk, false)
    }

    /// Like [`Files::directory`] for writing, and makes what is missing, 0700.
    ///
    /// # Errors
    /// See [`Directory`].
    pub fn make_directory(&self, path: &Path) -> Result<Directory, Error> {
        walk::directory(self, path, Walk::Write, true)
    }
}

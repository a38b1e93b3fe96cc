//! Whom what root makes belongs to.

use std::path::PathBuf;

use super::directory::Directory;
use super::disk::{Fd, Status};
use super::error::Error;

impl Directory {
    /// Gives a new file, which is `now`, to the directory's owner, if we are
    /// root and are to.
    pub(super) fn give_new(
        &self,
        fd: &Fd,
        path: impl FnOnce() -> PathBuf,
        now: &Status,
    ) -> Result<(), Error> {
        if self.gives {
            self.give(fd, path, now)
        } else {
            Ok(())
        }
    }

    /// Gives `fd`, which is `now`, to the directory's owner and group, if we
    /// are root.
    pub(super) fn give(
        &self,
        fd: &Fd,
        path: impl FnOnce() -> PathBuf,
        now: &Status,
    ) -> Result<(), Error> {
        let fail = |cause| Error::os("give away", &path(), cause);
        let (owner, group) = (self.status().owner, self.status().group);
        if !self.files().identity.is_root() || (now.owner, now.group) == (owner, group) {
            return Ok(());
        }
        self.files().disk.set_owner(fd, owner, group).map_err(fail)
    }
}

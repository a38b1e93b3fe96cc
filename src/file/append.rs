//! Appending whole lines to a log.

use std::ffi::OsStr;

use super::directory::Directory;
use super::error::Error;
use super::warning::Warning;

impl Directory {
    /// Appends `bytes` to `name` by one write(2), made 0600 if missing, and
    /// syncs it; a new name is synced too.
    ///
    /// The caller holds a lock, so that nobody else appends in between and a
    /// short write can be taken back. A link is not followed.
    ///
    /// # Errors
    /// `NoSpace`, `Os`: the file is as long as before. `Sync`: whether the
    /// bytes are on the disk is unknown. `NotRegular`, `Linked`, `Owner`.
    pub fn append(&self, name: &OsStr, bytes: &[u8]) -> Result<Vec<Warning>, Error> {
        let file = self.open_to_append(name)?;
        file.append(bytes)?;
        Ok(file.sync()?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;

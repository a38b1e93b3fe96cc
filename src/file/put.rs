//! Replacement at once, for records that are written often and missed little.

use std::ffi::OsStr;
use std::time::SystemTime;

use super::directory::Directory;
use super::error::Error;

impl Directory {
    /// Puts `bytes` in the place of `name` at once, 0600, without fsync(2).
    ///
    /// Readers find the old content or the new one, whole. A power cut may
    /// bring the old one back, and on some file systems leave an empty file:
    /// for records that are written often and missed little.
    ///
    /// # Errors
    /// `NoSpace`, `Os`; `name` is untouched and the temporary file gone.
    pub fn put(&self, name: &OsStr, bytes: &[u8]) -> Result<(), Error> {
        self.put_as(name, bytes, None)
    }

    /// As [`Directory::put`], with a time of change that the caller chooses:
    /// no reader ever finds the bytes with another.
    ///
    /// # Errors
    /// As [`Directory::put`].
    pub fn put_dated(&self, name: &OsStr, bytes: &[u8], changed: SystemTime) -> Result<(), Error> {
        self.put_as(name, bytes, Some(changed))
    }

    /// Writes a file that must be new at once, 0600, without fsync(2): for what
    /// is not to last.
    ///
    /// # Errors
    /// `AlreadyExists` when anything lies there, a link too; `NoSpace`, `Os`;
    /// nothing is left.
    pub fn put_new(&self, name: &OsStr, bytes: &[u8]) -> Result<(), Error> {
        let fd = self.open_new(name, bytes.len() as u64)?;
        let mut prepared = self.begin(name, name.to_os_string(), None);
        prepared.write(&fd, &[bytes])?;
        prepared.keep();
        Ok(())
    }

    fn put_as(&self, name: &OsStr, bytes: &[u8], changed: Option<SystemTime>) -> Result<(), Error> {
        let (temporary, fd) = self.create_temporary(name)?;
        let mut prepared = self.begin(name, temporary, None);
        prepared.write(&fd, &[bytes])?;
        if let Some(changed) = changed {
            let dated = self.files().disk.set_modified(&fd, changed);
            dated.map_err(|cause| Error::os("date", &prepared.path(), cause))?;
        }
        prepared.rename(bytes.len() as u64)
    }
}

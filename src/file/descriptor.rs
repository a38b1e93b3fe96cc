//! Descriptors that another program opened and handed to this one.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use super::Files;
use super::disk::{Fd, Kind};
use super::error::Error;
use super::open::{read_to_end, retry};

impl Files {
    /// What the inherited descriptor `number` still holds, at most `limit` bytes.
    ///
    /// The descriptor is duplicated and not opened by path, which would fail
    /// for a pipe that another user made. It stays open, and its position moves.
    ///
    /// # Errors
    /// `TooLarge`, `Os` (not open, or one that this program opened).
    pub fn read_descriptor(&self, number: i32, limit: u64) -> Result<Vec<u8>, Error> {
        self.read_named(number, Path::new(&format!("/dev/fd/{number}")), limit)
    }

    /// The same, under the name that the user gave.
    pub(super) fn read_named(
        &self,
        number: i32,
        path: &Path,
        limit: u64,
    ) -> Result<Vec<u8>, Error> {
        let fd = self
            .disk
            .duplicate(number)
            .map_err(|cause| Error::os("read", path, cause))?;
        read_to_end(&*self.disk, &fd, path, None, limit)
    }

    /// Writes all bytes to the inherited descriptor `number`; it stays open.
    ///
    /// Devices such as the null one keep nothing: what is written there is lost.
    /// That one also stands in the place of a standard stream that was closed,
    /// because the runtime opens it there before the program begins.
    ///
    /// # Errors
    /// `Os` when it is not open, or a device but no terminal, or whatever
    /// writing says, a reader who has gone included.
    pub fn write_descriptor(&self, number: i32, bytes: &[u8]) -> Result<(), Error> {
        let path = PathBuf::from(format!("/dev/fd/{number}"));
        let failed = |cause| Error::os("write", &path, cause);
        let fd = self.disk.duplicate(number).map_err(failed)?;
        let status = self.disk.stat(&fd).map_err(failed)?;
        let is_terminal = matches!(&fd, Fd::Kernel(fd) if fd.is_terminal());
        if status.kind == Kind::Device && !is_terminal {
            return Err(failed(io::Error::other(
                "closed, or a device that keeps nothing",
            )));
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            match retry(|| self.disk.write(&fd, rest)).map_err(failed)? {
                0 => return Err(failed(io::ErrorKind::WriteZero.into())),
                written => rest = rest.get(written..).unwrap_or_default(),
            }
        }
        Ok(())
    }

    /// Closes the inherited descriptor `number`, so that a child does not get it.
    ///
    /// 0, 1 and 2 are left alone: the next file opened would take their place.
    ///
    /// # Errors
    /// `Os` when it is not open.
    pub fn close_descriptor(&self, number: i32) -> Result<(), Error> {
        if (0..=2).contains(&number) {
            return Ok(());
        }
        let path = PathBuf::from(format!("/dev/fd/{number}"));
        self.disk
            .close(number)
            .map_err(|cause| Error::os("close", &path, cause))
    }
}

//! Files that are written where they lie: a log at its end, a state in place.

use std::cell::Cell;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::directory::Directory;
use super::disk::{Fd, Kind, Open, Status};
use super::error::{Error, cause_text, is_absent, is_one_of, is_unsupported};
use super::open::{self, retry};
use super::warning::Warning;

/// A regular file of ours with one name, open for reading and writing.
///
/// The caller holds a lock, so that nobody else writes in between.
pub struct WritableFile {
    directory: Directory,
    fd: Fd,
    path: PathBuf,
    /// When it was opened.
    status: Status,
    /// Its length now, in bytes: under the lock nobody else changes it.
    size: Cell<u64>,
}

impl Directory {
    /// Opens the log `name`, made 0600 if missing; a link is not followed.
    ///
    /// # Errors
    /// `NotRegular`, `Linked`, `Owner`, `Mode` if others may write it, `NoSpace`, `Os`.
    pub fn open_to_append(&self, name: &OsStr) -> Result<WritableFile, Error> {
        let opened = open::open(self.files(), Some(self.fd()), Path::new(name), Open::Append);
        let file = self.writable(name, opened)?;
        self.give_new(&file.fd, || file.path.clone(), &file.status)?;
        Ok(file)
    }

    /// Opens `name` to write parts of it in place; `None` if nothing lies there.
    ///
    /// # Errors
    /// `NotRegular`, `Linked`, `Owner`, `Mode` if others may write it, `Os`.
    pub fn open_to_edit(&self, name: &OsStr) -> Result<Option<WritableFile>, Error> {
        match open::open(self.files(), Some(self.fd()), Path::new(name), Open::Edit) {
            Err(cause) if is_absent(&cause) => Ok(None),
            opened => self.writable(name, opened).map(Some),
        }
    }

    fn writable(&self, name: &OsStr, opened: io::Result<Fd>) -> Result<WritableFile, Error> {
        let path = self.at(name);
        let not_regular = |path, kind| Err(Error::NotRegular { path, kind });
        let fd = match opened {
            Err(cause) if is_one_of(&cause, &[Errno::LOOP]) => {
                return not_regular(path, Kind::Link);
            }
            // A directory, a socket or a device without a driver does not even open.
            Err(cause) if is_one_of(&cause, &[Errno::ISDIR, Errno::NXIO, Errno::NODEV]) => {
                let kind = self.stat(name)?.map_or(Kind::Other, |status| status.kind);
                return not_regular(path, kind);
            }
            other => other.map_err(|cause| Error::writing(&path, 0, cause))?,
        };
        let status = self
            .files()
            .disk
            .stat(&fd)
            .map_err(|cause| Error::os("look at", &path, cause))?;
        if status.kind != Kind::File {
            return not_regular(path, status.kind);
        }
        if status.links != 1 {
            return Err(Error::Linked {
                path,
                links: status.links,
            });
        }
        if !self.files().identity().may_write(status.owner) {
            return Err(Error::Owner {
                path,
                owner: status.owner,
            });
        }
        if status.mode & 0o022 != 0 {
            return Err(Error::Mode {
                path,
                mode: status.mode,
            });
        }
        Ok(WritableFile {
            directory: self.clone(),
            fd,
            path,
            size: Cell::new(status.size),
            status,
        })
    }
}

impl WritableFile {
    /// Length, owner, mode and inode at the time it was opened.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Fills `buffer` from `offset`, in bytes.
    ///
    /// # Errors
    /// `Os`, also when the file ends before.
    pub fn read_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> Result<(), Error> {
        let disk = &self.directory.files().disk;
        while !buffer.is_empty() {
            let count = retry(|| disk.read_at(&self.fd, offset, buffer))
                .and_then(|count| match count {
                    0 => Err(io::ErrorKind::UnexpectedEof.into()),
                    count => Ok(count),
                })
                .map_err(|cause| Error::os("read", &self.path, cause))?;
            offset += count as u64;
            buffer = buffer.get_mut(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// Appends by one write(2), without syncing. For a file that was opened to append.
    ///
    /// # Errors
    /// `NoSpace`, `Os`; the file is as long as before.
    pub fn append(&self, bytes: &[u8]) -> Result<(), Error> {
        let disk = &self.directory.files().disk;
        let before = self.size.get();
        let written = retry(|| disk.write(&self.fd, bytes));
        if matches!(&written, Ok(count) if *count == bytes.len()) {
            self.size.set(before + bytes.len() as u64);
            return Ok(());
        }
        retry(|| disk.truncate(&self.fd, before))
            .map_err(|cause| Error::os("take back a part of a line in", &self.path, cause))?;
        // A short write without an error means that space ran out.
        let full = io::Error::from(Errno::NOSPC);
        let cause = written.err().unwrap_or(full);
        Err(Error::writing(&self.path, bytes.len() as u64, cause))
    }

    /// Writes over what lies at `offset`, without syncing. For a file that was
    /// opened to edit.
    ///
    /// # Errors
    /// `NoSpace`, `Os`; a part may have been written.
    pub fn write_at(&self, mut offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let disk = &self.directory.files().disk;
        let mut rest = bytes;
        while !rest.is_empty() {
            let count = retry(|| disk.write_at(&self.fd, offset, rest))
                .and_then(|count| match count {
                    0 => Err(io::ErrorKind::WriteZero.into()),
                    count => Ok(count),
                })
                .map_err(|cause| Error::writing(&self.path, bytes.len() as u64, cause))?;
            offset += count as u64;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// Cuts it to `size` bytes.
    ///
    /// # Errors
    /// `Os`.
    pub fn truncate(&self, size: u64) -> Result<(), Error> {
        retry(|| self.directory.files().disk.truncate(&self.fd, size))
            .map_err(|cause| Error::os("shorten", &self.path, cause))?;
        self.size.set(size);
        Ok(())
    }

    /// fdatasync(2), once; the name too, if the file was empty when it was opened.
    ///
    /// # Errors
    /// `Sync`: whether the bytes are on the disk is unknown.
    pub fn sync(&self) -> Result<Option<Warning>, Error> {
        let synced = self
            .directory
            .files()
            .disk
            .sync_data(&self.fd)
            .and_then(|()| match self.status.size {
                0 => self.directory.sync(),
                _ => Ok(()),
            });
        let path = self.path.clone();
        match synced {
            Err(cause) if is_unsupported(&cause) => Ok(Some(Warning::NotSynced {
                path,
                cause: cause_text(&cause),
            })),
            Err(cause) => Err(Error::Sync { path, cause }),
            Ok(()) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests;

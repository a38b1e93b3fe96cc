//! Atomic replacement in two steps: everything that can fail, then a rename.
//!
//! A cut at any moment leaves the old file or the new one, whole: the new bytes
//! are on the disk before they get the name, and the name is on the disk before
//! success is reported.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use zeroize::Zeroizing;

use super::directory::Directory;
use super::disk::{Fd, Open, Status};
use super::error::{Error, cause_text, is_one_of, is_unsupported};
use super::open::{self, retry};
use super::pieces::{is_equal, size_of_all};
use super::warning::Warning;

/// Bytes compared at a time when reading back.
const CHUNK_BYTES: usize = 64 * 1024;

/// A new file, written and on the disk, but under a temporary name.
///
/// Dropping it removes the temporary file and changes nothing else.
#[must_use = "the file is replaced by `commit` alone"]
pub struct Prepared {
    directory: Directory,
    name: OsString,
    original: Option<Status>,
    status: Option<Status>,
    temporary: Option<OsString>,
    /// Open for as long as its lock is to say that somebody is at work.
    held: Option<Fd>,
    warnings: Vec<Warning>,
}

/// A replacement that is done.
#[derive(Debug)]
pub struct Committed {
    /// What the file is now.
    pub status: Status,
    /// What to tell the user.
    pub warnings: Vec<Warning>,
}

impl Directory {
    /// Writes `pieces`, one behind the other, beside `name` and leaves `name` alone.
    ///
    /// `original` is what lay at `name` when its content was read, `None` if
    /// nothing did; if that is no longer so, the result is `Changed`. The new
    /// file is 0600. The temporary file is called `.NAME.<16 hex>.tmp`.
    ///
    /// # Errors
    /// `NoSpace`, `Sync`, `ReadBack`, `Changed`, `Os`; the old file is
    /// untouched and the temporary file gone.
    pub fn prepare_pieces(
        &self,
        name: &OsStr,
        pieces: &[&[u8]],
        original: Option<Status>,
    ) -> Result<Prepared, Error> {
        let (temporary, fd) = self.create_temporary(name)?;
        let mut prepared = self.begin(name, temporary, original);
        prepared.fill(&fd, pieces)?;
        prepared.held = Some(fd);
        prepared.read_back(pieces)?;
        prepared.check_original()?;
        Ok(prepared)
    }

    /// Writes a file that must be new, 0600 and on the disk.
    ///
    /// # Errors
    /// `AlreadyExists` when anything lies there, a link too; `NoSpace`, `Sync`,
    /// `DurabilityUnknown`, `Os`. Except for `DurabilityUnknown`, nothing is left.
    pub fn create_new(&self, name: &OsStr, bytes: &[u8]) -> Result<Vec<Warning>, Error> {
        let fd = self.open_new(name, bytes.len() as u64)?;
        let mut prepared = self.begin(name, name.to_os_string(), None);
        prepared.fill(&fd, &[bytes])?;
        prepared.keep();
        prepared.sync_directory()?;
        Ok(std::mem::take(&mut prepared.warnings))
    }

    /// Opens a file that must be new, for `need` bytes.
    pub(super) fn open_new(&self, name: &OsStr, need: u64) -> Result<Fd, Error> {
        let path = self.at(name);
        let here = Path::new(name);
        match open::open(self.files(), Some(self.fd()), here, Open::CreateNew) {
            Err(cause) if is_one_of(&cause, &[Errno::EXIST]) => Err(Error::AlreadyExists { path }),
            other => other.map_err(|cause| Error::writing(&path, need, cause)),
        }
    }

    pub(super) fn begin(
        &self,
        name: &OsStr,
        temporary: OsString,
        original: Option<Status>,
    ) -> Prepared {
        Prepared {
            directory: self.clone(),
            name: name.to_os_string(),
            original,
            status: None,
            temporary: Some(temporary),
            held: None,
            warnings: Vec::new(),
        }
    }
}

impl Prepared {
    /// What to tell the user if this is committed.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Puts the new file in place and syncs the directory.
    ///
    /// # Errors
    /// `Changed` and `Os`: the old file is untouched. `DurabilityUnknown`: the
    /// new file is in place, but a power cut may bring the old one back.
    pub fn commit(mut self) -> Result<Committed, Error> {
        self.check_original()?;
        let Some(status) = self.status else {
            return Err(Error::NotFound { path: self.path() });
        };
        self.rename(status.size)?;
        self.sync_directory()?;
        Ok(Committed {
            status,
            warnings: std::mem::take(&mut self.warnings),
        })
    }

    /// The file stays under the name that it was made by.
    pub(super) fn keep(&mut self) {
        self.temporary = None;
    }

    pub(super) fn path(&self) -> PathBuf {
        self.directory.at(&self.name)
    }

    /// The temporary file takes the name.
    pub(super) fn rename(&mut self, need: u64) -> Result<(), Error> {
        let Some(temporary) = &self.temporary else {
            return Err(Error::NotFound { path: self.path() });
        };
        let (from, to) = (Path::new(temporary), Path::new(&self.name));
        let disk = &self.directory.files().disk;
        disk.rename(self.directory.fd(), from, to)
            .map_err(|cause| Error::writing(&self.path(), need, cause))?;
        self.temporary = None;
        Ok(())
    }

    /// Mode, owner, space, bytes.
    pub(super) fn write(&mut self, fd: &Fd, pieces: &[&[u8]]) -> Result<(), Error> {
        let path = self.path();
        let disk = &self.directory.files().disk;
        let need = size_of_all(pieces);
        let writing = |cause| Error::writing(&path, need, cause);
        let made = disk.stat(fd).map_err(writing)?;
        self.directory.give_new(fd, || path.clone(), &made)?;
        retry(|| disk.set_mode(fd, 0o600)).map_err(writing)?;
        if need > 0 {
            match retry(|| disk.allocate(fd, need)) {
                // Not every file system can promise space; then write finds out.
                Err(cause) if is_one_of(&cause, &[Errno::OPNOTSUPP, Errno::NOSYS]) => {}
                other => other.map_err(writing)?,
            }
        }
        for piece in pieces {
            let mut rest = *piece;
            while !rest.is_empty() {
                let count = retry(|| disk.write(fd, rest)).map_err(writing)?;
                if count == 0 {
                    return Err(writing(io::ErrorKind::WriteZero.into()));
                }
                rest = rest.get(count..).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// The same, and fsync.
    fn fill(&mut self, fd: &Fd, pieces: &[&[u8]]) -> Result<(), Error> {
        self.write(fd, pieces)?;
        let path = self.path();
        // Once: after a failed fsync the kernel may call the lost pages clean.
        match self.directory.files().disk.sync(fd) {
            Err(cause) if is_unsupported(&cause) => {
                self.warnings.push(Warning::NotSynced {
                    path,
                    cause: cause_text(&cause),
                });
            }
            Err(cause) => return Err(Error::Sync { path, cause }),
            Ok(()) => {}
        }
        Ok(())
    }

    /// Compares what the disk gives back through a descriptor of its own.
    fn read_back(&mut self, pieces: &[&[u8]]) -> Result<(), Error> {
        let path = self.path();
        let differs = || Error::ReadBack { path: path.clone() };
        let Some(temporary) = &self.temporary else {
            return Ok(());
        };
        let file = self.directory.open(temporary)?;
        let size = size_of_all(pieces);
        if file.status().size != size {
            return Err(differs());
        }
        // The state of an audit log holds a key.
        let mut buffer = Zeroizing::new(vec![
            0;
            usize::try_from(size)
                .map_or(CHUNK_BYTES, |size| CHUNK_BYTES.min(size))
        ]);
        let mut offset = 0;
        for chunk in pieces.iter().flat_map(|piece| piece.chunks(CHUNK_BYTES)) {
            let buffer = buffer.get_mut(..chunk.len()).unwrap_or_default();
            file.read_at(offset, buffer)
                .map_err(|cause| Error::os("read", &path, cause))?;
            if !is_equal(buffer, chunk) {
                return Err(differs());
            }
            offset += chunk.len() as u64;
        }
        self.status = Some(*file.status());
        Ok(())
    }

    /// Whether `name` is still what it was.
    fn check_original(&self) -> Result<(), Error> {
        let unchanged = match (self.directory.stat(&self.name)?, &self.original) {
            (None, None) => true,
            (Some(now), Some(original)) => now.is_unchanged(original),
            _ => false,
        };
        if unchanged {
            Ok(())
        } else {
            Err(Error::Changed { path: self.path() })
        }
    }

    fn sync_directory(&mut self) -> Result<(), Error> {
        let path = self.path();
        match self.directory.sync() {
            Err(cause) if is_unsupported(&cause) => {
                let warning = Warning::NotSynced {
                    path,
                    cause: cause_text(&cause),
                };
                if self.warnings.is_empty() {
                    self.warnings.push(warning);
                }
                Ok(())
            }
            Err(cause) => Err(Error::DurabilityUnknown { path, cause }),
            Ok(()) => Ok(()),
        }
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // Best effort: what stays behind is swept by a later writer.
            let _ = self.directory.remove(temporary);
        }
    }
}

#[cfg(test)]
mod tests;

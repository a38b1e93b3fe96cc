//! Reading a vault file, and who may.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Error, Files, Location, in_work_tree};
use crate::file::{self, Directory, FilesystemKind, Kind, OpenFile, Status, Walk};
use crate::vault::{MAX_FILE_BYTES, ReadAt};

/// Links that a vault's name may lead through.
const MAX_LINKS: usize = 40;

/// A vault file that is open for reading: one immutable inode, without a lock.
pub struct Opened {
    pub(super) directory: Directory,
    pub(super) file: OpenFile,
    /// All of it, where it was read to be changed.
    pub(super) held: Option<Arc<Vec<u8>>>,
}

impl Opened {
    /// The path of the file itself, links resolved: absolute if the location
    /// is. Two ways to one vault have one such path.
    pub fn canonical_path(&self) -> &Path {
        self.file.path()
    }

    /// The file as it was opened.
    pub fn status(&self) -> Status {
        *self.file.status()
    }

    /// The directory of the file itself.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }
}

impl ReadAt for Opened {
    fn size(&self) -> u64 {
        self.file.status().size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        match &self.held {
            Some(held) => held.read_at(offset, buffer),
            None => self.file.read_at(offset, buffer),
        }
    }

    fn piece(&self, offset: u64, len: u64) -> Option<&[u8]> {
        self.held.as_ref()?.piece(offset, len)
    }

    fn held(&self) -> Option<&Arc<Vec<u8>>> {
        self.held.as_ref()
    }
}

/// Opens a vault for reading. It never waits and never needs a lock.
///
/// Any owner will do. Links are followed if root or we own them. Other users
/// may not write the file; that they may read it is a finding only for a file
/// of ours on a writable disk outside of git, which hands files out 0644.
///
/// # Errors
/// `NotFound`; `Mode` and the refusals of [`file::Error`], class `Integrity`; `File`.
pub fn open(files: &Files, location: &Location) -> Result<Opened, Error> {
    let not_found = |error| match error {
        file::Error::NotFound { .. } => Error::NotFound {
            path: location.shown.clone(),
            source: location.source,
        },
        other => Error::File(other),
    };
    let (mut directory, mut name) = split(files, &location.path, Walk::Read).map_err(not_found)?;
    for _ in 0..MAX_LINKS {
        match directory.open(&name) {
            Err(file::Error::NotRegular {
                kind: Kind::Link, ..
            }) => {
                let target = directory.follow(&name)?;
                (directory, name) = directory.resolve(&target, Walk::Read).map_err(not_found)?;
            }
            other => {
                let file = other.map_err(not_found)?;
                judge_mode(files, &directory, &file)?;
                if file.status().size > MAX_FILE_BYTES {
                    let path = file.path().to_path_buf();
                    return Err(file::Error::TooLarge {
                        path,
                        limit: MAX_FILE_BYTES,
                    }
                    .into());
                }
                return Ok(Opened {
                    directory,
                    file,
                    held: None,
                });
            }
        }
    }
    Err(file::Error::TooManyLinks {
        path: PathBuf::from(&location.shown),
    }
    .into())
}

/// The directory of a file, walked to, and the file's name in it.
pub(super) fn split(
    files: &Files,
    path: &Path,
    walk: Walk,
) -> Result<(Directory, OsString), file::Error> {
    let Some(name) = path.file_name() else {
        return Err(file::Error::NotRegular {
            path: path.to_path_buf(),
            kind: Kind::Directory,
        });
    };
    let parent = path.parent().unwrap_or(Path::new(""));
    Ok((files.directory(parent, walk)?, name.to_os_string()))
}

/// Whether other users may read or write a vault more than they should.
pub(super) fn judge_mode(
    files: &Files,
    directory: &Directory,
    file: &OpenFile,
) -> Result<(), Error> {
    let status = file.status();
    let mode = status.mode;
    if mode & 0o066 == 0 {
        return Ok(());
    }
    let path = || file.path().to_path_buf();
    if in_work_tree(directory) {
        if mode & 0o002 != 0 {
            return Err(Error::Mode {
                in_work_tree: true,
                mode,
                path: path(),
            });
        }
        return Ok(());
    }
    let is_finding = mode & 0o022 != 0 || {
        let filesystem = file.filesystem()?;
        status.owner == files.identity().euid
            && !filesystem.read_only
            && filesystem.kind != FilesystemKind::Memory
    };
    if is_finding {
        return Err(Error::Mode {
            in_work_tree: false,
            mode,
            path: path(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! Appending whole lines to a log.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use rustix::io::Errno;

use super::directory::Directory;
use super::disk::{Kind, Open};
use super::error::{Error, cause_text, is_one_of, is_unsupported};
use super::open::{self, retry};
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
        let files = self.files();
        let disk = &files.disk;
        let path = self.path().join(name);
        let need = bytes.len() as u64;
        let writing = |cause| Error::writing(&path, need, cause);
        let fd = match open::open(files, Some(self.fd()), Path::new(name), Open::Append) {
            Err(cause) if is_one_of(&cause, &[Errno::LOOP]) => {
                return Err(Error::NotRegular {
                    path,
                    kind: Kind::Link,
                });
            }
            other => other.map_err(writing)?,
        };
        let before = disk
            .stat(&fd)
            .map_err(|cause| Error::os("look at", &path, cause))?;
        if before.kind != Kind::File {
            return Err(Error::NotRegular {
                path,
                kind: before.kind,
            });
        }
        if before.links != 1 {
            return Err(Error::Linked {
                path,
                links: before.links,
            });
        }
        if !files.identity().may_write(before.owner) {
            return Err(Error::Owner {
                path,
                owner: before.owner,
            });
        }
        self.give_new(&fd, &path)?;
        let written = retry(|| disk.write(&fd, bytes));
        if !matches!(&written, Ok(count) if *count == bytes.len()) {
            retry(|| disk.truncate(&fd, before.size))
                .map_err(|cause| Error::os("take back a part of a line in", &path, cause))?;
            // A short write without an error means that space ran out.
            let full = io::Error::from(Errno::NOSPC);
            return Err(writing(written.err().unwrap_or(full)));
        }
        let mut warnings = Vec::new();
        let synced = disk.sync_data(&fd).and_then(|()| {
            if before.size == 0 {
                self.sync()
            } else {
                Ok(())
            }
        });
        match synced {
            Err(cause) if is_unsupported(&cause) => {
                warnings.push(Warning::NotSynced {
                    path,
                    cause: cause_text(&cause),
                });
            }
            Err(cause) => return Err(Error::Sync { path, cause }),
            Ok(()) => {}
        }
        Ok(warnings)
    }
}

#[cfg(test)]
mod tests;

//! Changing a vault file: lock, read again, write beside it, put in place.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::open::{Opened, judge_mode, split};
use super::{Error, Files, Location, Warning, in_work_tree};
use crate::file::{self, Directory, FilesystemKind, Kind, Lock, OpenFile, Status, Walk};
use crate::vault::MAX_FILE_BYTES;

/// How long a writer waits for the lock.
const LOCK_WAIT: Duration = Duration::from_secs(30);
/// Temporary files older than this were left behind by a crash.
const LEFT_OVER_AGE: Duration = Duration::from_secs(60 * 60);
/// How much of a vault is compared at a time.
const PIECE_BYTES: usize = 64 << 10;

/// A vault that nobody else changes until this is dropped.
pub struct Locked {
    directory: Directory,
    name: OsString,
    remembered: Option<(Status, Arc<Vec<u8>>)>,
    warnings: Vec<Warning>,
    #[expect(dead_code, reason = "held until the drop")]
    lock: Lock,
}

/// A new state of the vault, on the disk but not in place.
///
/// Dropping it leaves the vault as it was.
#[must_use = "the vault is replaced by `commit` alone"]
pub struct Prepared<'a> {
    inner: file::Prepared,
    locked: &'a mut Locked,
}

/// Takes the lock of an existing vault, waiting at most 30 s.
///
/// File and directory are ours, or we are root. A link of ours is resolved
/// once, and the work is done where it leads, so that the link stays one.
///
/// # Errors
/// `NotFound`; the refusals of [`file::Error`], class `Integrity`; `Locked`,
/// class `Conflict`; `File`.
pub fn lock(files: &Files, location: &Location) -> Result<Locked, Error> {
    let not_found = |error| match error {
        file::Error::NotFound { .. } => Error::NotFound {
            path: location.shown.clone(),
            source: location.source,
        },
        other => Error::File(other),
    };
    let (mut directory, mut name) = split(files, &location.path, Walk::Write).map_err(not_found)?;
    let mut there = directory.stat(&name)?;
    if there.is_some_and(|status| status.kind == Kind::Link) {
        let (link, target) = directory.read_link(&name)?;
        if link.owner != files.identity().euid {
            let path = directory.path().join(&name);
            return Err(file::Error::Link {
                path,
                owner: link.owner,
            }
            .into());
        }
        (directory, name) = directory.resolve(&target, Walk::Write).map_err(not_found)?;
        there = directory.stat(&name)?;
    }
    let path = || directory.path().join(&name);
    match there {
        None => return Err(not_found(file::Error::NotFound { path: path() })),
        Some(status) => judge_owner(files, &status, &path())?,
    }
    Locked::take(directory, name)
}

/// A vault that we write is a regular file of ours with one name.
fn judge_owner(files: &Files, status: &Status, path: &Path) -> Result<(), Error> {
    let path = path.to_path_buf();
    if status.kind != Kind::File {
        return Err(file::Error::NotRegular {
            path,
            kind: status.kind,
        }
        .into());
    }
    if status.links != 1 {
        return Err(file::Error::Linked {
            path,
            links: status.links,
        }
        .into());
    }
    if !files.identity().may_write(status.owner) {
        return Err(file::Error::Owner {
            path,
            owner: status.owner,
        }
        .into());
    }
    Ok(())
}

impl Locked {
    /// Locks `name` in a directory that was judged for writing.
    pub(super) fn take(directory: Directory, name: OsString) -> Result<Self, Error> {
        let directory = directory.giving();
        let kind = directory.filesystem()?.kind;
        let mut warnings = Vec::new();
        if matches!(
            kind,
            FilesystemKind::Fuse | FilesystemKind::Nfs | FilesystemKind::Smb
        ) {
            warnings.push(Warning::Remote {
                path: directory.path().to_path_buf(),
                kind,
            });
        }
        let mut lock_name = OsString::from(".");
        lock_name.push(&name);
        lock_name.push(".lock");
        let lock = directory.lock(&lock_name, LOCK_WAIT)?;
        let locked = Locked {
            directory,
            name,
            remembered: None,
            warnings,
            lock,
        };
        locked.sweep();
        Ok(locked)
    }

    /// The path of the file itself, links resolved: see
    /// [`super::Opened::canonical_path`].
    pub fn canonical_path(&self) -> PathBuf {
        self.directory.path().join(&self.name)
    }

    /// Whether the file itself lies in a git work tree.
    pub fn is_in_work_tree(&self) -> bool {
        in_work_tree(&self.directory)
    }

    /// Whether something lies at the vault's name.
    pub(super) fn is_occupied(&self) -> Result<bool, Error> {
        Ok(self.directory.stat(&self.name)?.is_some())
    }

    /// The vault as it is now, at most [`MAX_FILE_BYTES`], and remembers it
    /// for [`Locked::prepare`]. Verify it again: it may not be what was read
    /// before the lock.
    ///
    /// It is read once and kept in memory, where it is compared with what the
    /// disk has when it is replaced; what is given out reads from there, too.
    ///
    /// # Errors
    /// As [`lock`], and `Mode`.
    pub fn read(&mut self) -> Result<Opened, Error> {
        let file = self.directory.open(&self.name)?;
        judge_owner(self.directory.files(), file.status(), file.path())?;
        judge_mode(self.directory.files(), &self.directory, &file)?;
        let held = Arc::new(file.read_all(MAX_FILE_BYTES)?);
        self.remembered = Some((*file.status(), Arc::clone(&held)));
        Ok(Opened {
            directory: self.directory.clone(),
            file,
            held: Some(held),
        })
    }

    /// Writes `pieces` beside the vault, one behind the other, syncs and reads them back, and checks
    /// that the vault still is what [`Locked::read`] returned.
    ///
    /// # Errors
    /// `Save`; the vault is unchanged. Class `Conflict` when somebody changed
    /// the file without the lock, as git does, or when it was never read.
    pub fn prepare(&mut self, pieces: &[&[u8]]) -> Result<Prepared<'_>, Error> {
        let path = self.directory.path().join(&self.name);
        let size: u64 = pieces.iter().map(|piece| piece.len() as u64).sum();
        if size > MAX_FILE_BYTES {
            return Err(Error::Save(file::Error::TooLarge {
                path,
                limit: MAX_FILE_BYTES,
            }));
        }
        let original = self.remembered.as_ref().map(|(status, _)| *status);
        let inner = self
            .directory
            .prepare_pieces(&self.name, pieces, original)
            .map_err(Error::Save)?;
        if let Some((_, held)) = &self.remembered {
            // An edit in place within the clock's grain keeps size and time.
            let now = self.directory.open(&self.name).map_err(Error::Save)?;
            if !has(&now, held).map_err(Error::Save)? {
                return Err(Error::Save(file::Error::Changed { path }));
            }
        }
        Ok(Prepared {
            inner,
            locked: self,
        })
    }

    /// Removes temporary files that a crash left behind: name, owner and age
    /// must fit. They hold ciphertext, so one that stays does no harm.
    fn sweep(&self) {
        for name in left_over(&self.directory, Some(&self.name)) {
            let _ = self.directory.remove(&name);
        }
    }
}

/// Whether a file has these bytes and no others; it is read a piece at a time.
fn has(file: &OpenFile, bytes: &[u8]) -> Result<bool, file::Error> {
    if file.status().size != bytes.len() as u64 {
        return Ok(false);
    }
    let mut at = 0;
    for piece in bytes.chunks(PIECE_BYTES) {
        if !file::is_equal(&file.piece(at, PIECE_BYTES)?, piece) {
            return Ok(false);
        }
        at += piece.len() as u64;
    }
    Ok(true)
}

/// Temporary files in a directory that a writer left behind which was killed:
/// name, owner and age (over an hour) fit. `of` names the file that they were
/// to replace; without it those of every file count.
pub fn left_over(directory: &Directory, of: Option<&OsStr>) -> Vec<OsString> {
    let files = directory.files();
    let is_left = |name: &OsString| {
        let Ok(Some(status)) = directory.stat(name) else {
            return false;
        };
        let owner = status.owner;
        let ours = owner == files.identity().euid
            || (files.identity().is_root() && owner == directory.status().owner);
        status.kind == Kind::File && ours && files.age(&status) > LEFT_OVER_AGE
    };
    let names = directory.names().unwrap_or_default().into_iter();
    names
        .filter(|name| file::is_temporary(of, name))
        .filter(is_left)
        .collect()
}

impl Prepared<'_> {
    /// Puts the new state in place and syncs the directory. Report success
    /// only after this; tell the user the warnings. Whoever wants another
    /// change under the same lock reads the vault again.
    ///
    /// # Errors
    /// `Save`. Unless it says that durability is unknown, the vault is unchanged.
    pub fn commit(self) -> Result<Vec<Warning>, Error> {
        let committed = self.inner.commit().map_err(Error::Save)?;
        self.locked.remembered = None;
        let mut warnings = self.locked.warnings.clone();
        warnings.extend(committed.warnings);
        Ok(warnings)
    }
}

#[cfg(test)]
mod tests;

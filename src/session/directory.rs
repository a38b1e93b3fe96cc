//! A session as a file: 0600, in a directory of ours, in memory.
//!
//! Its time of change is the time when it ends. It is set before the file gets
//! its name, so there is none without an end. Who writes or removes holds the
//! lock of the directory; who reads needs none.

mod remove;

use super::MAX_SESSION_BYTES;
use super::error::Error;
use crate::file::{self, Directory, Files, Lock, OpenFile, RuntimeDirectory, Status, judge};
use crate::secret::SecretValue;
use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What the file's name ends in, behind the session's.
const SUFFIX: &str = ".session";
/// The lock's name.
const LOCK: &str = "lock";
/// Longest wait for the lock; it is held for a few system calls.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// The directories where sessions may lie, best first.
pub(super) struct Directories {
    candidates: OnceCell<Vec<RuntimeDirectory>>,
    files: Files,
    runtime: Option<PathBuf>,
}

/// A session in a file that is open.
pub(super) struct Found {
    pub bytes: SecretValue,
    pub ends: u64,
    pub held: Held,
}

/// The file of a session, and where it lies.
pub(super) struct Held {
    directory: Directory,
    file: OpenFile,
}

impl Held {
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }
}

impl Directories {
    /// `runtime` is `$XDG_RUNTIME_DIR`. Nothing is asked or made yet.
    pub(super) fn new(files: Files, runtime: Option<&Path>) -> Self {
        Directories {
            candidates: OnceCell::new(),
            files,
            runtime: runtime.map(Path::to_path_buf),
        }
    }

    /// Worked out when needed: a session in the keyring needs none.
    fn candidates(&self) -> &[RuntimeDirectory] {
        let uid = self.files.identity().euid;
        self.candidates
            .get_or_init(|| RuntimeDirectory::in_memory(uid, self.runtime.as_deref()))
    }

    /// The session `name` that has not ended at `now`, in seconds since 1970.
    ///
    /// A directory that is not safe is passed over: no session was put there.
    /// A file in a safe one that is not as we made it is an error.
    pub(super) fn find(&self, name: &str, now: u64) -> Result<Option<Found>, Error> {
        let name = file_name(name);
        for candidate in self.candidates() {
            let path = candidate.path().join(&name);
            // One call for a place that was never used.
            if !matches!(self.files.status(&path), Ok(Some(_))) {
                continue;
            }
            let Ok(directory) = candidate.find(&self.files) else {
                continue;
            };
            let file = match directory.open(&name) {
                Err(file::Error::NotFound { .. }) => continue,
                other => other?,
            };
            judge::file(self.files.identity(), &file)?;
            let ends = seconds(file.status());
            if ends <= now {
                remove::ended(&directory, &name, now);
                continue;
            }
            let bytes = SecretValue::new(file.read_all(MAX_SESSION_BYTES)?);
            let held = Held { directory, file };
            return Ok(Some(Found { bytes, ends, held }));
        }
        Ok(None)
    }

    /// Puts `bytes` where it is safe, for `lasts` seconds, and takes older ones away.
    ///
    /// # Errors
    /// What is wrong with each place.
    pub(super) fn put(
        &self,
        name: &str,
        bytes: &SecretValue,
        lasts: u64,
    ) -> Result<PathBuf, Vec<String>> {
        let file = file_name(name);
        let mut reasons = Vec::new();
        for candidate in self.candidates() {
            let put = || -> Result<PathBuf, Error> {
                let directory = candidate.make(&self.files)?;
                let _lock = lock(&directory)?;
                remove::sweep(&directory, self.now())?;
                directory.put_dated(&file, bytes.expose(), self.end(lasts))?;
                Ok(directory.path().join(&file))
            };
            match put() {
                Ok(path) => {
                    for other in self.candidates() {
                        if other.path() != candidate.path() {
                            let _ = self.remove_from(other, |found| found == file);
                        }
                    }
                    return Ok(path);
                }
                Err(error) => reasons.push(error.to_string()),
            }
        }
        Err(reasons)
    }

    /// Puts `bytes` in the place of `held`, if that still lies there and has not ended.
    pub(super) fn renew(
        &self,
        held: &Held,
        bytes: &SecretValue,
        lasts: u64,
    ) -> Result<bool, Error> {
        self.if_there(held, |name| {
            let end = self.end(lasts);
            held.directory.put_dated(name, bytes.expose(), end)
        })
    }

    /// Lets `held` end `lasts` seconds from now, unless it was removed,
    /// replaced or has ended: that does not come back.
    pub(super) fn touch(&self, held: &Held, lasts: u64) -> Result<(), Error> {
        self.if_there(held, |_| held.file.set_modified(self.end(lasts)))
            .map(drop)
    }

    /// Does `work` on the name of `held`, if that still lies there and has not
    /// ended; whether it does.
    fn if_there(
        &self,
        held: &Held,
        work: impl FnOnce(&OsStr) -> Result<(), file::Error>,
    ) -> Result<bool, Error> {
        let Held { directory, file } = held;
        let name = file.path().file_name().unwrap_or_default();
        let _lock = lock(directory)?;
        let now = self.now();
        let is_there = directory
            .stat(name)?
            .is_some_and(|status| status.is_same_inode(file.status()) && seconds(&status) > now);
        if is_there {
            work(name)?;
        }
        Ok(is_there)
    }

    /// The directory that would be used; nothing is made.
    ///
    /// # Errors
    /// What is wrong with each.
    pub(super) fn usable(&self) -> Result<PathBuf, Vec<String>> {
        let mut reasons = Vec::new();
        for candidate in self.candidates() {
            match candidate.look(&self.files) {
                Ok(None) => return Ok(candidate.path()),
                Ok(Some(there)) => return Ok(there.path().to_path_buf()),
                Err(error) => reasons.push(error.to_string()),
            }
        }
        Err(reasons)
    }

    /// In seconds since 1970.
    fn now(&self) -> u64 {
        let since = self.files.now().duration_since(SystemTime::UNIX_EPOCH);
        since.map_or(0, |since| since.as_secs())
    }

    fn end(&self, lasts: u64) -> SystemTime {
        let end = self.now().saturating_add(lasts);
        let since = Duration::from_secs(end);
        SystemTime::UNIX_EPOCH
            .checked_add(since)
            .unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

fn file_name(name: &str) -> OsString {
    format!("{name}{SUFFIX}").into()
}

fn lock(directory: &Directory) -> Result<Lock, Error> {
    Ok(directory.lock(OsStr::new(LOCK), LOCK_WAIT)?)
}

/// The time of change in whole seconds since 1970.
fn seconds(status: &Status) -> u64 {
    u64::try_from(status.modified_ns / 1_000_000_000).unwrap_or(0)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

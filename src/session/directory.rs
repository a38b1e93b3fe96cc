//! A session as a file: 0600, in a directory of ours, in memory.
//!
//! Its time of change is the time when it ends. It is set before the file gets
//! its name, so there is none without an end. Who writes or removes holds the
//! lock of the directory; who reads needs none.

use super::error::Error;
use super::{MAX_SESSION_BYTES, is_name};
use crate::file::{self, Directory, Files, FilesystemKind, Kind, Lock, OpenFile, Status, Walk};
use crate::secret::SecretValue;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What the file's name ends in, behind the session's.
const SUFFIX: &str = ".session";
/// The lock's name.
const LOCK: &str = "lock";
/// Longest wait for the lock; it is held for a few system calls.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// A directory where sessions may lie.
#[derive(Debug)]
struct Candidate {
    /// Its name in `parent`; it is ours alone.
    name: OsString,
    /// The directory above, which is not made.
    parent: PathBuf,
    /// Whether `parent` is for everyone, so that only the name in it is ours.
    shared: bool,
}

/// The directories where sessions may lie, best first.
pub(super) struct Directories {
    candidates: Vec<Candidate>,
    files: Files,
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
    /// `$XDG_RUNTIME_DIR`, `/run/user/UID`, `/dev/shm`.
    #[cfg(target_os = "linux")]
    pub(super) fn new(files: Files, runtime: Option<&Path>) -> Self {
        let uid = files.identity().euid;
        let of_user = PathBuf::from(format!("/run/user/{uid}"));
        let runtime = runtime.filter(|path| path.is_absolute() && **path != of_user);
        let private = |parent| Candidate {
            name: "secrets".into(),
            parent,
            shared: false,
        };
        let shared = Candidate {
            name: format!("secrets-{uid}").into(),
            parent: "/dev/shm".into(),
            shared: true,
        };
        let runtime = runtime.map(Path::to_path_buf).into_iter();
        let candidates = runtime.chain([of_user]).map(private).chain([shared]);
        Directories {
            candidates: candidates.collect(),
            files,
        }
    }

    /// None: there is no file system in memory.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn new(files: Files, _runtime: Option<&Path>) -> Self {
        Directories {
            candidates: Vec::new(),
            files,
        }
    }

    /// The session `name` that has not ended at `now`, in seconds since 1970.
    ///
    /// A directory that is not safe is passed over: no session was put there.
    /// A file in a safe one that is not as we made it is an error.
    pub(super) fn find(&self, name: &str, now: u64) -> Result<Option<Found>, Error> {
        let name = file_name(name);
        for candidate in &self.candidates {
            let path = candidate.path().join(&name);
            // One call for a place that was never used.
            if !matches!(self.files.status(&path), Ok(Some(_))) {
                continue;
            }
            let Ok(directory) = self.open(candidate).and_then(|found| self.judged(found)) else {
                continue;
            };
            let file = match directory.open(&name) {
                Err(file::Error::NotFound { .. }) => continue,
                other => other?,
            };
            self.judge_file(&file)?;
            let ends = seconds(file.status());
            if ends <= now {
                remove_ended(&directory, &name, now);
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
        for candidate in &self.candidates {
            let put = || -> Result<PathBuf, Error> {
                let parent = self.parent(candidate)?;
                judge_filesystem(&parent)?;
                let directory = self.judged(parent.make_child(&candidate.name)?)?;
                let _lock = lock(&directory)?;
                sweep(&directory)?;
                directory.put_dated(&file, bytes.expose(), self.end(lasts))?;
                Ok(directory.path().join(&file))
            };
            match put() {
                Ok(path) => {
                    for other in &self.candidates {
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
        let Held { directory, file } = held;
        let name = file.path().file_name().unwrap_or_default();
        let _lock = lock(directory)?;
        let now = seconds_of(self.files.now());
        let is_there = directory
            .stat(name)?
            .is_some_and(|status| status.is_same_inode(file.status()) && seconds(&status) > now);
        if is_there {
            directory.put_dated(name, bytes.expose(), self.end(lasts))?;
        }
        Ok(is_there)
    }

    /// Lets `held` end `lasts` seconds from now.
    pub(super) fn touch(&self, held: &Held, lasts: u64) -> Result<(), Error> {
        Ok(held.file.set_modified(self.end(lasts))?)
    }

    /// Removes the session `name` wherever it lies; whether there was one.
    pub(super) fn remove(&self, name: &str) -> Result<bool, Error> {
        let name = file_name(name);
        Ok(self.remove_those(|found| found == name)? > 0)
    }

    /// Removes every session; how many there were.
    pub(super) fn remove_all(&self) -> Result<usize, Error> {
        self.remove_those(|found| {
            let name = found.to_str().and_then(|name| name.strip_suffix(SUFFIX));
            name.is_some_and(is_name)
        })
    }

    /// The directory that would be used; nothing is made.
    ///
    /// # Errors
    /// What is wrong with each.
    pub(super) fn usable(&self) -> Result<PathBuf, Vec<String>> {
        let mut reasons = Vec::new();
        for candidate in &self.candidates {
            let look = || -> Result<PathBuf, Error> {
                let parent = self.parent(candidate)?;
                judge_filesystem(&parent)?;
                match parent.child(&candidate.name) {
                    Err(file::Error::NotFound { .. }) => Ok(candidate.path()),
                    found => Ok(self.judged(found?)?.path().to_path_buf()),
                }
            };
            match look() {
                Ok(path) => return Ok(path),
                Err(error) => reasons.push(error.to_string()),
            }
        }
        Err(reasons)
    }

    fn parent(&self, candidate: &Candidate) -> Result<Directory, Error> {
        let parent = self.files.directory(&candidate.parent, Walk::Output)?;
        if !candidate.shared {
            self.judge_owner(parent.path(), parent.status())?;
        }
        Ok(parent)
    }

    fn open(&self, candidate: &Candidate) -> Result<Directory, Error> {
        Ok(self.parent(candidate)?.child(&candidate.name)?)
    }

    /// The directory, if it is ours, 0700 and in memory.
    fn judged(&self, directory: Directory) -> Result<Directory, Error> {
        self.judge_owner(directory.path(), directory.status())?;
        judge_mode(directory.path(), directory.status(), 0o700)?;
        judge_filesystem(&directory)?;
        Ok(directory)
    }

    fn judge_file(&self, file: &OpenFile) -> Result<(), Error> {
        let status = file.status();
        self.judge_owner(file.path(), status)?;
        judge_mode(file.path(), status, 0o600)?;
        if status.links != 1 {
            let (path, links) = (file.path().to_path_buf(), status.links);
            return Err(file::Error::Linked { path, links }.into());
        }
        Ok(())
    }

    /// Ours it has to be, even if we are root, whom others' modes do not stop.
    fn judge_owner(&self, path: &Path, status: &Status) -> Result<(), Error> {
        let (path, owner) = (path.to_path_buf(), status.owner);
        if owner == self.files.identity().euid {
            return Ok(());
        }
        Err(file::Error::Owner { path, owner }.into())
    }

    fn end(&self, lasts: u64) -> SystemTime {
        let end = seconds_of(self.files.now()).saturating_add(lasts);
        let since = Duration::from_secs(end);
        SystemTime::UNIX_EPOCH
            .checked_add(since)
            .unwrap_or(SystemTime::UNIX_EPOCH)
    }

    fn remove_those(&self, is_meant: impl Fn(&OsStr) -> bool) -> Result<usize, Error> {
        let mut count = 0;
        for candidate in &self.candidates {
            count += self.remove_from(candidate, &is_meant)?;
        }
        Ok(count)
    }

    /// Removes from one directory, even from one that is not safe any more.
    fn remove_from(
        &self,
        candidate: &Candidate,
        is_meant: impl Fn(&OsStr) -> bool,
    ) -> Result<usize, Error> {
        let directory = match self.open(candidate) {
            // Not there, or not ours: none of our sessions is in it.
            Err(Error::File(file::Error::NotFound { .. })) => return Ok(0),
            Err(Error::File(error)) if error.is_unsafe() => return Ok(0),
            other => other?,
        };
        if self
            .judge_owner(directory.path(), directory.status())
            .is_err()
        {
            return Ok(0);
        }
        let meant = |directory: &Directory| -> Result<Vec<OsString>, Error> {
            let mut names = directory.names()?;
            names.retain(|name| is_meant(name));
            Ok(names)
        };
        if meant(&directory)?.is_empty() {
            return Ok(0);
        }
        let _lock = lock(&directory)?;
        sweep(&directory)?;
        let names = meant(&directory)?;
        for name in &names {
            directory.remove(name)?;
        }
        Ok(names.len())
    }
}

impl Candidate {
    fn path(&self) -> PathBuf {
        self.parent.join(&self.name)
    }
}

fn file_name(name: &str) -> OsString {
    format!("{name}{SUFFIX}").into()
}

fn lock(directory: &Directory) -> Result<Lock, Error> {
    Ok(directory.lock(OsStr::new(LOCK), LOCK_WAIT)?)
}

/// Removes what a writer that was killed left behind; the lock is held.
fn sweep(directory: &Directory) -> Result<(), Error> {
    for name in directory.names()? {
        let text = name.to_str().unwrap_or_default();
        if text.starts_with('.') && text.contains(SUFFIX) && text.ends_with(".tmp") {
            directory.remove(&name)?;
        }
    }
    Ok(())
}

/// Removes a session that has ended, unless somebody renews it right now.
///
/// That it stays, if it does, changes nothing: it has ended for every reader.
fn remove_ended(directory: &Directory, name: &OsStr, now: u64) {
    let Ok(_lock) = directory.lock(OsStr::new(LOCK), Duration::ZERO) else {
        return;
    };
    if let Ok(Some(status)) = directory.stat(name)
        && status.kind == Kind::File
        && seconds(&status) <= now
    {
        let _ = directory.remove(name);
    }
}

fn judge_mode(path: &Path, status: &Status, right: u32) -> Result<(), Error> {
    if status.mode & 0o777 == right {
        return Ok(());
    }
    let (path, mode) = (path.to_path_buf(), status.mode);
    Err(file::Error::Mode { path, mode }.into())
}

fn judge_filesystem(directory: &Directory) -> Result<(), Error> {
    if directory.filesystem()?.kind == FilesystemKind::Memory {
        return Ok(());
    }
    let path = directory.path().to_path_buf();
    Err(Error::NotInMemory { path })
}

/// The time of change in whole seconds since 1970.
fn seconds(status: &Status) -> u64 {
    u64::try_from(status.modified_ns / 1_000_000_000).unwrap_or(0)
}

fn seconds_of(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests;

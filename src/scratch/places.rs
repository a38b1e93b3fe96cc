//! Where the directories may lie, and the sweep of those whose owner is dead.

use super::{Error, LOCK, Scratch, clear};
use crate::crypto::{Random, SystemRandom};
use crate::file::{self, Directory, Files, RuntimeDirectory, judge};
use data_encoding::HEXLOWER;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the name of each directory begins with, before its digits.
const PREFIX: &str = "scratch.";
/// Random bytes in the name of a directory.
const RANDOM_BYTES: usize = 8;
/// The lock of a place: who makes a directory in it holds it until the
/// directory has a lock of its own.
const PLACE_LOCK: &str = "lock";
/// Longest wait for that lock; it is held for a few system calls.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// The places for secret files, best first.
pub struct Places {
    all: Vec<RuntimeDirectory>,
    files: Files,
}

impl Places {
    /// See [`Scratch::create`]. Nothing is asked or made yet.
    pub fn new(files: &Files, runtime: Option<&Path>, disk: Option<&Path>) -> Self {
        let uid = files.identity().euid;
        let mut all = RuntimeDirectory::in_memory(uid, runtime);
        all.extend(disk.map(|disk| RuntimeDirectory::on_disk(uid, disk)));
        Self::of(files, all)
    }

    pub(super) fn of(files: &Files, all: Vec<RuntimeDirectory>) -> Self {
        let files = files.clone();
        Places { all, files }
    }

    pub(super) fn create(&self) -> Result<Scratch, Error> {
        let mut reasons = Vec::new();
        for place in &self.all {
            match self.create_in(place) {
                Err(Error::File(error)) => reasons.push(error.to_string()),
                other => return other,
            }
        }
        let disk = self.all.iter().any(|place| !place.in_memory);
        Err(Error::Nowhere { reasons, disk })
    }

    fn create_in(&self, place: &RuntimeDirectory) -> Result<Scratch, Error> {
        let above = place.make(&self.files)?;
        let _place = above.lock(OsStr::new(PLACE_LOCK), LOCK_WAIT)?;
        for name in dead(&above)? {
            // Of a killed owner; that it cannot be removed is for `doctor` to say.
            let _ = bury(&above, &name);
        }
        let digits = (&mut SystemRandom as &mut dyn Random).draw::<RANDOM_BYTES>()?;
        let name = OsString::from(format!("{PREFIX}{}", HEXLOWER.encode(&digits)));
        let made = above.make_child(&name)?;
        let lock = made.lock(OsStr::new(LOCK), Duration::ZERO);
        let lock = lock.inspect_err(|_| {
            let _ = clear(&above, &made, &name);
        })?;
        Ok(Scratch {
            above,
            directory: made,
            name,
            is_on_disk: !place.in_memory,
            is_removed: false,
            lock,
        })
    }

    /// The directories whose owner was killed.
    pub fn left(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        self.each_dead(|above, name| all.push(above.path().join(name)));
        all
    }

    /// Removes those of them that `is_meant`; how many there were.
    ///
    /// # Errors
    /// The first that could not be removed.
    pub fn sweep(&self, is_meant: impl Fn(&Path) -> bool) -> Result<usize, Error> {
        let mut count = Ok(0);
        self.each_dead(|above, name| {
            if is_meant(&above.path().join(name)) {
                match (bury(above, name), &mut count) {
                    (Ok(()), Ok(count)) => *count += 1,
                    (Err(error), Ok(_)) => count = Err(error),
                    _ => {}
                }
            }
        });
        count
    }

    /// Shows `work` each dead directory while nobody can make one. A place that
    /// is missing or not ours has none.
    fn each_dead(&self, mut work: impl FnMut(&Directory, &OsStr)) {
        for place in &self.all {
            let mut look = || -> Result<(), file::Error> {
                let above = place.open(&self.files)?;
                judge::owner(self.files.identity(), above.path(), above.status())?;
                if !above.names()?.iter().any(|name| is_ours(name)) {
                    return Ok(());
                }
                let _place = above.lock(OsStr::new(PLACE_LOCK), LOCK_WAIT)?;
                for name in dead(&above)? {
                    work(&above, &name);
                }
                Ok(())
            };
            let _ = look();
        }
    }
}

/// The names of those in `above` whose lock is free. The lock of the place is held.
fn dead(above: &Directory) -> Result<Vec<OsString>, file::Error> {
    let mut names = above.names()?;
    names.retain(|name| is_ours(name) && is_dead(above, name).unwrap_or(false));
    Ok(names)
}

/// Without a lock its maker was killed before it had one.
fn is_dead(above: &Directory, name: &OsStr) -> Result<bool, file::Error> {
    let directory = above.child(name)?;
    judge::owner(
        above.files().identity(),
        directory.path(),
        directory.status(),
    )?;
    if directory.stat(LOCK)?.is_none() {
        return Ok(true);
    }
    match directory.lock(OsStr::new(LOCK), Duration::ZERO) {
        Err(file::Error::Locked { .. }) => Ok(false),
        // Whatever lies there in its place, it is no lock that somebody holds.
        Err(error) if error.is_unsafe() => Ok(true),
        other => other.map(|_| true),
    }
}

fn bury(above: &Directory, name: &OsStr) -> Result<(), Error> {
    clear(above, &above.child(name)?, name)
}

fn is_ours(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    digits.is_some_and(|digits| {
        digits.len() == 2 * RANDOM_BYTES
            && digits
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

//! Removing sessions, and what a killed writer left.

use super::candidate::Candidate;
use super::{Directories, LOCK, SUFFIX, file_name, judge, lock, seconds};
use crate::file::{Directory, Kind};
use crate::session::{Error, is_name};
use std::ffi::{OsStr, OsString};
use std::time::Duration;

impl Directories {
    /// Removes the session `name` wherever it lies; whether there was one.
    pub(in crate::session) fn remove(&self, name: &str) -> Result<bool, Error> {
        let name = file_name(name);
        Ok(self.remove_those(|found| found == name)? > 0)
    }

    /// Removes every session; how many there were.
    pub(in crate::session) fn remove_all(&self) -> Result<usize, Error> {
        self.remove_those(|found| {
            let name = found.to_str().and_then(|name| name.strip_suffix(SUFFIX));
            name.is_some_and(is_name)
        })
    }

    fn remove_those(&self, is_meant: impl Fn(&OsStr) -> bool) -> Result<usize, Error> {
        let mut count = 0;
        for candidate in self.candidates() {
            count += self.remove_from(candidate, &is_meant)?;
        }
        Ok(count)
    }

    /// Removes from one directory, even from one that is not safe any more.
    pub(super) fn remove_from(
        &self,
        candidate: &Candidate,
        is_meant: impl Fn(&OsStr) -> bool,
    ) -> Result<usize, Error> {
        // Not there, a link, or out of our reach: then a reader finds nothing there either.
        let Ok(directory) = self.open(candidate) else {
            return Ok(0);
        };
        if judge::owner(self.identity(), directory.path(), directory.status()).is_err() {
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

/// Removes what a writer that was killed left behind; the lock is held.
pub(super) fn sweep(directory: &Directory) -> Result<(), Error> {
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
pub(super) fn ended(directory: &Directory, name: &OsStr, now: u64) {
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

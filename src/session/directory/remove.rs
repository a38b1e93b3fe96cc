//! Removing sessions, and what a killed writer left.

use super::{Directories, LOCK, SUFFIX, file_name, lock, seconds};
use crate::file::{Directory, Kind, RuntimeDirectory, Status, judge};
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
        self.remove_those(is_session)
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
        candidate: &RuntimeDirectory,
        is_meant: impl Fn(&OsStr) -> bool,
    ) -> Result<usize, Error> {
        // Not there, a link, or out of our reach: then a reader finds nothing there either.
        let Ok(directory) = candidate.open(&self.files) else {
            return Ok(0);
        };
        if judge::owner(self.files.identity(), directory.path(), directory.status()).is_err() {
            return Ok(0);
        }
        let meant = |directory: &Directory| -> Result<Vec<OsString>, Error> {
            let mut names = directory.names()?;
            names.retain(|name| is_meant(name));
            Ok(names)
        };
        if !directory.names()?.iter().any(|name| holds_keys(name)) {
            return Ok(0);
        }
        let _lock = lock(&directory)?;
        let names = meant(&directory)?;
        for name in &names {
            directory.remove(name)?;
        }
        sweep(&directory, self.now())?;
        Ok(names.len())
    }
}

/// Removes what a writer that was killed left behind, and the sessions of all
/// vaults that have ended at `now`: no kernel does it here. The lock is held.
pub(super) fn sweep(directory: &Directory, now: u64) -> Result<(), Error> {
    for name in directory.names()? {
        let has_ended = |status: Status| status.kind == Kind::File && seconds(&status) <= now;
        if is_left_over(&name)
            || (is_session(&name) && directory.stat(&name)?.is_some_and(has_ended))
        {
            directory.remove(&name)?;
        }
    }
    Ok(())
}

fn holds_keys(name: &OsStr) -> bool {
    is_left_over(name) || is_session(name)
}

fn is_session(name: &OsStr) -> bool {
    let name = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
    name.is_some_and(is_name)
}

/// Of a writer: the file has another name until it is whole.
fn is_left_over(name: &OsStr) -> bool {
    let text = name.to_str().unwrap_or_default();
    text.starts_with('.') && text.contains(SUFFIX) && text.ends_with(".tmp")
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

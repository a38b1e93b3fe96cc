//! Secret bytes as files, for the life of one command.
//!
//! They lie in a directory of their own, 0700, in memory, and go with it. A
//! lock on a file in the directory says that its owner lives: the kernel lets
//! it go however the owner ends, so what a kill left is known and swept away.
//!
//! Files are not written over before they are removed. The pages of tmpfs are
//! cleared by the kernel before anybody gets them again, and on a disk, where
//! they come to lie only if that was allowed, writing over a file does not
//! reach the blocks that it had before (SSDs, journals, copies on write). Swap
//! is out of reach.

mod error;
mod links;
mod places;

use crate::file::{Directory, Files, Lock, OpenFile};
use crate::secret::SecretValue;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

pub use error::Error;
pub use places::Places;

/// The file in each directory whose lock says that its owner lives.
const LOCK: &str = ".lock";
/// Longest name of a file, in bytes: that of most file systems.
const MAX_NAME_BYTES: usize = 255;

/// A directory for secret files, until it is removed or dropped.
///
/// Dropping it does not run when a signal ends the process: who holds one
/// handles those, and what is left all the same is swept by the next.
pub struct Scratch {
    above: Directory,
    directory: Directory,
    name: OsString,
    is_on_disk: bool,
    is_removed: bool,
    #[expect(dead_code, reason = "held to say that the owner lives")]
    lock: Lock,
}

impl Scratch {
    /// Makes one, in the first place that is safe, and sweeps what was left there.
    ///
    /// `runtime` is `$XDG_RUNTIME_DIR`. `disk` is a directory for temporary
    /// files that is used where no file system in memory is; `None` to refuse.
    ///
    /// # Errors
    /// `Nowhere` with what is wrong with each place.
    pub fn create(
        files: &Files,
        runtime: Option<&Path>,
        disk: Option<&Path>,
    ) -> Result<Self, Error> {
        Places::new(files, runtime, disk).create()
    }

    /// The directory, an absolute path without links.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Whether it is on a disk, where it can outlive the machine's power.
    pub fn is_on_disk(&self) -> bool {
        self.is_on_disk
    }

    /// Writes a new file, 0600, and says where.
    ///
    /// It is written through the descriptor that made it. `name` is one
    /// component that does not begin with a dot.
    ///
    /// # Errors
    /// `Name`; `File`: something of this name is there, no space.
    pub fn put(&self, name: &str, value: &SecretValue) -> Result<PathBuf, Error> {
        check(name)?;
        self.directory.put_new(OsStr::new(name), value.expose())?;
        Ok(self.path().join(name))
    }

    /// Puts another value in the place of a file: readers find the old or the new, whole.
    ///
    /// # Errors
    /// As [`Scratch::put`], except that a file may be there.
    pub fn replace(&self, name: &str, value: &SecretValue) -> Result<PathBuf, Error> {
        check(name)?;
        self.directory.put(OsStr::new(name), value.expose())?;
        Ok(self.path().join(name))
    }

    /// Opens a file of it anew, whoever wrote it: ours and regular it must be.
    ///
    /// # Errors
    /// `Name`; `File`: a link, not regular, of somebody else, not there.
    pub fn open(&self, name: &str) -> Result<OpenFile, Error> {
        check(name)?;
        let file = self.directory.open(name)?;
        let identity = self.directory.files().identity();
        crate::file::judge::owner(identity, file.path(), file.status())?;
        Ok(file)
    }

    /// Makes a symbolic link at `at`, where nothing may lie, to the file `to`.
    ///
    /// It is removed with the rest if it still leads here, after a kill too.
    ///
    /// # Errors
    /// `Name`; `File`: something is there, its directory is not safe.
    pub fn link(&self, at: &Path, to: &str) -> Result<(), Error> {
        check(to)?;
        links::make(&self.directory, at, to)
    }

    /// Removes it and all that lies in it, whoever put it there.
    ///
    /// # Errors
    /// `File`: what could not be removed.
    pub fn remove(mut self) -> Result<(), Error> {
        self.is_removed = true;
        clear(&self.above, &self.directory, &self.name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.is_removed {
            let _ = clear(&self.above, &self.directory, &self.name);
        }
    }
}

/// Removes links, files, the lock, and the directory, in this order: a cut
/// leaves what the next sweep knows how to take.
fn clear(above: &Directory, directory: &Directory, name: &OsStr) -> Result<(), Error> {
    links::remove(directory);
    directory.empty(Some(Path::new(LOCK)))?;
    directory.remove(LOCK)?;
    Ok(above.remove_directory(name)?)
}

/// One component, none of ours, nothing that garbles a terminal.
fn check(name: &str) -> Result<(), Error> {
    let is_name = !name.is_empty()
        && name.len() <= MAX_NAME_BYTES
        && !name.starts_with('.')
        && !name.contains(|c: char| c == '/' || c.is_control());
    if is_name {
        return Ok(());
    }
    Err(Error::Name {
        name: name.to_owned(),
    })
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

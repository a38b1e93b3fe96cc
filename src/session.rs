//! Where a session is kept: the kernel's user keyring, else a file on tmpfs.
//!
//! It does not know what the bytes mean, and it looks after their end: the
//! kernel removes a key by itself, and a file carries its end as its time of
//! change. A place that others could read, or that could outlive a restart,
//! is refused.

#[cfg(not(target_os = "linux"))]
#[path = "session/absent.rs"]
mod keyring;

mod directory;
mod error;
#[cfg(target_os = "linux")]
mod keyring;

use crate::file::Files;
use crate::secret::SecretValue;
use directory::Directories;
use std::path::{Path, PathBuf};

pub use error::Error;

/// Greatest length of a session, in bytes.
pub const MAX_SESSION_BYTES: u64 = 4096;
/// Length of a session's name, in hex digits.
const NAME_DIGITS: usize = 32;

/// Where a session lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file on tmpfs or ramfs; from [`Sessions::available`] its directory.
    File(PathBuf),
    /// The kernel's keyring of this user.
    Keyring,
}

/// A session that was found.
pub struct Kept {
    /// What was kept.
    pub bytes: SecretValue,
    /// When it ends, in seconds since 1970, if the place tells.
    pub ends: Option<u64>,
    /// Where it lies.
    pub place: Place,
    held: Held,
}

/// What tells a session from one that took its place.
enum Held {
    File(directory::Held),
    Key(keyring::Held),
}

/// Where a session was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it lies now.
    pub place: Place,
    /// Why it is not in the keyring, if it is not.
    pub refused: Option<String>,
}

/// The sessions of this user on this machine, each under the id of its vault.
pub struct Sessions {
    directories: Directories,
}

impl Sessions {
    /// `runtime` is `$XDG_RUNTIME_DIR`. Nothing is asked or made yet.
    pub fn new(files: Files, runtime: Option<&Path>) -> Self {
        Sessions {
            directories: Directories::new(files, runtime),
        }
    }

    /// The session `name` (32 hex digits), unless it has ended at `now`, in
    /// seconds since 1970. One that has ended is removed.
    ///
    /// A file is looked for when the keyring has nothing or refuses: it may
    /// have refused the session for want of room alone.
    ///
    /// # Errors
    /// `Name`, `TooLarge`; `File` when the file is not as this room makes it.
    pub fn load(&self, name: &str, now: u64) -> Result<Option<Kept>, Error> {
        check(name)?;
        if let Ok(Some((bytes, key))) = keyring::load(name) {
            check_size(&bytes)?;
            return Ok(Some(Kept {
                bytes,
                ends: None,
                place: Place::Keyring,
                held: Held::Key(key),
            }));
        }
        let found = self.directories.find(name, now)?;
        Ok(found.map(|found| Kept {
            bytes: found.bytes,
            ends: Some(found.ends),
            place: Place::File(found.held.path().to_path_buf()),
            held: Held::File(found.held),
        }))
    }

    /// Keeps `bytes` under `name`, in the place of what was there, for
    /// `timeout` seconds; at least one.
    ///
    /// # Errors
    /// `Name`, `TooLarge`, `Nowhere`; `File`, `Keyring` when an older one cannot be removed.
    pub fn keep(&self, name: &str, bytes: &SecretValue, timeout: u64) -> Result<Placed, Error> {
        check(name)?;
        check_size(bytes)?;
        let refused = match keyring::keep(name, bytes, timeout) {
            Ok(()) => {
                // It would be found when the keyring's is gone.
                self.directories.remove(name)?;
                return Ok(Placed {
                    place: Place::Keyring,
                    refused: None,
                });
            }
            Err(refused) => refused.reason(),
        };
        let path = match self.directories.put(name, bytes, timeout) {
            Ok(path) => path,
            Err(reasons) => {
                let reasons = std::iter::once(refused).chain(reasons).collect();
                return Err(Error::Nowhere { reasons });
            }
        };
        // An older one that it still holds would be found first.
        keyring::remove(name).map_err(|refused| refused.during("remove"))?;
        Ok(Placed {
            place: Place::File(path),
            refused: Some(refused),
        })
    }

    /// Puts `bytes` in the place of the session that was loaded as `kept`, if
    /// it is still there; whether it was.
    ///
    /// Unlike [`Sessions::keep`] it never brings back a session that was
    /// removed, or overwrites one that was begun, since it was loaded.
    ///
    /// # Errors
    /// `Name`, `TooLarge`, `File`, `Keyring`.
    pub fn renew(
        &self,
        kept: &Kept,
        name: &str,
        bytes: &SecretValue,
        timeout: u64,
    ) -> Result<bool, Error> {
        check(name)?;
        check_size(bytes)?;
        match &kept.held {
            Held::File(held) => self.directories.renew(held, bytes, timeout),
            Held::Key(key) => {
                let renewed = keyring::renew(*key, name, bytes, timeout);
                renewed.map_err(|refused| refused.during("renew"))
            }
        }
    }

    /// Lets a session that was loaded as `kept` last for `timeout` seconds
    /// from now. One that was removed or replaced in between stays as it is.
    ///
    /// # Errors
    /// `Name`, `File`, `Keyring`.
    pub fn touch(&self, kept: &Kept, name: &str, timeout: u64) -> Result<(), Error> {
        check(name)?;
        match &kept.held {
            Held::File(held) => self.directories.touch(held, timeout),
            Held::Key(key) => {
                keyring::touch(*key, timeout).map_err(|refused| refused.during("extend"))
            }
        }
    }

    /// Removes the session `name` wherever it lies; whether there was one.
    ///
    /// What a keyring holds that this process may not use is out of reach.
    ///
    /// # Errors
    /// `Name`, `File`, `Keyring`.
    pub fn remove(&self, name: &str) -> Result<bool, Error> {
        check(name)?;
        let in_keyring = keyring::remove(name);
        let in_file = self.directories.remove(name)?;
        Ok(in_file | in_keyring.map_err(|refused| refused.during("remove"))?)
    }

    /// Removes every session of this user; how many there were.
    ///
    /// # Errors
    /// `File`, `Keyring`.
    pub fn remove_all(&self) -> Result<usize, Error> {
        let in_keyring = keyring::remove_all();
        let in_files = self.directories.remove_all()?;
        Ok(in_files + in_keyring.map_err(|refused| refused.during("remove"))?)
    }

    /// Where a session would be kept, as far as can be told without keeping one.
    ///
    /// # Errors
    /// Why there is no place, as one sentence.
    pub fn available(&self) -> Result<Place, String> {
        let Err(refused) = keyring::available() else {
            return Ok(Place::Keyring);
        };
        self.directories.usable().map(Place::File).map_err(|more| {
            let reasons: Vec<String> = std::iter::once(refused.reason()).chain(more).collect();
            reasons.join("; ")
        })
    }
}

/// Whether `text` can be the name of a session: the id of a vault.
fn is_name(text: &str) -> bool {
    text.len() == NAME_DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn check(name: &str) -> Result<(), Error> {
    if is_name(name) {
        Ok(())
    } else {
        Err(Error::Name)
    }
}

fn check_size(bytes: &SecretValue) -> Result<(), Error> {
    if bytes.len() as u64 > MAX_SESSION_BYTES {
        return Err(Error::TooLarge);
    }
    Ok(())
}

#[cfg(test)]
mod tests;

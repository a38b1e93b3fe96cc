//! Where a session is kept: the kernel's user keyring, else a file on tmpfs.
//!
//! It does not know what the bytes mean, and it looks after their end: the
//! kernel removes a key by itself, and a file carries its end as its time of
//! change. A place that others could read, or that could outlive a restart,
//! is refused.

mod directory;
mod error;
#[cfg(target_os = "linux")]
mod keyring;

use crate::file::Files;
use crate::secret::SecretValue;
use std::path::{Path, PathBuf};

pub use error::Error;

/// Greatest length of a session, in bytes.
pub const MAX_SESSION_BYTES: u64 = 4096;

/// Where a session lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file on tmpfs or ramfs.
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
}

/// Where a session was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it lies now.
    pub place: Place,
    /// Why it is not in the keyring.
    pub refused: Option<String>,
}

/// The sessions of this user on this machine, each under the id of its vault.
pub struct Sessions {
    #[expect(dead_code, reason = "skeleton")]
    files: Files,
}

impl Sessions {
    /// `runtime` is `$XDG_RUNTIME_DIR`.
    pub fn new(files: Files, runtime: Option<&Path>) -> Self {
        let _ = runtime;
        Sessions { files }
    }

    /// The session `name` (32 hex digits), unless it has ended at `now`, in
    /// seconds since 1970. One that has ended is removed.
    ///
    /// # Errors
    /// `Name`, `File`, `TooLarge`.
    pub fn load(&self, name: &str, now: u64) -> Result<Option<Kept>, Error> {
        let _ = (name, now);
        Ok(None)
    }

    /// Keeps `bytes` under `name`, in the place of what was there, for
    /// `timeout` seconds.
    ///
    /// # Errors
    /// `Name`, `TooLarge`, `File`, `Nowhere`.
    pub fn keep(&self, name: &str, bytes: &SecretValue, timeout: u64) -> Result<Placed, Error> {
        let _ = (name, bytes, timeout);
        Err(Error::Nowhere {
            reasons: Vec::new(),
        })
    }

    /// Puts `bytes` in the place of the session that was loaded as `kept`, if
    /// it is still there; whether it was.
    ///
    /// Unlike [`Sessions::keep`] it never brings a session back that was
    /// removed in between.
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
        let _ = (kept, name, bytes, timeout);
        Ok(false)
    }

    /// Lets the session last for `timeout` seconds from now.
    ///
    /// # Errors
    /// `Name`, `File`, `Keyring`.
    pub fn touch(&self, kept: &Kept, name: &str, timeout: u64) -> Result<(), Error> {
        let _ = (kept, name, timeout);
        Ok(())
    }

    /// Removes the session `name` wherever it lies; whether there was one.
    ///
    /// # Errors
    /// `Name`, `File`, `Keyring`.
    pub fn remove(&self, name: &str) -> Result<bool, Error> {
        let _ = name;
        Ok(false)
    }

    /// Removes every session of this user; how many there were.
    ///
    /// # Errors
    /// `File`, `Keyring`.
    pub fn remove_all(&self) -> Result<usize, Error> {
        Ok(0)
    }

    /// Where a session would be kept.
    ///
    /// # Errors
    /// Why there is no place.
    pub fn available(&self) -> Result<Place, String> {
        Err(String::new())
    }
}

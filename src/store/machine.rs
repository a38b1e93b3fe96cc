//! What this machine remembers, outside of every vault (`secrets-vault(5)`, PINS).
//!
//! ```text
//! <state directory>/secrets/allowed                    which commands of projects may run
//!                           device                     who this machine is in logs
//!                           known                      which vault was at which path
//!                           lock                       held while those three change
//!                           <vault id, 32 hex>/pin     what was verified here
//!                                              last    the last slot that was typed for
//!                                              lock    held while the pin or the log changes
//! ```
//!
//! Nothing of it lies beside the vault, so that who controls a checkout
//! controls no memory. Directories are 0700 and files 0600; what somebody else
//! owns or others may write is refused, for a forged memory is worse than none.

mod allowed;
mod device;
mod known;
mod paths;

use std::cell::RefCell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Error, Files, Record};
use crate::file::{self, Directory, Lock, Status, Walk};
use crate::vault::{ChainId, Pin, Seen, SlotId, VaultId};

pub use device::Device;
pub use known::Known;

/// Name of the directory below the state directory.
const DIRECTORY_NAME: &str = "secrets";
/// The lock of the records beside it.
const LOCK: &str = "lock";
/// What was seen of a vault.
const PIN: &str = "pin";
/// The slot that was opened last by a passphrase that was typed.
const LAST: &str = "last";
/// Greatest length of a record, in bytes: some 40,000 slots or paths.
const MAX_RECORD_BYTES: u64 = 4 << 20;
/// How long a change waits for the lock.
const LOCK_WAIT: Duration = Duration::from_secs(30);

/// The records of this machine about vaults.
///
/// A directory is walked to and judged once for each value of this type, which
/// lives as long as one command.
pub struct Machine {
    files: Files,
    root: PathBuf,
    /// By vault; the directory above them stands under none.
    opened: RefCell<Vec<(Option<VaultId>, Directory)>>,
}

impl Machine {
    /// Looks at nothing and makes nothing yet.
    pub fn new(files: Files, state_directory: &Path) -> Self {
        Machine {
            files,
            root: state_directory.join(DIRECTORY_NAME),
            opened: RefCell::default(),
        }
    }

    /// The directory about a vault, made where it is missing.
    ///
    /// # Errors
    /// The refusals of [`file::Error`] and `Writable`, class `Integrity`; `File`.
    pub fn directory(&self, vault: &VaultId) -> Result<Directory, Error> {
        match self.opened(Some(vault)) {
            Some(directory) => Ok(directory),
            None => {
                let directory = self.make_root()?.make_below(vault.hex())?;
                self.judged(Some(vault), directory)
            }
        }
    }

    /// Where that directory is, or would be.
    pub fn path(&self, vault: &VaultId) -> PathBuf {
        self.root.join(vault.hex())
    }

    /// The directory about a vault, if there is one.
    ///
    /// # Errors
    /// As [`Machine::directory`].
    pub fn existing(&self, vault: &VaultId) -> Result<Option<Directory>, Error> {
        if let Some(directory) = self.opened(Some(vault)) {
            return Ok(Some(directory));
        }
        match self.existing_root()? {
            Some(root) => self.judged_if_there(Some(vault), root.below(vault.hex())),
            None => Ok(None),
        }
    }

    fn make_root(&self) -> Result<Directory, Error> {
        match self.opened(None) {
            Some(directory) => Ok(directory),
            None => self.judged(None, self.files.make_directory(&self.root)?),
        }
    }

    fn existing_root(&self) -> Result<Option<Directory>, Error> {
        match self.opened(None) {
            Some(directory) => Ok(Some(directory)),
            None => {
                let found = self.files.directory(&self.root, Walk::Write);
                self.judged_if_there(None, found)
            }
        }
    }

    fn opened(&self, vault: Option<&VaultId>) -> Option<Directory> {
        let opened = self.opened.borrow();
        let found = opened.iter().find(|(of, _)| of.as_ref() == vault);
        found.map(|(_, directory)| directory.clone())
    }

    /// Judges a directory that was walked to, and keeps it.
    fn judged(&self, vault: Option<&VaultId>, directory: Directory) -> Result<Directory, Error> {
        let directory = directory.giving();
        self.judge(directory.path(), directory.status())?;
        let mut opened = self.opened.borrow_mut();
        opened.push((vault.copied(), directory.clone()));
        Ok(directory)
    }

    fn judged_if_there(
        &self,
        vault: Option<&VaultId>,
        found: Result<Directory, file::Error>,
    ) -> Result<Option<Directory>, Error> {
        match found {
            Err(file::Error::NotFound { .. }) => Ok(None),
            other => self.judged(vault, other?).map(Some),
        }
    }

    /// It is ours, or we are root, and nobody else may write it.
    fn judge(&self, path: &Path, status: &Status) -> Result<(), Error> {
        let (mode, owner) = (status.mode, status.owner);
        if !self.files.identity().may_write(owner) {
            let path = path.to_path_buf();
            return Err(file::Error::Owner { path, owner }.into());
        }
        match mode & 0o022 {
            0 => Ok(()),
            _ => Err(Error::Writable {
                mode,
                path: path.to_path_buf(),
            }),
        }
    }

    /// A record, or nothing if there is none. What is no file of ours is no
    /// missing one.
    fn read(&self, directory: &Directory, name: &str) -> Result<Option<Vec<u8>>, Error> {
        match directory.open(name) {
            Err(file::Error::NotFound { .. }) => Ok(None),
            Err(cause @ file::Error::NotRegular { .. }) => Err(Error::NotOurs {
                cause,
                path: directory.path().join(name),
            }),
            other => {
                let file = other?;
                self.judge(file.path(), file.status())
                    .map_err(|error| match error {
                        Error::File(cause) => Error::NotOurs {
                            cause,
                            path: file.path().to_path_buf(),
                        },
                        other => other,
                    })?;
                Ok(Some(file.read_all(MAX_RECORD_BYTES)?))
            }
        }
    }

    /// Puts a record in place and on the disk, under a lock that is held.
    fn save(&self, directory: &Directory, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let there = directory.stat(name)?;
        // That a disk cannot sync is said about the vault.
        directory
            .prepare(OsStr::new(name), bytes, there)?
            .commit()?;
        Ok(())
    }

    /// What was seen of a vault; `None` if it was never seen here.
    ///
    /// # Errors
    /// `Damaged`: an empty or altered pin is no missing one. As
    /// [`Machine::directory`].
    pub fn pin(&self, vault: &VaultId) -> Result<Option<Pin>, Error> {
        match self.existing(vault)? {
            Some(directory) => self.pin_in(&directory),
            None => Ok(None),
        }
    }

    fn pin_in(&self, directory: &Directory) -> Result<Option<Pin>, Error> {
        let Some(raw) = self.read(directory, PIN)? else {
            return Ok(None);
        };
        match Pin::parse(&raw) {
            Some(pin) => Ok(Some(pin)),
            None => Err(Error::Damaged {
                path: directory.path().join(PIN),
                record: Record::Pin,
            }),
        }
    }

    /// Raises the pin to what a run has verified, and adds an audit chain that
    /// it began; whether anything rose. Nothing is written if nothing did.
    ///
    /// The lock is the log's: do not hold it. The first pin is synced, later
    /// ones are not: after a power cut the machine may remember the state
    /// before, which is still a bound.
    ///
    /// # Errors
    /// As [`Machine::pin`]; a lock that is not to be had, class `Conflict`.
    pub fn raise(
        &self,
        vault: &VaultId,
        seen: &Seen,
        chain: Option<ChainId>,
    ) -> Result<bool, Error> {
        // Pins only rise: what is below one now stays below it.
        if let Some(pin) = self.pin(vault)?
            && !pin.would_rise(seen, chain)
        {
            return Ok(false);
        }
        let directory = self.directory(vault)?;
        let _lock = self.lock(&directory)?;
        match self.pin_in(&directory)? {
            Some(mut pin) => {
                let rose = raise(&mut pin, seen, chain);
                if rose {
                    directory.put(OsStr::new(PIN), pin.write().as_bytes())?;
                }
                Ok(rose)
            }
            None => {
                let mut pin = Pin::of(seen);
                chain.map(|chain| pin.add_chain(chain));
                self.save(&directory, PIN, pin.write().as_bytes())?;
                Ok(true)
            }
        }
    }

    /// Replaces the pin, lower numbers and damage included: a person said so.
    ///
    /// # Errors
    /// As [`Machine::raise`], except for what is there.
    pub fn set_pin(&self, vault: &VaultId, pin: &Pin) -> Result<(), Error> {
        let directory = self.directory(vault)?;
        let _lock = self.lock(&directory)?;
        self.save(&directory, PIN, pin.write().as_bytes())
    }

    fn lock(&self, directory: &Directory) -> Result<Lock, Error> {
        Ok(directory.lock(OsStr::new(LOCK), LOCK_WAIT)?)
    }

    /// The slot that a typed passphrase opened last, and when, Unix seconds.
    ///
    /// It saves a derivation and decides nothing: whatever is wrong with it
    /// counts as none.
    pub fn last(&self, vault: &VaultId) -> Option<(SlotId, u64)> {
        let directory = self.existing(vault).ok()??;
        let raw = self.read(&directory, LAST).ok()??;
        let text = std::str::from_utf8(&raw).ok()?.strip_suffix('\n')?;
        let (slot, time) = text.split_once(' ')?;
        Some((SlotId::parse(slot)?, time.parse().ok()?))
    }

    /// Remembers it, `<slot, 11 base64> <Unix seconds>`, if that can be done.
    pub fn set_last(&self, vault: &VaultId, slot: &SlotId, time: u64) {
        if let Ok(directory) = self.directory(vault) {
            let line = format!("{} {time}\n", slot.text());
            let _ = directory.put(OsStr::new(LAST), line.as_bytes());
        }
    }
}

/// Raises a pin and adds a chain; both happen.
fn raise(pin: &mut Pin, seen: &Seen, chain: Option<ChainId>) -> bool {
    let rose = pin.raise(seen);
    let added = chain.is_some_and(|chain| pin.add_chain(chain));
    rose || added
}

#[cfg(test)]
mod tests;

//! The log of one vault on this machine: appending and reading.
//!
//! ```text
//! <state dir>/secrets/<vault id>/audit.jsonl    the entries, a line each
//!                               /audit.state    where the chain is, and its next key
//!                               /lock           flock(2) of everybody who writes
//! ```
//!
//! An append is one write(2). The state is written after it, so that a cut in
//! between leaves a state that is behind, which the next append catches up.

use super::error::Error;
use super::event::{Action, Event};
use super::notice::Notice;
use super::place::{self, Place};
use super::repair;
use super::state::State;
use super::text;
use crate::crypto::{AuditKey, Random};
use crate::file::{self, Directory, Lock, WritableFile};
use crate::vault::{Anchor, ChainId, DeviceId, SlotId, VaultId};
use std::ffi::OsStr;
use std::io;
use std::time::Duration;

/// The file's name in the directory of its vault.
pub const LOG: &str = "audit.jsonl";
/// The lock's name.
const LOCK: &str = "lock";
/// How long to wait for another writer.
const LOCK_WAIT: Duration = Duration::from_secs(30);
/// Greatest log that is read, in bytes.
pub(super) const MAX_LOG_BYTES: u64 = 4 << 30;
/// Names tried for a log that is moved aside.
const ASIDE_TRIES: u64 = 100;

/// What a chain begins from, when one is to begin.
///
/// Without a key a log can only be continued, by the state that is there.
pub struct Origin<'a> {
    /// The vault.
    pub vault: VaultId,
    /// This machine.
    pub device: DeviceId,
    /// The slot that was opened.
    pub slot: SlotId,
    /// Its log key; a session has none.
    pub key: Option<&'a AuditKey>,
    /// Unix seconds, for the entries that the log writes of itself.
    pub time: u64,
}

/// An append that is done.
#[derive(Debug)]
pub struct Done {
    /// How far the chain is.
    pub position: Anchor,
    /// The chain, if its first entry was written by this call or by one that
    /// did not end: for the pin.
    pub began: Option<ChainId>,
    /// What to tell the user of the disk.
    pub warnings: Vec<file::Warning>,
    /// What was repaired.
    pub notices: Vec<Notice>,
}

/// Log and state as they are together.
#[derive(Default)]
pub struct Content {
    /// The lines.
    pub log: Vec<u8>,
    /// The state; `None` if it is missing or cannot be read.
    pub state: Option<State>,
}

impl Content {
    /// Whether there is a chain that can be continued without a key.
    pub fn has_chain(&self) -> bool {
        self.state.is_some()
    }
}

/// The log of one vault on this machine.
pub struct Log {
    pub(super) directory: Directory,
}

impl Log {
    /// The log in this directory, which is of one vault.
    pub fn new(directory: Directory) -> Self {
        Log { directory }
    }

    /// Repairs, begins a chain where there is none, and says how far it is:
    /// at least one entry. What it writes is on the disk.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub fn ready(&self, origin: &Origin<'_>, random: &mut dyn Random) -> Result<Done, Error> {
        self.append(origin, &[], true, random)
    }

    /// Appends all events by one write(2); they are in the file when it
    /// returns, and on the disk if `flush`.
    ///
    /// # Errors
    /// `NoChain` without a state and a key; `Broken` when the log is not the
    /// one that was written here; `Event`; `File`: nothing was appended,
    /// unless only the sync of the state failed; `Random`.
    pub fn append(
        &self,
        origin: &Origin<'_>,
        events: &[Event],
        flush: bool,
        random: &mut dyn Random,
    ) -> Result<Done, Error> {
        if !events.iter().all(Event::is_readable) {
            return Err(Error::Event);
        }
        let _lock = self.lock()?;
        let (place, state) = self.open(origin)?;
        repair::settle(&self.directory, place, state, origin, random)?.write(events, flush)
    }

    /// Log and state as they are together, taken under the lock. The log is
    /// read behind it, up to the length that it had.
    ///
    /// Where nothing can be written nobody appends, and no lock is taken.
    ///
    /// # Errors
    /// `File`.
    pub fn read(&self) -> Result<Content, Error> {
        let lock = match self.lock() {
            Err(Error::File(file::Error::Os { cause, .. }))
                if matches!(
                    cause.kind(),
                    io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
                ) =>
            {
                None
            }
            other => Some(other?),
        };
        let state = place::read(&self.directory)?;
        let file = match self.directory.open(LOG) {
            Err(file::Error::NotFound { .. }) => None,
            other => Some(other?),
        };
        drop(lock);
        let log = file.map_or(Ok(Vec::new()), |file| file.read_all(MAX_LOG_BYTES))?;
        Ok(Content { log, state })
    }

    /// Accepts that entries are lost, by a `gap` entry that names them.
    ///
    /// `entry` says who and why, and its data what was found. A log that does
    /// not verify (`broken`) is moved aside first, to `audit.jsonl.<unix time>.bad`,
    /// and a chain begins from the slot's log key: what follows from a state that
    /// somebody forged would never verify. Lost too is then what the state names,
    /// as is what this call itself misses.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub fn accept_loss(
        &self,
        origin: &Origin<'_>,
        entry: Event,
        lost: &[Anchor],
        broken: bool,
        random: &mut dyn Random,
    ) -> Result<Done, Error> {
        if !entry.is_readable() {
            return Err(Error::Event);
        }
        let _lock = self.lock()?;
        let (place, mut state) = self.open(origin)?;
        let mut gone = Vec::new();
        if broken {
            origin.key.ok_or(Error::NoChain)?;
            self.move_aside(origin.time)?;
            if let Some(old) = state.take() {
                gone.extend(old.position());
                gone.splice(0..0, old.start.previous);
            }
        }
        let mut ready = repair::settle(&self.directory, place, state, origin, random)?;
        gone.append(&mut ready.lost);
        gone.retain(|anchor| !lost.contains(anchor));
        let all = [lost, &gone].concat();
        let entry = Event {
            action: Action::Gap,
            verb: Some("accept-loss".to_owned()),
            data: Some(match &entry.data {
                Some(found) => serde_json::json!({"lost": text::anchors(&all), "found": found}),
                None => serde_json::json!({"lost": text::anchors(&all)}),
            }),
            ..entry
        };
        ready.write(&[entry], true)
    }

    fn lock(&self) -> Result<Lock, Error> {
        Ok(self.directory.lock(OsStr::new(LOCK), LOCK_WAIT)?)
    }

    /// The state, where there is something to go on from.
    fn open(&self, origin: &Origin<'_>) -> Result<(Place<'_>, Option<State>), Error> {
        let (place, state) = Place::open(&self.directory)?;
        // Another vault's state is as good as none.
        let state = state.filter(|state| state.start.vault == origin.vault);
        if state.is_none() && origin.key.is_none() {
            return Err(Error::NoChain);
        }
        Ok((place, state))
    }

    fn move_aside(&self, time: u64) -> Result<(), Error> {
        let mut taken = None;
        for time in time..time.saturating_add(ASIDE_TRIES) {
            let moved = self.directory.rename(LOG, format!("{LOG}.{time}.bad"));
            match moved {
                Err(error @ file::Error::AlreadyExists { .. }) => taken = Some(error),
                Err(file::Error::NotFound { .. }) => return Ok(()),
                other => return Ok(other?),
            }
        }
        taken.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// A log that can be appended to, under the lock.
pub(super) struct Ready<'a> {
    /// The log, opened to append.
    pub log: WritableFile,
    /// Its length, in bytes.
    pub size: u64,
    /// The state file.
    pub place: Place<'a>,
    /// Where the chain is, by the log.
    pub state: State,
    /// Whether the state file is behind.
    pub behind: bool,
    /// What the log has to say of itself first.
    pub pending: Vec<Event>,
    /// Heads that this repair found missing.
    pub lost: Vec<Anchor>,
    /// See [`Done`].
    pub began: Option<ChainId>,
    /// See [`Done`].
    pub warnings: Vec<file::Warning>,
    /// See [`Done`].
    pub notices: Vec<Notice>,
}

impl Ready<'_> {
    /// Appends what is pending and these events by one write, then writes the state.
    pub(super) fn write(mut self, events: &[Event], flush: bool) -> Result<Done, Error> {
        let mut bytes = Vec::new();
        for event in self.pending.iter().chain(events) {
            self.state.add(event, &mut bytes);
        }
        if !bytes.is_empty() {
            self.log.append(&bytes)?;
            if flush {
                let synced = self.log.sync().inspect_err(|_| self.take_back());
                self.warnings.extend(synced?);
            }
        }
        if !bytes.is_empty() || self.behind {
            self.state.len = self.size + bytes.len() as u64;
            match self.place.save(&self.state, flush) {
                Ok(warnings) => self.warnings.extend(warnings),
                Err(unsaved) => {
                    if unsaved.is_old {
                        self.take_back();
                    }
                    return Err(unsaved.error);
                }
            }
        }
        Ok(Done {
            position: self.state.position().ok_or(Error::NoChain)?,
            began: self.began,
            warnings: self.warnings,
            notices: self.notices,
        })
    }

    /// Makes the log as long as it was. If that fails the entries stay, and
    /// the next append finds the state behind.
    fn take_back(&self) {
        let _ = self.log.truncate(self.size);
    }
}

#[cfg(test)]
mod tests;

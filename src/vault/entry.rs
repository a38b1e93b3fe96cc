//! A secret with its kept versions, and which of them may be read.

use super::id::RecordId;
use super::meta::{Meta, State};
use crate::name::{EnvName, SecretPath, Version};

/// One version of a secret: its metadata, and its value still sealed.
pub struct VersionEntry {
    /// Its number.
    pub version: u64,
    /// Its metadata.
    pub meta: Meta,
    /// The hash of its sealed metadata, which the value is bound to.
    pub(super) meta_hash: [u8; 32],
    /// The value, sealed.
    pub(super) value: Vec<u8>,
}

/// A secret with its kept versions, ascending; at least one.
pub struct Entry {
    /// Its environment.
    pub env: EnvName,
    /// Its path.
    pub path: SecretPath,
    /// Its versions.
    pub versions: Vec<VersionEntry>,
    pub(super) scope: usize,
    pub(super) rid: RecordId,
}

/// Why a version cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The secret is deleted or destroyed.
    Deleted,
    /// The version's value expired, at these Unix seconds.
    Expired(u64),
    /// That version is deleted or destroyed.
    Gone,
    /// A rotation replaced it and its grace time ended, at these Unix seconds.
    GraceOver(u64),
    /// There is no such version.
    NoVersion,
}

impl Entry {
    /// The current version: the highest that is not pending.
    pub fn current(&self) -> Option<&VersionEntry> {
        self.versions
            .iter()
            .rev()
            .find(|version| version.meta.state != State::Pending)
    }

    /// The current version, if it is live.
    pub fn live(&self) -> Option<&VersionEntry> {
        self.current()
            .filter(|version| version.meta.state == State::Live)
    }

    /// The version that undeleting brings back: of a deleted secret the
    /// highest live one.
    pub fn hidden(&self) -> Option<&VersionEntry> {
        let current = self.current()?;
        let mut older = self.versions.iter().rev();
        match current.meta.state {
            State::Deleted => older
                .find(|older| older.version < current.version && older.meta.state == State::Live),
            _ => None,
        }
    }

    /// When the oldest kept version was made, Unix seconds. A line that was
    /// destroyed is as young as its destruction.
    pub fn created(&self) -> u64 {
        let made = self.versions.iter().map(|version| version.meta.created);
        made.min().unwrap_or(0)
    }

    /// The version that is meant, if its value may be read at `now`.
    ///
    /// # Errors
    /// [`Absence`]; with `allow_expired` an expired value is no error.
    pub fn select(
        &self,
        version: Version,
        now: u64,
        allow_expired: bool,
    ) -> Result<&VersionEntry, Absence> {
        let chosen = match version {
            Version::Pending => {
                let pending = self.versions.iter().rev();
                let mut pending = pending.filter(|v| v.meta.state == State::Pending);
                pending.next()
            }
            version => self.settled(version)?,
        };
        let chosen = chosen.ok_or(Absence::NoVersion)?;
        if let Some(until) = self.grace_end(chosen.version).filter(|until| now >= *until) {
            return Err(Absence::GraceOver(until));
        }
        if chosen.meta.is_expired(now) && !allow_expired {
            return Err(Absence::Expired(chosen.meta.expires));
        }
        Ok(chosen)
    }

    /// A version that is no rotation's business, of a secret that is live.
    fn settled(&self, version: Version) -> Result<Option<&VersionEntry>, Absence> {
        let current = self.current().ok_or(Absence::NoVersion)?;
        if current.meta.state != State::Live {
            return Err(Absence::Deleted);
        }
        let chosen = match version {
            Version::Number(number) => self.version(number),
            Version::Previous => {
                let mut older = self
                    .versions
                    .iter()
                    .rev()
                    .filter(|v| v.version < current.version);
                older.find(|v| v.meta.state == State::Live)
            }
            _ => Some(current),
        };
        match chosen.map(|chosen| chosen.meta.state) {
            Some(State::Pending) | None => Ok(None),
            Some(State::Live) => Ok(chosen),
            Some(State::Deleted | State::Destroyed) => Err(Absence::Gone),
        }
    }

    /// The version of a number, whatever its state.
    pub fn version(&self, number: u64) -> Option<&VersionEntry> {
        self.versions
            .iter()
            .find(|version| version.version == number)
    }

    /// When the grace time of a replaced version ends, if it does.
    pub(super) fn grace_end(&self, version: u64) -> Option<u64> {
        // A pending version has replaced nothing yet.
        let done = self
            .versions
            .iter()
            .filter(|v| v.meta.state != State::Pending);
        let rotations = done.filter_map(|v| v.meta.rotation.as_ref());
        let ends = rotations
            .filter(|r| r.from == version && r.until != 0)
            .map(|r| r.until);
        ends.min()
    }
}

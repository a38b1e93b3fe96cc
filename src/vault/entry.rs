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
    /// The value, sealed, as base64: most are never asked for.
    pub(super) value: Vec<u8>,
}

/// How far the versions of a secret are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The current version, and the pending ones above it: enough for a
    /// reader, who would pay for up to `keep` seals otherwise.
    Current,
    /// Every version that is kept.
    Kept,
}

/// A secret with its versions, ascending; at least one.
///
/// They are those of an [`Extent`]. Opened to the current version it answers
/// what the secret is now ([`Entry::current`], [`Entry::live`], and
/// [`Entry::select`] without a number), and nothing of the past.
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

    /// The version that undeleting brings back: of a deleted secret the one
    /// that its last line names, else the highest live one.
    pub fn hidden(&self) -> Option<&VersionEntry> {
        self.hidden_by(self.current()?)
    }

    /// The version that a deleted one hides.
    pub fn hidden_by(&self, by: &VersionEntry) -> Option<&VersionEntry> {
        if by.meta.state != State::Deleted {
            return None;
        }
        let named = by.meta.x.number("of");
        let mut older = self.versions.iter().rev();
        older.find(|older| {
            let is_it = named.is_none_or(|named| older.version == named);
            is_it && older.version < by.version && older.meta.state == State::Live
        })
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
                // Another value: not the same one beside other metadata.
                let origin = self.origin(current.version);
                older.find(|v| v.meta.state == State::Live && self.origin(v.version) != origin)
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

    /// The version from which a version has its value, as far as the kept lines
    /// tell: one that changed metadata alone has that of the one below it, one
    /// that brought a version back has that one's.
    pub fn origin(&self, version: u64) -> u64 {
        let mut at = version;
        while let Some(entry) = self.version(at) {
            let below = match entry.meta.verb() {
                "rollback" | "undelete" | "undo" => entry.meta.x.number("of"),
                "meta" => {
                    let below = self
                        .versions
                        .iter()
                        .rev()
                        .find(|v| v.version < at && v.meta.state != State::Pending);
                    below
                        .filter(|below| below.meta.state == State::Live)
                        .map(|below| below.version)
                }
                _ => None,
            };
            match below.filter(|below| *below < at) {
                Some(below) => at = below,
                None => break,
            }
        }
        at
    }

    /// When the grace time of a replaced version ends, if it does. What holds
    /// the replaced value by way of metadata or of a return ends with it.
    pub(super) fn grace_end(&self, version: u64) -> Option<u64> {
        let origin = self.origin(version);
        // A pending version has replaced nothing yet.
        let done = self
            .versions
            .iter()
            .filter(|v| v.meta.state != State::Pending && version < v.version);
        let rotations = done.filter_map(|v| v.meta.rotation.as_ref());
        let ends = rotations
            .filter(|r| r.until != 0)
            .filter(|r| r.from == version || self.origin(r.from) == origin)
            .map(|r| r.until);
        ends.min()
    }
}

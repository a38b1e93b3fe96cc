//! Reading records: metadata first, a value only when it is asked for.

use super::error::integrity;
use super::format::RecordLine;
use super::grant::Access;
use super::id::RecordId;
use super::locked::record_lines;
use super::meta::{Meta, State};
use super::open::Vault;
use super::{Error, padding};
use crate::crypto::{Message, RecordKey, sha256};
use crate::name::{EnvName, SecretPath, Version};
use crate::secret::SecretValue;
use data_encoding::BASE64_NOPAD;

/// Least padded length of metadata, in bytes.
pub(super) const META_PADDING: usize = 128;
/// Least padded length of a value, in bytes.
pub(super) const VALUE_PADDING: usize = 64;

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
    /// The secret is deleted or destroyed, or that version is.
    Deleted,
    /// The version's value expired, at these Unix seconds.
    Expired(u64),
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

    /// When the oldest kept version was made, Unix seconds.
    pub fn created(&self) -> u64 {
        self.versions
            .first()
            .map_or(0, |version| version.meta.created)
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
        let current = self.current();
        if version == Version::Pending {
            let pending = self.versions.iter().rev();
            let mut pending = pending.filter(|version| version.meta.state == State::Pending);
            return pending.next().ok_or(Absence::NoVersion);
        }
        let current = current.ok_or(Absence::NoVersion)?;
        if current.meta.state != State::Live {
            return Err(Absence::Deleted);
        }
        let chosen = match version {
            Version::Number(number) => self.versions.iter().find(|v| v.version == number),
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
        let chosen = chosen.ok_or(Absence::NoVersion)?;
        match chosen.meta.state {
            State::Live => {}
            State::Pending => return Err(Absence::NoVersion),
            State::Deleted | State::Destroyed => return Err(Absence::Deleted),
        }
        if let Some(until) = self.grace_end(chosen.version).filter(|until| now >= *until) {
            return Err(Absence::GraceOver(until));
        }
        if chosen.meta.is_expired(now) && !allow_expired {
            return Err(Absence::Expired(chosen.meta.expires));
        }
        Ok(chosen)
    }

    /// When the grace time of a replaced version ends, if it does.
    pub(super) fn grace_end(&self, version: u64) -> Option<u64> {
        let rotations = self
            .versions
            .iter()
            .filter_map(|v| v.meta.rotation.as_ref());
        let ends = rotations
            .filter(|r| r.from == version && r.until != 0)
            .map(|r| r.until);
        ends.min()
    }
}

impl Vault {
    /// Looks for a secret; `None` if the environment holds none of that path.
    ///
    /// # Errors
    /// An unknown environment, no key for it, or whatever does not verify.
    pub fn find(&self, env: &EnvName, path: &SecretPath) -> Result<Option<Entry>, Error> {
        let index = self.resolve(env, path)?;
        let (rid, key) = self.record_key(index, path)?;
        let lines = match self.draft.scope(index) {
            Some(draft) => draft.lines_of(&rid),
            None => self.stored_lines(index, &rid)?,
        };
        let mut versions = Vec::new();
        for line in lines.iter().map(|line| line.parse()) {
            versions.push(self.open_meta(index, &key, line?)?);
        }
        let wrong = versions.iter().any(|version| version.meta.path != *path);
        if wrong {
            return self.misplaced(index);
        }
        let entry = Entry {
            env: env.clone(),
            path: path.clone(),
            versions,
            scope: index,
            rid,
        };
        Ok((!entry.versions.is_empty()).then_some(entry))
    }

    /// Every secret of an environment that the slot may read, by path.
    ///
    /// # Errors
    /// An unknown environment, no key for any part of it, or whatever does
    /// not verify.
    pub fn entries(&self, env: &EnvName) -> Result<Vec<Entry>, Error> {
        let scopes = &self.locked.doc.head.scopes;
        let own = scopes
            .iter()
            .enumerate()
            .filter(|(_, scope)| scope.env == *env);
        let own: Vec<usize> = own.map(|(index, _)| index).collect();
        if own.is_empty() {
            return Err(Error::UnknownEnvironment(env.to_string()));
        }
        if !own
            .iter()
            .any(|index| self.capabilities.contains_key(index))
        {
            return Err(self.no_key(env.as_str()));
        }
        let mut entries = Vec::new();
        for index in own
            .into_iter()
            .filter(|index| self.capabilities.contains_key(index))
        {
            self.scope_entries(env, index, &mut entries)?;
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    fn scope_entries(
        &self,
        env: &EnvName,
        index: usize,
        entries: &mut Vec<Entry>,
    ) -> Result<(), Error> {
        if let Access::Names(names) = self.access(index)? {
            for name in names {
                if self.resolve(env, &name.path)? == index {
                    entries.extend(self.find(env, &name.path)?);
                }
            }
            return Ok(());
        }
        self.verify_seal(index)?;
        self.locked.pages(index, |_, raw| {
            let mut open: Option<(Entry, RecordKey)> = None;
            for line in record_lines(&raw) {
                let line = line?;
                match open.as_mut().filter(|(entry, _)| entry.rid == line.rid) {
                    Some((entry, key)) => {
                        let version = self.open_meta(index, key, line)?;
                        if version.meta.path != entry.path {
                            return self.misplaced(index);
                        }
                        entry.versions.push(version);
                    }
                    None => {
                        entries.extend(open.take().map(|(entry, _)| entry));
                        open = Some(self.begin_entry(env, index, line)?);
                    }
                }
            }
            entries.extend(open.map(|(entry, _)| entry));
            Ok(())
        })
    }

    /// An entry from its first line, whose metadata tells the path.
    fn begin_entry(
        &self,
        env: &EnvName,
        index: usize,
        line: RecordLine<'_>,
    ) -> Result<(Entry, RecordKey), Error> {
        let rid = line.rid;
        let Access::Scope(key, _) = self.access(index)? else {
            return self.misplaced(index);
        };
        let (vault, scope, epoch) = self.scope_context(index)?;
        let key = key.record_key(vault, scope, epoch, &rid.0);
        let first = self.open_meta(index, &key, line)?;
        let path = first.meta.path.clone();
        let entry = Entry {
            env: env.clone(),
            path,
            versions: vec![first],
            scope: index,
            rid,
        };
        self.check_place(index, &entry)?;
        Ok((entry, key))
    }

    /// A record lies where its own path says, under the id its path has.
    fn check_place(&self, index: usize, entry: &Entry) -> Result<(), Error> {
        let resolved = self.resolve(&entry.env, &entry.path)?;
        let Access::Scope(key, _) = self.access(index)? else {
            return self.misplaced(index);
        };
        let (vault, scope, epoch) = self.scope_context(index)?;
        let rid = key
            .name_index(vault, scope, epoch)
            .record_id(entry.path.as_str().as_bytes());
        if resolved != index || rid != entry.rid.0 {
            self.misplaced(index)
        } else {
            Ok(())
        }
    }

    fn misplaced<T>(&self, index: usize) -> Result<T, Error> {
        self.locked
            .records_error(index, "a record lies where its name does not belong")
    }

    /// Vault, scope and epoch, as key derivations take them.
    pub(super) fn scope_context(&self, index: usize) -> Result<(&[u8; 16], &[u8; 8], u64), Error> {
        let doc = &self.locked.doc;
        match doc.head.scopes.get(index) {
            Some(entry) => Ok((&doc.vault.0, &entry.id.0, entry.epoch)),
            None => integrity("a scope is missing in the head"),
        }
    }

    /// Id and key of the record at a path, from the grant.
    pub(super) fn record_key(
        &self,
        index: usize,
        path: &SecretPath,
    ) -> Result<(RecordId, RecordKey), Error> {
        let (vault, scope, epoch) = self.scope_context(index)?;
        match self.access(index)? {
            Access::Scope(key, _) => {
                let names = key.name_index(vault, scope, epoch);
                let rid = names.record_id(path.as_str().as_bytes());
                Ok((RecordId(rid), key.record_key(vault, scope, epoch, &rid)))
            }
            Access::Names(names) => match names.iter().find(|name| name.path == *path) {
                Some(name) => match RecordKey::read(name.key.bytes()) {
                    Some(key) => Ok((name.rid, key)),
                    None => integrity("a record key is damaged"),
                },
                None => Err(self.no_key(&format!("\"{}\"", path.as_str()))),
            },
        }
    }

    /// The stored lines of one record, from its page alone.
    fn stored_lines(&self, index: usize, rid: &RecordId) -> Result<Vec<super::seal::Line>, Error> {
        self.verify_seal(index)?;
        let scope = self.locked.scope(index)?;
        let pages = self.locked.page_table(index)?;
        let number = rid.page(pages.len().trailing_zeros());
        let raw = self.locked.page(index, &scope, &pages, number)?;
        let mut lines = Vec::new();
        for text in raw.split_inclusive(|b| *b == b'\n') {
            let line = super::seal::Line::copied(text);
            if line.parse()?.rid == *rid {
                lines.push(line);
            }
        }
        Ok(lines)
    }

    /// Opens the metadata of a record line.
    fn open_meta(
        &self,
        index: usize,
        key: &RecordKey,
        line: RecordLine<'_>,
    ) -> Result<VersionEntry, Error> {
        let damaged = || {
            self.locked
                .records_error(index, "a record cannot be opened")
        };
        let (Ok(sealed), Ok(value)) = (
            BASE64_NOPAD.decode(line.meta.as_bytes()),
            BASE64_NOPAD.decode(line.value.as_bytes()),
        ) else {
            return damaged();
        };
        let aad = self.record_aad("rec-meta", index, &line.rid, line.version, None)?;
        let Ok(padded) = key.open(&aad, &sealed) else {
            return damaged();
        };
        let Some(meta) = padding::unpad(&padded, META_PADDING).and_then(Meta::parse) else {
            return damaged();
        };
        if meta.needs_newer_version() {
            return Err(Error::NewerVersion);
        }
        Ok(VersionEntry {
            version: line.version,
            meta,
            meta_hash: sha256(&sealed),
            value,
        })
    }

    /// What a record's metadata or value is bound to.
    pub(super) fn record_aad(
        &self,
        label: &str,
        index: usize,
        rid: &RecordId,
        version: u64,
        meta_hash: Option<&[u8; 32]>,
    ) -> Result<Message, Error> {
        let (vault, scope, epoch) = self.scope_context(index)?;
        let (epoch, version) = (epoch.to_le_bytes(), version.to_le_bytes());
        let context: [&[u8]; 5] = [vault, scope, &epoch, &rid.0, &version];
        let mut parts = context.to_vec();
        parts.extend(meta_hash.map(|hash| hash.as_slice()));
        Ok(Message::new(label, &parts))
    }

    /// Opens every record of an environment and drops it again; how many
    /// secrets there are.
    ///
    /// # Errors
    /// As [`Vault::entries`], or a value that cannot be opened.
    pub fn check_records(&self, env: &EnvName) -> Result<usize, Error> {
        let entries = self.entries(env)?;
        for entry in &entries {
            for version in &entry.versions {
                self.value(entry, version)?;
            }
        }
        Ok(entries
            .iter()
            .filter(|entry| entry.live().is_some())
            .count())
    }

    /// Opens a value. The one door to plaintext of the vault.
    ///
    /// # Errors
    /// Whatever does not verify.
    pub fn value(&self, entry: &Entry, version: &VersionEntry) -> Result<SecretValue, Error> {
        let (_, key) = self.record_key(entry.scope, &entry.path)?;
        let hash = Some(&version.meta_hash);
        let aad = self.record_aad("rec-val", entry.scope, &entry.rid, version.version, hash)?;
        let padded = key.open(&aad, &version.value).ok();
        let value = padded
            .as_ref()
            .and_then(|padded| padding::unpad(padded, VALUE_PADDING));
        match value {
            Some(value) if value.len() as u64 == version.meta.len => {
                Ok(SecretValue::copy_from(value))
            }
            _ => self
                .locked
                .records_error(entry.scope, "a value cannot be opened"),
        }
    }
}

//! Reading records: metadata first, a value only when it is asked for.

use super::bound::{Bound, MetaAads};
use super::draft::Line;
use super::entry::{Entry, Extent, VersionEntry};
use super::error::integrity;
use super::format::RecordLine;
use super::grant::Access;
use super::id::RecordId;
use super::meta::{Meta, State};
use super::open::Vault;
use super::records::{lines_of, stored_line};
use super::{Error, padding};
use crate::crypto::{RecordKey, sha256};
use crate::name::{EnvName, SecretPath, Version};
use crate::secret::SecretValue;
use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

/// Least padded length of metadata, in bytes.
pub(super) const META_PADDING: usize = 128;
/// Least padded length of a value, in bytes.
pub(super) const VALUE_PADDING: usize = 64;

/// Room in which metadata is opened, one after the other: what was opened last
/// is wiped when it is dropped.
pub(super) struct Room {
    sealed: Zeroizing<Vec<u8>>,
    aads: MetaAads,
    again: String,
}

impl Room {
    /// For the records of one scope.
    pub fn new(bound: Bound) -> Self {
        Room {
            sealed: Zeroizing::default(),
            aads: bound.meta_aads(),
            again: String::new(),
        }
    }
}

/// Decodes base64 into a buffer, in which it will be opened. What stands there
/// is written over, or wiped with a buffer that is too small: it never moves.
fn decoded<'a>(text: &[u8], buffer: &'a mut Zeroizing<Vec<u8>>) -> Option<&'a mut [u8]> {
    let len = BASE64_NOPAD.decode_len(text.len()).ok()?;
    if buffer.capacity() < len {
        *buffer = Zeroizing::new(Vec::with_capacity(len));
    }
    buffer.resize(len, 0);
    BASE64_NOPAD.decode_mut(text, buffer).ok()?;
    Some(buffer)
}

impl Vault {
    /// Looks for a secret with all its kept versions; `None` if the environment
    /// holds none of that path.
    ///
    /// # Errors
    /// An unknown environment, no key for it, or whatever does not verify.
    pub fn find(&self, env: &EnvName, path: &SecretPath) -> Result<Option<Entry>, Error> {
        self.find_to(env, path, Extent::Kept)
    }

    /// Looks for a secret with the versions that it takes to select one of
    /// them; of a secret that is hidden, all, since they tell what it hides.
    ///
    /// # Errors
    /// As [`Vault::find`].
    pub fn find_for(
        &self,
        env: &EnvName,
        path: &SecretPath,
        version: Version,
    ) -> Result<Option<Entry>, Error> {
        let extent = match version {
            Version::Current => Extent::Current,
            _ => Extent::Kept,
        };
        match self.find_to(env, path, extent)? {
            Some(entry) if entry.live().is_none() => self.find(env, path),
            found => Ok(found),
        }
    }

    pub(super) fn find_to(
        &self,
        env: &EnvName,
        path: &SecretPath,
        extent: Extent,
    ) -> Result<Option<Entry>, Error> {
        let index = self.resolve(env, path)?;
        let (rid, key) = self.record_key(index, path)?;
        let draft = self.draft.scope(index);
        let page = match draft {
            Some(draft) if !draft.keeps_stored => None,
            _ => {
                self.verify_seal(index)?;
                Some(self.locked.page_of(index, &rid)?)
            }
        };
        let stored = page.as_ref().map(|page| lines_of(page, &rid));
        let stored = stored.unwrap_or_default();
        let mut room = Room::new(self.bound(index)?);
        let versions = match draft {
            None => {
                let lines: Result<Vec<_>, _> = stored.into_iter().map(stored_line).collect();
                self.open_lines(index, &key, &lines?, extent, &mut room)?
            }
            Some(draft) => {
                let stored = stored.into_iter().map(Line::copied).collect();
                let lines = draft.lines_of(&rid, stored)?;
                let lines: Result<Vec<_>, _> = lines.iter().map(Line::parse).collect();
                self.open_lines(index, &key, &lines?, extent, &mut room)?
            }
        };
        if versions.iter().any(|version| version.meta.path != *path) {
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

    /// An error about a record in the wrong place.
    pub(super) fn misplaced<T>(&self, index: usize) -> Result<T, Error> {
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
            Access::Names(names) => match names
                .binary_search_by(|name| name.path.cmp(path))
                .ok()
                .and_then(|at| names.get(at))
            {
                Some(name) => match RecordKey::read(name.key.bytes()) {
                    Some(key) => Ok((name.rid, key)),
                    None => integrity("a record key is damaged"),
                },
                None => Err(self.no_key(&format!("\"{}\"", path.as_str()))),
            },
        }
    }

    /// Opens the metadata of the lines of one record, as far as is asked.
    pub(super) fn open_lines(
        &self,
        index: usize,
        key: &RecordKey,
        lines: &[RecordLine<'_>],
        extent: Extent,
        room: &mut Room,
    ) -> Result<Vec<VersionEntry>, Error> {
        let mut versions = Vec::with_capacity(match extent {
            Extent::Current => 1,
            Extent::Kept => lines.len(),
        });
        for line in lines.iter().rev() {
            let state = self.open_meta(index, key, line, room, &mut versions)?;
            if state != State::Pending && extent == Extent::Current {
                break;
            }
        }
        versions.reverse();
        Ok(versions)
    }

    /// Opens the metadata of a record line, behind that of others: an entry is
    /// large, and is moved once.
    fn open_meta(
        &self,
        index: usize,
        key: &RecordKey,
        line: &RecordLine<'_>,
        room: &mut Room,
        versions: &mut Vec<VersionEntry>,
    ) -> Result<State, Error> {
        let aad = room.aads.of(&line.rid, line.version);
        let sealed = decoded(line.meta, &mut room.sealed);
        let hash = sealed.as_ref().map_or([0; 32], |sealed| sha256(sealed));
        let padded = sealed.and_then(|sealed| key.open_in_place(aad, sealed).ok());
        let text = padded.and_then(|padded| padding::unpad(padded, META_PADDING));
        let Some(meta) = text.and_then(|text| Meta::parse(text, &mut room.again)) else {
            return self.locked.records_error(
                index,
                "a record cannot be opened; it is damaged or belongs elsewhere",
            );
        };
        if meta.needs_newer_version() {
            return Err(Error::NewerVersion);
        }
        let state = meta.state;
        versions.push(VersionEntry {
            version: line.version,
            meta,
            meta_hash: hash,
            value: line.value.to_vec(),
        });
        Ok(state)
    }

    /// What the records of a scope are bound to now.
    pub(super) fn bound(&self, index: usize) -> Result<Bound, Error> {
        let doc = &self.locked.doc;
        match doc.head.scopes.get(index) {
            Some(entry) => Ok(Bound {
                vault: doc.vault,
                scope: entry.id,
                epoch: entry.epoch,
            }),
            None => integrity("a scope is missing in the head"),
        }
    }

    /// Opens a value. The one door to plaintext of the vault.
    ///
    /// # Errors
    /// Whatever does not verify.
    pub fn value(&self, entry: &Entry, version: &VersionEntry) -> Result<SecretValue, Error> {
        let key = match self.access(entry.scope)? {
            // The id was held to the path when the entry was read.
            Access::Scope(key, _) => {
                let (vault, scope, epoch) = self.scope_context(entry.scope)?;
                key.record_key(vault, scope, epoch, &entry.rid.0)
            }
            Access::Names(_) => self.record_key(entry.scope, &entry.path)?.1,
        };
        let hash = Some(&version.meta_hash);
        let bound = self.bound(entry.scope)?;
        let aad = bound.aad("rec-val", &entry.rid, version.version, hash);
        let mut buffer = Zeroizing::default();
        let sealed = decoded(&version.value, &mut buffer);
        let padded = sealed.and_then(|sealed| key.open_in_place(&aad, sealed).ok());
        let value = padded.and_then(|padded| padding::unpad(padded, VALUE_PADDING));
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

#[cfg(test)]
mod tests;

//! What the records of one scope are bound to, and their sealing.

use super::draft::Line;
use super::format::RecordLine;
use super::id::{RecordId, ScopeId, VaultId};
use super::meta::{MAX_META_BYTES, Meta};
use super::read::{META_PADDING, VALUE_PADDING};
use super::{Error, padding};
use crate::crypto::{Message, Nonce, Random, RecordKey, ScopeKey, sha256};
use crate::name::SecretPath;
use crate::secret::SecretValue;

/// A scope in one of its epochs: keys of another one fit none of its records.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    pub vault: VaultId,
    pub scope: ScopeId,
    pub epoch: u64,
}

impl Bound {
    /// Id and key of the record at a path.
    pub fn record(&self, key: &ScopeKey, path: &SecretPath) -> (RecordId, RecordKey) {
        let (vault, scope) = (&self.vault.0, &self.scope.0);
        let names = key.name_index(vault, scope, self.epoch);
        let rid = names.record_id(path.as_str().as_bytes());
        (
            RecordId(rid),
            key.record_key(vault, scope, self.epoch, &rid),
        )
    }

    /// What a record's metadata or value is bound to.
    pub fn aad(
        &self,
        label: &str,
        rid: &RecordId,
        version: u64,
        meta_hash: Option<&[u8; 32]>,
    ) -> Message {
        let (vault, scope) = (&self.vault.0, &self.scope.0);
        let (epoch, version) = (&self.epoch.to_le_bytes(), &version.to_le_bytes());
        match meta_hash {
            None => Message::new(label, &[vault, scope, epoch, &rid.0, version]),
            Some(hash) => Message::new(label, &[vault, scope, epoch, &rid.0, version, hash]),
        }
    }

    /// What the metadata of many records is bound to.
    pub fn meta_aads(&self) -> MetaAads {
        MetaAads(self.aad("rec-meta", &RecordId([0; 16]), 0, None))
    }

    /// The line of a version, metadata and value sealed under fresh nonces.
    pub fn seal(
        &self,
        (rid, key): (&RecordId, &RecordKey),
        version: u64,
        meta: &Meta,
        value: &SecretValue,
        random: &mut dyn Random,
    ) -> Result<Line, Error> {
        let text = meta.write();
        // Another program's extensions may leave little room for a longer path.
        if text.len() > MAX_META_BYTES {
            let field = "the metadata of a version has at most 65536 bytes";
            return Err(Error::FieldTooLarge { field });
        }
        let aad = self.aad("rec-meta", rid, version, None);
        let padded = padding::pad(text.as_bytes(), META_PADDING);
        let sealed_meta = key.seal(Nonce::draw(random)?, &aad, &padded)?;
        let hash = sha256(&sealed_meta);
        let aad = self.aad("rec-val", rid, version, Some(&hash));
        let padded = padding::pad(value.expose(), VALUE_PADDING);
        let sealed_value = key.seal(Nonce::draw(random)?, &aad, &padded)?;
        let line = RecordLine::write(rid, version, &sealed_meta, &sealed_value);
        Ok(Line::copied(&line))
    }
}

/// What the metadata of the records of one scope is bound to, one after the other.
pub(super) struct MetaAads(Message);

impl MetaAads {
    /// That of one record's version.
    pub fn of(&mut self, rid: &RecordId, version: u64) -> &Message {
        let version = version.to_le_bytes();
        // They are the last parts, the version behind its length.
        self.0.replace(rid.0.len() + 8 + version.len(), &rid.0);
        self.0.replace(version.len(), &version);
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_from_record_to_record_is_all_that_changes() {
        let bound = Bound {
            vault: VaultId([1; 16]),
            scope: ScopeId([2; 8]),
            epoch: 3,
        };
        let (mut aads, key) = (bound.meta_aads(), ScopeKey::read(&[4; 32]).unwrap());
        let mut keys = key.record_keys(&[1; 16], &[2; 8], 3);
        for number in [5, 6] {
            let rid = RecordId([number; 16]);
            let version = u64::from(number) << 40;
            let whole = bound.aad("rec-meta", &rid, version, None);
            assert_eq!(aads.of(&rid, version).as_bytes(), whole.as_bytes());
            let alone = key.record_key(&[1; 16], &[2; 8], 3, &rid.0);
            assert_eq!(keys.of(&rid.0).bytes(), alone.bytes());
        }
    }
}

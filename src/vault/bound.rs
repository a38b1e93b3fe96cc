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
        let mut message = Message::default();
        self.set_aad(&mut message, label, rid, version, meta_hash);
        message
    }

    /// The same in the buffer of another one.
    pub fn set_aad(
        &self,
        message: &mut Message,
        label: &str,
        rid: &RecordId,
        version: u64,
        meta_hash: Option<&[u8; 32]>,
    ) {
        let (vault, scope) = (&self.vault.0, &self.scope.0);
        let (epoch, version) = (&self.epoch.to_le_bytes(), &version.to_le_bytes());
        match meta_hash {
            None => message.set(label, &[vault, scope, epoch, &rid.0, version]),
            Some(hash) => message.set(label, &[vault, scope, epoch, &rid.0, version, hash]),
        }
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

//! What the records of one scope are bound to, and their sealing.

use super::draft::Line;
use super::format::RecordLine;
use super::id::{RecordId, ScopeId, VaultId};
use super::meta::Meta;
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
        let (epoch, version) = (self.epoch.to_le_bytes(), version.to_le_bytes());
        let context: [&[u8]; 5] = [&self.vault.0, &self.scope.0, &epoch, &rid.0, &version];
        let mut parts = context.to_vec();
        parts.extend(meta_hash.map(|hash| hash.as_slice()));
        Message::new(label, &parts)
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
        let aad = self.aad("rec-meta", rid, version, None);
        let padded = padding::pad(meta.write().as_bytes(), META_PADDING);
        let sealed_meta = key.seal(Nonce::draw(random)?, &aad, &padded)?;
        let hash = sha256(&sealed_meta);
        let aad = self.aad("rec-val", rid, version, Some(&hash));
        let padded = padding::pad(value.expose(), VALUE_PADDING);
        let sealed_value = key.seal(Nonce::draw(random)?, &aad, &padded)?;
        let line = RecordLine::write(rid, version, &sealed_meta, &sealed_value);
        Ok(Line::copied(&line))
    }
}

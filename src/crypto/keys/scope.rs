//! The data key of a scope, and what comes from it for each record.

use super::{RecordKey, copied, expand_from, keyed};
use crate::crypto::hash::Message;
use crate::crypto::random::{Random, RandomError, draw_key};
use crate::crypto::{KEY_BYTES, RECORD_ID_BYTES};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::cell::OnceCell;
use zeroize::Zeroizing;

/// R, the data key of one scope in one epoch.
///
/// 32 bytes, wiped on drop, without `Debug`, `Clone` or serde.
pub struct ScopeKey {
    bytes: Box<Zeroizing<[u8; KEY_BYTES]>>,
    /// HKDF-Extract of it, the same for every record; wiped on drop, too.
    extracted: OnceCell<Hkdf<Sha256>>,
}
/// X, which turns a path into a record id: HMAC under a key of 32 bytes that
/// has been taken in. Wiped on drop, without `Debug`, `Clone` or serde.
pub struct NameIndex(Hmac<Sha256>);
impl ScopeKey {
    fn holding(bytes: Box<Zeroizing<[u8; KEY_BYTES]>>) -> Self {
        ScopeKey {
            bytes,
            extracted: OnceCell::new(),
        }
    }

    /// Draws a new one.
    ///
    /// # Errors
    /// [`RandomError`].
    pub fn draw(random: &mut dyn Random) -> Result<Self, RandomError> {
        draw_key(random).map(Self::holding)
    }

    /// Reads one that was unsealed; `None` if it has not 32 bytes.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == KEY_BYTES).then(|| Self::holding(copied(bytes)))
    }

    /// The bytes, to be sealed.
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }

    /// As [`derive`], the key extracted once.
    fn derive(&self, label: &str, context: &[&[u8]]) -> Box<Zeroizing<[u8; KEY_BYTES]>> {
        let extract = || Hkdf::new(Some(&[]), self.bytes());
        let mut out = Box::new(Zeroizing::new([0; KEY_BYTES]));
        expand_from(
            self.extracted.get_or_init(extract),
            &Message::new(label, context),
            out.as_mut_slice(),
        );
        out
    }

    /// The public commitment to this key, 32 bytes.
    pub fn commitment(&self, vault: &[u8; 16], scope: &[u8; 8], epoch: u64) -> [u8; 32] {
        **self.derive("scope-commit", &[vault, scope, &epoch.to_le_bytes()])
    }

    /// The key that names records.
    pub fn name_index(&self, vault: &[u8; 16], scope: &[u8; 8], epoch: u64) -> NameIndex {
        let epoch = epoch.to_le_bytes();
        NameIndex::of(
            self.derive("name-index", &[vault, scope, &epoch])
                .as_slice(),
        )
    }

    /// The key of one record.
    pub fn record_key(
        &self,
        vault: &[u8; 16],
        scope: &[u8; 8],
        epoch: u64,
        rid: &[u8; RECORD_ID_BYTES],
    ) -> RecordKey {
        RecordKey(self.derive("record", &[vault, scope, &epoch.to_le_bytes(), rid]))
    }
}

impl NameIndex {
    /// From the key itself, 32 bytes.
    pub(in crate::crypto) fn of(key: &[u8]) -> Self {
        NameIndex(keyed(key))
    }

    /// The record id of a path: the first 16 bytes of HMAC-SHA256.
    pub fn record_id(&self, path: &[u8]) -> [u8; RECORD_ID_BYTES] {
        let mut id = [0; RECORD_ID_BYTES];
        let tag = self.0.clone().chain_update(path).finalize().into_bytes();
        id.iter_mut().zip(tag).for_each(|(to, from)| *to = from);
        id
    }
}

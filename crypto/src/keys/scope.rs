//! The data key of a scope, and what comes from it for each record.

use super::super::hash::Message;
use super::super::random::{Random, RandomError, draw_key};
use super::super::{KEY_BYTES, RECORD_ID_BYTES};
use super::{RecordKey, copied, expand_from, keyed};
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
    fn derive(&self, info: &Message) -> Box<Zeroizing<[u8; KEY_BYTES]>> {
        let extract = || Hkdf::new(Some(&[]), self.bytes());
        let mut out = Box::new(Zeroizing::new([0; KEY_BYTES]));
        let extracted = self.extracted.get_or_init(extract);
        expand_from(extracted, info, out.as_mut_slice());
        out
    }

    /// The public commitment to this key, 32 bytes.
    pub fn commitment(&self, vault: &[u8; 16], scope: &[u8; 8], epoch: u64) -> [u8; 32] {
        let epoch = epoch.to_le_bytes();
        **self.derive(&Message::new("scope-commit", &[vault, scope, &epoch]))
    }

    /// The key that names records.
    pub fn name_index(&self, vault: &[u8; 16], scope: &[u8; 8], epoch: u64) -> NameIndex {
        let epoch = epoch.to_le_bytes();
        let info = Message::new("name-index", &[vault, scope, &epoch]);
        NameIndex::of(self.derive(&info).as_slice())
    }

    /// The key of one record.
    pub fn record_key(
        &self,
        vault: &[u8; 16],
        scope: &[u8; 8],
        epoch: u64,
        rid: &[u8; RECORD_ID_BYTES],
    ) -> RecordKey {
        self.record_keys(vault, scope, epoch).of(rid)
    }

    /// The keys of many records.
    pub fn record_keys(&self, vault: &[u8; 16], scope: &[u8; 8], epoch: u64) -> RecordKeys<'_> {
        let (epoch, rid) = (epoch.to_le_bytes(), [0; RECORD_ID_BYTES]);
        let info = Message::new("record", &[vault, scope, &epoch, &rid]);
        RecordKeys { key: self, info }
    }
}

/// The keys of the records of one scope in one epoch, one after the other.
pub struct RecordKeys<'a> {
    key: &'a ScopeKey,
    info: Message,
}

impl RecordKeys<'_> {
    /// The key of one record.
    pub fn of(&mut self, rid: &[u8; RECORD_ID_BYTES]) -> RecordKey {
        // It is the last part.
        self.info.replace(rid.len(), rid);
        RecordKey(self.key.derive(&self.info))
    }
}

impl NameIndex {
    /// From the key itself, 32 bytes.
    pub(crate) fn of(key: &[u8]) -> Self {
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

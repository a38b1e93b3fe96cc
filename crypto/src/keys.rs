//! Every key of the vault and how one comes from another (`secrets-vault(5)`, KEYS).
//!
//! ```text
//!  SlotInput ── kek ──> Kek ── opens ──> SlotKey ─┬─ grant_key ──> GrantKey
//!                                                 ├─ signing_seed ─ signer
//!                                                 ├─ audit_wrap ─> AuditWrapKey ─ opens ─> AuditKey
//!                                                 └─ root_wrap ──> RootWrapKey ── opens ─> RootKey
//!  RootKey ─┬─ signer (signs the head)
//!           ├─ scope_wrap ──> ScopeWrapKey
//!           ├─ escrow ──────> EscrowKey
//!           └─ audit_key ───> AuditKey
//!  AuditKey ── chain_key ──> ChainKey ─┬─ next ───> ChainKey of the next entry
//!                                      ├─ follow ─> ChainKey of a following chain
//!                                      └─ tag (an entry's MAC)
//!  ScopeKey ─┬─ commitment (public)
//!            ├─ name_index ─> NameIndex ─ record_id
//!            └─ record_key ─> RecordKey
//! ```

mod scope;

pub use scope::{NameIndex, ScopeKey};

use super::KEY_BYTES;
use super::aead::{self, Nonce, OpenFailed};
use super::hash::Message;
use super::random::{Random, RandomError, draw_key};
use super::signature::Signer;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// HKDF-SHA256 (RFC 5869), extract and expand, into 32 or 64 bytes.
pub(crate) fn expand(salt: &[u8], ikm: &[u8], info: &Message, out: &mut [u8]) {
    expand_from(&Hkdf::new(Some(salt), ikm), info, out);
}

/// Its second half, from what was extracted.
fn expand_from(hkdf: &Hkdf<Sha256>, info: &Message, out: &mut [u8]) {
    // Fails only beyond 255 * 32 bytes of output; the callers ask for 32 and 64.
    let expanded = hkdf.expand(info.as_bytes(), out);
    debug_assert!(expanded.is_ok());
}

/// One key derivation of the format: an empty salt and 32 bytes.
fn derive(key: &[u8; KEY_BYTES], label: &str, context: &[&[u8]]) -> Box<Zeroizing<[u8; 32]>> {
    let mut out = Box::new(Zeroizing::new([0; KEY_BYTES]));
    expand(&[], key, &Message::new(label, context), out.as_mut_slice());
    out
}

/// HMAC-SHA256 (RFC 2104) under a key of at most 64 bytes, which zeros follow.
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::new((&*block).into())
}

/// HMAC-SHA256 of one message.
fn hmac(key: &[u8; KEY_BYTES], message: &[u8]) -> [u8; 32] {
    keyed(key)
        .chain_update(message)
        .finalize()
        .into_bytes()
        .into()
}

/// A key of its own from bytes. The callers hand over exactly 32.
fn copied(bytes: &[u8]) -> Box<Zeroizing<[u8; KEY_BYTES]>> {
    let mut key = Box::new(Zeroizing::new([0; KEY_BYTES]));
    key.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    key
}

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// 32 bytes, wiped on drop, without `Debug`, `Clone` or serde.
        pub struct $name(Box<Zeroizing<[u8; KEY_BYTES]>>);

        impl $name {
            /// Copies the bytes. The callers hand over exactly 32.
            #[allow(dead_code, reason = "not every key is read from bytes")]
            pub(crate) fn from_slice(bytes: &[u8]) -> Self {
                $name(copied(bytes))
            }
        }
    };
}

macro_rules! sealing_key {
    ($(#[$doc:meta])* $name:ident) => {
        key!($(#[$doc])* $name);

        impl $name {
            /// Encrypts: nonce ‖ ciphertext ‖ tag, 28 bytes longer than `plain`.
            ///
            /// # Errors
            /// [`RandomError`], when the message is beyond AES-GCM's bounds.
            pub fn seal(
                &self, nonce: Nonce, aad: &Message, plain: &[u8],
            ) -> Result<Vec<u8>, RandomError> {
                aead::seal(&self.0, nonce, aad.as_bytes(), plain)
            }

            /// Decrypts.
            ///
            /// # Errors
            /// [`OpenFailed`].
            pub fn open(
                &self, aad: &Message, sealed: &[u8],
            ) -> Result<Zeroizing<Vec<u8>>, OpenFailed> {
                aead::open(&self.0, aad.as_bytes(), sealed)
            }

            /// The same where it stands: the plaintext takes the place of the
            /// ciphertext, and the caller wipes it.
            ///
            /// # Errors
            /// [`OpenFailed`].
            pub fn open_in_place<'a>(
                &self, aad: &Message, sealed: &'a mut [u8],
            ) -> Result<&'a [u8], OpenFailed> {
                aead::open_in_place(&self.0, aad.as_bytes(), sealed)
            }
        }
    };
}

macro_rules! stored_key {
    ($($name:ident),*) => {$(
        impl $name {
            /// Draws a new one.
            ///
            /// # Errors
            /// [`RandomError`].
            pub fn draw(random: &mut dyn Random) -> Result<Self, RandomError> {
                draw_key(random).map($name)
            }

            /// Reads one that was unsealed; `None` if it has not 32 bytes.
            pub fn read(bytes: &[u8]) -> Option<Self> {
                (bytes.len() == KEY_BYTES).then(|| Self::from_slice(bytes))
            }

            /// The bytes, to be sealed.
            pub fn bytes(&self) -> &[u8; KEY_BYTES] {
                &self.0
            }
        }
    )*};
}

sealing_key!(/// Opens the wrap of one slot.
    Kek);
key!(/// SK, the key of one slot.
    SlotKey);
key!(/// RK, the root key, held by admins.
    RootKey);
key!(/// The seed of one slot's signing key (RFC 8032).
    SigningSeed);
key!(/// AK, the key of one slot's audit log.
    AuditKey);
key!(/// K_i, the key of one entry of an audit chain.
    ChainKey);
sealing_key!(/// K_r, the key of all versions of one record.
    RecordKey);
sealing_key!(/// Opens the grant of one slot.
    GrantKey);
sealing_key!(/// Opens the audit key of one slot.
    AuditWrapKey);
sealing_key!(/// Opens the root key in an admin's slot.
    RootWrapKey);
sealing_key!(/// Wraps every scope key for the admins.
    ScopeWrapKey);
sealing_key!(/// Escrows every slot key to the admins.
    EscrowKey);
stored_key!(
    SlotKey,
    RootKey,
    AuditKey,
    ChainKey,
    RecordKey,
    GrantKey,
    SigningSeed
);

impl SlotKey {
    /// The key of this slot's grant number `g`.
    pub fn grant_key(&self, vault: &[u8; 16], slot: &[u8; 8], g: u64) -> GrantKey {
        GrantKey(derive(
            &self.0,
            "grant-key",
            &[vault, slot, &g.to_le_bytes()],
        ))
    }

    /// What this slot's signing key is made from.
    pub fn signing_seed(&self, vault: &[u8; 16], slot: &[u8; 8]) -> SigningSeed {
        SigningSeed(derive(&self.0, "slot-sign", &[vault, slot]))
    }

    /// Signs this slot's wrap and its seals.
    pub fn signer(&self, vault: &[u8; 16], slot: &[u8; 8]) -> Signer {
        self.signing_seed(vault, slot).signer()
    }

    /// Opens this slot's audit key.
    pub fn audit_wrap(&self, vault: &[u8; 16], slot: &[u8; 8]) -> AuditWrapKey {
        AuditWrapKey(derive(&self.0, "audit-key", &[vault, slot]))
    }

    /// Opens the root key, in an admin's slot.
    pub fn root_wrap(&self, vault: &[u8; 16], slot: &[u8; 8]) -> RootWrapKey {
        RootWrapKey(derive(&self.0, "admin-key", &[vault, slot]))
    }
}

impl SigningSeed {
    /// The signing key. Making it costs a multiplication on the curve.
    pub fn signer(&self) -> Signer {
        Signer::from_seed(&self.0)
    }
}

impl RootKey {
    /// Signs the head, and seals where no listed slot does.
    pub fn signer(&self) -> Signer {
        Signer::from_seed(&derive(&self.0, "admin-sign", &[]))
    }

    /// Wraps scope keys.
    pub fn scope_wrap(&self) -> ScopeWrapKey {
        ScopeWrapKey(derive(&self.0, "scope-wrap", &[]))
    }

    /// Escrows slot keys.
    pub fn escrow(&self) -> EscrowKey {
        EscrowKey(derive(&self.0, "slot-escrow", &[]))
    }

    /// The audit key of a slot.
    pub fn audit_key(&self, vault: &[u8; 16], slot: &[u8; 8]) -> AuditKey {
        let root = derive(&self.0, "audit-root", &[]);
        AuditKey(derive(&root, "audit-slot", &[vault, slot]))
    }
}

impl AuditKey {
    /// K_0, the key of the first entry of a chain.
    pub fn chain_key(&self, vault: &[u8; 16], device: &[u8; 8], chain: &[u8; 16]) -> ChainKey {
        ChainKey(derive(&self.0, "audit-chain", &[vault, device, chain]))
    }
}

impl ChainKey {
    /// K_{i+1}. Nothing leads from it back to this key, which is to be dropped.
    pub fn next(&self) -> ChainKey {
        ChainKey(derive(&self.0, "audit-ratchet", &[]))
    }

    /// K_0 of a chain that follows this one without the vault's keys.
    pub fn follow(&self, chain: &[u8; 16]) -> ChainKey {
        ChainKey(derive(&self.0, "audit-next", &[chain]))
    }

    /// The MAC of the entry with this hash: HMAC-SHA256 (RFC 2104), 32 bytes.
    pub fn tag(&self, hash: &[u8; 32]) -> [u8; 32] {
        hmac(&self.0, Message::new("audit-mac", &[hash]).as_bytes())
    }
}

//! The primitives, each behind a type for the one thing it is used for.
//!
//! AES-256-GCM (NIST SP 800-38D), SHA-256 (FIPS 180-4), HMAC (RFC 2104), HKDF
//! (RFC 5869), PBKDF2 (RFC 8018) and Ed25519 (RFC 8032) come from the
//! RustCrypto and dalek crates, and no other room names one of them. There is
//! no input or output here: randomness arrives through [`Random`].

mod aead;
mod hash;
mod keys;
mod passphrase;
mod random;
mod signature;
#[cfg(test)]
mod tests;

pub use aead::{NONCE_BYTES, Nonce, OpenFailed, SEAL_OVERHEAD_BYTES};
pub use hash::{Hash, Message, PieceHasher, equal, hash, sha256};
pub use keys::{
    AuditKey, AuditWrapKey, ChainKey, EscrowKey, GrantKey, Kek, NameIndex, RecordKey, RootKey,
    RootWrapKey, ScopeKey, ScopeWrapKey, SigningSeed, SlotKey,
};
pub use passphrase::{Iterations, IterationsOutOfBounds, SlotInput};
pub use random::{Random, RandomError, SystemRandom};
pub use signature::{PublicKey, SIGNATURE_BYTES, Signature, Signer};

/// Length of every symmetric key, hash, public key and salt, in bytes.
pub const KEY_BYTES: usize = 32;
/// Length of a record id, in bytes.
pub const RECORD_ID_BYTES: usize = 16;

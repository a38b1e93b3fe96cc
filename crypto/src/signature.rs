//! Ed25519, strict.

use super::hash::Message;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

/// Length of a signature, in bytes.
pub const SIGNATURE_BYTES: usize = 64;

/// A signature as it stands in the file: R ‖ S.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; SIGNATURE_BYTES]);

/// A public key as it stands in the file. Any 32 bytes; what is no good key
/// verifies nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

/// p = 2^255 - 19, little-endian.
const FIELD_PRIME: [u8; 32] = {
    let mut p = [0xff; 32];
    p[0] = 0xed;
    p[31] = 0x7f;
    p
};

/// Whether the y coordinate (all but the sign bit) is below p.
fn is_canonical(point: &[u8; 32]) -> bool {
    let mut y = *point;
    y[31] &= 0x7f;
    y.iter().rev().lt(FIELD_PRIME.iter().rev())
}

impl PublicKey {
    /// Verifies a signature over an encoded message.
    ///
    /// Stricter than RFC 8032 §5.1.7: S is canonical, R and the key are
    /// canonical and not of small order, and the equation is the one without
    /// the cofactor, so that all readers agree on every signature.
    pub fn verifies(&self, message: &Message, signature: &Signature) -> bool {
        self.verifies_bytes(message.as_bytes(), signature)
    }

    fn verifies_bytes(&self, message: &[u8], signature: &Signature) -> bool {
        let Some((r, _)) = signature.0.split_first_chunk::<32>() else {
            return false;
        };
        if !is_canonical(&self.0) || !is_canonical(r) {
            return false;
        }
        let Ok(key) = VerifyingKey::from_bytes(&self.0) else {
            return false;
        };
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(message, &signature).is_ok()
    }
}

/// A signing key. Wiped on drop.
pub struct Signer(SigningKey);

impl Signer {
    /// From the 32-byte seed of RFC 8032.
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Signer(SigningKey::from_bytes(seed))
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs an encoded message; deterministic, needs no randomness.
    pub fn sign(&self, message: &Message) -> Signature {
        Signature(self.0.sign(message.as_bytes()).to_bytes())
    }
}

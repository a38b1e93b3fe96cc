//! From what a person or a machine holds to the key that opens a slot.

use super::hash::Message;
use super::keys::Kek;
use pbkdf2::{Algorithm, Params, Pbkdf2};
use zeroize::Zeroizing;

/// A number of PBKDF2 iterations that is safe to run: 600,000 to 10,000,000.
///
/// The floor is OWASP's figure for PBKDF2-HMAC-SHA256 (Password Storage Cheat
/// Sheet); the ceiling keeps a hostile file from asking for an hour of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Iterations(Params);

/// A number of iterations outside the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IterationsOutOfBounds {
    /// What was asked for.
    pub asked: u64,
}

impl Iterations {
    /// The least number, and the default of a new slot.
    pub const MIN: u32 = 600_000;
    /// The greatest number.
    pub const MAX: u32 = 10_000_000;

    /// Checks the bounds, before any work is done.
    ///
    /// # Errors
    /// [`IterationsOutOfBounds`].
    pub fn new(asked: u64) -> Result<Self, IterationsOutOfBounds> {
        let count = u32::try_from(asked).ok();
        let count = count.filter(|count| (Self::MIN..=Self::MAX).contains(count));
        let params = count.and_then(|count| Params::new(count).ok());
        params
            .map(Iterations)
            .ok_or(IterationsOutOfBounds { asked })
    }

    /// The number itself.
    pub fn get(self) -> u32 {
        self.0.rounds()
    }
}

impl Default for Iterations {
    fn default() -> Self {
        Iterations(Params::RECOMMENDED)
    }
}

/// The 32 input bytes of a slot: a stretched passphrase, or a key as it is.
pub struct SlotInput(Box<Zeroizing<[u8; 32]>>);

impl SlotInput {
    /// PBKDF2-HMAC-SHA256 (RFC 8018 §5.2) of a normalised passphrase. This is
    /// the one slow step of the program, on purpose.
    pub fn from_passphrase(passphrase: &[u8], salt: &[u8; 32], iterations: Iterations) -> Self {
        let mut out = Box::new(Zeroizing::new([0; 32]));
        // The generic function would be compiled in this crate, which is built for size.
        Pbkdf2::new(Algorithm::Pbkdf2Sha256, iterations.0).hash_password_into(
            passphrase,
            salt,
            out.as_mut_slice(),
        );
        SlotInput(out)
    }

    /// 32 random bytes need no stretching.
    pub fn from_key(key: &[u8; 32]) -> Self {
        SlotInput(Box::new(Zeroizing::new(*key)))
    }

    /// The key-encryption key of a slot and its commitment.
    ///
    /// HKDF-SHA256 with the wrap's salt; 64 bytes, of which the first half is
    /// the key and the second the public commitment `cm`. AES-GCM alone
    /// commits to no key, so `cm` is compared before anything is opened: one
    /// guess tests one passphrase (Len, Grubbs, Ristenpart, "Partitioning
    /// Oracle Attacks", 2021).
    pub fn kek(
        &self,
        salt: &[u8; 32],
        vault: &[u8; 16],
        slot: &[u8; 8],
        kind: &str,
        iterations: u64,
    ) -> (Kek, [u8; 32]) {
        let count = iterations.to_le_bytes();
        let info = Message::new("kek", &[vault, slot, kind.as_bytes(), &count]);
        let mut okm = Zeroizing::new([0; 64]);
        super::keys::expand(salt, self.0.as_slice(), &info, okm.as_mut_slice());
        let (key, commitment) = okm.split_at(32);
        let mut public = [0; 32];
        public.copy_from_slice(commitment);
        (Kek::from_slice(key), public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterations_are_bounded_before_any_work() {
        for bad in [0, 1_000, 599_999, 10_000_001, 4_000_000_000, u64::MAX] {
            assert_eq!(
                Iterations::new(bad),
                Err(IterationsOutOfBounds { asked: bad })
            );
        }
        assert_eq!(Iterations::new(600_000).unwrap().get(), 600_000);
        assert_eq!(Iterations::new(10_000_000).unwrap().get(), 10_000_000);
    }
}

//! AES-256-GCM with nonces that can be spent once.

use super::random::{Random, RandomError, draw};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key};
use zeroize::Zeroizing;

/// Length of a nonce, in bytes.
pub const NONCE_BYTES: usize = 12;
/// What sealing adds: the nonce in front and the 16-byte tag behind.
pub const SEAL_OVERHEAD_BYTES: usize = NONCE_BYTES + 16;

/// A 96-bit AES-GCM nonce that can be spent once.
///
/// It is neither `Clone` nor `Copy`, and sealing takes it by value, so using
/// one twice does not compile. Nonces are drawn at random; with one key per
/// record the 2^32 bound of NIST SP 800-38D is out of human reach.
pub struct Nonce([u8; NONCE_BYTES]);

impl Nonce {
    /// Draws a nonce.
    ///
    /// # Errors
    /// [`RandomError`].
    pub fn draw(random: &mut dyn Random) -> Result<Self, RandomError> {
        draw(random).map(Nonce)
    }
}

/// The key, the associated data or the ciphertext is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFailed;

/// Encrypts: nonce ‖ ciphertext ‖ tag, [`SEAL_OVERHEAD_BYTES`] longer than `plain`.
///
/// # Errors
/// [`RandomError`] stands for the one other failure, a message over 64 GiB,
/// which no caller can build.
pub(super) fn seal(
    key: &[u8; 32],
    nonce: Nonce,
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, RandomError> {
    let cipher = Aes256Gcm::new(<&Key<Aes256Gcm>>::from(key));
    let payload = Payload { msg: plain, aad };
    let sealed = cipher
        .encrypt(&nonce.0.into(), payload)
        .map_err(|_| RandomError)?;
    let mut out = Vec::with_capacity(NONCE_BYTES + sealed.len());
    out.extend(nonce.0);
    out.extend(sealed);
    Ok(out)
}

/// Decrypts what [`seal`] made; nothing of the plaintext is seen if it fails.
pub(super) fn open(
    key: &[u8; 32],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenFailed> {
    let (nonce, msg) = sealed
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(OpenFailed)?;
    let cipher = Aes256Gcm::new(<&Key<Aes256Gcm>>::from(key));
    let payload = Payload { msg, aad };
    cipher
        .decrypt(&(*nonce).into(), payload)
        .map(Zeroizing::new)
        .map_err(|_| OpenFailed)
}

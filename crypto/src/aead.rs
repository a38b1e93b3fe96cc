//! AES-256-GCM with nonces that can be spent once.

use super::random::{Random, RandomError, draw};
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, AeadInOut, KeyInit, Payload};
use aes_gcm::aes::Aes256Enc;
use aes_gcm::{AesGcm, Key};
use zeroize::Zeroizing;

/// AES-256-GCM. It never decrypts a block, so the keys for that are not made.
type Cipher = AesGcm<Aes256Enc, U12>;

/// Length of a nonce, in bytes.
pub const NONCE_BYTES: usize = 12;
/// Length of a tag, in bytes.
const TAG_BYTES: usize = 16;
/// What sealing adds: the nonce in front and the tag behind.
pub const SEAL_OVERHEAD_BYTES: usize = NONCE_BYTES + TAG_BYTES;

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
pub(crate) fn seal(
    key: &[u8; 32],
    nonce: Nonce,
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, RandomError> {
    let cipher = Cipher::new(<&Key<Cipher>>::from(key));
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
pub(crate) fn open(
    key: &[u8; 32],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenFailed> {
    let mut buffer = Zeroizing::new(sealed.to_vec());
    let len = open_in_place(key, aad, &mut buffer)?.len();
    // What is left behind the end is wiped with the rest of the buffer.
    buffer.copy_within(NONCE_BYTES..NONCE_BYTES + len, 0);
    buffer.truncate(len);
    Ok(buffer)
}

/// The same where it stands: the plaintext takes the place of the ciphertext.
/// If it fails, all is as it was.
pub(crate) fn open_in_place<'a>(
    key: &[u8; 32],
    aad: &[u8],
    sealed: &'a mut [u8],
) -> Result<&'a [u8], OpenFailed> {
    let (nonce, sealed) = sealed
        .split_first_chunk_mut::<NONCE_BYTES>()
        .ok_or(OpenFailed)?;
    let (text, tag) = sealed
        .split_last_chunk_mut::<TAG_BYTES>()
        .ok_or(OpenFailed)?;
    let cipher = Cipher::new(<&Key<Cipher>>::from(key));
    let (nonce, tag) = ((*nonce).into(), (*tag).into());
    cipher
        .decrypt_inout_detached(&nonce, aad, (&mut *text).into(), &tag)
        .map_err(|_| OpenFailed)?;
    Ok(text)
}

//! Random numbers.

use super::KEY_BYTES;
use zeroize::Zeroizing;

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomError;

impl std::fmt::Display for RandomError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the operating system gave no random numbers")
    }
}

/// A source of random bytes.
///
/// The program uses [`SystemRandom`]; known-answer tests use a fixed stream.
pub trait Random {
    /// Fills the whole buffer.
    ///
    /// # Errors
    /// [`RandomError`]; the buffer's content is then not to be used.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// `getrandom(2)` and its like on other systems.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(bytes).map_err(|_| RandomError)
    }
}

/// Draws `N` public bytes (an id, a salt).
pub(crate) fn draw<const N: usize>(random: &mut dyn Random) -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes)?;
    Ok(bytes)
}

/// Draws a key.
pub(crate) fn draw_key(
    random: &mut dyn Random,
) -> Result<Box<Zeroizing<[u8; KEY_BYTES]>>, RandomError> {
    let mut bytes = Box::new(Zeroizing::new([0; KEY_BYTES]));
    random.fill(bytes.as_mut_slice())?;
    Ok(bytes)
}

impl dyn Random + '_ {
    /// Draws a key for a `secret` slot; it is wiped when it is dropped.
    ///
    /// # Errors
    /// [`RandomError`].
    pub fn key(&mut self) -> Result<Box<Zeroizing<[u8; KEY_BYTES]>>, RandomError> {
        draw_key(self)
    }

    /// Draws `N` public bytes: an id or a salt.
    ///
    /// # Errors
    /// [`RandomError`].
    pub fn draw<const N: usize>(&mut self) -> Result<[u8; N], RandomError> {
        draw(self)
    }
}

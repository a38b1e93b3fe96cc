//! The primitives.

/// Where random bytes come from: the operating system, or a test.
pub trait Random {
    /// Fills all of `bytes`.
    ///
    /// # Errors
    /// [`RandomError`] when there are none to be had; `bytes` is then of no use.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomError;

//! Pieces of a file in memory.

use super::directory::Directory;
use super::disk::Status;
use super::error::Error;
use super::replace::Prepared;
use std::ffi::OsStr;

impl Directory {
    /// As [`Directory::prepare_pieces`], of one.
    ///
    /// # Errors
    /// As there.
    pub fn prepare(
        &self,
        name: &OsStr,
        bytes: &[u8],
        original: Option<Status>,
    ) -> Result<Prepared, Error> {
        self.prepare_pieces(name, &[bytes], original)
    }
}

/// How long pieces are together.
pub(super) fn size_of_all(pieces: &[&[u8]]) -> u64 {
    pieces.iter().map(|piece| piece.len() as u64).sum()
}

/// Whether two pieces of a file are the same bytes. Files are long, and
/// memcmp(3) of the static C library goes byte by byte.
pub fn is_equal(a: &[u8], b: &[u8]) -> bool {
    const STEP: usize = size_of::<u128>();
    let ((a, a_end), (b, b_end)) = (a.as_chunks::<STEP>(), b.as_chunks::<STEP>());
    let mut steps = a.iter().zip(b);
    a.len() == b.len()
        && a_end == b_end
        && steps.all(|(a, b)| u128::from_ne_bytes(*a) == u128::from_ne_bytes(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_same_when_length_and_every_byte_are() {
        for len in [0, 1, 15, 16, 17, 64, 100] {
            let piece: Vec<u8> = (0..len).collect();
            assert!(is_equal(&piece, &piece.clone()), "{len}");
            for at in 0..piece.len() {
                let mut other = piece.clone();
                other[at] ^= 0x80;
                assert!(!is_equal(&piece, &other), "{len} {at}");
                assert!(!is_equal(&piece, &piece[..at]), "{len} {at}");
            }
        }
    }
}

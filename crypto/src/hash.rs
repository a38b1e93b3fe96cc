//! SHA-256 over unambiguous encodings.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A SHA-256 digest, 32 bytes.
pub type Hash = [u8; 32];

/// What every label of the format begins with.
const PREFIX: &str = "secrets/v1/";

/// A pre-authentication encoding: the number of parts, then each part behind
/// its length, all as 64-bit little-endian integers.
///
/// No two lists of parts have the same encoding. Ids, keys and hashes enter
/// as raw bytes.
pub struct Message(Vec<u8>);

impl Message {
    /// Encodes `"secrets/v1/" + label` followed by `parts`.
    pub fn new(label: &str, parts: &[&[u8]]) -> Self {
        let size: usize = parts.iter().map(|part| part.len() + 8).sum();
        let label_len = PREFIX.len() + label.len();
        let mut bytes = vec![0; size + label_len + 16];
        let mut room = put(&mut bytes, &(parts.len() as u64 + 1).to_le_bytes());
        room = put(room, &(label_len as u64).to_le_bytes());
        room = put(room, PREFIX.as_bytes());
        room = put(room, label.as_bytes());
        for part in parts {
            room = put(room, &(part.len() as u64).to_le_bytes());
            room = put(room, part);
        }
        debug_assert!(room.is_empty());
        Message(bytes)
    }

    /// Makes it the message that has another part of the same length where
    /// this one begins, so many bytes before the end.
    pub fn replace<const N: usize>(&mut self, before_end: usize, part: &[u8; N]) {
        let at = self.0.len().checked_sub(before_end);
        let there = at.and_then(|at| self.0.get_mut(at..)?.first_chunk_mut());
        debug_assert!(there.is_some(), "the message has such a part");
        if let Some(there) = there {
            *there = *part;
        }
    }

    /// The encoded bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Writes a part where room begins; the room behind it.
#[inline(always)]
fn put<'a>(room: &'a mut [u8], part: &[u8]) -> &'a mut [u8] {
    let (to, behind) = room.split_at_mut_checked(part.len()).unwrap_or_default();
    // Numbers, ids and hashes. A call that copies a few bytes costs more than they do.
    if !(copy::<8>(to, part) || copy::<16>(to, part) || copy::<32>(to, part)) {
        to.copy_from_slice(part);
    }
    behind
}

/// Copies, if there are just `N` bytes.
#[inline(always)]
fn copy<const N: usize>(to: &mut [u8], from: &[u8]) -> bool {
    match (<&mut [u8; N]>::try_from(to), <&[u8; N]>::try_from(from)) {
        (Ok(to), Ok(from)) => {
            *to = *from;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
impl Message {
    /// Bytes as they are: published vectors know nothing of our encoding.
    pub(crate) fn raw(bytes: &[u8]) -> Self {
        Message(bytes.to_vec())
    }
}

/// SHA-256 of one piece of bytes, without a label.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// SHA-256 of the encoding of a label and parts, without building it.
pub fn hash(label: &str, parts: &[&[u8]]) -> Hash {
    let mut hasher = begin(label, parts.len());
    parts.iter().for_each(|part| add(&mut hasher, part));
    hasher.finalize().into()
}

/// [`sha256`], or [`hash`] of one part, of bytes that arrive in pieces.
#[derive(Default)]
pub struct PieceHasher(Sha256);

impl PieceHasher {
    /// Begins the encoding of a label and one part of so many bytes. The caller
    /// sees to it that the pieces add up to them.
    pub fn of_part(label: &str, len: u64) -> Self {
        let mut hasher = begin(label, 1);
        hasher.update(len.to_le_bytes());
        PieceHasher(hasher)
    }

    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest.
    pub fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

/// The number of parts, label included, and the label.
fn begin(label: &str, parts: usize) -> Sha256 {
    let mut hasher = Sha256::new();
    hasher.update((parts as u64 + 1).to_le_bytes());
    hasher.update(((PREFIX.len() + label.len()) as u64).to_le_bytes());
    hasher.update(PREFIX);
    hasher.update(label);
    hasher
}

/// One part behind its length.
fn add(hasher: &mut Sha256, part: &[u8]) {
    hasher.update((part.len() as u64).to_le_bytes());
    hasher.update(part);
}

/// Compares in a time that depends on the lengths alone.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_ways_to_hash_parts_agree() {
        let parts: [&[u8]; 2] = [b"one", b"two and three"];
        let whole = hash("page", &parts);
        assert_eq!(whole, sha256(Message::new("page", &parts).as_bytes()));
        let mut pieces = PieceHasher::default();
        let message = Message::new("page", &parts);
        message
            .as_bytes()
            .chunks(3)
            .for_each(|piece| pieces.update(piece));
        assert_eq!(whole, pieces.finish());
    }
}

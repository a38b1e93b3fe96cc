//! The two slots of a state in memory.

use crate::audit::state::{AroundKey, Read, SUM_BYTES, State, text_len};
use std::cmp::Ordering;
use zeroize::{Zeroize, Zeroizing};

/// The bytes of two slots, one behind the other, in a vector that never grows.
/// What is text in them is wiped on drop: the rest is spaces and a checksum.
pub(super) struct Bytes {
    pub(super) slots: Vec<u8>,
    /// The length of the text in both, where they are known to be alike.
    text: Option<usize>,
}

impl Bytes {
    pub(super) fn new(slots: Vec<u8>) -> Self {
        Bytes { slots, text: None }
    }

    pub(super) fn halves(&self) -> (&[u8], &[u8]) {
        let half = self.slots.len() / 2;
        self.slots.split_at_checked(half).unwrap_or_default()
    }

    /// The slot that counts, and its place. Two of one number are alike, as they
    /// are after every append, or count for nothing.
    pub(super) fn newest(&mut self) -> Option<(usize, Read)> {
        let (one, other) = self.halves();
        if are_alike(one, other) {
            let read = State::read_slot(other)?;
            self.text = Some(read.text);
            return Some((1, read));
        }
        match (State::read_slot(one), State::read_slot(other)) {
            (Some(one), Some(other)) => match one.write.cmp(&other.write) {
                Ordering::Equal => None,
                Ordering::Greater => Some((0, one)),
                Ordering::Less => Some((1, other)),
            },
            (one, other) => one.map(|one| (0, one)).or(other.map(|other| (1, other))),
        }
    }

    /// Writes a state into both slots.
    pub(super) fn fill(&mut self, state: &State, around: &AroundKey) -> Option<()> {
        let half = self.slots.len() / 2;
        let (one, other) = self.slots.split_at_mut_checked(half)?;
        let text = state.fill(around, one)?;
        other.copy_from_slice(one);
        self.text = Some(text);
        Some(())
    }

    /// The slots as they are; the second is none, where they are alike.
    pub(super) fn packed(&self) -> (Packed, Option<Packed>) {
        let (one, other) = self.halves();
        let packed = |slot| pack(slot, self.text);
        (packed(one), self.text.is_none().then(|| packed(other)))
    }

    /// Puts the slots back as they were.
    pub(super) fn unpack(&mut self, (one, other): &(Packed, Option<Packed>)) {
        let half = self.slots.len() / 2;
        let (first, second) = self.slots.split_at_mut(half);
        one.unpack(first);
        other.as_ref().unwrap_or(one).unpack(second);
        self.text = None;
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        let half = self.slots.len() / 2;
        let (one, other) = self.slots.split_at_mut(half);
        for slot in [one, other] {
            let len = self.text.unwrap_or_else(|| text_len(split(slot).0));
            if let Some(text) = slot.get_mut(..len) {
                text.zeroize();
            }
        }
    }
}

/// The body of a slot, and its checksum with the line feed.
fn split(slot: &[u8]) -> (&[u8], &[u8]) {
    let end = slot.len().saturating_sub(SUM_BYTES);
    slot.split_at_checked(end).unwrap_or_default()
}

/// A slot as it was, without the spaces in it.
pub(super) struct Packed {
    text: Zeroizing<Vec<u8>>,
    sum: [u8; SUM_BYTES],
}

/// Packs a slot, whose text has this length if it is known.
fn pack(slot: &[u8], text: Option<usize>) -> Packed {
    let (body, sum) = split(slot);
    let len = text.unwrap_or_else(|| text_len(body));
    let text = body.get(..len).unwrap_or_default();
    Packed {
        text: Zeroizing::new(text.to_vec()),
        sum: sum.try_into().unwrap_or([b'\n'; SUM_BYTES]),
    }
}

impl Packed {
    fn unpack(&self, slot: &mut [u8]) {
        slot.fill(b' ');
        let end = slot.len().saturating_sub(self.sum.len());
        if let Some((body, sum)) = slot.split_at_mut_checked(end) {
            body.iter_mut()
                .zip(&*self.text)
                .for_each(|(to, from)| *to = *from);
            sum.copy_from_slice(&self.sum);
        }
    }
}

/// Whether two slots are the same, whose size is a power of two: the static
/// build's comparison of slices goes by bytes.
fn are_alike(one: &[u8], other: &[u8]) -> bool {
    let ((one, rest), (other, also)) = (one.as_chunks::<16>(), other.as_chunks());
    let mut pairs = one.iter().zip(other);
    one.len() == other.len()
        && rest == also
        && pairs.all(|(a, b)| u128::from_ne_bytes(*a) == u128::from_ne_bytes(*b))
}

//! `audit.state`: where the chain is, and the key of its next entry.
//!
//! Two slots of equal size S (4096 · 2^k bytes), each the whole state:
//!
//! ```text
//! {"state":1,"write":N,"vault":"<22>","device":"<11>","chain":"<22>","slot":"<11>",
//!  "prev":["chain:n:hash"…],"next":N,"key":"<43>","h":"<43>","len":N}
//! ```
//!
//! on one line without the break, then spaces, and from S − 65 on the SHA-256
//! of the S − 65 bytes before in lower-case hex, and LF. The sound slot with
//! the greater `write` counts, so a write that was cut leaves the other one.
//! Every append writes both alike, the stale one first: a key that stayed
//! behind would let a thief change the last entry.

use super::event::{ChainStart, Event};
use super::json::MAX_NUMBER;
use super::line::{Line, entry_hash};
use crate::crypto::{ChainKey, Hash, KEY_BYTES, sha256};
use crate::vault::{Anchor, ChainId, DeviceId, SlotId, VaultId};
use data_encoding::{BASE64_NOPAD, HEXLOWER};
use std::fmt::Write;
use zeroize::Zeroizing;

/// Size of the smallest slot, in bytes.
pub(super) const MIN_SLOT_BYTES: usize = 4096;
/// Size of the greatest slot, in bytes: some 190,000 lost chains.
pub(super) const MAX_SLOT_BYTES: usize = 16 << 20;
/// The checksum and its line feed.
pub(super) const SUM_BYTES: usize = 65;
/// Base64 of a key or hash.
const TEXT_BYTES: usize = 43;

/// Where a chain is.
pub struct State {
    /// The chain, and those before it in its line.
    pub(super) start: ChainStart,
    /// How many entries it has.
    pub(super) next: u64,
    /// K_next.
    pub(super) key: ChainKey,
    /// The hash of its last entry; of its genesis when there is none.
    pub(super) hash: Hash,
    /// Length of the log, in bytes.
    pub(super) len: u64,
}

impl State {
    /// How far the chain is; `None` before its first entry.
    pub fn position(&self) -> Option<Anchor> {
        (self.next > 0).then_some(Anchor {
            chain: self.start.chain,
            entries: self.next,
            hash: self.hash,
        })
    }

    /// The chain, its vault, machine and slot, and the chains before it.
    pub fn chain(&self) -> &ChainStart {
        &self.start
    }

    /// Appends the line of the next entry to `out`. The key goes one step on;
    /// `len` stays as it is.
    pub(super) fn add(&mut self, event: &Event, out: &mut Vec<u8>) {
        let raw = event.raw_at(self.next);
        self.hash = entry_hash(&self.hash, raw.as_bytes());
        Line::write(&raw, &self.hash, &self.key.tag(&self.hash), out);
        self.key = self.key.next();
        self.next += 1;
    }

    /// Its text but for the key, for the write of this number.
    pub(super) fn around_key(&self, write: u64) -> AroundKey {
        let ChainStart {
            vault,
            device,
            chain,
            slot,
            previous,
        } = &self.start;
        // As long as those of a chain with one before it, so that they need not move.
        let mut before = String::with_capacity(384);
        // A string takes all that is written to it.
        let _ = write!(before, "{{\"state\":1,\"write\":{write}");
        let ids: [(&str, &[u8]); 4] = [
            (",\"vault\":\"", &vault.0),
            ("\",\"device\":\"", &device.0),
            ("\",\"chain\":\"", &chain.0),
            ("\",\"slot\":\"", &slot.0),
        ];
        for (name, id) in ids {
            before.push_str(name);
            BASE64_NOPAD.encode_append(id, &mut before);
        }
        before.push_str("\",\"prev\":[");
        let mut between = "\"";
        for anchor in previous {
            before.push_str(between);
            before.push_str(&anchor.text());
            before.push('"');
            between = ",\"";
        }
        let _ = write!(before, "],\"next\":{},\"key\":\"", self.next);
        let mut after = String::with_capacity(96);
        after.push_str("\",\"h\":\"");
        BASE64_NOPAD.encode_append(&self.hash, &mut after);
        let _ = write!(after, "\",\"len\":{}}}", self.len);
        AroundKey {
            write,
            before,
            after,
        }
    }

    /// Writes itself into a slot, whose buffer never moves, and says how long
    /// its text is; `None`, and nothing written, if the slot is too small.
    pub(super) fn fill(&self, around: &AroundKey, slot: &mut [u8]) -> Option<usize> {
        let AroundKey { before, after, .. } = around;
        let used = before.len() + TEXT_BYTES + after.len();
        let (body, end) = slot.split_at_mut_checked(slot.len().checked_sub(SUM_BYTES)?)?;
        let (text, spare) = body.split_at_mut_checked(used)?;
        spare.fill(b' ');
        let (head, rest) = text.split_at_mut_checked(before.len())?;
        head.copy_from_slice(before.as_bytes());
        let (key, rest) = rest.split_at_mut_checked(TEXT_BYTES)?;
        BASE64_NOPAD.encode_mut(self.key.bytes(), key);
        rest.copy_from_slice(after.as_bytes());
        let (sum, line_feed) = end.split_at_mut_checked(SUM_BYTES - 1)?;
        HEXLOWER.encode_mut(&sha256(body), sum);
        line_feed.fill(b'\n');
        Some(used)
    }

    /// The smallest size that a slot for it can have; `None` beyond the bound.
    #[cfg(test)]
    pub(super) fn slot_size(&self) -> Option<usize> {
        self.around_key(1).slot_size()
    }

    /// One slot of `size` bytes; `None` if it is too small.
    #[cfg(test)]
    pub(super) fn slot(&self, write: u64, size: usize) -> Option<Vec<u8>> {
        let mut slot = vec![0; size];
        self.fill(&self.around_key(write), &mut slot)?;
        Some(slot)
    }

    /// Reads a slot; `None` for anything but a sound one.
    pub(super) fn read_slot(slot: &[u8]) -> Option<Read> {
        let (body, end) = slot.split_at_checked(slot.len().checked_sub(SUM_BYTES)?)?;
        let mut sum = [0; SUM_BYTES - 1];
        HEXLOWER.encode_mut(&sha256(body), &mut sum);
        if end.strip_suffix(b"\n")? != sum {
            return None;
        }
        let mut c = Cursor(body);
        c.take(b"{\"state\":1,\"write\":")?;
        let write = c.number()?;
        let vault = VaultId(c.base64(b",\"vault\":\"", 22)?);
        let device = DeviceId(c.base64(b"\",\"device\":\"", 11)?);
        let chain = ChainId(c.base64(b"\",\"chain\":\"", 22)?);
        let slot = SlotId(c.base64(b"\",\"slot\":\"", 11)?);
        c.take(b"\",\"prev\":[")?;
        let mut previous = Vec::new();
        while c.take(b"\"").is_some() {
            let len = c.0.iter().position(|byte| *byte == b'"')?;
            let (text, rest) = c.0.split_at_checked(len)?;
            previous.push(Anchor::parse(std::str::from_utf8(text).ok()?)?);
            c.0 = rest;
            c.take(b"\"")?;
            if c.take(b",").is_some() && !c.0.starts_with(b"\"") {
                return None;
            }
        }
        c.take(b"],\"next\":")?;
        let next = c.number()?;
        let key: Zeroizing<[u8; KEY_BYTES]> = Zeroizing::new(c.base64(b",\"key\":\"", TEXT_BYTES)?);
        let hash = c.base64(b"\",\"h\":\"", TEXT_BYTES)?;
        c.take(b"\",\"len\":")?;
        let len = c.number()?;
        c.take(b"}")?;
        if text_len(c.0) != 0 {
            return None;
        }
        let state = State {
            start: ChainStart {
                vault,
                device,
                chain,
                slot,
                previous,
            },
            next,
            key: ChainKey::read(&*key)?,
            hash,
            len,
        };
        let text = body.len() - c.0.len();
        Some(Read { state, write, text })
    }
}

/// A slot that was read.
pub(super) struct Read {
    pub state: State,
    /// The number of its write.
    pub write: u64,
    /// Length of its text, in bytes.
    pub text: usize,
}

/// The text of a state before and behind its key, which is never copied.
pub(super) struct AroundKey {
    write: u64,
    before: String,
    after: String,
}

impl AroundKey {
    /// The smallest size that a slot for it can have; `None` beyond the bound.
    pub(super) fn slot_size(&self) -> Option<usize> {
        // Every number at its longest, so that no slot is outgrown by counting.
        let digits = MAX_NUMBER.ilog10() - self.write.max(1).ilog10() + 2 * 16;
        let fixed = self.before.len() + self.after.len() + digits as usize;
        let need = fixed + TEXT_BYTES + SUM_BYTES;
        let mut size = MIN_SLOT_BYTES;
        while size < need {
            size *= 2;
        }
        (size <= MAX_SLOT_BYTES).then_some(size)
    }
}

/// How many bytes stand before the spaces at the end.
pub(super) fn text_len(bytes: &[u8]) -> usize {
    // Sixteen at a time: a slot is mostly spaces.
    let (_, words) = bytes.as_rchunks();
    let blank = |word: &&[u8; 16]| u128::from_ne_bytes(**word) == u128::from_ne_bytes([b' '; 16]);
    let blanks = words.iter().rev().take_while(blank).count() * 16;
    let rest = bytes.get(..bytes.len() - blanks).unwrap_or_default();
    rest.iter()
        .rposition(|byte| *byte != b' ')
        .map_or(0, |at| at + 1)
}

/// What is left of a slot.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn take(&mut self, literal: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    fn number(&mut self) -> Option<u64> {
        let len = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = self.0.split_at_checked(len)?;
        if len > 16 || (len > 1 && digits.starts_with(b"0")) {
            return None;
        }
        self.0 = rest;
        let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
        (number <= MAX_NUMBER).then_some(number)
    }

    /// `N` bytes of base64 of a known length, behind a literal.
    fn base64<const N: usize>(&mut self, literal: &[u8], len: usize) -> Option<[u8; N]> {
        self.take(literal)?;
        let (text, rest) = self.0.split_at_checked(len)?;
        let mut out = [0; N];
        if BASE64_NOPAD.decode_len(len) != Ok(N) {
            return None;
        }
        BASE64_NOPAD.decode_mut(text, &mut out).ok()?;
        self.0 = rest;
        Some(out)
    }
}

#[cfg(test)]
mod tests;

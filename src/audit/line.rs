//! A line of the log: an entry, its hash onto the one before, and its MAC.
//!
//! ```text
//! {"e":{"i":N,…},"h":"<43>","m":"<43>"} LF
//! ```
//!
//! The end has a fixed length, so a line is taken apart without asking the
//! entry where it ends.

use super::event::{ChainStart, Event};
use super::json::{self, Mark};
use super::text;
use crate::crypto::{Hash, hash};
use data_encoding::BASE64_NOPAD;
use std::fmt;

const ENTRY: &[u8] = b"{\"e\":";
const HASH: &[u8] = b",\"h\":\"";
const MAC: &[u8] = b"\",\"m\":\"";
const END: &[u8] = b"\"}";
/// Base64 of 32 bytes without padding.
const TEXT_BYTES: usize = 43;
/// What a line adds to its raw entry, with its line feed.
const AROUND_BYTES: usize = ENTRY.len() + HASH.len() + MAC.len() + END.len() + 2 * TEXT_BYTES + 1;

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is no line of the log.
    Form,
    /// It does not follow the line before.
    Hash,
    /// Its number is not the next one.
    Index,
    /// It was not written with the key of its number.
    Mac,
    /// It ends without a line feed.
    Torn,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Form => "no entry of an audit log",
            Fault::Hash => "its hash does not fit",
            Fault::Index => "index gap",
            Fault::Mac => "its MAC does not fit",
            Fault::Torn => "not written whole",
        })
    }
}

/// An entry without hash and MAC, for a stream that somebody else keeps
/// (`SECRETS_AUDIT`): `{"e":{…}}` and a line feed, index 0.
pub fn plain_line(event: &Event) -> Vec<u8> {
    let mut line = ENTRY.to_vec();
    line.extend(event.raw_at(0).into_bytes());
    line.extend(b"}\n");
    line
}

/// A line that was taken apart; whether its hash and MAC fit is another question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// The entry as it stands there.
    pub raw: &'a [u8],
    /// Its number.
    pub index: u64,
    /// When, and what it is to the log.
    pub mark: Mark,
    /// `h`
    pub hash: Hash,
    /// `m`
    pub mac: [u8; 32],
}

impl<'a> Line<'a> {
    /// Takes a line apart, which is given without its line feed.
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, Fault> {
        Self::take(line).ok_or(Fault::Form)
    }

    fn take(line: &'a [u8]) -> Option<Self> {
        let rest = line.strip_prefix(ENTRY)?.strip_suffix(END)?;
        let (rest, mac) = base64_end(rest)?;
        let (rest, hash) = base64_end(rest.strip_suffix(MAC)?)?;
        let raw = rest.strip_suffix(HASH)?;
        Some(Line {
            raw,
            index: text::index(raw)?,
            mark: json::check(raw)?,
            hash,
            mac,
        })
    }

    /// Appends a line with its line feed.
    pub(super) fn write(raw: &str, hash: &Hash, mac: &[u8; 32], out: &mut Vec<u8>) {
        let mut texts = [[0; TEXT_BYTES]; 2];
        let [hash_text, mac_text] = &mut texts;
        BASE64_NOPAD.encode_mut(hash, hash_text);
        BASE64_NOPAD.encode_mut(mac, mac_text);
        out.reserve(raw.len() + AROUND_BYTES);
        for part in [
            ENTRY,
            raw.as_bytes(),
            HASH,
            hash_text.as_slice(),
            MAC,
            mac_text,
            END,
            b"\n",
        ] {
            out.extend_from_slice(part);
        }
    }
}

/// 32 bytes from the base64 at the end; its only writing is accepted.
fn base64_end(bytes: &[u8]) -> Option<(&[u8], [u8; 32])> {
    let (rest, text) = bytes.split_at_checked(bytes.len().checked_sub(TEXT_BYTES)?)?;
    let mut out = [0; 32];
    BASE64_NOPAD.decode_mut(text, &mut out).ok()?;
    Some((rest, out))
}

/// The pieces of a log, each with its line feed but perhaps the last.
pub(super) fn pieces(log: &[u8]) -> impl Iterator<Item = &[u8]> {
    log.split_inclusive(|byte| *byte == b'\n')
}

/// Where the last whole line ends.
pub(super) fn whole_len(log: &[u8]) -> usize {
    log.iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1)
}

/// h_{-1}: what the first entry of a chain is hashed onto.
pub(super) fn genesis(start: &ChainStart) -> Hash {
    let parts: [&[u8]; 3] = [&start.vault.0, &start.device.0, &start.chain.0];
    hash("audit-genesis", &parts)
}

/// h_i of a raw entry, onto the one before.
pub(super) fn entry_hash(before: &Hash, raw: &[u8]) -> Hash {
    hash("audit", &[before, raw])
}

#[cfg(test)]
mod tests;

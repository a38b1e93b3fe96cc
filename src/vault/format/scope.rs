//! The lines of a scope: seal, pages, records (`secrets-vault(5)`, THE FILE).

use super::base64::is_base64_of;
use super::cursor::{Cursor, MAX_NUMBER, number};
use super::json::write_number;
use crate::crypto::Hash;
use crate::vault::id::{ChainId, RecordId, SlotId};
use crate::vault::{Error, MAX_ANCHORS};
use data_encoding::{BASE64_NOPAD, HEXLOWER};

/// Length of a hash in base64.
const HASH_CHARACTERS: usize = 43;

/// Who sealed a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealer {
    /// The admin key.
    Admin,
    /// A slot that the head lists as a writer.
    Slot(SlotId),
}

/// How far an audit chain was when a scope was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The chain.
    pub chain: ChainId,
    /// How many entries it had; at least 1.
    pub entries: u64,
    /// The hash of the last of them.
    pub hash: Hash,
}

impl Anchor {
    /// `chain:n:hash`, as it stands in seals and logs.
    pub fn text(&self) -> String {
        let hash = BASE64_NOPAD.encode(&self.hash);
        format!("{}:{}:{hash}", self.chain.text(), self.entries)
    }

    /// Reads what [`Anchor::text`] writes, and no other writing of it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut c = Cursor::new(text.as_bytes(), 0);
        let anchor = parse_anchor(&mut c).ok()?;
        c.end().ok().map(|()| anchor)
    }
}

/// `seal`: what a writer signs of a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// +1 at every write, from 1 in each epoch.
    pub seq: u64,
    /// Bytes of the page lines.
    pub pages_len: u64,
    /// Bytes of the record lines.
    pub records_len: u64,
    /// The hash of the page lines.
    pub root: Hash,
    /// Who signed it.
    pub by: Sealer,
    /// The head's number that the sealer saw.
    pub head_seq: u64,
    /// When, Unix seconds.
    pub time: u64,
    /// Audit anchors, ascending by chain.
    pub anchors: Vec<Anchor>,
}

impl Seal {
    /// Reads the raw object.
    pub fn parse(raw: &[u8], line: usize) -> Result<Self, Error> {
        let mut c = Cursor::new(raw, line);
        c.literal("{\"seq\":")?;
        let seq = c.positive()?;
        c.literal(",\"pb\":")?;
        let pages_len = c.number()?;
        c.literal(",\"rb\":")?;
        let records_len = c.number()?;
        c.literal(",\"root\":")?;
        let root = c.bytes("a hash")?;
        c.literal(",\"by\":")?;
        let by = if c.take("\"admin\"") {
            Sealer::Admin
        } else {
            Sealer::Slot(SlotId(c.bytes("admin or a slot's id")?))
        };
        c.literal(",\"hs\":")?;
        let head_seq = c.positive()?;
        c.literal(",\"t\":")?;
        let time = c.number()?;
        c.literal(",\"aud\":[")?;
        let mut anchors: Vec<Anchor> = Vec::new();
        while !c.take("]") {
            if !anchors.is_empty() {
                c.literal(",")?;
            }
            if anchors.len() == MAX_ANCHORS {
                return c.over("64 audit anchors");
            }
            c.literal("\"")?;
            let anchor = parse_anchor(&mut c)?;
            c.literal("\"")?;
            if anchors
                .last()
                .is_some_and(|last| last.chain.order() >= anchor.chain.order())
            {
                return c.expected("anchors in ascending order");
            }
            anchors.push(anchor);
        }
        c.literal("}")?;
        c.end()?;
        Ok(Seal {
            seq,
            pages_len,
            records_len,
            root,
            by,
            head_seq,
            time,
            anchors,
        })
    }

    /// Writes the raw object.
    pub fn write(&self) -> String {
        let by = match self.by {
            Sealer::Admin => "admin".to_owned(),
            Sealer::Slot(slot) => slot.text(),
        };
        let anchor = |anchor: &Anchor| format!("\"{}\"", anchor.text());
        let anchors: Vec<String> = self.anchors.iter().map(anchor).collect();
        format!(
            "{{\"seq\":{},\"pb\":{},\"rb\":{},\"root\":\"{}\",\"by\":\"{by}\",\"hs\":{},\"t\":{},\
             \"aud\":[{}]}}",
            self.seq,
            self.pages_len,
            self.records_len,
            BASE64_NOPAD.encode(&self.root),
            self.head_seq,
            self.time,
            anchors.join(",")
        )
    }
}

/// `chain:n:hash`, without the quotation marks.
fn parse_anchor(c: &mut Cursor<'_>) -> Result<Anchor, Error> {
    const WHAT: &str = "an audit anchor";
    let base64 = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    let decode = |text: &str| BASE64_NOPAD.decode(text.as_bytes()).ok();
    let chain = decode(c.run(base64)).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    c.literal(":")?;
    let entries = c.positive()?;
    c.literal(":")?;
    let hash = decode(c.run(base64)).and_then(|bytes| <Hash>::try_from(bytes).ok());
    match (chain, hash) {
        (Some(chain), Some(hash)) => Ok(Anchor {
            chain: ChainId(chain),
            entries,
            hash,
        }),
        _ => c.expected(WHAT),
    }
}

/// A page: how many bytes of records, and their hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Page {
    /// Bytes of its record lines.
    pub len: u64,
    /// Their hash, with the page's index.
    pub hash: Hash,
}

/// A page line as it stands in the file, its hash still text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLine<'a> {
    /// Bytes of its record lines.
    pub len: u64,
    hash: &'a [u8],
}

impl<'a> PageLine<'a> {
    /// Takes `[N,"<43>"],` and a line feed; what is behind them.
    ///
    /// A vault may have thousands of them, of which each is judged: behind its
    /// number nothing has to be searched.
    pub fn take(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let digits = bytes.strip_prefix(b"[")?;
        let (len, taken) = number(digits).filter(|(len, _)| *len <= MAX_NUMBER)?;
        let rest = digits.get(taken..)?.strip_prefix(b",\"")?;
        let (hash, rest) = rest.split_at_checked(HASH_CHARACTERS)?;
        let rest = rest.strip_prefix(b"\"],\n")?;
        is_base64_of(hash, size_of::<Hash>()).then_some((PageLine { len, hash }, rest))
    }

    /// Whether a line that is none says so by the length of its page.
    pub fn is_too_long(line: &[u8]) -> bool {
        let len = line.strip_prefix(b"[").and_then(number);
        len.is_some_and(|(len, _)| len > MAX_NUMBER)
    }

    /// The page, its hash decoded. Most lines of a large table are only added
    /// up, so it is not done before it is asked for.
    pub fn page(&self) -> Page {
        let mut hash = Hash::default();
        let decoded = BASE64_NOPAD.decode_mut(self.hash, &mut hash);
        debug_assert!(decoded.is_ok(), "the grammar was checked");
        Page {
            len: self.len,
            hash,
        }
    }
}

impl Page {
    /// Writes the line with its line feed.
    pub fn write(&self) -> String {
        format!("[{},\"{}\"],\n", self.len, BASE64_NOPAD.encode(&self.hash))
    }
}

/// A record line: one version of one secret, sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordLine<'a> {
    /// The record.
    pub rid: RecordId,
    /// The version.
    pub version: u64,
    /// Its metadata, sealed, as base64.
    pub meta: &'a [u8],
    /// Its value, sealed, as base64.
    pub value: &'a [u8],
}

impl<'a> RecordLine<'a> {
    /// Reads `["<32 hex>",P,"<b64>","<b64>"],`, without the line feed.
    pub fn parse(raw: &'a [u8], line: usize) -> Result<Self, Error> {
        const ID: &str = "a record's id";
        let mut c = Cursor::new(raw, line);
        c.literal("[")?;
        let rid = RecordId(c.hex(ID)?);
        c.literal(",")?;
        let version = c.positive()?;
        c.literal(",")?;
        let meta = c.sealed_text()?;
        c.literal(",")?;
        let value = c.sealed_text()?;
        c.literal("],")?;
        c.end()?;
        Ok(RecordLine {
            rid,
            version,
            meta,
            value,
        })
    }

    /// Writes the line with its line feed.
    pub fn write(rid: &RecordId, version: u64, meta: &[u8], value: &[u8]) -> Vec<u8> {
        let size = 48 + 20 + (meta.len() + value.len()).div_ceil(3) * 4 + 16;
        let mut out = String::with_capacity(size);
        out.push_str("[\"");
        HEXLOWER.encode_append(&rid.0, &mut out);
        out.push_str("\",");
        write_number(version, &mut out);
        out.push_str(",\"");
        BASE64_NOPAD.encode_append(meta, &mut out);
        out.push_str("\",\"");
        BASE64_NOPAD.encode_append(value, &mut out);
        out.push_str("\"],\n");
        out.into_bytes()
    }
}

#[cfg(test)]
mod tests;

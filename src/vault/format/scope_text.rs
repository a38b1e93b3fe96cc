//! One scope of the file: where its lines lie, and reading them.

use super::cursor::Cursor;
use super::document::parse_signature;
use super::lines::Lines;
use super::page_table::{MAX_PAGE_LINE_BYTES, Place, Table};
use super::scope::{PageLine, Seal};
use super::signature::SignatureBytes;
use crate::crypto::{PieceHasher, hash};
use crate::vault::id::{RecordId, ScopeId};
use crate::vault::{Error, MAX_PAGE_BITS, ReadAt};

/// How much of a page table is read at a time; more than a line.
const PIECE_BYTES: usize = 8192;

/// One scope of the file: its seal, and where its pages and records lie.
pub struct ScopeText {
    /// Its id; equal to the head's at the same index.
    pub id: ScopeId,
    /// The seal.
    pub seal: Seal,
    /// Its raw object.
    pub seal_raw: Vec<u8>,
    /// The signature over it.
    pub signature: SignatureBytes,
    /// Offset of the first page line.
    pub pages_at: u64,
    /// Offset of the first record line.
    pub records_at: u64,
    /// Offset behind the scope.
    pub end: u64,
    /// Offset of its first line.
    pub start: u64,
}

/// Why a page or the table of pages cannot be read.
pub enum PageError {
    /// Reading the file failed.
    Read(std::io::Error),
    /// What is wrong, without the scope's name.
    Wrong(&'static str),
}

impl From<&'static str> for PageError {
    fn from(what: &'static str) -> Self {
        PageError::Wrong(what)
    }
}

/// Why a scope cannot be read.
pub enum ScopeError {
    /// The grammar of its first lines.
    Grammar(Error),
    /// What the seal says of lengths does not lead to the lines behind.
    Lengths(Box<Seal>),
}

impl From<Error> for ScopeError {
    fn from(error: Error) -> Self {
        ScopeError::Grammar(error)
    }
}

impl ScopeText {
    /// Reads the scope at an offset and skips over its lines. `line` is the
    /// number of lines before it, where that is known.
    ///
    /// # Errors
    /// Grammar, bounds, and lengths that do not fit the file.
    pub fn read(source: &dyn ReadAt, offset: u64, line: Option<usize>) -> Result<Self, ScopeError> {
        let mut lines = Lines::new(source, offset, line);
        let id = lines.framed("{\"id\":", ",")?;
        let id = {
            let mut c = Cursor::new(&id, lines.line());
            let id = ScopeId(c.bytes("a scope's id")?);
            c.end()?;
            id
        };
        let seal_raw = lines.framed("\"seal\":", ",")?;
        let seal = Seal::parse(&seal_raw, lines.line())?;
        let signature = lines.framed("\"ssig\":", ",")?;
        let signature = parse_signature(&signature, lines.line())?;
        lines.literal("\"pages\":[")?;
        let pages_at = lines.offset();
        match skip_lines(&mut lines, &seal) {
            Ok(records_at) => {
                let end = lines.offset();
                Ok(ScopeText {
                    id,
                    seal,
                    seal_raw,
                    signature,
                    pages_at,
                    records_at,
                    end,
                    start: offset,
                })
            }
            Err(error @ Error::ConflictMarkers(_)) => Err(error.into()),
            Err(_) => Err(ScopeError::Lengths(Box::new(seal))),
        }
    }

    /// Reads the page table and checks it against the seal's hash and lengths.
    ///
    /// # Errors
    /// A sentence without the scope's name; the caller adds it.
    pub fn places(&self, source: &dyn ReadAt) -> Result<Vec<Place>, PageError> {
        let mut places = Vec::new();
        let bits = self.walk_table(source, |place, line| {
            places.push(Place {
                page: line.page(),
                ..place
            });
        })?;
        places.iter_mut().for_each(|place| place.bits = bits);
        Ok(places)
    }

    /// The place of the page that a record belongs to. The table is checked as
    /// in [`ScopeText::places`], but never held as a whole.
    ///
    /// # Errors
    /// As [`ScopeText::places`].
    pub fn place_of(&self, source: &dyn ReadAt, rid: &RecordId) -> Result<Place, PageError> {
        // How many pages there are is known at the end of the table only; until
        // then the page of each possible number of them is kept. They ascend.
        let mut candidates: Vec<Place> = Vec::new();
        let bits = self.walk_table(source, |place, line| {
            let mut decoded = None;
            while let Ok(bits @ 0..=MAX_PAGE_BITS) = u32::try_from(candidates.len())
                && rid.page(bits) == place.number
            {
                let page = *decoded.get_or_insert_with(|| line.page());
                candidates.push(Place {
                    page,
                    bits,
                    ..place
                });
            }
        })?;
        let mut candidates = candidates.into_iter();
        let place = candidates.find(|place| place.bits == bits);
        place.ok_or(PageError::Wrong("there is no such page"))
    }

    /// Walks over the page table, piece by piece, and checks it against the
    /// seal's hash and lengths; how many bits of a record's id tell its page.
    ///
    /// What was walked over counts for nothing before this has returned: the
    /// hash is known last.
    fn walk_table(
        &self,
        source: &dyn ReadAt,
        mut each: impl FnMut(Place, PageLine<'_>),
    ) -> Result<u32, PageError> {
        let len = self.seal.pages_len;
        let mut left = usize::try_from(len)
            .ok()
            .filter(|len| *len <= MAX_PAGE_LINE_BYTES << MAX_PAGE_BITS)
            .ok_or("the page table is too long")?;
        let mut hasher = PieceHasher::of_part("pages", len);
        let mut table = Table::default();
        let mut buffer = vec![0; PIECE_BYTES.min(left)];
        let (mut at, mut held) = (self.pages_at, 0);
        while left > 0 {
            let take = left.min(buffer.len() - held);
            let piece = buffer.get_mut(held..held + take).unwrap_or_default();
            source.read_at(at, piece).map_err(PageError::Read)?;
            hasher.update(piece);
            (at, left) = (at + take as u64, left - take);
            let filled = buffer.get(..held + take).unwrap_or_default();
            let rest = table.take(filled, &mut each).len();
            let from = held + take - rest;
            // A longer rest is no page line, and that is noted.
            held = rest.min(MAX_PAGE_LINE_BYTES);
            buffer.copy_within(from..from + held, 0);
        }
        if hasher.finish() != self.seal.root {
            return Err("the page table was altered".into());
        }
        if held > 0 {
            table.note("a page line is malformed");
        }
        table.bits(self.seal.records_len)
    }

    /// Reads the record lines of one page and checks their hash.
    ///
    /// # Errors
    /// As [`ScopeText::places`].
    pub fn page(&self, source: &dyn ReadAt, place: &Place) -> Result<Vec<u8>, PageError> {
        // `read` checked that the lengths lie within the file, and `walk_table`
        // that those of the pages add up to them.
        let len = usize::try_from(place.page.len).map_err(|_| "a length is too large")?;
        let mut raw = vec![0; len];
        let offset = self.records_at.saturating_add(place.before);
        source.read_at(offset, &mut raw).map_err(PageError::Read)?;
        if !is_page(place, &raw) {
            return Err(ALTERED_PAGE.into());
        }
        Ok(raw)
    }
}

/// What is wrong with a page that has another hash.
pub const ALTERED_PAGE: &str = "a page of records was altered";

/// Whether bytes are those of a page: whether they have its hash.
pub fn is_page(place: &Place, bytes: &[u8]) -> bool {
    let number = (place.number as u64).to_le_bytes();
    hash("page", &[&number, bytes]) == place.page.hash
}

/// Skips pages and records by the lengths in the seal; where records begin.
fn skip_lines(lines: &mut Lines<'_>, seal: &Seal) -> Result<u64, Error> {
    lines.skip(seal.pages_len)?;
    lines.literal("0],")?;
    lines.literal("\"rec\":[")?;
    let records_at = lines.offset();
    lines.skip(seal.records_len)?;
    lines.literal("0]},")?;
    Ok(records_at)
}

#[cfg(test)]
mod tests;

//! One scope of the file: where its lines lie, and reading them.

use super::cursor::Cursor;
use super::document::parse_signature;
use super::lines::Lines;
use super::scope::{Page, Seal};
use super::signature::SignatureBytes;
use crate::vault::id::ScopeId;
use crate::vault::{Error, MAX_PAGE_BITS, ReadAt};

/// Greatest length of a page line: `[`, 16 digits, `,"`, 43 characters, `"],` and a line feed.
const MAX_PAGE_LINE_BYTES: u64 = 66;

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
    pub fn pages(&self, source: &dyn ReadAt) -> Result<Vec<Page>, PageError> {
        let most = MAX_PAGE_LINE_BYTES << MAX_PAGE_BITS;
        if self.seal.pages_len > most {
            return Err("the page table is too long".into());
        }
        let raw = self.bytes(source, self.pages_at, self.seal.pages_len)?;
        if crate::crypto::hash("pages", &[&raw]) != self.seal.root {
            return Err("the page table was altered".into());
        }
        let mut pages = Vec::new();
        let mut sum = 0_u64;
        for line in raw.split_inclusive(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let page = Page::parse(line, 0).map_err(|error| match error {
                Error::Number { .. } => "a length is larger than 9007199254740991",
                _ => "a page line is malformed",
            })?;
            sum = sum.checked_add(page.len).ok_or("page lengths overflow")?;
            pages.push(page);
        }
        if !pages.len().is_power_of_two() || pages.len() > 1 << MAX_PAGE_BITS {
            return Err("the number of pages is no power of two up to 4096".into());
        }
        if sum != self.seal.records_len {
            return Err("page lengths do not add up".into());
        }
        Ok(pages)
    }

    /// Reads the record lines of one page and checks their hash.
    ///
    /// # Errors
    /// As [`ScopeText::pages`].
    pub fn page(
        &self,
        source: &dyn ReadAt,
        pages: &[Page],
        index: usize,
    ) -> Result<Vec<u8>, PageError> {
        let before: u64 = pages.iter().take(index).map(|page| page.len).sum();
        let page = pages.get(index).ok_or("there is no such page")?;
        let raw = self.bytes(source, self.records_at + before, page.len)?;
        let number = (index as u64).to_le_bytes();
        if crate::crypto::hash("page", &[&number, &raw]) != page.hash {
            return Err("a page of records was altered".into());
        }
        Ok(raw)
    }

    fn bytes(&self, source: &dyn ReadAt, offset: u64, len: u64) -> Result<Vec<u8>, PageError> {
        // `read` checked that the lengths lie within the file.
        let mut raw = vec![0; usize::try_from(len).map_err(|_| "a length is too large")?];
        source.read_at(offset, &mut raw).map_err(PageError::Read)?;
        Ok(raw)
    }
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

//! From sorted record lines to the text of a sealed scope.

use super::format::{Anchor, Page, Seal, Sealer};
use super::id::RecordId;
use super::text::Text;
use super::woven::Woven;
use super::{Error, MAX_PAGE_BITS};
use crate::crypto::{Message, Signer, hash};
use data_encoding::BASE64_NOPAD;

/// Bytes of records a page should hold at most; writers take the least number
/// of pages that keeps to it on average.
const PAGE_BYTES: u64 = 24_576;

/// A seal about to be signed.
pub(super) struct SealDraft {
    pub seq: u64,
    pub by: Sealer,
    pub head_seq: u64,
    pub time: u64,
    pub anchors: Vec<Anchor>,
}

impl SealDraft {
    /// Cuts records into pages, signs, and writes the whole scope behind `out`.
    ///
    /// # Errors
    /// Stored records that do not verify.
    pub fn write(
        self,
        vault: &[u8; 16],
        scope: &[u8; 8],
        epoch: u64,
        records: &Woven<'_>,
        signer: &Signer,
        out: &mut Text,
    ) -> Result<(), Error> {
        let records_len = records.size()?;
        let table = page_table(records, page_bits(records_len))?;
        let seal = Seal {
            seq: self.seq,
            pages_len: table.len() as u64,
            records_len,
            root: hash("pages", &[table.as_bytes()]),
            by: self.by,
            head_seq: self.head_seq,
            time: self.time,
            anchors: self.anchors,
        };
        let raw = seal.write();
        let epoch = epoch.to_le_bytes();
        let message = Message::new("seal", &[vault, scope, &epoch, raw.as_bytes()]);
        let signature = BASE64_NOPAD.encode(&signer.sign(&message).0);
        let id = BASE64_NOPAD.encode(scope);
        out.push(format!("{{\"id\":\"{id}\",\n\"seal\":{raw},\n").as_bytes());
        out.push(format!("\"ssig\":\"{signature}\",\n\"pages\":[\n{table}0],\n").as_bytes());
        out.push(b"\"rec\":[\n");
        records.write(out)?;
        out.push(b"0]},\n");
        Ok(())
    }
}

/// The least k for which 2^k pages hold the records, at most 12.
fn page_bits(records_len: u64) -> u32 {
    (0..MAX_PAGE_BITS)
        .find(|bits| records_len <= PAGE_BYTES << bits)
        .unwrap_or(MAX_PAGE_BITS)
}

/// The page lines over records. A page that stays as it is keeps its line.
fn page_table(records: &Woven<'_>, bits: u32) -> Result<String, Error> {
    let mut table = Table {
        bits,
        page: Vec::new(),
        number: 0,
        text: String::new(),
    };
    let same = bits == records.bits();
    for number in 0..records.pages() {
        match records.unchanged(number).filter(|_| same) {
            Some(page) => table.keep(number, page),
            None => match same.then(|| records.kept(number)).transpose()?.flatten() {
                Some(lines) => table.keep(number, &page_of(number, &lines)),
                None => records.lines(number, &mut |rid, line| table.take(rid, line))?,
            },
        }
    }
    table.end_pages_before(1 << bits);
    Ok(table.text)
}

/// A page table that is being written, with one page of lines at most.
struct Table {
    bits: u32,
    page: Vec<u8>,
    number: usize,
    text: String,
}

impl Table {
    /// Takes the next line.
    fn take(&mut self, rid: &RecordId, line: &[u8]) {
        self.end_pages_before(rid.page(self.bits));
        self.page.extend_from_slice(line);
    }

    /// Takes a page that is whole.
    fn keep(&mut self, number: usize, page: &Page) {
        self.end_pages_before(number);
        self.text.push_str(&page.write());
        self.number = number + 1;
    }

    fn end_pages_before(&mut self, number: usize) {
        while self.number < number {
            let page = page_of(self.number, &self.page);
            self.text.push_str(&page.write());
            self.page.clear();
            self.number += 1;
        }
    }
}

/// Length and hash of a page.
fn page_of(number: usize, lines: &[u8]) -> Page {
    let own = (number as u64).to_le_bytes();
    Page {
        len: lines.len() as u64,
        hash: hash("page", &[&own, lines]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_pages_is_the_least_that_holds_the_records() {
        assert_eq!(page_bits(0), 0);
        assert_eq!(page_bits(PAGE_BYTES), 0);
        assert_eq!(page_bits(PAGE_BYTES + 1), 1);
        assert_eq!(page_bits(PAGE_BYTES * 4096), 12);
        assert_eq!(page_bits(u64::MAX), 12);
    }
}

//! From sorted record lines to the text of a sealed scope.

use super::MAX_PAGE_BITS;
use super::format::{Anchor, Page, Seal, Sealer};
use super::id::RecordId;
use crate::crypto::{Hash, Message, Signer, hash};
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
    /// Cuts sorted lines into pages, signs, and writes the whole scope.
    pub fn write(
        self,
        vault: &[u8; 16],
        scope: &[u8; 8],
        epoch: u64,
        lines: &[(RecordId, &[u8])],
        signer: &Signer,
    ) -> Vec<u8> {
        let records_len: u64 = lines.iter().map(|(_, text)| text.len() as u64).sum();
        let table = page_table(lines, page_bits(records_len));
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
        let mut out = Vec::with_capacity(table.len() + raw.len() + 256);
        out.extend(format!("{{\"id\":\"{id}\",\n\"seal\":{raw},\n").into_bytes());
        out.extend(format!("\"ssig\":\"{signature}\",\n\"pages\":[\n{table}0],\n").into_bytes());
        out.extend(b"\"rec\":[\n");
        lines
            .iter()
            .for_each(|(_, text)| out.extend_from_slice(text));
        out.extend(b"0]},\n");
        out
    }
}

/// The least k for which 2^k pages hold the records, at most 12.
fn page_bits(records_len: u64) -> u32 {
    (0..MAX_PAGE_BITS)
        .find(|bits| records_len <= PAGE_BYTES << bits)
        .unwrap_or(MAX_PAGE_BITS)
}

/// The page lines over sorted record lines.
fn page_table(lines: &[(RecordId, &[u8])], bits: u32) -> String {
    let mut table = String::new();
    let mut rest = lines;
    for number in 0..1_usize << bits {
        let count = rest
            .iter()
            .take_while(|(rid, _)| rid.page(bits) == number)
            .count();
        let (own, behind) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        rest = behind;
        let texts: Vec<&[u8]> = own.iter().map(|(_, text)| *text).collect();
        table.push_str(
            &Page {
                len: total(&texts),
                hash: page_hash(number, &texts),
            }
            .write(),
        );
    }
    table
}

fn total(texts: &[&[u8]]) -> u64 {
    texts.iter().map(|text| text.len() as u64).sum()
}

/// The hash of a page's lines and its number.
fn page_hash(number: usize, texts: &[&[u8]]) -> Hash {
    let number = (number as u64).to_le_bytes();
    let mut hasher = crate::crypto::PieceHasher::new("page", &[&number], total(texts));
    texts.iter().for_each(|text| hasher.update(text));
    hasher.finish()
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

//! Page tables in memory.

use super::*;
use crate::vault::format::{Page, Sealer};

const ALTERED: &str = "the page table was altered";

/// A table of 2^`bits` pages whose lengths tell their numbers.
fn table(bits: u32) -> (Vec<u8>, u64) {
    let mut text = String::new();
    let mut sum = 0;
    for number in 0..1_u64 << bits {
        let page = Page {
            len: number * 7,
            hash: crate::crypto::sha256(&number.to_le_bytes()),
        };
        text.push_str(&page.write());
        sum += page.len;
    }
    (text.into_bytes(), sum)
}

/// A scope whose seal fits a table that is all of the file.
fn scope(table: &[u8], records_len: u64) -> ScopeText {
    ScopeText {
        id: ScopeId([1; 8]),
        seal: Seal {
            seq: 1,
            pages_len: table.len() as u64,
            records_len,
            root: hash("pages", &[table]),
            by: Sealer::Admin,
            head_seq: 1,
            time: 0,
            anchors: Vec::new(),
        },
        seal_raw: Vec::new(),
        signature: SignatureBytes([0; 64]),
        pages_at: 0,
        records_at: 0,
        end: 0,
        start: 0,
    }
}

fn said<T>(result: Result<T, PageError>) -> &'static str {
    match result {
        Err(PageError::Wrong(what)) => what,
        Err(PageError::Read(_)) => "it cannot be read",
        Ok(_) => "nothing",
    }
}

/// What both ways through a table say of it.
fn judged(scope: &ScopeText, table: &[u8]) -> &'static str {
    let source = std::sync::Arc::new(table.to_vec());
    let place = said(scope.place_of(&source, &RecordId([0x5a; 16])));
    assert_eq!(said(scope.places(&source)), place);
    place
}

#[test]
fn a_record_has_the_place_that_the_whole_table_gives_it() {
    for bits in 0..=MAX_PAGE_BITS {
        let (table, sum) = table(bits);
        let scope = scope(&table, sum);
        let source = std::sync::Arc::new(table);
        let places = scope.places(&source).ok().unwrap();
        assert_eq!(places.len(), 1 << bits);
        for first in [0, 1, 0x5a, 0x7f, 0x80, 0xc3, 0xff] {
            let rid = RecordId([first; 16]);
            let place = scope.place_of(&source, &rid).ok().unwrap();
            let number = rid.page(bits);
            assert_eq!(Some(&place), places.get(number), "{bits} {first}");
            let before: u64 = places.iter().take(number).map(|place| place.page.len).sum();
            assert_eq!((place.number, place.bits), (number, bits));
            assert_eq!(place.before, before);
        }
    }
}

#[test]
fn every_altered_byte_of_a_table_is_seen() {
    // More than one piece is read.
    let (table, sum) = table(8);
    assert!(table.len() > PIECE_BYTES);
    let scope = scope(&table, sum);
    assert_eq!(judged(&scope, &table), "nothing");
    for at in (0..table.len()).step_by(37).chain(8150..8250) {
        let mut other = table.clone();
        other[at] ^= 1;
        assert_eq!(judged(&scope, &other), ALTERED, "{at}");
    }
    assert_eq!(
        judged(&scope, &table[..table.len() - 1]),
        "it cannot be read"
    );
}

#[test]
fn a_sealed_table_is_held_to_its_grammar_and_its_sums() {
    let (good, sum) = table(8);
    let line = good.split_inclusive(|b| *b == b'\n').next().unwrap();
    let long = b"[1".repeat(200);
    let number = "the number of pages is no power of two up to 4096";
    let malformed = "a page line is malformed";
    for (text, records_len, what) in [
        (good.clone(), sum + 1, "page lengths do not add up"),
        ([&good, line].concat(), sum, number),
        (Vec::new(), 0, number),
        (good[..good.len() - 1].to_vec(), sum, malformed),
        ([&good, b"x\n".as_slice()].concat(), sum, malformed),
        ([&good, long.as_slice()].concat(), sum, malformed),
        ([&long, good.as_slice()].concat(), sum, malformed),
        (
            [b"[9007199254740992".as_slice(), &line[2..]].concat(),
            0,
            "a length is larger than 9007199254740991",
        ),
        (vec![b'['; 300_000], 0, "the page table is too long"),
        (line.repeat(5000), 0, number),
    ] {
        assert_eq!(judged(&scope(&text, records_len), &text), what);
    }
}

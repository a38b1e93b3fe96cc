//! The page table of a scope, line by line (`secrets-vault(5)`, THE FILE).

use super::cursor::line_len;
use super::scope::{Page, PageLine};
use super::scope_text::PageError;
use crate::vault::MAX_PAGE_BITS;

/// Greatest length of a page line: `[`, 16 digits, `,"`, 43 characters, `"],` and a line feed.
pub(super) const MAX_PAGE_LINE_BYTES: usize = 66;

/// Where a page lies among the records of its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its length and hash.
    pub page: Page,
    /// Its number, from 0.
    pub number: usize,
    /// There are 2^`bits` pages.
    pub bits: u32,
    /// Bytes of records in the pages before it.
    pub before: u64,
}

/// A page table on the way through it.
#[derive(Default)]
pub(super) struct Table {
    count: usize,
    sum: u64,
    /// The first thing that was wrong, to be said if the hash is right.
    wrong: Option<&'static str>,
}

impl Table {
    /// Notes what is wrong.
    pub fn note(&mut self, wrong: &'static str) {
        self.wrong = self.wrong.or(Some(wrong));
    }

    /// Takes the whole lines of some bytes; what is left behind them.
    pub fn take<'a>(
        &mut self,
        mut bytes: &'a [u8],
        each: &mut impl FnMut(Place, PageLine<'a>),
    ) -> &'a [u8] {
        loop {
            bytes = if let Some((line, rest)) = PageLine::take(bytes) {
                self.line(line, each);
                rest
            } else {
                let len = line_len(bytes);
                let Some((line, rest)) = bytes.split_at_checked(len + 1) else {
                    if len > MAX_PAGE_LINE_BYTES {
                        self.note("a page line is malformed");
                    }
                    return bytes;
                };
                self.note(match PageLine::is_too_long(line) {
                    true => "a length is larger than 9007199254740991",
                    false => "a page line is malformed",
                });
                rest
            }
        }
    }

    fn line<'a>(&mut self, line: PageLine<'a>, each: &mut impl FnMut(Place, PageLine<'a>)) {
        let place = Place {
            page: Page::default(),
            number: self.count,
            before: self.sum,
            bits: 0,
        };
        match self.sum.checked_add(line.len) {
            Some(sum) => self.sum = sum,
            None => return self.note("page lengths overflow"),
        }
        self.count += 1;
        if self.count <= 1 << MAX_PAGE_BITS {
            each(place, line);
        }
    }

    /// The bits of its number of pages, if all of it is right.
    pub fn bits(&self, records_len: u64) -> Result<u32, PageError> {
        if let Some(wrong) = self.wrong {
            return Err(wrong.into());
        }
        if !self.count.is_power_of_two() || self.count > 1 << MAX_PAGE_BITS {
            return Err("the number of pages is no power of two up to 4096".into());
        }
        if self.sum != records_len {
            return Err("page lengths do not add up".into());
        }
        Ok(self.count.trailing_zeros())
    }
}

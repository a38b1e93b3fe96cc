//! The records of a scope as they will be: the stored ones and what changes.

use super::draft::{Line, LineKey, ScopeDraft};
use super::error::integrity;
use super::format::{Page, Place, ScopeText};
use super::id::RecordId;
use super::records::stored_line;
use super::text::Text;
use super::{Error, LockedVault};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How much of changed pages is kept, in bytes: they are gone over three
/// times, for the length of all, for the table and to be written.
const MAX_KEPT_BYTES: usize = 8 << 20;

/// Stored records with a draft woven in, gone over a page at a time.
///
/// A page in which nothing changes is neither parsed nor hashed again: it is
/// copied, under the hash that the seal vouches for, and whoever verifies the
/// new file finds out whether the file under it was tampered with in between.
pub(super) struct Woven<'a> {
    draft: Option<&'a ScopeDraft>,
    stored: Option<Stored<'a>>,
    kept: RefCell<Kept>,
}

/// Pages that were woven.
#[derive(Default)]
struct Kept {
    pages: BTreeMap<usize, Rc<Vec<u8>>>,
    bytes: usize,
}

/// The records of a scope in the file that was read.
struct Stored<'a> {
    locked: &'a LockedVault,
    index: usize,
    pages: Rc<Vec<Place>>,
    scope: Rc<ScopeText>,
}

impl<'a> Woven<'a> {
    /// No records.
    pub fn empty() -> Self {
        Woven {
            draft: None,
            stored: None,
            kept: RefCell::default(),
        }
    }

    /// A draft over the scope of an index.
    ///
    /// # Errors
    /// A page table that does not verify.
    pub fn new(
        locked: &'a LockedVault,
        index: usize,
        draft: &'a ScopeDraft,
    ) -> Result<Self, Error> {
        let stored = match draft.keeps_stored {
            false => None,
            true => Some(Stored {
                locked,
                index,
                pages: locked.places(index)?,
                scope: locked.scope(index)?,
            }),
        };
        Ok(Woven {
            draft: Some(draft),
            stored,
            kept: RefCell::default(),
        })
    }

    /// Over how many pages it goes.
    pub fn pages(&self) -> usize {
        self.stored.as_ref().map_or(1, |stored| stored.pages.len())
    }

    /// By how many bits of the record id they are cut.
    pub fn bits(&self) -> u32 {
        self.pages().trailing_zeros()
    }

    /// A stored page in which nothing changes.
    pub fn unchanged(&self, number: usize) -> Option<&Page> {
        let page = &self.stored.as_ref()?.pages.get(number)?.page;
        self.changes(number).next().is_none().then_some(page)
    }

    /// Bytes of all lines.
    ///
    /// # Errors
    /// A page that changes and does not verify.
    pub fn size(&self) -> Result<u64, Error> {
        let mut size = 0;
        for number in 0..self.pages() {
            match self.unchanged(number) {
                Some(page) => size += page.len,
                None => self.parts(number, &mut |part| size += part.len() as u64)?,
            }
        }
        Ok(size)
    }

    /// All lines of a page, woven once, where there is room to keep them.
    ///
    /// # Errors
    /// A stored page that does not verify.
    pub fn kept(&self, number: usize) -> Result<Option<Rc<Vec<u8>>>, Error> {
        if let Some(page) = self.kept.borrow().pages.get(&number) {
            return Ok(Some(Rc::clone(page)));
        }
        let stored = self.stored.as_ref().and_then(|s| s.pages.get(number));
        let stored = stored.and_then(|place| usize::try_from(place.page.len).ok());
        let new = self.changes(number).filter_map(|(_, new)| new);
        let size = new.fold(stored.unwrap_or(0), |sum, new| sum + new.text().len());
        let mut kept = self.kept.borrow_mut();
        if kept.bytes + size > MAX_KEPT_BYTES {
            return Ok(None);
        }
        let mut page = Vec::with_capacity(size);
        self.lines(number, &mut |_, line| page.extend_from_slice(line))?;
        let page = Rc::new(page);
        kept.bytes += size;
        kept.pages.insert(number, Rc::clone(&page));
        Ok(Some(page))
    }

    /// Hands over the lines of a page in order, without saying where one ends.
    fn parts(&self, number: usize, each: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        match self.kept(number)? {
            Some(page) => each(&page),
            None => self.lines(number, &mut |_, line| each(line))?,
        }
        Ok(())
    }

    /// Hands over the lines of a page in order.
    ///
    /// # Errors
    /// A stored page that does not verify.
    pub fn lines(
        &self,
        number: usize,
        each: &mut dyn FnMut(&RecordId, &[u8]),
    ) -> Result<(), Error> {
        let raw = match &self.stored {
            Some(stored) => {
                let Stored { locked, index, .. } = stored;
                match stored.pages.get(number) {
                    Some(place) => locked.page(*index, &stored.scope, place)?,
                    None => return integrity("a page is missing"),
                }
            }
            None => Vec::new(),
        };
        let mut changes = self.changes(number).peekable();
        for text in raw.split_inclusive(|b| *b == b'\n') {
            let line = stored_line(text)?;
            let key = (line.rid, line.version);
            while let Some((at, new)) = changes.next_if(|(at, _)| **at < key) {
                new.inspect(|new| each(&at.0, new.text()));
            }
            match changes.next_if(|(at, _)| **at == key) {
                None => each(&key.0, text),
                Some((_, new)) => {
                    new.inspect(|new| each(&key.0, new.text()));
                }
            }
        }
        for (at, new) in changes {
            new.inspect(|new| each(&at.0, new.text()));
        }
        Ok(())
    }

    /// Writes all lines behind `out`; neighbouring pages that stay as they are
    /// in one piece.
    ///
    /// # Errors
    /// A page that changes and does not verify, or the file.
    pub fn write(&self, out: &mut Text) -> Result<(), Error> {
        let (mut at, mut run) = (0, 0);
        for number in 0..self.pages() {
            if let Some(page) = self.unchanged(number) {
                run += page.len;
                continue;
            }
            self.copy(at, run, out)?;
            self.parts(number, &mut |part| out.push(part))?;
            let page = self.stored.as_ref().and_then(|s| s.pages.get(number));
            at += run + page.map_or(0, |place| place.page.len);
            run = 0;
        }
        self.copy(at, run, out)
    }

    /// Copies stored bytes that begin `at` bytes behind the first record.
    fn copy(&self, at: u64, len: u64, out: &mut Text) -> Result<(), Error> {
        match &self.stored {
            Some(stored) => {
                let at = stored.scope.records_at + at;
                out.copy(stored.locked.source.as_ref(), at, len)
            }
            None => Ok(()),
        }
    }

    /// What changes in a page, in order.
    fn changes(&self, number: usize) -> impl Iterator<Item = (&LineKey, Option<&Line>)> {
        let bits = self.bits();
        let first = match bits {
            0 => 0,
            bits => (number as u128) << (128 - bits),
        };
        let draft = self.draft.into_iter();
        let changes = draft.flat_map(move |draft| draft.changes(RecordId(first.to_be_bytes())));
        changes.take_while(move |(key, _)| key.0.page(bits) == number)
    }
}

#[cfg(test)]
mod tests;

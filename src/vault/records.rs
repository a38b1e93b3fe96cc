//! The records of a scope as the file has them: pages, lines, order.

use super::format::{PageError, Place, RecordLine, ScopeText, Seal, Sealer, line_len};
use super::id::{RecordId, SlotId};
use super::{Error, LockedVault, MAX_LINE_BYTES};
use data_encoding::HEXLOWER;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What was verified of the records of a vault: what is looked up again is not
/// read again.
#[derive(Default)]
pub(super) struct PageCache {
    /// Page tables by the index of their scope.
    tables: RefCell<BTreeMap<usize, Rc<Vec<Place>>>>,
    last: RefCell<Option<LastPage>>,
}

/// The page in which a record was looked for last.
struct LastPage {
    scope: usize,
    place: Place,
    raw: Rc<Vec<u8>>,
}

impl LockedVault {
    /// Hands over the lines of each page of a scope and how many bytes they
    /// have; hash, grammar and order are checked.
    pub(super) fn pages(
        &self,
        index: usize,
        mut each: impl FnMut(&[RecordLine<'_>], u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let scope = self.scope(index)?;
        for place in self.places(index)?.iter() {
            let raw = scope.page(self.source.as_ref(), place);
            let raw = raw.or_else(|error| self.page_error(index, error))?;
            let mut lines = Vec::new();
            self.check_lines(index, place, &raw, &mut |line| lines.push(line))?;
            each(&lines, raw.len() as u64)?;
        }
        Ok(())
    }

    /// The page table of a scope, verified once.
    pub(super) fn places(&self, index: usize) -> Result<Rc<Vec<Place>>, Error> {
        if let Some(table) = self.pages.tables.borrow().get(&index) {
            return Ok(Rc::clone(table));
        }
        let places = self.scope(index)?.places(self.source.as_ref());
        let table = Rc::new(places.or_else(|error| self.page_error(index, error))?);
        self.pages
            .tables
            .borrow_mut()
            .insert(index, Rc::clone(&table));
        Ok(table)
    }

    /// The page that a record belongs to.
    ///
    /// The first one of a scope is found without holding the page table. The
    /// last one is kept: who looks for many records in the order of their ids
    /// reads each page once.
    pub(super) fn page_of(&self, index: usize, rid: &RecordId) -> Result<Rc<Vec<u8>>, Error> {
        let (is_first, last) = match self.pages.last.borrow().as_ref() {
            Some(last) if last.scope == index => {
                let there = rid.page(last.place.bits) == last.place.number;
                (false, there.then(|| Rc::clone(&last.raw)))
            }
            _ => (true, None),
        };
        if let Some(raw) = last {
            return Ok(raw);
        }
        let scope = self.scope(index)?;
        let place = match is_first && !self.pages.tables.borrow().contains_key(&index) {
            true => scope.place_of(self.source.as_ref(), rid),
            false => {
                let places = self.places(index)?;
                let number = rid.page(places.len().trailing_zeros());
                let place = places.get(number).copied();
                place.ok_or(PageError::Wrong("its page table has not 2^k lines"))
            }
        };
        let place = place.or_else(|error| self.page_error(index, error))?;
        let raw = Rc::new(self.page(index, &scope, &place)?);
        *self.pages.last.borrow_mut() = Some(LastPage {
            scope: index,
            place,
            raw: Rc::clone(&raw),
        });
        Ok(raw)
    }

    /// One page: hash, full line grammar, its records' place and order.
    pub(super) fn page(
        &self,
        index: usize,
        scope: &ScopeText,
        place: &Place,
    ) -> Result<Vec<u8>, Error> {
        if let Some(raw) = self.proved_page(index, scope, place) {
            return Ok(raw.to_vec());
        }
        let raw = scope.page(self.source.as_ref(), place);
        let raw = raw.or_else(|error| self.page_error(index, error))?;
        self.check_lines(index, place, &raw, &mut |_| ())?;
        Ok(raw)
    }

    /// Full line grammar, the place of the records and their order.
    pub(super) fn check_lines<'a>(
        &self,
        index: usize,
        place: &Place,
        raw: &'a [u8],
        each: &mut dyn FnMut(RecordLine<'a>),
    ) -> Result<(), Error> {
        let wrong = |what| self.records_error(index, what);
        let mut last = None;
        for line in record_lines(raw) {
            let line = match line {
                Err(Error::Limit { limit, .. }) => return Err(Error::Limit { limit, line: 0 }),
                Ok(line) => line,
                Err(Error::Number { .. }) => {
                    return wrong("a version is larger than 9007199254740991");
                }
                Err(_) => return wrong("a record line is malformed"),
            };
            if line.rid.page(place.bits) != place.number {
                return wrong("a record lies in the wrong page");
            }
            let key = (line.rid, line.version);
            if last.is_some_and(|last| last >= key) {
                return wrong("records out of order");
            }
            last = Some(key);
            each(line);
        }
        Ok(())
    }

    fn page_error<T>(&self, index: usize, error: PageError) -> Result<T, Error> {
        match error {
            PageError::Read(error) => Err(Error::Read(error)),
            PageError::Wrong(what) => self.records_error(index, what),
        }
    }

    /// An error about the records of a scope, naming who sealed them.
    pub(super) fn records_error<T>(&self, index: usize, what: &'static str) -> Result<T, Error> {
        let scope = self
            .doc
            .head
            .scopes
            .get(index)
            .map_or(String::new(), |s| s.title());
        Err(Error::Records {
            scope,
            seal: self.sealer(index),
            what,
        })
    }

    /// "sealed by ci-writer, seq 41", of a scope.
    pub(super) fn sealer(&self, index: usize) -> String {
        let scope = self.scope(index);
        scope.map_or("sealed by nobody".to_owned(), |scope| {
            self.sealed_by(&scope.seal)
        })
    }

    /// The same, of a seal.
    pub(super) fn sealed_by(&self, seal: &Seal) -> String {
        let by = match seal.by {
            Sealer::Admin => "admin".to_owned(),
            Sealer::Slot(id) => self.label_of(&id),
        };
        format!("sealed by {by}, seq {}", seal.seq)
    }

    /// A slot's label, or its id if it is gone.
    pub(super) fn label_of(&self, id: &SlotId) -> String {
        let slot = self.doc.slots.iter().find(|slot| slot.entry.id == *id);
        slot.map_or(id.text(), |slot| slot.entry.label.clone())
    }
}

/// The lines of one record in a verified page, with their line feeds.
pub(super) fn lines_of<'a>(page: &'a [u8], rid: &RecordId) -> Vec<&'a [u8]> {
    // A page has the full grammar: no other line begins like this.
    let mut begin = String::with_capacity(40);
    begin.push_str("[\"");
    HEXLOWER.encode_append(&rid.0, &mut begin);
    begin.push_str("\",");
    let own = texts(page).skip_while(|line| !line.starts_with(begin.as_bytes()));
    own.take_while(|line| line.starts_with(begin.as_bytes()))
        .collect()
}

/// The fields of a stored line.
pub(super) fn stored_line(text: &[u8]) -> Result<RecordLine<'_>, Error> {
    RecordLine::parse(text.strip_suffix(b"\n").unwrap_or(text), 0)
}

/// Lines with their line feeds.
fn texts(raw: &[u8]) -> impl Iterator<Item = &[u8]> + '_ {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let len = line_len(rest);
        let (line, behind) = match rest.split_at_checked(len + 1) {
            Some((line, behind)) => (line, behind),
            None if rest.is_empty() => return None,
            None => (rest, [].as_slice()),
        };
        rest = behind;
        Some(line)
    })
}

/// The record lines of verified bytes.
fn record_lines(raw: &[u8]) -> impl Iterator<Item = Result<RecordLine<'_>, Error>> + '_ {
    texts(raw).map(|line| match line.strip_suffix(b"\n") {
        Some(line) if line.len() > MAX_LINE_BYTES => Err(Error::Limit {
            limit: "2097152 bytes (2 MiB) a line",
            line: 0,
        }),
        Some(line) => RecordLine::parse(line, 0),
        None => Err(Error::Format {
            line: 0,
            expected: "a line feed",
        }),
    })
}

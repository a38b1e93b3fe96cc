//! The records of a scope as the file has them: pages, lines, order.

use super::format::{Page, PageError, RecordLine, ScopeText, Seal, Sealer};
use super::id::{RecordId, SlotId};
use super::{Error, LockedVault, MAX_LINE_BYTES};
use std::rc::Rc;

impl LockedVault {
    /// Hands over each page of a scope, hash, grammar and order checked.
    pub(super) fn pages(
        &self,
        index: usize,
        mut each: impl FnMut(usize, Vec<u8>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let scope = self.scope(index)?;
        let pages = self.page_table(index)?;
        for number in 0..pages.len() {
            let raw = self.page(index, &scope, &pages, number)?;
            each(number, raw)?;
        }
        Ok(())
    }

    /// The page table of a scope, verified once.
    pub(super) fn page_table(&self, index: usize) -> Result<Rc<Vec<Page>>, Error> {
        if let Some(table) = self.tables.borrow().get(&index) {
            return Ok(Rc::clone(table));
        }
        let scope = self.scope(index)?;
        let pages = scope.pages(self.source.as_ref());
        let table = Rc::new(pages.or_else(|error| self.page_error(index, error))?);
        self.tables.borrow_mut().insert(index, Rc::clone(&table));
        Ok(table)
    }

    /// The page that a record belongs to. It is kept until another one is
    /// asked for: who looks for many records in the order of their ids reads
    /// each page once.
    pub(super) fn page_of(&self, index: usize, rid: &RecordId) -> Result<Rc<Vec<u8>>, Error> {
        let pages = self.page_table(index)?;
        let number = rid.page(pages.len().trailing_zeros());
        if let Some((scope, page, raw)) = self.last_page.borrow().as_ref()
            && (*scope, *page) == (index, number)
        {
            return Ok(Rc::clone(raw));
        }
        let scope = self.scope(index)?;
        let raw = Rc::new(self.page(index, &scope, &pages, number)?);
        *self.last_page.borrow_mut() = Some((index, number, Rc::clone(&raw)));
        Ok(raw)
    }

    /// One page: hash, full line grammar, its records' place and order.
    pub(super) fn page(
        &self,
        index: usize,
        scope: &ScopeText,
        pages: &[Page],
        number: usize,
    ) -> Result<Vec<u8>, Error> {
        let wrong = |what| self.records_error(index, what);
        let raw = scope.page(self.source.as_ref(), pages, number);
        let raw = raw.or_else(|error| self.page_error(index, error))?;
        let bits = pages.len().trailing_zeros();
        let mut last = None;
        for line in record_lines(&raw) {
            let line = match line {
                Err(Error::Limit { limit, .. }) => return Err(Error::Limit { limit, line: 0 }),
                Ok(line) => line,
                Err(Error::Number { .. }) => {
                    return wrong("a version is larger than 9007199254740991");
                }
                Err(_) => return wrong("a record line is malformed"),
            };
            if line.rid.page(bits) != number {
                return wrong("a record lies in the wrong page");
            }
            let key = (line.rid, line.version);
            if last.is_some_and(|last| last >= key) {
                return wrong("records out of order");
            }
            last = Some(key);
        }
        Ok(raw)
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

/// The record lines of verified bytes.
pub(super) fn record_lines(raw: &[u8]) -> impl Iterator<Item = Result<RecordLine<'_>, Error>> + '_ {
    raw.split_inclusive(|b| *b == b'\n')
        .map(|line| match line.strip_suffix(b"\n") {
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

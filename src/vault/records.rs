//! The records of a scope as the file has them: pages, lines, order.

use super::format::{Page, RecordLine, ScopeText, Sealer};
use super::id::SlotId;
use super::{Error, LockedVault};

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

    /// The page table of a scope.
    pub(super) fn page_table(&self, index: usize) -> Result<Vec<Page>, Error> {
        let scope = self.scope(index)?;
        scope
            .pages(self.source.as_ref())
            .or_else(|what| self.records_error(index, what))
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
        let raw = scope
            .page(self.source.as_ref(), pages, number)
            .or_else(wrong)?;
        let bits = pages.len().trailing_zeros();
        let mut last = None;
        for line in record_lines(&raw) {
            let line = match line {
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

    /// "sealed by ci-writer, seq 41".
    pub(super) fn sealer(&self, index: usize) -> String {
        let Ok(scope) = self.scope(index) else {
            return "sealed by nobody".to_owned();
        };
        let by = match scope.seal.by {
            Sealer::Admin => "admin".to_owned(),
            Sealer::Slot(id) => self.label_of(&id),
        };
        format!("sealed by {by}, seq {}", scope.seal.seq)
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
            Some(line) => RecordLine::parse(line, 0),
            None => Err(Error::Format {
                line: 0,
                expected: "a line feed",
            }),
        })
}

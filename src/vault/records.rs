//! The records of a scope as the file has them: pages, lines, order.

use super::format::{PageError, Place, RecordLine, ScopeText, Seal, Sealer, run_len};
use super::id::{RecordId, SlotId};
use super::{Error, LockedVault, MAX_LINE_BYTES};

impl LockedVault {
    /// Hands over each page of a scope, hash, grammar and order checked.
    pub(super) fn pages(
        &self,
        index: usize,
        mut each: impl FnMut(usize, Vec<u8>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let scope = self.scope(index)?;
        let places = scope.places(self.source.as_ref());
        for place in places.or_else(|error| self.page_error(index, error))? {
            let raw = self.page(index, &scope, &place)?;
            self.check_lines(index, &place, &raw, |_| ())?;
            each(place.number, raw)?;
        }
        Ok(())
    }

    /// The lines of one record, out of its page, which is read into `page` and
    /// checked as a whole as in [`LockedVault::pages`].
    pub(super) fn lines_of<'a>(
        &self,
        index: usize,
        rid: &RecordId,
        page: &'a mut Vec<u8>,
    ) -> Result<Vec<RecordLine<'a>>, Error> {
        let scope = self.scope(index)?;
        let place = scope.place_of(self.source.as_ref(), rid);
        let place = place.or_else(|error| self.page_error(index, error))?;
        *page = self.page(index, &scope, &place)?;
        let mut lines = Vec::new();
        self.check_lines(index, &place, page, |line| {
            if line.rid == *rid {
                lines.push(line);
            }
        })?;
        Ok(lines)
    }

    /// The bytes of one page, their hash checked.
    fn page(&self, index: usize, scope: &ScopeText, place: &Place) -> Result<Vec<u8>, Error> {
        let raw = scope.page(self.source.as_ref(), place);
        raw.or_else(|error| self.page_error(index, error))
    }

    /// Full line grammar, the place of the records and their order.
    fn check_lines<'a>(
        &self,
        index: usize,
        place: &Place,
        raw: &'a [u8],
        mut each: impl FnMut(RecordLine<'a>),
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

/// The record lines of verified bytes.
pub(super) fn record_lines(raw: &[u8]) -> impl Iterator<Item = Result<RecordLine<'_>, Error>> + '_ {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let len = run_len(rest, |b| b != b'\n');
        let (line, behind) = match rest.split_at_checked(len + 1) {
            Some((line, behind)) => (line, behind),
            None if rest.is_empty() => return None,
            None => (rest, [].as_slice()),
        };
        rest = behind;
        Some(line)
    })
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

//! Verifying a whole file, and one that was made out of another (`secrets-vault(5)`, READING).

use super::format::{ALTERED_PAGE, Place, ScopeText, is_page};
use super::id::ScopeId;
use super::{Error, LockedVault, MAX_RECORDS};
use crate::file::is_equal;
use std::rc::Rc;

impl LockedVault {
    /// Verifies the whole file under the admin key in its head: grammar,
    /// bounds, every signature and every hash, and holds it to what is known
    /// of it ([`LockedVault::guarded`]).
    ///
    /// # Errors
    /// The first thing found wrong.
    pub fn verify(&self) -> Result<(), Error> {
        self.verify_after(None)
    }

    /// The same of a file that was made out of another: what of that was
    /// verified in this process and stands here unchanged is compared with it.
    pub(super) fn verify_after(&self, before: Option<&LockedVault>) -> Result<(), Error> {
        self.verify_head()?;
        for slot in &self.doc.slots {
            self.verify_slot(slot)?;
        }
        let (mut records, mut read, size) = (0, 0, self.source.size());
        for index in 0..self.doc.head.scopes.len() {
            self.verify_seal(index)?;
            self.verify_records(index, before, &mut |lines, bytes| {
                records += lines;
                read += bytes;
                self.tell("verifying", read, size);
            })?;
        }
        self.tell("verifying", size, size);
        if records > MAX_RECORDS {
            return Err(Error::Limit {
                limit: "1000000 records",
                line: 0,
            });
        }
        self.verify_end()?;
        self.check_expected()
    }

    /// Behind the last scope stands the end of the file.
    fn verify_end(&self) -> Result<(), Error> {
        let last = self.doc.head.scopes.len().checked_sub(1);
        let end = match last {
            Some(last) => self.scope(last)?.end,
            None => self.doc.first_scope().0,
        };
        if end.checked_add(4) == Some(self.source.size()) {
            Ok(())
        } else {
            Err(Error::LastLine)
        }
    }

    /// Verifies every page of a scope and tells how many lines and bytes it has.
    ///
    /// `before` is the vault that this one was made out of. Its pages that were
    /// verified in memory are not hashed and parsed again where they are here
    /// unchanged, byte for byte: under the same number of as many pages, with
    /// the same line in the table that the new seal vouches for. Hash, grammar,
    /// place and order are functions of just that, so this is the same check,
    /// done by comparing with bytes that passed it. Mostly they are not even
    /// copied: then the bytes to be written are the very memory that passed. A
    /// byte that changes on its way makes a page another one, and another one
    /// is verified in full.
    pub(super) fn verify_records(
        &self,
        index: usize,
        before: Option<&LockedVault>,
        each: &mut dyn FnMut(usize, u64),
    ) -> Result<(), Error> {
        let scope = self.scope(index)?;
        let places = self.places(index)?;
        let before = before.and_then(|before| before.proved(&scope.id));
        let mut in_memory = true;
        for place in places.iter() {
            let same = |here: &&[u8]| before.as_ref().is_some_and(|old| old.has(place, here));
            let lines = match self.bytes_at(&scope, place) {
                Some(here) if same(&here) => line_count(here),
                Some(here) => self.verify_page(index, place, here)?,
                None => {
                    in_memory = false;
                    line_count(&self.page(index, &scope, place)?)
                }
            };
            each(lines, place.page.len);
        }
        if in_memory {
            self.whole.borrow_mut().insert(index);
        }
        Ok(())
    }

    /// Verifies a page where it lies; how many lines it has.
    fn verify_page(&self, index: usize, place: &Place, bytes: &[u8]) -> Result<usize, Error> {
        if !is_page(place, bytes) {
            return self.records_error(index, ALTERED_PAGE);
        }
        let mut lines = 0;
        self.check_lines(index, place, bytes, &mut |_| lines += 1)?;
        Ok(lines)
    }

    /// A page that was verified and cannot have changed since.
    pub(super) fn proved_page(
        &self,
        index: usize,
        scope: &ScopeText,
        place: &Place,
    ) -> Option<&[u8]> {
        let proved = self.whole.borrow().contains(&index);
        self.bytes_at(scope, place).filter(|_| proved)
    }

    /// The scope of an id, if all its pages were verified in memory.
    fn proved(&self, id: &ScopeId) -> Option<Proved<'_>> {
        let mut scopes = self.doc.head.scopes.iter();
        let index = scopes.position(|scope| scope.id == *id)?;
        if !self.whole.borrow().contains(&index) {
            return None;
        }
        Some(Proved {
            vault: self,
            scope: self.scope(index).ok()?,
            places: self.places(index).ok()?,
        })
    }

    /// The bytes of a page, where the file lies in memory.
    fn bytes_at(&self, scope: &ScopeText, place: &Place) -> Option<&[u8]> {
        let offset = scope.records_at.checked_add(place.before)?;
        self.source.piece(offset, place.page.len)
    }
}

fn line_count(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

/// A scope whose pages were verified in memory.
struct Proved<'a> {
    vault: &'a LockedVault,
    scope: Rc<ScopeText>,
    places: Rc<Vec<Place>>,
}

impl Proved<'_> {
    /// Whether a page of another file, and its line in the table, are one of these.
    fn has(&self, place: &Place, bytes: &[u8]) -> bool {
        let own = self.places.get(place.number);
        let own = own.filter(|own| own.bits == place.bits && own.page == place.page);
        let own = own.and_then(|own| self.vault.bytes_at(&self.scope, own));
        own.is_some_and(|own| std::ptr::eq(own, bytes) || is_equal(own, bytes))
    }
}

#[cfg(test)]
mod tests;

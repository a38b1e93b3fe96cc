//! A vault as anybody sees it, and its verification.

use super::error::integrity;
use super::format::{Document, ScopeError, ScopeText, Sealer, Slot};
use super::guard::Guard;
use super::id::{Fingerprint, SlotId, VaultId};
use super::memo::Memo;
use super::pin::Seen;
use super::records::PageCache;
use super::slot_summary::{SlotSummary, summary};
use super::{Error, Older, Progress, ReadAt};
use crate::crypto::{Hash, Message, PublicKey, hash};
use crate::name::EnvName;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A vault whose grammar was read and which nothing has opened yet.
pub struct LockedVault {
    pub(super) source: Box<dyn ReadAt>,
    pub(super) doc: Document,
    /// The scopes walked over so far.
    scopes: RefCell<Vec<Rc<ScopeText>>>,
    /// What was verified of its records so far.
    pub(super) pages: PageCache,
    /// The scopes whose pages were all verified in memory.
    pub(super) whole: RefCell<BTreeSet<usize>>,
    /// Who is told how far long work is.
    pub(super) progress: Option<Progress>,
    /// What is known of it beforehand.
    pub(super) guard: Guard,
    /// The messages whose signature is good.
    pub(super) memo: Memo,
    /// The same of the wraps of other slots, which no session remembers.
    pub(super) wraps: Memo,
    /// The slot that opens it.
    pub(super) own: Option<SlotId>,
    /// What was verified so far, once the head was.
    pub(super) seen: RefCell<Option<Seen>>,
    /// What is older than seen and was let pass, by the hash of head or seal.
    pub(super) older: RefCell<Vec<(Hash, Older)>>,
}

impl LockedVault {
    /// Reads head and slots; scopes are walked over when they are needed.
    ///
    /// # Errors
    /// Grammar and bounds.
    pub fn read(source: Box<dyn ReadAt>) -> Result<Self, Error> {
        let doc = Document::read(source.as_ref())?;
        Ok(LockedVault {
            source,
            doc,
            scopes: RefCell::default(),
            pages: PageCache::default(),
            whole: RefCell::default(),
            progress: None,
            guard: Guard::default(),
            memo: Memo::default(),
            wraps: Memo::default(),
            own: None,
            seen: RefCell::default(),
            older: RefCell::default(),
        })
    }

    /// Lets somebody be told how far long work is.
    #[must_use]
    pub fn watched(mut self, progress: Option<Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// Tells how much of some work is done.
    pub(super) fn tell(&self, work: &'static str, done: u64, total: u64) {
        if let Some(progress) = &self.progress {
            progress(work, done, total);
        }
    }

    /// The vault's id.
    pub fn id(&self) -> VaultId {
        self.doc.vault
    }

    /// The fingerprint of the admin key in the head.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.doc.head.admin)
    }

    /// The number of its head.
    pub fn head_seq(&self) -> u64 {
        self.doc.head.seq
    }

    /// The environments that the head names; nothing vouches for them yet.
    pub fn environments(&self) -> Vec<EnvName> {
        self.doc.head.environments().into_iter().cloned().collect()
    }

    /// The slots in file order.
    pub fn slots(&self) -> impl Iterator<Item = SlotSummary> + '_ {
        self.doc.slots.iter().map(summary)
    }

    /// Verifies head and slot table under the admin key in the head.
    pub(super) fn verify_head(&self) -> Result<(), Error> {
        let doc = &self.doc;
        let message = Message::new("head", &[&doc.vault.0, &doc.head_raw]);
        let signature = doc.head_signature.into();
        if !self.memo.verifies(&doc.head.admin, &message, &signature) {
            return Err(Error::HeadSignature);
        }
        let entries: Vec<&[u8]> = doc
            .slots
            .iter()
            .map(|slot| slot.entry_raw.as_slice())
            .collect();
        if hash("slots", &entries) != doc.head.slots_hash {
            return integrity("the slot table does not match the head");
        }
        doc.check_meaning()?;
        self.admit_head()
    }

    /// Verifies the sealed keys and the wrap of one slot.
    pub(super) fn verify_slot(&self, slot: &Slot) -> Result<(), Error> {
        let (vault, id, label) = (&self.doc.vault.0, &slot.entry.id.0, &slot.entry.label);
        if hash("slot-key", &[vault, id, &slot.keys_raw]) != slot.entry.key_hash {
            return integrity(format!("the keys of slot \"{label}\" were altered"));
        }
        let message = Message::new("wrap", &[vault, id, &slot.wrap_raw]);
        let (public, signature) = (&slot.entry.public, slot.wrap_signature.into());
        let memo = match self.own == Some(slot.entry.id) {
            true => &self.memo,
            false => &self.wraps,
        };
        if !memo.verifies(public, &message, &signature) {
            return integrity(format!(
                "the wrap of slot \"{label}\" has an invalid signature"
            ));
        }
        self.admit_wrap(slot)
    }

    /// Walks to a scope and reads its seal; its id must be the head's.
    pub(super) fn scope(&self, index: usize) -> Result<Rc<ScopeText>, Error> {
        let mut walked = self.scopes.borrow_mut();
        let (first, line) = self.doc.first_scope();
        while walked.len() <= index {
            let at = walked.len();
            let Some(entry) = self.doc.head.scopes.get(at) else {
                return integrity("a scope is missing in the head");
            };
            let (offset, line) = match walked.last() {
                Some(last) => (last.end, None),
                None => (first, Some(line)),
            };
            let scope = match ScopeText::read(self.source.as_ref(), offset, line) {
                Ok(scope) => scope,
                Err(ScopeError::Grammar(error)) => return Err(self.with_line(offset, error)),
                Err(ScopeError::Lengths(seal)) => {
                    return Err(Error::Records {
                        scope: entry.title(),
                        seal: self.sealed_by(&seal),
                        what: "its lengths do not fit the lines",
                    });
                }
            };
            if scope.id != entry.id {
                return integrity(format!(
                    "the scope {} is not where the head says",
                    entry.title()
                ));
            }
            walked.push(Rc::new(scope));
        }
        match walked.get(index) {
            Some(scope) => Ok(Rc::clone(scope)),
            None => integrity("a scope is missing in the file"),
        }
    }

    /// An error in the first lines of a scope whose number was not known: the
    /// lines before it are counted now, and the scope is read once more.
    fn with_line(&self, offset: u64, error: Error) -> Error {
        if !error.has_no_line() {
            return error;
        }
        let lines = match self.lines_before(offset) {
            Ok(lines) => lines,
            Err(error) => return Error::Read(error),
        };
        match ScopeText::read(self.source.as_ref(), offset, Some(lines)) {
            Err(ScopeError::Grammar(error)) => error,
            _ => error,
        }
    }

    fn lines_before(&self, offset: u64) -> std::io::Result<usize> {
        let (mut at, mut lines) = (0, 0);
        let mut buffer = [0; 8192];
        while at < offset {
            let left = usize::try_from(offset - at).unwrap_or(usize::MAX);
            let take = buffer.len().min(left);
            let part = buffer.get_mut(..take).unwrap_or_default();
            self.source.read_at(at, part)?;
            lines += part.iter().filter(|b| **b == b'\n').count();
            at += take as u64;
        }
        Ok(lines)
    }

    /// Verifies once who sealed a scope, when, and the signature.
    pub(super) fn verify_seal(&self, index: usize) -> Result<(), Error> {
        let doc = &self.doc;
        let Some(entry) = doc.head.scopes.get(index) else {
            return integrity("a scope is missing in the head");
        };
        if self.has_seen(entry) {
            return Ok(());
        }
        let scope = self.scope(index)?;
        let title = || entry.title();
        if scope.seal.seq < entry.min_seal || scope.seal.head_seq > doc.head.seq {
            return integrity(format!("scope {} and head are of different times", title()));
        }
        let key: PublicKey = match scope.seal.by {
            Sealer::Admin => doc.head.admin,
            Sealer::Slot(id) => {
                let slot = doc.slots.iter().find(|slot| slot.entry.id == id);
                match slot.filter(|_| entry.writers.contains(&id)) {
                    Some(slot) => slot.entry.public,
                    None => {
                        return integrity(format!(
                            "scope {} was sealed by a slot without write right: {}",
                            title(),
                            slot.map_or(id.text(), |slot| slot.entry.label.clone())
                        ));
                    }
                }
            }
        };
        let epoch = entry.epoch.to_le_bytes();
        let message = Message::new(
            "seal",
            &[&doc.vault.0, &entry.id.0, &epoch, &scope.seal_raw],
        );
        let signature = scope.signature.into();
        if !self.memo.verifies(&key, &message, &signature) {
            return integrity(format!(
                "the seal of scope {} has an invalid signature",
                title()
            ));
        }
        self.admit_seal(entry, &scope.seal, &scope.seal_raw)
    }
}

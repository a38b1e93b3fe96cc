//! What a machine and its user know before a vault is believed
//! (`secrets-vault(5)`, PINS).
//!
//! Signatures say who wrote a file. Whether it is the vault that is meant, and
//! not last month's, only memory can say: the [`Pin`] of earlier runs, or the
//! bounds that a CI job is given.

use super::error::integrity;
use super::format::{RollbackPolicy, ScopeEntry, Seal, Slot};
use super::id::{Fingerprint, SlotId};
use super::pin::{Pin, Seen};
use super::unlock::MAX_TRIES;
use super::work_tree::InWorkTree;
use super::{Error, Expect, LockedVault, Older};
use crate::crypto::{Hash, Iterations, sha256};
use std::collections::BTreeMap;

/// How far a head may lie ahead of this machine's clock, in seconds.
const MAX_CLOCK_LAG_SECONDS: u64 = 86_400;

/// What is known of a vault beforehand. The default is nothing.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// What this machine has seen of it.
    pub pin: Option<Pin>,
    /// The admin that the user names (`SECRETS_ADMIN`).
    pub admin: Option<Fingerprint>,
    /// Lower bounds that the user names (`SECRETS_EXPECT`).
    pub expect: Option<Expect>,
    /// Whether older states are accepted with a warning (`--accept-older`).
    pub accept_older: bool,
    /// Whether the file lies in a git work tree, where a branch may be older.
    pub in_work_tree: InWorkTree,
    /// Whether a token opens it: nobody is there who could read a warning.
    pub token: bool,
}

impl LockedVault {
    /// The same vault, held to what is known of it. What needs no signature is
    /// checked at once, the rest wherever something is verified.
    ///
    /// # Errors
    /// [`Error::NotAdmin`] for another admin than the user names,
    /// [`Error::OtherAdmin`] for another than this machine has seen.
    pub fn guarded(mut self, guard: Guard) -> Result<Self, Error> {
        let found = self.fingerprint();
        if let Some(expected) = guard.admin.filter(|admin| *admin != found) {
            return Err(Error::NotAdmin {
                found: found.hex(),
                expected: expected.hex(),
            });
        }
        let seen = guard.pin.as_ref().map(|pin| pin.fingerprint);
        if let Some(seen) = seen.filter(|seen| *seen != found) {
            return Err(Error::OtherAdmin {
                found: found.hex(),
                seen: seen.hex(),
            });
        }
        self.guard = guard;
        self.forget();
        Ok(self)
    }

    /// What was found older than seen and let pass: sentences to warn with,
    /// each head and seal once.
    pub fn older(&self) -> Vec<String> {
        let older = self.older.borrow();
        older.iter().map(|(_, older)| older.to_string()).collect()
    }

    /// What was verified so far; nothing before the head was.
    ///
    /// That all of it is signed by the admin key in the head says nothing of
    /// whose key that is.
    pub fn seen(&self) -> Option<Seen> {
        self.seen.borrow().clone()
    }

    /// Verifies head and slots before anybody is asked for a passphrase, so
    /// that an altered file never gets one to work on.
    ///
    /// Without a pin and `SECRETS_ADMIN` there is nothing to verify against
    /// yet: then the passphrase proves the admin key.
    ///
    /// # Errors
    /// As [`LockedVault::takes_passphrase`], and whatever does not verify.
    pub fn check_before_prompt(
        &self,
        label: Option<&str>,
        preferred: Option<SlotId>,
    ) -> Result<(), Error> {
        if self.guard.pin.is_none() && self.guard.admin.is_none() {
            return Ok(());
        }
        self.verify_head()?;
        let slots = self.passphrase_slots(label, preferred)?;
        for slot in slots.into_iter().take(MAX_TRIES) {
            let verified = self.verify_slot(slot);
            // The more telling of two reasons; one that is genuine is never tried.
            match Iterations::new(slot.wrap.iterations) {
                Err(bounds) if verified.is_err() => return Err(Error::Iterations(bounds)),
                _ => verified?,
            }
        }
        Ok(())
    }

    /// Whether head and clock can both be right; `clock` is Unix seconds.
    /// A head of the future would make later ones look old for good, so it is
    /// checked before anything is remembered.
    ///
    /// # Errors
    /// [`Error::ClockBehind`] if the head is more than a day ahead.
    pub fn check_clock(&self, clock: u64) -> Result<(), Error> {
        let head = self.doc.head.time;
        match head > clock.saturating_add(MAX_CLOCK_LAG_SECONDS) {
            true => Err(Error::ClockBehind { head }),
            false => Ok(()),
        }
    }

    /// Forgets what was verified and let pass: the next guard is another one.
    pub(super) fn forget(&mut self) {
        self.seen.take();
        self.older.take();
    }

    /// Holds a head whose signature is good to pin and bounds, and remembers it.
    pub(super) fn admit_head(&self) -> Result<(), Error> {
        let head = &self.doc.head;
        let hash = sha256(&self.doc.head_raw);
        if let Some(pin) = &self.guard.pin {
            let (found, seen) = (head.seq, pin.head.0);
            if found < seen || (found == seen && hash != pin.head.1) {
                self.meet(hash, Older::Head { found, seen })?;
            }
        }
        let least = self.guard.expect.as_ref().and_then(|expect| expect.head);
        if let Some(least) = least.filter(|least| head.seq < *least) {
            return integrity(format!(
                "head {} is below the {least} that SECRETS_EXPECT asks for",
                head.seq
            ));
        }
        self.seen.borrow_mut().get_or_insert_with(|| Seen {
            fingerprint: self.fingerprint(),
            head: (head.seq, hash),
            rollback: head.policy.rollback,
            time: head.time,
            scopes: BTreeMap::new(),
            slots: BTreeMap::new(),
        });
        Ok(())
    }

    /// Holds a seal whose signature is good to the pin, and remembers it.
    pub(super) fn admit_seal(
        &self,
        entry: &ScopeEntry,
        seal: &Seal,
        raw: &[u8],
    ) -> Result<(), Error> {
        let hash = sha256(raw);
        let found = (entry.epoch, seal.seq);
        let pinned = self
            .guard
            .pin
            .as_ref()
            .and_then(|pin| pin.scopes.get(&entry.id));
        if let Some((epoch, number, pinned)) = pinned {
            let seen = (*epoch, *number);
            if found < seen || (found == seen && hash != *pinned) {
                let scope = entry.title();
                self.meet(hash, Older::Scope { scope, found, seen })?;
            }
        }
        if let Some(seen) = self.seen.borrow_mut().as_mut() {
            seen.scopes.insert(entry.id, (found.0, found.1, hash));
        }
        Ok(())
    }

    /// Whether the seal of a scope was verified already.
    pub(super) fn has_seen(&self, entry: &ScopeEntry) -> bool {
        let seen = self.seen.borrow();
        seen.as_ref()
            .is_some_and(|seen| seen.scopes.contains_key(&entry.id))
    }

    /// Remembers a wrap whose signature is good.
    pub(super) fn admit_wrap(&self, slot: &Slot) -> Result<(), Error> {
        let hash = sha256(&slot.wrap_raw);
        self.hold_wrap(slot, || hash)?;
        if let Some(seen) = self.seen.borrow_mut().as_mut() {
            seen.slots.insert(slot.entry.id, (slot.wrap.seq, hash));
        }
        Ok(())
    }

    /// Holds a wrap to the pin. It needs no signature, so that no work is done
    /// on a wrap that would bring an old passphrase back.
    ///
    /// # Errors
    /// [`Error::Older`], wherever the file lies and whatever is accepted.
    pub(super) fn check_wrap(&self, slot: &Slot) -> Result<(), Error> {
        self.hold_wrap(slot, || sha256(&slot.wrap_raw))
    }

    fn hold_wrap(&self, slot: &Slot, hash: impl FnOnce() -> Hash) -> Result<(), Error> {
        let pinned = self
            .guard
            .pin
            .as_ref()
            .and_then(|pin| pin.slots.get(&slot.entry.id));
        let Some((seen, pinned)) = pinned else {
            return Ok(());
        };
        let found = slot.wrap.seq;
        if found < *seen || (found == *seen && hash() != *pinned) {
            return Err(Error::Older(Older::Wrap {
                label: slot.entry.label.clone(),
                found,
                seen: *seen,
            }));
        }
        Ok(())
    }

    /// Verifies every scope that `SECRETS_EXPECT` names and holds it to its bound.
    pub(super) fn check_expected(&self) -> Result<(), Error> {
        let named = self.guard.expect.iter().flat_map(|expect| &expect.scopes);
        for (env, prefix, epoch, seal) in named {
            let mut scopes = self.doc.head.scopes.iter();
            let Some(index) = scopes.position(|s| s.env == *env && s.prefix == *prefix) else {
                let name = match prefix.as_str() {
                    "" => env.to_string(),
                    prefix => format!("{env}/{prefix}"),
                };
                return integrity(format!(
                    "this vault has no {name}, which SECRETS_EXPECT asks for"
                ));
            };
            self.verify_seal(index)?;
            let seen = self.seen.borrow();
            let entry = self.doc.head.scopes.get(index);
            let found =
                entry.and_then(|entry| Some((entry, seen.as_ref()?.scopes.get(&entry.id)?)));
            let Some((entry, found)) = found else {
                return integrity("a scope is missing in the head");
            };
            if (found.0, found.1) < (*epoch, *seal) {
                return integrity(format!(
                    "{} is at epoch {} seal {}, below the epoch {epoch} seal {seal} that \
                     SECRETS_EXPECT asks for",
                    entry.title(),
                    found.0,
                    found.1
                ));
            }
        }
        Ok(())
    }

    /// Something older: an error, or a warning where it is expected or accepted.
    ///
    /// The policy is the stricter one of the head at hand and of the head that
    /// was seen: a file from before a policy is not judged by its own.
    fn meet(&self, hash: Hash, older: Older) -> Result<(), Error> {
        let guard = &self.guard;
        let seen = guard.pin.as_ref().map(|pin| pin.rollback);
        let mut policies = seen.into_iter().chain([self.doc.head.policy.rollback]);
        let warns = policies.all(|policy| policy == RollbackPolicy::Warn);
        if !(guard.accept_older || (!guard.token && warns && guard.in_work_tree.is())) {
            return Err(Error::Older(older));
        }
        let mut met = self.older.borrow_mut();
        if met.iter().all(|(known, _)| *known != hash) {
            met.push((hash, older));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

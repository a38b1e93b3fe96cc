//! A vault that a slot has opened.

use super::error::integrity;
use super::format::{Extras, Role, Slot};
use super::grant::{self, Access, Capability};
use super::id::{Fingerprint, SlotId, VaultId};
use super::seal::Draft;
use super::unlock::{Depth, SlotSecret};
use super::{Error, LockedVault, Policy, padding};
use crate::crypto::{Message, RootKey, SlotKey, equal, sha256};
use crate::name::{EnvName, SecretPath};
use crate::time::Timestamp;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How far a head may lie ahead of this machine's clock, in seconds.
const MAX_CLOCK_LAG_SECONDS: u64 = 86_400;
/// Least padded length of a grant, in bytes.
pub(super) const GRANT_PADDING: usize = 512;

/// An open vault: what its slot may read can be read, and changes are staged.
///
/// Keys are wiped when it is dropped.
pub struct Vault {
    pub(super) locked: LockedVault,
    /// Index of the slot that opened it.
    pub(super) slot: usize,
    pub(super) key: Rc<SlotKey>,
    /// What it may do, by the index of the scope.
    pub(super) capabilities: BTreeMap<usize, Capability>,
    /// Unix seconds: the clock, or the head if that is later.
    pub(super) now: u64,
    /// Scopes whose seal or key commitment was verified.
    pub(super) verified: RefCell<BTreeSet<usize>>,
    pub(super) draft: Draft,
    /// How many scopes the file has that was read.
    pub(super) stored: usize,
}

/// What a slot may do in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentAccess {
    /// Its name.
    pub name: EnvName,
    /// Whether the slot reads anything in it.
    pub readable: bool,
    /// Whether the slot may seal one of its scopes.
    pub writable: bool,
}

impl LockedVault {
    /// Opens the vault with the key of a slot, after verifying what a command
    /// of this `depth` relies on.
    ///
    /// `clock` is this machine's time in Unix seconds.
    ///
    /// # Errors
    /// [`Error::TokenSlot`] if the slot is gone, [`Error::SlotChanged`] if its
    /// wrap is another one, and whatever does not verify.
    pub fn unlock(self, secret: &SlotSecret, clock: u64, depth: Depth) -> Result<Vault, Error> {
        let doc = &self.doc;
        let index = doc
            .slots
            .iter()
            .position(|slot| slot.entry.id == secret.slot);
        let (index, slot) = match index.and_then(|at| doc.slots.get(at).map(|slot| (at, slot))) {
            Some(found) => found,
            None => return Err(Error::TokenSlot),
        };
        if sha256(&slot.wrap_raw) != secret.wrap {
            return Err(Error::SlotChanged {
                label: slot.entry.label.clone(),
            });
        }
        if secret.admin != doc.head.admin {
            return integrity(format!(
                "vault is signed by admin {}, slot \"{}\" expects {}",
                self.fingerprint().hex(),
                slot.entry.label,
                Fingerprint::of(&secret.admin).hex()
            ));
        }
        match depth {
            Depth::Reader => {
                self.verify_head()?;
                self.verify_slot(slot)?;
            }
            Depth::Whole => self.verify()?,
        }
        let (vault, id) = (&doc.vault.0, &slot.entry.id.0);
        if secret.key.signer(vault, id).public() != slot.entry.public {
            return integrity(format!(
                "the slot \"{}\" has another signing key than the head says",
                slot.entry.label
            ));
        }
        if doc.head.time > clock.saturating_add(MAX_CLOCK_LAG_SECONDS) {
            return Err(Error::ClockBehind {
                head: doc.head.time,
            });
        }
        let now = clock.max(doc.head.time);
        check_time(slot, now, clock)?;
        let capabilities = self.read_grant(slot, &secret.key)?;
        let stored = doc.head.scopes.len();
        Ok(Vault {
            stored,
            locked: self,
            slot: index,
            key: Rc::clone(&secret.key),
            capabilities,
            now,
            verified: RefCell::default(),
            draft: Draft::default(),
        })
    }

    /// Opens a slot's grant; capabilities of unknown scopes are left out.
    pub(super) fn read_grant(
        &self,
        slot: &Slot,
        key: &SlotKey,
    ) -> Result<BTreeMap<usize, Capability>, Error> {
        let (vault, id, seq) = (&self.doc.vault.0, &slot.entry.id.0, slot.entry.grant_seq);
        let aad = grant_aad(vault, id, seq);
        let plain = key
            .grant_key(vault, id, seq)
            .open(&aad, &slot.keys.grant)
            .ok();
        let list = plain
            .as_ref()
            .and_then(|plain| padding::unpad(plain, GRANT_PADDING));
        let Some(list) = list.and_then(grant::parse) else {
            return integrity(format!(
                "the grant of slot \"{}\" is damaged",
                slot.entry.label
            ));
        };
        let scopes = &self.doc.head.scopes;
        let indexed = list.into_iter().filter_map(|capability| {
            let index = scopes
                .iter()
                .position(|scope| scope.id == capability.scope)?;
            Some((index, capability))
        });
        Ok(indexed.collect())
    }
}

/// What a grant's ciphertext is bound to.
pub(super) fn grant_aad(vault: &[u8; 16], slot: &[u8; 8], seq: u64) -> Message {
    Message::new("grant", &[vault, slot, &seq.to_le_bytes()])
}

/// Expiry counts from the later of clock and head, "not before" from the clock.
fn check_time(slot: &Slot, now: u64, clock: u64) -> Result<(), Error> {
    let (label, x): (&str, &Extras) = (&slot.entry.label, &slot.entry.x);
    let at = |seconds| Timestamp::from_seconds(seconds).map(|at| at.to_string());
    let at = |seconds| at(seconds).unwrap_or_else(|_| seconds.to_string());
    if slot.entry.expires != 0 && now >= slot.entry.expires {
        let expired = at(slot.entry.expires);
        return Err(Error::SlotTime(format!(
            "the slot \"{label}\" expired at {expired}"
        )));
    }
    if let Some(from) = x.number("nbf").filter(|from| clock < *from) {
        let from = at(from);
        return Err(Error::SlotTime(format!(
            "the slot \"{label}\" is not valid before {from}"
        )));
    }
    if x.number("once").is_some_and(|once| slot.wrap.seq <= once) {
        return Err(Error::PassphraseHandedOut {
            label: label.to_owned(),
        });
    }
    Ok(())
}

impl Vault {
    /// The vault's id.
    pub fn id(&self) -> VaultId {
        self.locked.doc.vault
    }

    /// The fingerprint of its admin key.
    pub fn fingerprint(&self) -> Fingerprint {
        self.locked.fingerprint()
    }

    /// The number of its head.
    pub fn head_seq(&self) -> u64 {
        self.locked.doc.head.seq
    }

    /// Its policy.
    pub fn policy(&self) -> Policy {
        self.locked.doc.head.policy
    }

    /// The time that expiry counts by, Unix seconds.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The slot that opened it.
    ///
    /// # Errors
    /// None that can happen: the slot was found when the vault was opened.
    pub fn slot(&self) -> Result<super::SlotSummary, Error> {
        self.locked.slots().nth(self.slot).ok_or(Error::TokenSlot)
    }

    /// A slot's label, or its id if it is gone.
    pub fn label_of(&self, id: &SlotId) -> String {
        self.locked.label_of(id)
    }

    /// The environments in the order of the head, and what the slot may do in them.
    pub fn environments(&self) -> Vec<EnvironmentAccess> {
        let head = &self.locked.doc.head;
        let access = |name: &&EnvName| {
            let own = head
                .scopes
                .iter()
                .enumerate()
                .filter(|(_, scope)| scope.env == **name);
            let own: Vec<usize> = own.map(|(index, _)| index).collect();
            EnvironmentAccess {
                name: (*name).clone(),
                readable: own
                    .iter()
                    .any(|index| self.capabilities.contains_key(index)),
                writable: own.iter().any(|index| self.may_seal(*index)),
            }
        };
        head.environments().iter().map(access).collect()
    }

    /// Whether the slot may change a scope: it holds the data key and the head
    /// lists it, or it is an admin.
    pub(super) fn may_seal(&self, index: usize) -> bool {
        let Some(slot) = self.locked.doc.slots.get(self.slot) else {
            return false;
        };
        let head = &self.locked.doc.head;
        let listed = head
            .scopes
            .get(index)
            .is_some_and(|s| s.writers.contains(&slot.entry.id));
        let holds = matches!(
            self.capabilities.get(&index),
            Some(Capability {
                access: Access::Scope(..),
                ..
            })
        );
        holds && (listed || slot.entry.role == Role::Admin)
    }

    /// The scope a path lies in.
    pub(super) fn resolve(&self, env: &EnvName, path: &SecretPath) -> Result<usize, Error> {
        let index = self.locked.doc.head.resolve(env, path);
        index.ok_or_else(|| Error::UnknownEnvironment(env.to_string()))
    }

    /// The keys for a scope: of the head's epoch, and the ones it commits to.
    pub(super) fn access(&self, index: usize) -> Result<&Access, Error> {
        let doc = &self.locked.doc;
        let Some(entry) = doc.head.scopes.get(index) else {
            return integrity("a scope is missing in the head");
        };
        let title = entry.title();
        let Some(capability) = self.capabilities.get(&index) else {
            return Err(self.no_key(&title));
        };
        if capability.epoch != entry.epoch {
            return Err(Error::EpochChanged { scope: title });
        }
        if let Access::Scope(key, _) = &capability.access {
            let known = self.verified.borrow().contains(&index);
            let commitment = |key: &crate::crypto::ScopeKey| {
                key.commitment(&doc.vault.0, &entry.id.0, entry.epoch)
            };
            if !known && !equal(&commitment(key), &entry.commitment) {
                return integrity(format!(
                    "the data key of {title} is not the one in the head"
                ));
            }
        }
        Ok(&capability.access)
    }

    /// "this token has no key for dev (it may read prod/payments/)".
    pub(super) fn no_key(&self, wanted: &str) -> Error {
        let scopes = &self.locked.doc.head.scopes;
        let titles = self
            .capabilities
            .keys()
            .filter_map(|index| scopes.get(*index));
        let titles: Vec<String> = titles.map(|scope| scope.title()).collect();
        let may = match titles.as_slice() {
            [] => "nothing".to_owned(),
            titles => titles.join(", "),
        };
        let label = self.slot().map_or(String::new(), |slot| slot.label);
        Error::NotPermitted(format!(
            "the slot \"{label}\" has no key for {wanted} (it may read {may})"
        ))
    }

    /// Verifies a scope's seal once.
    pub(super) fn verify_seal(&self, index: usize) -> Result<(), Error> {
        if self.verified.borrow().contains(&index) {
            return Ok(());
        }
        self.locked.verify_seal(index)?;
        self.verified.borrow_mut().insert(index);
        Ok(())
    }

    /// The root key of an admin's slot, proved against the head.
    pub(super) fn root(&self) -> Result<RootKey, Error> {
        let doc = &self.locked.doc;
        let Some(slot) = doc.slots.get(self.slot) else {
            return Err(Error::TokenSlot);
        };
        let label = &slot.entry.label;
        let Some(sealed) = &slot.keys.root_key else {
            return Err(Error::NotPermitted(format!(
                "the slot \"{label}\" is no admin's"
            )));
        };
        let (vault, id) = (&doc.vault.0, &slot.entry.id.0);
        let aad = Message::new("root", &[vault, id]);
        let plain = self.key.root_wrap(vault, id).open(&aad, sealed).ok();
        match plain.and_then(|plain| RootKey::read(&plain)) {
            Some(root) if root.signer().public() == doc.head.admin => Ok(root),
            _ => integrity(format!("the root key of slot \"{label}\" is damaged")),
        }
    }
}

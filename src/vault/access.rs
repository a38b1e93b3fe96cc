//! What an open vault tells, and what its slot may do.

use super::admin::commits;
use super::error::integrity;
use super::format::Role;
use super::grant::{Access, Capability};
use super::id::{Fingerprint, SlotId, VaultId};
use super::open::{EnvironmentAccess, Vault};
use super::pin::Seen;
use super::{Error, Policy};
use crate::crypto::{Message, RootKey};
use crate::name::{EnvName, FolderPath, SecretPath};

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

    /// All slots in file order.
    pub fn slots(&self) -> impl Iterator<Item = super::SlotSummary> + '_ {
        self.locked.slots()
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
        let removed = |name: &&EnvName| {
            let mut scopes = head.scopes.iter().enumerate();
            scopes.any(|(index, scope)| scope.env == **name && self.draft.removed.contains(&index))
        };
        let names = head.environments().into_iter();
        names
            .filter(|name| !removed(name))
            .map(|name| access(&name))
            .collect()
    }

    /// A scope whose secrets would belong to a folder, and below it if that is
    /// wanted, and which the slot cannot read.
    pub fn hidden_in(&self, env: &EnvName, folder: &FolderPath, below: bool) -> Option<String> {
        let head = &self.locked.doc.head;
        let probe = folder
            .join("x")
            .ok()
            .and_then(|path| head.resolve(env, &path));
        let inside = |prefix: &str| {
            let prefix = FolderPath::parse(&format!("/{prefix}"));
            below && prefix.is_ok_and(|prefix| prefix.is_below(folder))
        };
        let mut scopes = head.scopes.iter().enumerate().filter(|(index, scope)| {
            let meant = Some(*index) == probe || (scope.env == *env && inside(&scope.prefix));
            meant && !self.capabilities.contains_key(index)
        });
        scopes.next().map(|(_, scope)| scope.title())
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
        index.ok_or_else(
            || match self.locked.doc.head.environments().contains(&env) {
                true => Error::UnknownPlace(format!("{env}:{path}")),
                false => Error::UnknownEnvironment(env.to_string()),
            },
        )
    }

    /// The keys for a scope: of the head's epoch, and the ones it commits to.
    pub(super) fn access(&self, index: usize) -> Result<&Access, Error> {
        let doc = &self.locked.doc;
        let Some(entry) = doc.head.scopes.get(index) else {
            return integrity("a scope is missing in the head");
        };
        let Some(capability) = self.capabilities.get(&index) else {
            return Err(self.no_key(&entry.title()));
        };
        if capability.epoch != entry.epoch {
            let scope = entry.title();
            return Err(Error::EpochChanged { scope });
        }
        if let Access::Scope(key, _) = &capability.access
            && !self.committed.borrow().contains(&index)
        {
            if !commits(key, &doc.vault, entry) {
                return integrity(format!(
                    "the data key of {} is not the one in the head",
                    entry.title()
                ));
            }
            self.committed.borrow_mut().insert(index);
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
        self.locked.verify_seal(index)
    }

    /// Verifies the seal of every scope, so that what is older than seen shows.
    ///
    /// # Errors
    /// The first that does not verify.
    pub fn check_seals(&self) -> Result<(), Error> {
        (0..self.stored).try_for_each(|index| self.verify_seal(index))
    }

    /// What was verified so far of the file that was read: the head, the own
    /// slot and the scopes that were used; all of it after
    /// [`super::Depth::Whole`].
    ///
    /// # Errors
    /// None that can happen: the head was verified when the vault was opened.
    pub fn seen(&self) -> Result<Seen, Error> {
        self.locked.seen().ok_or(Error::HeadSignature)
    }

    /// What was found older than seen and let pass: sentences to warn with.
    pub fn older(&self) -> Vec<String> {
        self.locked.older()
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
        let key = self.key.slot_key()?;
        let plain = key.root_wrap(vault, id).open(&aad, sealed).ok();
        match plain.and_then(|plain| RootKey::read(&plain)) {
            Some(root) if root.signer().public() == doc.head.admin => Ok(root),
            _ => integrity(format!("the root key of slot \"{label}\" is damaged")),
        }
    }
}

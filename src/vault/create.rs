//! New vaults (`secrets-vault(5)`, OPERATIONS).

use super::Error;
use super::enrol::{Enrolment, NewScope};
use super::format::{
    Anchor, AuditPolicy, Extras, Head, Policy, Role, RollbackPolicy, ScopeEntry, Sealer, Slot,
};
use super::id::{ScopeId, SlotId, VaultId};
use super::paging::SealDraft;
use super::seal::{Sealed, begin, end, verified};
use super::woven::Woven;
use super::wrap::NewSlot;
use crate::crypto::{AuditKey, Message, Random, RootKey, hash};
use crate::name::EnvName;

/// A vault to be made.
pub struct NewVault<'a> {
    /// Its environments; the first is the default.
    pub environments: &'a [EnvName],
    /// The label of the owner's slot.
    pub label: &'a str,
    /// What opens it.
    pub opener: NewSlot<'a>,
    /// Unix seconds.
    pub now: u64,
}

/// A new vault whose keys and ids are drawn and of which nothing is written.
///
/// The first audit chain needs its ids and log key, and its seals the anchor
/// of that chain: so the one comes between the two steps. Keys are wiped on drop.
pub struct DrawnVault {
    vault: VaultId,
    root: RootKey,
    slot: Slot,
    scopes: Vec<ScopeEntry>,
    now: u64,
}

impl NewVault<'_> {
    /// Draws keys and ids, and seals them for the first slot.
    ///
    /// # Errors
    /// The random numbers, or a bound of the format.
    pub fn draw(&self, random: &mut dyn Random) -> Result<DrawnVault, Error> {
        let vault = VaultId(random.draw()?);
        let root = RootKey::draw(random)?;
        let mut scopes = Vec::new();
        for env in self.environments {
            scopes.push(NewScope::draw(env, random)?);
        }
        let slot = self.owner(&vault, &root, &scopes, random)?;
        let mut entries = Vec::new();
        for scope in &scopes {
            entries.push(scope.entry(&vault, &root, vec![slot.entry.id], random)?);
        }
        Ok(DrawnVault {
            vault,
            root,
            slot,
            scopes: entries,
            now: self.now,
        })
    }

    /// The owner's slot: an admin who may write everywhere.
    fn owner(
        &self,
        vault: &VaultId,
        root: &RootKey,
        scopes: &[NewScope],
        random: &mut dyn Random,
    ) -> Result<Slot, Error> {
        let capabilities = scopes
            .iter()
            .map(NewScope::capability)
            .collect::<Result<Vec<_>, _>>()?;
        let enrolment = Enrolment {
            label: self.label,
            role: Role::Admin,
            opener: &self.opener,
            x: Extras::default(),
        };
        enrolment.slot(vault, root, &capabilities, random)
    }
}

impl DrawnVault {
    /// The vault's id.
    pub fn id(&self) -> VaultId {
        self.vault
    }

    /// The id of the first slot.
    pub fn slot(&self) -> SlotId {
        self.slot.entry.id
    }

    /// The log key of the first slot.
    pub fn audit_key(&self) -> AuditKey {
        self.root.audit_key(&self.vault.0, &self.slot.entry.id.0)
    }

    /// Signs, builds and verifies the file. Every scope holds the anchors: at
    /// most 64, ascending by chain.
    ///
    /// # Errors
    /// A bound of the format.
    pub fn build(self, anchors: &[Anchor]) -> Result<Sealed, Error> {
        let DrawnVault {
            vault,
            root,
            slot,
            scopes,
            now,
        } = self;
        let ids: Vec<ScopeId> = scopes.iter().map(|scope| scope.id).collect();
        let policy = Policy {
            audit: AuditPolicy::Required,
            rollback: RollbackPolicy::Warn,
            keep: DEFAULT_KEEP,
        };
        let head = Head {
            seq: 1,
            time: now,
            policy,
            admin: root.signer().public(),
            scopes,
            slots_hash: hash("slots", &[&slot.entry_raw]),
            x: Extras::default(),
        };
        let head_raw = head.write().into_bytes();
        let signature = root
            .signer()
            .sign(&Message::new("head", &[&vault.0, &head_raw]));
        let signature = signature.into();
        let mut text = begin(&vault.text(), &head_raw, signature, &[slot]);
        for scope in &ids {
            let seal = SealDraft {
                seq: 1,
                by: Sealer::Admin,
                head_seq: 1,
                time: now,
                anchors: anchors.to_vec(),
            };
            let (records, signer) = (Woven::empty(), root.signer());
            seal.write(&vault.0, &scope.0, 1, &records, &signer, &mut text)?;
        }
        verified(end(text)?, &ids, false, None, None)
    }
}

/// How many versions a new vault keeps of each secret.
const DEFAULT_KEEP: u64 = 10;

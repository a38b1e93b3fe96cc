//! New vaults (`secrets-vault(5)`, OPERATIONS).

use super::Error;
use super::enrol::{NewScope, exact, key_hash, seal_grant};
use super::format::{
    Anchor, AuditPolicy, Extras, Head, Policy, Role, RollbackPolicy, ScopeEntry, Sealer, Slot,
    SlotEntry, SlotKeys, SlotWrap,
};
use super::id::{ScopeId, SlotId, VaultId};
use super::paging::SealDraft;
use super::seal::{Sealed, assemble, verified};
use super::unlock::wrap_aad;
use crate::crypto::{
    AuditKey, Iterations, Message, Nonce, PublicKey, Random, RootKey, SlotInput, SlotKey, hash,
};
use crate::name::EnvName;
use crate::secret::{KeyBytes, Passphrase};

/// What opens the first slot of a new vault.
pub enum NewSlot<'a> {
    /// A key: a slot of kind `secret`.
    Key(&'a KeyBytes),
    /// A passphrase: a slot of kind `pass`.
    Passphrase(&'a Passphrase, Iterations),
}

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
        let id = SlotId(random.draw()?);
        let key = SlotKey::draw(random)?;
        let capabilities = scopes
            .iter()
            .map(NewScope::capability)
            .collect::<Result<Vec<_>, _>>()?;
        let aad = Message::new("escrow", &[&vault.0, &id.0]);
        let escrow = root
            .escrow()
            .seal(Nonce::draw(random)?, &aad, key.bytes())?;
        let grant = seal_grant(vault, &id, 1, &key, &capabilities, random)?;
        let audit = root.audit_key(&vault.0, &id.0);
        let aad = Message::new("audit-key", &[&vault.0, &id.0]);
        let wrap = key.audit_wrap(&vault.0, &id.0);
        let audit_key = wrap.seal(Nonce::draw(random)?, &aad, audit.bytes())?;
        let aad = Message::new("root", &[&vault.0, &id.0]);
        let wrap = key.root_wrap(&vault.0, &id.0);
        let root_key = wrap.seal(Nonce::draw(random)?, &aad, root.bytes())?;
        let keys = SlotKeys {
            escrow: exact(escrow)?,
            grant,
            audit_key: exact(audit_key)?,
            root_key: Some(exact(root_key)?),
        };
        let signer = key.signer(&vault.0, &id.0);
        let entry = SlotEntry {
            id,
            label: self.label.to_owned(),
            role: Role::Admin,
            public: signer.public(),
            expires: 0,
            grant_seq: 1,
            key_hash: key_hash(vault, &id, &keys),
            x: Extras::default(),
        };
        let wrap = self
            .opener
            .wrap(vault, &id, &key, &root.signer().public(), random)?;
        let message = Message::new("wrap", &[&vault.0, &id.0, wrap.write().as_bytes()]);
        Ok(Slot::assemble(
            entry,
            keys,
            wrap,
            signer.sign(&message).into(),
        ))
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
        let seal = |scope: &ScopeId| {
            let seal = SealDraft {
                seq: 1,
                by: Sealer::Admin,
                head_seq: 1,
                time: now,
                anchors: anchors.to_vec(),
            };
            seal.write(&vault.0, &scope.0, 1, &[], &root.signer())
        };
        let parts: Vec<Vec<u8>> = ids.iter().map(seal).collect();
        let bytes = assemble(&vault.text(), &head_raw, signature.into(), &[slot], &parts)?;
        verified(bytes, &ids, false)
    }
}
/// How many versions a new vault keeps of each secret.
const DEFAULT_KEEP: u64 = 10;

impl NewSlot<'_> {
    /// The first wrap of a slot.
    fn wrap(
        &self,
        vault: &VaultId,
        slot: &SlotId,
        key: &SlotKey,
        admin: &PublicKey,
        random: &mut dyn Random,
    ) -> Result<SlotWrap, Error> {
        let salt = random.draw()?;
        let (kind, iterations, input) = match self {
            NewSlot::Key(key) => ("secret", 0, SlotInput::from_key(key.expose())),
            NewSlot::Passphrase(passphrase, iterations) => (
                "pass",
                u64::from(iterations.get()),
                SlotInput::from_passphrase(passphrase.expose(), &salt, *iterations),
            ),
        };
        let (kek, commitment) = input.kek(&salt, &vault.0, &slot.0, kind, iterations);
        let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(64));
        plain.extend(key.bytes());
        plain.extend(admin.0);
        let sealed = kek.seal(
            Nonce::draw(random)?,
            &wrap_aad(&vault.0, &slot.0, 1),
            &plain,
        )?;
        Ok(SlotWrap {
            seq: 1,
            kind: kind.to_owned(),
            iterations,
            salt,
            kind_data: Vec::new(),
            commitment,
            sealed: exact(sealed)?,
        })
    }
}

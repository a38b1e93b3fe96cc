//! New vaults and new environments (`secrets-vault(5)`, OPERATIONS).

use super::error::integrity;
use super::format::{
    AuditPolicy, Extras, Head, Policy, Role, RollbackPolicy, ScopeEntry, Sealer, Slot, SlotEntry,
    SlotKeys, SlotWrap,
};
use super::grant::{self, Access, Capability};
use super::id::{ScopeId, SlotId, VaultId};
use super::open::{GRANT_PADDING, Vault, grant_aad};
use super::seal::{ScopeDraft, SealDraft, assemble, verified};
use super::unlock::wrap_aad;
use super::{Error, padding};
use crate::crypto::{
    Hash, Iterations, Message, Nonce, PublicKey, Random, RootKey, ScopeKey, SlotInput, SlotKey,
    hash,
};
use crate::name::EnvName;
use crate::secret::{KeyBytes, Passphrase};
use std::sync::Arc;

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

/// A scope about to be: what the head says of it and its key.
struct NewScope {
    id: ScopeId,
    env: EnvName,
    key: ScopeKey,
}

impl NewScope {
    fn draw(env: &EnvName, random: &mut dyn Random) -> Result<Self, Error> {
        let id = ScopeId(random.draw()?);
        Ok(NewScope {
            id,
            env: env.clone(),
            key: ScopeKey::draw(random)?,
        })
    }

    /// The head's entry: epoch 1, first seal, its key wrapped for admins.
    fn entry(
        &self,
        vault: &VaultId,
        root: &RootKey,
        writers: Vec<SlotId>,
        random: &mut dyn Random,
    ) -> Result<ScopeEntry, Error> {
        let aad = scope_key_aad(vault, &self.id, 1);
        let wrapped = root
            .scope_wrap()
            .seal(Nonce::draw(random)?, &aad, self.key.bytes())?;
        Ok(ScopeEntry {
            id: self.id,
            env: self.env.clone(),
            prefix: String::new(),
            epoch: 1,
            commitment: self.key.commitment(&vault.0, &self.id.0, 1),
            wrapped_key: exact(wrapped)?,
            writers,
            min_seal: 1,
            x: Extras::default(),
        })
    }

    /// Its capability, with a copy of the key.
    fn capability(&self) -> Result<Capability, Error> {
        match ScopeKey::read(self.key.bytes()) {
            Some(key) => Ok(Capability {
                scope: self.id,
                epoch: 1,
                access: Access::Scope(key, true),
            }),
            None => integrity("a scope key has no 32 bytes"),
        }
    }
}

/// What a scope's wrapped key is bound to.
fn scope_key_aad(vault: &VaultId, scope: &ScopeId, epoch: u64) -> Message {
    Message::new("scope-wk", &[&vault.0, &scope.0, &epoch.to_le_bytes()])
}

/// A sealed text of a fixed length.
fn exact<const N: usize>(sealed: Vec<u8>) -> Result<[u8; N], Error> {
    sealed
        .try_into()
        .map_err(|_| Error::Integrity("a sealed key has another length".to_owned()))
}

/// The hash that binds a slot's keys to its entry.
fn key_hash(vault: &VaultId, slot: &SlotId, keys: &SlotKeys) -> Hash {
    hash("slot-key", &[&vault.0, &slot.0, keys.write().as_bytes()])
}

/// Seals a grant.
fn seal_grant(
    vault: &VaultId,
    slot: &SlotId,
    seq: u64,
    key: &SlotKey,
    capabilities: &[Capability],
    random: &mut dyn Random,
) -> Result<Vec<u8>, Error> {
    let padded = padding::pad(grant::write(capabilities).as_bytes(), GRANT_PADDING);
    let grant_key = key.grant_key(&vault.0, &slot.0, seq);
    Ok(grant_key.seal(
        Nonce::draw(random)?,
        &grant_aad(&vault.0, &slot.0, seq),
        &padded,
    )?)
}

impl NewVault<'_> {
    /// Builds and verifies the file of a new vault.
    ///
    /// # Errors
    /// The random numbers, or a bound of the format.
    pub fn build(&self, random: &mut dyn Random) -> Result<Arc<Vec<u8>>, Error> {
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
        let policy = Policy {
            audit: AuditPolicy::Required,
            rollback: RollbackPolicy::Warn,
            keep: DEFAULT_KEEP,
        };
        let head = Head {
            seq: 1,
            time: self.now,
            policy,
            admin: root.signer().public(),
            scopes: entries,
            slots_hash: hash("slots", &[&slot.entry_raw]),
            x: Extras::default(),
        };
        let head_raw = head.write().into_bytes();
        let signature = root
            .signer()
            .sign(&Message::new("head", &[&vault.0, &head_raw]));
        let seal = |scope: &NewScope| {
            let seal = SealDraft {
                seq: 1,
                by: Sealer::Admin,
                head_seq: 1,
                time: self.now,
                anchors: Vec::new(),
            };
            seal.write(&vault.0, &scope.id.0, 1, &[], &root.signer())
        };
        let parts: Vec<Vec<u8>> = scopes.iter().map(seal).collect();
        verified(assemble(
            &vault.text(),
            &head_raw,
            signature.into(),
            &[slot],
            &parts,
        )?)
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

impl Vault {
    /// Stages a new environment. Slots that may write everywhere may write
    /// there too.
    ///
    /// # Errors
    /// [`Error::EnvironmentExists`], [`Error::NotPermitted`] for other slots
    /// than an admin's, a bound of the format.
    pub fn create_environment(
        &mut self,
        env: &EnvName,
        random: &mut dyn Random,
    ) -> Result<(), Error> {
        if self.locked.doc.head.environments().contains(&env) {
            return Err(Error::EnvironmentExists(env.to_string()));
        }
        if self.locked.doc.head.scopes.len() >= super::MAX_SCOPES {
            return Err(Error::Limit {
                limit: "1000 scopes",
                line: 0,
            });
        }
        let root = self.root()?;
        let vault = self.locked.doc.vault;
        let scope = NewScope::draw(env, random)?;
        let mut entry = scope.entry(&vault, &root, Vec::new(), random)?;
        let stored = self.stored;
        let mut gained = Vec::new();
        for at in 0..self.locked.doc.slots.len() {
            if let Some(slot) = self.granted_everywhere(at, &root, &scope, stored, random)? {
                entry.writers.push(slot.entry.id);
                gained.push((at, slot));
            }
        }
        entry.writers.sort_by_key(SlotId::text);
        for index in 0..stored {
            let seq = self.locked.scope(index)?.seal.seq;
            if let Some(scope) = self.locked.doc.head.scopes.get_mut(index) {
                scope.min_seal = seq;
            }
        }
        let doc = &mut self.locked.doc;
        for (at, slot) in gained {
            if let Some(old) = doc.slots.get_mut(at) {
                *old = slot;
            }
        }
        doc.head.scopes.push(entry);
        doc.head.seq += 1;
        doc.head.time = self.now;
        self.capabilities.insert(stored, scope.capability()?);
        self.draft.root = Some(root);
        self.draft.stage(stored, ScopeDraft::default());
        Ok(())
    }

    /// A slot with the new scope in its grant, if it may write in all others.
    fn granted_everywhere(
        &self,
        at: usize,
        root: &RootKey,
        scope: &NewScope,
        scopes: usize,
        random: &mut dyn Random,
    ) -> Result<Option<Slot>, Error> {
        let vault = self.locked.doc.vault;
        let Some(slot) = self.locked.doc.slots.get(at) else {
            return Ok(None);
        };
        let id = slot.entry.id;
        let aad = Message::new("escrow", &[&vault.0, &id.0]);
        let plain = root.escrow().open(&aad, &slot.keys.escrow).ok();
        let Some(key) = plain.and_then(|plain| SlotKey::read(&plain)) else {
            return integrity(format!(
                "the escrow of slot \"{}\" is damaged",
                slot.entry.label
            ));
        };
        let mut capabilities = self.locked.read_grant(slot, &key)?;
        let head = &self.locked.doc.head;
        let writes = |(index, scope): (usize, &ScopeEntry)| {
            capabilities.get(&index).is_some_and(|capability| {
                capability.epoch == scope.epoch
                    && matches!(capability.access, Access::Scope(_, true))
            })
        };
        if !head.scopes.iter().take(scopes).enumerate().all(writes) {
            return Ok(None);
        }
        capabilities.insert(scopes, scope.capability()?);
        let capabilities: Vec<Capability> = capabilities.into_values().collect();
        let mut entry = slot.entry.clone();
        entry.grant_seq += 1;
        let mut keys = slot.keys.clone();
        keys.grant = seal_grant(&vault, &id, entry.grant_seq, &key, &capabilities, random)?;
        entry.key_hash = key_hash(&vault, &id, &keys);
        Ok(Some(Slot::assemble(
            entry,
            keys,
            slot.wrap.clone(),
            slot.wrap_signature,
        )))
    }
}

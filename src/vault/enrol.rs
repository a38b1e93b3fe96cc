//! What a new scope, a grant and a slot are made of; shared by all that make one.

use super::admin::scope_key_aad;
use super::error::integrity;
use super::format::{Extras, Role, ScopeEntry, Slot, SlotEntry, SlotKeys};
use super::grant::{self, Access, Capability};
use super::id::{ScopeId, SlotId, VaultId};
use super::open::{GRANT_PADDING, grant_aad};
use super::wrap::NewSlot;
use super::{Error, padding};
use crate::crypto::{Hash, Message, Nonce, Random, RootKey, ScopeKey, SlotKey, hash};
use crate::name::EnvName;

/// A scope about to be: what the head says of it and its key.
pub(super) struct NewScope {
    pub id: ScopeId,
    env: EnvName,
    key: ScopeKey,
}

impl NewScope {
    pub fn draw(env: &EnvName, random: &mut dyn Random) -> Result<Self, Error> {
        let id = ScopeId(random.draw()?);
        Ok(NewScope {
            id,
            env: env.clone(),
            key: ScopeKey::draw(random)?,
        })
    }

    /// The head's entry: epoch 1, first seal, its key wrapped for admins.
    pub fn entry(
        &self,
        vault: &VaultId,
        root: &RootKey,
        writers: Vec<SlotId>,
        random: &mut dyn Random,
    ) -> Result<ScopeEntry, Error> {
        Ok(ScopeEntry {
            id: self.id,
            env: self.env.clone(),
            prefix: String::new(),
            epoch: 1,
            commitment: self.key.commitment(&vault.0, &self.id.0, 1),
            wrapped_key: wrap_scope_key(root, vault, &self.id, 1, &self.key, random)?,
            writers,
            min_seal: 1,
            x: Extras::default(),
        })
    }

    /// Its capability, with a copy of the key.
    pub fn capability(&self) -> Result<Capability, Error> {
        Ok(Capability {
            scope: self.id,
            epoch: 1,
            access: Access::Scope(copy(&self.key)?, true),
        })
    }
}

/// A slot about to be.
pub(super) struct Enrolment<'a> {
    pub label: &'a str,
    pub role: Role,
    pub opener: &'a NewSlot<'a>,
    pub x: Extras,
}

impl Enrolment<'_> {
    /// Draws its id and key, and seals for it what it may do.
    pub fn slot(
        self,
        vault: &VaultId,
        root: &RootKey,
        capabilities: &[Capability],
        random: &mut dyn Random,
    ) -> Result<Slot, Error> {
        let id = SlotId(random.draw()?);
        let key = SlotKey::draw(random)?;
        let aad = Message::new("escrow", &[&vault.0, &id.0]);
        let escrow = root
            .escrow()
            .seal(Nonce::draw(random)?, &aad, key.bytes())?;
        let grant = seal_grant(vault, &id, 1, &key, capabilities, random)?;
        let audit = root.audit_key(&vault.0, &id.0);
        let aad = Message::new("audit-key", &[&vault.0, &id.0]);
        let wrap = key.audit_wrap(&vault.0, &id.0);
        let audit_key = wrap.seal(Nonce::draw(random)?, &aad, audit.bytes())?;
        let root_key = match self.role {
            Role::Member => None,
            Role::Admin => {
                let aad = Message::new("root", &[&vault.0, &id.0]);
                let wrap = key.root_wrap(&vault.0, &id.0);
                Some(exact(wrap.seal(
                    Nonce::draw(random)?,
                    &aad,
                    root.bytes(),
                )?)?)
            }
        };
        let keys = SlotKeys {
            escrow: exact(escrow)?,
            grant,
            audit_key: exact(audit_key)?,
            root_key,
        };
        let entry = SlotEntry {
            id,
            label: self.label.to_owned(),
            role: self.role,
            public: key.signer(&vault.0, &id.0).public(),
            expires: 0,
            grant_seq: 1,
            key_hash: key_hash(vault, &id, &keys),
            x: self.x,
        };
        let admin = root.signer().public();
        let (wrap, signature) = self.opener.wrap((vault, &id), 1, &key, &admin, random)?;
        Ok(Slot::assemble(entry, keys, wrap, signature))
    }
}

/// Seals a scope's data key for the admins.
pub(super) fn wrap_scope_key(
    root: &RootKey,
    vault: &VaultId,
    scope: &ScopeId,
    epoch: u64,
    key: &ScopeKey,
    random: &mut dyn Random,
) -> Result<[u8; 60], Error> {
    let aad = scope_key_aad(vault, scope, epoch);
    let nonce = Nonce::draw(random)?;
    exact(root.scope_wrap().seal(nonce, &aad, key.bytes())?)
}

/// Another copy of a data key, for one more grant.
pub(super) fn copy(key: &ScopeKey) -> Result<ScopeKey, Error> {
    match ScopeKey::read(key.bytes()) {
        Some(key) => Ok(key),
        None => integrity("a scope key has no 32 bytes"),
    }
}

/// A sealed text of a fixed length.
pub(super) fn exact<const N: usize>(sealed: Vec<u8>) -> Result<[u8; N], Error> {
    sealed
        .try_into()
        .map_err(|_| Error::Integrity("a sealed key has another length".to_owned()))
}

/// The hash that binds a slot's keys to its entry.
pub(super) fn key_hash(vault: &VaultId, slot: &SlotId, keys: &SlotKeys) -> Hash {
    hash("slot-key", &[&vault.0, &slot.0, keys.write().as_bytes()])
}

/// Seals a grant.
pub(super) fn seal_grant(
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

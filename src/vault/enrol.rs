//! What a new scope and a grant are made of; shared by all that enrol one.

use super::admin::scope_key_aad;
use super::error::integrity;
use super::format::{Extras, ScopeEntry, SlotKeys};
use super::grant::{self, Access, Capability};
use super::id::{ScopeId, SlotId, VaultId};
use super::open::{GRANT_PADDING, grant_aad};
use super::{Error, padding};
use crate::crypto::{Hash, Nonce, Random, RootKey, ScopeKey, SlotKey, hash};
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
    pub fn capability(&self) -> Result<Capability, Error> {
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

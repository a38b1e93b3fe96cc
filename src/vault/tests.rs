//! Vaults in memory, for the tests of this room.

use super::grant::{Access, NamedKey};
use super::open::Vault;
use super::{
    Anchor, Depth, Error, Guard, LockedVault, NewMember, NewSlot, NewValue, NewVault, Role, Sealed,
    SlotSecret,
};
use crate::crypto::SystemRandom;
use crate::name::{EnvName, SecretPath};
use crate::secret::{Credential, KeyBytes, SecretValue};
use std::sync::Arc;

/// When they are made, Unix seconds.
pub(super) const NOW: u64 = 1_767_225_600;

pub(super) fn env(name: &str) -> EnvName {
    EnvName::parse(name).unwrap()
}

pub(super) fn path(text: &str) -> SecretPath {
    SecretPath::parse(text).unwrap()
}

/// A vault with `dev` and `prod`, opened by the key 7, 7, 7 …
pub(super) fn sample() -> Sealed {
    let key = KeyBytes::new(&[7; 32]);
    let new = NewVault {
        environments: &[env("dev"), env("prod")],
        label: "owner",
        opener: NewSlot::Key(&key),
        now: NOW,
    };
    new.draw(&mut SystemRandom).unwrap().build(&[]).unwrap()
}

pub(super) fn read(bytes: &Arc<Vec<u8>>) -> LockedVault {
    LockedVault::read(Box::new(Arc::clone(bytes))).unwrap()
}

pub(super) fn key() -> Credential {
    Credential::Key(KeyBytes::new(&[7; 32]))
}

pub(super) fn secret(locked: &LockedVault) -> SlotSecret {
    locked.unwrap(&key(), None, None).ok().unwrap()
}

pub(super) fn open(bytes: &Arc<Vec<u8>>, guard: &Guard, depth: Depth) -> Result<Vault, Error> {
    let locked = read(bytes).guarded(guard.clone())?;
    let secret = locked.unwrap(&key(), None, None)?;
    locked.unlock(&secret, NOW, depth)
}

/// A value as `set` writes it, with nothing beside it.
pub(super) fn plain(value: &SecretValue) -> NewValue<'_> {
    NewValue {
        value,
        kind: None,
        tags: None,
        note: None,
        owner: None,
        expires: 0,
        every: None,
        why: String::new(),
        verb: "set",
        if_version: None,
    }
}

pub(super) fn stage(vault: &mut Vault, env_name: &str, value: &str) {
    let value = SecretValue::copy_from(value.as_bytes());
    let new = plain(&value);
    let written = vault.set(&env(env_name), &path("A"), &new, &mut SystemRandom);
    written.unwrap();
}

/// Writes a value to the secret `A`.
pub(super) fn set(
    bytes: &Arc<Vec<u8>>,
    env_name: &str,
    guard: &Guard,
    anchor: Option<&Anchor>,
) -> Sealed {
    let mut vault = open(bytes, guard, Depth::Whole).unwrap();
    stage(&mut vault, env_name, &String::from_utf8_lossy(&[65; 9]));
    if vault.is_unchanged() {
        stage(&mut vault, env_name, "another value");
    }
    vault.seal(anchor).unwrap()
}

/// The same vault with something else in its head or slots, signed again.
pub(super) fn altered(bytes: &Arc<Vec<u8>>, alter: impl FnOnce(&mut Vault)) -> Arc<Vec<u8>> {
    let mut vault = open(bytes, &Guard::default(), Depth::Whole).unwrap();
    vault.draft.root = Some(vault.root().unwrap());
    vault.locked.doc.head.seq += 1;
    alter(&mut vault);
    for slot in &mut vault.locked.doc.slots {
        slot.keys_raw = slot.keys.write().into_bytes();
        slot.entry.key_hash =
            super::enrol::key_hash(&vault.locked.doc.vault, &slot.entry.id, &slot.keys);
        slot.entry_raw = slot.entry.write().into_bytes();
    }
    vault.seal(None).unwrap().bytes()
}

/// A vault, `later` seconds old, in which `A` of `dev` was given one value a
/// second, each with metadata of its own.
pub(super) fn with_values(values: &[&str], later: u64) -> Vault {
    let mut vault = open(&sample().bytes(), &Guard::default(), Depth::Whole).unwrap();
    for (at, value) in values.iter().enumerate() {
        vault.now = NOW + at as u64;
        let new = NewValue {
            value: &SecretValue::copy_from(value.as_bytes()),
            kind: None,
            tags: Some(vec![format!("tag-{value}")]),
            note: Some("for the shop".to_owned()),
            owner: Some("rui".to_owned()),
            expires: NOW + 1_000,
            every: Some(60),
            why: String::new(),
            verb: "set",
            if_version: None,
        };
        let written = vault.set(&env("dev"), &path("A"), &new, &mut SystemRandom);
        written.unwrap();
    }
    vault.now = NOW + later;
    vault
}

/// Takes the right to write from the slot; of `names` it keeps the keys alone.
pub(super) fn restrict(vault: &mut Vault, names: Option<&[&str]>) {
    let index = vault.resolve(&env("dev"), &path("A")).unwrap();
    if let Some(names) = names {
        let named = |name: &&str| {
            let (rid, key) = vault.record_key(index, &path(name)).unwrap();
            let path = path(name);
            NamedKey { path, rid, key }
        };
        let names = names.iter().map(named).collect();
        vault.capabilities.get_mut(&index).unwrap().access = Access::Names(names);
    }
    vault.locked.doc.slots[0].entry.role = Role::Member;
    vault.locked.doc.head.scopes[index].writers.clear();
}

/// Opens a vault by the key of 32 times this byte.
pub(super) fn open_by(bytes: &Arc<Vec<u8>>, key: u8) -> Result<Vault, Error> {
    let locked = read(bytes);
    let secret = locked.unwrap(&Credential::Key(KeyBytes::new(&[key; 32])), None, None)?;
    locked.unlock(&secret, NOW, Depth::Whole)
}

/// The same vault with one more slot, opened by 32 times this byte.
pub(super) fn with_slot(bytes: &Arc<Vec<u8>>, label: &str, admin: bool, key: u8) -> Arc<Vec<u8>> {
    let key = KeyBytes::new(&[key; 32]);
    let mut vault = open_by(bytes, 7).unwrap();
    let new = NewMember {
        label,
        admin,
        opener: NewSlot::Key(&key),
        handed_out: false,
    };
    vault.add_slot(&new, &mut SystemRandom).unwrap();
    vault.seal(None).unwrap().bytes()
}

/// Everything that a vault tells: path, number, metadata and value.
pub(super) fn told(vault: &Vault, env_name: &str) -> Vec<(String, u64, super::Meta, Vec<u8>)> {
    let entries = vault.entries(&env(env_name)).unwrap();
    let mut all = Vec::new();
    for entry in &entries {
        for version in &entry.versions {
            let value = vault.value(entry, version).unwrap().expose().to_vec();
            let path = entry.path.to_string();
            all.push((path, version.version, version.meta.clone(), value));
        }
    }
    all
}

/// The same vault with another grant of a slot.
pub(super) fn with_grant(
    bytes: &Arc<Vec<u8>>,
    label: &str,
    change: impl Fn(super::rights::Rights) -> Vec<super::grant::Capability>,
) -> Arc<Vec<u8>> {
    let mut vault = open_by(bytes, 7).unwrap();
    let root = vault.root().unwrap();
    let slots = vault.locked.doc.slots.iter();
    let named = slots.map(|slot| &slot.entry).find(|e| e.label == label);
    let id = named.unwrap().id;
    let only = |slot: &super::SlotId, rights| Ok((*slot == id).then(|| change(rights)));
    vault.regrant(&root, &mut SystemRandom, only).unwrap();
    vault.raise_head(root).unwrap();
    vault.seal(None).unwrap().bytes()
}

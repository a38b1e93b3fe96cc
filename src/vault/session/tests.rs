use super::super::tests::{NOW, altered, env, open, path, read, sample, secret, set, stage};
use super::{FIXED_BYTES, Session};
use crate::crypto::SystemRandom;
use crate::vault::format::Role;
use crate::vault::{Class, Depth, Error, Guard, LockedVault, Vault};
use std::sync::Arc;

const UNTIL: u64 = NOW + 100;

/// The bytes of a session of the owner of a vault.
fn begun(bytes: &Arc<Vec<u8>>) -> Vec<u8> {
    let vault = open(bytes, &Guard::default(), Depth::Whole).unwrap();
    let session = vault.session(UNTIL, 7).unwrap();
    session.write().expose().to_vec()
}

fn resume(locked: LockedVault, kept: &[u8], depth: Depth) -> Result<Vault, Error> {
    let session = Session::read(kept, &locked.id()).unwrap();
    let secret = locked.resume(&session, None)?;
    locked.unlock(&secret, NOW, depth)
}

#[test]
fn a_session_reads_and_writes_like_its_slot() {
    let first = set(&sample().bytes(), "dev", &Guard::default(), None);
    let kept = begun(&first.bytes());
    let vault = resume(read(&first.bytes()), &kept, Depth::Reader).unwrap();
    assert!(vault.is_in_session());
    let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
    let value = vault.value(&entry, &entry.versions[0]).unwrap();
    assert_eq!(value.expose(), [65; 9]);
    assert!(!vault.learned());
    let mut vault = resume(read(&first.bytes()), &kept, Depth::Whole).unwrap();
    assert!(!vault.learned());
    stage(&mut vault, "dev", "another");
    let second = vault.seal(None).unwrap();
    let vault = resume(read(&second.bytes()), &kept, Depth::Reader).unwrap();
    assert!(!vault.learned(), "the head is the same");
    vault.find(&env("dev"), &path("A")).unwrap().unwrap();
    assert!(vault.learned(), "the seal is a new one");
    let again = vault.session(UNTIL, 7).unwrap().write();
    let vault = resume(read(&second.bytes()), again.expose(), Depth::Reader).unwrap();
    vault.find(&env("dev"), &path("A")).unwrap().unwrap();
    assert!(!vault.learned());
}

#[test]
fn a_session_has_one_writing() {
    let first = sample();
    let kept = begun(&first.bytes());
    let locked = read(&first.bytes());
    let id = locked.id();
    let session = Session::read(&kept, &id).unwrap();
    assert_eq!((session.until(), session.idle()), (UNTIL, 7));
    assert_eq!(session.slot(), secret(&locked).slot());
    assert_eq!(session.write().expose(), kept);
    // Head, own wrap and two seals.
    assert_eq!(kept.len(), FIXED_BYTES + 4 * 32);
    for len in 0..kept.len() {
        assert!(Session::read(&kept[..len], &id).is_none(), "{len}");
    }
    let longer = [kept.as_slice(), &[0]].concat();
    assert!(Session::read(&longer, &id).is_none());
    for (at, byte) in [(0, 2), (1, 2), (2, kept[2] ^ 1), (FIXED_BYTES - 2, 3)] {
        let mut other = kept.clone();
        other[at] = byte;
        assert!(Session::read(&other, &id).is_none(), "{at}");
    }
}

#[test]
fn a_session_holds_no_key_beyond_its_own() {
    let first = sample();
    let kept = begun(&first.bytes());
    let vault = open(&first.bytes(), &Guard::default(), Depth::Whole).unwrap();
    let slot_key = vault.key.slot_key().unwrap();
    let (root, log) = (vault.root().unwrap(), vault.audit_key().unwrap());
    let (id, slot) = (vault.id().0, vault.slot().unwrap().id.0);
    let next = slot_key.grant_key(&id, &slot, vault.grant_seq() + 1);
    let holds = |key: &[u8; 32]| kept.windows(32).any(|part| part == key);
    let scope = vault.scope_key(&root, &vault.locked.doc.head.scopes[0]);
    for key in [
        slot_key.bytes(),
        root.bytes(),
        log.bytes(),
        next.bytes(),
        scope.unwrap().bytes(),
        &[7; 32],
    ] {
        assert!(!holds(key));
    }
    assert!(holds(
        slot_key.grant_key(&id, &slot, vault.grant_seq()).bytes()
    ));
    let mut vault = resume(read(&first.bytes()), &kept, Depth::Whole).unwrap();
    let needed = |error: Option<Error>| {
        assert!(matches!(error, Some(Error::SlotKeyNeeded)), "{error:?}");
    };
    needed(vault.root().err());
    needed(vault.audit_key().err());
    needed(vault.check_new_slot("other").err());
    needed(
        vault
            .check_passphrase_change(None)
            .err()
            .filter(|e| !matches!(e, Error::OtherCredential { .. }))
            .or(Some(Error::SlotKeyNeeded)),
    );
    needed(
        vault
            .create_environment(&env("new"), &mut SystemRandom)
            .err(),
    );
    needed(vault.live_secrets(None).err());
    assert!(vault.audit_key_of(&vault.slot().unwrap().id).is_none());
    assert_eq!(Error::SlotKeyNeeded.class(), Class::Locked);
}

#[test]
fn other_rights_end_a_session() {
    let first = sample();
    let kept = begun(&first.bytes());
    let bytes = altered(&first.bytes(), |vault| {
        let slot = &mut vault.locked.doc.slots[0];
        slot.entry.grant_seq += 1;
    });
    let error = resume(read(&bytes), &kept, Depth::Reader).err().unwrap();
    assert!(matches!(error, Error::RightsChanged { .. }), "{error:?}");
    assert_eq!(error.class(), Class::Locked);
    // A head that only goes on ends nothing.
    let bytes = altered(&first.bytes(), |_| ());
    assert!(
        resume(read(&bytes), &kept, Depth::Reader)
            .unwrap()
            .learned()
    );
    let locked = read(&first.bytes());
    let session = Session::read(&kept, &locked.id()).unwrap();
    let error = locked.resume(&session, Some("rui")).err().unwrap();
    assert!(matches!(error, Error::SessionOfOtherSlot { .. }));
    let mut locked = read(&first.bytes());
    locked.doc.slots[0].entry.id.0[0] ^= 1;
    let error = locked.resume(&session, None).err().unwrap();
    assert!(matches!(error, Error::SessionSlot));
}

#[test]
fn a_session_opens_nothing_of_another_admin() {
    let (first, other) = (sample(), sample());
    let kept = begun(&first.bytes());
    let mut locked = read(&other.bytes());
    let own = read(&first.bytes());
    locked.doc.vault = own.doc.vault;
    locked.doc.slots[0].entry.id = own.doc.slots[0].entry.id;
    let error = resume(locked, &kept, Depth::Reader).err().unwrap();
    assert_eq!(error.class(), Class::Integrity);
    assert!(error.to_string().contains("is signed by admin"), "{error}");
}

#[test]
fn a_changed_byte_is_found_as_without_a_session() {
    let first = set(&sample().bytes(), "dev", &Guard::default(), None);
    let kept = begun(&first.bytes());
    let mut found = 0;
    for at in 0..first.bytes().len() {
        let mut bytes = first.bytes().to_vec();
        bytes[at] ^= 1;
        let bytes = Arc::new(bytes);
        let Ok(locked) = LockedVault::read(Box::new(Arc::clone(&bytes))) else {
            continue;
        };
        let without = locked.guarded(Guard::default()).and_then(|locked| {
            let secret = locked.unwrap(&super::super::tests::key(), None, None)?;
            locked.unlock(&secret, NOW, Depth::Whole)
        });
        let locked = read(&bytes);
        let Some(session) = Session::read(&kept, &locked.id()) else {
            continue;
        };
        let with = locked.resume(&session, None).and_then(|secret| {
            let locked = read(&bytes);
            locked.unlock(&secret, NOW, Depth::Whole)
        });
        // The seal of the wrap is what a session does without.
        match (without, with) {
            (Ok(_), Ok(_)) => panic!("byte {at} changes nothing"),
            (Err(_), Ok(_)) => panic!("byte {at} passes with a session"),
            (_, Err(_)) => found += 1,
        }
    }
    assert!(found > first.bytes().len() / 2, "{found}");
}

#[test]
fn who_may_not_read_the_head_may_not_by_a_session() {
    let first = sample();
    let bytes = altered(&first.bytes(), |vault| {
        let slot = &mut vault.locked.doc.slots[0];
        slot.entry.expires = NOW + 50;
        slot.entry.role = Role::Member;
        slot.keys.root_key = None;
    });
    let kept = begun(&bytes);
    let locked = read(&bytes);
    let session = Session::read(&kept, &locked.id()).unwrap();
    let secret = locked.resume(&session, None).unwrap();
    let error = locked.unlock(&secret, NOW + 50, Depth::Reader).err();
    assert!(matches!(error, Some(Error::SlotTime(_))));
}

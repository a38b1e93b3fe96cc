use super::*;
use crate::crypto::SystemRandom;
use crate::secret::SecretValue;
use crate::vault::format::{Anchor, Sealer};
use crate::vault::tests::{
    NOW, env, open, open_by, path, sample, set, stage, told, with_grant, with_slot,
};
use crate::vault::{ChainId, Depth, Guard, NewValue, Pin};
use std::sync::Arc;

/// `dev` with two versions of A and one of app/B, `prod` with one of A.
fn filled() -> Arc<Vec<u8>> {
    let mut vault = open_by(&sample().bytes(), 7).unwrap();
    stage(&mut vault, "dev", "value one");
    stage(&mut vault, "dev", "value two");
    stage(&mut vault, "prod", "value of prod");
    let value = SecretValue::copy_from(b"\0binary");
    let new = NewValue {
        value: &value,
        kind: None,
        tags: Some(vec!["b".to_owned(), "a".to_owned()]),
        note: Some("a \"note\"\n".to_owned()),
        owner: Some("team".to_owned()),
        expires: NOW + 5,
        every: Some(90),
        why: "because".to_owned(),
        verb: "set",
        if_version: None,
    };
    let set = vault.set(&env("dev"), &path("app/B"), &new, &mut SystemRandom);
    set.unwrap();
    vault.seal(None).unwrap().bytes()
}

fn rotated(bytes: &Arc<Vec<u8>>, only: Option<&str>) -> Arc<Vec<u8>> {
    let mut vault = open_by(bytes, 7).unwrap();
    let only = only.map(env);
    vault.rotate_keys(only.as_ref(), &mut SystemRandom).unwrap();
    vault.seal(None).unwrap().bytes()
}

/// Epoch, commitment and least seal of each scope, and how its seal is.
fn state(bytes: &Arc<Vec<u8>>) -> Vec<(u64, [u8; 32], u64, u64, Sealer, u64)> {
    let vault = open_by(bytes, 7).unwrap();
    let scopes = vault.locked.doc.head.scopes.iter().enumerate();
    scopes
        .map(|(index, entry)| {
            let seal = &vault.locked.scope(index).unwrap().seal;
            let (seq, by, head) = (seal.seq, seal.by, seal.head_seq);
            (entry.epoch, entry.commitment, entry.min_seal, seq, by, head)
        })
        .collect()
}

#[test]
fn every_record_keeps_number_metadata_and_value_under_the_new_key() {
    let before = filled();
    let after = rotated(&before, None);
    let (old, new) = (open_by(&before, 7).unwrap(), open_by(&after, 7).unwrap());
    assert_eq!(told(&old, "dev").len(), 3);
    for name in ["dev", "prod"] {
        assert_eq!(told(&old, name), told(&new, name));
        let ids = |vault: &Vault| -> BTreeSet<_> {
            let all = vault.entries(&env(name)).unwrap();
            all.iter().map(|entry| entry.rid).collect()
        };
        assert!(ids(&old).is_disjoint(&ids(&new)));
    }
    assert_eq!(new.head_seq(), old.head_seq() + 1);
    let (was, is) = (state(&before), state(&after));
    for (was, is) in was.iter().zip(&is) {
        assert_ne!(was.1, is.1);
        assert_eq!((is.0, is.2, is.3), (2, 1, 1));
        assert!(is.4 == Sealer::Admin && is.5 == new.head_seq());
    }
    let grants = |vault: &Vault| vault.locked.doc.slots[0].entry.grant_seq;
    assert_eq!(grants(&new), grants(&old) + 1);
    new.check_admin().unwrap();
}

#[test]
fn one_environment_alone_can_have_a_new_key() {
    let before = filled();
    let after = rotated(&before, Some("prod"));
    let (was, is) = (state(&before), state(&after));
    assert_eq!((is[0].0, is[0].1, is[0].3), (1, was[0].1, was[0].3));
    // The new head cannot go with an older state of it.
    assert_eq!(is[0].2, was[0].3);
    assert_eq!(is[1].0, 2);
    let mut vault = open_by(&before, 7).unwrap();
    let unknown = vault.rotate_keys(Some(&env("qa")), &mut SystemRandom);
    assert!(matches!(unknown, Err(Error::UnknownEnvironment(_))));
}

#[test]
fn a_file_in_which_a_record_is_gone_or_another_is_not_handed_out() {
    let bytes = filled();
    for lost in [true, false] {
        let mut vault = open_by(&bytes, 7).unwrap();
        vault.rotate_keys(None, &mut SystemRandom).unwrap();
        let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
        match lost {
            true => vault.draft_scope(0).unwrap().remove(entry.rid, 1),
            false => {
                let (rid, key) = vault.record_key(0, &entry.path).unwrap();
                let value = SecretValue::copy_from(b"value 0ne");
                let meta = &entry.versions[0].meta;
                let line = vault.bound(0).unwrap();
                let line = line.seal((&rid, &key), 1, meta, &value, &mut SystemRandom);
                vault.draft_scope(0).unwrap().insert(rid, 1, line.unwrap());
            }
        }
        let error = vault.seal(None).unwrap_err().to_string();
        assert!(error.contains("would not be the same"), "{error}");
    }
}

#[test]
fn a_grant_that_holds_another_key_is_not_handed_out() {
    let mut vault = open_by(&filled(), 7).unwrap();
    vault.rotate_keys(None, &mut SystemRandom).unwrap();
    let root = vault.root().unwrap();
    let wrong = |_: &_, mut rights: Rights| {
        let right = rights.get_mut(&0).unwrap();
        right.access = Access::Scope(ScopeKey::read(&[9; 32]).unwrap(), true);
        Ok(Some(rights.into_values().collect()))
    };
    vault.regrant(&root, &mut SystemRandom, wrong).unwrap();
    let error = vault.seal(None).unwrap_err().to_string();
    assert!(error.contains("holds a wrong key"), "{error}");
}

#[test]
fn epoch_and_head_rise_above_what_was_seen() {
    let bytes = filled();
    let seen = open_by(&bytes, 7).unwrap().seen().unwrap();
    let mut pin = Pin::of(&seen);
    let scope = *pin.scopes.keys().next().unwrap();
    pin.scopes.insert(scope, (5, 40, [1; 32]));
    pin.head = (30, [1; 32]);
    let guard = Guard {
        pin: Some(pin),
        accept_older: true,
        ..Guard::default()
    };
    let mut vault = open(&bytes, &guard, Depth::Whole).unwrap();
    vault.rotate_keys(None, &mut SystemRandom).unwrap();
    let sealed = vault.seal(None).unwrap();
    let (epoch, number, _) = sealed.seen.scopes[&scope];
    assert_eq!((epoch, number, sealed.seen.head.0), (6, 1, 31));
}

#[test]
fn an_admin_gives_new_keys_to_scopes_that_his_own_grant_lacks() {
    let before = filled();
    let blind = with_grant(&before, "owner", |_| Vec::new());
    assert!(open_by(&blind, 7).unwrap().entries(&env("dev")).is_err());
    let after = rotated(&blind, None);
    assert_eq!(state(&after)[0].0, 2);
    // He is given nothing that he had not.
    assert!(open_by(&after, 7).unwrap().entries(&env("dev")).is_err());
}

#[test]
fn a_right_of_an_epoch_before_is_not_brought_back() {
    let old = with_slot(&filled(), "guest", false, 8);
    let all = open_by(&old, 8).unwrap();
    let kept = told(&all, "prod");
    let stale = rotated(&old, None);
    let stale = with_grant(&stale, "guest", |rights| {
        let old = |right: Capability| Capability { epoch: 1, ..right };
        rights.into_values().map(old).collect()
    });
    let again = rotated(&stale, None);
    assert!(open_by(&again, 8).unwrap().entries(&env("prod")).is_err());
    assert_eq!(told(&open_by(&again, 7).unwrap(), "prod"), kept);
}

#[test]
fn a_name_that_was_granted_is_read_under_the_new_key_and_nothing_else() {
    let bytes = with_slot(&filled(), "one", false, 8);
    let bytes = with_grant(&bytes, "one", |rights| {
        let dev = rights.into_values().next().unwrap();
        let Access::Scope(key, _) = &dev.access else {
            panic!("a slot of the whole scope");
        };
        let vault = open_by(&bytes, 7).unwrap();
        let path = path("app/B");
        let (rid, key) = vault.bound(0).unwrap().record(key, &path);
        let access = Access::Names(vec![NamedKey { path, rid, key }]);
        vec![Capability { access, ..dev }]
    });
    let read = |bytes: &Arc<Vec<u8>>| {
        let vault = open_by(bytes, 8).unwrap();
        assert!(vault.find(&env("dev"), &path("A")).is_err());
        told(&vault, "dev")
    };
    let before = read(&bytes);
    assert_eq!(before.len(), 1);
    assert_eq!(read(&rotated(&bytes, None)), before);
}

#[test]
fn who_is_no_admin_gives_no_new_keys() {
    let bytes = with_slot(&filled(), "guest", false, 8);
    let mut vault = open_by(&bytes, 8).unwrap();
    let refused = vault.rotate_keys(None, &mut SystemRandom);
    assert!(matches!(refused, Err(Error::NotPermitted(_))));
    assert!(vault.is_unchanged());
}

#[test]
fn anchors_of_others_outlive_a_new_key() {
    let anchor = |byte, entries| Anchor {
        chain: ChainId([byte; 16]),
        entries,
        hash: [byte; 32],
    };
    let bytes = set(
        &sample().bytes(),
        "dev",
        &Guard::default(),
        Some(&anchor(1, 4)),
    )
    .bytes();
    let mut vault = open_by(&bytes, 7).unwrap();
    vault.rotate_keys(None, &mut SystemRandom).unwrap();
    let sealed = vault.seal(Some(&anchor(2, 9))).unwrap();
    let vault = open_by(&sealed.bytes(), 7).unwrap();
    let kept = vault.locked.scope(0).unwrap().seal.anchors.clone();
    assert_eq!(kept, [anchor(1, 4), anchor(2, 9)]);
}

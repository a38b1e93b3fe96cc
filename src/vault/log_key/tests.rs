use super::super::tests::{NOW, altered, env, open, path, read, sample, set, stage};
use crate::crypto::SystemRandom;
use crate::secret::KeyBytes;
use crate::vault::format::{Extra, Role};
use crate::vault::{Anchor, ChainId, Depth, Guard, NewSlot, NewVault, SlotId};

fn anchor(chain: u8, entries: u64) -> Anchor {
    Anchor {
        chain: ChainId([chain; 16]),
        entries,
        hash: [chain; 32],
    }
}

#[test]
fn the_log_key_of_a_new_vault_is_the_one_in_its_slot() {
    let key = KeyBytes::new(&[7; 32]);
    let new = NewVault {
        environments: &[env("dev"), env("prod")],
        label: "owner",
        opener: NewSlot::Key(&key),
        now: NOW,
    };
    let drawn = new.draw(&mut SystemRandom).unwrap();
    let (id, slot, log) = (drawn.id(), drawn.slot(), drawn.audit_key());
    let anchors = [anchor(1, 1), anchor(2, 5)];
    let sealed = drawn.build(&anchors).unwrap();
    assert_eq!((sealed.seals.len(), sealed.anchor_left_out), (2, false));
    let vault = open(&sealed.bytes(), &Guard::default(), Depth::Whole).unwrap();
    assert_eq!(vault.id(), id);
    assert_eq!(vault.slot().unwrap().id, slot);
    assert_eq!(vault.audit_key().unwrap().bytes(), log.bytes());
    assert_eq!(vault.audit_key_of(&slot).unwrap().bytes(), log.bytes());
    assert_eq!(vault.anchors().unwrap(), anchors);
    assert_eq!(vault.seen().unwrap(), sealed.seen);
    assert_eq!(sealed.seen.scopes.len(), 2);
}

#[test]
fn an_admin_has_the_log_keys_of_all_slots_and_a_member_its_own() {
    let first = sample();
    let other = SlotId([9; 8]);
    let admin = open(&first.bytes(), &Guard::default(), Depth::Reader).unwrap();
    let own = admin.slot().unwrap().id;
    let root = admin.root().unwrap();
    let expected = root.audit_key(&admin.id().0, &other.0);
    let found = admin.audit_key_of(&other).unwrap();
    assert_eq!(found.bytes(), expected.bytes());
    assert_ne!(found.bytes(), admin.audit_key().unwrap().bytes());
    let bytes = altered(&first.bytes(), |vault| {
        let slot = &mut vault.locked.doc.slots[0];
        slot.entry.role = Role::Member;
        slot.keys.root_key = None;
    });
    let member = open(&bytes, &Guard::default(), Depth::Reader).unwrap();
    assert!(member.audit_key_of(&other).is_none());
    let key = member.audit_key_of(&own).unwrap();
    assert_eq!(key.bytes(), admin.audit_key().unwrap().bytes());
}

#[test]
fn a_log_key_that_does_not_open_is_damage() {
    let bytes = altered(&sample().bytes(), |vault| {
        vault.locked.doc.slots[0].keys.audit_key[30] ^= 1;
    });
    let vault = open(&bytes, &Guard::default(), Depth::Reader).unwrap();
    let error = vault.audit_key().err().unwrap();
    assert_eq!(
        error.to_string(),
        "the log key of slot \"owner\" is damaged"
    );
}

#[test]
fn only_the_extension_of_the_own_slot_makes_the_log_local() {
    let first = sample();
    let vault = open(&first.bytes(), &Guard::default(), Depth::Reader).unwrap();
    assert!(!vault.audit_is_local());
    let bytes = altered(&first.bytes(), |vault| {
        let x = &mut vault.locked.doc.slots[0].entry.x;
        x.insert("audit", Extra::Text("local".to_owned()));
    });
    let vault = open(&bytes, &Guard::default(), Depth::Reader).unwrap();
    assert!(vault.audit_is_local());
}

#[test]
fn a_seal_keeps_all_anchors_and_raises_the_own_one_alone() {
    let none = Guard::default();
    let first = sample();
    let steps = [
        (anchor(5, 1), vec![anchor(5, 1)]),
        // Ascending by text: 0xf8 is "+", before the letters.
        (anchor(0xf8, 1), vec![anchor(0xf8, 1), anchor(5, 1)]),
        (anchor(5, 4), vec![anchor(0xf8, 1), anchor(5, 4)]),
        // A log that was put back lowers nothing.
        (anchor(5, 2), vec![anchor(0xf8, 1), anchor(5, 4)]),
        (
            anchor(6, 9),
            vec![anchor(0xf8, 1), anchor(5, 4), anchor(6, 9)],
        ),
    ];
    let mut bytes = first.bytes();
    for (own, expected) in steps {
        let sealed = set(&bytes, "dev", &none, Some(&own));
        assert!(!sealed.anchor_left_out);
        let locked = read(&sealed.bytes());
        assert_eq!(locked.scope(0).unwrap().seal.anchors, expected);
        assert!(locked.scope(1).unwrap().seal.anchors.is_empty());
        assert_eq!(locked.anchors().unwrap(), expected);
        bytes = sealed.bytes();
    }
    let sealed = set(&bytes, "dev", &none, None);
    assert_eq!(read(&sealed.bytes()).anchors().unwrap().len(), 3);
    // Two scopes that name different states of a chain are two anchors.
    let sealed = set(&sealed.bytes(), "prod", &none, Some(&anchor(5, 3)));
    let all = read(&sealed.bytes()).anchors().unwrap();
    assert_eq!(
        all,
        [anchor(0xf8, 1), anchor(5, 3), anchor(5, 4), anchor(6, 9)]
    );
}

#[test]
fn the_hashes_of_a_change_are_those_of_its_new_seals() {
    let first = sample();
    let mut vault = open(&first.bytes(), &Guard::default(), Depth::Whole).unwrap();
    vault
        .create_environment(&env("new"), &mut SystemRandom)
        .unwrap();
    stage(&mut vault, "prod", "value");
    let before = vault.seen().unwrap();
    assert_eq!(before, first.seen, "what is staged was not seen");
    assert_eq!(vault.anchors().unwrap(), []);
    let sealed = vault.seal(Some(&anchor(1, 1))).unwrap();
    let locked = read(&sealed.bytes());
    let hash = |index| crate::crypto::sha256(&locked.scope(index).unwrap().seal_raw);
    assert_eq!(sealed.seals, [hash(1), hash(2)]);
    let anchors = |index| locked.scope(index).unwrap().seal.anchors.clone();
    assert_eq!(
        [anchors(0), anchors(1), anchors(2)].map(|a| a.len()),
        [0, 1, 1]
    );
    locked.verify().unwrap();
    assert_eq!(locked.seen().unwrap(), sealed.seen);
    assert!(
        open(&sealed.bytes(), &Guard::default(), Depth::Whole)
            .unwrap()
            .find(&env("prod"), &path("A"))
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_65th_chain_is_left_out_and_said() {
    let mut bytes = sample().bytes();
    for chain in 0..64 {
        bytes = set(&bytes, "dev", &Guard::default(), Some(&anchor(chain, 1))).bytes();
    }
    let full = set(&bytes, "dev", &Guard::default(), Some(&anchor(64, 1)));
    assert!(full.anchor_left_out);
    assert_eq!(read(&full.bytes()).anchors().unwrap().len(), 64);
    let own = set(
        &full.bytes(),
        "dev",
        &Guard::default(),
        Some(&anchor(63, 2)),
    );
    assert!(!own.anchor_left_out);
    assert!(
        read(&own.bytes())
            .anchors()
            .unwrap()
            .contains(&anchor(63, 2))
    );
}

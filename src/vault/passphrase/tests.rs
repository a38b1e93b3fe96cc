use super::*;
use crate::crypto::SystemRandom;
use crate::vault::tests::{NOW, open_by, read, sample, with_slot};
use crate::vault::{Depth, Guard, NewMember, Pin};
use std::sync::Arc;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new_for_creation(text.as_bytes()).ok().unwrap()
}

/// The sample vault with the member `rui`, who has a passphrase.
fn with_rui() -> Arc<Vec<u8>> {
    let words = passphrase("the first passphrase of rui");
    let mut vault = open_by(&sample().bytes(), 7).unwrap();
    let new = NewMember {
        label: "rui",
        admin: false,
        opener: NewSlot::Passphrase(&words, Iterations::default()),
        handed_out: false,
    };
    vault.add_slot(&new, &mut SystemRandom).unwrap();
    vault.seal(None).unwrap().bytes()
}

fn opens(bytes: &Arc<Vec<u8>>, words: &str, guard: &Guard) -> Result<Vault, Error> {
    let locked = read(bytes).guarded(guard.clone())?;
    let secret = locked.unwrap(&Credential::Passphrase(passphrase(words)), None, None)?;
    locked.unlock(&secret, NOW, Depth::Whole)
}

#[test]
fn only_the_wrap_changes_and_its_number_rises_above_what_was_seen() {
    let before = with_rui();
    let seen = open_by(&before, 7).unwrap().seen().unwrap();
    let mut pin = Pin::of(&seen);
    let old = opens(&before, "the first passphrase of rui", &Guard::default()).unwrap();
    let id = old.slot().unwrap().id;
    pin.slots.insert(id, (1, pin.slots[&id].1));
    let guard = Guard {
        pin: Some(pin.clone()),
        ..Guard::default()
    };
    let mut vault = opens(&before, "the first passphrase of rui", &guard).unwrap();
    let new = passphrase("the second passphrase of rui");
    let changed = vault.change_passphrase(None, &new, Iterations::default(), &mut SystemRandom);
    assert_eq!(changed.unwrap(), id);
    let sealed = vault.seal(None).unwrap();
    assert!(sealed.seals.is_empty());
    assert_eq!(sealed.seen.slots[&id].0, 2);
    // Two lines differ: the wrap and its signature.
    let lines = |bytes: &Arc<Vec<u8>>| -> Vec<String> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    let (was, is) = (lines(&before), lines(&sealed.bytes()));
    let differ: Vec<&String> = is
        .iter()
        .zip(&was)
        .filter(|(a, b)| a != b)
        .map(|(a, _)| a)
        .collect();
    assert_eq!((was.len(), differ.len()), (is.len(), 2));
    assert!(differ[0].starts_with("\"wrap\":{\"n\":2,") && differ[1].starts_with("\"wsig\""));
    let guard = Guard {
        pin: Some(Pin::of(&sealed.seen)),
        ..Guard::default()
    };
    assert!(opens(&sealed.bytes(), "the second passphrase of rui", &guard).is_ok());
    let wrong = opens(&sealed.bytes(), "the first passphrase of rui", &guard);
    assert!(matches!(wrong, Err(Error::WrongPassphrase)));
    // The old file is refused where the new one was seen, and opens elsewhere.
    let older = opens(&before, "the first passphrase of rui", &guard);
    assert!(matches!(older, Err(Error::Older(_))));
    assert!(opens(&before, "the first passphrase of rui", &Guard::default()).is_ok());
}

#[test]
fn an_admin_sets_a_forgotten_passphrase_anew_above_what_was_seen() {
    let before = with_rui();
    let locked = read(&before);
    let id = locked.slots().nth(1).unwrap().id;
    let mut pin = Pin::of(&open_by(&before, 7).unwrap().seen().unwrap());
    pin.slots.insert(id, (4, [0; 32]));
    let mut vault = open_by(&before, 7).unwrap();
    vault.locked.guard.pin = Some(pin);
    let new = passphrase("a passphrase set by an admin");
    let changed =
        vault.change_passphrase(Some("rui"), &new, Iterations::default(), &mut SystemRandom);
    changed.unwrap();
    let sealed = vault.seal(None).unwrap();
    assert_eq!(sealed.seen.slots[&id].0, 5);
    let vault = opens(
        &sealed.bytes(),
        "a passphrase set by an admin",
        &Guard::default(),
    )
    .unwrap();
    assert_eq!(vault.slot().unwrap().label, "rui");
    assert_eq!(vault.head_seq(), open_by(&before, 7).unwrap().head_seq());
}

#[test]
fn slots_of_others_and_slots_without_a_passphrase_are_refused() {
    let bytes = with_slot(&with_rui(), "ci", false, 8);
    let member = open_by(&bytes, 8).unwrap();
    let refused = member.check_passphrase_change(Some("rui"));
    assert!(matches!(refused, Err(Error::NotPermitted(_))));
    let admin = open_by(&bytes, 7).unwrap();
    for label in [Some("ci"), None] {
        let refused = admin.check_passphrase_change(label);
        assert!(matches!(refused, Err(Error::OtherCredential { .. })));
    }
    let refused = admin.check_passphrase_change(Some("ana"));
    assert!(matches!(refused, Err(Error::UnknownSlot(_))));
    admin.check_passphrase_change(Some("rui")).unwrap();
}

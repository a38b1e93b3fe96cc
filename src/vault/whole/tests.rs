use super::super::seal::verified;
use super::super::tests::{env, open, path, plain, read, sample};
use super::super::{Depth, Error, Guard, LockedVault, Text, Vault};
use crate::crypto::SystemRandom;
use crate::secret::SecretValue;
use std::sync::Arc;

/// Enough for some pages.
const SECRETS: usize = 200;

fn put(vault: &mut Vault, name: &str, value: &str) {
    let value = SecretValue::copy_from(value.repeat(300).as_bytes());
    let written = vault.set(&env("dev"), &path(name), &plain(&value), &mut SystemRandom);
    written.unwrap();
}

fn filled() -> Arc<Vec<u8>> {
    let mut vault = open(&sample().bytes(), &Guard::default(), Depth::Whole).unwrap();
    (0..SECRETS).for_each(|n| put(&mut vault, &format!("K{n}"), "abc"));
    vault.seal(None).unwrap().bytes()
}

/// A file, and what it becomes by one change.
fn changed() -> (Arc<Vec<u8>>, Arc<Vec<u8>>) {
    let before = filled();
    let mut vault = open(&before, &Guard::default(), Depth::Whole).unwrap();
    put(&mut vault, "K3", "def");
    let after = vault.seal(None).unwrap().bytes();
    (before, after)
}

fn text(bytes: &[u8]) -> Arc<Text> {
    let mut text = Text::default();
    text.push(bytes);
    Arc::new(text)
}

fn whole(bytes: &Arc<Vec<u8>>) -> LockedVault {
    let locked = read(bytes);
    locked.verify().unwrap();
    locked
}

/// How many pages of the first scope are verified by their hash alone.
fn hashed(before: &LockedVault, after: &LockedVault) -> usize {
    let (scope, places) = (after.scope(0).unwrap(), after.places(0).unwrap());
    let old = before.proved(&scope.id);
    let is_new = |place: &&_| {
        let here = after.bytes_at(&scope, place).unwrap();
        !old.as_ref().is_some_and(|old| old.has(place, here))
    };
    places.iter().filter(is_new).count()
}

#[test]
fn only_pages_that_changed_are_hashed_again() {
    let (before, after) = changed();
    let verified = whole(&before);
    let pages = verified.places(0).unwrap().len();
    assert!(pages > 4);
    assert_eq!(hashed(&verified, &read(&after)), 1);
    // Of what was read and not verified, nothing is proved.
    assert_eq!(hashed(&read(&before), &read(&after)), pages);
}

#[test]
fn a_byte_that_changes_on_its_way_is_found_wherever_it_stands() {
    let (before, after) = changed();
    let before = whole(&before);
    let check = |bytes: &[u8]| verified(text(bytes), &[], false, Some(&before), None);
    assert!(check(&after).is_ok());
    for at in (0..after.len()).step_by(97) {
        let mut bytes = after.to_vec();
        bytes[at] ^= 1;
        assert!(check(&bytes).is_err(), "{at}");
    }
}

#[test]
fn a_page_of_the_file_before_counts_in_its_own_place_alone() {
    let (before, after) = changed();
    let (before, locked) = (whole(&before), read(&after));
    let (scope, places) = (locked.scope(0).unwrap(), locked.places(0).unwrap());
    let old = before.proved(&scope.id).unwrap();
    let same: Vec<_> = places
        .iter()
        .filter(|place| old.has(place, locked.bytes_at(&scope, place).unwrap()))
        .collect();
    let (mut moved, bytes) = (*same[0], locked.bytes_at(&scope, same[0]).unwrap());
    assert!(old.has(&moved, bytes));
    moved.number = same[1].number;
    assert!(!old.has(&moved, bytes), "another number");
    moved = *same[0];
    moved.bits += 1;
    assert!(!old.has(&moved, bytes), "another number of pages");
    moved = *same[0];
    moved.page.hash[0] ^= 1;
    assert!(!old.has(&moved, bytes), "another hash in the table");
    assert!(!old.has(same[0], &bytes[1..]), "other bytes");
}

#[test]
fn what_is_read_from_a_disk_is_never_taken_for_proved() {
    struct Disk(Arc<Vec<u8>>);
    impl super::super::ReadAt for Disk {
        fn size(&self) -> u64 {
            self.0.size()
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
            self.0.read_at(offset, buffer)
        }
    }
    let bytes = filled();
    let locked = LockedVault::read(Box::new(Disk(Arc::clone(&bytes)))).unwrap();
    locked.verify().unwrap();
    let scope = locked.scope(0).unwrap();
    assert!(locked.proved(&scope.id).is_none());
    let place = locked.places(0).unwrap()[0];
    assert!(locked.proved_page(0, &scope, &place).is_none());
    let held = read(&bytes);
    assert!(
        held.proved_page(0, &scope, &place).is_none(),
        "not verified yet"
    );
    held.verify().unwrap();
    assert!(held.proved_page(0, &scope, &place).is_some());
}

#[test]
fn a_file_out_of_which_nothing_was_verified_saves_nothing() {
    let (before, after) = changed();
    let unread = read(&before);
    let mut bytes = after.to_vec();
    let done = verified(text(&bytes), &[], false, Some(&unread), None);
    assert!(done.is_ok());
    let at = read(&after).scope(0).unwrap().records_at as usize + 50;
    bytes[at] ^= 1;
    let done = verified(text(&bytes), &[], false, Some(&unread), None);
    assert!(matches!(done, Err(Error::Records { .. })), "{done:?}");
}

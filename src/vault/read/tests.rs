//! How far versions are opened.

use super::super::act::Act;
use super::super::tests::{env, open, path, with_values};
use super::super::{Depth, Extent, Vault};
use super::*;
use crate::crypto::SystemRandom;

fn numbers(entry: &Entry) -> Vec<u64> {
    entry
        .versions
        .iter()
        .map(|version| version.version)
        .collect()
}

fn found(vault: &Vault, version: Version) -> Entry {
    let entry = vault.find_for(&env("dev"), &path("A"), version);
    entry.unwrap().unwrap()
}

/// The same, staged and as it is read from the file.
fn both(mut vault: Vault, check: impl Fn(&Vault)) {
    check(&vault);
    vault.now = super::super::tests::NOW;
    let bytes = vault.seal(None).unwrap().bytes();
    check(&open(&bytes, &Default::default(), Depth::Reader).unwrap());
}

#[test]
fn of_a_live_secret_the_current_version_alone_is_opened() {
    both(with_values(&["first", "second", "third"], 0), |vault| {
        let entry = found(vault, Version::Current);
        assert_eq!(numbers(&entry), [3]);
        let chosen = entry.select(Version::Current, vault.now(), false).unwrap();
        assert_eq!(vault.value(&entry, chosen).unwrap().expose(), b"third");
        for version in [Version::Previous, Version::Number(1), Version::Pending] {
            assert_eq!(numbers(&found(vault, version)), [1, 2, 3]);
        }
    });
}

#[test]
fn entries_are_opened_as_far_as_is_asked() {
    let bytes = with_values(&["first", "second"], 0)
        .seal(None)
        .unwrap()
        .bytes();
    let vault = open(&bytes, &Default::default(), Depth::Reader).unwrap();
    for (extent, expected) in [(Extent::Current, vec![2]), (Extent::Kept, vec![1, 2])] {
        let entries = vault.entries_to(&env("dev"), extent).unwrap();
        let all: Vec<_> = entries.iter().map(numbers).collect();
        assert_eq!(all, [expected]);
        let entry = entries.first().unwrap();
        let value = vault.value(entry, entry.live().unwrap()).unwrap();
        assert_eq!(value.expose(), b"second");
    }
}

#[test]
fn of_a_hidden_secret_all_is_told() {
    let mut vault = with_values(&["first", "second"], 0);
    let act = Act {
        verb: "rm",
        why: "",
    };
    vault
        .remove(&env("dev"), &path("A"), &act, &mut SystemRandom)
        .unwrap();
    both(vault, |vault| {
        let entry = found(vault, Version::Current);
        assert_eq!(numbers(&entry), [1, 2, 3]);
        assert_eq!(entry.hidden().map(|hidden| hidden.version), Some(2));
    });
}

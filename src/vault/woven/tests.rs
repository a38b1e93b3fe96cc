use super::super::tests::{NOW, env, open, path, plain, sample, secret};
use super::super::{Act, Depth, Guard, LockedVault, ReadAt, Vault};
use crate::crypto::SystemRandom;
use crate::secret::SecretValue;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Enough for some pages.
const SECRETS: usize = 200;

fn put(vault: &mut Vault, name: &str, value: &str) {
    let value = SecretValue::copy_from(value.repeat(300).as_bytes());
    let new = plain(&value);
    let written = vault.set(&env("dev"), &path(name), &new, &mut SystemRandom);
    written.unwrap();
}

fn change(bytes: &Arc<Vec<u8>>, edit: impl FnOnce(&mut Vault)) -> Arc<Vec<u8>> {
    let mut vault = open(bytes, &Guard::default(), Depth::Whole).unwrap();
    edit(&mut vault);
    vault.seal(None).unwrap().bytes()
}

fn filled() -> Arc<Vec<u8>> {
    change(&sample().bytes(), |vault| {
        (0..SECRETS).for_each(|n| put(vault, &format!("K{n}"), "abc"));
    })
}

/// The record lines of a file, as they stand there.
fn lines(bytes: &[u8]) -> BTreeSet<String> {
    let text = std::str::from_utf8(bytes).unwrap();
    let records = text.lines().filter(|line| line.starts_with("[\""));
    records.map(str::to_owned).collect()
}

fn pages(bytes: &Arc<Vec<u8>>) -> usize {
    let vault = open(bytes, &Guard::default(), Depth::Whole).unwrap();
    vault.locked.places(0).unwrap().len()
}

#[test]
fn a_change_leaves_every_other_line_as_it_was_whatever_becomes_of_the_pages() {
    let (before, random) = (filled(), &mut SystemRandom);
    assert!(pages(&before) > 4);
    // As many pages: a line comes, a line goes, one is replaced.
    let act = Act {
        verb: "destroy",
        why: "",
    };
    let after = change(&before, |vault| {
        put(vault, "K3", "def");
        put(vault, "NEW", "def");
        let all = vault.destroy_all(&env("dev"), &path("K5"), &act, random);
        all.unwrap();
        let one = [1].into();
        let done = vault.destroy_versions(&env("dev"), &path("K6"), &one, &act, random);
        done.unwrap();
    });
    assert_eq!(pages(&before), pages(&after));
    let (was, is) = (lines(&before), lines(&after));
    assert_eq!((is.len(), was.difference(&is).count()), (SECRETS + 2, 2));
    // More pages, then fewer: all lines are dealt anew.
    let grown = change(&after, |vault| {
        (0..SECRETS).for_each(|n| put(vault, &format!("MORE{n}"), "abcdef"));
    });
    assert!(pages(&grown) > pages(&after));
    assert!(is.is_subset(&lines(&grown)));
    let shrunk = change(&grown, |vault| {
        for n in 0..SECRETS {
            for name in [format!("MORE{n}"), format!("K{n}")] {
                let gone = vault.destroy_all(&env("dev"), &path(&name), &act, random);
                gone.unwrap();
            }
        }
    });
    assert!(pages(&shrunk) < pages(&grown));
    assert_eq!(lines(&shrunk).len(), 2 * SECRETS + 1);
    let vault = open(&shrunk, &Guard::default(), Depth::Whole).unwrap();
    let live = vault.entries(&env("dev")).unwrap();
    let live = live.iter().filter(|entry| entry.live().is_some());
    assert_eq!(live.count(), 1);
}

#[test]
fn what_was_staged_is_found_before_it_is_sealed() {
    let mut vault = open(&filled(), &Guard::default(), Depth::Whole).unwrap();
    put(&mut vault, "K3", "def");
    put(&mut vault, "NEW", "def");
    let versions = |vault: &Vault, name: &str| {
        let entry = vault.find(&env("dev"), &path(name)).unwrap();
        entry.map_or(0, |entry| entry.versions.len())
    };
    assert_eq!(versions(&vault, "K3"), 2);
    assert_eq!(versions(&vault, "NEW"), 1);
    assert_eq!(versions(&vault, "K4"), 1);
    let index = vault.resolve(&env("dev"), &path("K3")).unwrap();
    let (rid, _) = vault.record_key(index, &path("K3")).unwrap();
    vault.draft_scope(index).unwrap().remove(rid, 1);
    vault.draft_scope(index).unwrap().remove(rid, 2);
    assert_eq!(versions(&vault, "K3"), 0);
}

/// A file that somebody edits in place while it is open.
struct Fickle {
    bytes: Arc<Vec<u8>>,
    /// Where a byte is another one, once it is not 0.
    at: Rc<Cell<u64>>,
}

impl ReadAt for Fickle {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.bytes.read_at(offset, buffer)?;
        let at = self.at.get();
        if at != 0
            && let Some(byte) = at
                .checked_sub(offset)
                .and_then(|at| buffer.get_mut(at as usize))
        {
            *byte ^= 1;
        }
        Ok(())
    }
}

#[test]
fn an_edit_between_verifying_and_copying_is_never_sealed() {
    let bytes = filled();
    let scope = |index| {
        let vault = open(&bytes, &Guard::default(), Depth::Whole).unwrap();
        let scope = vault.locked.scope(index).unwrap();
        (scope.start, scope.records_at, scope.end)
    };
    let (dev, prod) = (scope(0), scope(1));
    // A page that changes or not, the page table of another scope, its seal.
    let records = (dev.1..dev.2).step_by(9_973).map(|at| at + 50);
    for at in records.chain([prod.0 + 40, prod.2 - 40]) {
        let at_byte = Rc::new(Cell::new(0));
        let source = Fickle {
            bytes: Arc::clone(&bytes),
            at: Rc::clone(&at_byte),
        };
        let locked = LockedVault::read(Box::new(source)).unwrap();
        let secret = secret(&locked);
        let mut vault = locked.unlock(&secret, NOW, Depth::Whole).unwrap();
        put(&mut vault, "K3", "def");
        at_byte.set(at);
        assert!(vault.seal(None).is_err(), "{at}");
    }
}

use super::super::tests::{NOW, env, path, sample};
use super::super::{Absence, Act, Class, Depth, tests};
use super::*;
use crate::crypto::SystemRandom;
use crate::name::Version;
use crate::secret::SecretValue;

fn new(value: &SecretValue) -> NewValue<'_> {
    NewValue {
        value,
        kind: None,
        tags: None,
        note: None,
        owner: None,
        expires: 0,
        every: None,
        why: String::new(),
        verb: "rotate",
        if_version: None,
    }
}

/// The vault that its own bytes make, so that each step is sealed and verified.
fn again(vault: Vault) -> Vault {
    let bytes = vault.seal(None).unwrap().bytes();
    let mut vault = tests::open(&bytes, &Default::default(), Depth::Whole).unwrap();
    vault.now = NOW;
    vault
}

fn set(vault: &mut Vault, text: &str) {
    let value = SecretValue::copy_from(text.as_bytes());
    let (env, path) = (env("dev"), path("A"));
    let done = vault.set(&env, &path, &new(&value), &mut SystemRandom);
    done.unwrap();
}

/// A vault in which `A` of `dev` is "first".
fn vault() -> Vault {
    let mut vault = tests::open(&sample().bytes(), &Default::default(), Depth::Whole).unwrap();
    vault.now = NOW;
    set(&mut vault, "first");
    vault
}

fn pend(vault: &mut Vault, text: &str, grace: Option<u64>) -> Rotated {
    let value = SecretValue::copy_from(text.as_bytes());
    let (env, path) = (env("dev"), path("A"));
    let done = vault.rotate_pending(&env, &path, &new(&value), grace, &mut SystemRandom);
    done.unwrap()
}

fn read(vault: &Vault, version: Version) -> Result<String, Absence> {
    let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
    let chosen = entry.select(version, vault.now, false)?;
    let value = vault.value(&entry, chosen).unwrap();
    Ok(String::from_utf8(value.expose().to_vec()).unwrap())
}

fn states(vault: &Vault) -> Vec<(u64, State)> {
    let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
    let versions = entry.versions.iter();
    versions.map(|v| (v.version, v.meta.state)).collect()
}

#[test]
fn a_pending_version_is_read_as_pending_alone_and_ends_no_other() {
    let mut vault = vault();
    let rotated = pend(&mut vault, "second", Some(0));
    assert_eq!((rotated.written.version, rotated.from), (2, 1));
    let vault = again(vault);
    assert_eq!(read(&vault, Version::Current), Ok("first".into()));
    assert_eq!(read(&vault, Version::Number(1)), Ok("first".into()));
    assert_eq!(read(&vault, Version::Pending), Ok("second".into()));
    for other in [Version::Number(2), Version::Previous] {
        assert_eq!(read(&vault, other), Err(Absence::NoVersion));
    }
}

#[test]
fn what_is_promoted_is_a_new_version_of_the_same_value_and_rotation() {
    let mut vault = vault();
    let rotated = pend(&mut vault, "second", Some(60));
    let mut vault = again(vault);
    vault.now = NOW + 59;
    let written = vault.promote(&rotated, &mut SystemRandom).unwrap();
    assert_eq!(written.version, 3);
    assert_eq!(states(&vault), [(1, State::Live), (3, State::Live)]);
    let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
    let meta = &entry.live().unwrap().meta;
    let rotation = meta.rotation.as_ref().unwrap();
    assert_eq!((rotation.id, rotation.from), (rotated.id, 1));
    assert_eq!((rotation.until, meta.created), (NOW + 60, NOW + 59));
    assert_eq!(read(&vault, Version::Current), Ok("second".into()));
    assert_eq!(read(&vault, Version::Previous), Ok("first".into()));
    assert_eq!(read(&vault, Version::Pending), Err(Absence::NoVersion));
    vault.now = NOW + 60;
    let over = Err(Absence::GraceOver(NOW + 60));
    assert_eq!(read(&vault, Version::Previous), over);
    // It cannot be done twice.
    let error = vault.promote(&rotated, &mut SystemRandom).unwrap_err();
    assert_eq!(error.class(), Class::Conflict);
    again(vault);
}

#[test]
fn a_withdrawn_rotation_leaves_what_was_there_before() {
    let mut vault = vault();
    let rotated = pend(&mut vault, "second", Some(0));
    let mut vault = again(vault);
    assert!(vault.withdraw(&rotated).unwrap());
    let mut vault = again(vault);
    assert_eq!(states(&vault), [(1, State::Live)]);
    assert_eq!(read(&vault, Version::Current), Ok("first".into()));
    assert!(!vault.withdraw(&rotated).unwrap());
    assert!(vault.is_unchanged());
}

#[test]
fn a_secret_that_was_changed_meanwhile_is_not_promoted_over() {
    let mut vault = vault();
    let rotated = pend(&mut vault, "second", None);
    set(&mut vault, "other");
    let error = vault.promote(&rotated, &mut SystemRandom).unwrap_err();
    assert_eq!(error.class(), Class::Conflict);
    assert_eq!(read(&vault, Version::Current), Ok("other".into()));
    assert_eq!(read(&vault, Version::Pending), Ok("second".into()));
    let act = Act {
        verb: "rm",
        why: "",
    };
    let (env, path) = (env("dev"), path("A"));
    vault.remove(&env, &path, &act, &mut SystemRandom).unwrap();
    let error = vault.promote(&rotated, &mut SystemRandom).unwrap_err();
    assert_eq!(error.class(), Class::Conflict);
}

#[test]
fn the_next_rotation_takes_a_pending_version_away_and_its_owner_notices() {
    let mut vault = vault();
    let first = pend(&mut vault, "second", None);
    let second = pend(&mut vault, "third", None);
    let pending = (second.written.version, State::Pending);
    assert_eq!(states(&vault), [(1, State::Live), pending]);
    // Numbers go on, so the first cannot take the second for its own.
    assert_eq!(second.written.version, 3);
    let error = vault.promote(&first, &mut SystemRandom).unwrap_err();
    assert_eq!(error.class(), Class::Conflict);
    assert!(!vault.withdraw(&first).unwrap());
    let value = SecretValue::copy_from(b"fourth");
    let (env, path) = (env("dev"), path("A"));
    let done = vault.rotate(&env, &path, &new(&value), None, &mut SystemRandom);
    assert_eq!(done.unwrap().written.version, 4);
    assert_eq!(states(&vault), [(1, State::Live), (4, State::Live)]);
    again(vault);
}

#[test]
fn a_number_that_is_used_again_belongs_to_its_own_rotation() {
    let mut vault = vault();
    let first = pend(&mut vault, "second", None);
    vault.withdraw(&first).unwrap();
    let second = pend(&mut vault, "third", None);
    assert_eq!(first.written.version, second.written.version);
    let error = vault.promote(&first, &mut SystemRandom).unwrap_err();
    assert_eq!(error.class(), Class::Conflict);
    assert!(!vault.withdraw(&first).unwrap());
    assert!(vault.promote(&second, &mut SystemRandom).is_ok());
}

#[test]
fn a_pending_version_pushes_no_other_out() {
    let mut vault = vault();
    let keep = vault.policy().keep;
    for number in 2..=keep {
        set(&mut vault, &format!("value {number}"));
    }
    let rotated = pend(&mut vault, "pending", None);
    assert_eq!(read(&vault, Version::Number(1)), Ok("first".into()));
    assert_eq!(states(&vault).len() as u64, keep + 1);
    vault.withdraw(&rotated).unwrap();
    assert_eq!(read(&vault, Version::Number(1)), Ok("first".into()));
    let rotated = pend(&mut vault, "pending", None);
    set(&mut vault, "one more");
    let left: Vec<u64> = states(&vault).iter().map(|(number, _)| *number).collect();
    assert_eq!(left.first(), Some(&2));
    assert_eq!(left.len() as u64, keep + 1);
    assert!(vault.withdraw(&rotated).unwrap());
}

#[test]
fn a_pending_version_that_is_destroyed_does_not_hide_the_secret() {
    let mut vault = vault();
    pend(&mut vault, "second", None);
    let act = Act {
        verb: "destroy",
        why: "",
    };
    let versions = [2].into_iter().collect();
    let (env, path) = (env("dev"), path("A"));
    vault
        .destroy_versions(&env, &path, &versions, &act, &mut SystemRandom)
        .unwrap();
    let vault = again(vault);
    assert_eq!(states(&vault), [(1, State::Live)]);
    assert_eq!(read(&vault, Version::Current), Ok("first".into()));
}

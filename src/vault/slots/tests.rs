use super::*;
use crate::crypto::{Iterations, SystemRandom};
use crate::name::EnvName;
use crate::secret::{Credential, KeyBytes, Passphrase};
use crate::vault::tests::{
    NOW, env, open, open_by, read, sample, secret, stage, told, with_grant, with_slot,
};
use crate::vault::{AuditPolicy, Depth, Guard};
use std::sync::Arc;

fn remove(bytes: &Arc<Vec<u8>>, label: &str) -> Result<Arc<Vec<u8>>, Error> {
    let mut vault = open_by(bytes, 7)?;
    vault.remove_slot(label, &mut SystemRandom)?;
    Ok(vault.seal(None)?.bytes())
}

fn written(bytes: &Arc<Vec<u8>>, key: u8, env: &str, value: &str) -> Arc<Vec<u8>> {
    let mut vault = open_by(bytes, key).unwrap();
    stage(&mut vault, env, value);
    vault.seal(None).unwrap().bytes()
}

fn sealers(bytes: &Arc<Vec<u8>>) -> Vec<(u64, Sealer, u64)> {
    let vault = open_by(bytes, 7).unwrap();
    let scopes = vault.locked.doc.head.scopes.iter().enumerate();
    let state = |(index, entry): (usize, &super::super::format::ScopeEntry)| {
        let seal = &vault.locked.scope(index).unwrap().seal;
        (entry.epoch, seal.by, seal.head_seq)
    };
    scopes.map(state).collect()
}

#[test]
fn a_member_reads_and_writes_everything_and_admits_nobody() {
    let bytes = with_slot(
        &written(&sample().bytes(), 7, "dev", "before"),
        "rui",
        false,
        8,
    );
    let vault = open_by(&bytes, 8).unwrap();
    assert!(
        vault
            .environments()
            .iter()
            .all(|e| e.readable && e.writable)
    );
    assert_eq!(
        told(&vault, "dev"),
        told(&open_by(&bytes, 7).unwrap(), "dev")
    );
    let bytes = written(&bytes, 8, "prod", "by the member");
    assert_eq!(
        told(&open_by(&bytes, 7).unwrap(), "prod")[0].3,
        b"by the member"
    );
    let mut vault = open_by(&bytes, 8).unwrap();
    let key = KeyBytes::new(&[9; 32]);
    let new = NewMember {
        label: "third",
        admin: true,
        opener: NewSlot::Key(&key),
        handed_out: false,
    };
    let refused = vault.add_slot(&new, &mut SystemRandom);
    assert!(matches!(refused, Err(Error::NotPermitted(_))));
    let refused = vault.remove_slot("owner", &mut SystemRandom);
    assert!(refused.is_err() && vault.is_unchanged());
    assert_eq!(vault.policy().audit, AuditPolicy::Required);
    // One that is an admin may.
    let bytes = with_slot(&bytes, "second", true, 9);
    let mut second = open_by(&bytes, 9).unwrap();
    second.check_admin().unwrap();
    second.remove_slot("owner", &mut SystemRandom).unwrap();
    let bytes = second.seal(None).unwrap().bytes();
    assert!(open_by(&bytes, 9).unwrap().check_admin().is_ok());
    assert!(matches!(open_by(&bytes, 7), Err(Error::WrongKey)));
}

#[test]
fn labels_and_keys_are_taken_once() {
    let bytes = with_slot(&sample().bytes(), "rui", false, 8);
    for (label, key, found) in [
        ("rui", 9, "the slot \"rui\" exists"),
        ("ana", 8, "this key opens the slot \"rui\" already"),
        ("ana maria", 9, "is no label"),
    ] {
        let mut vault = open_by(&bytes, 7).unwrap();
        let key = KeyBytes::new(&[key; 32]);
        let new = NewMember {
            label,
            admin: false,
            opener: NewSlot::Key(&key),
            handed_out: false,
        };
        let error = vault.add_slot(&new, &mut SystemRandom).unwrap_err();
        assert!(error.to_string().contains(found), "{error}");
        assert!(vault.is_unchanged());
    }
}

#[test]
fn a_slot_that_is_gone_opens_nothing_new_and_an_old_copy_still() {
    let bytes = written(&sample().bytes(), 7, "dev", "known to rui");
    let old = with_slot(&bytes, "rui", false, 8);
    // He seals one scope, so that its seal would name a slot that is not there.
    let old = written(&old, 8, "prod", "by rui");
    let new = remove(&old, "rui").unwrap();
    let head = open_by(&new, 7).unwrap().head_seq();
    assert_eq!(sealers(&new), [(2, Sealer::Admin, head); 2]);
    assert!(matches!(open_by(&new, 8), Err(Error::WrongKey)));
    let kept = read(&old).unwrap(&Credential::Key(KeyBytes::new(&[8; 32])), None, None);
    let kept = kept.ok().unwrap();
    let gone = read(&new).unlock(&kept, NOW, Depth::Whole);
    assert!(matches!(gone, Err(Error::TokenSlot)));
    // The keys that he had are not those of the head.
    let vault = open_by(&old, 8).unwrap();
    let fresh = open_by(&written(&new, 7, "dev", "unknown to rui"), 7).unwrap();
    for (index, right) in &vault.capabilities {
        let Access::Scope(key, _) = &right.access else {
            panic!("a member holds whole scopes");
        };
        let doc = &fresh.locked.doc;
        let entry = &doc.head.scopes[*index];
        assert!(!crate::vault::admin::commits(key, &doc.vault, entry));
    }
    assert_eq!(told(&vault, "dev")[0].3, b"known to rui");
    assert_eq!(told(&fresh, "dev")[1].3, b"unknown to rui");
}

#[test]
fn a_slot_that_made_the_last_seal_goes_when_only_that_was_relied_on_which_is_read() {
    let bytes = with_slot(&sample().bytes(), "rui", false, 8);
    let bytes = written(&bytes, 8, "prod", "by rui");
    let mut vault = open(&bytes, &Guard::default(), Depth::Reader).unwrap();
    vault.remove_slot("rui", &mut SystemRandom).unwrap();
    let new = vault.seal(None).unwrap().bytes();
    assert_eq!(told(&open_by(&new, 7).unwrap(), "prod")[0].3, b"by rui");
    // A seal that is not good is still found.
    let forged = String::from_utf8(bytes.to_vec()).unwrap();
    let at = forged.rfind("\"ssig\":\"").unwrap() + 8;
    let (head, rest) = forged.split_at(at);
    let first = if rest.starts_with('A') { "B" } else { "A" };
    let forged = Arc::new(format!("{head}{first}{}", &rest[1..]).into_bytes());
    let mut vault = open(&forged, &Guard::default(), Depth::Reader).unwrap();
    let refused = vault.remove_slot("rui", &mut SystemRandom).unwrap_err();
    assert!(refused.to_string().contains("prod"), "{refused}");
}

#[test]
fn what_a_slot_sealed_and_cannot_read_any_more_is_sealed_by_the_admin() {
    let old = with_slot(&sample().bytes(), "rui", false, 8);
    let old = written(&old, 8, "prod", "by rui");
    let old = with_grant(&old, "rui", |rights| rights.into_values().take(1).collect());
    let new = remove(&old, "rui").unwrap();
    let head = open_by(&new, 7).unwrap().head_seq();
    assert_eq!(
        sealers(&new),
        [(2, Sealer::Admin, head), (1, Sealer::Admin, head)]
    );
}

#[test]
fn the_last_admin_and_the_own_slot_stay() {
    let bytes = with_slot(&sample().bytes(), "rui", false, 8);
    let refused = remove(&bytes, "owner");
    assert!(matches!(refused, Err(Error::LastAdmin(_))));
    let bytes = with_slot(&bytes, "second", true, 9);
    assert!(matches!(remove(&bytes, "owner"), Err(Error::OwnSlot(_))));
    assert!(matches!(remove(&bytes, "ana"), Err(Error::UnknownSlot(_))));
    remove(&bytes, "second").unwrap();
}

#[test]
fn a_passphrase_that_is_handed_out_is_changed_before_anything_else() {
    let words = Passphrase::new_for_creation(b"words to be handed out").unwrap();
    let own = Passphrase::new_for_creation(b"words of my very own").unwrap();
    let mut vault = open_by(&sample().bytes(), 7).unwrap();
    let new = NewMember {
        label: "rui",
        admin: false,
        opener: NewSlot::Passphrase(&words, Iterations::default()),
        handed_out: true,
    };
    vault.add_slot(&new, &mut SystemRandom).unwrap();
    let bytes = vault.seal(None).unwrap().bytes();
    let words = Credential::Passphrase(words);
    let given = || read(&bytes).unwrap(&words, None, None).ok().unwrap();
    let early = read(&bytes).unlock(&given(), NOW, Depth::Whole);
    assert!(matches!(early, Err(Error::PassphraseHandedOut { .. })));
    let open = || read(&bytes).unlock(&given().to_renew(), NOW, Depth::Whole);
    let Credential::Passphrase(words) = &words else {
        unreachable!();
    };
    let mut vault = open().unwrap();
    let same = vault.change_passphrase(None, words, Iterations::default(), &mut SystemRandom);
    assert!(matches!(same, Err(Error::SamePassphrase)) && vault.is_unchanged());
    let changed = vault.change_passphrase(None, &own, Iterations::default(), &mut SystemRandom);
    changed.unwrap();
    let bytes = vault.seal(None).unwrap().bytes();
    let own = read(&bytes).unwrap(&Credential::Passphrase(own), None, None);
    let vault = read(&bytes).unlock(&own.ok().unwrap(), NOW, Depth::Whole);
    let names: Vec<EnvName> = vault
        .unwrap()
        .environments()
        .into_iter()
        .map(|e| e.name)
        .collect();
    assert_eq!(names, [env("dev"), env("prod")]);
    drop(secret(&read(&bytes)));
}

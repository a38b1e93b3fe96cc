use super::super::tests::{NOW, altered, env, key, open, path, read, sample, secret, set, stage};
use crate::crypto::{Iterations, SystemRandom, sha256};
use crate::secret::{Credential, Passphrase, TokenText};
use crate::vault::{
    Class, Depth, Error, Expect, Fingerprint, Guard, LockedVault, NewSlot, NewVault, Older, Pin,
    RollbackPolicy, Sealed, Seen, SlotId,
};
use data_encoding::BASE64URL_NOPAD;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Bytes = Arc<Vec<u8>>;

fn pinned(seen: &Seen) -> Guard {
    Guard {
        pin: Some(Pin::of(seen)),
        ..Guard::default()
    }
}

fn in_git(guard: &Guard) -> Guard {
    Guard {
        in_work_tree: crate::vault::InWorkTree::Yes,
        ..guard.clone()
    }
}

fn accepting(guard: &Guard) -> Guard {
    Guard {
        accept_older: true,
        ..guard.clone()
    }
}

fn create(bytes: &Bytes, guard: &Guard, name: &str) -> Sealed {
    let mut vault = open(bytes, guard, Depth::Whole).unwrap();
    vault
        .create_environment(&env(name), &mut SystemRandom)
        .unwrap();
    vault.seal(None).unwrap()
}

fn error(bytes: &Bytes, guard: &Guard, depth: Depth) -> String {
    let error = open(bytes, guard, depth).err().unwrap();
    assert_eq!(error.class(), Class::Integrity);
    error.to_string()
}

const OLDER_HEAD: &str = "older than what this machine has seen (head 1, seen 2)";

#[test]
fn an_older_head_is_an_error_unless_it_is_expected_or_accepted() {
    let first = sample();
    let guard = pinned(&create(&first.bytes(), &Guard::default(), "new").seen);
    assert_eq!(error(&first.bytes(), &guard, Depth::Reader), OLDER_HEAD);
    for guard in [in_git(&guard), accepting(&guard)] {
        let vault = open(&first.bytes(), &guard, Depth::Whole).unwrap();
        assert_eq!(vault.older(), [OLDER_HEAD]);
    }
    let token = Guard {
        token: true,
        ..in_git(&guard)
    };
    assert_eq!(error(&first.bytes(), &token, Depth::Reader), OLDER_HEAD);
    assert!(open(&first.bytes(), &accepting(&token), Depth::Whole).is_ok());
}

#[test]
fn the_policy_decides_whether_git_explains_an_older_state() {
    let strict = altered(&sample().bytes(), |vault| {
        vault.locked.doc.head.policy.rollback = RollbackPolicy::Error;
    });
    let guard = pinned(&create(&strict, &Guard::default(), "new").seen);
    let text = error(&strict, &in_git(&guard), Depth::Reader);
    assert_eq!(
        text,
        "older than what this machine has seen (head 2, seen 3)"
    );
    assert!(open(&strict, &accepting(&guard), Depth::Whole).is_ok());
    let pin = guard.pin.as_ref().unwrap();
    assert_eq!(pin.rollback, RollbackPolicy::Error);
}

#[test]
fn a_file_from_before_a_strict_policy_is_not_judged_by_its_own() {
    let mild = sample();
    let strict = altered(&mild.bytes(), |vault| {
        vault.locked.doc.head.policy.rollback = RollbackPolicy::Error;
    });
    let seen = open(&strict, &Guard::default(), Depth::Whole)
        .unwrap()
        .seen();
    let guard = in_git(&pinned(&seen.unwrap()));
    for depth in [Depth::Reader, Depth::Whole] {
        assert_eq!(error(&mild.bytes(), &guard, depth), OLDER_HEAD);
    }
    assert!(open(&mild.bytes(), &accepting(&guard), Depth::Whole).is_ok());
}

#[test]
fn a_head_of_the_future_is_told_from_a_clock_that_is_a_little_late() {
    let locked = read(&sample().bytes());
    for clock in [NOW, NOW - 86_400, u64::MAX] {
        locked.check_clock(clock).unwrap();
    }
    for clock in [NOW - 86_401, 0] {
        let error = locked.check_clock(clock).err().unwrap();
        assert!(matches!(error, Error::ClockBehind { head: NOW }));
    }
}

#[test]
fn another_head_of_the_same_number_is_a_fork() {
    let first = sample();
    let ours = create(&first.bytes(), &Guard::default(), "ours");
    let theirs = create(&first.bytes(), &Guard::default(), "theirs");
    let text = "another head 2 than this machine has seen";
    assert_eq!(
        error(&theirs.bytes(), &pinned(&ours.seen), Depth::Reader),
        text
    );
    let vault = open(&theirs.bytes(), &in_git(&pinned(&ours.seen)), Depth::Reader).unwrap();
    assert_eq!(vault.older(), [text]);
    let same = open(&ours.bytes(), &pinned(&ours.seen), Depth::Whole).unwrap();
    assert!(same.older().is_empty());
}

#[test]
fn a_reader_is_judged_by_the_scope_it_reads_and_a_writer_by_all() {
    let none = Guard::default();
    let one = set(&sample().bytes(), "dev", &none, None);
    let two = set(&one.bytes(), "dev", &none, None);
    let guard = pinned(&two.seen);
    let text = "dev is older than what this machine has seen (epoch 1 seal 2, seen 3)";
    assert_eq!(error(&one.bytes(), &guard, Depth::Whole), text);
    let reader = open(&one.bytes(), &guard, Depth::Reader).unwrap();
    assert!(reader.find(&env("prod"), &path("A")).is_ok());
    for _ in 0..2 {
        let error = reader.find(&env("dev"), &path("A")).err().unwrap();
        assert_eq!(error.to_string(), text);
        assert_eq!(reader.entries(&env("dev")).err().unwrap().to_string(), text);
    }
    let reader = open(&one.bytes(), &in_git(&guard), Depth::Reader).unwrap();
    assert!(reader.older().is_empty());
    for _ in 0..2 {
        assert!(reader.find(&env("dev"), &path("A")).unwrap().is_some());
    }
    assert_eq!(reader.older(), [text]);
}

#[test]
fn another_seal_of_the_same_number_is_a_fork() {
    let first = sample();
    let ours = set(&first.bytes(), "dev", &Guard::default(), None);
    let theirs = set(&first.bytes(), "dev", &Guard::default(), None);
    assert_ne!(ours.seals, theirs.seals);
    assert_eq!(
        error(&theirs.bytes(), &pinned(&ours.seen), Depth::Whole),
        "another epoch 1 seal 2 of dev than this machine has seen"
    );
}

#[test]
fn an_older_epoch_is_older_whatever_the_number() {
    let first = set(&sample().bytes(), "dev", &Guard::default(), None);
    let mut guard = pinned(&first.seen);
    for pinned in guard.pin.as_mut().unwrap().scopes.values_mut() {
        *pinned = (2, 1, [0; 32]);
    }
    assert_eq!(
        error(&first.bytes(), &guard, Depth::Whole),
        "dev is older than what this machine has seen (epoch 1 seal 2, seen epoch 2 seal 1)"
    );
}

fn wrap_pin(seen: &Seen, number: u64) -> Guard {
    let mut guard = accepting(&in_git(&pinned(seen)));
    for wrap in guard.pin.as_mut().unwrap().slots.values_mut() {
        *wrap = (number, [0; 32]);
    }
    guard
}

#[test]
fn an_older_or_another_wrap_is_refused_whatever_is_accepted() {
    let first = sample();
    let unguarded = secret(&read(&first.bytes()));
    for (number, text) in [
        (
            2,
            "the wrap of slot \"owner\" is older than what this machine has seen (wrap 1, seen 2)",
        ),
        (
            1,
            "another wrap 1 of slot \"owner\" than this machine has seen",
        ),
    ] {
        let guard = wrap_pin(&first.seen, number);
        let locked = read(&first.bytes()).guarded(guard.clone()).unwrap();
        let told = |error: Option<Error>| error.unwrap().to_string();
        assert_eq!(told(locked.unwrap(&key(), None, None).err()), text);
        let token = Credential::Token(token(&locked));
        assert_eq!(told(locked.unwrap(&token, None, None).err()), text);
        assert_eq!(told(locked.verify().err()), text);
        let unlocked = locked.unlock(&unguarded, NOW, Depth::Reader);
        assert_eq!(told(unlocked.err()), text);
    }
    // A wrap that is newer than the pin is what a changed passphrase looks like.
    let mut guard = pinned(&first.seen);
    guard.pin.as_mut().unwrap().slots.clear();
    assert!(open(&first.bytes(), &guard, Depth::Whole).is_ok());
}

/// The owner's key, as a token.
fn token(locked: &LockedVault) -> TokenText {
    let slot = locked.slots().next().unwrap().id;
    let parts = [&slot.0[..], &[7; 32], &locked.fingerprint().0];
    let body = BASE64URL_NOPAD.encode(&parts.concat());
    let check = sha256(format!("secrets/v1/token{body}").as_bytes());
    let check = &BASE64URL_NOPAD.encode(&check)[..6];
    TokenText::parse(format!("sct1_{body}{check}").as_bytes())
        .ok()
        .unwrap()
}

#[test]
fn a_token_is_judged_as_one_even_if_nobody_knew() {
    let first = sample();
    let guard = in_git(&pinned(
        &create(&first.bytes(), &Guard::default(), "new").seen,
    ));
    let locked = read(&first.bytes()).guarded(guard).unwrap();
    locked.verify().unwrap();
    assert_eq!(locked.older(), [OLDER_HEAD]);
    let credential = Credential::Token(token(&locked));
    let secret = locked.unwrap(&credential, None, None).unwrap();
    let error = locked.unlock(&secret, NOW, Depth::Reader).err().unwrap();
    assert_eq!(error.to_string(), OLDER_HEAD);
}

#[test]
fn another_admin_is_refused_before_anything_else() {
    let (ours, theirs) = (sample(), sample());
    let (our, their) = (ours.seen.fingerprint.hex(), theirs.seen.fingerprint.hex());
    let refused = |guard: Guard| read(&theirs.bytes()).guarded(guard).err().unwrap();
    let error = refused(accepting(&pinned(&ours.seen)));
    assert!(matches!(error, Error::OtherAdmin { .. }));
    assert_eq!(
        error.to_string(),
        format!("vault is signed by admin {their}, this machine has seen {our}")
    );
    let named = |fingerprint: Fingerprint| Guard {
        admin: Some(fingerprint),
        accept_older: true,
        ..Guard::default()
    };
    let error = refused(named(ours.seen.fingerprint));
    assert!(matches!(error, Error::NotAdmin { .. }));
    assert_eq!(
        error.to_string(),
        format!("vault is signed by admin {their}, SECRETS_ADMIN expects {our}")
    );
    assert_eq!(error.class(), Class::Integrity);
    assert!(
        open(
            &theirs.bytes(),
            &named(theirs.seen.fingerprint),
            Depth::Whole
        )
        .is_ok()
    );
}

#[test]
fn bounds_hold_for_the_head_and_every_scope_that_is_named() {
    let vault = set(&sample().bytes(), "dev", &Guard::default(), None);
    let expecting = |text: &str| Guard {
        expect: Some(Expect::parse(text).unwrap()),
        accept_older: true,
        in_work_tree: crate::vault::InWorkTree::Yes,
        ..Guard::default()
    };
    for good in ["head:1", "dev:1:2", "head:1,dev:1:1,prod:1:1"] {
        open(&vault.bytes(), &expecting(good), Depth::Reader)
            .ok()
            .unwrap();
    }
    for (bad, text) in [
        (
            "head:2",
            "head 1 is below the 2 that SECRETS_EXPECT asks for",
        ),
        (
            "dev:1:3",
            "dev is at epoch 1 seal 2, below the epoch 1 seal 3 that SECRETS_EXPECT asks for",
        ),
        (
            "prod:2:1",
            "prod is at epoch 1 seal 1, below the epoch 2 seal 1 that SECRETS_EXPECT asks for",
        ),
        (
            "test:1:1",
            "this vault has no test, which SECRETS_EXPECT asks for",
        ),
        (
            "dev/a:1:1",
            "this vault has no dev/a/, which SECRETS_EXPECT asks for",
        ),
    ] {
        for depth in [Depth::Reader, Depth::Whole] {
            assert_eq!(error(&vault.bytes(), &expecting(bad), depth), text);
        }
        let locked = read(&vault.bytes()).guarded(expecting(bad)).unwrap();
        assert_eq!(locked.verify().err().unwrap().to_string(), text);
    }
    // The scope is verified, not only looked at.
    let mut bytes = vault.bytes().to_vec();
    let at = bytes.windows(8).rposition(|w| w == b"\"ssig\":\"").unwrap() + 8;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    let bytes = Arc::new(bytes);
    assert!(open(&bytes, &expecting("dev:1:2"), Depth::Reader).is_ok());
    let text = error(&bytes, &expecting("prod:1:1"), Depth::Reader);
    assert_eq!(text, "the seal of scope prod has an invalid signature");
}

#[test]
fn a_clock_that_is_set_back_does_not_bring_a_slot_back() {
    let bytes = altered(&sample().bytes(), |vault| {
        vault.locked.doc.slots[0].entry.expires = NOW + 10;
    });
    let mut guard = Guard::default();
    let vault = open(&bytes, &guard, Depth::Whole).unwrap();
    assert_eq!(vault.now(), NOW);
    guard.pin = Some(Pin::of(&vault.seen().unwrap()));
    guard.pin.as_mut().unwrap().time = NOW + 9;
    assert_eq!(open(&bytes, &guard, Depth::Reader).unwrap().now(), NOW + 9);
    guard.pin.as_mut().unwrap().time = NOW + 10;
    let error = open(&bytes, &guard, Depth::Reader).err().unwrap();
    assert!(matches!(error, Error::SlotTime(_)));
}

#[test]
fn what_was_seen_is_what_was_verified() {
    let first = sample();
    assert!(read(&first.bytes()).seen().is_none());
    let reader = open(&first.bytes(), &Guard::default(), Depth::Reader).unwrap();
    let slot = reader.slot().unwrap().id;
    let seen = reader.seen().unwrap();
    assert_eq!((seen.fingerprint, seen.time), (reader.fingerprint(), NOW));
    assert_eq!(seen.head, (1, sha256(&reader.locked.doc.head_raw)));
    assert!(seen.scopes.is_empty());
    let wrap = sha256(&reader.locked.doc.slots[0].wrap_raw);
    assert_eq!(seen.slots, [(slot, (1, wrap))].into());
    assert!(reader.find(&env("prod"), &path("A")).unwrap().is_none());
    let scope = reader.locked.scope(1).unwrap();
    let expected = [(scope.id, (1, 1, sha256(&scope.seal_raw)))];
    assert_eq!(reader.seen().unwrap().scopes, expected.into());
    let whole = open(&first.bytes(), &Guard::default(), Depth::Whole).unwrap();
    assert_eq!(whole.seen().unwrap(), first.seen);
    assert_eq!(first.seen.scopes.len(), 2);
    let keyless = read(&first.bytes());
    keyless.verify().unwrap();
    assert_eq!(keyless.seen().unwrap(), first.seen);
}

#[test]
fn a_writer_goes_above_what_was_seen() {
    let first = sample();
    let mut guard = accepting(&pinned(&first.seen));
    let pin = guard.pin.as_mut().unwrap();
    pin.head.0 = 7;
    let [dev, prod] = read(&first.bytes())
        .doc
        .head
        .scopes
        .clone()
        .try_into()
        .ok()
        .unwrap();
    pin.scopes.insert(dev.id, (1, 40, [0; 32]));
    pin.scopes.insert(prod.id, (2, 40, [0; 32]));
    let mut vault = open(&first.bytes(), &guard, Depth::Whole).unwrap();
    stage(&mut vault, "dev", "one");
    stage(&mut vault, "prod", "two");
    let sealed = vault.seal(None).unwrap();
    assert_eq!(sealed.seen.scopes[&dev.id].1, 41);
    // Numbers of another epoch say nothing about this one.
    assert_eq!(sealed.seen.scopes[&prod.id].1, 2);
    assert_eq!(create(&sealed.bytes(), &guard, "new").seen.head.0, 8);
    assert_eq!(
        create(&sealed.bytes(), &Guard::default(), "new")
            .seen
            .head
            .0,
        2
    );
}

const PASSPHRASE: &[u8] = b"correct horse battery staple";

fn with_passphrase() -> Sealed {
    let passphrase = Passphrase::parse(PASSPHRASE).ok().unwrap();
    let new = NewVault {
        environments: &[env("dev")],
        label: "owner",
        opener: NewSlot::Passphrase(&passphrase, Iterations::default()),
        now: NOW,
    };
    new.draw(&mut SystemRandom).unwrap().build(&[]).unwrap()
}

#[test]
fn an_altered_slot_is_refused_before_anybody_is_asked() {
    let good = with_passphrase();
    let by_pin = pinned(&good.seen);
    let by_admin = Guard {
        admin: Some(good.seen.fingerprint),
        ..Guard::default()
    };
    let none = Guard::default();
    let with = |count: &str| {
        let text = String::from_utf8(good.bytes().to_vec()).unwrap();
        let altered = text.replace("\"it\":600000", &format!("\"it\":{count}"));
        Arc::new(altered.into_bytes())
    };
    let check = |bytes: &Bytes, guard: &Guard| {
        let locked = read(bytes).guarded(guard.clone()).unwrap();
        locked.check_before_prompt(None, None)
    };
    for guard in [&by_pin, &by_admin, &none] {
        check(&good.bytes(), guard).unwrap();
    }
    for guard in [&by_pin, &by_admin] {
        let error = check(&with("1000"), guard).err().unwrap();
        assert_eq!(error.class(), Class::Integrity);
        assert_eq!(
            error.to_string(),
            "the slot asks for 1000 PBKDF2 iterations; at least 600000 are required"
        );
        let error = check(&with("700000"), guard).err().unwrap();
        assert_eq!(error.class(), Class::Integrity);
        let mut bytes = good.bytes().to_vec();
        let at = bytes.windows(8).position(|w| w == b"\"hsig\":\"").unwrap() + 8;
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let error = check(&Arc::new(bytes), guard).err().unwrap();
        assert!(matches!(error, Error::HeadSignature));
    }
    // Nothing is known: the passphrase itself will prove the vault.
    check(&with("700000"), &none).unwrap();
}

#[test]
fn no_derivation_runs_on_a_wrap_that_the_pin_refuses() {
    let good = with_passphrase();
    let text = String::from_utf8(good.bytes().to_vec()).unwrap();
    let altered = text.replace("\"it\":600000", "\"it\":10000000");
    let locked = read(&Arc::new(altered.into_bytes()));
    let locked = locked.guarded(accepting(&pinned(&good.seen))).unwrap();
    let typed = Credential::Passphrase(Passphrase::parse(PASSPHRASE).ok().unwrap());
    let begin = Instant::now();
    let error = locked.unwrap(&typed, None, None).err().unwrap();
    assert!(begin.elapsed() < Duration::from_millis(500));
    assert!(matches!(error, Error::Older(Older::Wrap { .. })), "{error}");
    // Out of bounds and refused: the number says more.
    let altered = text.replace("\"it\":600000", "\"it\":1000");
    let locked = read(&Arc::new(altered.into_bytes()));
    let locked = locked.guarded(pinned(&good.seen)).unwrap();
    let error = locked.unwrap(&typed, None, None).err().unwrap();
    assert!(matches!(error, Error::Iterations(_)), "{error}");
}

#[test]
fn an_unknown_slot_is_said_before_the_prompt() {
    let good = with_passphrase();
    let locked = read(&good.bytes()).guarded(pinned(&good.seen)).unwrap();
    let error = locked.check_before_prompt(Some("nobody"), Some(SlotId([0; 8])));
    assert!(matches!(error, Err(Error::UnknownSlot(_))));
}

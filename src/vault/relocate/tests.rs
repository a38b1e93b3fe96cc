use super::super::meta::Rotation;
use super::super::tests::{NOW, env, key, path, read, sample};
use super::super::{Class, Depth, Guard, SlotId};
use super::*;
use crate::crypto::SystemRandom;
use crate::name::Version;
use std::sync::Arc;

/// Later than the vault was made, so that a new instant shows.
const LATER: u64 = NOW + 1000;

const TIDY: Act<'_> = Act {
    verb: "mv",
    why: "tidied",
};

fn opened(bytes: &Arc<Vec<u8>>) -> Vault {
    let locked = read(bytes).guarded(Guard::default()).unwrap();
    let secret = locked.unwrap(&key(), None, None).unwrap();
    locked.unlock(&secret, LATER, Depth::Whole).unwrap()
}

fn rotation(from: u64, until: u64) -> Option<Rotation> {
    Some(Rotation {
        id: [3; 8],
        from,
        until,
    })
}

/// The metadata of version `number`, different from that of any other.
fn meta(at: &str, number: u64, len: usize, x: &[(&str, u64)]) -> Meta {
    let mut extras = verb_extension("set");
    for (key, value) in x {
        extras.insert(key, Extra::Number(*value));
    }
    Meta {
        path: path(at),
        created: NOW + number,
        by: SlotId([9; 8]),
        kind: "cert".into(),
        state: State::Live,
        expires: NOW + 100_000 + number,
        len: len as u64,
        tags: vec![format!("tag{number}"), "é".into()],
        note: format!("note {number}"),
        owner: format!("owner {number}"),
        why: format!("why {number}"),
        every: 86_400 * number,
        rotation: None,
        x: extras,
    }
}

/// Puts a version as any writer of the format may have left it.
fn put(vault: &mut Vault, env_name: &str, number: u64, meta: &Meta) {
    let index = vault.resolve(&env(env_name), &meta.path).unwrap();
    let value = match meta.len {
        0 => SecretValue::default(),
        _ => SecretValue::copy_from(format!("value {number:>4}").as_bytes()),
    };
    let random = &mut SystemRandom;
    vault
        .put(index, &meta.path, number, meta, &value, random)
        .unwrap();
}

/// `dev:/A`: 14 versions with gaps, of every state, more than the policy keeps.
fn storied() -> Arc<Vec<u8>> {
    let mut vault = opened(&sample().bytes());
    for number in 3..=18_u64 {
        if number == 5 || number == 11 {
            continue;
        }
        let mut meta = meta("A", number, 10, &[]);
        match number {
            4 => meta.rotation = rotation(2, NOW + 500),
            6 => meta.x.insert("of", Extra::Number(3)),
            7 => meta.x.insert("of", Extra::Number(1)),
            8 | 9 => {
                meta.state = [State::Deleted, State::Destroyed][usize::from(number == 9)];
                (meta.len, meta.expires) = (0, 0);
            }
            12 => {
                meta.x.insert("verb", Extra::Text("cp".into()));
                meta.x.insert("of", Extra::Number(13));
            }
            // The current one.
            17 => {
                meta.rotation = rotation(16, NOW + 900_000);
                meta.x.insert("vt", Extra::Number(NOW + 2));
                meta.x.insert("of", Extra::Number(10));
            }
            18 => {
                meta.state = State::Pending;
                meta.rotation = rotation(17, 0);
            }
            _ => {}
        }
        put(&mut vault, "dev", number, &meta);
    }
    vault.seal(None).unwrap().bytes()
}

/// Every kept version: number, metadata, value.
fn all(vault: &Vault, env_name: &str, at: &str) -> Vec<(u64, Meta, Vec<u8>)> {
    let entry = vault.find(&env(env_name), &path(at)).unwrap();
    let Some(entry) = entry else {
        return Vec::new();
    };
    let one = |version: &super::super::VersionEntry| {
        let value = vault.value(&entry, version).unwrap().expose().to_vec();
        (version.version, version.meta.clone(), value)
    };
    entry.versions.iter().map(one).collect()
}

fn relocate(
    bytes: &Arc<Vec<u8>>,
    from: (&str, &str),
    to: (&str, &str),
) -> Result<(Moved, Vault), Error> {
    let mut vault = opened(bytes);
    let (from_env, to_env) = (env(from.0), env(to.0));
    let moved = vault.relocate(
        (&from_env, &path(from.1)),
        (&to_env, &path(to.1)),
        &TIDY,
        &mut SystemRandom,
    )?;
    let sealed = vault.seal(None).unwrap();
    Ok((moved, opened(&sealed.bytes())))
}

/// What the versions of [`storied`] must be after a move, with `shift` of
/// numbers by their place, or without.
fn expected(bytes: &Arc<Vec<u8>>, at: &str, behind: Option<u64>) -> Vec<(u64, Meta, Vec<u8>)> {
    let before = all(&opened(bytes), "dev", "A");
    let numbers: Vec<u64> = before.iter().map(|(number, ..)| *number).collect();
    let new = |old: u64| match behind {
        None => Some(old),
        Some(last) => {
            let place = numbers.iter().position(|number| *number == old)?;
            Some(last + 1 + place as u64)
        }
    };
    let follow = |(number, mut meta, value): (u64, Meta, Vec<u8>)| {
        meta.path = path(at);
        if let Some(rotation) = &mut meta.rotation {
            rotation.from = new(rotation.from).unwrap_or(0);
        }
        if let Some(of) = meta.x.number("of").filter(|_| number != 12) {
            match new(of) {
                Some(of) => meta.x.insert("of", Extra::Number(of)),
                None => meta.x.remove("of"),
            }
        }
        if number == 17 {
            meta.created = LATER;
            meta.by = opened(bytes).slot().unwrap().id;
            meta.why = "tidied".into();
            meta.x.insert("verb", Extra::Text("mv".into()));
            meta.x.remove("of");
        }
        (new(number).unwrap(), meta, value)
    };
    before.into_iter().map(follow).collect()
}

#[test]
fn a_move_keeps_every_version_its_number_value_and_metadata() {
    let bytes = storied();
    for to in [("dev", "x/B"), ("prod", "A")] {
        let (moved, vault) = relocate(&bytes, ("dev", "A"), to).unwrap();
        let after = all(&vault, to.0, to.1);
        assert_eq!(after.len(), 14);
        assert_eq!(after, expected(&bytes, to.1, None));
        assert_eq!((moved.written.version, moved.left), (17, 19));
        let entry = vault.find(&env(to.0), &path(to.1)).unwrap().unwrap();
        let live = &entry.live().unwrap().meta;
        assert_eq!((live.value_time(), live.created), (NOW + 2, LATER));
        // The version before is in its grace time as it was.
        assert_eq!(entry.grace_end(16), Some(NOW + 900_000));
    }
}

#[test]
fn what_is_left_is_one_destroyed_version_behind_all_others() {
    let (moved, vault) = relocate(&storied(), ("dev", "A"), ("dev", "B")).unwrap();
    let left = all(&vault, "dev", "A");
    assert_eq!(left.len(), 1);
    let (number, meta, value) = left.first().unwrap();
    assert_eq!(
        (*number, moved.left, meta.state),
        (19, 19, State::Destroyed)
    );
    assert!(value.is_empty() && meta.len == 0 && meta.tags.is_empty());
    assert_eq!((meta.note.as_str(), meta.owner.as_str()), ("", ""));
    assert_eq!((meta.verb(), meta.why.as_str()), ("mv", "tidied"));
    let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
    assert!(entry.live().is_none());
}

#[test]
fn behind_an_old_past_numbers_go_on_and_what_names_them_follows() {
    let mut vault = opened(&storied());
    let other = |number| meta("B", number, 10, &[]);
    put(&mut vault, "prod", 16, &other(16));
    let mut deleted = other(20);
    (deleted.state, deleted.len) = (State::Deleted, 0);
    put(&mut vault, "prod", 20, &deleted);
    let bytes = vault.seal(None).unwrap().bytes();
    let past = all(&opened(&bytes), "prod", "B");
    let (moved, vault) = relocate(&bytes, ("dev", "A"), ("prod", "B")).unwrap();
    let after = all(&vault, "prod", "B");
    let (kept, new) = after.split_at(2);
    assert_eq!(kept, past);
    assert_eq!(new, expected(&bytes, "B", Some(20)));
    assert_eq!((new[0].0, new.len(), moved.written.version), (21, 14, 33));
    // The grace time is that of the version it was, and no other's.
    let entry = vault.find(&env("prod"), &path("B")).unwrap().unwrap();
    assert_eq!(entry.grace_end(32), Some(NOW + 900_000));
    assert!(
        entry
            .versions
            .iter()
            .all(|v| v.version == 32 || entry.grace_end(v.version).is_none())
    );
}

#[test]
fn a_secret_moved_away_and_back_loses_nothing() {
    let bytes = storied();
    let before = all(&opened(&bytes), "dev", "A");
    let mut vault = opened(&bytes);
    let (dev, prod, a) = (env("dev"), env("prod"), path("A"));
    let random = &mut SystemRandom;
    vault
        .relocate((&dev, &a), (&prod, &a), &TIDY, random)
        .unwrap();
    let back = vault
        .relocate((&prod, &a), (&dev, &a), &TIDY, random)
        .unwrap();
    assert_eq!((back.written.version, back.left), (32, 19));
    let vault = opened(&vault.seal(None).unwrap().bytes());
    let after = all(&vault, "dev", "A");
    assert_eq!(after[0].1.state, State::Destroyed);
    let values = |list: &[(u64, Meta, Vec<u8>)]| -> Vec<Vec<u8>> {
        list.iter().map(|(_, _, value)| value.clone()).collect()
    };
    assert_eq!(values(&after[1..]), values(&before));
}

#[test]
fn a_move_that_is_refused_stages_nothing() {
    let mut vault = opened(&storied());
    put(&mut vault, "dev", 1, &meta("B", 1, 10, &[]));
    let bytes = vault.seal(None).unwrap().bytes();
    let class = |from, to| relocate(&bytes, from, to).err().unwrap().class();
    assert_eq!(class(("dev", "A"), ("dev", "B")), Class::Conflict);
    assert_eq!(class(("dev", "A"), ("dev", "A")), Class::Conflict);
    assert_eq!(class(("dev", "C"), ("dev", "D")), Class::NotFound);
    assert_eq!(class(("dev", "A"), ("qa", "A")), Class::NotFound);
    let mut vault = opened(&bytes);
    let (dev, a, b) = (env("dev"), path("A"), path("B"));
    let refused = vault.relocate((&dev, &a), (&dev, &b), &TIDY, &mut SystemRandom);
    assert!(refused.is_err() && vault.is_unchanged());
}

#[test]
fn a_move_needs_the_right_to_write_in_both_places() {
    let bytes = storied();
    for (unlisted, from, to) in [(0, "dev", "prod"), (1, "dev", "prod")] {
        let mut vault = opened(&bytes);
        // A member who is listed in one of the two scopes.
        let slot = vault.locked.doc.slots.get_mut(vault.slot).unwrap();
        slot.entry.role = super::super::format::Role::Member;
        let id = slot.entry.id;
        for (index, scope) in vault.locked.doc.head.scopes.iter_mut().enumerate() {
            scope.writers = if index == unlisted {
                Vec::new()
            } else {
                vec![id]
            };
        }
        let (from, to, a) = (env(from), env(to), path("A"));
        let refused = vault.relocate((&from, &a), (&to, &a), &TIDY, &mut SystemRandom);
        assert_eq!(refused.err().unwrap().class(), Class::Denied);
        assert!(vault.is_unchanged());
    }
}

#[test]
fn numbers_end_before_they_cannot_be_written() {
    let mut vault = opened(&storied());
    let mut last = meta("B", 1, 10, &[]);
    (last.state, last.len) = (State::Deleted, 0);
    put(&mut vault, "dev", MAX_VERSION - 3, &last);
    put(&mut vault, "dev", MAX_VERSION, &meta("C", 1, 10, &[]));
    let bytes = vault.seal(None).unwrap().bytes();
    let class = |from, to| {
        relocate(&bytes, ("dev", from), ("dev", to))
            .err()
            .unwrap()
            .class()
    };
    assert_eq!(class("A", "B"), Class::Integrity);
    assert_eq!(class("C", "D"), Class::Integrity);
}

#[test]
fn a_moved_value_is_sealed_with_its_new_metadata_and_opens_nowhere_else() {
    let (_, vault) = relocate(&storied(), ("dev", "A"), ("prod", "A")).unwrap();
    let old = opened(&storied());
    let (dev, prod) = (env("dev"), env("prod"));
    let before = old.find(&dev, &path("A")).unwrap().unwrap();
    let after = vault.find(&prod, &path("A")).unwrap().unwrap();
    for (old, new) in before.versions.iter().zip(&after.versions) {
        assert!(old.meta_hash != new.meta_hash && old.value != new.value);
    }
    let current = after.select(Version::Current, LATER, true).unwrap();
    assert!(vault.value(&before, current).is_err());
}

//! The real vault behind the same verbs as the model.

use std::collections::BTreeSet;
use std::sync::Arc;

use secrets::crypto::{Iterations, SystemRandom};
use secrets::name::{EnvName, SecretPath, Version as Number};
use secrets::secret::{Credential, KeyBytes, Passphrase, SecretValue};
use secrets::vault::{
    Act, Class, Depth, Error, Guard, LockedVault, NewMember, NewMeta, NewSlot, NewValue, NewVault,
    Pin, SlotId, State as Kept, TagEdit, Vault, VersionEntry, Written,
};

use super::plain::{Done, Model, Refused, State, Version};
use super::{At, ENVIRONMENTS, Edit, LABELS, New, PATHS, Pick, key};

pub struct Driver {
    pub bytes: Arc<Vec<u8>>,
    /// What a machine that saw every step knows.
    pin: Pin,
    /// The id of each slot that was ever made.
    pub ids: Vec<SlotId>,
}

fn env(at: usize) -> EnvName {
    EnvName::parse(ENVIRONMENTS[at]).unwrap()
}

fn path(at: usize) -> SecretPath {
    SecretPath::parse(PATHS[at]).unwrap()
}

fn act(verb: &'static str) -> Act<'static> {
    Act { verb, why: "" }
}

fn refused(error: &Error) -> Refused {
    match error.class() {
        Class::Conflict => Refused::Conflict,
        Class::Denied => Refused::Denied,
        Class::NotFound => Refused::NotFound,
        _ => Refused::Other,
    }
}

fn one(written: Written) -> Vec<(u64, bool)> {
    vec![(written.version, written.unchanged)]
}

impl Driver {
    /// A vault with the first two environments, and the first slot.
    pub fn new(now: u64) -> Self {
        let owner = KeyBytes::new(&key(0));
        let new = NewVault {
            environments: &[env(0), env(1)],
            label: LABELS[0],
            opener: NewSlot::Key(&owner),
            now,
        };
        let sealed = new.draw(&mut SystemRandom).unwrap().build(&[]).unwrap();
        let mut driver = Driver {
            pin: Pin::of(&sealed.seen),
            bytes: sealed.bytes(),
            ids: Vec::new(),
        };
        let first = driver.open(now, 0).unwrap().slot().unwrap().id;
        driver.ids.push(first);
        driver
    }

    pub fn keep(&self, now: u64) -> u64 {
        self.open(now, 0).unwrap().policy().keep
    }

    pub fn open(&self, now: u64, label: usize) -> Result<Vault, Error> {
        self.open_as(now, label, Depth::Reader)
    }

    fn open_as(&self, now: u64, label: usize, depth: Depth) -> Result<Vault, Error> {
        let guard = Guard {
            pin: Some(self.pin.clone()),
            ..Guard::default()
        };
        let locked = LockedVault::read(Box::new(Arc::clone(&self.bytes)))?.guarded(guard)?;
        let credential = Credential::Key(KeyBytes::new(&key(label)));
        let secret = locked.unwrap(&credential, Some(LABELS[label]), None)?;
        locked.unlock(&secret, now, depth)
    }

    /// One change as a command makes it: read and verify all of it, stage, seal; nothing where it is refused.
    fn change(
        &mut self,
        model: &Model,
        work: impl FnOnce(&mut Vault) -> Result<Vec<(u64, bool)>, Error>,
    ) -> Done {
        let opened = self.open_as(model.now, model.own, Depth::Whole);
        let mut vault = opened.map_err(|e| refused(&e))?;
        let done = work(&mut vault).map_err(|e| refused(&e))?;
        let unchanged = !done.is_empty() && done.iter().all(|(_, unchanged)| *unchanged);
        assert_eq!(unchanged, vault.is_unchanged());
        if !unchanged {
            let sealed = vault.seal(None).map_err(|e| refused(&e))?;
            assert!(self.pin.raise(&sealed.seen), "a file that raises no pin");
            self.bytes = sealed.bytes();
        }
        Ok(done)
    }

    pub fn set(&mut self, model: &Model, all: &[(At, New)], verb: &'static str) -> Done {
        let now = model.now;
        self.change(model, |vault| {
            let set = |(at, new): &(At, New)| {
                let value = SecretValue::copy_from(&new.value);
                let new = NewValue {
                    value: &value,
                    kind: new.kind.map(str::to_owned),
                    tags: new.tags.clone(),
                    note: new.note.clone(),
                    owner: None,
                    expires: new.expires.map_or(0, |later| now + later),
                    every: new.every,
                    why: String::new(),
                    verb,
                    if_version: new.if_version,
                };
                let written = vault.set(&env(at.0), &path(at.1), &new, &mut SystemRandom)?;
                Ok((written.version, written.unchanged))
            };
            all.iter().map(set).collect()
        })
    }

    pub fn remove(&mut self, model: &Model, all: &[At]) -> Done {
        self.change(model, |vault| {
            let remove =
                |at: &At| vault.remove(&env(at.0), &path(at.1), &act("rm"), &mut SystemRandom);
            let all: Result<Vec<_>, _> = all.iter().map(remove).collect();
            Ok(all?.into_iter().flat_map(one).collect())
        })
    }

    pub fn undelete(&mut self, model: &Model, at: At) -> Done {
        self.change(model, |vault| {
            let act = act("undelete");
            vault
                .undelete(&env(at.0), &path(at.1), &act, &mut SystemRandom)
                .map(one)
        })
    }

    pub fn restore(&mut self, model: &Model, at: At, from: u64) -> Done {
        self.change(model, |vault| {
            let act = act("rollback");
            vault
                .restore(&env(at.0), &path(at.1), from, &act, &mut SystemRandom)
                .map(one)
        })
    }

    pub fn destroy_versions(&mut self, model: &Model, at: At, numbers: &BTreeSet<u64>) -> Done {
        self.change(model, |vault| {
            let (env, path, act) = (env(at.0), path(at.1), act("destroy"));
            let all = vault.destroy_versions(&env, &path, numbers, &act, &mut SystemRandom)?;
            Ok(all.into_iter().flat_map(one).collect())
        })
    }

    pub fn destroy_all(&mut self, model: &Model, at: At) -> Done {
        self.change(model, |vault| {
            let act = act("destroy");
            vault
                .destroy_all(&env(at.0), &path(at.1), &act, &mut SystemRandom)
                .map(one)
        })
    }

    pub fn relocate(&mut self, model: &Model, from: At, to: At) -> Done {
        self.change(model, |vault| {
            let (from, to) = ((env(from.0), path(from.1)), (env(to.0), path(to.1)));
            let (from, to) = ((&from.0, &from.1), (&to.0, &to.1));
            let moved = vault.relocate(from, to, &act("mv"), &mut SystemRandom)?;
            Ok(vec![(moved.written.version, false), (moved.left, false)])
        })
    }

    pub fn copy(&mut self, model: &Model, from: At, pick: Pick, to: At) -> Done {
        let number = match pick {
            Pick::Current => Number::Current,
            Pick::Previous => Number::Previous,
            Pick::Back(back) => Number::Number(model.number(from, back)),
        };
        self.change(model, |vault| {
            let (from, to) = ((env(from.0), path(from.1)), (env(to.0), path(to.1)));
            let (from, to) = ((&from.0, &from.1, number), (&to.0, &to.1));
            vault.copy(from, to, &act("cp"), &mut SystemRandom).map(one)
        })
    }

    pub fn meta(&mut self, model: &Model, at: At, edit: &Edit) -> Done {
        let new = NewMeta {
            tags: Some(TagEdit {
                replace: edit.replace.clone(),
                add: edit.add.clone(),
                remove: edit.remove.clone(),
            }),
            note: None,
            owner: edit.owner.clone(),
            expires: edit.expires.map(|later| model.now + later),
            every: edit.every,
        };
        self.change(model, |vault| {
            let act = act("meta");
            vault
                .set_meta(&env(at.0), &path(at.1), &new, &act, &mut SystemRandom)
                .map(one)
        })
    }

    pub fn create_environment(&mut self, model: &Model, at: usize) -> Done {
        self.change(model, |vault| {
            vault
                .create_environment(&env(at), &mut SystemRandom)
                .map(|()| Vec::new())
        })
    }

    pub fn remove_environment(&mut self, model: &Model, at: usize) -> Done {
        self.change(model, |vault| {
            vault
                .remove_environment(&env(at), &mut SystemRandom)
                .map(|()| Vec::new())
        })
    }

    pub fn rotate_keys(&mut self, model: &Model, at: Option<usize>) -> Done {
        self.change(model, |vault| {
            let env = at.map(env);
            vault
                .rotate_keys(env.as_ref(), &mut SystemRandom)
                .map(|()| Vec::new())
        })
    }

    pub fn add_slot(&mut self, model: &Model, label: usize, admin: bool) -> Done {
        let mut made = None;
        let done = self.change(model, |vault| {
            let bytes = KeyBytes::new(&key(label));
            let new = NewMember {
                label: LABELS[label],
                admin,
                opener: NewSlot::Key(&bytes),
                handed_out: false,
            };
            made = Some(vault.add_slot(&new, &mut SystemRandom)?);
            Ok(Vec::new())
        });
        self.ids.extend(made.filter(|_| done.is_ok()));
        done
    }

    pub fn remove_slot(&mut self, model: &Model, label: usize) -> Done {
        self.change(model, |vault| {
            vault
                .remove_slot(LABELS[label], &mut SystemRandom)
                .map(|()| Vec::new())
        })
    }

    pub fn change_passphrase(&mut self, model: &Model, label: usize) -> Done {
        self.change(model, |vault| {
            let passphrase = Passphrase::parse(b"a passphrase for a slot without one");
            let passphrase = passphrase.ok().unwrap();
            let iterations = Iterations::new(600_000).unwrap();
            let label = Some(LABELS[label]);
            let random = &mut SystemRandom;
            vault
                .change_passphrase(label, &passphrase, iterations, random)
                .map(|_| Vec::new())
        })
    }

    /// Everything that the vault holds, in the words of the model.
    pub fn read(&self, model: &Model) -> Result<Vec<(At, u64, Version)>, String> {
        let said = |error: Error| error.to_string();
        let vault = self.open(model.now, model.own).map_err(said)?;
        let names = vault.environments();
        let expected: Vec<EnvName> = model.environments.iter().map(|at| env(*at)).collect();
        if !names.iter().map(|access| &access.name).eq(&expected) {
            return Err("the environments differ".to_owned());
        }
        let mut all = Vec::new();
        for at in &model.environments {
            for entry in vault.entries(&env(*at)).map_err(said)? {
                let place = PATHS
                    .iter()
                    .position(|path| SecretPath::parse(path).is_ok_and(|path| path == entry.path));
                let place = (*at, place.ok_or("a path that nobody wrote")?);
                for version in &entry.versions {
                    let value = vault.value(&entry, version).map_err(said)?;
                    let told = self.told(version, value.expose().to_vec())?;
                    all.push((place, version.version, told));
                }
            }
        }
        all.sort_by_key(|(at, number, _)| (*at, *number));
        Ok(all)
    }

    fn told(&self, version: &VersionEntry, value: Vec<u8>) -> Result<Version, String> {
        let meta = &version.meta;
        if meta.len != value.len() as u64 {
            return Err("the length that is said of a value is another".to_owned());
        }
        let by = self.ids.iter().position(|id| *id == meta.by);
        Ok(Version {
            state: match meta.state {
                Kept::Live => State::Live,
                Kept::Deleted => State::Deleted,
                Kept::Destroyed => State::Destroyed,
                Kept::Pending => return Err("a pending version".to_owned()),
            },
            value,
            kind: meta.kind.clone(),
            tags: meta.tags.clone(),
            note: meta.note.clone(),
            owner: meta.owner.clone(),
            expires: meta.expires,
            every: meta.every,
            rotation: meta
                .rotation
                .as_ref()
                .map(|rotation| (rotation.from, rotation.until)),
            created: meta.created,
            by: by.ok_or("written by a slot that nobody made")?,
            verb: meta.verb().to_owned(),
            set: meta.value_time(),
            of: meta.x.number("of"),
        })
    }
}

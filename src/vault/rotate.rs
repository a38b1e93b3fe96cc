//! Replacing the value of a secret by rotation.

use super::error::integrity;
use super::meta::{Rotation, State};
use super::open::Vault;
use super::write::{NewValue, Written};
use super::{Error, MAX_VALUE_BYTES};
use crate::crypto::{Random, equal};
use crate::name::{EnvName, MAX_VERSION, SecretPath};

/// What became of a rotation.
#[derive(Debug)]
pub struct Rotated {
    /// The new version.
    pub written: Written,
    /// What ties the versions of this rotation together.
    pub id: [u8; 8],
    /// The version that it replaces.
    pub from: u64,
    /// Until when that one stays readable, Unix seconds; 0 for no end.
    pub until: u64,
    /// Kept versions that hold the old value too, of their own: no grace time
    /// ends them.
    pub again: Vec<u64>,
    /// The other secrets that still hold the old value, or why they could not
    /// be looked for.
    pub others: Result<Vec<(EnvName, SecretPath)>, Error>,
}

impl Vault {
    /// Stages a new version of a live secret that says which one it replaces,
    /// and for how many seconds from now that one stays readable: 0 ends it at
    /// once, `None` never does.
    ///
    /// Of what the version before says, the same is kept as by [`Vault::set`].
    /// A pending version that an earlier rotation left behind goes.
    ///
    /// # Errors
    /// [`Error::NoVersion`] unless the secret is live, [`Error::SameValue`],
    /// and those of [`Vault::set`].
    pub fn rotate(
        &mut self,
        env: &EnvName,
        path: &SecretPath,
        new: &NewValue<'_>,
        grace: Option<u64>,
        random: &mut dyn Random,
    ) -> Result<Rotated, Error> {
        self.replace_value((env, path), new, State::Live, grace, random)
    }

    /// The new version of a rotation, live or pending.
    pub(super) fn replace_value(
        &mut self,
        (env, path): (&EnvName, &SecretPath),
        new: &NewValue<'_>,
        state: State,
        grace: Option<u64>,
        random: &mut dyn Random,
    ) -> Result<Rotated, Error> {
        let bytes = new.value.len();
        if bytes > MAX_VALUE_BYTES {
            return Err(Error::ValueTooLarge { bytes });
        }
        let (index, entry) = self.find_to_change(env, path)?;
        let live = entry.live();
        let live = live.ok_or_else(|| Error::no_version(env, path, None))?;
        let (from, address) = (live.version, || format!("{env}:{path}"));
        if let Some(wanted) = new.if_version.filter(|wanted| *wanted != from) {
            return Err(Error::VersionMoved {
                path: address(),
                wanted,
                current: from,
            });
        }
        let old = self.value(&entry, live)?;
        if equal(old.expose(), new.value.expose()) {
            return Err(Error::SameValue(address()));
        }
        let mut again = Vec::new();
        for version in &entry.versions {
            let is_live = version.meta.state == State::Live;
            let ends = entry.origin(version.version) == entry.origin(from);
            if is_live && !ends && equal(self.value(&entry, version)?.expose(), old.expose()) {
                again.push(version.version);
            }
        }
        let mut others = self.holders(&old);
        if let Ok(others) = &mut others {
            others.retain(|(other, at)| other != env || at != path);
        }
        let until = grace.map_or(0, |seconds| self.now.saturating_add(seconds));
        if until > MAX_VERSION {
            return integrity("the end of the grace time is beyond 9007199254740991 seconds");
        }
        let mut meta = self.meta_for(path, new, Some(&live.meta))?;
        meta.state = state;
        let mut id = [0; 8];
        random.fill(&mut id)?;
        meta.rotation = Some(Rotation { id, from, until });
        let version = self.append(index, path, &meta, new.value, Some(&entry), random)?;
        self.drop_pending(&entry)?;
        let written = Written {
            expiry_cleared: live.meta.expires != 0 && meta.expires == 0,
            ..Written::new(&entry, version, &meta)
        };
        Ok(Rotated {
            written,
            id,
            from,
            until,
            again,
            others,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, env, path, sample};
    use super::super::{Absence, Class, Depth, tests};
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

    fn value(text: &str) -> SecretValue {
        SecretValue::copy_from(text.as_bytes())
    }

    /// A vault in which `A` of `dev` is "first".
    fn vault() -> Vault {
        let mut vault = tests::open(&sample().bytes(), &Default::default(), Depth::Whole).unwrap();
        set(&mut vault, "dev", "A", "first");
        vault
    }

    fn set(vault: &mut Vault, at: &str, name: &str, text: &str) {
        let value = value(text);
        let new = NewValue {
            owner: Some("rui".to_owned()),
            expires: NOW + 1_000_000,
            ..new(&value)
        };
        let done = vault.set(&env(at), &path(name), &new, &mut SystemRandom);
        done.unwrap();
    }

    fn rotate(vault: &mut Vault, text: &str, grace: Option<u64>) -> Result<Rotated, Error> {
        let value = value(text);
        let (env, path) = (env("dev"), path("A"));
        vault.rotate(&env, &path, &new(&value), grace, &mut SystemRandom)
    }

    fn chosen(vault: &Vault, version: Version, now: u64) -> Result<u64, Absence> {
        let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
        entry.select(version, now, false).map(|v| v.version)
    }

    #[test]
    fn the_version_before_is_readable_up_to_the_end_of_its_grace_time() {
        let mut vault = vault();
        vault.now = NOW;
        let rotated = rotate(&mut vault, "second", Some(60)).unwrap();
        assert_eq!((rotated.from, rotated.until), (1, NOW + 60));
        assert_eq!(
            (rotated.written.version, rotated.written.expiry_cleared),
            (2, true)
        );
        let end = Err(Absence::GraceOver(NOW + 60));
        for version in [Version::Previous, Version::Number(1)] {
            assert_eq!(chosen(&vault, version, NOW + 59), Ok(1));
            assert_eq!(chosen(&vault, version, NOW + 60), end);
        }
        assert_eq!(chosen(&vault, Version::Current, NOW + 60), Ok(2));
        let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
        let meta = &entry.live().unwrap().meta;
        assert_eq!((meta.owner.as_str(), meta.verb()), ("rui", "rotate"));
        assert!(vault.seal(None).is_ok());
    }

    #[test]
    fn each_rotation_speaks_of_the_version_that_it_replaced_alone() {
        let mut vault = vault();
        vault.now = NOW;
        rotate(&mut vault, "second", Some(100)).unwrap();
        rotate(&mut vault, "third", None).unwrap();
        rotate(&mut vault, "fourth", Some(0)).unwrap();
        assert_eq!(chosen(&vault, Version::Number(1), NOW + 99), Ok(1));
        let end = Err(Absence::GraceOver(NOW + 100));
        assert_eq!(chosen(&vault, Version::Number(1), NOW + 100), end);
        assert_eq!(
            chosen(&vault, Version::Number(2), NOW + 1_000_000 - 1),
            Ok(2)
        );
        let at_once = Err(Absence::GraceOver(NOW));
        assert_eq!(chosen(&vault, Version::Previous, NOW), at_once);
        assert_eq!(chosen(&vault, Version::Number(4), NOW), Ok(4));
    }

    #[test]
    fn a_version_in_its_grace_time_outlives_the_number_that_is_kept() {
        let mut vault = vault();
        vault.now = NOW;
        rotate(&mut vault, "second", Some(500)).unwrap();
        let keep = vault.policy().keep;
        for number in 0..keep + 2 {
            set(&mut vault, "dev", "A", &format!("more {number}"));
        }
        assert_eq!(chosen(&vault, Version::Number(1), NOW + 499), Ok(1));
        let end = Err(Absence::GraceOver(NOW + 500));
        assert_eq!(chosen(&vault, Version::Number(1), NOW + 500), end);
        assert_eq!(
            chosen(&vault, Version::Number(3), NOW),
            Err(Absence::NoVersion)
        );
        // Once it is over both go, the one that says so never before the other.
        vault.now = NOW + 500;
        set(&mut vault, "dev", "A", "last");
        for number in [1, 2] {
            let gone = chosen(&vault, Version::Number(number), NOW + 500);
            assert_eq!(gone, Err(Absence::NoVersion));
        }
    }

    #[test]
    fn what_is_not_live_or_has_that_value_is_not_rotated() {
        let mut vault = vault();
        let error = rotate(&mut vault, "first", None).unwrap_err();
        assert_eq!(error.class(), Class::Usage);
        let value = value("x");
        let (env, b) = (env("dev"), path("B"));
        let error = vault.rotate(&env, &b, &new(&value), None, &mut SystemRandom);
        assert_eq!(error.unwrap_err().class(), Class::NotFound);
        let moved = NewValue {
            if_version: Some(7),
            ..new(&value)
        };
        let error = vault.rotate(&env, &path("A"), &moved, None, &mut SystemRandom);
        assert_eq!(error.unwrap_err().class(), Class::Conflict);
        assert_eq!(chosen(&vault, Version::Current, NOW), Ok(1));
    }

    #[test]
    fn a_vault_knows_where_else_a_value_is_the_current_one() {
        let mut vault = vault();
        set(&mut vault, "prod", "A", "first");
        set(&mut vault, "prod", "B", "first");
        set(&mut vault, "prod", "C", "other");
        let (first, dev, a) = (value("first"), env("dev"), path("A"));
        let same = vault.same_value_in(&dev, &a, &first).unwrap();
        assert_eq!(same, [env("prod")]);
        let same = vault.same_value_in(&dev, &a, &value("fi")).unwrap();
        assert!(same.is_empty());
        let mut vault = tests::open(
            &vault.seal(None).unwrap().bytes(),
            &Default::default(),
            Depth::Whole,
        )
        .unwrap();
        let rotated = rotate(&mut vault, "second", None).unwrap();
        let others = [(env("prod"), path("A")), (env("prod"), path("B"))];
        assert_eq!(rotated.others.unwrap(), others);
    }
}

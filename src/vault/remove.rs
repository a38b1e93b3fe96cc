//! Hiding secrets, and destroying values.

use super::Error;
use super::act::Act;
use super::format::Extra;
use super::meta::{Meta, State, verb_extension};
use super::open::Vault;
use super::write::Written;
use crate::crypto::Random;
use crate::name::{EnvName, SecretPath};
use crate::secret::SecretValue;
use std::collections::BTreeSet;

impl Vault {
    /// Hides a live secret with all its versions: behind them comes one that
    /// is deleted. It keeps what describes the secret and has no value.
    ///
    /// # Errors
    /// No right to write, [`Error::NoVersion`] unless the secret is live.
    pub fn remove(
        &mut self,
        env: &EnvName,
        path: &SecretPath,
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<Written, Error> {
        self.hide((env, path), None, act, random)
    }

    /// The same; undeleting brings back `hidden` where it is named, a kept
    /// version that was hidden before.
    ///
    /// # Errors
    /// As [`Vault::remove`].
    pub fn hide(
        &mut self,
        (env, path): (&EnvName, &SecretPath),
        hidden: Option<u64>,
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<Written, Error> {
        let (index, entry) = self.find_to_change(env, path)?;
        let live = entry.live();
        let live = live.ok_or_else(|| Error::no_version(env, path, None))?;
        let mut meta = self.meta_without_value(act, &live.meta, State::Deleted)?;
        if let Some(hidden) = hidden {
            meta.x.insert("of", Extra::Number(hidden));
        }
        let empty = SecretValue::new(Vec::new());
        let version = self.append(index, path, &meta, &empty, Some(&entry), random)?;
        Ok(Written::new(&entry, version, &meta))
    }

    /// Destroys the values of chosen versions: each line is replaced by one of
    /// the same number that says so. What was destroyed before stays as it is.
    /// A pending version goes altogether: in its place, above the current one,
    /// a destroyed one would hide the secret.
    ///
    /// Copies of the file that lie elsewhere keep what they hold.
    ///
    /// # Errors
    /// No right to write, [`Error::NoVersion`] where a version is not kept or
    /// has no value to destroy because it hides the secret.
    pub fn destroy_versions(
        &mut self,
        env: &EnvName,
        path: &SecretPath,
        versions: &BTreeSet<u64>,
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<Vec<Written>, Error> {
        let (index, entry) = self.find_to_change(env, path)?;
        let mut written = Vec::new();
        for number in versions {
            let kept = entry.version(*number);
            let kept = kept.filter(|version| version.meta.state != State::Deleted);
            let kept = kept.ok_or_else(|| Error::no_version(env, path, Some(*number)))?;
            let unchanged = kept.meta.state == State::Destroyed;
            if kept.meta.state == State::Pending {
                self.draft_scope(index)?.remove(entry.rid, *number);
            } else if !unchanged {
                let meta = self.meta_destroyed(act, &kept.meta)?;
                let empty = SecretValue::new(Vec::new());
                self.put(index, path, *number, &meta, &empty, random)?;
            }
            written.push(Written {
                unchanged,
                ..Written::new(&entry, *number, &kept.meta)
            });
        }
        Ok(written)
    }

    /// Destroys a secret: all its lines go, and one stays behind that is
    /// destroyed, so that numbers of versions never start over.
    ///
    /// # Errors
    /// No right to write, [`Error::NoVersion`] where nothing is of that path.
    pub fn destroy_all(
        &mut self,
        env: &EnvName,
        path: &SecretPath,
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<Written, Error> {
        let (index, entry) = self.find_to_change(env, path)?;
        if let ([only], Some(current)) = (entry.versions.as_slice(), entry.current())
            && current.meta.state == State::Destroyed
        {
            return Ok(Written {
                unchanged: true,
                ..Written::new(&entry, only.version, &only.meta)
            });
        }
        let last = entry.versions.last();
        let last = last.ok_or_else(|| Error::no_version(env, path, None))?;
        // No version is left that the rotation could speak of.
        let meta = Meta {
            rotation: None,
            ..self.meta_destroyed(act, &last.meta)?
        };
        let empty = SecretValue::new(Vec::new());
        let version = self.append(index, path, &meta, &empty, Some(&entry), random)?;
        let draft = self.draft_scope(index)?;
        for gone in &entry.versions {
            draft.remove(entry.rid, gone.version);
        }
        Ok(Written::new(&entry, version, &meta))
    }

    /// The metadata of a version that hides the value of `old`: what describes
    /// the secret is kept, what belongs to the value is not.
    fn meta_without_value(&self, act: &Act<'_>, old: &Meta, state: State) -> Result<Meta, Error> {
        Ok(Meta {
            state,
            expires: 0,
            len: 0,
            x: verb_extension(act.verb),
            ..self.meta_by(act, old)?
        })
    }

    /// The metadata of a destroyed version: of what was said of the value
    /// nothing stays but its type: a note may tell as much as the value.
    ///
    /// Its rotation stays, because no other line says until when the version
    /// before may be read: without it that one would be readable for ever.
    fn meta_destroyed(&self, act: &Act<'_>, old: &Meta) -> Result<Meta, Error> {
        Ok(Meta {
            tags: Vec::new(),
            note: String::new(),
            owner: String::new(),
            every: 0,
            rotation: old.rotation.clone(),
            ..self.meta_without_value(act, old, State::Destroyed)?
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::meta::Rotation;
    use super::super::tests::{NOW, env, path, restrict, with_values};
    use super::super::{Absence, Class, Entry, NewMeta};
    use super::*;
    use crate::crypto::SystemRandom;
    use crate::name::Version;

    const ACT: Act<'_> = Act {
        verb: "rm",
        why: "OPS-1",
    };

    fn entry(vault: &Vault) -> Entry {
        vault.find(&env("dev"), &path("A")).unwrap().unwrap()
    }

    fn states(vault: &Vault) -> Vec<(u64, State)> {
        let entry = entry(vault);
        let state = |version: &super::super::VersionEntry| (version.version, version.meta.state);
        entry.versions.iter().map(state).collect()
    }

    fn destroy(vault: &mut Vault, versions: &[u64]) -> Result<Vec<Written>, Error> {
        let versions = versions.iter().copied().collect();
        vault.destroy_versions(&env("dev"), &path("A"), &versions, &ACT, &mut SystemRandom)
    }

    #[test]
    fn a_hidden_secret_keeps_what_describes_it_and_gives_no_version() {
        let mut vault = with_values(&["first", "second"], 500);
        let written = vault.remove(&env("dev"), &path("A"), &ACT, &mut SystemRandom);
        assert_eq!(written.unwrap().version, 3);
        let hidden = entry(&vault);
        for version in [Version::Current, Version::Previous, Version::Number(1)] {
            let found = hidden.select(version, vault.now, true);
            assert_eq!(found.err(), Some(Absence::Deleted));
        }
        let meta = &hidden.current().unwrap().meta;
        assert_eq!((meta.len, meta.expires, meta.created), (0, 0, NOW + 500));
        assert_eq!((meta.owner.as_str(), meta.every), ("rui", 60));
        assert_eq!(
            (meta.tags.concat().as_str(), meta.note.as_str()),
            ("tag-second", "for the shop")
        );
        assert_eq!((meta.verb(), meta.why.as_str()), ("rm", "OPS-1"));
        let again = vault.remove(&env("dev"), &path("A"), &ACT, &mut SystemRandom);
        assert_eq!(again.unwrap_err().class(), Class::NotFound);
        assert!(vault.seal(None).is_ok());
    }

    #[test]
    fn the_line_that_hides_counts_among_those_that_are_kept() {
        let values: Vec<String> = (1..=10).map(|n| format!("value {n}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let mut vault = with_values(&values, 500);
        vault
            .remove(&env("dev"), &path("A"), &ACT, &mut SystemRandom)
            .unwrap();
        let kept: Vec<u64> = states(&vault).iter().map(|(number, _)| *number).collect();
        assert_eq!(kept, (2..=11).collect::<Vec<_>>());
    }

    #[test]
    fn destroyed_versions_keep_their_numbers_and_nothing_else() {
        let mut vault = with_values(&["first", "second", "third"], 500);
        let written = destroy(&mut vault, &[1, 2]).unwrap();
        let numbers: Vec<u64> = written.iter().map(|done| done.version).collect();
        assert_eq!(numbers, [1, 2]);
        let (live, gone) = (State::Live, State::Destroyed);
        assert_eq!(states(&vault), [(1, gone), (2, gone), (3, live)]);
        let left = entry(&vault);
        let first = left.version(1).unwrap();
        assert!(vault.value(&left, first).unwrap().is_empty());
        assert_eq!(
            (first.meta.note.as_str(), first.meta.owner.as_str()),
            ("", "")
        );
        assert_eq!(first.meta.tags, [""; 0]);
        // What is left is not younger for it.
        assert_eq!(left.created(), NOW + 2);
        let found = left.select(Version::Number(1), vault.now, false);
        assert_eq!(found.err(), Some(Absence::Gone));
        // Again: nothing to do.
        assert!(destroy(&mut vault, &[1]).unwrap()[0].unchanged);
        assert!(vault.seal(None).is_ok());
    }

    #[test]
    fn a_destroyed_current_version_makes_the_secret_absent() {
        let mut vault = with_values(&["first", "second"], 500);
        destroy(&mut vault, &[2]).unwrap();
        let found = entry(&vault);
        assert!(found.live().is_none() && found.hidden().is_none());
    }

    #[test]
    fn versions_without_a_value_are_not_there_to_be_destroyed() {
        let mut vault = with_values(&["first"], 500);
        vault
            .remove(&env("dev"), &path("A"), &ACT, &mut SystemRandom)
            .unwrap();
        for missing in [2, 3] {
            let error = destroy(&mut vault, &[1, missing]).unwrap_err();
            assert_eq!(error.class(), Class::NotFound);
        }
    }

    #[test]
    fn a_destroyed_secret_is_one_line_and_its_numbers_go_on() {
        let mut vault = with_values(&["first", "second"], 500);
        let mut random = SystemRandom;
        let (env, path) = (env("dev"), path("A"));
        vault.remove(&env, &path, &ACT, &mut random).unwrap();
        let done = vault.destroy_all(&env, &path, &ACT, &mut random).unwrap();
        assert_eq!((done.version, done.unchanged), (4, false));
        assert_eq!(states(&vault), [(4, State::Destroyed)]);
        let again = vault.destroy_all(&env, &path, &ACT, &mut random).unwrap();
        assert_eq!((again.version, again.unchanged), (4, true));
        super::super::tests::stage(&mut vault, "dev", "anew");
        assert_eq!(entry(&vault).live().unwrap().version, 5);
        assert!(vault.seal(None).is_ok());
    }

    /// `A` with a second version that replaced the first in a rotation.
    fn rotated(until: u64) -> Vault {
        let mut vault = with_values(&["first"], 500);
        let (index, entry) = vault.find_to_change(&env("dev"), &path("A")).unwrap();
        let meta = Meta {
            rotation: Some(Rotation {
                id: [1; 8],
                from: 1,
                until,
            }),
            ..vault.meta_by(&ACT, &entry.live().unwrap().meta).unwrap()
        };
        let value = SecretValue::copy_from(b"other");
        vault
            .append(
                index,
                &path("A"),
                &meta,
                &value,
                Some(&entry),
                &mut SystemRandom,
            )
            .unwrap();
        vault
    }

    #[test]
    fn no_verb_makes_a_version_readable_beyond_its_grace_time() {
        let over = |vault: &Vault| {
            let found = entry(vault);
            let first = found.select(Version::Number(1), vault.now, false);
            first.err()
        };
        let until = NOW + 100;
        let mut vault = rotated(until);
        assert_eq!(over(&vault), Some(Absence::GraceOver(until)));
        let new = NewMeta {
            note: Some("other".to_owned()),
            ..NewMeta::default()
        };
        let (env, path) = (env("dev"), path("A"));
        let mut random = SystemRandom;
        vault
            .set_meta(&env, &path, &new, &ACT, &mut random)
            .unwrap();
        assert_eq!(over(&vault), Some(Absence::GraceOver(until)));
        destroy(&mut vault, &[2]).unwrap();
        assert_eq!(over(&vault), Some(Absence::GraceOver(until)));
        vault.remove(&env, &path, &ACT, &mut random).unwrap();
        vault.undelete(&env, &path, &ACT, &mut random).unwrap();
        assert_eq!(over(&vault), Some(Absence::GraceOver(until)));
    }

    #[test]
    fn a_grace_time_that_runs_outlives_meta_and_the_bound_of_versions() {
        let mut vault = rotated(NOW + 1_000);
        for note in 0..12 {
            let new = NewMeta {
                note: Some(format!("note {note}")),
                ..NewMeta::default()
            };
            let done = vault.set_meta(&env("dev"), &path("A"), &new, &ACT, &mut SystemRandom);
            done.unwrap();
        }
        let found = entry(&vault);
        // The ten last, and the two of the rotation.
        assert_eq!(found.versions.len(), 12);
        assert!(found.select(Version::Number(1), vault.now, true).is_ok());
        assert!(found.live().unwrap().meta.rotation.is_none());
    }

    #[test]
    fn who_may_not_write_may_neither_hide_nor_destroy_nor_restore() {
        for names in [None, Some(["A"].as_slice())] {
            let mut vault = with_values(&["first", "second"], 500);
            restrict(&mut vault, names);
            assert!(entry(&vault).live().is_some());
            let (env, path) = (env("dev"), path("A"));
            let mut random = SystemRandom;
            let new = NewMeta {
                note: Some("other".to_owned()),
                ..NewMeta::default()
            };
            for refused in [
                vault.remove(&env, &path, &ACT, &mut random).err(),
                vault.destroy_all(&env, &path, &ACT, &mut random).err(),
                destroy(&mut vault, &[1]).err(),
                vault.restore(&env, &path, 1, &ACT, &mut random).err(),
                vault.undelete(&env, &path, &ACT, &mut random).err(),
                vault.set_meta(&env, &path, &new, &ACT, &mut random).err(),
            ] {
                assert_eq!(refused.unwrap().class(), Class::Denied);
            }
        }
    }
}

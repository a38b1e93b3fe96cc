//! Moving a secret: every kept version, sealed again under its new name.

use super::Error;
use super::act::Act;
use super::entry::Entry;
use super::error::integrity;
use super::format::Extra;
use super::meta::{Meta, State, verb_extension};
use super::open::Vault;
use super::write::Written;
use crate::crypto::Random;
use crate::name::{EnvName, MAX_VERSION, SecretPath};
use crate::secret::SecretValue;
use std::collections::BTreeMap;

/// What became of a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The environment it was in.
    pub from_env: EnvName,
    /// The path it had.
    pub from_path: SecretPath,
    /// The number of the destroyed version that is left there, so that
    /// numbers do not begin again.
    pub left: u64,
    /// The secret in its new place.
    pub written: Written,
}

/// The version numbers that a secret has in its new place.
enum Numbers {
    /// The same: no version was ever kept there.
    Kept,
    /// Behind those that are kept there, by the old ones.
    New(BTreeMap<u64, u64>),
}

impl Numbers {
    /// The numbers for the versions of `source` behind those of `target`.
    fn of(source: &Entry, target: Option<&Entry>) -> Result<Self, Error> {
        let Some(last) = target.and_then(|target| target.versions.last()) else {
            return Ok(Numbers::Kept);
        };
        let old = source.versions.iter().map(|version| version.version);
        // Collecting one would sort it first.
        let mut new: BTreeMap<u64, u64> = BTreeMap::new();
        new.extend(old.zip(last.version + 1..));
        match new.values().next_back() {
            Some(last) if *last <= MAX_VERSION => Ok(Numbers::New(new)),
            _ => integrity("a secret has no version number left"),
        }
    }

    /// The new number of a version; `None` if it is not kept and its number
    /// would now mean another one.
    fn follow(&self, old: u64) -> Option<u64> {
        match self {
            Numbers::Kept => Some(old),
            Numbers::New(map) => map.get(&old).copied(),
        }
    }

    /// The metadata of a version under its new path: numbers in it follow.
    fn carry(&self, meta: &Meta, path: &SecretPath) -> Meta {
        let mut meta = meta.clone();
        meta.path = path.clone();
        if let Some(rotation) = &mut meta.rotation {
            // No version has the number 0: what was replaced is not kept.
            rotation.from = self.follow(rotation.from).unwrap_or(0);
        }
        // A copy names a version of another secret.
        if meta.verb() != "cp"
            && let Some(of) = meta.x.number("of")
        {
            match self.follow(of) {
                Some(of) => meta.x.insert("of", Extra::Number(of)),
                None => meta.x.remove("of"),
            }
        }
        meta
    }
}

impl Vault {
    /// Stages the move of a live secret, within its environment or to another.
    ///
    /// All kept versions go along, however many the policy keeps: value and
    /// metadata are sealed anew, because both are bound to the name. The
    /// current version says who moved it and when; the others say what they
    /// said. Their numbers stay, unless the new place has a past of its own,
    /// behind which they then stand. In the old place one destroyed version
    /// is left.
    ///
    /// # Errors
    /// No right in one of the two places, a secret that is not live, one that
    /// is where it should go, or whatever does not verify.
    pub fn relocate(
        &mut self,
        (from_env, from_path): (&EnvName, &SecretPath),
        (env, path): (&EnvName, &SecretPath),
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<Moved, Error> {
        let index = self.resolve(env, path)?;
        self.check_may_seal(index)?;
        let (_, source) = self.find_to_change(from_env, from_path)?;
        let absent = || Error::no_version(from_env, from_path, None);
        let current = source.live().ok_or_else(absent)?.version;
        let target = self.find(env, path)?;
        if target.as_ref().is_some_and(|entry| entry.live().is_some()) {
            return Err(Error::Occupied(format!("{env}:{path}")));
        }
        let numbers = Numbers::of(&source, target.as_ref())?;
        let mut written = Err(absent());
        for version in &source.versions {
            let Some(number) = numbers.follow(version.version) else {
                return integrity("a version has no number in its new place");
            };
            let mut meta = numbers.carry(&version.meta, path);
            if version.version == current {
                let rotation = meta.rotation.clone();
                meta = self.meta_by(act, &meta)?;
                // Else what it replaced would outlive its grace time.
                meta.rotation = rotation;
                written = Ok(Written {
                    env: env.clone(),
                    path: path.clone(),
                    ..Written::new(&source, number, &meta)
                });
            }
            let value = self.value(&source, version)?;
            self.put(index, path, number, &meta, &value, random)?;
        }
        Ok(Moved {
            from_env: from_env.clone(),
            from_path: from_path.clone(),
            left: self.leave(&source, act, random)?,
            written: written?,
        })
    }

    /// Takes all versions of a secret away but for one that says that it is gone.
    fn leave(
        &mut self,
        source: &Entry,
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<u64, Error> {
        let last = source.versions.last().map_or(0, |last| last.version);
        if last >= MAX_VERSION {
            return integrity("a secret has no version number left");
        }
        let kind = source.live().map(|live| live.meta.kind.clone());
        let meta = Meta {
            path: source.path.clone(),
            created: self.now,
            by: self.slot()?.id,
            kind: kind.unwrap_or("binary".to_owned()),
            state: State::Destroyed,
            expires: 0,
            len: 0,
            tags: Vec::new(),
            note: String::new(),
            owner: String::new(),
            why: act.why.to_owned(),
            every: 0,
            rotation: None,
            x: verb_extension(act.verb),
        };
        let (index, number) = (source.scope, last + 1);
        let empty = SecretValue::default();
        let rid = self.put(index, &source.path, number, &meta, &empty, random)?;
        let draft = self.draft_scope(index)?;
        let old = source.versions.iter().map(|version| version.version);
        old.for_each(|version| draft.remove(rid, version));
        Ok(number)
    }
}

#[cfg(test)]
mod tests;

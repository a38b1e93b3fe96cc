//! Copying one version of a secret to another place.

use super::Error;
use super::act::Act;
use super::format::Extra;
use super::meta::State;
use super::open::Vault;
use super::write::Written;
use crate::crypto::Random;
use crate::name::{EnvName, SecretPath, Version};

impl Vault {
    /// Stages a copy of one version as the first version of another secret, or
    /// behind what is kept of one that is deleted or destroyed.
    ///
    /// Everything that describes the value goes along, its expiry too, so a
    /// value that has expired can be copied and has expired there as well. One
    /// whose grace time ended cannot: there it would be readable again.
    ///
    /// # Errors
    /// No right to write there, a version that is not to be had, a secret that
    /// is where the copy should go, or whatever does not verify.
    pub fn copy(
        &mut self,
        (from_env, from_path, version): (&EnvName, &SecretPath, Version),
        (env, path): (&EnvName, &SecretPath),
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<Written, Error> {
        let index = self.resolve(env, path)?;
        self.check_may_seal(index)?;
        let source = self.find(from_env, from_path)?;
        let absent = |version| Error::no_version(from_env, from_path, version);
        let source = source.ok_or_else(|| absent(None))?;
        let number = match version {
            Version::Number(number) => Some(number),
            _ => None,
        };
        let chosen = source.select(version, self.now, true);
        let chosen = chosen.map_err(|_| absent(number))?;
        let target = self.find(env, path)?;
        if target.as_ref().is_some_and(|entry| entry.live().is_some()) {
            return Err(Error::Occupied(format!("{env}:{path}")));
        }
        let mut meta = self.meta_by(act, &chosen.meta)?;
        (meta.path, meta.state) = (path.clone(), State::Live);
        meta.x.insert("of", Extra::Number(chosen.version));
        let value = self.value(&source, chosen)?;
        let version = self.append(index, path, &meta, &value, target.as_ref(), random)?;
        Ok(Written {
            env: env.clone(),
            path: path.clone(),
            ..Written::new(&source, version, &meta)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::meta::Meta;
    use super::super::tests::{NOW, env, open, path, sample, stage};
    use super::super::{Class, Depth, Guard, NewValue};
    use super::*;
    use crate::crypto::SystemRandom;
    use crate::secret::SecretValue;

    const ACT: Act<'_> = Act {
        verb: "cp",
        why: "why",
    };

    /// `dev:/A` with three versions.
    fn vault() -> Vault {
        let mut vault = open(&sample().bytes(), &Guard::default(), Depth::Whole).unwrap();
        stage(&mut vault, "dev", "one");
        let two = SecretValue::copy_from(b"two");
        let new = NewValue {
            value: &two,
            kind: Some("cert".into()),
            tags: Some(vec!["t".into()]),
            note: Some("n".into()),
            owner: Some("o".into()),
            expires: NOW,
            every: Some(60),
            why: "because".into(),
            verb: "set",
            if_version: None,
        };
        let random = &mut SystemRandom;
        vault.set(&env("dev"), &path("A"), &new, random).unwrap();
        stage(&mut vault, "dev", "three");
        vault.now = NOW + 50;
        vault
    }

    fn copied(vault: &mut Vault, version: Version, to: (&str, &str)) -> Result<Written, Error> {
        let (from, to_env) = (env("dev"), env(to.0));
        vault.copy(
            (&from, &path("A"), version),
            (&to_env, &path(to.1)),
            &ACT,
            &mut SystemRandom,
        )
    }

    #[test]
    fn a_copy_is_one_version_with_all_that_describes_it() {
        let mut vault = vault();
        let written = copied(&mut vault, Version::Number(2), ("prod", "x/B")).unwrap();
        assert_eq!((written.version, written.kind.as_str()), (1, "cert"));
        let entry = vault.find(&env("prod"), &path("x/B")).unwrap().unwrap();
        let source = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
        assert_eq!((entry.versions.len(), source.versions.len()), (1, 3));
        let version = entry.live().unwrap();
        assert_eq!(vault.value(&entry, version).unwrap().expose(), b"two");
        let (meta, old) = (&version.meta, &source.version(2).unwrap().meta);
        assert_eq!((meta.created, meta.value_time()), (NOW + 50, NOW));
        assert_eq!((meta.verb(), meta.x.number("of")), ("cp", Some(2)));
        assert_eq!((meta.why.as_str(), meta.rotation.is_none()), ("why", true));
        let described = |meta: &Meta| {
            let texts = (meta.kind.clone(), meta.note.clone(), meta.owner.clone());
            (texts, meta.tags.clone(), meta.expires, meta.every, meta.len)
        };
        assert_eq!(described(meta), described(old));
    }

    #[test]
    fn a_copy_goes_behind_what_was_there_and_over_nothing_that_is() {
        let mut vault = vault();
        copied(&mut vault, Version::Current, ("dev", "B")).unwrap();
        for (to, version, class) in [
            ("B", Version::Current, Class::Conflict),
            ("A", Version::Current, Class::Conflict),
            ("C", Version::Number(9), Class::NotFound),
        ] {
            let refused = copied(&mut vault, version, ("dev", to)).unwrap_err();
            assert_eq!(refused.class(), class);
        }
        let (dev, b, c) = (env("dev"), path("B"), path("C"));
        let random = &mut SystemRandom;
        vault
            .relocate((&dev, &b), (&dev, &c), &ACT, random)
            .unwrap();
        let again = copied(&mut vault, Version::Current, ("dev", "B")).unwrap();
        assert_eq!(again.version, 3);
    }

    #[test]
    fn a_value_whose_grace_time_ended_is_not_copied() {
        let mut vault = vault();
        let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
        let mut meta = entry.live().unwrap().meta.clone();
        meta.rotation = Some(super::super::Rotation {
            id: [1; 8],
            from: 3,
            until: NOW + 50,
        });
        let value = vault.value(&entry, entry.live().unwrap()).unwrap();
        let random = &mut SystemRandom;
        vault
            .append(entry.scope, &path("A"), &meta, &value, Some(&entry), random)
            .unwrap();
        let refused = copied(&mut vault, Version::Number(3), ("dev", "B"));
        assert_eq!(refused.unwrap_err().class(), Class::NotFound);
        vault.now -= 1;
        copied(&mut vault, Version::Number(3), ("dev", "B")).unwrap();
    }
}

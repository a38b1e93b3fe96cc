//! Bringing back what a kept version holds.

use super::Error;
use super::act::Act;
use super::format::Extra;
use super::meta::State;
use super::open::Vault;
use super::write::Written;
use crate::crypto::Random;
use crate::name::{EnvName, SecretPath};

impl Vault {
    /// Makes a kept version the current one again, as a new version with the
    /// same value, metadata and expiry. The new version names the one that it
    /// was made from and when the value was set.
    ///
    /// The state of the current version is not looked at: whether it may be
    /// replaced is for the verb to say.
    ///
    /// # Errors
    /// No right to write, [`Error::NoVersion`] unless `from` is kept and live,
    /// or whatever does not verify.
    pub fn restore(
        &mut self,
        env: &EnvName,
        path: &SecretPath,
        from: u64,
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<Written, Error> {
        let (index, entry) = self.find_to_change(env, path)?;
        let kept = entry.version(from);
        let kept = kept.filter(|version| version.meta.state == State::Live);
        let kept = kept.ok_or_else(|| Error::no_version(env, path, Some(from)))?;
        let value = self.value(&entry, kept)?;
        let mut meta = self.meta_by(act, &kept.meta)?;
        meta.x.insert("of", Extra::Number(from));
        let version = self.append(index, path, &meta, &value, Some(&entry), random)?;
        Ok(Written::new(&entry, version, &meta))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, env, path, sample};
    use super::super::{Class, Depth, NewValue, tests};
    use super::*;
    use crate::crypto::SystemRandom;
    use crate::secret::SecretValue;

    /// A vault at a later time in which `A` of `dev` has one value a text.
    fn vault(values: &[&str], later: u64) -> Vault {
        let mut vault = tests::open(&sample().bytes, &Default::default(), Depth::Whole).unwrap();
        for (at, value) in values.iter().enumerate() {
            vault.now = NOW + at as u64;
            let new = NewValue {
                value: &SecretValue::copy_from(value.as_bytes()),
                kind: None,
                tags: Some(vec![format!("tag-{value}")]),
                note: None,
                owner: Some("rui".to_owned()),
                expires: NOW + 1_000,
                every: Some(60),
                why: String::new(),
                verb: "set",
                if_version: None,
            };
            vault
                .set(&env("dev"), &path("A"), &new, &mut SystemRandom)
                .unwrap();
        }
        vault.now = NOW + later;
        vault
    }

    const ACT: Act<'_> = Act {
        verb: "rollback",
        why: "OPS-1",
    };

    #[test]
    fn a_kept_version_comes_back_with_all_that_is_said_of_it() {
        let mut vault = vault(&["first", "second"], 500);
        let (env, path) = (env("dev"), path("A"));
        let written = vault.restore(&env, &path, 1, &ACT, &mut SystemRandom);
        let written = written.unwrap();
        assert_eq!((written.version, written.unchanged), (3, false));
        let entry = vault.find(&env, &path).unwrap().unwrap();
        let live = entry.live().unwrap();
        assert_eq!(vault.value(&entry, live).unwrap().expose(), b"first");
        let meta = &live.meta;
        assert_eq!((meta.tags.concat(), meta.every), ("tag-first".into(), 60));
        assert_eq!((meta.expires, meta.owner.as_str()), (NOW + 1_000, "rui"));
        assert_eq!((meta.created, meta.value_time()), (NOW + 500, NOW));
        assert_eq!((meta.verb(), meta.why.as_str()), ("rollback", "OPS-1"));
        assert_eq!(meta.x.number("of"), Some(1));
        assert!(vault.seal(None).is_ok());
    }

    #[test]
    fn only_a_version_that_is_kept_and_live_comes_back() {
        let mut vault = vault(&["first"], 0);
        let (env, path) = (env("dev"), path("A"));
        let mut restore = |path: &SecretPath, from| {
            let done = vault.restore(&env, path, from, &ACT, &mut SystemRandom);
            done.unwrap_err()
        };
        let error = restore(&path, 2);
        assert_eq!(error.class(), Class::NotFound);
        assert_eq!(error.to_string(), "\"dev:/A\" keeps no value in v2");
        let error = restore(&tests::path("B"), 1);
        assert_eq!(error.to_string(), "\"dev:/B\" is not there");
    }

    #[test]
    fn a_value_set_at_this_instant_needs_no_time_of_its_own() {
        let mut vault = vault(&["first"], 0);
        let (env, path) = (env("dev"), path("A"));
        let written = vault.restore(&env, &path, 1, &ACT, &mut SystemRandom);
        assert_eq!(written.unwrap().version, 2);
        let entry = vault.find(&env, &path).unwrap().unwrap();
        assert_eq!(entry.live().unwrap().meta.x.number("vt"), None);
    }
}

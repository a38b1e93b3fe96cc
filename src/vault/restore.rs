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

    /// Brings back a deleted secret, as its highest live version was. One that
    /// is live already is left as it is.
    ///
    /// # Errors
    /// No right to write, [`Error::NoVersion`] where nothing is left to bring
    /// back, or whatever does not verify.
    pub fn undelete(
        &mut self,
        env: &EnvName,
        path: &SecretPath,
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<Written, Error> {
        let (_, entry) = self.find_to_change(env, path)?;
        if let Some(live) = entry.live() {
            return Ok(Written {
                unchanged: true,
                ..Written::new(&entry, live.version, &live.meta)
            });
        }
        let hidden = entry.hidden();
        let hidden = hidden.ok_or_else(|| Error::no_version(env, path, None))?;
        self.restore(env, path, hidden.version, act, random)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Class;
    use super::super::tests::{self, NOW, env, path, with_values};
    use super::*;
    use crate::crypto::SystemRandom;

    const ACT: Act<'_> = Act {
        verb: "rollback",
        why: "OPS-1",
    };

    #[test]
    fn a_kept_version_comes_back_with_all_that_is_said_of_it() {
        let mut vault = with_values(&["first", "second"], 500);
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
        let mut vault = with_values(&["first"], 0);
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
    fn what_was_hidden_comes_back_once_and_what_is_live_stays() {
        let mut vault = with_values(&["first", "second"], 500);
        let (env, path) = (env("dev"), path("A"));
        let act = Act {
            verb: "undelete",
            why: "",
        };
        vault.remove(&env, &path, &ACT, &mut SystemRandom).unwrap();
        let done = vault.undelete(&env, &path, &act, &mut SystemRandom);
        assert_eq!(done.unwrap().version, 4);
        let entry = vault.find(&env, &path).unwrap().unwrap();
        let live = entry.live().unwrap();
        assert_eq!(vault.value(&entry, live).unwrap().expose(), b"second");
        assert_eq!(
            (live.meta.verb(), live.meta.expires),
            ("undelete", NOW + 1_000)
        );
        assert_eq!(live.meta.value_time(), NOW + 1);
        assert_eq!(live.meta.x.number("of"), Some(2));
        let again = vault.undelete(&env, &path, &act, &mut SystemRandom);
        let again = again.unwrap();
        assert_eq!((again.version, again.unchanged), (4, true));
    }

    #[test]
    fn a_destroyed_version_is_passed_over_and_a_destroyed_secret_stays_away() {
        let mut vault = with_values(&["first", "second"], 500);
        let (env, path) = (env("dev"), path("A"));
        let mut random = SystemRandom;
        vault.remove(&env, &path, &ACT, &mut random).unwrap();
        let second = [2].into();
        vault
            .destroy_versions(&env, &path, &second, &ACT, &mut random)
            .unwrap();
        let done = vault.undelete(&env, &path, &ACT, &mut random).unwrap();
        let entry = vault.find(&env, &path).unwrap().unwrap();
        let live = entry.version(done.version).unwrap();
        assert_eq!(vault.value(&entry, live).unwrap().expose(), b"first");
        vault.destroy_all(&env, &path, &ACT, &mut random).unwrap();
        let error = vault.undelete(&env, &path, &ACT, &mut random).unwrap_err();
        assert_eq!(error.class(), Class::NotFound);
    }

    #[test]
    fn a_value_set_at_this_instant_needs_no_time_of_its_own() {
        let mut vault = with_values(&["first"], 0);
        let (env, path) = (env("dev"), path("A"));
        let written = vault.restore(&env, &path, 1, &ACT, &mut SystemRandom);
        assert_eq!(written.unwrap().version, 2);
        let entry = vault.find(&env, &path).unwrap().unwrap();
        assert_eq!(entry.live().unwrap().meta.x.number("vt"), None);
    }
}

//! Changing what stands beside a value.

use super::Error;
use super::act::Act;
use super::open::Vault;
use super::write::{Written, says_the_same};
use crate::crypto::Random;
use crate::name::{EnvName, SecretPath};

/// How the tags change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagEdit {
    /// The tags that take the place of the old ones; `None` keeps these.
    pub replace: Option<Vec<String>>,
    /// Tags that are added behind them, each once.
    pub add: Vec<String>,
    /// Tags that are taken away.
    pub remove: Vec<String>,
}

impl TagEdit {
    /// The tags after the edit, in the order given, each once.
    fn applied(&self, old: &[String]) -> Vec<String> {
        let begin = self.replace.as_deref().unwrap_or(old);
        let mut tags: Vec<String> = Vec::new();
        for tag in begin.iter().chain(&self.add) {
            if !tags.contains(tag) && !self.remove.contains(tag) {
                tags.push(tag.clone());
            }
        }
        tags
    }
}

/// What is to stand beside a value; `None` keeps what is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewMeta {
    /// Tags.
    pub tags: Option<TagEdit>,
    /// A note.
    pub note: Option<String>,
    /// An owner.
    pub owner: Option<String>,
    /// When the value expires, Unix seconds, or 0 for never.
    pub expires: Option<u64>,
    /// How often it should be rotated, in seconds, or 0 for never.
    pub every: Option<u64>,
}

impl Vault {
    /// Changes what stands beside the value of a live secret: a new version
    /// with the same value, which says when the value was set. Where nothing
    /// differs nothing is staged.
    ///
    /// # Errors
    /// Bounds, no right to write, [`Error::NoVersion`] unless the secret is
    /// live, or whatever does not verify.
    pub fn set_meta(
        &mut self,
        env: &EnvName,
        path: &SecretPath,
        new: &NewMeta,
        act: &Act<'_>,
        random: &mut dyn Random,
    ) -> Result<Written, Error> {
        let (index, entry) = self.find_to_change(env, path)?;
        let live = entry.live();
        let live = live.ok_or_else(|| Error::no_version(env, path, None))?;
        let mut meta = self.meta_by(act, &live.meta)?;
        if let Some(edit) = &new.tags {
            meta.tags = edit.applied(&live.meta.tags);
        }
        let NewMeta { note, owner, .. } = new;
        meta.note
            .clone_from(note.as_ref().unwrap_or(&live.meta.note));
        meta.owner
            .clone_from(owner.as_ref().unwrap_or(&live.meta.owner));
        meta.expires = new.expires.unwrap_or(live.meta.expires);
        meta.every = new.every.unwrap_or(live.meta.every);
        meta.check()?;
        if says_the_same(&live.meta, &meta) {
            return Ok(Written {
                unchanged: true,
                ..Written::new(&entry, live.version, &meta)
            });
        }
        let value = self.value(&entry, live)?;
        let version = self.append(index, path, &meta, &value, Some(&entry), random)?;
        Ok(Written::new(&entry, version, &meta))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Class;
    use super::super::tests::{NOW, env, path, with_values};
    use super::*;
    use crate::crypto::SystemRandom;

    const ACT: Act<'_> = Act {
        verb: "meta",
        why: "OPS-1",
    };

    fn set_meta(vault: &mut Vault, new: &NewMeta) -> Result<Written, Error> {
        vault.set_meta(&env("dev"), &path("A"), new, &ACT, &mut SystemRandom)
    }

    fn tags(text: &str) -> Vec<String> {
        text.split_terminator(' ').map(str::to_owned).collect()
    }

    #[test]
    fn one_thing_changes_and_all_others_stay() {
        let mut vault = with_values(&["first"], 500);
        let new = NewMeta {
            owner: Some("ana".to_owned()),
            every: Some(0),
            ..NewMeta::default()
        };
        let written = set_meta(&mut vault, &new).unwrap();
        assert_eq!((written.version, written.unchanged), (2, false));
        let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
        let live = entry.live().unwrap();
        let meta = &live.meta;
        assert_eq!((meta.owner.as_str(), meta.every), ("ana", 0));
        assert_eq!(
            (meta.note.as_str(), meta.expires),
            ("for the shop", NOW + 1_000)
        );
        assert_eq!(meta.tags, ["tag-first"]);
        assert_eq!((meta.created, meta.value_time()), (NOW + 500, NOW));
        assert_eq!((meta.verb(), meta.why.as_str()), ("meta", "OPS-1"));
        assert_eq!(vault.value(&entry, live).unwrap().expose(), b"first");
        // A change of a change still tells when the value was set.
        vault.now = NOW + 600;
        let new = NewMeta {
            note: Some(String::new()),
            expires: Some(0),
            ..NewMeta::default()
        };
        set_meta(&mut vault, &new).unwrap();
        let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
        let meta = &entry.live().unwrap().meta;
        assert_eq!((meta.note.as_str(), meta.expires), ("", 0));
        assert_eq!((meta.created, meta.value_time()), (NOW + 600, NOW));
        assert!(vault.seal(None).is_ok());
    }

    #[test]
    fn what_differs_in_nothing_stages_nothing() {
        let bytes = with_values(&["first"], 500).seal(None).unwrap().bytes();
        let depth = super::super::Depth::Whole;
        let mut vault = super::super::tests::open(&bytes, &Default::default(), depth).unwrap();
        let new = NewMeta {
            tags: Some(TagEdit {
                add: tags("tag-first"),
                remove: tags("none"),
                ..TagEdit::default()
            }),
            owner: Some("rui".to_owned()),
            ..NewMeta::default()
        };
        let written = set_meta(&mut vault, &new).unwrap();
        assert_eq!((written.version, written.unchanged), (1, true));
        assert!(vault.is_unchanged());
    }

    #[test]
    fn tags_are_replaced_added_and_taken_away() {
        let old = tags("a b");
        for (replace, add, remove, after) in [
            (None, "c a", "b", "a c"),
            (Some("x y x"), "z", "y", "x z"),
            (Some(""), "", "", ""),
            (None, "", "a b", ""),
        ] {
            let edit = TagEdit {
                replace: replace.map(tags),
                add: tags(add),
                remove: tags(remove),
            };
            assert_eq!(edit.applied(&old), tags(after));
        }
    }

    #[test]
    fn bounds_hold_and_a_hidden_secret_has_nothing_to_change() {
        let mut vault = with_values(&["first"], 500);
        let new = NewMeta {
            note: Some("n".repeat(1025)),
            ..NewMeta::default()
        };
        assert_eq!(
            set_meta(&mut vault, &new).unwrap_err().class(),
            Class::Usage
        );
        vault
            .remove(&env("dev"), &path("A"), &ACT, &mut SystemRandom)
            .unwrap();
        let error = set_meta(&mut vault, &NewMeta::default()).unwrap_err();
        assert_eq!(error.class(), Class::NotFound);
    }
}

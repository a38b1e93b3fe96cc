//! Staging new versions of secrets.

use super::draft::Line;
use super::entry::Entry;
use super::error::integrity;
use super::id::RecordId;
use super::meta::{Meta, State, verb_extension};
use super::open::Vault;
use super::{Error, MAX_VALUE_BYTES};
use crate::crypto::{Random, RecordKey, equal};
use crate::name::{EnvName, SecretPath};
use crate::secret::SecretValue;

/// A value to be stored, with what is said of it. `None` keeps what the
/// current version says.
pub struct NewValue<'a> {
    /// The value, at most 1 MiB.
    pub value: &'a SecretValue,
    /// Its type; without one that of the current version, else `text` for
    /// UTF-8 without NUL and `binary` for the rest.
    pub kind: Option<String>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// A note.
    pub note: Option<String>,
    /// An owner.
    pub owner: Option<String>,
    /// When it expires, Unix seconds, or 0. Belongs to the value: it is never kept.
    pub expires: u64,
    /// How often it should be rotated, in seconds, or 0.
    pub every: Option<u64>,
    /// Why (`--reason`).
    pub why: String,
    /// The verb that writes.
    pub verb: &'static str,
    /// The version that must be the current one; 0: there is none, or it is
    /// deleted or destroyed.
    pub if_version: Option<u64>,
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The environment.
    pub env: EnvName,
    /// The path.
    pub path: SecretPath,
    /// The version that is now the current one.
    pub version: u64,
    /// Its type.
    pub kind: String,
    /// Whether value and metadata were the same, so that nothing was written.
    pub unchanged: bool,
    /// Whether the version before had an expiry that this one has not.
    pub expiry_cleared: bool,
}

impl Vault {
    /// Stages a new version of a secret.
    ///
    /// # Errors
    /// Bounds, `--if-version`, no write right, or whatever does not verify.
    pub fn set(
        &mut self,
        env: &EnvName,
        path: &SecretPath,
        new: &NewValue<'_>,
        random: &mut dyn Random,
    ) -> Result<Written, Error> {
        let bytes = new.value.len();
        if bytes > MAX_VALUE_BYTES {
            return Err(Error::ValueTooLarge { bytes });
        }
        let index = self.resolve(env, path)?;
        self.check_may_seal(index)?;
        let entry = self.find(env, path)?;
        let live = entry.as_ref().and_then(Entry::live);
        let current = live.map_or(0, |version| version.version);
        if let Some(wanted) = new.if_version.filter(|wanted| *wanted != current) {
            return Err(Error::VersionMoved {
                path: format!("{env}:{path}"),
                wanted,
                current,
            });
        }
        let meta = self.meta_for(path, new, live.map(|version| &version.meta))?;
        let mut written = Written {
            env: env.clone(),
            path: path.clone(),
            version: current,
            kind: meta.kind.clone(),
            unchanged: false,
            expiry_cleared: live.is_some_and(|v| v.meta.expires != 0 && meta.expires == 0),
        };
        if let (Some(entry), Some(live)) = (entry.as_ref(), live) {
            let same = says_the_same(&live.meta, &meta)
                && equal(self.value(entry, live)?.expose(), new.value.expose());
            if same {
                written.unchanged = true;
                return Ok(written);
            }
        }
        written.version = self.append(index, path, &meta, new.value, entry.as_ref(), random)?;
        Ok(written)
    }

    /// Whether the slot may write where a path lies, before anybody is asked
    /// for a value.
    ///
    /// # Errors
    /// An unknown environment, no right.
    pub fn check_write(&self, env: &EnvName, path: &SecretPath) -> Result<(), Error> {
        self.check_may_seal(self.resolve(env, path)?)
    }

    /// Only who may seal a scope may stage changes in it.
    pub(super) fn check_may_seal(&self, index: usize) -> Result<(), Error> {
        self.access(index)?;
        if self.may_seal(index) {
            return Ok(());
        }
        let scope = self
            .locked
            .doc
            .head
            .scopes
            .get(index)
            .map_or(String::new(), |s| s.title());
        let label = self.slot()?.label;
        Err(Error::NotPermitted(format!(
            "the slot \"{label}\" may not write to {scope}"
        )))
    }

    /// The metadata of a new version.
    pub(super) fn meta_for(
        &self,
        path: &SecretPath,
        new: &NewValue<'_>,
        kept: Option<&Meta>,
    ) -> Result<Meta, Error> {
        let guessed = || {
            let text = std::str::from_utf8(new.value.expose());
            if text.is_ok_and(|text| !text.contains('\0')) {
                "text"
            } else {
                "binary"
            }
            .to_owned()
        };
        let kind = match (&new.kind, kept.map(|meta| meta.kind.as_str())) {
            (Some(kind), _) => kind.clone(),
            // Text that is text no more is binary; every other type is kept.
            (None, None | Some("text")) => guessed(),
            (None, Some(kind)) => kind.to_owned(),
        };
        let text = |new: &Option<String>, kept: Option<&String>| {
            new.clone().or_else(|| kept.cloned()).unwrap_or_default()
        };
        let tags = new
            .tags
            .clone()
            .or_else(|| kept.map(|meta| meta.tags.clone()));
        let meta = Meta {
            path: path.clone(),
            created: self.now,
            by: self.slot()?.id,
            kind,
            state: State::Live,
            expires: new.expires,
            len: new.value.len() as u64,
            tags: tags.unwrap_or_default(),
            note: text(&new.note, kept.map(|meta| &meta.note)),
            owner: text(&new.owner, kept.map(|meta| &meta.owner)),
            why: new.why.clone(),
            every: new.every.or(kept.map(|meta| meta.every)).unwrap_or(0),
            rotation: None,
            x: verb_extension(new.verb),
        };
        meta.check()?;
        Ok(meta)
    }

    /// Seals a version behind all others and drops the ones beyond `keep`; a
    /// pending one pushes none out.
    pub(super) fn append(
        &mut self,
        index: usize,
        path: &SecretPath,
        meta: &Meta,
        value: &SecretValue,
        entry: Option<&Entry>,
        random: &mut dyn Random,
    ) -> Result<u64, Error> {
        let last = entry
            .and_then(|entry| entry.versions.last())
            .map_or(0, |v| v.version);
        let version = last + 1;
        if version > crate::name::MAX_VERSION {
            return integrity("a secret has no version number left");
        }
        let dropped = match meta.state {
            State::Pending => Vec::new(),
            _ => self.beyond_keep(entry, meta),
        };
        let rid = self.put(index, path, version, meta, value, random)?;
        let draft = self.draft_scope(index)?;
        dropped
            .into_iter()
            .for_each(|version| draft.remove(rid, version));
        Ok(version)
    }

    /// Seals a version under its number, in the place of the line that has it.
    pub(super) fn put(
        &mut self,
        index: usize,
        path: &SecretPath,
        version: u64,
        meta: &Meta,
        value: &SecretValue,
        random: &mut dyn Random,
    ) -> Result<RecordId, Error> {
        let (rid, key) = self.record_key(index, path)?;
        let line = self.seal_line(index, (&rid, &key), version, meta, value, random)?;
        self.draft_scope(index)?.insert(rid, version, line);
        Ok(rid)
    }

    /// The line of a version, metadata and value sealed under fresh nonces.
    pub(super) fn seal_line(
        &self,
        index: usize,
        record: (&RecordId, &RecordKey),
        version: u64,
        meta: &Meta,
        value: &SecretValue,
        random: &mut dyn Random,
    ) -> Result<Line, Error> {
        self.bound(index)?
            .seal(record, version, meta, value, random)
    }

    /// The versions that one more makes superfluous: all but the last `keep`
    /// and those that a rotation, be it the new one's, keeps readable until an
    /// instant to come.
    fn beyond_keep(&self, entry: Option<&Entry>, new: &Meta) -> Vec<u64> {
        let keep = usize::try_from(self.policy().keep).unwrap_or(usize::MAX);
        let Some(entry) = entry else {
            return Vec::new();
        };
        let kept_before = keep.saturating_sub(1);
        // A pending version is not counted: it goes with its rotation.
        let counted = || {
            let versions = entry.versions.iter();
            versions.filter(|version| version.meta.state != State::Pending)
        };
        let superfluous = counted().count().saturating_sub(kept_before);
        let oldest = counted().take(superfluous).map(|version| version.version);
        // A version in its grace time stays, and so does the one that says so.
        let in_grace = |version: &u64| {
            let runs = |meta: &Meta, own: bool| {
                meta.rotation.as_ref().is_some_and(|rotation| {
                    (own || rotation.from == *version) && self.now < rotation.until
                })
            };
            let mut kept = entry.versions.iter();
            runs(new, false) || kept.any(|kept| runs(&kept.meta, kept.version == *version))
        };
        oldest.filter(|version| !in_grace(version)).collect()
    }
}

/// Whether two versions differ in nothing but when, by whom and why they were made.
pub(super) fn says_the_same(old: &Meta, new: &Meta) -> bool {
    old.kind == new.kind
        && old.expires == new.expires
        && old.tags == new.tags
        && old.note == new.note
        && old.owner == new.owner
        && old.every == new.every
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, altered, env, open, path, sample, stage};
    use super::super::{Depth, Guard};
    use super::*;
    use crate::crypto::SystemRandom;

    #[test]
    fn where_one_version_is_kept_a_rotation_keeps_the_one_before_through_its_grace_time() {
        let bytes = altered(&sample().bytes(), |vault| {
            vault.locked.doc.head.policy.keep = 1;
        });
        let mut vault = open(&bytes, &Guard::default(), Depth::Whole).unwrap();
        stage(&mut vault, "dev", "first");
        let numbers = |vault: &Vault| -> Vec<u64> {
            let entry = vault.find(&env("dev"), &path("A")).unwrap().unwrap();
            entry.versions.iter().map(|kept| kept.version).collect()
        };
        let rotate = |vault: &mut Vault, text: &str, grace| {
            let value = SecretValue::copy_from(text.as_bytes());
            let new = NewValue {
                value: &value,
                kind: None,
                tags: None,
                note: None,
                owner: None,
                expires: 0,
                every: None,
                why: String::new(),
                verb: "rotate",
                if_version: None,
            };
            let done = vault.rotate(&env("dev"), &path("A"), &new, grace, &mut SystemRandom);
            done.unwrap();
        };
        rotate(&mut vault, "second", Some(60));
        assert_eq!(numbers(&vault), [1, 2]);
        vault.now = NOW + 60;
        rotate(&mut vault, "third", Some(0));
        assert_eq!(numbers(&vault), [3]);
    }
}

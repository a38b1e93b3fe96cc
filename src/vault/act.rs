//! New versions that are made out of kept ones.

use super::Error;
use super::entry::Entry;
use super::format::Extra;
use super::meta::{Meta, verb_extension};
use super::open::Vault;
use super::write::Written;
use crate::name::{EnvName, SecretPath};

/// What a new version says of how it came to be.
pub struct Act<'a> {
    /// The verb that writes.
    pub verb: &'static str,
    /// Why (`--reason`).
    pub why: &'a str,
}

impl Vault {
    /// The metadata of a live version that an act makes out of `old`: what is
    /// said of the value is kept, with the time at which the value was set.
    /// A rotation belongs to the version that it made and is not kept.
    pub(super) fn meta_by(&self, act: &Act<'_>, old: &Meta) -> Result<Meta, Error> {
        let mut x = verb_extension(act.verb);
        if old.value_time() != self.now {
            x.insert("vt", Extra::Number(old.value_time()));
        }
        let meta = Meta {
            created: self.now,
            by: self.slot()?.id,
            why: act.why.to_owned(),
            rotation: None,
            x,
            ..old.clone()
        };
        meta.check()?;
        Ok(meta)
    }

    /// The secret and the scope in which a change of it is to be staged.
    ///
    /// # Errors
    /// An unknown environment, no right to write there, no record of that path.
    pub(super) fn find_to_change(
        &self,
        env: &EnvName,
        path: &SecretPath,
    ) -> Result<(usize, Entry), Error> {
        let index = self.resolve(env, path)?;
        self.check_may_seal(index)?;
        let entry = self.find(env, path)?;
        let entry = entry.ok_or_else(|| Error::no_version(env, path, None))?;
        Ok((index, entry))
    }
}

impl Written {
    /// A version of a secret that was written.
    pub(super) fn new(entry: &Entry, version: u64, meta: &Meta) -> Self {
        Written {
            env: entry.env.clone(),
            path: entry.path.clone(),
            version,
            kind: meta.kind.clone(),
            unchanged: false,
            expiry_cleared: false,
        }
    }
}

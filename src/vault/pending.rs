//! A rotation in two steps: its new value waits as a pending version until
//! whatever uses it has taken it over (`secrets-vault(5)`, Versions).

use super::Error;
use super::entry::{Entry, VersionEntry};
use super::meta::{Meta, State};
use super::open::Vault;
use super::rotate::Rotated;
use super::write::{NewValue, Written};
use crate::crypto::Random;
use crate::name::{EnvName, SecretPath};

impl Vault {
    /// As [`Vault::rotate`], but the new version is pending: the old one stays
    /// the current one, until [`Vault::promote`] or [`Vault::withdraw`].
    ///
    /// # Errors
    /// Those of [`Vault::rotate`].
    pub fn rotate_pending(
        &mut self,
        env: &EnvName,
        path: &SecretPath,
        new: &NewValue<'_>,
        grace: Option<u64>,
        random: &mut dyn Random,
    ) -> Result<Rotated, Error> {
        self.replace_value((env, path), new, State::Pending, grace, random)
    }

    /// Stages the live version that a pending one becomes: the same value and
    /// the same rotation, one number up. The pending line goes.
    ///
    /// # Errors
    /// [`Error::Overtaken`] if the secret is no longer at the version that was
    /// to be replaced, or the pending version is gone; no right to write.
    pub fn promote(
        &mut self,
        rotated: &Rotated,
        random: &mut dyn Random,
    ) -> Result<Written, Error> {
        let (env, path) = (&rotated.written.env, &rotated.written.path);
        let (index, entry) = self.find_to_change(env, path)?;
        let overtaken = || Error::Overtaken(format!("{env}:{path}"));
        let live = entry.live().filter(|live| live.version == rotated.from);
        let live = live.ok_or_else(overtaken)?;
        let pending = pending_of(&entry, rotated).ok_or_else(overtaken)?;
        let meta = Meta {
            state: State::Live,
            created: self.now,
            by: self.slot()?.id,
            ..pending.meta.clone()
        };
        let value = self.value(&entry, pending)?;
        let version = self.append(index, path, &meta, &value, Some(&entry), random)?;
        self.drop_pending(&entry)?;
        Ok(Written {
            expiry_cleared: live.meta.expires != 0 && meta.expires == 0,
            ..Written::new(&entry, version, &meta)
        })
    }

    /// Stages the end of a rotation that failed: its pending version goes, and
    /// whatever else became of the secret stays. Whether it was there still.
    ///
    /// # Errors
    /// No right to write, or whatever does not verify.
    pub fn withdraw(&mut self, rotated: &Rotated) -> Result<bool, Error> {
        let (env, path) = (&rotated.written.env, &rotated.written.path);
        let (index, entry) = self.find_to_change(env, path)?;
        let Some(pending) = pending_of(&entry, rotated) else {
            return Ok(false);
        };
        let number = pending.version;
        self.draft_scope(index)?.remove(entry.rid, number);
        Ok(true)
    }

    /// Drops the pending lines that a secret had.
    ///
    /// No destroyed line takes their place: it would be the highest, hence the
    /// current one, and hide the secret.
    pub(super) fn drop_pending(&mut self, entry: &Entry) -> Result<(), Error> {
        let is_pending = |version: &&VersionEntry| version.meta.state == State::Pending;
        for version in entry.versions.iter().filter(is_pending) {
            self.draft_scope(entry.scope)?
                .remove(entry.rid, version.version);
        }
        Ok(())
    }
}

/// The pending version of this very rotation.
fn pending_of<'a>(entry: &'a Entry, rotated: &Rotated) -> Option<&'a VersionEntry> {
    let kept = entry.version(rotated.written.version)?;
    let rotation = kept.meta.rotation.as_ref()?;
    (kept.meta.state == State::Pending && rotation.id == rotated.id).then_some(kept)
}

#[cfg(test)]
mod tests;

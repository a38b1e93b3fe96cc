//! How a value compares with the one that is there, without showing either.

use super::error::Error;
use super::open::Vault;
use crate::crypto::equal;
use crate::name::{EnvName, SecretPath};
use crate::order;
use crate::secret::SecretValue;

/// What storing a value would do. The number is that of the current version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Another value is there.
    Changed(u64),
    /// No live secret is there.
    New,
    /// That very value is there.
    Same(u64),
}

impl Vault {
    /// Compares a value with the current one in constant time.
    ///
    /// # Errors
    /// An unknown environment, or whatever does not verify.
    pub fn likeness(
        &self,
        env: &EnvName,
        path: &SecretPath,
        value: &SecretValue,
    ) -> Result<Likeness, Error> {
        let entry = self.find(env, path)?;
        let Some((entry, live)) = entry.as_ref().and_then(|e| Some((e, e.live()?))) else {
            return Ok(Likeness::New);
        };
        let same = equal(self.value(entry, live)?.expose(), value.expose());
        Ok(if same {
            Likeness::Same(live.version)
        } else {
            Likeness::Changed(live.version)
        })
    }

    /// The positions of secrets in the order in which their records lie in
    /// the file. In this order many are looked for without reading a page twice.
    ///
    /// # Errors
    /// An unknown environment, no key for a secret.
    pub fn order<'a>(
        &self,
        secrets: impl Iterator<Item = (&'a EnvName, &'a SecretPath)>,
    ) -> Result<Vec<usize>, Error> {
        let mut places = Vec::new();
        for (at, (env, path)) in secrets.enumerate() {
            let index = self.resolve(env, path)?;
            let (rid, _) = self.record_key(index, path)?;
            places.push((index, rid, at));
        }
        order::sort(&mut places);
        Ok(places.into_iter().map(|(.., at)| at).collect())
    }
}

//! Reading all records of an environment.

use super::Error;
use super::entry::{Entry, Extent};
use super::grant::Access;
use super::open::Vault;
use super::read::Room;
use crate::name::EnvName;
use crate::order;

impl Vault {
    /// Every secret of an environment that the slot may read, by path, with
    /// its versions as far as is asked.
    ///
    /// # Errors
    /// An unknown environment, no key for any part of it, or whatever does
    /// not verify.
    pub fn entries_to(&self, env: &EnvName, extent: Extent) -> Result<Vec<Entry>, Error> {
        let scopes = &self.locked.doc.head.scopes;
        let own = scopes
            .iter()
            .enumerate()
            .filter(|(_, scope)| scope.env == *env);
        let own: Vec<usize> = own.map(|(index, _)| index).collect();
        if own.is_empty() {
            return Err(Error::UnknownEnvironment(env.to_string()));
        }
        if !own
            .iter()
            .any(|index| self.capabilities.contains_key(index))
        {
            return Err(self.no_key(env.as_str()));
        }
        let mut entries = Vec::new();
        for index in own
            .into_iter()
            .filter(|index| self.capabilities.contains_key(index))
        {
            self.scope_entries(env, index, extent, &mut entries)?;
        }
        order::sort_by(&mut entries, |a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// Every secret of an environment with all its kept versions.
    ///
    /// # Errors
    /// As [`Vault::entries_to`].
    pub fn entries(&self, env: &EnvName) -> Result<Vec<Entry>, Error> {
        self.entries_to(env, Extent::Kept)
    }

    /// Every secret of one scope, behind those that are there.
    pub(super) fn scope_entries(
        &self,
        env: &EnvName,
        index: usize,
        extent: Extent,
        entries: &mut Vec<Entry>,
    ) -> Result<(), Error> {
        self.each_entry(env, index, extent, &mut |entry| {
            entries.push(entry);
            Ok(())
        })
    }

    /// Hands over every secret of one scope, one at a time.
    pub(super) fn each_entry(
        &self,
        env: &EnvName,
        index: usize,
        extent: Extent,
        each: &mut dyn FnMut(Entry) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let key = match self.access(index)? {
            Access::Scope(key, _) => key,
            Access::Names(names) => {
                for name in names {
                    if self.resolve(env, &name.path)? == index {
                        self.find_to(env, &name.path, extent)?
                            .map_or(Ok(()), &mut *each)?;
                    }
                }
                return Ok(());
            }
        };
        self.verify_seal(index)?;
        let (mut read, size) = (0, self.locked.scope(index)?.seal.records_len);
        let (vault, scope, epoch) = self.scope_context(index)?;
        let names = key.name_index(vault, scope, epoch);
        let mut keys = key.record_keys(vault, scope, epoch);
        let mut room = Room::new(self.bound(index)?);
        self.locked.pages(index, |lines, bytes| {
            read += bytes;
            self.locked.tell("reading", read, size);
            for lines in lines.chunk_by(|a, b| a.rid == b.rid) {
                let Some(rid) = lines.first().map(|line| line.rid) else {
                    continue;
                };
                let key = keys.of(&rid.0);
                let versions = self.open_lines(index, &key, lines, extent, &mut room)?;
                let Some(path) = versions.first().map(|version| version.meta.path.clone()) else {
                    continue;
                };
                // A record lies where its own path says, under the id its path has.
                let same = versions.iter().all(|version| version.meta.path == path);
                let own = names.record_id(path.as_str().as_bytes()) == rid.0;
                if !same || !own || self.resolve(env, &path)? != index {
                    return self.misplaced(index);
                }
                each(Entry {
                    env: env.clone(),
                    path,
                    versions,
                    scope: index,
                    rid,
                })?;
            }
            Ok(())
        })
    }

    /// Opens every record of an environment and drops it again; how many
    /// secrets there are.
    ///
    /// # Errors
    /// As [`Vault::entries`], or a value that cannot be opened.
    pub fn check_records(&self, env: &EnvName) -> Result<usize, Error> {
        let entries = self.entries(env)?;
        for entry in &entries {
            for version in &entry.versions {
                self.value(entry, version)?;
            }
        }
        Ok(entries
            .iter()
            .filter(|entry| entry.live().is_some())
            .count())
    }
}

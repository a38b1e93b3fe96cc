//! Reading all records of an environment.

use super::Error;
use super::entry::Entry;
use super::format::RecordLine;
use super::grant::Access;
use super::open::Vault;
use super::records::record_lines;
use crate::crypto::RecordKey;
use crate::name::EnvName;

impl Vault {
    /// Every secret of an environment that the slot may read, by path.
    ///
    /// # Errors
    /// An unknown environment, no key for any part of it, or whatever does
    /// not verify.
    pub fn entries(&self, env: &EnvName) -> Result<Vec<Entry>, Error> {
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
            self.scope_entries(env, index, &mut entries)?;
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// Every secret of one scope, behind those that are there.
    pub(super) fn scope_entries(
        &self,
        env: &EnvName,
        index: usize,
        entries: &mut Vec<Entry>,
    ) -> Result<(), Error> {
        self.each_entry(env, index, &mut |entry| {
            entries.push(entry);
            Ok(())
        })
    }

    /// Hands over every secret of one scope, one at a time.
    pub(super) fn each_entry(
        &self,
        env: &EnvName,
        index: usize,
        each: &mut dyn FnMut(Entry) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if let Access::Names(names) = self.access(index)? {
            for name in names {
                if self.resolve(env, &name.path)? == index {
                    self.find(env, &name.path)?.map_or(Ok(()), &mut *each)?;
                }
            }
            return Ok(());
        }
        self.verify_seal(index)?;
        let (mut read, size) = (0, self.locked.scope(index)?.seal.records_len);
        self.locked.pages(index, |_, raw| {
            read += raw.len() as u64;
            self.locked.tell("reading", read, size);
            let mut open: Option<(Entry, RecordKey)> = None;
            for line in record_lines(&raw) {
                let line = line?;
                match open.as_mut().filter(|(entry, _)| entry.rid == line.rid) {
                    Some((entry, key)) => {
                        let version = self.open_meta(index, key, line)?;
                        if version.meta.path != entry.path {
                            return self.misplaced(index);
                        }
                        entry.versions.push(version);
                    }
                    None => {
                        open.take().map_or(Ok(()), |(entry, _)| each(entry))?;
                        open = Some(self.begin_entry(env, index, line)?);
                    }
                }
            }
            open.map_or(Ok(()), |(entry, _)| each(entry))
        })
    }

    /// An entry from its first line, whose metadata tells the path.
    fn begin_entry(
        &self,
        env: &EnvName,
        index: usize,
        line: RecordLine<'_>,
    ) -> Result<(Entry, RecordKey), Error> {
        let rid = line.rid;
        let Access::Scope(key, _) = self.access(index)? else {
            return self.misplaced(index);
        };
        let (vault, scope, epoch) = self.scope_context(index)?;
        let key = key.record_key(vault, scope, epoch, &rid.0);
        let first = self.open_meta(index, &key, line)?;
        let path = first.meta.path.clone();
        let entry = Entry {
            env: env.clone(),
            path,
            versions: vec![first],
            scope: index,
            rid,
        };
        self.check_place(index, &entry)?;
        Ok((entry, key))
    }

    /// A record lies where its own path says, under the id its path has.
    fn check_place(&self, index: usize, entry: &Entry) -> Result<(), Error> {
        let resolved = self.resolve(&entry.env, &entry.path)?;
        let Access::Scope(key, _) = self.access(index)? else {
            return self.misplaced(index);
        };
        let (vault, scope, epoch) = self.scope_context(index)?;
        let rid = key
            .name_index(vault, scope, epoch)
            .record_id(entry.path.as_str().as_bytes());
        if resolved != index || rid != entry.rid.0 {
            self.misplaced(index)
        } else {
            Ok(())
        }
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

//! Environments that come and go (`secrets-vault(5)`, OPERATIONS).

use super::Error;
use super::draft::ScopeDraft;
use super::enrol::NewScope;
use super::grant::Access;
use super::id::SlotId;
use super::open::Vault;
use super::rights::Rights;
use crate::crypto::Random;
use crate::name::EnvName;
use crate::order;
use std::collections::BTreeSet;

impl Vault {
    /// Stages a new environment. Slots that may write everywhere may write
    /// there too. The head's number rises above every one that was seen here.
    ///
    /// # Errors
    /// [`Error::EnvironmentExists`], [`Error::NotPermitted`] for other slots
    /// than an admin's, a bound of the format.
    pub fn create_environment(
        &mut self,
        env: &EnvName,
        random: &mut dyn Random,
    ) -> Result<(), Error> {
        if self.locked.doc.head.environments().contains(&env) {
            return Err(Error::EnvironmentExists(env.to_string()));
        }
        if self.locked.doc.head.scopes.len() >= super::MAX_SCOPES {
            return Err(Error::Limit {
                limit: "1000 scopes",
                line: 0,
            });
        }
        let root = self.begin_admin_change()?;
        let vault = self.locked.doc.vault;
        let scope = NewScope::draw(env, random)?;
        let mut entry = scope.entry(&vault, &root, Vec::new(), random)?;
        let stored = self.stored;
        let scopes = self.locked.doc.head.scopes.iter();
        let epochs: Vec<u64> = scopes.map(|scope| scope.epoch).collect();
        let mut gained = Vec::new();
        self.regrant(&root, random, |id, mut rights| {
            if !writes_everywhere(&rights, &epochs) {
                return Ok(None);
            }
            gained.push(*id);
            rights.insert(stored, scope.capability()?);
            Ok(Some(rights.into_values().collect()))
        })?;
        order::sort_by_key(&mut gained, SlotId::text);
        entry.writers = gained;
        self.raise_head(root)?;
        self.locked.doc.head.scopes.push(entry);
        self.capabilities.insert(stored, scope.capability()?);
        self.draft.stage(stored, ScopeDraft::default());
        Ok(())
    }

    /// Stages the end of an environment: its scopes leave the head, the file
    /// and every grant. Older copies of the file still have it.
    ///
    /// # Errors
    /// [`Error::UnknownEnvironment`], [`Error::LastEnvironment`],
    /// [`Error::NotPermitted`] for other slots than an admin's.
    pub fn remove_environment(
        &mut self,
        env: &EnvName,
        random: &mut dyn Random,
    ) -> Result<(), Error> {
        let environments = self.locked.doc.head.environments();
        if !environments.contains(&env) {
            return Err(Error::UnknownEnvironment(env.to_string()));
        }
        if environments.len() == 1 {
            return Err(Error::LastEnvironment(env.to_string()));
        }
        let root = self.begin_admin_change()?;
        let scopes = self.locked.doc.head.scopes.iter().enumerate();
        let own = scopes.filter(|(_, scope)| scope.env == *env);
        let own: BTreeSet<usize> = order::set(own.map(|(index, _)| index));
        self.regrant(&root, random, |_, mut rights| {
            let before = rights.len();
            rights.retain(|index, _| !own.contains(index));
            Ok((rights.len() < before).then(|| rights.into_values().collect()))
        })?;
        self.capabilities.retain(|index, _| !own.contains(index));
        self.draft.removed = own;
        self.raise_head(root)
    }
}

/// Whether rights hold a current key for writing in every scope.
fn writes_everywhere(rights: &Rights, epochs: &[u64]) -> bool {
    let writes = |(index, epoch): (usize, &u64)| {
        rights.get(&index).is_some_and(|right| {
            right.epoch == *epoch && matches!(right.access, Access::Scope(_, true))
        })
    };
    !epochs.is_empty() && epochs.iter().enumerate().all(writes)
}

#[cfg(test)]
mod tests;

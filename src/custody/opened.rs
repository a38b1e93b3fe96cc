//! An open vault: which environment, which folder, which secret is meant.

use super::guard::Acquaintance;
use super::place;
use super::session::Held;
use crate::config::{self, Choice, ChoiceError, Settings};
use crate::context::Context;
use crate::failure::Failure;
use crate::name::{Address, EnvName, FolderPath, SecretPath};
use crate::store::Location;
use crate::vault::{self, EnvironmentAccess, SlotSecret, Vault};

/// An open vault, and how it came to be open.
pub struct Open {
    /// The vault.
    pub vault: Vault,
    /// Where it lies.
    pub location: Location,
    /// The settings of its project.
    pub project: Settings,
    /// Its environments, and what may be done in them.
    pub environments: Vec<EnvironmentAccess>,
    /// What opened it.
    pub credential: Origin,
    /// What this machine knew of it.
    pub known: Acquaintance,
    /// Kept so that nobody is asked twice when the file is read again.
    pub(super) secret: SlotSecret,
    /// The session that opened it.
    pub(super) session: Option<Held>,
}

/// Where a credential came from, and what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `token`, `key`, `passphrase` or `session`.
    pub kind: &'static str,
    /// As a person calls it: `SECRETS_KEY_FILE`, `prompt`.
    pub from: String,
}

impl Open {
    /// The environment that is meant where an address names none.
    ///
    /// # Errors
    /// An unknown environment, or a branch map and no branch.
    pub fn environment(&self, ctx: &Context) -> Result<Choice, Failure> {
        let existing: Vec<EnvName> = self
            .environments
            .iter()
            .map(|env| env.name.clone())
            .collect();
        let mut readable = self
            .environments
            .iter()
            .filter(|env| env.readable)
            .map(|env| &env.name);
        let only = match (readable.next(), readable.next()) {
            (Some(only), None) if !self.vault.slot()?.admin => Some(only),
            _ => None,
        };
        // Git is asked only where the settings say what a branch means.
        let head = match self.project.branches.is_empty() {
            true => None,
            false => place::branch(ctx, &self.location)?,
        };
        Ok(config::choose_environment(&config::Inputs {
            flag: ctx.globals.env.as_deref(),
            variable: ctx.snapshot.text("SECRETS_ENV")?,
            token: only,
            head: head.as_deref(),
            ci_branch: ctx.snapshot.branch(),
            project: &self.project,
            user: &ctx.user,
            existing: &existing,
        })?)
    }

    /// The folder where relative names begin: the last `-p`, else the setting.
    pub fn folder(&self, ctx: &Context) -> FolderPath {
        let given = ctx.folders.last().or(self.project.path.as_ref());
        given.cloned().unwrap_or_default()
    }

    /// Environment and path of an address.
    ///
    /// # Errors
    /// An unknown environment, a path that is too long.
    pub fn resolve(
        &self,
        ctx: &Context,
        address: &Address,
        text: &str,
    ) -> Result<(EnvName, SecretPath), Failure> {
        let path = address
            .path(&self.folder(ctx))
            .map_err(|error| Failure::bad_name("address", text, error))?;
        let env = self.environment_of(ctx, address.env.as_ref(), text)?;
        Ok((env, path))
    }

    /// The environment that an operand means: the one it names, which must not
    /// be another one than `-e` names, else the one that is meant anyway.
    pub(super) fn environment_of(
        &self,
        ctx: &Context,
        env: Option<&EnvName>,
        text: &str,
    ) -> Result<EnvName, Failure> {
        Ok(match env {
            Some(env) => {
                let named = self.named_environment(env)?;
                let flag = ctx
                    .globals
                    .env
                    .is_some()
                    .then(|| self.environment(ctx))
                    .transpose()?;
                if let Some(flag) = flag.filter(|flag| flag.env != named) {
                    let flag = flag.env;
                    return Err(Failure::usage(format!(
                        "\"{text}\" and -e {flag} name two environments"
                    )));
                }
                named
            }
            None => self.environment(ctx)?.env,
        })
    }

    /// The environment of this vault that a name means.
    ///
    /// # Errors
    /// An unknown environment.
    pub fn named_environment(&self, name: &EnvName) -> Result<EnvName, Failure> {
        let existing: Vec<EnvName> = self
            .environments
            .iter()
            .map(|env| env.name.clone())
            .collect();
        match name.resolve(existing.iter()) {
            Some(env) => Ok(env.clone()),
            None => {
                Err(ChoiceError::unknown(name.as_str(), config::Source::Address, &existing).into())
            }
        }
    }

    /// An error about a slot that a command names: one that is not there is
    /// not found, and no credential that does not fit.
    pub fn blame_slot(&self, error: vault::Error) -> Failure {
        let vault::Error::UnknownSlot(label) = &error else {
            return self.blame(error);
        };
        let labels: Vec<String> = self.vault.slots().map(|slot| slot.label).collect();
        let failure = Failure::not_found(error.to_string());
        let labels = labels.iter().map(String::as_str);
        self.blame(failure.hint_similar("label", label, labels))
    }

    /// Adds the vault's path to a failure.
    pub fn blame(&self, failure: impl Into<Failure>) -> Failure {
        failure
            .into()
            .in_vault(self.location.shown.display().to_string())
    }
}

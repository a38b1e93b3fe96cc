//! The only places where plaintext is opened and a vault is changed.
//!
//! [`open`] finds, verifies and unlocks; [`reveal`] hands out values;
//! [`change`] locks, reads again, edits, seals and replaces. A prompt is never
//! shown while a lock is held.

mod absence;
mod credential;
mod opener;
mod place;
mod prompt;
mod selected;
mod selection;
mod target;

pub use absence::missing;
pub use credential::given;
pub use opener::{Opener, iterations, label, new_opener};
pub use place::{
    check_output, credential_takes_stdin, is_committable, location, project_settings, request,
    warn_of_surroundings,
};

pub use selected::{Selected, Selection};
pub use selection::Selector;
pub use target::Target;

use crate::config::{self, Choice, ChoiceError, Given, Settings};
use crate::context::Context;
use crate::crypto::{Random, SystemRandom};
use crate::failure::Failure;
use crate::name::{Address, EnvName, FolderPath, SecretPath};
use crate::secret::SecretValue;
use crate::store::{self, Location};
use crate::vault::{Depth, Entry, EnvironmentAccess, LockedVault, SlotSecret, Vault, VersionEntry};

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
    /// What opened it, as a person calls it: `SECRETS_KEY_FILE`, `the prompt`.
    pub credential: String,
    /// Kept so that nobody is asked twice when the file is read again.
    secret: SlotSecret,
}

/// One version of one secret that is to be shown.
pub struct Wanted<'a> {
    /// The secret.
    pub entry: &'a Entry,
    /// The version.
    pub version: &'a VersionEntry,
}

/// Finds the vault, obtains a credential and opens it.
///
/// # Errors
/// No vault, no credential or a wrong one, or whatever does not verify.
pub fn open(ctx: &Context, depth: Depth) -> Result<Open, Failure> {
    let open = open_if(ctx, depth, true)?;
    open.ok_or_else(|| Failure::locked("nothing opens the vault"))
}

/// Opens the vault if that can be done without asking anybody.
///
/// # Errors
/// As [`open`].
pub fn open_unasked(ctx: &Context) -> Result<Option<Open>, Failure> {
    open_if(ctx, Depth::Reader, false)
}

fn open_if(ctx: &Context, depth: Depth, ask: bool) -> Result<Option<Open>, Failure> {
    // Guards that nobody keeps yet must not look as if somebody did.
    for guard in ["SECRETS_ADMIN", "SECRETS_EXPECT"] {
        if !matches!(ctx.snapshot.credential(guard), Given::Unset) {
            return Err(Failure::not_in_this_version(guard));
        }
    }
    let location = location(ctx)?;
    let shown = location.shown.display().to_string();
    open_at(ctx, location, depth, ask).map_err(|failure| failure.in_vault(shown))
}

fn open_at(
    ctx: &Context,
    location: Location,
    depth: Depth,
    ask: bool,
) -> Result<Option<Open>, Failure> {
    let project = project_settings(ctx, &location)?;
    let source = credential::source(ctx)?;
    let opened = store::open(&ctx.files, &location)?;
    let locked = LockedVault::read(Box::new(opened))?;
    let Some((secret, credential)) = credential::unwrap(ctx, &locked, source, ask)? else {
        return Ok(None);
    };
    let vault = locked.unlock(&secret, ctx.clock.now()?.seconds(), depth)?;
    let environments = vault.environments();
    Ok(Some(Open {
        vault,
        location,
        project,
        credential,
        environments,
        secret,
    }))
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
        let head = place::branch(ctx, &self.location)?;
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
        let env = match &address.env {
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
        };
        Ok((env, path))
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

    /// Adds the vault's path to a failure.
    pub fn blame(&self, failure: impl Into<Failure>) -> Failure {
        failure
            .into()
            .in_vault(self.location.shown.display().to_string())
    }
}

/// Opens values. Every path to plaintext for a person or a program is this one.
///
/// # Errors
/// Whatever does not verify.
pub fn reveal(open: &Open, wanted: &[Wanted<'_>]) -> Result<Vec<SecretValue>, Failure> {
    let value = |one: &Wanted<'_>| open.vault.value(one.entry, one.version);
    wanted
        .iter()
        .map(value)
        .collect::<Result<_, _>>()
        .map_err(|error| open.blame(error))
}

/// Changes the vault: takes the lock, reads and verifies the whole file again,
/// lets `edit` stage changes, seals, verifies and replaces it.
///
/// Nothing is written if `edit` staged nothing or failed.
///
/// # Errors
/// Whatever `edit` says, a lock that is not to be had, a file that does not
/// verify or was changed by somebody without the lock, or the disk.
pub fn change<T>(
    ctx: &Context,
    open: Open,
    edit: impl FnOnce(&mut Vault, &mut dyn Random) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Open {
        vault,
        location,
        secret,
        ..
    } = open;
    drop(vault);
    let shown = location.shown.display().to_string();
    change_at(ctx, &location, &secret, edit).map_err(|failure| failure.in_vault(shown))
}

fn change_at<T>(
    ctx: &Context,
    location: &Location,
    secret: &SlotSecret,
    edit: impl FnOnce(&mut Vault, &mut dyn Random) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut locked = store::lock(&ctx.files, location)?;
    let file = LockedVault::read(Box::new(locked.read()?))?;
    let mut vault = file.unlock(secret, ctx.clock.now()?.seconds(), Depth::Whole)?;
    let done = edit(&mut vault, &mut SystemRandom)?;
    if vault.is_unchanged() {
        return Ok(done);
    }
    let bytes = vault.seal(None)?.bytes;
    let warnings = locked.prepare(&bytes)?.commit()?;
    // Talk may block; nobody else should wait for it.
    drop(locked);
    for warning in warnings {
        ctx.terminal.warn(&warning.to_string());
    }
    Ok(done)
}

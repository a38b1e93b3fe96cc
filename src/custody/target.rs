//! Which secrets an operand means: a name, a folder, a glob.

use super::{Open, missing};
use crate::context::Context;
use crate::failure::{Failure, quoted};
use crate::name::{Address, EnvName, FolderPath, Pattern, Version};
use crate::vault::{Absence, Entry, Extent};

/// The secrets that are meant.
pub enum Target {
    /// Everything below the folders of `-p`.
    All,
    /// Everything below a folder, in a named environment perhaps. Without a
    /// leading `/` it lies below `-p`.
    Folder(Option<EnvName>, FolderPath, bool),
    /// Names or paths that match.
    Glob(Option<EnvName>, Pattern),
    /// One secret.
    Name(Box<Address>, String),
}

impl Target {
    /// Reads an operand: one of `*?[` makes a glob (so does `is_glob`), a
    /// trailing `/` a folder, everything else is an address.
    ///
    /// # Errors
    /// Names and patterns that are none, a version.
    pub fn parse(text: Option<&str>, is_glob: bool) -> Result<Self, Failure> {
        let Some(text) = text else {
            return Ok(Target::All);
        };
        let (env, rest) = match text.split_once(':') {
            Some((env, rest)) if !env.contains('/') => {
                let env = EnvName::parse(env);
                let env = env.map_err(|error| Failure::bad_name("address", text, error))?;
                (Some(env), rest)
            }
            _ => (None, text),
        };
        if is_glob || Pattern::is_glob(rest) {
            let pattern = Pattern::parse(rest);
            let pattern = pattern.map_err(|error| Failure::bad_name("pattern", text, error))?;
            return Ok(Target::Glob(env, pattern));
        }
        if rest.ends_with('/') {
            let folder = FolderPath::parse(rest);
            let folder = folder.map_err(|error| Failure::bad_name("folder", text, error))?;
            return Ok(Target::Folder(env, folder, rest.starts_with('/')));
        }
        let address = Address::parse(text);
        let address = address.map_err(|error| Failure::bad_name("address", text, error))?;
        match address.version {
            Version::Current => Ok(Target::Name(Box::new(address), text.to_owned())),
            _ => Err(version_given(text)),
        }
    }

    /// The secrets, by environment in the order of the head, then by path;
    /// `everywhere` takes every environment that can be read. Those of a folder
    /// or a glob are opened to this extent.
    ///
    /// # Errors
    /// A name that is not there, and whatever the vault says.
    pub fn select(
        &self,
        ctx: &Context,
        open: &Open,
        everywhere: bool,
        extent: Extent,
    ) -> Result<Vec<Entry>, Failure> {
        if let Target::Name(address, text) = self {
            return named(ctx, open, everywhere, address, text);
        }
        let bases = match ctx.folders.as_slice() {
            [] => vec![open.folder(ctx)],
            folders => folders.to_vec(),
        };
        let folders = match self {
            Target::Folder(_, folder, true) => vec![folder.clone()],
            Target::Folder(_, folder, false) => {
                let below = |base: &FolderPath| base.below(folder);
                let folders: Result<Vec<_>, _> = bases.iter().map(below).collect();
                folders.map_err(|error| Failure::bad_name("folder", folder.as_str(), error))?
            }
            _ => bases,
        };
        let meant = |entry: &Entry| {
            let inside = folders.iter().any(|folder| folder.contains(&entry.path));
            match self {
                Target::Glob(_, pattern) => inside && pattern.matches(&entry.path),
                _ => inside,
            }
        };
        let mut entries = Vec::new();
        for env in self.environments(ctx, open, everywhere)? {
            let all = open
                .vault
                .entries_to(&env, extent)
                .map_err(|error| open.blame(error))?;
            entries.extend(all.into_iter().filter(meant));
        }
        Ok(entries)
    }

    fn environments(
        &self,
        ctx: &Context,
        open: &Open,
        everywhere: bool,
    ) -> Result<Vec<EnvName>, Failure> {
        if everywhere {
            let readable = open.environments.iter().filter(|env| env.readable);
            return Ok(readable.map(|env| env.name.clone()).collect());
        }
        match self {
            Target::Folder(Some(env), ..) | Target::Glob(Some(env), _) => {
                Ok(vec![open.environment_of(
                    ctx,
                    Some(env),
                    &format!("{env}:"),
                )?])
            }
            _ => Ok(vec![open.environment(ctx)?.env]),
        }
    }
}

/// One secret by its address, or the same path in every environment.
fn named(
    ctx: &Context,
    open: &Open,
    everywhere: bool,
    address: &Address,
    text: &str,
) -> Result<Vec<Entry>, Failure> {
    let (env, path) = open.resolve(ctx, address, text)?;
    let environments = match everywhere {
        true => Target::All.environments(ctx, open, true)?,
        false => vec![env.clone()],
    };
    let mut entries = Vec::new();
    for env in &environments {
        let entry = open.vault.find(env, &path);
        entries.extend(entry.map_err(|error| open.blame(error))?);
    }
    let (live, hidden): (Vec<_>, Vec<_>) = entries
        .into_iter()
        .partition(|entry| entry.live().is_some());
    let hidden = hidden.first().map(|entry| (entry, Absence::Deleted));
    match live.is_empty() {
        true => Err(missing(open, &env, &path, Version::Current, hidden)),
        false => Ok(live),
    }
}

/// A version where the whole secret is meant.
pub(super) fn version_given(text: &str) -> Failure {
    Failure::usage(format!(
        "{} names a version; what is meant here is the secret as a whole",
        quoted(text)
    ))
}

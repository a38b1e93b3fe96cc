//! One of the two operands: a secret or a folder.

use crate::context::Context;
use crate::custody::{self, Folder, Open, Wanted};
use crate::failure::{Failure, quoted};
use crate::name::{Address, EnvName, Version};
use crate::secret::SecretValue;
use crate::summary;
use crate::vault::Entry;
use std::collections::BTreeMap;

/// What an operand means.
pub(super) enum Side {
    Folder(Folder),
    Secret(Box<Address>, String),
}

/// A version of a secret that is compared.
pub(super) struct Secret {
    pub entry: Entry,
    pub version: u64,
    /// Its value, once it is to be shown.
    pub value: Option<SecretValue>,
}

/// The secrets of a side, by what pairs them with those of the other.
pub(super) struct Found {
    /// How the side is called.
    pub title: String,
    pub secrets: BTreeMap<String, Secret>,
}

impl Secret {
    /// What custody takes.
    pub fn wanted(&self) -> Option<Wanted<'_>> {
        let version = self.entry.version(self.version)?;
        Some(Wanted {
            entry: &self.entry,
            version,
        })
    }

    /// Its address with the version.
    pub fn address(&self) -> String {
        format!("{}@{}", summary::address(&self.entry), self.version)
    }

    pub fn is_expired(&self, now: u64) -> bool {
        let version = self.entry.version(self.version);
        version.is_some_and(|version| version.meta.is_expired(now))
    }
}

impl Side {
    /// Reads an operand.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        if let Some(folder) = Folder::parse(text)? {
            return Ok(Side::Folder(folder));
        }
        let address = Address::parse(text);
        let address = address.map_err(|error| Failure::bad_name("address", text, error))?;
        Ok(Side::Secret(Box::new(address), text.to_owned()))
    }

    pub fn is_folder(&self) -> bool {
        matches!(self, Side::Folder(_))
    }

    /// Finds what it means; `other` is for a hint only.
    pub fn read(&self, ctx: &Context, open: &Open, other: &Side) -> Result<Found, Failure> {
        match self {
            Side::Folder(folder) => all(ctx, open, folder),
            Side::Secret(address, text) => {
                let found = one(ctx, open, address, text);
                let environments = (self.environment(open), other.environment(open));
                found.map_err(|failure| match environments {
                    (Some(own), Some(other)) => {
                        failure.hint(format!("two environments: secrets diff {own}: {other}:"))
                    }
                    _ => failure,
                })
            }
        }
    }

    /// The environment that has the name which stands for a secret.
    fn environment(&self, open: &Open) -> Option<EnvName> {
        match self {
            Side::Secret(_, text) => {
                let mut environments = open.environments.iter();
                let found = environments.find(|env| env.name.as_str() == text);
                found.map(|env| env.name.clone())
            }
            Side::Folder(_) => None,
        }
    }
}

/// One secret. Whether it has expired does not matter for being the same.
fn one(ctx: &Context, open: &Open, address: &Address, text: &str) -> Result<Found, Failure> {
    let (env, path) = open.resolve(ctx, address, text)?;
    let version = address.version;
    let entry = open.vault.find(&env, &path);
    let entry = entry.map_err(|error| open.blame(error))?;
    let absent = |found| custody::missing(open, &env, &path, version, found);
    let entry = entry.ok_or_else(|| absent(None))?;
    let chosen = entry.select(version, open.vault.now(), true);
    let version = chosen
        .map(|chosen| chosen.version)
        .map_err(|absence| absent(Some((&entry, absence))))?;
    let secret = Secret {
        entry,
        version,
        value: None,
    };
    let title = secret.address();
    let mut secrets = BTreeMap::new();
    secrets.insert(String::new(), secret);
    Ok(Found { title, secrets })
}

/// All live secrets in a folder and below it.
///
/// # Errors
/// A part of it that cannot be read: what lies there would seem to be missing.
fn all(ctx: &Context, open: &Open, folder: &Folder) -> Result<Found, Failure> {
    let (env, folder) = folder.resolve(ctx, open)?;
    let entries = open.vault.entries(&env);
    let entries = entries.map_err(|error| open.blame(error))?;
    if let Some(scope) = open.vault.hidden_in(&env, &folder, true) {
        let message = format!(
            "the slot cannot read {scope}, which belongs to {}",
            quoted(&folder.to_string())
        );
        return Err(open.blame(Failure::denied(message)));
    }
    let mut secrets = BTreeMap::new();
    for entry in entries {
        let path = folder.relative(&entry.path).map(str::to_owned);
        let version = entry.select(Version::Current, open.vault.now(), true);
        let version = version.map(|version| version.version);
        if let (Some(path), Ok(version)) = (path, version) {
            let secret = Secret {
                entry,
                version,
                value: None,
            };
            secrets.insert(path, secret);
        }
    }
    let title = match folder.as_str() {
        "" => format!("{env}:/"),
        folder => format!("{env}:/{folder}/"),
    };
    Ok(Found { title, secrets })
}

//! What the settings files say.

use std::collections::BTreeMap;

use super::document::{Document, Entry};
use super::rules::{self, Check, Rotation, Target};
use super::{Agents, Color, Error, Problem};
use crate::crypto::{Hash, Iterations, sha256};
use crate::name::{Address, EnvName, FolderPath, Pattern, VarName};
use crate::time::Span;

/// Keys of `.vault/config.toml`.
const PROJECT_KEYS: [&str; 6] = [
    "branches",
    "check",
    "environment",
    "path",
    "rotation",
    "run",
];
/// Keys of the user's file.
const USER_KEYS: [&str; 7] = [
    "agents",
    "color",
    "environment",
    "iterations",
    "key_command",
    "session",
    "vaults",
];
/// What decides about safety, wherever it stands in a project's file.
const NEVER_FROM_PROJECT: [&str; 5] = ["allow_env", "audit", "log", "mask", "slot"];
const RUN_KEYS: [&str; 5] = ["except", "map", "only", "prefix", "recursive"];
const SESSION_KEYS: [&str; 2] = ["for", "idle"];
const VAULT_KEYS: [&str; 2] = ["key_command", "slot"];

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `.vault/config.toml`, which anybody may have written.
    Project,
    /// `<config dir>/secrets/config.toml`, which is the user's own.
    User,
}

/// Which environment belongs to a git branch.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The environment.
    pub env: EnvName,
    /// The branch, or a glob whose `*` does not cross `/`.
    pub name: String,
    /// The glob, where it is one.
    pub pattern: Option<Pattern>,
}

/// `[run]`.
#[derive(Debug, Clone, Default)]
pub struct RunSettings {
    /// Secrets to leave out.
    pub except: Vec<Pattern>,
    /// Variables and the secrets that they carry besides.
    pub map: Vec<(VarName, Address)>,
    /// The only secrets to take.
    pub only: Vec<Pattern>,
    /// What stands in front of every variable.
    pub prefix: Option<String>,
    /// Whether folders below count.
    pub recursive: Option<bool>,
}

/// `session`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Session {
    /// How long an unlock lasts at most.
    pub length: Option<Span>,
    /// How long it lasts without use.
    pub idle: Option<Span>,
}

/// `[vaults."<vault id>"]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VaultSettings {
    /// The command that prints the key: program and arguments.
    pub key_command: Option<Vec<String>>,
    /// The label of the slot to open.
    pub slot: Option<String>,
}

/// What one settings file says; what it does not say is empty.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What coding agents may do (user).
    pub agents: Option<Agents>,
    /// Environments of branches, in the order of the file (project).
    pub branches: Vec<Branch>,
    /// What `check` asks for (project).
    pub checks: Vec<(Target, Check)>,
    /// When output is coloured (user).
    pub color: Option<Color>,
    /// The environment where nothing else says one (both).
    pub environment: Option<EnvName>,
    /// The SHA-256 of the file's content, where there is a file.
    pub hash: Option<Hash>,
    /// PBKDF2 iterations of a new passphrase, within the bounds of [`Iterations`] (user).
    pub iterations: Option<u32>,
    /// The command that prints a key, for any vault (user).
    pub key_command: Option<Vec<String>>,
    /// The folder where nothing else says one (project).
    pub path: Option<FolderPath>,
    /// How secrets are rotated (project).
    pub rotations: Vec<(Target, Rotation)>,
    /// What `run` selects (project).
    pub run: RunSettings,
    /// How long an unlock lasts (user).
    pub session: Session,
    /// Settings of single vaults, by their id in 32 hex digits (user).
    pub vaults: BTreeMap<String, VaultSettings>,
}

impl Settings {
    /// Reads a settings file whose content is `text`; `path` is what messages
    /// call it. Every value is checked; the commands in it are not run.
    ///
    /// # Errors
    /// [`Error::Setting`] with the line.
    pub fn parse(text: &str, path: &str, kind: Kind) -> Result<Self, Error> {
        let mut settings = Settings {
            hash: Some(sha256(text.as_bytes())),
            ..Settings::default()
        };
        Document { path, text }.read(|entry| match kind {
            Kind::Project => settings.take_project(&entry),
            Kind::User => settings.take_user(&entry),
        })?;
        Ok(settings)
    }

    fn take_project(&mut self, entry: &Entry<'_, '_>) -> Result<(), Error> {
        match entry.name {
            "branches" => self.branches = branches(entry)?,
            "check" => self.checks = rules::checks(entry)?,
            "environment" => self.environment = Some(entry.parsed(EnvName::parse)?),
            "path" => self.path = Some(entry.parsed(FolderPath::parse)?),
            "rotation" => self.rotations = rules::rotations(entry)?,
            "run" => self.run = run(entry)?,
            _ => return Err(unknown_in_project(entry, &PROJECT_KEYS)),
        }
        Ok(())
    }

    fn take_user(&mut self, entry: &Entry<'_, '_>) -> Result<(), Error> {
        match entry.name {
            "agents" => {
                let agents = Agents::parse(entry.text()?);
                self.agents = Some(one_of(entry, agents, Agents::EXPECTED)?);
            }
            "color" => {
                let color = Color::parse(entry.text()?);
                self.color = Some(one_of(entry, color, Color::EXPECTED)?);
            }
            "environment" => self.environment = Some(entry.parsed(EnvName::parse)?),
            "iterations" => {
                let (least, most) = (Iterations::MIN, Iterations::MAX);
                self.iterations = Some(entry.number(least, most)?);
            }
            "key_command" => self.key_command = Some(entry.argv()?),
            "session" => self.session = session(entry)?,
            "vaults" => self.vaults = vaults(entry)?,
            name if PROJECT_KEYS.contains(&name) => {
                return Err(entry.bad_key(Problem::OnlyInProject { key: entry.key() }));
            }
            _ => return Err(entry.unknown(&USER_KEYS)),
        }
        Ok(())
    }
}

/// A key that a project's file does not have, or must not have.
fn unknown_in_project(entry: &Entry<'_, '_>, known: &[&'static str]) -> Error {
    if NEVER_FROM_PROJECT.contains(&entry.name) || USER_KEYS.contains(&entry.name) {
        entry.bad_key(Problem::NeverFromProject { key: entry.key() })
    } else {
        entry.unknown(known)
    }
}

fn one_of<T>(entry: &Entry<'_, '_>, found: Option<T>, expected: &str) -> Result<T, Error> {
    found.ok_or_else(|| entry.bad_value(format_args!("it must be {expected}")))
}

fn branches(section: &Entry<'_, '_>) -> Result<Vec<Branch>, Error> {
    let mut branches = Vec::new();
    section.table(|entry| {
        let name = entry.name;
        let pattern = match Pattern::is_glob(name) {
            true => Some(Pattern::parse(name).map_err(|error| entry.bad_name(error))?),
            false if name.is_empty() => return Err(entry.bad_name("a branch has a name")),
            false => None,
        };
        branches.push(Branch {
            env: entry.parsed(EnvName::parse)?,
            name: name.to_owned(),
            pattern,
        });
        Ok(())
    })?;
    Ok(branches)
}

fn run(section: &Entry<'_, '_>) -> Result<RunSettings, Error> {
    let mut run = RunSettings::default();
    let patterns = |entry: &Entry<'_, '_>| {
        entry.list("an array of names or globs", |item| {
            item.parsed(Pattern::parse)
        })
    };
    section.table(|entry| {
        match entry.name {
            "except" => run.except = patterns(&entry)?,
            "map" => entry.table(|item| {
                let variable = VarName::parse(item.name).map_err(|e| item.bad_name(e))?;
                run.map.push((variable, item.parsed(Address::parse)?));
                Ok(())
            })?,
            "only" => run.only = patterns(&entry)?,
            "prefix" => {
                let prefix = entry.text()?;
                if !prefix.is_empty() {
                    entry.parsed(VarName::parse)?;
                }
                run.prefix = Some(prefix.to_owned());
            }
            "recursive" => run.recursive = Some(entry.flag()?),
            _ => return Err(unknown_in_project(&entry, &RUN_KEYS)),
        }
        Ok(())
    })?;
    Ok(run)
}

fn session(section: &Entry<'_, '_>) -> Result<Session, Error> {
    let mut session = Session::default();
    section.table(|entry| {
        match entry.name {
            "for" => session.length = Some(entry.positive_span()?),
            "idle" => session.idle = Some(entry.positive_span()?),
            _ => return Err(entry.unknown(&SESSION_KEYS)),
        }
        Ok(())
    })?;
    Ok(session)
}

fn vaults(section: &Entry<'_, '_>) -> Result<BTreeMap<String, VaultSettings>, Error> {
    let mut vaults = BTreeMap::new();
    section.table(|vault| {
        let id = vault.name;
        let hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if id.len() != 32 || !id.bytes().all(hex) {
            return Err(vault.bad_name("a vault's id is 32 digits of 0-9 and a-f"));
        }
        let mut settings = VaultSettings::default();
        vault.table(|entry| {
            match entry.name {
                "key_command" => settings.key_command = Some(entry.argv()?),
                "slot" => settings.slot = Some(label(&entry)?),
                _ => return Err(entry.unknown(&VAULT_KEYS)),
            }
            Ok(())
        })?;
        vaults.insert(id.to_owned(), settings);
        Ok(())
    })?;
    Ok(vaults)
}

/// A slot's label, by the rule of the vault format.
fn label(entry: &Entry<'_, '_>) -> Result<String, Error> {
    let label = entry.text()?;
    let goes_on = |b: u8| b.is_ascii_alphanumeric() || b"._@+-".contains(&b);
    let starts = label.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts && label.len() <= 64 && label.bytes().all(goes_on) {
        Ok(label.to_owned())
    } else {
        Err(entry.bad_value(
            "a label is 1 to 64 of A-Z a-z 0-9 . _ @ + - and begins with a letter or a digit",
        ))
    }
}

#[cfg(test)]
mod tests;

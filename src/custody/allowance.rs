//! The commands of a project's settings, and whether they may run.
//!
//! A repository that was cloned is somebody else's word. What it wants to
//! start is shown to a person once; after that it runs as long as not a byte
//! of its settings changes, on this machine, at this path. What the commands
//! themselves do is not looked at: a script of the project changes with it.

use super::{guard, location, project_settings};
use crate::config::Settings;
use crate::context::Context;
use crate::crypto::Hash;
use crate::failure::Failure;
use crate::file::Walk;
use crate::store::Location;
use std::path::PathBuf;

/// Name of a project's settings beside its vault.
const SETTINGS: &str = "config.toml";

/// What a project's settings want to run.
pub struct Allowance {
    /// The file, links of its directory resolved.
    pub path: PathBuf,
    /// The SHA-256 of what was read.
    pub hash: Hash,
    /// The keys and their commands, each a program and its arguments.
    pub commands: Vec<(String, Vec<String>)>,
    /// What was allowed here before.
    before: Option<Hash>,
}

/// What the settings of the vault in use want to run; `None` without settings.
///
/// # Errors
/// No vault, settings that are wrong, a record that is damaged.
pub fn allowance(ctx: &Context) -> Result<Option<Allowance>, Failure> {
    let location = location(ctx)?;
    let project = project_settings(ctx, &location)?;
    of(ctx, &location, &project)
}

/// Whether the commands of settings may run: those very settings were allowed
/// here. They are held to the bytes that they were read from, so a file that
/// changes meanwhile changes nothing.
///
/// # Errors
/// A record that is damaged.
pub fn allowed(ctx: &Context, location: &Location, project: &Settings) -> Result<bool, Failure> {
    let allowance = of(ctx, location, project)?;
    Ok(allowance.is_some_and(|allowance| allowance.is_allowed()))
}

/// As [`allowance`], of settings that were read already.
pub(super) fn of(
    ctx: &Context,
    at: &Location,
    project: &Settings,
) -> Result<Option<Allowance>, Failure> {
    let Some(hash) = project.hash else {
        return Ok(None);
    };
    let directory = ctx.files.directory(at.directory(), Walk::Read)?;
    let path = directory.path().join(SETTINGS);
    let before = match guard::machine(ctx) {
        Some(machine) => machine.allowed(&path)?,
        None => None,
    };
    let hooks = project.rotations.iter().filter_map(|(target, rule)| {
        let key = format!("rotation.\"{}\".hook", target.text);
        Some((key, rule.hook.clone()?))
    });
    Ok(Some(Allowance {
        path,
        hash,
        commands: hooks.collect(),
        before,
    }))
}

impl Allowance {
    /// Whether these settings were allowed here.
    pub fn is_allowed(&self) -> bool {
        self.before == Some(self.hash)
    }

    /// Whether others were.
    pub fn has_changed(&self) -> bool {
        self.before.is_some_and(|before| before != self.hash)
    }

    /// Allows what was shown, not what the file holds by now.
    ///
    /// # Errors
    /// No place for the record, or it cannot be written.
    pub fn accept(&self, ctx: &Context) -> Result<(), Failure> {
        let Some(machine) = guard::machine(ctx) else {
            return Err(
                Failure::io("there is no place to remember it: HOME is not set")
                    .hint("set SECRETS_STATE_DIR to a directory that can be written"),
            );
        };
        Ok(machine.allow(&self.path, &self.hash)?)
    }
}

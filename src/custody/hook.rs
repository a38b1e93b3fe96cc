//! The hook of a rotation: a command of the project that takes the new value over.

use super::{Open, allowance};
use crate::context::Context;
use crate::failure::{Failure, Kind, quoted};
use crate::file::cause_text;
use crate::process::{Environment, Rules, feed};
use crate::secret::SecretValue;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// The variable of a hook that says which secret is rotated: `development:/A`.
const ADDRESS: &str = "SECRETS_ADDRESS";
/// The one that says which version is pending: `5`.
const VERSION: &str = "SECRETS_VERSION";

/// A hook that may run.
pub struct Hook {
    /// Program and arguments.
    pub argv: Vec<OsString>,
    /// The directory that the project's settings are for.
    directory: PathBuf,
}

/// The hook of a rotation, if the settings that name it were allowed as they
/// were read.
///
/// # Errors
/// They were not allowed (denied), or a record that is damaged.
pub fn hook(ctx: &Context, open: &Open, argv: &[String], address: &str) -> Result<Hook, Failure> {
    let denied = |what: &str| {
        Failure::denied(format!(
            "the hook for the rotation of {} may not run: {what}",
            quoted(address)
        ))
        .hint("to see what it would run, and let it: secrets allow")
    };
    let Some(allowance) = allowance::of(ctx, &open.location, &open.project)? else {
        return Err(denied("it stands in no settings of a project"));
    };
    let settings = quoted(&allowance.path.display().to_string());
    if allowance.has_changed() {
        return Err(denied(&format!(
            "{settings} has changed since it was allowed"
        )));
    }
    if !allowance.is_allowed() {
        return Err(denied(&format!("{settings} was not allowed")));
    }
    let Some(directory) = allowance.path.ancestors().nth(2) else {
        return Err(denied("its settings lie in no project"));
    };
    Ok(Hook {
        argv: argv.iter().map(OsString::from).collect(),
        directory: directory.to_owned(),
    })
}

impl Hook {
    /// Its program, as the settings write it.
    pub fn program(&self) -> String {
        let word = self.argv.first();
        word.map_or(String::new(), |word| word.to_string_lossy().into_owned())
    }

    /// Runs it for a version that is pending, and waits for its end. No
    /// credential of ours is in its environment.
    ///
    /// # Errors
    /// It could not be started or did not end with status 0 (rotation).
    pub fn run(
        &self,
        ctx: &Context,
        address: &str,
        version: u64,
        value: &SecretValue,
    ) -> Result<(), Failure> {
        let failed = |what: &str| {
            let message = format!("the rotation of {} failed: {what}", quoted(address));
            Failure::new(Kind::Rotation, message)
        };
        // Of two variables of one name the first counts.
        let version = version.to_string();
        let ours = [(ADDRESS, address), (VERSION, &version)];
        let ours = ours.map(|(name, value)| (OsStr::new(name), OsStr::new(value)));
        let variables = ours.into_iter().chain(ctx.snapshot.pairs());
        let environment = Environment::build(variables, Vec::new(), &Rules::default());
        let Ok(environment) = environment else {
            return Err(failed("the environment of its hook cannot be built"));
        };
        let output = ctx.terminal.stderr_copy();
        let output = output.map_err(|error| failed(&cause_text(&error)))?;
        feed(&self.argv, &self.directory, &environment, value, output)
            .map_err(|error| failed(&error.to_string()))
    }
}

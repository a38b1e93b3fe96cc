//! What is not as it should be, and how to mend it.
//!
//! Everything is looked at that can be looked at with what is there: without
//! a credential the records stay closed, and that is said. Nobody is asked.

mod contents;
mod files;
mod log;
mod program;
mod project;
mod scratch;
mod slots;
mod vault;

use super::scratch::places;
use super::{location, project_settings};
use crate::context::Context;
use crate::failure::Failure;
use crate::file::Walk;
use crate::store::shell_word;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing, for programs.
    pub code: &'static str,
    /// The secret, slot or path that it is about.
    pub address: Option<String>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// A command that mends it, as a shell takes it.
    pub remedy: String,
    mend: Option<Mend>,
}

/// What can be mended without a question.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mend {
    /// Lines that are missing at the end of a file.
    Append(PathBuf, String),
    /// A file that nobody will miss.
    Remove(PathBuf),
    /// Permission bits that others should not have.
    Restrict(PathBuf, u32),
    /// A directory of secret files whose owner was killed.
    Sweep(PathBuf),
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Diagnosis {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What could not be looked at, and why.
    pub unseen: Vec<String>,
}

/// Looks at vault, log, files and project.
///
/// # Errors
/// No vault.
pub fn diagnose(ctx: &Context) -> Result<Diagnosis, Failure> {
    let location = location(ctx)?;
    let mut found = Diagnosis::default();
    let is_safe = files::check(ctx, &location, &mut found);
    let open = match (is_safe, project_settings(ctx, &location)) {
        (_, Err(failure)) => {
            let path = location.directory().join("config.toml");
            let remedy = format!("${{EDITOR:-vi}} {}", shell_word(&path));
            found.add("settings", Some(&path), failure.message.clone(), remedy);
            found.unseen("the vault was not opened: the settings beside it are wrong");
            None
        }
        (false, _) => {
            found.unseen("the vault was not opened: files are not safe to be used");
            None
        }
        (true, Ok(settings)) => {
            project::check_allowance(ctx, &location, &settings, &mut found);
            vault::check(ctx, &location, &mut found)
        }
    };
    if is_safe {
        slots::check(ctx, &location, &mut found);
        log::check(ctx, open.as_deref(), &mut found);
    }
    if let Some(open) = &open {
        contents::check(open, &mut found);
    }
    project::check(ctx, &location, &mut found);
    program::check(ctx, &mut found);
    scratch::check(ctx, &mut found);
    Ok(found)
}

impl Finding {
    /// A finding that only the user can mend.
    pub(super) fn new(
        code: &'static str,
        address: Option<String>,
        message: String,
        remedy: String,
    ) -> Self {
        Finding {
            code,
            address,
            message,
            remedy,
            mend: None,
        }
    }
}

impl Diagnosis {
    /// Mends what is safe to mend; a sentence for each thing that was.
    ///
    /// What cannot be mended stays a finding: look again afterwards.
    pub fn mend(&self, ctx: &Context) -> Vec<String> {
        let mends = self.findings.iter().filter_map(|one| one.mend.as_ref());
        mends.filter_map(|mend| mend.act(ctx).ok()).collect()
    }

    fn add(&mut self, code: &'static str, at: Option<&Path>, message: String, remedy: String) {
        let address = at.map(|path| path.display().to_string());
        self.findings
            .push(Finding::new(code, address, message, remedy));
    }

    fn add_mendable(&mut self, code: &'static str, message: String, remedy: String, mend: Mend) {
        self.findings.push(Finding {
            code,
            address: Some(mend.path().display().to_string()),
            message,
            remedy,
            mend: Some(mend),
        });
    }

    /// A failure as a finding, with the command that its hints name.
    fn blame(&mut self, code: &'static str, at: &Path, failure: Failure, otherwise: &str) {
        let remedy = failure.hints.iter().find_map(|hint| command(hint));
        let remedy = remedy.unwrap_or(otherwise).to_owned();
        self.add(code, Some(at), failure.message.clone(), remedy);
    }

    fn unseen(&mut self, what: impl Into<String>) {
        self.unseen.push(what.into());
    }
}

/// The command in a hint, as `to put it aside: mv a b`.
fn command(hint: &str) -> Option<&str> {
    let is_command = |text: &&str| {
        let word = text.split(' ').next().unwrap_or_default();
        ["chmod", "mv", "rm", "secrets"].contains(&word) && !text.contains('…')
    };
    let behind = hint.split_once(": ").map(|(_, behind)| behind);
    std::iter::once(hint).chain(behind).find(is_command)
}

impl Mend {
    fn path(&self) -> &Path {
        match self {
            Mend::Append(path, _)
            | Mend::Remove(path)
            | Mend::Restrict(path, _)
            | Mend::Sweep(path) => path,
        }
    }

    fn act(&self, ctx: &Context) -> Result<String, Failure> {
        let path = self.path();
        let shown = path.display();
        let name = path.file_name().unwrap_or(OsStr::new(""));
        let directory = || {
            let parent = path.parent().unwrap_or(Path::new(""));
            ctx.files.directory(parent, Walk::Write)
        };
        match self {
            Mend::Append(_, lines) => {
                directory()?.giving().append(name, lines.as_bytes())?;
                let lines = lines.trim().replace('\n', "\", \"");
                Ok(format!("added \"{lines}\" to \"{shown}\""))
            }
            Mend::Remove(_) => {
                directory()?.remove(name)?;
                Ok(format!("removed \"{shown}\""))
            }
            Mend::Restrict(_, bits) => {
                ctx.files.restrict(path, *bits)?;
                Ok(format!("closed \"{shown}\" to others"))
            }
            Mend::Sweep(_) => {
                places(ctx).sweep(|left| left == path)?;
                Ok(format!("removed \"{shown}\""))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_of_a_hint_is_what_can_be_pasted() {
        for (hint, expected) in [
            ("chmod 600 key", Some("chmod 600 key")),
            ("to put it aside: mv a a.old", Some("mv a a.old")),
            (
                "if you exchanged it on purpose: secrets trust",
                Some("secrets trust"),
            ),
            ("run it as the owner: sudo -u '#1' secrets …", None),
            ("it came from SECRETS_KEY", None),
            ("set XDG_DATA_HOME or HOME", None),
        ] {
            assert_eq!(command(hint), expected);
        }
    }
}

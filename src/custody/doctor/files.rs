//! Modes of files, and what lies beside the vault.

use super::{Diagnosis, Mend};
use crate::context::Context;
use crate::custody::credential::MAX_CREDENTIAL_BYTES;
use crate::custody::place::credential_files;
use crate::failure::Failure;
use crate::file::{self, Directory, Kind, Walk, descriptor_number};
use crate::secret::SecretValue;
use crate::store::{self, Location, shell_word};
use std::path::Path;

/// Greatest length of git's files beside the vault, in bytes.
const MAX_GIT_FILE_BYTES: u64 = 65_536;

/// Checks them; whether vault and credentials may be read as they are.
pub(super) fn check(ctx: &Context, location: &Location, found: &mut Diagnosis) -> bool {
    let before = found.findings.len();
    check_vault(ctx, location, found);
    check_credentials(ctx, found);
    let is_safe = found.findings.len() == before;
    if let Ok(directory) = ctx.files.directory(location.directory(), Walk::Read) {
        check_way(ctx, location, found);
        check_left_over(&directory, location, found);
        check_git_files(&directory, location, found);
    }
    is_safe
}

fn check_vault(ctx: &Context, location: &Location, found: &mut Diagnosis) {
    match store::open(&ctx.files, location) {
        Ok(_) => {}
        Err(error @ store::Error::Mode { .. }) => {
            let store::Error::Mode {
                in_work_tree, path, ..
            } = &error
            else {
                return;
            };
            let bits = if *in_work_tree { 0o002 } else { 0o077 };
            let mend = Mend::Restrict(path.clone(), bits);
            let failure = Failure::from(error);
            let remedy = failure.hints.first().cloned().unwrap_or_default();
            found.add_mendable("mode", failure.message.clone(), remedy, mend);
        }
        Err(error) => found.blame("vault", &location.shown, error.into(), "secrets verify"),
    }
}

/// A directory that everybody may write lets nobody write the vault safely.
fn check_way(ctx: &Context, location: &Location, found: &mut Diagnosis) {
    if let Err(error @ file::Error::WorldWritable { .. }) =
        ctx.files.directory(location.directory(), Walk::Write)
    {
        let file::Error::WorldWritable { path } = &error else {
            return;
        };
        let mend = Mend::Restrict(path.clone(), 0o002);
        let remedy = format!("chmod o-w {}", shell_word(path));
        found.add_mendable("mode", error.to_string(), remedy, mend);
    }
}

/// Key, token and passphrase files that flags and variables name.
fn check_credentials(ctx: &Context, found: &mut Diagnosis) {
    for path in credential_files(ctx) {
        let is_file = ctx.files.status(&path).ok().flatten();
        let is_file = is_file.is_some_and(|status| status.kind == Kind::File);
        if descriptor_number(&path).is_some() || !is_file {
            continue;
        }
        let read = ctx.files.read_private(&path, MAX_CREDENTIAL_BYTES);
        match read.map(SecretValue::new) {
            Ok(_) | Err(file::Error::TooLarge { .. }) => {}
            Err(error @ file::Error::Mode { .. }) => {
                let remedy = format!("chmod 600 {}", shell_word(&path));
                let mend = Mend::Restrict(ctx.working_directory.join(&path), 0o177);
                found.add_mendable("credential_mode", error.to_string(), remedy, mend);
            }
            Err(error) => {
                let failure = Failure::from(store::Error::File(error));
                let own = shell_word(&path);
                let copy =
                    format!("cp {own} {own}.copy && chmod 600 {own}.copy && mv {own}.copy {own}");
                found.add(
                    "credential_mode",
                    Some(&path),
                    failure.message.clone(),
                    copy,
                );
            }
        }
    }
}

/// Temporary files of writers that were killed. They hold ciphertext.
fn check_left_over(directory: &Directory, location: &Location, found: &mut Diagnosis) {
    for name in store::left_over(directory, location.path.file_name()) {
        let path = location.directory().join(name);
        let message = format!(
            "\"{}\" was left behind by a writer that was killed",
            path.display()
        );
        let remedy = format!("rm {}", shell_word(&path));
        found.add_mendable("left_over", message, remedy, Mend::Remove(path));
    }
}

/// Lines without which git changes line ends or commits lock files.
fn check_git_files(directory: &Directory, location: &Location, found: &mut Diagnosis) {
    if !store::in_work_tree(directory) {
        return;
    }
    for (name, lines) in store::git_files(location) {
        let path = location.directory().join(name);
        let text = match directory.open(name) {
            Ok(file) => file.read_all(MAX_GIT_FILE_BYTES).unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let text = String::from_utf8_lossy(&text);
        let missing: Vec<&str> = lines
            .lines()
            .filter(|line| !text.lines().any(|there| there.trim_end() == *line))
            .collect();
        if missing.is_empty() {
            continue;
        }
        let message = format!("\"{}\" lacks: {}", path.display(), missing.join(", "));
        let words: Vec<_> = missing
            .iter()
            .map(|line| shell_word(Path::new(line)))
            .collect();
        // A last line without its end would swallow the first new one.
        let is_open = !text.is_empty() && !text.ends_with('\n');
        let start = if is_open { "''" } else { "" };
        let words = [&[start.to_owned()], words.as_slice()].concat().join(" ");
        let remedy = format!("printf '%s\\n' {} >> {}", words.trim(), shell_word(&path));
        let lines = format!(
            "{}{}\n",
            if is_open { "\n" } else { "" },
            missing.join("\n")
        );
        found.add_mendable("git_files", message, remedy, Mend::Append(path, lines));
    }
}

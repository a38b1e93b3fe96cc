//! The project around the vault: plain files with values, and what git makes
//! of them and of the vault.

use super::Diagnosis;
use crate::config::Settings;
use crate::context::Context;
use crate::custody::allowance;
use crate::custody::tracked::{tracked, unignored, work_tree};
use crate::file::{Directory, Forms, Kind, Walk};
use crate::order;
use crate::store::{self, Location, shell_word};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Endings of files that show what a `.env` looks like, and hold no value.
const SPECIMENS: [&str; 4] = [".dist", ".example", ".sample", ".template"];
/// Greatest length of an ignore file that is looked at, in bytes.
const MAX_IGNORE_BYTES: u64 = 1 << 20;

/// Settings whose commands were allowed once and have changed.
pub(super) fn check_allowance(
    ctx: &Context,
    location: &Location,
    settings: &Settings,
    found: &mut Diagnosis,
) {
    match allowance::of(ctx, location, settings) {
        Ok(Some(one)) if one.has_changed() && !one.commands.is_empty() => {
            let message = "the settings have changed since their commands were allowed".to_owned();
            found.add(
                "allow",
                Some(&one.path),
                message,
                "secrets allow".to_owned(),
            );
        }
        Ok(_) => {}
        Err(failure) => found.blame("allow", &location.shown, failure, "secrets allow"),
    }
}

/// `.env` files in the project's directory, and whether git hides the vault.
pub(super) fn check(ctx: &Context, location: &Location, found: &mut Diagnosis) {
    let project = match location.is_in_vault_directory() {
        true => location.directory().parent().unwrap_or(Path::new("/")),
        false => &ctx.working_directory,
    };
    let (Ok(directory), Some(root)) = (
        ctx.files.directory(project, Walk::Read),
        work_tree(ctx, project),
    ) else {
        return;
    };
    let inside = directory.path().strip_prefix(root.path());
    let inside = inside.unwrap_or(Path::new("")).to_owned();
    let known = match tracked(ctx, &root) {
        Ok(known) => known,
        Err(failure) => {
            return found.unseen(format!("what git tracks and ignores: {}", failure.message));
        }
    };
    let is_tracked = |path: &Path| known.iter().any(|file| file == path);
    let plain = plain_files(&directory);
    let wanted: Vec<PathBuf> = plain.iter().map(|name| inside.join(name)).collect();
    let open = match unignored(ctx, &root, &wanted) {
        Ok(open) => open,
        Err(failure) => return found.unseen(format!("what git ignores: {}", failure.message)),
    };
    for (name, path) in plain.iter().zip(&wanted) {
        let shown = project.join(name);
        let ignore = ignoring(ctx, project, name);
        let is_hidden = matches!(store::ignored_by(&ctx.files, &at(&shown)), Ok(Some(_)));
        let what = format!("\"{}\" holds plain values", shown.display());
        if is_tracked(path) {
            let untrack = untracking(project, name, ctx);
            let remedy = match is_hidden {
                true => untrack,
                false => format!("{untrack} && {ignore}"),
            };
            found.add(
                "env_tracked",
                Some(&shown),
                format!("{what}, and git tracks it"),
                remedy,
            );
        } else if open.iter().any(|file| file == path) {
            let message = format!("{what}, and git does not ignore it");
            found.add("env_not_ignored", Some(&shown), message, ignore);
        }
    }
    let vault = ctx.files.directory(location.directory(), Walk::Read).ok();
    let vault = vault.zip(location.path.file_name());
    let vault = vault.map(|(directory, name)| directory.path().join(name));
    let vault = vault
        .as_deref()
        .and_then(|path| path.strip_prefix(root.path()).ok());
    if let Some(vault) = vault
        && !is_tracked(vault)
        && let Ok(Some(ignored)) = store::ignored_by(&ctx.files, location)
    {
        let file = shell_word(&ignored.file);
        let message = format!(
            "git ignores the vault: \"{}\" line {}: {}",
            ignored.file.display(),
            ignored.line,
            ignored.text
        );
        // Both kinds of sed take this form of -i.
        let remedy = format!("sed -i.bak {}d {file} && rm {file}.bak", ignored.line);
        found.add("vault_ignored", Some(&location.shown), message, remedy);
    }
}

fn at(path: &Path) -> Location {
    Location {
        path: path.to_owned(),
        shown: path.to_owned(),
        source: store::Source::Flag,
    }
}

/// The files of a directory that are `.env`, by their names.
fn plain_files(directory: &Directory) -> Vec<OsString> {
    let is_file = |name: &OsString| {
        let status = directory.stat(name).ok().flatten();
        status.is_some_and(|status| status.kind == Kind::File)
    };
    let mut names = directory.names().unwrap_or_default();
    names.retain(|name| is_plain(name) && is_file(name));
    order::sort(&mut names);
    names
}

/// `.env` and `.env.production`, but not `.env.example`.
fn is_plain(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    let is_specimen = SPECIMENS.iter().any(|end| name.ends_with(end));
    name == ".env" || name.starts_with(".env.") && !is_specimen
}

/// Adds a line to the project's `.gitignore`, whose last line may be open.
fn ignoring(ctx: &Context, project: &Path, name: &OsStr) -> String {
    let file = project.join(".gitignore");
    let text = ctx.files.read(&file, MAX_IGNORE_BYTES, Forms::Files);
    let is_open = text.is_ok_and(|text| text.last().is_some_and(|last| *last != b'\n'));
    let special = |c: char| "*?[]\\! ".contains(c);
    let mut line = String::new();
    for c in name.to_string_lossy().chars() {
        line.extend(special(c).then_some('\\').into_iter().chain([c]));
    }
    let (line, file) = (
        shell_word(Path::new(&line)),
        shell_word(&from_here(ctx, &file)),
    );
    match is_open {
        true => format!("printf '\\n%s\\n' {line} >> {file}"),
        false => format!("echo {line} >> {file}"),
    }
}

fn untracking(project: &Path, name: &OsStr, ctx: &Context) -> String {
    let name = shell_word(Path::new(name));
    match project == ctx.working_directory {
        true => format!("git rm -q --cached {name}"),
        false => format!("git -C {} rm -q --cached {name}", shell_word(project)),
    }
}

/// A path as short as it is from the working directory.
fn from_here(ctx: &Context, path: &Path) -> PathBuf {
    let short = path.strip_prefix(&ctx.working_directory);
    short.unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_plain_values_is_known_by_its_name() {
        for name in [
            ".env",
            ".env.local",
            ".env.production",
            ".env.example.local",
        ] {
            assert!(is_plain(OsStr::new(name)), "{name}");
        }
        for name in [
            ".env.example",
            ".env.sample",
            ".env.local.template",
            ".envrc",
            "env",
            "x.env",
        ] {
            assert!(!is_plain(OsStr::new(name)), "{name}");
        }
    }
}

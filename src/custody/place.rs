//! Which vault, which project, which branch.

use crate::config::{self, Settings};
use crate::context::{Context, settings};
use crate::failure::Failure;
use crate::file::{Forms, Walk};
use crate::store::{self, Location, Source};
use std::path::{Path, PathBuf};

/// Greatest length of the files of git that are read, in bytes.
const MAX_GIT_FILE_BYTES: u64 = 65_536;

/// What flags and environment say about the place of the vault.
pub fn request(ctx: &Context) -> store::Request {
    store::Request {
        environment: ctx.snapshot.get("SECRETS_VAULT").map(PathBuf::from),
        flag: ctx.globals.vault.clone(),
        global: ctx.globals.global,
        data_directory: ctx.directories.data.clone(),
        home: ctx.directories.home.clone(),
        working_directory: ctx.working_directory.clone(),
    }
}

/// The vault that is meant.
///
/// # Errors
/// There is none.
pub fn location(ctx: &Context) -> Result<Location, Failure> {
    Ok(store::locate(&ctx.files, &request(ctx))?)
}

/// The settings beside a project's vault. The user's vault has none, nor has
/// one in a directory of another name: nobody wrote settings for it.
///
/// # Errors
/// Settings that are wrong.
pub fn project_settings(ctx: &Context, location: &Location) -> Result<Settings, Failure> {
    if location.source == Source::Global || !location.is_in_vault_directory() {
        return Ok(Settings::default());
    }
    settings(
        &ctx.files,
        &location.directory().join("config.toml"),
        config::Kind::Project,
    )
}

/// The branch that git's HEAD names, in the work tree of the vault. Git itself
/// is not run.
///
/// # Errors
/// Files of git that cannot be read.
pub fn branch(ctx: &Context, location: &Location) -> Result<Option<String>, Failure> {
    let above = location.path.ancestors().skip(2);
    let Some(git) = above
        .map(|dir| dir.join(".git"))
        .find(|git| exists(ctx, git))
    else {
        return Ok(None);
    };
    let read = |path: &Path| ctx.files.read(path, MAX_GIT_FILE_BYTES, Forms::Files).ok();
    let head = match read(&git) {
        // A linked work tree: the file names the directory.
        Some(content) => config::parse_gitdir(&content).map(|dir| {
            let base = git.parent().unwrap_or(Path::new(""));
            base.join(dir).join("HEAD")
        }),
        None => Some(git.join("HEAD")),
    };
    let content = head.and_then(|head| read(&head));
    Ok(content.and_then(|content| config::parse_head(&content).map(str::to_owned)))
}

fn exists(ctx: &Context, path: &Path) -> bool {
    ctx.files.status(path).is_ok_and(|status| status.is_some())
}

/// Whether a file would be taken by `git add`: it lies in a work tree, and no
/// ignore file hides it.
pub fn is_committable(ctx: &Context, path: &Path) -> bool {
    let path = ctx.working_directory.join(path);
    let directory = path
        .parent()
        .map(|parent| ctx.files.directory(parent, Walk::Read));
    let inside = directory.is_some_and(|found| found.is_ok_and(|d| store::in_work_tree(&d)));
    let location = Location {
        shown: path.clone(),
        path,
        source: Source::Flag,
    };
    inside && matches!(store::ignored_by(&ctx.files, &location), Ok(None))
}

/// A vault above that this one hides, and an ignore file that hides this one.
pub fn warn_of_surroundings(ctx: &Context, request: &store::Request, location: &Location) {
    if location.source == Source::Project
        && let Ok(Some(above)) = store::vault_above(&ctx.files, request)
    {
        ctx.terminal.warn(&format!(
            "there is a vault above, \"{}\"; from here on the new one is used",
            above.display()
        ));
    }
    if let Ok(Some(ignored)) = store::ignored_by(&ctx.files, location) {
        ctx.terminal.warn(&format!(
            "git ignores the vault: \"{}\" line {}: {}",
            ignored.file.display(),
            ignored.line,
            ignored.text
        ));
    }
}

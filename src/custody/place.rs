//! Which vault, which project, which branch.

use crate::config::{self, Settings};
use crate::context::{Context, settings};
use crate::failure::Failure;
use crate::file::{Forms, Walk, descriptor_number};
use crate::process::unbroken;
use crate::secret::SecretValue;
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

/// The program, as it has to be called to reach a vault.
pub fn program(location: &Location) -> String {
    match location.source {
        Source::Flag => format!("secrets --vault {}", store::shell_word(&location.shown)),
        Source::Global => "secrets --global".to_owned(),
        Source::Environment | Source::Project => "secrets".to_owned(),
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

/// Refuses to write a value over the vault, over what lies beside it, over the
/// file that holds the credential, or, without `force`, where git would take it.
///
/// # Errors
/// A usage failure naming what lies there.
pub fn check_output(
    ctx: &Context,
    location: &Location,
    path: &Path,
    force: bool,
) -> Result<(), Failure> {
    let refuse = |what: &str| {
        let path = path.display();
        Err(Failure::usage(format!(
            "refusing to write a value to \"{path}\": {what}"
        )))
    };
    let status = |path: &Path| ctx.files.status(path).ok().flatten();
    let same = |a: &Path, b: &Path| {
        status(a)
            .zip(status(b))
            .is_some_and(|(a, b)| a.is_same_inode(&b))
    };
    let target = ctx.working_directory.join(path);
    let parent = target.parent().unwrap_or(Path::new("/"));
    if location.is_in_vault_directory() && same(parent, location.directory()) {
        return refuse("it lies in the directory of the vault");
    }
    if same(&target, &location.path) {
        return refuse("it is the vault");
    }
    match credential_files(ctx).iter().any(|file| same(&target, file)) {
        true => refuse("it holds what opens the vault"),
        false if !force && is_committable(ctx, path) => {
            refuse("git does not ignore it").map_err(|failure| failure.hint("--force"))
        }
        false => Ok(()),
    }
}

/// The files that flags and variables name as credentials.
pub(super) fn credential_files(ctx: &Context) -> Vec<PathBuf> {
    let flags = [&ctx.globals.key_file, &ctx.globals.passphrase_file];
    let variables = [
        "SECRETS_KEY_FILE",
        "SECRETS_PASSPHRASE_FILE",
        "SECRETS_TOKEN_FILE",
    ];
    let named = variables
        .into_iter()
        .filter_map(|name| ctx.snapshot.get(name));
    flags
        .into_iter()
        .flatten()
        .cloned()
        .chain(named.map(PathBuf::from))
        .collect()
}

/// Whether the credential is to be read from standard input, so that no value
/// can come from there.
pub fn credential_takes_stdin(ctx: &Context) -> bool {
    let named = credential_files(ctx);
    ctx.globals.passphrase_fd == Some(0)
        || named.iter().any(|path| descriptor_number(path) == Some(0))
}

/// Refuses to read credential and value from the same standard input.
///
/// # Errors
/// Usage, where the credential is to come from there.
pub fn check_input(ctx: &Context) -> Result<(), Failure> {
    match credential_takes_stdin(ctx) {
        true => Err(Failure::usage(
            "credential and value cannot both come from standard input",
        )),
        false => Ok(()),
    }
}

/// Writes a value to a file that [`check_output`] let pass: whole or not at
/// all, mode 0600, and no signal of the terminal comes in between.
///
/// # Errors
/// Those of writing.
pub fn write_output(ctx: &Context, path: &Path, value: &SecretValue) -> Result<(), Failure> {
    for warning in unbroken(|| ctx.files.write_output(path, value.expose()))? {
        ctx.terminal.warn(&warning.to_string());
    }
    Ok(())
}

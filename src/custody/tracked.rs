//! The files that git tracks, as git itself says.
//!
//! A repository that was cloned is somebody else's word: its configuration
//! may name programs. Git is asked one question that needs none of them, and
//! they are switched off besides.

use crate::context::Context;
use crate::failure::{Failure, quoted};
use crate::file::{Directory, Walk};
use crate::process::{CaptureError, Environment, Rules, capture_quietly};
use crate::store;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Greatest length of git's answer, in bytes (16 MiB): some 200,000 files.
const MAX_LIST_BYTES: usize = 16 << 20;

/// What keeps git from starting programs, asking or writing: the monitor of
/// files, hooks, a pager, transports of a partial clone, and a repository that
/// lies as files in a work tree.
const HARDENED: [&str; 7] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.untrackedCache=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
];

/// Variables with the same aim.
const VARIABLES: [(&str, &str); 4] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_PAGER", "cat"),
    ("GIT_TERMINAL_PROMPT", "0"),
];

/// The root of the git work tree that `from` lies in.
pub(super) fn work_tree(ctx: &Context, from: &Path) -> Option<Directory> {
    let directory = ctx.files.directory(from, Walk::Read).ok()?;
    store::work_tree_root(&directory)
}

/// The tracked files of a work tree, relative to its root, in git's order,
/// each once. Git is looked for in absolute directories of `PATH` alone and
/// run without a shell; variables that point it elsewhere are removed.
///
/// # Errors
/// There is no git (usage), or it gives no list.
pub(super) fn tracked(ctx: &Context, root: &Directory) -> Result<Vec<PathBuf>, Failure> {
    let mut files = listed(ctx, root, &["--cached".into()])?;
    // A file in conflict is listed once for each side.
    files.dedup();
    Ok(files)
}

/// Those of the files, relative to the root, that are neither tracked nor
/// ignored, by the user's own excludes too.
///
/// # Errors
/// As [`tracked`].
pub(super) fn unignored(
    ctx: &Context,
    root: &Directory,
    files: &[PathBuf],
) -> Result<Vec<PathBuf>, Failure> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let exactly = |file: &PathBuf| {
        let mut pattern = OsString::from(":(top,literal)");
        pattern.push(file);
        pattern
    };
    let mut words: Vec<OsString> = ["--others", "--exclude-standard", "--"]
        .map(Into::into)
        .into();
    words.extend(files.iter().map(exactly));
    listed(ctx, root, &words)
}

/// What `git ls-files` lists.
fn listed(ctx: &Context, root: &Directory, words: &[OsString]) -> Result<Vec<PathBuf>, Failure> {
    let mut argv: Vec<OsString> = vec!["git".into(), "--no-pager".into(), "-C".into()];
    argv.push(root.path().into());
    for setting in HARDENED {
        argv.extend(["-c".into(), setting.into()]);
    }
    argv.extend(["ls-files".into(), "-z".into()]);
    argv.extend_from_slice(words);
    let no_environment = |_| Failure::io("the environment of git cannot be built");
    let environment = Environment::build(environment(ctx), Vec::new(), &Rules::default());
    let environment = environment.map_err(no_environment)?;
    let output = capture_quietly(&argv, &environment, MAX_LIST_BYTES).map_err(|error| {
        let shown = root.path().display().to_string();
        match error {
            CaptureError::NotFound { .. } => {
                Failure::usage("there is no git in PATH, and git says which files are tracked")
            }
            error => {
                Failure::io(format!("git does not list {}: {error}", quoted(&shown))).hint(format!(
                    "to see why: git -C {} ls-files",
                    store::shell_word(root.path())
                ))
            }
        }
    })?;
    let names = output.expose().split(|byte| *byte == 0);
    let names = names.filter(|name| !name.is_empty());
    Ok(names
        .map(|name| PathBuf::from(OsStr::from_bytes(name)))
        .collect())
}

fn environment(ctx: &Context) -> impl Iterator<Item = (&OsStr, &OsStr)> {
    let own = |name: &OsStr| name.as_bytes().starts_with(b"GIT_");
    let kept = ctx.snapshot.pairs().filter(move |(name, _)| !own(name));
    kept.chain(VARIABLES.map(|(name, value)| (OsStr::new(name), OsStr::new(value))))
}

//! What git ignores, by gitignore(5); git itself is not run.

mod pattern;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::open::split;
use super::{Error, Files, Location};
use crate::file::{self, Directory, Forms, Walk};
use pattern::Pattern;

/// Greatest length of an ignore file that is read, in bytes.
const MAX_IGNORE_BYTES: u64 = 1024 * 1024;

/// The line that makes git ignore a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The ignore file.
    pub file: PathBuf,
    /// The line's number, from 1.
    pub line: usize,
    /// The line itself; foreign text, to be escaped.
    pub text: String,
}

/// Whether a directory lies in a git work tree: one above it, on the same file
/// system, holds `.git`.
pub fn in_work_tree(directory: &Directory) -> bool {
    work_tree(directory).is_some()
}

/// The root of the git work tree that a directory lies in.
pub fn work_tree_root(directory: &Directory) -> Option<Directory> {
    work_tree(directory)?.pop()
}

/// The directories from `directory` up to the root of its work tree.
///
/// A directory that cannot be looked into ends the search as if there were none.
fn work_tree(directory: &Directory) -> Option<Vec<Directory>> {
    let mut chain = vec![directory.clone()];
    loop {
        let here = chain.last()?;
        if here.stat(".git").ok()?.is_some() {
            return Some(chain);
        }
        let above = here.parent().ok()??;
        if above.status().device != here.status().device {
            return None;
        }
        chain.push(above);
    }
}

/// The line of which ignore file hides `location` from git, if one does.
///
/// It looks at `.gitignore` from the file's directory up to the work tree's
/// root and at `info/exclude`; not at the user's own excludes, nor whether git
/// tracks the file already.
///
/// # Errors
/// `File` when an ignore file cannot be read.
pub fn ignored_by(files: &Files, location: &Location) -> Result<Option<Ignored>, Error> {
    let (directory, name) = split(files, &location.path, Walk::Read)?;
    let Some(chain) = work_tree(&directory) else {
        return Ok(None);
    };
    let mut levels: Vec<(PathBuf, Vec<Pattern>)> = Vec::new();
    for directory in &chain {
        levels.push(patterns(directory, Path::new(".gitignore"))?);
    }
    let Some(root) = chain.last() else {
        return Ok(None);
    };
    levels.push(exclude(files, root)?);
    // The components from the root of the work tree down to the file.
    let mut components: Vec<OsString> = chain
        .iter()
        .rev()
        .skip(1)
        .map(|directory| {
            directory
                .path()
                .file_name()
                .unwrap_or_default()
                .to_os_string()
        })
        .collect();
    components.push(name);
    // A directory that is ignored hides what is in it, whatever is said there.
    for depth in 1..=components.len() {
        let path = components.get(..depth).unwrap_or_default();
        let is_directory = depth < components.len();
        if let Some(ignored) = decide(&levels, path, is_directory) {
            return Ok(Some(ignored));
        }
    }
    Ok(None)
}

/// The deciding line for one path, if it ignores it: the last that matches in
/// the nearest file that has one. `levels` go from the file's directory up, and
/// `info/exclude`, which counts from the root, is the last of them.
fn decide(
    levels: &[(PathBuf, Vec<Pattern>)],
    path: &[OsString],
    is_directory: bool,
) -> Option<Ignored> {
    let roots = levels.len().checked_sub(2)?;
    for (index, (file, patterns)) in levels.iter().enumerate() {
        // How many components the ignore file's own directory lies below the root.
        let base = roots.saturating_sub(index);
        let Some(relative) = path.get(base..).filter(|rest| !rest.is_empty()) else {
            continue;
        };
        let relative: Vec<&[u8]> = relative
            .iter()
            .map(|name| name.as_encoded_bytes())
            .collect();
        if let Some(found) = patterns
            .iter()
            .rev()
            .find(|p| p.matches(&relative, is_directory))
        {
            return found.ignores().then(|| Ignored {
                file: file.clone(),
                line: found.line(),
                text: found.text(),
            });
        }
    }
    None
}

/// The patterns of an ignore file in `directory`; none if there is no such file.
fn patterns(directory: &Directory, name: &Path) -> Result<(PathBuf, Vec<Pattern>), Error> {
    let path = directory.path().join(name);
    let bytes = match directory.open(name) {
        Ok(file) => file.read_all(MAX_IGNORE_BYTES)?,
        // git does not follow a link here either.
        Err(file::Error::NotFound { .. } | file::Error::NotRegular { .. }) => Vec::new(),
        Err(other) => return Err(other.into()),
    };
    Ok((path, Pattern::parse_all(&bytes)))
}

/// The patterns of `info/exclude` in the repository's common directory.
fn exclude(files: &Files, root: &Directory) -> Result<(PathBuf, Vec<Pattern>), Error> {
    let mut repository = root.path().join(".git");
    // In a linked work tree `.git` is a file that says where the repository is.
    if let Some(text) = first_line(files, &repository, "gitdir:") {
        repository = root.path().join(text);
        if let Some(common) = first_line(files, &repository.join("commondir"), "") {
            repository = repository.join(common);
        }
    }
    let path = repository.join("info").join("exclude");
    let bytes = match files.read(&path, MAX_IGNORE_BYTES, Forms::Files) {
        Ok(bytes) => bytes,
        Err(file::Error::NotFound { .. } | file::Error::NotRegular { .. }) => Vec::new(),
        Err(other) => return Err(other.into()),
    };
    Ok((path, Pattern::parse_all(&bytes)))
}

fn first_line(files: &Files, path: &Path, prefix: &str) -> Option<PathBuf> {
    let bytes = files.read(path, MAX_IGNORE_BYTES, Forms::Files).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(PathBuf::from(
        text.lines().next()?.strip_prefix(prefix)?.trim(),
    ))
}

#[cfg(test)]
mod tests;

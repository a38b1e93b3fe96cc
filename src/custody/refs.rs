//! Which tracked files use a secret.

mod words;

use super::tracked::{tracked, work_tree};
use crate::config::Settings;
use crate::context::Context;
use crate::escape::escape;
use crate::failure::{Failure, quoted};
use crate::file::{self, Directory, Kind, Walk};
use crate::name::SecretPath;
use crate::store::{self, DIRECTORY_NAME, FILE_NAME};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use words::Words;

/// Greatest length of a file that is read, in bytes (8 MiB).
const MAX_FILE_BYTES: u64 = 8 << 20;
/// A NUL byte among so many first bytes makes a file binary, as for git.
const BINARY_PREFIX_BYTES: usize = 8000;

/// A line of a tracked file that uses the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The file, from the working directory; with bytes that are no text, escaped.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl Reference {
    /// `FILE:LINE`, control characters escaped.
    pub fn shown(&self) -> String {
        format!("{}:{}", escape(&self.file), self.line)
    }
}

/// What uses a secret.
#[derive(Debug, Default)]
pub struct References {
    /// The lines, in git's order of files.
    pub found: Vec<Reference>,
    /// Files that were not looked into, each with the reason.
    pub skipped: Vec<String>,
}

/// Looks for a secret in the tracked files of the work tree that the working
/// directory lies in: its name and its variables as whole words, which every
/// form of its address ends in. The content is that of the work tree. Binary
/// files, vaults and what lies behind a link are left out. No credential is
/// needed.
///
/// # Errors
/// No git, no work tree (usage).
pub fn refs(ctx: &Context, project: &Settings, path: &SecretPath) -> Result<References, Failure> {
    let here = &ctx.working_directory;
    let Some(root) = work_tree(ctx, here) else {
        let shown = here.display().to_string();
        return Err(Failure::usage(format!(
            "{} lies in no git work tree, so no file is tracked",
            quoted(&shown)
        )));
    };
    let words = Words::of(path, project);
    let vault = super::location(ctx).ok().map(|location| location.path);
    let from = ctx.files.directory(here, Walk::Read)?;
    let mut folders = Folders::new(&root);
    let mut references = References::default();
    for file in tracked(ctx, &root)? {
        if is_vault(&file) || vault.as_deref() == Some(&root.path().join(&file)) {
            continue;
        }
        let shown = shown(from.path(), root.path(), &file);
        let shown = match shown.to_str() {
            Some(text) => text.to_owned(),
            None => escape(shown.as_os_str().as_encoded_bytes()),
        };
        match folders.read(&file) {
            Ok(None) => {}
            Ok(Some(content)) => {
                let lines = words.lines(&content);
                references.found.extend(lines.map(|line| Reference {
                    file: shown.clone(),
                    line,
                }));
            }
            Err(file::Error::TooLarge { limit, .. }) => {
                let reason = format!("{} is longer than {limit} bytes", quoted(&shown));
                references.skipped.push(reason);
            }
            Err(error) => references
                .skipped
                .push(store::Error::from(error).to_string()),
        }
    }
    Ok(references)
}

/// Whether a file is a project's vault: its base64 may hold any short name.
fn is_vault(file: &Path) -> bool {
    let folder = file.parent().and_then(Path::file_name);
    folder == Some(OsStr::new(DIRECTORY_NAME)) && file.file_name() == Some(OsStr::new(FILE_NAME))
}

/// A file of the work tree as it is called in the directory `here`.
fn shown(here: &Path, root: &Path, file: &Path) -> PathBuf {
    let below = here.strip_prefix(root).unwrap_or(Path::new(""));
    let mut up = PathBuf::new();
    for base in below.ancestors() {
        if let Ok(rest) = file.strip_prefix(base) {
            return up.join(rest);
        }
        up.push("..");
    }
    file.to_owned()
}

/// The directories of a work tree, each walked to once and through no link.
struct Folders {
    walked: HashMap<PathBuf, Option<Directory>>,
}

impl Folders {
    fn new(root: &Directory) -> Self {
        let root = (PathBuf::new(), Some(root.clone()));
        Folders {
            walked: HashMap::from([root]),
        }
    }

    /// The text of a file; nothing where it is binary, a link, a submodule,
    /// or gone.
    fn read(&mut self, file: &Path) -> Result<Option<Vec<u8>>, file::Error> {
        let (Some(parent), Some(name)) = (file.parent(), file.file_name()) else {
            return Ok(None);
        };
        let Some(directory) = self.walk(parent)? else {
            return Ok(None);
        };
        let content = match directory.open(name) {
            Ok(open) => open.read_all(MAX_FILE_BYTES)?,
            Err(file::Error::NotFound { .. } | file::Error::NotRegular { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let first = content.get(..BINARY_PREFIX_BYTES).unwrap_or(&content);
        Ok((!first.contains(&0)).then_some(content))
    }

    fn walk(&mut self, folder: &Path) -> Result<Option<Directory>, file::Error> {
        if let Some(known) = self.walked.get(folder) {
            return Ok(known.clone());
        }
        let above = self.walk(folder.parent().unwrap_or(Path::new("")))?;
        let name = match folder.components().next_back() {
            Some(Component::Normal(name)) => name,
            _ => return Ok(None),
        };
        let found = match above {
            Some(above) => match above.stat(name)? {
                Some(status) if status.kind == Kind::Directory => {
                    let path = above.path().join(name);
                    Some(above.files().directory(&path, Walk::Read)?)
                }
                _ => None,
            },
            None => None,
        };
        self.walked.insert(folder.to_owned(), found.clone());
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_as_it_is_from_here() {
        let shown = |here: &str, file: &str| {
            let shown = shown(Path::new(here), Path::new("/r"), Path::new(file));
            shown.to_str().unwrap_or("").to_owned()
        };
        assert_eq!(shown("/r", "a/b"), "a/b");
        assert_eq!(shown("/r/a", "a/b"), "b");
        assert_eq!(shown("/r/a/c", "a/b"), "../b");
        assert_eq!(shown("/r/x", "a/b"), "../a/b");
        assert_eq!(shown("/elsewhere", "a/b"), "a/b");
    }

    #[test]
    fn a_vault_is_known_by_its_place() {
        assert!(is_vault(Path::new(".vault/vault.json")));
        assert!(is_vault(Path::new("app/.vault/vault.json")));
        assert!(!is_vault(Path::new(".vault/config.toml")));
        assert!(!is_vault(Path::new("vault.json")));
    }
}

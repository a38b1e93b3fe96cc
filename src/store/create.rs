//! The files that `init` makes.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::replace::Locked;
use super::{Error, Files, Location, Warning};
use crate::file;

/// What [`create`] made.
#[derive(Debug)]
pub struct Created {
    /// The new files, the vault last.
    pub made: Vec<PathBuf>,
    /// The path of the vault, links resolved: see [`super::Opened::canonical_path`].
    pub canonical_path: PathBuf,
    /// What to tell the user.
    pub warnings: Vec<Warning>,
}

/// Makes the vault `location` with `bytes`, its directory (0700) where it is
/// missing, and in a `.vault` the two files for git, unless they exist.
///
/// The git files keep git from changing line ends and from committing lock and
/// temporary files. They come first: no vault is ever without them.
///
/// # Errors
/// `Exists` when a vault is there, which is left alone; as [`super::lock`]; `Save`.
pub fn create(files: &Files, location: &Location, bytes: &[u8]) -> Result<Created, Error> {
    let exists = || Error::Exists {
        path: location.shown.clone(),
    };
    let Some(name) = location.path.file_name() else {
        let path = location.shown.clone();
        return Err(file::Error::NotRegular {
            path,
            kind: file::Kind::Directory,
        }
        .into());
    };
    let directory = files.make_directory(location.directory())?.giving();
    if directory.stat(name)?.is_some() {
        return Err(exists());
    }
    let mut locked = Locked::take(directory.clone(), name.to_os_string())?;
    if locked.is_occupied()? {
        return Err(exists());
    }
    let mut created = Created {
        made: Vec::new(),
        canonical_path: locked.canonical_path(),
        warnings: Vec::new(),
    };
    for (name, text) in git_files(location) {
        match directory.create_new(OsStr::new(name), text.as_bytes()) {
            Ok(_) => created.made.push(location.directory().join(name)),
            Err(file::Error::AlreadyExists { .. }) => {}
            Err(other) => return Err(Error::Save(other)),
        }
    }
    created.warnings = locked.prepare(&[bytes])?.commit()?;
    created.made.push(location.path.clone());
    Ok(created)
}

/// The files for git beside a vault in a `.vault`, and the lines that belong in
/// each.
pub fn git_files(location: &Location) -> Vec<(&'static str, String)> {
    let name = location.path.file_name().and_then(OsStr::to_str);
    match name.filter(|name| is_plain(name) && location.is_in_vault_directory()) {
        None => Vec::new(),
        Some(plain) => vec![
            (".gitattributes", format!("{plain} -text\n")),
            (".gitignore", format!(".{plain}.lock\n.{plain}.*.tmp\n")),
        ],
    }
}

/// Whether a name means itself in git's files.
fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

#[cfg(test)]
mod tests;

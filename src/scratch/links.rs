//! Links that lead from elsewhere to secret files.
//!
//! Each is written down before it is made, so that it is found after a kill.

use super::Error;
use crate::file::{self, Directory, Walk};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Where they are written down: path, file, each ended by a NUL byte.
const LINKS: &str = ".links";
/// Greatest length of that file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Makes the link `at` to the file `to` in `directory`.
pub(super) fn make(directory: &Directory, at: &Path, to: &str) -> Result<(), Error> {
    let name = at.file_name().ok_or_else(|| file::Error::NotRegular {
        path: at.to_path_buf(),
        kind: file::Kind::Directory,
    })?;
    let parent = at.parent().unwrap_or(Path::new(""));
    let parent = directory.files().directory(parent, Walk::Output)?;
    // What lies there is not ours to remove, so it must not be written down.
    if parent.stat(name)?.is_some() {
        let path = at.to_path_buf();
        return Err(file::Error::AlreadyExists { path }.into());
    }
    let shown = std::path::absolute(parent.path().join(name));
    let shown = shown.unwrap_or_else(|_| at.to_path_buf());
    let line = [shown.as_os_str().as_bytes(), b"\0", to.as_bytes(), b"\0"].concat();
    directory.open_to_append(OsStr::new(LINKS))?.append(&line)?;
    Ok(parent.make_link(name, &directory.path().join(to))?)
}

/// Removes those that still lead to where they led.
pub(super) fn remove(directory: &Directory) {
    let read = || directory.open(LINKS)?.read_all(MAX_BYTES);
    let bytes = read().unwrap_or_default();
    let mut parts = bytes.split(|byte| *byte == 0);
    while let (Some(at), Some(to)) = (parts.next(), parts.next()) {
        let at = PathBuf::from(OsString::from_vec(at.to_vec()));
        let target = directory.path().join(OsStr::from_bytes(to));
        let _ = remove_one(directory, &at, &target);
    }
}

fn remove_one(directory: &Directory, at: &Path, target: &Path) -> Result<(), file::Error> {
    let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else {
        return Ok(());
    };
    let parent = directory.files().directory(parent, Walk::Output)?;
    let (link, leads_to) = parent.read_link(name)?;
    if leads_to == target && link.owner == directory.files().identity().euid {
        parent.remove(name)?;
    }
    Ok(())
}

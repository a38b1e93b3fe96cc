//! What may lie for a while in memory: ours, private, on tmpfs or ramfs.

use std::path::Path;

use super::Identity;
use super::directory::Directory;
use super::disk::{FilesystemKind, Status};
use super::error::Error;
use super::open::OpenFile;

/// A file: ours, 0600, with one name.
///
/// # Errors
/// `Owner`, `Mode`, `Linked`.
pub fn file(identity: Identity, file: &OpenFile) -> Result<(), Error> {
    let status = file.status();
    owner(identity, file.path(), status)?;
    mode(file.path(), status, 0o600)?;
    if status.links != 1 {
        let (path, links) = (file.path().to_path_buf(), status.links);
        return Err(Error::Linked { path, links });
    }
    Ok(())
}

/// A directory: ours, 0700. Where it lies is another question.
pub(super) fn directory(identity: Identity, directory: &Directory) -> Result<(), Error> {
    owner(identity, directory.path(), directory.status())?;
    mode(directory.path(), directory.status(), 0o700)
}

/// Ours it has to be, even if we are root, whom the modes of others do not stop.
///
/// # Errors
/// `Owner`.
pub fn owner(identity: Identity, path: &Path, status: &Status) -> Result<(), Error> {
    let (path, owner) = (path.to_path_buf(), status.owner);
    if owner == identity.euid {
        return Ok(());
    }
    Err(Error::Owner { path, owner })
}

/// On tmpfs or ramfs: what is on a disk outlives the machine's power.
pub(super) fn filesystem(directory: &Directory) -> Result<(), Error> {
    if directory.filesystem()?.kind == FilesystemKind::Memory {
        return Ok(());
    }
    let path = directory.path().to_path_buf();
    Err(Error::NotInMemory { path })
}

fn mode(path: &Path, status: &Status, right: u32) -> Result<(), Error> {
    if status.mode & 0o777 == right {
        return Ok(());
    }
    let (path, mode) = (path.to_path_buf(), status.mode);
    Err(Error::Mode { path, mode })
}

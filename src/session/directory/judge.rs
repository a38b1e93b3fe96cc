//! What a session may lie in: ours, private, and in memory.

use crate::file::{self, Directory, FilesystemKind, Identity, OpenFile, Status};
use crate::session::error::Error;
use std::path::Path;

/// A directory of sessions: ours, 0700, in memory.
pub(super) fn directory(identity: Identity, directory: &Directory) -> Result<(), Error> {
    owner(identity, directory.path(), directory.status())?;
    mode(directory.path(), directory.status(), 0o700)?;
    filesystem(directory)
}

/// A session: ours, 0600, with one name.
pub(super) fn file(identity: Identity, file: &OpenFile) -> Result<(), Error> {
    let status = file.status();
    owner(identity, file.path(), status)?;
    mode(file.path(), status, 0o600)?;
    if status.links != 1 {
        let (path, links) = (file.path().to_path_buf(), status.links);
        return Err(file::Error::Linked { path, links }.into());
    }
    Ok(())
}

/// Ours it has to be, even if we are root, whom the modes of others do not stop.
pub(super) fn owner(identity: Identity, path: &Path, status: &Status) -> Result<(), Error> {
    let (path, owner) = (path.to_path_buf(), status.owner);
    if owner == identity.euid {
        return Ok(());
    }
    Err(file::Error::Owner { path, owner }.into())
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
    Err(file::Error::Mode { path, mode }.into())
}

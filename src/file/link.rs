//! Links in a directory, and where they lead.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::directory::Directory;
use super::disk::{Kind, Status};
use super::error::{Error, is_one_of};
use super::walk::Walk;

impl Directory {
    /// Where the link `name` leads, as written in it, and who owns the link.
    ///
    /// # Errors
    /// `Os` when it is no link.
    pub fn read_link(&self, name: impl AsRef<Path>) -> Result<(Status, PathBuf), Error> {
        let name = name.as_ref();
        self.files()
            .disk
            .read_link(self.fd(), name)
            .map_err(|cause| self.os("read the link", name, cause))
    }

    /// Makes a symbolic link `name` to `target`.
    ///
    /// # Errors
    /// `AlreadyExists` when anything lies there, a link too; `NoSpace`, `Os`.
    pub fn make_link(&self, name: impl AsRef<Path>, target: &Path) -> Result<(), Error> {
        let name = name.as_ref();
        match self.files().disk.make_link(target, self.fd(), name) {
            Err(cause) if is_one_of(&cause, &[Errno::EXIST]) => {
                let path = self.at(name);
                Err(Error::AlreadyExists { path })
            }
            made => made.map_err(|cause| Error::writing(&self.at(name), 0, cause)),
        }
    }

    /// Where the link `name` leads, if it is ours or root's.
    ///
    /// # Errors
    /// `Link` when it belongs to somebody else.
    pub fn follow(&self, name: impl AsRef<Path>) -> Result<PathBuf, Error> {
        let (link, target) = self.read_link(&name)?;
        if !self.files().identity.trusts(link.owner) {
            return Err(Error::Link {
                path: self.at(name),
                owner: link.owner,
            });
        }
        Ok(target)
    }

    /// The directory and name that a link in this directory leads to.
    ///
    /// # Errors
    /// See [`super::Files::directory`]; `NotRegular` when it leads to no name.
    pub fn resolve(&self, target: &Path, walk: Walk) -> Result<(Directory, OsString), Error> {
        let Some(name) = target.file_name() else {
            return Err(Error::NotRegular {
                path: self.path().join(target),
                kind: Kind::Directory,
            });
        };
        let path = self.path().join(target.parent().unwrap_or(Path::new("")));
        Ok((self.files().directory(&path, walk)?, name.to_os_string()))
    }
}

//! An open directory, and what is done to the names in it.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustix::io::Errno;

use super::disk::{Fd, Filesystem, Kind, Open, Status};
use super::error::{Error, is_absent, is_one_of, is_unsupported};
use super::open::{self, OpenFile};
use super::{Files, Walk, walk};

/// A directory that was walked to and is held open.
///
/// Everything is done relative to its descriptor, so exchanging a component of
/// its path afterwards changes nothing. Names are single components.
#[derive(Clone)]
pub struct Directory {
    opened: Arc<Opened>,
    pub(super) gives: bool,
}

/// What copies of a [`Directory`] share.
struct Opened {
    files: Files,
    fd: Fd,
    path: PathBuf,
    status: Status,
}

impl Directory {
    pub(super) fn new(files: Files, fd: Fd, path: PathBuf, status: Status) -> Self {
        Directory {
            opened: Arc::new(Opened {
                files,
                fd,
                path,
                status,
            }),
            gives: false,
        }
    }

    /// Makes root give each new file to the directory's owner and group, so
    /// that one `sudo` does not lock the owner out.
    pub fn giving(mut self) -> Self {
        self.gives = true;
        self
    }

    /// The disk and identity that it was opened with.
    pub fn files(&self) -> &Files {
        &self.opened.files
    }

    /// The path that led here, links resolved; for messages, never to be opened again.
    pub fn path(&self) -> &Path {
        &self.opened.path
    }

    /// The path of `name` in it; for messages, as [`Directory::path`].
    pub(super) fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        let (here, name) = (&self.opened.path, name.as_ref());
        // Room for all of it, so that the text is not moved to grow.
        let mut path = PathBuf::with_capacity(here.as_os_str().len() + 1 + name.as_os_str().len());
        path.push(here);
        path.push(name);
        path
    }

    /// Owner, mode and inode at the time it was opened.
    pub fn status(&self) -> &Status {
        &self.opened.status
    }

    /// What it lies on.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn filesystem(&self) -> Result<Filesystem, Error> {
        self.opened
            .files
            .disk
            .filesystem(&self.opened.fd)
            .map_err(|cause| self.os("look at", "", cause))
    }

    /// Opens the directory `name` in this one for writing, judged as by
    /// [`Walk::Write`]; the way here is not walked again.
    ///
    /// # Errors
    /// As [`Files::directory`].
    pub fn below(&self, name: impl AsRef<Path>) -> Result<Directory, Error> {
        walk::below(self, name.as_ref(), Walk::Write, false)
    }

    /// Like [`Directory::below`], and makes what is missing, 0700.
    ///
    /// # Errors
    /// As [`Files::make_directory`].
    pub fn make_below(&self, name: impl AsRef<Path>) -> Result<Directory, Error> {
        walk::below(self, name.as_ref(), Walk::Write, true)
    }

    /// The directory above, or `None` at the root.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn parent(&self) -> Result<Option<Directory>, Error> {
        let fd = open::open(
            &self.opened.files,
            Some(&self.opened.fd),
            Path::new(".."),
            Open::Directory,
        )
        .map_err(|cause| self.os("open", "..", cause))?;
        let status = self
            .opened
            .files
            .disk
            .stat(&fd)
            .map_err(|cause| self.os("look at", "..", cause))?;
        if status.is_same_inode(&self.opened.status) {
            return Ok(None);
        }
        let path = above(&self.opened.path);
        let files = self.opened.files.clone();
        Ok(Some(Directory::new(files, fd, path, status)))
    }

    /// What `name` stands for, links not followed; `None` if nothing lies there.
    ///
    /// # Errors
    /// Whatever the operating system says, except that nothing is there.
    pub fn stat(&self, name: impl AsRef<Path>) -> Result<Option<Status>, Error> {
        let name = name.as_ref();
        match self
            .opened
            .files
            .disk
            .stat_at(Some(&self.opened.fd), name, false)
        {
            Ok(status) => Ok(Some(status)),
            Err(cause) if is_absent(&cause) => Ok(None),
            Err(cause) => Err(self.os("look at", name, cause)),
        }
    }

    /// The names in it, without `.` and `..`, in no order.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn names(&self) -> Result<Vec<OsString>, Error> {
        self.opened
            .files
            .disk
            .names(&self.opened.fd)
            .map_err(|cause| self.os("list", "", cause))
    }

    /// Opens the regular file `name` for reading; a link is not followed.
    ///
    /// # Errors
    /// `NotFound`, `NotRegular` (a link too), `Os`.
    pub fn open(&self, name: impl AsRef<Path>) -> Result<OpenFile, Error> {
        let name = name.as_ref();
        let fd = match open::open(&self.opened.files, Some(&self.opened.fd), name, Open::Read) {
            Err(cause) if is_one_of(&cause, &[Errno::LOOP]) => {
                let path = self.at(name);
                return Err(Error::NotRegular {
                    path,
                    kind: Kind::Link,
                });
            }
            // A socket, or a device without a driver, cannot be opened at all.
            Err(cause) if is_one_of(&cause, &[Errno::NXIO, Errno::NODEV]) => {
                let kind = self.stat(name)?.map_or(Kind::Other, |status| status.kind);
                return Err(Error::NotRegular {
                    path: self.at(name),
                    kind,
                });
            }
            other => other.map_err(|cause| self.os("open", name, cause))?,
        };
        OpenFile::new(self.opened.files.clone(), fd, self.at(name))
    }

    /// Removes `name`; that it is gone already is no error.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn remove(&self, name: impl AsRef<Path>) -> Result<(), Error> {
        let name = name.as_ref();
        match self.opened.files.disk.unlink(&self.opened.fd, name) {
            Err(cause) if !is_absent(&cause) => Err(self.os("remove", name, cause)),
            _ => Ok(()),
        }
    }

    /// Gives `from` the name `to`, which must be free, and syncs the directory.
    ///
    /// The caller holds a lock, so that nobody takes the name in between.
    ///
    /// # Errors
    /// `AlreadyExists`; whatever the operating system says.
    pub fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), Error> {
        let (from, to) = (from.as_ref(), to.as_ref());
        if self.stat(to)?.is_some() {
            return Err(Error::AlreadyExists { path: self.at(to) });
        }
        let renamed = self.opened.files.disk.rename(&self.opened.fd, from, to);
        renamed.map_err(|cause| self.os("rename", from, cause))?;
        match self.sync() {
            Err(cause) if !is_unsupported(&cause) => Err(self.os("sync", "", cause)),
            _ => Ok(()),
        }
    }

    pub(super) fn fd(&self) -> &Fd {
        &self.opened.fd
    }

    /// fsync(2), once.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.opened.files.disk.sync(&self.opened.fd)
    }

    /// The same directory through a descriptor that can be listed and synced.
    pub(super) fn to_sync(&self) -> Result<Directory, Error> {
        let here = Path::new(".");
        let fd = open::open(
            &self.opened.files,
            Some(&self.opened.fd),
            here,
            Open::DirectoryToSync,
        )
        .map_err(|cause| self.os("open", "", cause))?;
        let Opened {
            files,
            path,
            status,
            ..
        } = &*self.opened;
        let whole = Directory::new(files.clone(), fd, path.clone(), *status);
        Ok(Directory {
            gives: self.gives,
            ..whole
        })
    }

    pub(super) fn os(
        &self,
        action: &'static str,
        name: impl AsRef<Path>,
        cause: io::Error,
    ) -> Error {
        let name = name.as_ref();
        let path = if name == Path::new("") {
            self.opened.path.clone()
        } else {
            self.at(name)
        };
        Error::os(action, &path, cause)
    }
}

/// The path of the directory above; links in `path` are resolved already.
pub(super) fn above(path: &Path) -> PathBuf {
    match path.components().next_back() {
        Some(Component::Normal(_)) => path.parent().unwrap_or(path).to_path_buf(),
        Some(Component::RootDir) => path.to_path_buf(),
        _ => path.join(".."),
    }
}

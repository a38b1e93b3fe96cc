//! Files that hold a key, a token, a passphrase or a value.

use std::path::Path;

use super::directory::Directory;
use super::disk::{FilesystemKind, Kind, Open, Status};
use super::error::Error;
use super::open::{self, OpenFile, descriptor_number, read_to_end};
use super::warning::Warning;
use super::{Files, Walk};

impl Files {
    /// A key, token or passphrase file of at most `limit` bytes.
    ///
    /// It is 0600 or 0400, ours or root's, and no link. On tmpfs, ramfs and
    /// read-only mounts any mode, owner and link will do: that is where Docker,
    /// Kubernetes and systemd put credentials. `/dev/stdin`, `/dev/fd/N` and
    /// `/proc/self/fd/N` are the descriptor itself, and a pipe is read to its end.
    ///
    /// The buffer is not wiped on drop: hand it to a type that is.
    ///
    /// # Errors
    /// `Mode`, `Owner`, `Link`, `NotRegular`, `TooLarge`, `NotFound`, `Os`.
    pub fn read_private(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
        if let Some(number) = descriptor_number(path) {
            return self.read_named(number, path, limit);
        }
        let os = |cause| Error::os("open", path, cause);
        let named = self.disk.stat_at(None, path, false).map_err(os)?;
        let kind = match named.kind {
            Kind::Link => self.disk.stat_at(None, path, true).map_err(os)?.kind,
            kind => kind,
        };
        if kind == Kind::Pipe {
            let fd = open::open(self, None, path, Open::ReadWaiting).map_err(os)?;
            let kind = self.disk.stat(&fd).map_err(os)?.kind;
            if kind != Kind::Pipe {
                return Err(Error::NotRegular {
                    path: path.to_path_buf(),
                    kind,
                });
            }
            return read_to_end(&*self.disk, &fd, path, None, limit);
        }
        let fd = open::open(self, None, path, Open::ReadThroughLinks).map_err(os)?;
        let file = OpenFile::new(self.clone(), fd, path.to_path_buf())?;
        if let Err(refused) = self.judge_private(path, &named, file.status()) {
            let filesystem = file.filesystem()?;
            if filesystem.kind != FilesystemKind::Memory && !filesystem.read_only {
                return Err(refused);
            }
        }
        file.read_all(limit)
    }

    /// Whether the file that was opened is the one that lay at `path`, no link,
    /// and private.
    fn judge_private(&self, path: &Path, named: &Status, status: &Status) -> Result<(), Error> {
        if named.kind == Kind::Link {
            return Err(Error::Link {
                path: path.to_path_buf(),
                owner: named.owner,
            });
        }
        if !named.is_same_inode(status) {
            return Err(Error::Changed {
                path: path.to_path_buf(),
            });
        }
        if !self.identity.trusts(status.owner) && !self.identity.is_root() {
            return Err(Error::Owner {
                path: path.to_path_buf(),
                owner: status.owner,
            });
        }
        if !matches!(status.mode & 0o777, 0o600 | 0o400) {
            return Err(Error::Mode {
                path: path.to_path_buf(),
                mode: status.mode,
            });
        }
        Ok(())
    }

    /// Writes a new key file, 0600 and on the disk.
    ///
    /// # Errors
    /// `AlreadyExists` when anything lies there; see [`Directory::create_new`].
    pub fn write_new(&self, path: &Path, bytes: &[u8]) -> Result<Vec<Warning>, Error> {
        let (directory, name) = self.place(path)?;
        directory.create_new(&name, bytes)
    }

    /// Writes a file that the user names, 0600 and by rename.
    ///
    /// A link of ours or root's is resolved once; another is refused, and so
    /// are devices and pipes, which a rename would replace.
    ///
    /// # Errors
    /// `Link`, `NotRegular`, `WorldWritable`; see [`Directory::prepare`].
    pub fn write_output(&self, path: &Path, bytes: &[u8]) -> Result<Vec<Warning>, Error> {
        let (mut directory, mut name) = self.place(path)?;
        let mut there = directory.stat(&name)?;
        if there.is_some_and(|status| status.kind == Kind::Link) {
            let target = directory.follow(&name)?;
            (directory, name) = directory.resolve(&target, Walk::Output)?;
            there = directory.stat(&name)?;
        }
        if let Some(status) = there
            && status.kind != Kind::File
        {
            return Err(Error::NotRegular {
                path: path.to_path_buf(),
                kind: status.kind,
            });
        }
        // It would be plain text that nobody knows of.
        directory.sweep(&name);
        Ok(directory.prepare(&name, bytes, there)?.commit()?.warnings)
    }

    fn place(&self, path: &Path) -> Result<(Directory, std::ffi::OsString), Error> {
        let Some(name) = path.file_name() else {
            return Err(Error::NotRegular {
                path: path.to_path_buf(),
                kind: Kind::Directory,
            });
        };
        let parent = path.parent().unwrap_or(Path::new(""));
        Ok((self.directory(parent, Walk::Output)?, name.to_os_string()))
    }
}

#[cfg(test)]
mod tests;

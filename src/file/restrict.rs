//! Taking rights away from what others should not read or write.

use std::path::Path;

use super::disk::{Kind, Open};
use super::error::Error;
use super::{Files, Walk, open};

impl Files {
    /// Clears permission bits of a regular file or a directory that is ours;
    /// a link is not followed. The bits are given as in chmod(1): `0o077`.
    ///
    /// # Errors
    /// `Owner`, `NotRegular` (a link too), `NotFound`, `Os`.
    pub fn restrict(&self, path: &Path, bits: u32) -> Result<(), Error> {
        let os = |cause| Error::os("change the mode of", path, cause);
        let parent = self.directory(path.parent().unwrap_or(Path::new("")), Walk::Read)?;
        let name = Path::new(path.file_name().unwrap_or_default());
        let not_found = || Error::NotFound {
            path: path.to_path_buf(),
        };
        let kind = parent.stat(name)?.ok_or_else(not_found)?.kind;
        let how = match kind {
            Kind::Directory => Open::DirectoryToSync,
            Kind::File => Open::Read,
            kind => {
                return Err(Error::NotRegular {
                    path: path.to_path_buf(),
                    kind,
                });
            }
        };
        let fd = open::open(self, Some(parent.fd()), name, how).map_err(os)?;
        let status = self.disk.stat(&fd).map_err(os)?;
        if !self.identity.may_write(status.owner) {
            return Err(Error::Owner {
                path: path.to_path_buf(),
                owner: status.owner,
            });
        }
        self.disk.set_mode(&fd, status.mode & !bits).map_err(os)
    }
}

//! Directories of ours for what is kept for a while only.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::directory::Directory;
use super::error::Error;
use super::{Files, Walk, judge};

/// A directory of ours, 0700, that may be there or can be made: in memory as a
/// rule, on a disk where that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeDirectory {
    /// Whether it has to be on tmpfs or ramfs.
    pub in_memory: bool,
    /// Its name in `parent`; it is ours alone.
    pub name: OsString,
    /// The directory above, which is not made.
    pub parent: PathBuf,
    /// Whether `parent` is for everyone, so that only the name in it is ours.
    pub shared: bool,
}

impl RuntimeDirectory {
    /// Those in memory: `$XDG_RUNTIME_DIR`, `/run/user/UID` and `/dev/shm`, best
    /// first. `runtime` is the first; none elsewhere than on Linux, where no
    /// file system in memory is always there.
    pub fn in_memory(uid: u32, runtime: Option<&Path>) -> Vec<Self> {
        if !cfg!(target_os = "linux") {
            return Vec::new();
        }
        let of_user = PathBuf::from(format!("/run/user/{uid}"));
        let runtime = runtime.filter(|path| path.is_absolute() && **path != of_user);
        let private = |parent| RuntimeDirectory {
            in_memory: true,
            name: "secrets".into(),
            parent,
            shared: false,
        };
        let shared = RuntimeDirectory {
            in_memory: true,
            ..Self::on_disk(uid, Path::new("/dev/shm"))
        };
        let runtime = runtime.map(Path::to_path_buf).into_iter();
        let all = runtime.chain([of_user]).map(private).chain([shared]);
        all.collect()
    }

    /// The one in a directory for temporary files, as `/tmp`.
    pub fn on_disk(uid: u32, temporary: &Path) -> Self {
        RuntimeDirectory {
            in_memory: false,
            name: format!("secrets-{uid}").into(),
            parent: temporary.to_path_buf(),
            shared: true,
        }
    }

    /// Its path, as it was named.
    pub fn path(&self) -> PathBuf {
        self.parent.join(&self.name)
    }

    /// Opens it as it is, whatever that is: to take away what lies in it.
    ///
    /// # Errors
    /// `NotFound`; a link, a `parent` of somebody else.
    pub fn open(&self, files: &Files) -> Result<Directory, Error> {
        self.above(files)?.child(&self.name)
    }

    /// Opens it, if it is ours, 0700 and where it has to be.
    ///
    /// # Errors
    /// As [`RuntimeDirectory::open`]; `Owner`, `Mode`, `NotInMemory`.
    pub fn find(&self, files: &Files) -> Result<Directory, Error> {
        self.judged(self.open(files)?)
    }

    /// As [`RuntimeDirectory::find`]; `None` if it is missing and could be made.
    ///
    /// # Errors
    /// As [`RuntimeDirectory::find`].
    pub fn look(&self, files: &Files) -> Result<Option<Directory>, Error> {
        match self.usable_above(files)?.child(&self.name) {
            Err(Error::NotFound { .. }) => Ok(None),
            found => self.judged(found?).map(Some),
        }
    }

    /// As [`RuntimeDirectory::find`], and makes it if it is missing.
    ///
    /// # Errors
    /// As [`RuntimeDirectory::find`].
    pub fn make(&self, files: &Files) -> Result<Directory, Error> {
        self.judged(self.usable_above(files)?.make_child(&self.name)?)
    }

    fn above(&self, files: &Files) -> Result<Directory, Error> {
        let above = files.directory(&self.parent, Walk::Output)?;
        if !self.shared {
            judge::owner(files.identity(), above.path(), above.status())?;
        }
        Ok(above)
    }

    fn usable_above(&self, files: &Files) -> Result<Directory, Error> {
        let above = self.above(files)?;
        if self.in_memory {
            judge::filesystem(&above)?;
        }
        Ok(above)
    }

    fn judged(&self, directory: Directory) -> Result<Directory, Error> {
        judge::directory(directory.files().identity(), &directory)?;
        if self.in_memory {
            judge::filesystem(&directory)?;
        }
        Ok(directory)
    }
}

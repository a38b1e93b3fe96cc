//! Taking away a directory with all that lies in it.

use std::path::Path;

use super::directory::Directory;
use super::disk::{Kind, Open};
use super::error::{Error, is_absent};
use super::walk::{self, Walk};

/// How many directories may lie in one another; each holds a descriptor.
const MAX_DEPTH: usize = 64;

impl Directory {
    /// Removes what lies in it, below it too, except the name `but`. Links are
    /// removed, not followed. What cannot be removed does not keep the rest.
    ///
    /// # Errors
    /// The first thing that could not be removed.
    pub fn empty(&self, but: Option<&Path>) -> Result<(), Error> {
        self.empty_to(but, MAX_DEPTH)
    }

    /// Removes the directory `name`, which must be empty; that it is gone is no error.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn remove_directory(&self, name: impl AsRef<Path>) -> Result<(), Error> {
        let name = name.as_ref();
        match self.files().disk.remove_directory(self.fd(), name) {
            Err(cause) if !is_absent(&cause) => Err(self.os("remove", name, cause)),
            _ => Ok(()),
        }
    }

    /// The directory `name` in it whoever may write that; a link is not followed.
    fn within(&self, name: &Path) -> Result<Directory, Error> {
        let (shown, how) = (self.at(name), Open::Directory);
        walk::step(self.files(), Some(self), name, shown, Walk::Read, how)
    }

    fn empty_to(&self, but: Option<&Path>, depth: usize) -> Result<(), Error> {
        let mut first = Ok(());
        for name in self.names()? {
            let name = Path::new(&name);
            if but == Some(name) {
                continue;
            }
            let is_directory =
                || Ok(matches!(self.stat(name)?, Some(s) if s.kind == Kind::Directory));
            let gone = is_directory().and_then(|is_directory| match is_directory {
                true if depth > 0 => {
                    self.within(name)?.empty_to(None, depth - 1)?;
                    self.remove_directory(name)
                }
                true => self.remove_directory(name),
                false => self.remove(name),
            });
            if first.is_ok() {
                first = gone;
            }
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use crate::file::{Files, Walk};
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    #[test]
    fn a_directory_is_emptied_and_what_its_links_lead_to_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::create_dir_all(path("a/b/c")).unwrap();
        fs::create_dir(path("far")).unwrap();
        for name in ["a/x", "a/b/y", "a/b/c/z", "a/keep", "far/stays"] {
            fs::write(path(name), "v").unwrap();
        }
        symlink(path("far"), path("a/link")).unwrap();
        let all = Files::kernel().directory(&path("a"), Walk::Output).unwrap();
        all.empty(Some(Path::new("keep"))).unwrap();
        assert_eq!(all.names().unwrap(), ["keep"]);
        assert!(path("far/stays").exists());
        let above = Files::kernel().directory(dir.path(), Walk::Output).unwrap();
        above.remove_directory("a").unwrap_err();
        all.empty(None).unwrap();
        above.remove_directory("a").unwrap();
        above.remove_directory("a").unwrap();
        assert!(!path("a").exists());
    }
}

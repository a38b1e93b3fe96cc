//! Temporary names: made, recognised, and taken away where a writer was killed.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use rustix::io::Errno;

use super::directory::Directory;
use super::disk::{Fd, Kind, Open};
use super::error::{Error, is_one_of};
use super::lock::scatter;
use super::open::{self, retry};

/// Digits in the name of a temporary file.
const DIGITS: usize = 16;
/// Tries to find a name that is free; each has 64 random bits.
const NAME_TRIES: usize = 8;

/// Whether `name` is `.FILE.<16 hex>.tmp`; `of` says of which file, else of any.
pub fn is_temporary(of: Option<&OsStr>, name: &OsStr) -> bool {
    let inner = name
        .as_encoded_bytes()
        .strip_prefix(b".")
        .and_then(|rest| rest.strip_suffix(b".tmp"));
    let is_hex = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
    inner.is_some_and(|inner| {
        let at = inner.len().saturating_sub(DIGITS);
        let (file, digits) = inner.split_at_checked(at).unwrap_or_default();
        let file = file.strip_suffix(b".").unwrap_or_default();
        !file.is_empty()
            && of.is_none_or(|of| of.as_encoded_bytes() == file)
            && digits.iter().all(is_hex)
    })
}

impl Directory {
    /// Makes a file under a temporary name of `name`, and its name. It is locked
    /// until the descriptor is closed, where the file system has locks.
    pub(super) fn create_temporary(&self, name: &OsStr) -> Result<(OsString, Fd), Error> {
        let path = self.at(name);
        let mut last = io::Error::from(Errno::EXIST);
        for _ in 0..NAME_TRIES {
            let mut temporary = OsString::from(".");
            temporary.push(name);
            temporary.push(format!(".{:016x}.tmp", scatter()));
            match open::open(
                self.files(),
                Some(self.fd()),
                Path::new(&temporary),
                Open::CreateNew,
            ) {
                // Who finds it unlocked takes it for left over: then another name.
                Ok(fd) => match retry(|| self.files().disk.lock(&fd)) {
                    Err(cause) if is_one_of(&cause, &[Errno::WOULDBLOCK]) => last = cause,
                    _ => return Ok((temporary, fd)),
                },
                Err(cause) if is_one_of(&cause, &[Errno::EXIST]) => last = cause,
                Err(cause) => return Err(Error::writing(&path, 0, cause)),
            }
        }
        Err(Error::writing(&path, 0, last))
    }

    /// Removes what was left of `name`, as soon as nobody writes it any more:
    /// a writer holds the lock of its file. What cannot be removed stays.
    pub(super) fn sweep(&self, name: &OsStr) {
        for left in self.names().unwrap_or_default() {
            let is_ours = is_temporary(Some(name), &left)
                && matches!(self.stat(&left), Ok(Some(status)) if status.kind == Kind::File
                    && status.owner == self.files().identity().euid);
            if is_ours && self.is_free(&left) {
                let _ = self.remove(&left);
            }
        }
    }

    fn is_free(&self, name: &OsStr) -> bool {
        let fd = open::open(self.files(), Some(self.fd()), Path::new(name), Open::Read);
        fd.is_ok_and(|fd| retry(|| self.files().disk.lock(&fd)).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Files;
    use std::fs;

    #[test]
    fn a_name_is_temporary_in_one_form() {
        let of = OsStr::new("x.env");
        for (name, is) in [
            (".x.env.0123456789abcdef.tmp", true),
            (".y.env.0123456789abcdef.tmp", false),
            (".x.env.0123456789abcde.tmp", false),
            (".x.env.0123456789abcdeG.tmp", false),
            ("x.env.0123456789abcdef.tmp", false),
            (".0123456789abcdef.tmp", false),
        ] {
            assert_eq!(is_temporary(Some(of), OsStr::new(name)), is, "{name}");
        }
        assert!(is_temporary(
            None,
            OsStr::new(".y.env.0123456789abcdef.tmp")
        ));
    }

    #[test]
    fn an_output_takes_away_what_a_killed_writer_left_of_it_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let (left, busy) = (".out.0123456789abcdef.tmp", ".out.0123456789abcde0.tmp");
        let other = ".other.0123456789abcdef.tmp";
        for name in [left, busy, other] {
            fs::write(path(name), "plain").unwrap();
        }
        let writer = fs::File::open(path(busy)).unwrap();
        writer.lock().unwrap();
        Files::kernel().write_output(&path("out"), b"new").unwrap();
        assert_eq!(fs::read(path("out")).unwrap(), b"new");
        assert!(!path(left).exists());
        assert!(path(busy).exists() && path(other).exists());
        drop(writer);
        Files::kernel().write_output(&path("out"), b"new").unwrap();
        assert!(!path(busy).exists() && path(other).exists());
    }
}

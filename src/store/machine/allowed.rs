//! Which commands of projects may run: those of a settings file whose every
//! byte a person of this machine has agreed to.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use data_encoding::HEXLOWER;

use super::{MAX_RECORD_BYTES, Machine, paths};
use crate::crypto::Hash;
use crate::file::{self, Directory};
use crate::store::{Error, Record};

/// Name of the file: a JSON object a line, `{"path":"…","sha256":"<64 hex>"}`;
/// paths as in `known`.
const ALLOWED: &str = "allowed";

impl Machine {
    /// The SHA-256 of the settings that were allowed at a canonical path.
    ///
    /// # Errors
    /// `Damaged` for any line that is none, or a path that is there twice; the
    /// refusals of the directory.
    pub fn allowed(&self, path: &Path) -> Result<Option<Hash>, Error> {
        let Some(root) = self.existing_root()? else {
            return Ok(None);
        };
        let path = path.as_os_str().as_bytes();
        let mut lines = self.allowed_in(&root)?.into_iter();
        Ok(lines.find(|line| line.path == path).map(|line| line.hash))
    }

    /// Allows the settings at a canonical path as they are, and no longer as
    /// they were. A file that is full (4 MiB) takes no further path.
    ///
    /// # Errors
    /// As [`Machine::allowed`].
    pub fn allow(&self, path: &Path, hash: &Hash) -> Result<(), Error> {
        let root = self.make_root()?;
        let _lock = self.lock(&root)?;
        let mut lines = self.allowed_in(&root)?;
        let path = path.as_os_str().as_bytes().to_vec();
        match lines.iter_mut().find(|line| line.path == path) {
            Some(line) => line.hash = *hash,
            None => lines.push(Line { path, hash: *hash }),
        }
        let text: String = lines.iter().map(Line::write).collect();
        if text.len() as u64 > MAX_RECORD_BYTES {
            return Err(file::Error::TooLarge {
                path: root.path().join(OsStr::new(ALLOWED)),
                limit: MAX_RECORD_BYTES,
            }
            .into());
        }
        self.save(&root, ALLOWED, text.as_bytes())
    }

    fn allowed_in(&self, root: &Directory) -> Result<Vec<Line>, Error> {
        let Some(raw) = self.read(root, ALLOWED)? else {
            return Ok(Vec::new());
        };
        parse(&raw).ok_or_else(|| Error::Damaged {
            path: root.path().join(OsStr::new(ALLOWED)),
            record: Record::Allowed,
        })
    }
}

/// A line of the file.
struct Line {
    path: Vec<u8>,
    hash: Hash,
}

impl Line {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_suffix("\"}")?;
        let (rest, hash) = rest.split_at_checked(rest.len().checked_sub(64)?)?;
        let line = Line {
            path: paths::of(rest.strip_suffix(SHA256)?)?,
            hash: HEXLOWER.decode(hash.as_bytes()).ok()?.try_into().ok()?,
        };
        // The path may have been written in another way.
        (line.write().strip_suffix('\n') == Some(text)).then_some(line)
    }

    fn write(&self) -> String {
        let mut line = paths::begin(&self.path);
        for part in [SHA256, &HEXLOWER.encode(&self.hash), "\"}\n"] {
            line.push_str(part);
        }
        line
    }
}

const SHA256: &str = ",\"sha256\":\"";

/// All lines, each path once; an empty file is damaged.
fn parse(raw: &[u8]) -> Option<Vec<Line>> {
    let text = std::str::from_utf8(raw).ok()?.strip_suffix('\n')?;
    let lines: Vec<Line> = text.split('\n').map(Line::parse).collect::<Option<_>>()?;
    paths::are_unique(lines.iter().map(|line| line.path.as_slice())).then_some(lines)
}

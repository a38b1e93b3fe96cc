//! Which vault was at which path: another vault that takes its place there
//! would get what was meant for the first.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{MAX_RECORD_BYTES, Machine, paths};
use crate::file::{self, Directory};
use crate::store::{Error, Record};
use crate::vault::{Fingerprint, VaultId};

/// Name of the file: a JSON object a line,
/// `{"path":"…","vault":"<32 hex>","fingerprint":"<32 hex>"}`.
///
/// A path that is no UTF-8 stands as unpadded base64 of its bytes under
/// `path64` instead of `path`.
const KNOWN: &str = "known";

/// The vault that was at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub vault: VaultId,
    /// The fingerprint of its admin key.
    pub fingerprint: Fingerprint,
}

impl Machine {
    /// The vault that was at a canonical path, if one was.
    ///
    /// # Errors
    /// `Damaged` for any line that is none, or a path that is there twice; the
    /// refusals of the directory.
    pub fn known(&self, path: &Path) -> Result<Option<Known>, Error> {
        let Some(root) = self.existing_root()? else {
            return Ok(None);
        };
        let raw = self.read(&root, KNOWN)?;
        let lines = parse_in(&root, raw.as_deref())?;
        Ok(lines.iter().find_map(|line| line.of(path)))
    }

    /// Remembers which vault is at a canonical path. Other lines are kept, so
    /// a file that is full (4 MiB) takes no further path.
    ///
    /// # Errors
    /// As [`Machine::known`].
    pub fn set_known(&self, path: &Path, known: &Known) -> Result<(), Error> {
        let root = self.make_root()?;
        let _lock = self.lock(&root)?;
        let raw = self.read(&root, KNOWN)?;
        let mut lines = parse_in(&root, raw.as_deref())?;
        let new = Line {
            path: Cow::Borrowed(path.as_os_str().as_bytes()),
            known: *known,
        };
        match lines.iter_mut().find(|line| line.path == new.path) {
            Some(line) if *line == new => return Ok(()),
            Some(line) => *line = new,
            None => lines.push(new),
        }
        let text: String = lines.iter().map(Line::write).collect();
        // A file that is too long to be read would stop every command.
        if text.len() as u64 > MAX_RECORD_BYTES {
            return Err(file::Error::TooLarge {
                path: root.path().join(OsStr::new(KNOWN)),
                limit: MAX_RECORD_BYTES,
            }
            .into());
        }
        self.save(&root, KNOWN, text.as_bytes())
    }
}

/// The lines of the file, if there is one.
fn parse_in<'a>(root: &Directory, raw: Option<&'a [u8]>) -> Result<Vec<Line<'a>>, Error> {
    let damaged = || Error::Damaged {
        path: root.path().join(OsStr::new(KNOWN)),
        record: Record::Known,
    };
    raw.map_or(Ok(Vec::new()), |raw| parse(raw).ok_or_else(damaged))
}

/// A line of the file.
#[derive(PartialEq, Eq)]
struct Line<'a> {
    path: Cow<'a, [u8]>,
    known: Known,
}

impl<'a> Line<'a> {
    fn of(&self, path: &Path) -> Option<Known> {
        (*self.path == *path.as_os_str().as_bytes()).then_some(self.known)
    }

    fn parse(text: &'a str) -> Option<Self> {
        let (rest, fingerprint) = take_hex(text.strip_suffix('}')?)?;
        let (rest, vault) = take_hex(rest.strip_suffix(FINGERPRINT)?)?;
        let begin = rest.strip_suffix(VAULT)?;
        let plain = paths::plain(begin);
        let path = match plain {
            Some(path) => Cow::Borrowed(path.as_bytes()),
            None => Cow::Owned(paths::of(begin)?),
        };
        let line = Line {
            path,
            known: Known {
                vault: VaultId::parse_hex(vault)?,
                fingerprint: Fingerprint::parse_hex(fingerprint)?,
            },
        };
        // A path with escapes may have been written in another way.
        (plain.is_some() || line.write().strip_suffix('\n') == Some(text)).then_some(line)
    }

    fn write(&self) -> String {
        let mut line = paths::begin(&self.path);
        let (vault, fingerprint) = (self.known.vault.hex(), self.known.fingerprint.hex());
        for part in [
            VAULT,
            "\"",
            &vault,
            "\"",
            FINGERPRINT,
            "\"",
            &fingerprint,
            "\"}\n",
        ] {
            line.push_str(part);
        }
        line
    }
}

const VAULT: &str = ",\"vault\":";
const FINGERPRINT: &str = ",\"fingerprint\":";

/// Takes a string of 32 hex digits off the end.
fn take_hex(text: &str) -> Option<(&str, &str)> {
    let (rest, hex) = text
        .strip_suffix('"')?
        .split_at_checked(text.len().checked_sub(33)?)?;
    Some((rest.strip_suffix('"')?, hex))
}

/// All lines, each path once; an empty file is damaged.
fn parse(raw: &[u8]) -> Option<Vec<Line<'_>>> {
    let text = std::str::from_utf8(raw).ok()?.strip_suffix('\n')?;
    let lines: Vec<Line<'_>> = text.split('\n').map(Line::parse).collect::<Option<_>>()?;
    paths::are_unique(lines.iter().map(|line| &*line.path)).then_some(lines)
}

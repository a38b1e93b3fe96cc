//! The vault: one encrypted file of format v1 (`secrets-vault(5)`).
//!
//! Bytes become a [`LockedVault`] by grammar alone. A credential unwraps one
//! slot ([`SlotSecret`]); with it, and after every signature that the command
//! relies on is checked, it becomes a [`Vault`]. Changes are staged in the
//! `Vault` and become bytes again by [`Vault::seal`], which verifies what it
//! made. There are no files, no clock and no terminal here: bytes come through
//! [`ReadAt`], `now` and randomness are arguments.

mod access;
mod act;
mod admin;
mod bound;
mod browse;
mod copy;
mod create;
mod draft;
mod enrol;
mod entry;
mod environment;
mod error;
mod expect;
mod format;
mod grant;
mod guard;
mod holders;
mod id;
mod likeness;
mod locked;
mod log_key;
mod memo;
mod meta;
mod metadata;
mod older;
mod open;
mod padding;
mod paging;
mod passphrase;
mod pending;
mod pin;
mod proof;
mod reach;
mod read;
mod records;
mod rekey;
mod relocate;
mod remove;
mod restore;
mod rights;
mod rotate;
mod seal;
mod session;
mod slot_summary;
mod slots;
mod standing;
mod text;
mod token;
mod unlock;
mod whole;
mod work_tree;
mod woven;
mod wrap;
mod write;

pub use act::Act;
pub use create::{DrawnVault, NewVault};
pub use entry::{Absence, Entry, Extent, VersionEntry};
pub use error::{Class, Error};
pub use expect::{Expect, ExpectError};
pub use format::{Anchor, AuditPolicy, Policy, Role, RollbackPolicy, is_label};
pub use guard::Guard;
pub use id::{ChainId, DeviceId, Fingerprint, RecordId, ScopeId, SlotId, VaultId};
pub use likeness::Likeness;
pub use locked::LockedVault;
pub use meta::{MAX_TAG_BYTES, MAX_TAGS, MAX_TEXT_BYTES, Meta, Rotation, State, is_kind};
pub use metadata::{NewMeta, TagEdit};
pub use older::Older;
pub use open::{EnvironmentAccess, Vault};
pub use pin::{Pin, Seen};
pub use relocate::Moved;
pub use rotate::Rotated;
pub use seal::Sealed;
pub use session::Session;
pub use slot_summary::SlotSummary;
pub use slots::NewMember;
pub use standing::Standing;
pub use text::Text;
pub use token::{PREFIX as TOKEN_PREFIX, TOKEN_CHARS};
pub use unlock::{Depth, SlotSecret};
pub use work_tree::InWorkTree;
pub use wrap::NewSlot;
pub use write::{NewValue, Written};

use std::sync::Arc;

/// Greatest length of a vault file, in bytes (256 MiB).
pub const MAX_FILE_BYTES: u64 = 256 << 20;
/// Greatest length of a line, in bytes (2 MiB).
pub const MAX_LINE_BYTES: usize = 2 << 20;
/// Greatest length of a value, in bytes (1 MiB).
pub const MAX_VALUE_BYTES: usize = 1 << 20;
/// Greatest number of slots.
pub const MAX_SLOTS: usize = 1000;
/// Greatest number of scopes.
pub const MAX_SCOPES: usize = 1000;
/// Greatest number of record lines.
pub const MAX_RECORDS: usize = 1_000_000;
/// Greatest number of audit anchors in a seal.
pub const MAX_ANCHORS: usize = 64;
/// Records are cut into at most 2^12 pages.
pub const MAX_PAGE_BITS: u32 = 12;

/// Random access to the bytes of a vault file.
///
/// A slice in memory and the store's open file are the two readers. The
/// length is fixed when the file is opened.
pub trait ReadAt {
    /// Length of the file, in bytes.
    fn size(&self) -> u64;

    /// Fills `buffer` from `offset`; fewer bytes than asked for is an error
    /// (`UnexpectedEof`).
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()>;

    /// Some of its bytes, where they lie in the memory of this process in one
    /// piece. Nobody else changes them there: what was verified once stays so.
    fn piece(&self, _offset: u64, _len: u64) -> Option<&[u8]> {
        None
    }

    /// All of it, where it lies in memory and can be kept beyond this reader.
    fn held(&self) -> Option<&Arc<Vec<u8>>> {
        None
    }
}

/// Who is told how far long work is: what is done (`verifying`), how many of
/// its parts are, and of how many. The end is told too: all of them.
pub type Progress = std::rc::Rc<dyn Fn(&'static str, u64, u64)>;

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        let from = usize::try_from(offset).ok();
        let rest = from.and_then(|from| self.get(from..)).unwrap_or(&[]);
        match rest.get(..buffer.len()) {
            Some(bytes) => {
                buffer.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(std::io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn piece(&self, offset: u64, len: u64) -> Option<&[u8]> {
        let rest = self.get(usize::try_from(offset).ok()?..)?;
        rest.get(..usize::try_from(len).ok()?)
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.as_slice().read_at(offset, buffer)
    }

    fn piece(&self, offset: u64, len: u64) -> Option<&[u8]> {
        self.as_slice().piece(offset, len)
    }
}

impl ReadAt for Arc<Vec<u8>> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.as_slice().read_at(offset, buffer)
    }

    fn piece(&self, offset: u64, len: u64) -> Option<&[u8]> {
        self.as_slice().piece(offset, len)
    }

    fn held(&self) -> Option<&Arc<Vec<u8>>> {
        Some(self)
    }
}

#[cfg(test)]
mod tests;

//! The state on the disk: read, and written over where it lies.

mod bytes;

use super::error::Error;
use super::state::{AroundKey, MAX_SLOT_BYTES, MIN_SLOT_BYTES, Read, State};
use crate::file::{self, Directory, Warning, WritableFile};
use bytes::Bytes;
use std::ffi::OsStr;

/// The file's name.
pub(super) const STATE: &str = "audit.state";

/// The state file under the lock.
pub(super) struct Place<'a> {
    directory: &'a Directory,
    slots: Option<Slots>,
}

/// A state file that can be written over.
struct Slots {
    file: WritableFile,
    /// Of each slot, in bytes.
    size: usize,
    /// Both, as they are on the disk.
    bytes: Bytes,
    /// The slot that counts, 0 or 1.
    newest: usize,
    /// The number of its write.
    write: u64,
}

/// A state that was not written.
pub(super) struct Unsaved {
    /// Why.
    pub error: Error,
    /// Whether the state before it still counts.
    pub is_old: bool,
}

impl<'a> Place<'a> {
    /// Reads the state. One that cannot be read (a wrong length, no sound
    /// slot) counts as none.
    pub(super) fn open(directory: &'a Directory) -> Result<(Self, Option<State>), file::Error> {
        let nothing = Place {
            directory,
            slots: None,
        };
        let Some(file) = directory.open_to_edit(OsStr::new(STATE))? else {
            return Ok((nothing, None));
        };
        let Some(size) = slot_size_of(file.status().size) else {
            return Ok((nothing, None));
        };
        let mut bytes = Bytes::new(vec![0; 2 * size]);
        file.read_at(0, &mut bytes.slots)?;
        let Some((newest, Read { state, write, .. })) = bytes.newest() else {
            return Ok((nothing, None));
        };
        let slots = Slots {
            file,
            size,
            bytes,
            newest,
            write,
        };
        Ok((
            Place {
                directory,
                slots: Some(slots),
            },
            Some(state),
        ))
    }

    /// Writes both slots, the stale one first; synced if `flush`.
    ///
    /// A state that needs longer slots, or the first of all, is put in place
    /// by a rename, and always synced.
    pub(super) fn save(&mut self, state: &State, flush: bool) -> Result<Vec<Warning>, Unsaved> {
        let write = self.slots.as_ref().map_or(1, |slots| slots.write + 1);
        let around = state.around_key(write);
        let need = around.slot_size().ok_or(Unsaved {
            error: Error::Event,
            is_old: true,
        })?;
        match &mut self.slots {
            Some(slots) if slots.size >= need => slots.save(state, write, &around, flush),
            _ => self.replace(state, write, &around, need),
        }
    }

    fn replace(
        &mut self,
        state: &State,
        write: u64,
        around: &AroundKey,
        size: usize,
    ) -> Result<Vec<Warning>, Unsaved> {
        let old = |error: Error| Unsaved {
            error,
            is_old: true,
        };
        let mut bytes = Bytes::new(vec![b' '; 2 * size]);
        bytes.fill(state, around).ok_or_else(|| old(Error::Event))?;
        let name = OsStr::new(STATE);
        let prepared = self
            .directory
            .stat(name)
            .and_then(|original| self.directory.prepare(name, &bytes.slots, original))
            .map_err(|error| old(error.into()))?;
        let committed = prepared.commit().map_err(|error| Unsaved {
            is_old: !matches!(error, file::Error::DurabilityUnknown { .. }),
            error: error.into(),
        })?;
        let unsaved = |error: file::Error| Unsaved {
            error: error.into(),
            is_old: false,
        };
        let file = self.directory.open_to_edit(name).map_err(unsaved)?;
        self.slots = file.map(|file| Slots {
            file,
            size,
            bytes,
            newest: 1,
            write,
        });
        Ok(committed.warnings)
    }
}

impl Slots {
    fn save(
        &mut self,
        state: &State,
        write: u64,
        around: &AroundKey,
        flush: bool,
    ) -> Result<Vec<Warning>, Unsaved> {
        let newest = self.newest;
        let before = self.bytes.packed();
        self.bytes.fill(state, around).ok_or(Unsaved {
            error: Error::Event,
            is_old: true,
        })?;
        if let Err(error) = self.write(newest) {
            self.bytes.unpack(&before);
            let is_old = self.write(newest).is_ok();
            return Err(Unsaved {
                error: error.into(),
                is_old,
            });
        }
        // They are alike now, and the first is the one to write over first.
        (self.newest, self.write) = (1, write);
        if !flush {
            return Ok(Vec::new());
        }
        let synced = self.file.sync().map_err(|error| Unsaved {
            error: error.into(),
            is_old: false,
        })?;
        Ok(synced.into_iter().collect())
    }

    /// Writes both slots, `last` behind the other one: by one call, where they
    /// lie in that order.
    fn write(&self, last: usize) -> Result<(), file::Error> {
        if last == 1 {
            return self.file.write_at(0, &self.bytes.slots);
        }
        let (first, second) = self.bytes.halves();
        self.file.write_at(self.size as u64, second)?;
        self.file.write_at(0, first)
    }
}

/// The size of a slot in a file of this length, if it can be a state.
fn slot_size_of(len: u64) -> Option<usize> {
    let size = usize::try_from(len).ok()? / 2;
    let bounds = MIN_SLOT_BYTES..=MAX_SLOT_BYTES;
    (size as u64 * 2 == len && bounds.contains(&size) && size.is_power_of_two()).then_some(size)
}

/// Reads the state without writing it.
pub(super) fn read(directory: &Directory) -> Result<Option<State>, file::Error> {
    let file = match directory.open(STATE) {
        Err(file::Error::NotFound { .. }) => return Ok(None),
        other => other?,
    };
    let Some(size) = slot_size_of(file.status().size) else {
        return Ok(None);
    };
    let mut bytes = Bytes::new(file.read_all(2 * size as u64)?);
    Ok(bytes.newest().map(|(_, read)| read.state))
}

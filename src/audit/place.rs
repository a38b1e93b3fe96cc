//! The state on the disk: read, and written over where it lies.

use super::error::Error;
use super::state::{MAX_SLOT_BYTES, MIN_SLOT_BYTES, State};
use crate::file::{self, Directory, Warning, WritableFile};
use std::ffi::OsStr;
use zeroize::Zeroizing;

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
    /// The bytes of both, as they are on the disk.
    bytes: Zeroizing<Vec<u8>>,
    /// The slot that counts, 0 or 1, and its number.
    newest: (usize, u64),
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
        let mut bytes = Zeroizing::new(vec![0; 2 * size]);
        file.read_at(0, &mut bytes)?;
        let Some((state, newest)) = newest(&bytes, size) else {
            return Ok((nothing, None));
        };
        let slots = Slots {
            file,
            size,
            bytes,
            newest,
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
        let need = state.slot_size().ok_or(Unsaved {
            error: Error::Event,
            is_old: true,
        })?;
        match &mut self.slots {
            Some(slots) if slots.size >= need => slots.save(state, flush),
            _ => self.replace(state, need),
        }
    }

    fn replace(&mut self, state: &State, size: usize) -> Result<Vec<Warning>, Unsaved> {
        let old = |error: Error| Unsaved {
            error,
            is_old: true,
        };
        let write = self.slots.as_ref().map_or(0, |slots| slots.newest.1);
        let mut bytes = Zeroizing::new(vec![0; 2 * size]);
        for (at, to) in bytes.chunks_exact_mut(size).enumerate() {
            let slot = state.slot(write + 1 + at as u64, size);
            to.copy_from_slice(&slot.ok_or_else(|| old(Error::Event))?);
        }
        let name = OsStr::new(STATE);
        let prepared = self
            .directory
            .stat(name)
            .and_then(|original| self.directory.prepare(name, &bytes, original))
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
            newest: (1, write + 2),
        });
        Ok(committed.warnings)
    }
}

impl Slots {
    fn save(&mut self, state: &State, flush: bool) -> Result<Vec<Warning>, Unsaved> {
        let (newest, write) = self.newest;
        let order = [1 - newest, newest];
        for (turn, at) in order.into_iter().enumerate() {
            let number = write + 1 + turn as u64;
            let slot = state.slot(number, self.size).ok_or(Unsaved {
                error: Error::Event,
                is_old: turn == 0,
            })?;
            if let Err(error) = self.write(at, &slot) {
                let is_old = order.iter().take(turn + 1).all(|at| self.restore(*at));
                return Err(Unsaved {
                    error: error.into(),
                    is_old,
                });
            }
        }
        for at in order {
            let number = if at == newest { write + 2 } else { write + 1 };
            if let (Some(to), Some(slot)) = (
                self.bytes.chunks_exact_mut(self.size).nth(at),
                state.slot(number, self.size),
            ) {
                to.copy_from_slice(&slot);
            }
        }
        self.newest = (newest, write + 2);
        if !flush {
            return Ok(Vec::new());
        }
        let synced = self.file.sync().map_err(|error| Unsaved {
            error: error.into(),
            is_old: false,
        })?;
        Ok(synced.into_iter().collect())
    }

    fn write(&self, at: usize, slot: &[u8]) -> Result<(), file::Error> {
        self.file.write_at((at * self.size) as u64, slot)
    }

    /// Puts a slot back as it was; whether that went well.
    fn restore(&self, at: usize) -> bool {
        let slot = self.bytes.chunks_exact(self.size).nth(at);
        slot.is_some_and(|slot| self.write(at, slot).is_ok())
    }
}

/// The size of a slot in a file of this length, if it can be a state.
fn slot_size_of(len: u64) -> Option<usize> {
    let size = usize::try_from(len).ok()? / 2;
    let bounds = MIN_SLOT_BYTES..=MAX_SLOT_BYTES;
    (size as u64 * 2 == len && bounds.contains(&size) && size.is_power_of_two()).then_some(size)
}

/// The slot that counts, its place and number.
fn newest(bytes: &[u8], size: usize) -> Option<(State, (usize, u64))> {
    bytes
        .chunks_exact(size)
        .enumerate()
        .filter_map(|(at, slot)| State::read_slot(slot).map(|(state, write)| (state, (at, write))))
        .max_by_key(|(_, (_, write))| *write)
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
    // Wiped whole on drop: the vector never grows.
    let bytes = Zeroizing::new(file.read_all(2 * size as u64)?);
    Ok(newest(&bytes, size).map(|(state, _)| state))
}

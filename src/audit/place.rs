//! The state on the disk: read, and written over where it lies.

use super::error::Error;
use super::state::{MAX_SLOT_BYTES, MIN_SLOT_BYTES, SUM_BYTES, State};
use crate::file::{self, Directory, Warning, WritableFile};
use std::cmp::Ordering;
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
        let write = self.slots.as_ref().map_or(1, |slots| slots.newest.1 + 1);
        let mut bytes = Zeroizing::new(vec![0; 2 * size]);
        fill(state, write, &mut bytes).ok_or_else(|| old(Error::Event))?;
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
            newest: (1, write),
        });
        Ok(committed.warnings)
    }
}

impl Slots {
    fn save(&mut self, state: &State, flush: bool) -> Result<Vec<Warning>, Unsaved> {
        let (newest, write) = self.newest;
        let before: Vec<Packed> = self.bytes.chunks_exact(self.size).map(pack).collect();
        fill(state, write + 1, &mut self.bytes).ok_or(Unsaved {
            error: Error::Event,
            is_old: true,
        })?;
        if let Err(error) = self.write(newest) {
            for (slot, packed) in self.bytes.chunks_exact_mut(self.size).zip(&before) {
                packed.unpack(slot);
            }
            let is_old = self.write(newest).is_ok();
            return Err(Unsaved {
                error: error.into(),
                is_old,
            });
        }
        // They are alike now, and the first is the one to write over first.
        self.newest = (1, write + 1);
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
            return self.file.write_at(0, &self.bytes);
        }
        let (first, second) = self.bytes.split_at_checked(self.size).unwrap_or_default();
        self.file.write_at(self.size as u64, second)?;
        self.file.write_at(0, first)
    }
}

/// Writes a state into both slots.
fn fill(state: &State, write: u64, bytes: &mut [u8]) -> Option<()> {
    let (one, other) = bytes.split_at_mut_checked(bytes.len() / 2)?;
    state.fill(write, one)?;
    other.copy_from_slice(one);
    Some(())
}

/// Spaces that are left out at a time.
const BLANK: [u8; 64] = [b' '; 64];

/// A slot as it was, without most of the spaces in it.
struct Packed {
    text: Zeroizing<Vec<u8>>,
    sum: Vec<u8>,
}

fn pack(slot: &[u8]) -> Packed {
    let end = slot.len().saturating_sub(SUM_BYTES);
    let (body, sum) = slot.split_at_checked(end).unwrap_or_default();
    let blanks = body.rchunks_exact(BLANK.len());
    let spare = blanks.take_while(|chunk| **chunk == BLANK).count() * BLANK.len();
    let text = body.get(..body.len() - spare).unwrap_or_default();
    Packed {
        text: Zeroizing::new(text.to_vec()),
        sum: sum.to_vec(),
    }
}

impl Packed {
    fn unpack(&self, slot: &mut [u8]) {
        slot.fill(b' ');
        let end = slot.len().saturating_sub(self.sum.len());
        if let Some((body, sum)) = slot.split_at_mut_checked(end) {
            body.iter_mut()
                .zip(&*self.text)
                .for_each(|(to, from)| *to = *from);
            sum.copy_from_slice(&self.sum);
        }
    }
}

/// The size of a slot in a file of this length, if it can be a state.
fn slot_size_of(len: u64) -> Option<usize> {
    let size = usize::try_from(len).ok()? / 2;
    let bounds = MIN_SLOT_BYTES..=MAX_SLOT_BYTES;
    (size as u64 * 2 == len && bounds.contains(&size) && size.is_power_of_two()).then_some(size)
}

/// The slot that counts, its place and number. Two of one number are alike, as
/// they are after every append, or count for nothing.
fn newest(bytes: &[u8], size: usize) -> Option<(State, (usize, u64))> {
    let (one, other) = bytes.split_at_checked(size)?;
    let read = |slot, at| State::read_slot(slot).map(|(state, write)| (state, (at, write)));
    if one == other {
        return read(other, 1);
    }
    match (read(one, 0), read(other, 1)) {
        (Some(one), Some(other)) => match one.1.1.cmp(&other.1.1) {
            Ordering::Equal => None,
            Ordering::Greater => Some(one),
            Ordering::Less => Some(other),
        },
        (one, other) => one.or(other),
    }
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

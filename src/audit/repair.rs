//! What the next append makes of a log that was cut, or whose state was.
//!
//! | state | log | what happens |
//! |---|---|---|
//! | none | none | a chain begins from the slot's log key |
//! | none | there | the same, and its entry 1 is `gap`: where the log ends |
//! | there | longer | its lines are verified with the key of the state, which catches up |
//! | there | ends in a part of a line | the part is cut off, entry `torn` |
//! | there | missing or shorter | a chain follows without a key of the vault; its entry 1 is `gap` |
//! | there | with other lines | [`Error::Broken`]; nothing is appended |

use super::error::Error;
use super::event::{Action, ChainStart, Event};
use super::json::Kind;
use super::line::{Line, genesis, pieces, whole_len};
use super::log::{LOG, Origin, Ready};
use super::notice::Notice;
use super::place::Place;
use super::state::State;
use super::verifier::Verifier;
use crate::crypto::{Random, sha256};
use crate::file::{self, Directory, WritableFile};
use crate::vault::{Anchor, ChainId};
use data_encoding::BASE64_NOPAD;
use serde_json::json;
use std::ffi::OsStr;

/// Bytes read at first to find the last line: an entry that names a few secrets.
const TAIL_BYTES: u64 = 1024;

/// Makes the log one that can be appended to. The caller holds the lock.
pub(super) fn settle<'a>(
    directory: &'a Directory,
    mut place: Place<'a>,
    state: Option<State>,
    origin: &Origin<'_>,
    random: &mut dyn Random,
) -> Result<Ready<'a>, Error> {
    let log = directory.open_to_append(OsStr::new(LOG))?;
    let mut ends = Ends {
        size: log.status().size,
        log,
        time: origin.time,
        pending: Vec::new(),
        notices: Vec::new(),
        lost: Vec::new(),
    };
    let mut began = None;
    let mut behind = false;
    let mut warnings = Vec::new();
    let state = match state {
        Some(state) if state.next == 0 => {
            began = Some(state.start.chain);
            ends.go_on(state, &mut behind)?
        }
        Some(state) if state.len <= ends.size => ends.catch_up(state, &mut behind)?,
        other => {
            ends.cut_torn()?;
            let state = match other {
                Some(old) => follow(old, ends.size, random)?,
                None => begin(origin, ends.size, random)?,
            };
            let first = ends.first(&state.start, state.len)?;
            let saved = place.save(&state, true);
            warnings = saved.map_err(|unsaved| unsaved.error)?;
            began = Some(state.start.chain);
            ends.pending.splice(0..0, first);
            state
        }
    };
    Ok(Ready {
        log: ends.log,
        size: ends.size,
        place,
        state,
        behind,
        pending: ends.pending,
        lost: ends.lost,
        began,
        warnings,
        notices: ends.notices,
    })
}

/// A chain that begins from the slot's log key.
fn begin(origin: &Origin<'_>, len: u64, random: &mut dyn Random) -> Result<State, Error> {
    let key = origin.key.ok_or(Error::NoChain)?;
    let start = ChainStart {
        vault: origin.vault,
        device: origin.device,
        chain: ChainId(random.draw()?),
        slot: origin.slot,
        previous: Vec::new(),
    };
    let ChainStart { vault, device, .. } = &start;
    Ok(State {
        next: 0,
        key: key.chain_key(&vault.0, &device.0, &start.chain.0),
        hash: genesis(&start),
        len,
        start,
    })
}

/// A chain that follows another one without the vault's keys.
fn follow(old: State, len: u64, random: &mut dyn Random) -> Result<State, Error> {
    let head = old.position();
    let chain = ChainId(random.draw()?);
    let mut start = ChainStart { chain, ..old.start };
    start.previous.extend(head);
    Ok(State {
        next: 0,
        key: old.key.follow(&chain.0),
        hash: genesis(&start),
        len,
        start,
    })
}

/// The log while its end is looked at.
struct Ends {
    log: WritableFile,
    /// Its length, in bytes.
    size: u64,
    time: u64,
    pending: Vec<Event>,
    notices: Vec<Notice>,
    lost: Vec<Anchor>,
}

impl Ends {
    /// A chain that was begun, whose first entry may or may not be there.
    fn go_on(&mut self, mut state: State, behind: &mut bool) -> Result<State, Error> {
        // What was lost meanwhile is told by the gap, which is not written yet.
        let begun_at = state.len.min(self.size);
        let start = state.start.clone();
        state.len = begun_at;
        let state = if begun_at == self.size {
            self.cut_torn()?;
            state
        } else {
            self.catch_up(state, behind)?
        };
        let begun_at = begun_at.min(self.size);
        if state.next > 1 {
            return Ok(state);
        }
        let first = self.first(&start, begun_at)?;
        // One write holds the chain's entry and the gap; it may have been cut between them.
        let written = usize::try_from(state.next).unwrap_or(usize::MAX);
        self.pending.splice(0..0, first.into_iter().skip(written));
        Ok(state)
    }

    /// Verifies the lines that the state does not know yet.
    fn catch_up(&mut self, state: State, behind: &mut bool) -> Result<State, Error> {
        if state.next > 0 {
            let last = self.last_line(state.len)?;
            let line = Line::parse(last.strip_suffix(b"\n").unwrap_or_default());
            let known =
                line.is_ok_and(|line| line.index + 1 == state.next && line.hash == state.hash);
            if !known {
                let what = format!("entry {}: not the one that the state names", state.next - 1);
                return Err(Error::Broken { what });
            }
        }
        if state.len == self.size {
            return Ok(state);
        }
        let extra = self.read(state.len, self.size)?;
        let (whole, torn) = extra
            .split_at_checked(whole_len(&extra))
            .unwrap_or_default();
        let mut verifier = Verifier::resume(state.next, state.hash, Some(state.key));
        for piece in pieces(whole) {
            let line = piece.strip_suffix(b"\n").unwrap_or(piece);
            verifier.take(line).map_err(|fault| Error::Broken {
                what: format!("entry {}: {fault}", verifier.next()),
            })?;
            *behind = true;
        }
        self.cut(torn)?;
        let (next, hash, key) = verifier.into_parts();
        Ok(State {
            start: state.start,
            next,
            hash,
            key: key.ok_or(Error::NoChain)?,
            len: self.size,
        })
    }

    /// The entries that a chain begins with: itself, and the gap before it.
    fn first(&mut self, start: &ChainStart, begun_at: u64) -> Result<Vec<Event>, Error> {
        let chain = Event {
            start: Some(start.clone()),
            ..Event::new(Action::Chain, self.time)
        };
        let (head, notice, data) = if let Some(head) = start.previous.last() {
            let last = self.last_chain(begun_at)?;
            let left = last.filter(|last| last.chain == head.chain);
            let left = left.map_or(0, |last| last.entries);
            let data = json!({ "prev": [head.text()], "left": left });
            let head = head.clone();
            (head.clone(), Notice::Gap { head, left }, data)
        } else if begun_at == 0 {
            return Ok(vec![chain]);
        } else {
            let last = self.last_chain(begun_at)?.ok_or_else(|| Error::Broken {
                what: "its state is missing, and its lines cannot be read".to_owned(),
            })?;
            let data = json!({ "left": last.text() });
            (last.clone(), Notice::StateLost { head: last }, data)
        };
        let gap = Event {
            data: Some(data),
            ..Event::new(Action::Gap, self.time)
        };
        self.lost.push(head.clone());
        self.notices.push(notice);
        Ok(vec![chain, gap])
    }

    /// The last chain before `end`: how many lines it has there, and its last hash.
    fn last_chain(&self, end: u64) -> Result<Option<Anchor>, Error> {
        let mut last: Option<Anchor> = None;
        for piece in pieces(&self.read(0, end)?) {
            let line = Line::parse(piece.strip_suffix(b"\n").unwrap_or(piece));
            let start = line.ok().filter(|line| line.mark.kind == Kind::Chain);
            if let Some(start) = start.and_then(|line| Event::parse(line.raw)?.start) {
                last = Some(Anchor {
                    chain: start.chain,
                    entries: 0,
                    hash: genesis(&start),
                });
            }
            if let Some(last) = &mut last {
                last.entries += 1;
                if let Ok(line) = line {
                    last.hash = line.hash;
                }
            }
        }
        Ok(last)
    }

    /// Cuts off what stands behind the last line feed.
    fn cut_torn(&mut self) -> Result<(), Error> {
        let last = self.last_line(self.size)?;
        if last.is_empty() || last.ends_with(b"\n") {
            return Ok(());
        }
        self.cut(&last)
    }

    /// Cuts off these last bytes of the log, and has that recorded.
    fn cut(&mut self, torn: &[u8]) -> Result<(), Error> {
        if torn.is_empty() {
            return Ok(());
        }
        let bytes = torn.len() as u64;
        self.size -= bytes;
        self.log.truncate(self.size)?;
        let hash = BASE64_NOPAD.encode(&sha256(torn));
        self.pending.push(Event {
            data: Some(json!({ "len": bytes, "hash": hash })),
            ..Event::new(Action::Torn, self.time)
        });
        self.notices.push(Notice::Torn { bytes });
        Ok(())
    }

    /// The last line before `end`, with its line feed if it has one.
    fn last_line(&self, end: u64) -> Result<Vec<u8>, Error> {
        let mut want = TAIL_BYTES;
        loop {
            let from = end.saturating_sub(want);
            let mut tail = self.read(from, end)?;
            let before = tail.split_last().map_or(&[][..], |(_, before)| before);
            let start = whole_len(before);
            if start > 0 || from == 0 {
                drop(tail.drain(..start));
                return Ok(tail);
            }
            want = want.saturating_mul(4);
        }
    }

    fn read(&self, from: u64, to: u64) -> Result<Vec<u8>, file::Error> {
        let mut bytes = vec![0; usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX)];
        self.log.read_at(from, &mut bytes)?;
        Ok(bytes)
    }
}

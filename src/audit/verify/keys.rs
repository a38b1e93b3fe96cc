//! The first key of each chain, from the log keys that are at hand.

use super::Evidence;
use crate::audit::Verifier;
use crate::audit::event::ChainStart;
use crate::crypto::ChainKey;
use crate::vault::ChainId;

/// Greatest number of entries that are gone through for keys alone.
const MAX_STEPS: u64 = 10_000_000;
const TOO_MANY: &str = "entry 0: its key lies more than 10000000 lost entries ahead";

/// Keys of the chains so far.
pub(super) struct Keys<'a> {
    evidence: &'a Evidence<'a>,
    /// K_n of chains whose n entries were verified with their keys.
    ends: Vec<(ChainId, u64, ChainKey)>,
    /// Steps that are left.
    steps: u64,
}

impl<'a> Keys<'a> {
    pub(super) fn new(evidence: &'a Evidence<'a>) -> Self {
        Keys {
            evidence,
            ends: Vec::new(),
            steps: MAX_STEPS,
        }
    }

    /// K_0 of a chain; `None` without the log key of its slot.
    ///
    /// # Errors
    /// A sentence, when a log names more entries than anybody would go through.
    pub(super) fn first(&mut self, start: &ChainStart) -> Result<Option<ChainKey>, &'static str> {
        if start.vault != self.evidence.vault {
            return Ok(None);
        }
        let known = start
            .previous
            .iter()
            .enumerate()
            .rev()
            .find_map(|(at, anchor)| {
                let (_, entries, key) = self.ends.iter().rev().find(|(chain, entries, _)| {
                    *chain == anchor.chain && *entries <= anchor.entries
                })?;
                Some((at, *entries, copy(key)?))
            });
        let mut line = start.previous.iter();
        let mut key = match known {
            Some((at, entries, key)) => {
                let anchor = line.nth(at);
                self.ratchet(key, anchor.map_or(0, |anchor| anchor.entries - entries))?
            }
            None => {
                let Some(log_key) = (self.evidence.key_of)(&start.slot) else {
                    return Ok(None);
                };
                let first = line.next();
                let chain = first.map_or(start.chain, |anchor| anchor.chain);
                let key = log_key.chain_key(&start.vault.0, &start.device.0, &chain.0);
                match first {
                    None => return Ok(Some(key)),
                    Some(anchor) => self.ratchet(key, anchor.entries)?,
                }
            }
        };
        for anchor in line {
            key = self.ratchet(key.follow(&anchor.chain.0), anchor.entries)?;
        }
        Ok(Some(key.follow(&start.chain.0)))
    }

    /// Keeps the key of a chain that was verified to its end.
    pub(super) fn keep(&mut self, chain: ChainId, verifier: Verifier, keyed: bool) {
        let (entries, _, key) = verifier.into_parts();
        if let Some(key) = key.filter(|_| keyed) {
            self.ends.push((chain, entries, key));
        }
    }

    fn ratchet(&mut self, mut key: ChainKey, steps: u64) -> Result<ChainKey, &'static str> {
        self.steps = self.steps.checked_sub(steps).ok_or(TOO_MANY)?;
        for _ in 0..steps {
            key = key.next();
        }
        Ok(key)
    }
}

fn copy(key: &ChainKey) -> Option<ChainKey> {
    ChainKey::read(key.bytes())
}

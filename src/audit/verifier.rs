//! The strict verifier of one chain, a line at a time.

use super::event::ChainStart;
use super::json::Kind;
use super::line::{Fault, Line, entry_hash, genesis};
use crate::crypto::{ChainKey, Hash, equal};

/// Where the verification of one chain is.
///
/// With a key it checks MACs as well; without one, hashes alone.
pub struct Verifier {
    next: u64,
    hash: Hash,
    key: Option<ChainKey>,
}

impl Verifier {
    /// Before the first entry of a chain; `key` is K_0.
    pub fn begin(start: &ChainStart, key: Option<ChainKey>) -> Self {
        Self::resume(0, genesis(start), key)
    }

    /// Behind `next` entries; `hash` is the last one's, `key` is K_next.
    pub fn resume(next: u64, hash: Hash, key: Option<ChainKey>) -> Self {
        Verifier { next, hash, key }
    }

    /// How many entries are verified.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The hash of the last of them.
    pub fn hash(&self) -> &Hash {
        &self.hash
    }

    /// K_next, if there is one.
    pub fn key(&self) -> Option<&ChainKey> {
        self.key.as_ref()
    }

    /// Number of entries, the last one's hash, and K_next.
    pub fn into_parts(self) -> (u64, Hash, Option<ChainKey>) {
        (self.next, self.hash, self.key)
    }

    /// Goes on with a key, K_next, that was found elsewhere.
    pub(super) fn set_key(&mut self, key: ChainKey) {
        self.key = Some(key);
    }

    /// Whether this line, without its line feed, is the next entry. Nothing changes.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self, line: &[u8]) -> Result<(), Fault> {
        self.check_line(&Line::parse(line)?)
    }

    /// Takes the next line.
    ///
    /// # Errors
    /// As [`Verifier::check`]; it stays where it is.
    pub fn take(&mut self, line: &[u8]) -> Result<(), Fault> {
        self.take_line(&Line::parse(line)?)
    }

    pub(super) fn take_line(&mut self, line: &Line<'_>) -> Result<(), Fault> {
        self.check_line(line)?;
        self.hash = line.hash;
        self.next += 1;
        self.key = self.key.take().map(|key| key.next());
        Ok(())
    }

    fn check_line(&self, line: &Line<'_>) -> Result<(), Fault> {
        if line.index != self.next {
            return Err(Fault::Index);
        }
        // A chain says what it is in its first entry and nowhere else.
        if (line.mark.kind == Kind::Chain) != (line.index == 0) {
            return Err(Fault::Form);
        }
        if line.hash != entry_hash(&self.hash, line.raw) {
            return Err(Fault::Hash);
        }
        match &self.key {
            Some(key) if !equal(&key.tag(&line.hash), &line.mac) => Err(Fault::Mac),
            _ => Ok(()),
        }
    }
}

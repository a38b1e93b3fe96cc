//! What one machine has seen of a vault (`secrets-vault(5)`, PINS).
//!
//! A vault file proves who wrote it, not that it is the latest. A pin is the
//! memory that makes an older file look old: numbers and hashes of what was
//! verified here, of which none ever falls. It holds no key and no name.

use super::Error;
use super::format::{Cursor, RollbackPolicy, write_number};
use super::id::{ChainId, Fingerprint, ScopeId, SlotId};
use crate::crypto::Hash;
use crate::order;
use data_encoding::{BASE64_NOPAD, HEXLOWER};
use std::collections::BTreeMap;

/// What this machine knows of one vault from earlier runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The fingerprint of its admin key.
    pub fingerprint: Fingerprint,
    /// The number of the head and the SHA-256 of its raw object.
    pub head: (u64, Hash),
    /// The rollback policy of that head: an older file is not judged by its
    /// own milder one.
    pub rollback: RollbackPolicy,
    /// The greatest time of a head, Unix seconds.
    pub time: u64,
    /// By scope: epoch, number of the seal, SHA-256 of its raw object.
    pub scopes: BTreeMap<ScopeId, (u64, u64, Hash)>,
    /// By slot: number of the wrap, SHA-256 of its raw object.
    pub slots: BTreeMap<SlotId, (u64, Hash)>,
    /// The audit chains that this machine began, oldest first.
    pub chains: Vec<ChainId>,
}

/// What one run has verified; the shapes are those of [`Pin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The fingerprint of the admin key.
    pub fingerprint: Fingerprint,
    /// The head: number, hash.
    pub head: (u64, Hash),
    /// The head's rollback policy.
    pub rollback: RollbackPolicy,
    /// The head's time, Unix seconds.
    pub time: u64,
    /// The scopes whose seal was verified: epoch, number, hash.
    pub scopes: BTreeMap<ScopeId, (u64, u64, Hash)>,
    /// The slots whose wrap was verified: number, hash.
    pub slots: BTreeMap<SlotId, (u64, Hash)>,
}

impl Pin {
    /// The first pin of a vault.
    pub fn of(seen: &Seen) -> Self {
        Pin {
            fingerprint: seen.fingerprint,
            head: seen.head,
            rollback: seen.rollback,
            time: seen.time,
            scopes: seen.scopes.clone(),
            slots: seen.slots.clone(),
            chains: Vec::new(),
        }
    }

    /// Whether [`Pin::raise`] or [`Pin::add_chain`] would change it. Pins only
    /// rise, so what does not raise this one raises no later one either.
    pub fn would_rise(&self, seen: &Seen, chain: Option<ChainId>) -> bool {
        let mut next = self.clone();
        next.raise(seen) || chain.is_some_and(|chain| next.add_chain(chain))
    }

    /// Takes the greater number of each part; whether anything rose.
    ///
    /// Another state with the same number changes nothing: the first that was
    /// seen stays. Nor does what another admin signed: that a vault has a new
    /// admin key is for a person to say.
    pub fn raise(&mut self, seen: &Seen) -> bool {
        if seen.fingerprint != self.fingerprint {
            return false;
        }
        let mut rose = seen.time > self.time;
        self.time = self.time.max(seen.time);
        if seen.head.0 > self.head.0 {
            self.head = seen.head;
            self.rollback = seen.rollback;
            rose = true;
        }
        for (id, new) in &seen.scopes {
            let old = self.scopes.get(id);
            if old.is_none_or(|old| (new.0, new.1) > (old.0, old.1)) {
                self.scopes.insert(*id, *new);
                rose = true;
            }
        }
        for (id, new) in &seen.slots {
            if self.slots.get(id).is_none_or(|old| new.0 > old.0) {
                self.slots.insert(*id, *new);
                rose = true;
            }
        }
        rose
    }

    /// Adds an audit chain that this machine began; whether it is new.
    pub fn add_chain(&mut self, chain: ChainId) -> bool {
        let new = !self.chains.contains(&chain);
        if new {
            self.chains.push(chain);
        }
        new
    }

    /// Reads what [`Pin::write`] writes, and no other writing of it.
    pub fn parse(raw: &[u8]) -> Option<Self> {
        let pin = read(&mut Cursor::new(raw, 0)).ok()?;
        (pin.write().as_bytes() == raw).then_some(pin)
    }

    /// One line of JSON with its line feed, ids ascending by their text.
    pub fn write(&self) -> String {
        let size = 256 + 96 * (self.scopes.len() + self.slots.len()) + 32 * self.chains.len();
        let mut out = String::with_capacity(size);
        out.push_str("{\"pin\":1,\"fingerprint\":\"");
        HEXLOWER.encode_append(&self.fingerprint.0, &mut out);
        out.push_str("\",\"head\":[");
        write_state(&[self.head.0], &self.head.1, &mut out);
        out.push_str(",\"");
        out.push_str(self.rollback.text());
        out.push_str("\"],\"t\":");
        write_number(self.time, &mut out);
        out.push_str(",\"scopes\":[");
        let mut scopes: Vec<_> = self.scopes.iter().collect();
        order::sort_by_key(&mut scopes, |(id, _)| id.order());
        for (index, (id, (epoch, seal, raw))) in scopes.into_iter().enumerate() {
            out.push_str(if index > 0 { ",[" } else { "[" });
            id.write(&mut out);
            out.push(',');
            write_state(&[*epoch, *seal], raw, &mut out);
            out.push(']');
        }
        out.push_str("],\"slots\":[");
        let mut slots: Vec<_> = self.slots.iter().collect();
        order::sort_by_key(&mut slots, |(id, _)| id.order());
        for (index, (id, (number, raw))) in slots.into_iter().enumerate() {
            out.push_str(if index > 0 { ",[" } else { "[" });
            id.write(&mut out);
            out.push(',');
            write_state(&[*number], raw, &mut out);
            out.push(']');
        }
        out.push_str("],\"chains\":[");
        for (index, chain) in self.chains.iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            chain.write(&mut out);
        }
        out.push_str("]}\n");
        out
    }
}

/// Numbers and a hash, as they stand behind what they are of.
fn write_state(numbers: &[u64], hash: &Hash, out: &mut String) {
    for number in numbers {
        write_number(*number, out);
        out.push(',');
    }
    out.push('"');
    BASE64_NOPAD.encode_append(hash, out);
    out.push('"');
}

/// Order and repetition show when what was read is written again.
fn read(c: &mut Cursor<'_>) -> Result<Pin, Error> {
    const HASH: &str = "a hash";
    c.literal("{\"pin\":1,\"fingerprint\":")?;
    let fingerprint = Fingerprint(c.hex("a fingerprint")?);
    c.literal(",\"head\":[")?;
    let number = c.positive()?;
    c.literal(",")?;
    let head = (number, c.bytes(HASH)?);
    c.literal(",\"")?;
    let rollback = RollbackPolicy::parse(c)?;
    c.literal("\"],\"t\":")?;
    let mut pin = Pin {
        fingerprint,
        head,
        rollback,
        time: c.number()?,
        scopes: BTreeMap::new(),
        slots: BTreeMap::new(),
        chains: Vec::new(),
    };
    c.literal(",\"scopes\":[")?;
    while !c.take("]") {
        c.take(",");
        c.literal("[")?;
        let id = ScopeId(c.bytes("a scope's id")?);
        c.literal(",")?;
        let epoch = c.positive()?;
        c.literal(",")?;
        let seal = c.positive()?;
        c.literal(",")?;
        pin.scopes.insert(id, (epoch, seal, c.bytes(HASH)?));
        c.literal("]")?;
    }
    c.literal(",\"slots\":[")?;
    while !c.take("]") {
        c.take(",");
        c.literal("[")?;
        let id = SlotId(c.bytes("a slot's id")?);
        c.literal(",")?;
        let number = c.positive()?;
        c.literal(",")?;
        pin.slots.insert(id, (number, c.bytes(HASH)?));
        c.literal("]")?;
    }
    c.literal(",\"chains\":[")?;
    while !c.take("]") {
        c.take(",");
        pin.add_chain(ChainId(c.bytes("an audit chain")?));
    }
    c.literal("}\n")?;
    c.end()?;
    Ok(pin)
}

#[cfg(test)]
mod tests;

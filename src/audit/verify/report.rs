//! What a verification is asked and answers, and the events for reports.

use crate::audit::event::Event;
use crate::audit::line::{Fault, Line, pieces};
use crate::crypto::AuditKey;
use crate::vault::{Anchor, ChainId, DeviceId, SlotId, VaultId};
use std::fmt;

/// Who is told what is done, of how much.
pub type Tell<'a> = &'a mut dyn FnMut(u64, u64);

/// What a log is held against.
pub struct Evidence<'a> {
    /// The vault.
    pub vault: VaultId,
    /// The log key of a slot, where it is at hand.
    pub key_of: &'a dyn Fn(&SlotId) -> Option<AuditKey>,
    /// The anchors in the seals of the vault.
    pub anchors: &'a [Anchor],
    /// The chains that this machine began, by its pin.
    pub began: &'a [ChainId],
}

/// What a log holds, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its chains, in the order of the file.
    pub chains: Vec<ChainReport>,
    /// Entries that were verified, of all chains.
    pub entries: u64,
    /// Time of the first and the last of them, Unix seconds.
    pub span: Option<(u64, u64)>,
    /// What is wrong, in the order of the file; empty if nothing is.
    pub findings: Vec<Finding>,
    /// How many heads of chains were accepted as lost.
    pub accepted: u64,
    /// How far each chain was that is here or must be: what goes with the log
    /// when it is moved aside.
    pub expected: Vec<Anchor>,
    /// Anchored chains that are not here and did not begin here.
    pub elsewhere: Vec<Anchor>,
}

/// One chain of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// The chain.
    pub chain: ChainId,
    /// The machine.
    pub device: DeviceId,
    /// The slot whose log key its line of chains began with.
    pub slot: SlotId,
    /// Entries that were verified.
    pub entries: u64,
    /// Whether their MACs were.
    pub keyed: bool,
}

/// Something that is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line of the file, from 1.
    pub line: Option<u64>,
    /// The chain.
    pub chain: Option<ChainId>,
    /// The entry of the chain.
    pub index: Option<u64>,
    /// A sentence.
    pub what: String,
    /// The anchor that is to be accepted as lost, where that settles it. Where
    /// it does not, the log is moved aside as a whole.
    pub lost: Option<Anchor>,
}

/// A line that is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadLine {
    /// The line of the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.fault)
    }
}

/// The events of a log, for reports. Hashes and MACs are not looked at.
pub fn events(log: &[u8]) -> impl Iterator<Item = Result<Event, BadLine>> {
    (1..).zip(pieces(log)).map(|(line, piece)| {
        let bad = |fault| BadLine { line, fault };
        let whole = piece.strip_suffix(b"\n").ok_or(bad(Fault::Torn))?;
        let entry = Line::parse(whole).map_err(bad)?;
        Event::parse(entry.raw).ok_or(bad(Fault::Form))
    })
}

//! One entry of the log, without its hash and MAC.

use crate::crypto::Hash;
use crate::vault::{Anchor, ChainId, DeviceId, SlotId, VaultId};
use serde_json::Value;

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// A change that was recorded and then did not happen.
    Abort,
    /// Slots, environments, passphrases.
    Access,
    /// The first entry of a chain.
    Chain,
    /// Somebody asked which secret a text is.
    Check,
    /// Secrets were taken away.
    Delete,
    /// Entries before this one are lost, or their loss was accepted.
    Gap,
    /// An application's own event.
    Note,
    /// An action of a later version.
    Other(String),
    /// Values were shown, or handed to a program.
    Read,
    /// A value was replaced by the rotation of a secret.
    Rotate,
    /// A line that was not written whole was cut off.
    Torn,
    /// A credential was used, or did not fit.
    Unlock,
    /// Secrets were written.
    Write,
}

impl Action {
    /// Every action that has a name of its own.
    const NAMED: [(Action, &'static str); 12] = [
        (Action::Abort, "abort"),
        (Action::Access, "access"),
        (Action::Chain, "chain"),
        (Action::Check, "check"),
        (Action::Delete, "delete"),
        (Action::Gap, "gap"),
        (Action::Note, "note"),
        (Action::Read, "read"),
        (Action::Rotate, "rotate"),
        (Action::Torn, "torn"),
        (Action::Unlock, "unlock"),
        (Action::Write, "write"),
    ];

    /// The words of this version, by their alphabet.
    pub fn words() -> impl Iterator<Item = &'static str> {
        Self::NAMED.iter().map(|(_, word)| *word)
    }

    /// The action of this word.
    pub fn parse(word: &str) -> Self {
        let named = Self::NAMED.iter().find(|(_, name)| *name == word);
        named.map_or_else(
            || Action::Other(word.to_owned()),
            |(action, _)| action.clone(),
        )
    }

    /// The word in the log.
    pub fn as_str(&self) -> &str {
        if let Action::Other(word) = self {
            return word;
        }
        let named = Self::NAMED.iter().find(|(action, _)| action == self);
        named.map_or("", |(_, name)| name)
    }
}

/// What the first entry of a chain says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainStart {
    /// The vault.
    pub vault: VaultId,
    /// The machine.
    pub device: DeviceId,
    /// The chain.
    pub chain: ChainId,
    /// The slot whose log key its first line of chains began with.
    pub slot: SlotId,
    /// The chains before it in its line, oldest first; empty exactly when the
    /// first key comes from the slot's log key.
    pub previous: Vec<Anchor>,
}

/// One entry: what was done, by whom, to what. Fields that do not apply are
/// `None` or empty and are left out of the line.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its number in its chain; set when it is appended.
    pub index: u64,
    /// Unix seconds.
    pub time: u64,
    /// What it is about.
    pub action: Action,
    /// In the first entry of a chain: which chain.
    pub start: Option<ChainStart>,
    /// Whether it was done; `Some(false)` for a failed attempt, `None` counts as done.
    pub ok: Option<bool>,
    /// Why not: a code of the JSON error object.
    pub error: Option<String>,
    /// The environment.
    pub env: Option<String>,
    /// Paths with a leading slash, and versions; 0 where none is known.
    pub names: Vec<(String, u64)>,
    /// The verb: `get`, `run`, `set`.
    pub verb: Option<String>,
    /// The program that `run` became, without its arguments.
    pub command: Option<String>,
    /// The reason that was given.
    pub reason: Option<String>,
    /// What opened the vault: `token`, `key` or `passphrase`.
    pub credential: Option<String>,
    /// The slot that was opened.
    pub slot: Option<SlotId>,
    /// Its label.
    pub label: Option<String>,
    /// The user of the operating system.
    pub user: Option<String>,
    /// The random alias of this machine.
    pub host: Option<String>,
    /// The address of the SSH client.
    pub ip: Option<String>,
    /// The process.
    pub pid: Option<u32>,
    /// The terminal.
    pub tty: Option<String>,
    /// The CI system.
    pub ci: Option<String>,
    /// The coding agent.
    pub agent: Option<String>,
    /// An accessor that the caller names.
    pub accessor: Option<String>,
    /// The hashes of the new seals of a change.
    pub seals: Vec<Hash>,
    /// Whatever else belongs to the action.
    pub data: Option<Value>,
}

impl Event {
    /// An entry that says when and what alone.
    pub fn new(action: Action, time: u64) -> Self {
        Event {
            index: 0,
            time,
            action,
            start: None,
            ok: None,
            error: None,
            env: None,
            names: Vec::new(),
            verb: None,
            command: None,
            reason: None,
            credential: None,
            slot: None,
            label: None,
            user: None,
            host: None,
            ip: None,
            pid: None,
            tty: None,
            ci: None,
            agent: None,
            accessor: None,
            seals: Vec::new(),
            data: None,
        }
    }

    /// Whether it was done, and not merely tried.
    pub fn is_done(&self) -> bool {
        self.ok != Some(false)
    }
}

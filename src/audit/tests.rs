//! A machine, its vault and its log, for tests.

use super::line::{genesis, pieces};
use super::state::State;
use super::{Action, ChainStart, Content, Error, Event, Evidence, Origin, Report, verify};
use crate::crypto::{AuditKey, Random, RandomError, RootKey};
use crate::vault::{Anchor, ChainId, DeviceId, SlotId, VaultId};
use serde_json::json;

pub(super) const VAULT: VaultId = VaultId([1; 16]);
pub(super) const DEVICE: DeviceId = DeviceId([2; 8]);
pub(super) const SLOT: SlotId = SlotId([3; 8]);
pub(super) const CHAIN: ChainId = ChainId([4; 16]);
/// 2026-01-01.
pub(super) const NOW: u64 = 1_767_225_600;

/// The log key of a slot.
pub(super) fn key_of(slot: &SlotId) -> AuditKey {
    RootKey::read(&[7; 32])
        .unwrap()
        .audit_key(&VAULT.0, &slot.0)
}

/// Bytes that count up, so that every draw is another one.
pub(super) struct Counting(pub u8);

impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        self.0 += 1;
        bytes.fill(self.0);
        Ok(())
    }
}

/// What an unlock of the slot brings; without a key it is a session.
pub(super) fn origin(key: Option<&AuditKey>) -> Origin<'_> {
    Origin {
        vault: VAULT,
        device: DEVICE,
        slot: SLOT,
        key,
        time: NOW,
    }
}

/// The reading of a secret.
pub(super) fn reading(number: u64) -> Event {
    Event {
        env: Some("production".to_owned()),
        names: vec![(format!("/db/PASSWORD_{number}"), number)],
        verb: Some("get".to_owned()),
        user: Some("deploy".to_owned()),
        ..Event::new(Action::Read, NOW + number)
    }
}

/// A log in memory.
pub(super) struct Sample {
    pub log: Vec<u8>,
    pub state: State,
}

impl Sample {
    /// A chain that has its first entry alone.
    pub(super) fn begin(chain: ChainId) -> Self {
        let start = ChainStart {
            vault: VAULT,
            device: DEVICE,
            chain,
            slot: SLOT,
            previous: Vec::new(),
        };
        let state = State {
            next: 0,
            key: key_of(&SLOT).chain_key(&VAULT.0, &DEVICE.0, &chain.0),
            hash: genesis(&start),
            len: 0,
            start,
        };
        let mut sample = Sample {
            log: Vec::new(),
            state,
        };
        sample.first();
        sample
    }

    fn first(&mut self) {
        self.add(Event {
            start: Some(self.state.start.clone()),
            ..Event::new(Action::Chain, NOW)
        });
    }

    /// A chain with so many entries.
    pub(super) fn of(entries: u64) -> Self {
        let mut sample = Sample::begin(CHAIN);
        (1..entries).for_each(|number| sample.add(reading(number)));
        sample
    }

    pub(super) fn add(&mut self, event: Event) {
        self.state.add(&event, &mut self.log);
        self.state.len = self.log.len() as u64;
    }

    /// A following chain behind the first `lines` lines, which are `left` of the last chain.
    pub(super) fn follow(&mut self, chain: ChainId, lines: usize, left: u64) {
        self.log = join(&self.lines()[..lines]);
        let head = self.head();
        self.state.start.previous.push(head.clone());
        self.state.start.chain = chain;
        self.state.key = self.state.key.follow(&chain.0);
        self.state.next = 0;
        self.state.hash = genesis(&self.state.start);
        self.first();
        self.add(Event {
            data: Some(json!({"prev": [head.text()], "left": left})),
            ..Event::new(Action::Gap, NOW)
        });
    }

    /// An entry that accepts losses.
    pub(super) fn accept(&mut self, lost: &[Anchor]) {
        let lost: Vec<_> = lost.iter().map(Anchor::text).collect();
        self.add(Event {
            verb: Some("accept-loss".to_owned()),
            data: Some(json!({ "lost": lost })),
            ..Event::new(Action::Gap, NOW)
        });
    }

    pub(super) fn head(&self) -> Anchor {
        self.state.position().unwrap()
    }

    /// The lines with their line feeds.
    pub(super) fn lines(&self) -> Vec<Vec<u8>> {
        pieces(&self.log).map(<[u8]>::to_vec).collect()
    }

    /// The state, read from its own slot.
    pub(super) fn copy_state(&self) -> State {
        let slot = self.state.slot(1, self.state.slot_size().unwrap()).unwrap();
        State::read_slot(&slot).unwrap().state
    }

    pub(super) fn content(&self) -> Content {
        self.content_of(self.log.clone())
    }

    /// Another log beside the same state.
    pub(super) fn content_of(&self, log: Vec<u8>) -> Content {
        Content {
            log,
            state: Some(self.copy_state()),
        }
    }
}

pub(super) fn join(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.concat()
}

/// Verification with the keys of all slots, or none.
pub(super) fn report(content: &Content, keyed: bool, anchors: &[Anchor]) -> Report {
    let key = |slot: &SlotId| keyed.then(|| key_of(slot));
    verify(
        content,
        &Evidence {
            vault: VAULT,
            key_of: &key,
            anchors,
            began: &[],
        },
    )
}

/// The sentences of a report.
pub(super) fn sentences(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|f| f.what.as_str()).collect()
}

#[test]
fn classes_follow_the_cause() {
    use super::Class;
    use crate::file;
    let locked = file::Error::Locked {
        path: "lock".into(),
        holder: None,
        waited: std::time::Duration::ZERO,
    };
    let full = file::Error::NoSpace {
        path: "audit.jsonl".into(),
        need: 1,
    };
    let linked = file::Error::Linked {
        path: "audit.jsonl".into(),
        links: 2,
    };
    for (error, class) in [
        (Error::File(locked), Class::Conflict),
        (Error::File(full), Class::Io),
        (Error::File(linked), Class::Integrity),
        (Error::NoChain, Class::Locked),
        (Error::Event, Class::Usage),
        (
            Error::Broken {
                what: String::new(),
            },
            Class::Integrity,
        ),
    ] {
        assert_eq!(error.class(), class, "{error}");
    }
}

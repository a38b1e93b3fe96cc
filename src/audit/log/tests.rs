use super::{Done, LOG, Log};
use crate::audit::tests::{Counting, SLOT, VAULT, key_of, origin, reading, report, sentences};
use crate::audit::{Action, Class, Error, Event, Notice, Report};
use crate::crypto::AuditKey;
use crate::file::tests::{Fault, FaultyDisk, is_root};
use crate::file::{self, Walk};
use crate::vault::{Anchor, ChainId};
use rustix::io::Errno;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::PathBuf;
use std::sync::Arc;

mod faults;

/// A machine with a log of one vault.
struct Machine {
    place: tempfile::TempDir,
    disk: Arc<FaultyDisk>,
    log: Log,
    key: AuditKey,
    random: Counting,
}

impl Machine {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let disk = FaultyDisk::new(place.path());
        let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
        disk.take_calls();
        Machine {
            place,
            disk,
            log: Log::new(directory),
            key: key_of(&SLOT),
            random: Counting(10),
        }
    }

    /// One that has read so many secrets.
    fn with(readings: u64) -> Self {
        let mut machine = Machine::new();
        (0..readings).for_each(|number| {
            machine.read_secret(number).unwrap();
        });
        machine
    }

    fn append(&mut self, key: bool, events: &[Event], flush: bool) -> Result<Done, Error> {
        let origin = origin(key.then_some(&self.key));
        self.log.append(&origin, events, flush, &mut self.random)
    }

    fn read_secret(&mut self, number: u64) -> Result<Done, Error> {
        self.append(true, &[reading(number)], false)
    }

    /// Without a key of the vault.
    fn session(&mut self, number: u64) -> Result<Done, Error> {
        self.append(false, &[reading(number)], false)
    }

    fn accept(&mut self, lost: &[Anchor], broken: bool) -> Result<Done, Error> {
        let origin = origin(Some(&self.key));
        let mut entry = Event::new(Action::Gap, 1);
        entry.reason = Some("the disk broke".to_owned());
        self.log
            .accept_loss(&origin, entry, lost, broken, &mut self.random)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_default()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Log and state as they are, to be put back.
    fn snapshot(&self) -> (Vec<u8>, Vec<u8>) {
        (self.bytes(LOG), self.bytes("audit.state"))
    }

    fn put_back(&self, (log, state): &(Vec<u8>, Vec<u8>)) {
        self.write(LOG, log);
        self.write("audit.state", state);
    }

    fn report(&self) -> Report {
        report(&self.log.read().unwrap(), true, &[])
    }

    fn sound(&self) -> bool {
        let report = self.report();
        report.findings.is_empty() && report.chains.iter().all(|chain| chain.keyed)
    }

    fn actions(&self) -> Vec<String> {
        crate::audit::events(&self.bytes(LOG))
            .map(|event| event.unwrap().action.as_str().to_owned())
            .collect()
    }
}

/// The log without its last so many lines.
fn without_last(log: &[u8], lines: usize) -> Vec<u8> {
    let all: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    all[..all.len() - lines].concat()
}

#[test]
fn the_first_use_begins_a_chain_and_the_next_goes_on() {
    let mut machine = Machine::new();
    assert!(matches!(machine.session(0), Err(Error::NoChain)));
    assert!(!machine.path(LOG).exists());
    let done = machine.read_secret(1).unwrap();
    assert_eq!(
        (done.position.entries, done.began),
        (2, Some(ChainId([11; 16])))
    );
    assert_eq!(done.notices, []);
    let done = machine.session(2).unwrap();
    assert_eq!((done.position.entries, done.began), (3, None));
    let done = machine
        .append(false, &[reading(3), reading(4)], true)
        .unwrap();
    assert_eq!(done.position.entries, 5);
    assert_eq!(machine.actions(), ["chain", "read", "read", "read", "read"]);
    assert!(machine.sound());
    for name in [LOG, "audit.state", "lock"] {
        let status = fs::metadata(machine.path(name)).unwrap();
        assert_eq!(status.mode() & 0o7777, 0o600, "{name}");
    }
}

#[test]
fn ready_writes_once_and_then_only_says_how_far_it_is() {
    let mut machine = Machine::new();
    let key = key_of(&SLOT);
    let first = machine.log.ready(&origin(Some(&key)), &mut machine.random);
    let first = first.unwrap();
    assert_eq!(first.position.entries, 1);
    let before = machine.snapshot();
    let again = machine
        .log
        .ready(&origin(None), &mut machine.random)
        .unwrap();
    assert_eq!(again.position, first.position);
    assert_eq!(again.began, None);
    assert!(machine.snapshot() == before);
}

#[test]
fn reads_are_not_synced_and_changes_are() {
    let mut machine = Machine::with(1);
    machine.disk.take_calls();
    machine.session(1).unwrap();
    let calls = machine.disk.take_calls();
    assert!(
        !calls.iter().any(|call| call.starts_with("sync")),
        "{calls:?}"
    );
    // The other one is the text in the lock.
    assert_eq!(calls.iter().filter(|call| **call == "write").count(), 2);
    assert_eq!(calls.iter().filter(|call| **call == "write at").count(), 1);
    machine.append(false, &[reading(2)], true).unwrap();
    let calls = machine.disk.take_calls();
    let at = |name: &str| calls.iter().rposition(|call| *call == name).unwrap();
    let first_sync = calls.iter().position(|call| *call == "sync data").unwrap();
    assert!(
        at("write") < first_sync && first_sync < at("write at"),
        "{calls:?}"
    );
    assert_eq!(calls.iter().filter(|call| **call == "sync data").count(), 2);
}

#[test]
fn no_key_stays_behind_in_the_state() {
    let mut machine = Machine::with(1);
    let keys = |state: &[u8]| {
        let slot = |slot: &[u8]| String::from_utf8(slot.to_vec()).unwrap();
        let key = |text: String| text.split("\"key\":\"").nth(1).unwrap()[..43].to_owned();
        let (one, other) = state.split_at(state.len() / 2);
        (key(slot(one)), key(slot(other)))
    };
    let mut seen = Vec::new();
    for number in 1..4 {
        let (one, other) = keys(&machine.bytes("audit.state"));
        assert_eq!(one, other);
        assert!(!seen.contains(&one));
        seen.push(one);
        machine.session(number).unwrap();
    }
}

#[test]
fn a_state_that_is_behind_catches_up_by_any_number_of_entries() {
    for behind in 1..5 {
        let mut machine = Machine::with(1);
        let old = machine.bytes("audit.state");
        if behind % 2 == 0 {
            let events: Vec<Event> = (0..behind).map(reading).collect();
            machine.append(false, &events, false).unwrap();
        } else {
            (0..behind).for_each(|number| drop(machine.session(number).unwrap()));
        }
        machine.write("audit.state", &old);
        assert!(machine.sound(), "behind is no finding");
        let done = machine.session(9).unwrap();
        assert_eq!(done.position.entries, 3 + behind);
        assert_eq!(done.notices, []);
        assert!(machine.sound());
        machine.write("audit.state", &old);
        let key = key_of(&SLOT);
        let ready = machine.log.ready(&origin(Some(&key)), &mut machine.random);
        assert_eq!(ready.unwrap().position, done.position);
        assert!(machine.bytes("audit.state") != old);
    }
}

#[test]
fn a_torn_last_line_is_cut_off_and_recorded() {
    let mut machine = Machine::with(2);
    let whole = machine.bytes(LOG);
    let part = b"{\"e\":{\"i\":3,\"t\":17";
    machine.write(LOG, &[&whole[..], part].concat());
    assert_eq!(sentences(&machine.report()), ["entry 3: not written whole"]);
    let done = machine.session(2).unwrap();
    assert_eq!(done.notices, [Notice::Torn { bytes: 18 }]);
    assert_eq!(machine.actions(), ["chain", "read", "read", "torn", "read"]);
    let torn = crate::audit::events(&machine.bytes(LOG)).nth(3).unwrap();
    let hash = data_encoding::BASE64_NOPAD.encode(&crate::crypto::sha256(part));
    let data = serde_json::json!({"len": 18, "hash": hash});
    assert_eq!(torn.unwrap().data, Some(data));
    assert!(machine.sound());
}

#[test]
fn a_torn_line_behind_lines_that_the_state_does_not_know() {
    let mut machine = Machine::with(1);
    let old = machine.bytes("audit.state");
    machine
        .append(false, &[reading(1), reading(2), reading(3)], false)
        .unwrap();
    let log = machine.bytes(LOG);
    machine.write(LOG, &log[..log.len() - 30]);
    machine.write("audit.state", &old);
    let done = machine.session(4).unwrap();
    assert!(matches!(done.notices[..], [Notice::Torn { .. }]));
    let expected = ["chain", "read", "read", "read", "torn", "read"];
    assert_eq!(machine.actions(), expected);
    assert!(machine.sound());
}

#[test]
fn a_shorter_or_missing_log_is_followed_without_a_key_until_the_loss_is_accepted() {
    for (lines, part) in [(1, 0), (3, 0), (6, 0), (1, 20)] {
        let mut machine = Machine::with(5);
        let head = machine.session(5).unwrap().position;
        let log = machine.bytes(LOG);
        let mut left = without_last(&log, lines);
        left.truncate(left.len() - part);
        machine.write(LOG, &left);
        if lines == 6 {
            fs::remove_file(machine.path(LOG)).unwrap();
            // The chain entry alone: nothing is left of it.
        }
        let entries = match (lines, part) {
            (6, _) => 0,
            (_, 0) => 7 - lines as u64,
            _ => 5,
        };
        let found = machine.report().findings;
        assert!(
            found.iter().any(|f| f.lost.as_ref() == Some(&head)),
            "{found:?}"
        );
        let done = machine.session(6).unwrap();
        assert_eq!(done.began, Some(done.position.chain));
        assert_ne!(done.position.chain, head.chain);
        let gap = Notice::Gap {
            head: head.clone(),
            left: entries,
        };
        assert!(done.notices.contains(&gap), "{:?}", done.notices);
        assert_eq!(done.position.entries, if part > 0 { 4 } else { 3 });
        let report = machine.report();
        assert!(report.chains.iter().all(|chain| chain.keyed));
        assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
        assert_eq!(report.findings[0].lost.as_ref(), Some(&head));
        machine.accept(&[head], false).unwrap();
        assert!(machine.sound(), "{:?}", machine.report());
    }
}

#[test]
fn a_lost_state_begins_a_chain_from_the_slots_key_alone() {
    let mut machine = Machine::with(3);
    let head = machine.session(3).unwrap().position;
    for state in [None, Some(vec![0; 8192]), Some(vec![b' '; 100])] {
        let mut machine = Machine::with(3);
        machine.session(3).unwrap();
        let log = machine.bytes(LOG);
        match state {
            None => fs::remove_file(machine.path("audit.state")).unwrap(),
            Some(bytes) => machine.write("audit.state", &bytes),
        }
        assert!(matches!(machine.session(4), Err(Error::NoChain)));
        assert!(machine.bytes(LOG) == log);
        let found = machine.report().findings;
        assert_eq!(found[0].lost.as_ref(), Some(&head));
        let done = machine.read_secret(4).unwrap();
        assert_eq!(done.notices, [Notice::StateLost { head: head.clone() }]);
        assert_eq!(done.position.entries, 3);
        let found = machine.report().findings;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].lost.as_ref(), Some(&head));
        machine.accept(std::slice::from_ref(&head), false).unwrap();
        assert!(machine.sound());
    }
}

#[test]
fn a_log_with_other_lines_is_broken_and_stays_as_it_is() {
    let machine = Machine::with(4);
    let (log, state) = machine.snapshot();
    let text = String::from_utf8(log.clone()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut other = Machine::new();
    other.random.0 = 99;
    (0..4).for_each(|number| drop(other.read_secret(number).unwrap()));
    let same_length = other.bytes(LOG);
    assert_eq!(same_length.len(), log.len());
    for (what, log) in [
        ("another log of the right length", same_length),
        (
            "a repeated line",
            [text.as_bytes(), lines[4].as_bytes()].concat(),
        ),
        ("a line of its own", [text.as_bytes(), b"{}\n"].concat()),
        ("an empty line", [text.as_bytes(), b"\n"].concat()),
        (
            "an earlier line doubled",
            [lines[0], lines[0], lines[1], lines[2], lines[3], lines[4]]
                .concat()
                .into_bytes(),
        ),
    ] {
        let mut machine = Machine::new();
        machine.random.0 = 50;
        machine.put_back(&(log, state.clone()));
        let before = machine.snapshot();
        let error = machine.read_secret(5).unwrap_err();
        assert!(matches!(error, Error::Broken { .. }), "{what}: {error}");
        assert_eq!(error.class(), Class::Integrity);
        assert!(machine.snapshot() == before, "{what}");
        let found = machine.report().findings;
        assert!(!found.is_empty(), "{what}");
        let done = machine.accept(&[], true).unwrap();
        assert_eq!(done.position.entries, 2, "{what}");
        assert!(machine.bytes("audit.jsonl.1767225600.bad") == before.0);
        assert!(machine.sound(), "{what}: {:?}", machine.report());
        machine.session(6).unwrap();
        assert!(machine.sound());
    }
}

#[test]
fn all_chains_of_a_log_that_is_moved_aside_are_accepted_as_lost() {
    let mut machine = Machine::with(3);
    let first = machine.session(3).unwrap().position;
    let log = machine.bytes(LOG);
    machine.write(LOG, &without_last(&log, 1));
    let second = machine.session(4).unwrap().position;
    let mut log = machine.bytes(LOG);
    log[20] ^= 1;
    machine.write(LOG, &log);
    machine.accept(&[], true).unwrap();
    assert!(machine.sound(), "{:?}", machine.report());
    let last = crate::audit::events(&machine.bytes(LOG)).last().unwrap();
    let last = last.unwrap();
    let lost = serde_json::json!({"lost": [first.text(), second.text()]});
    assert_eq!(last.data, Some(lost));
    assert_eq!(last.reason.as_deref(), Some("the disk broke"));
}

#[test]
fn a_strange_key_in_the_state_is_out_of_the_log_once_the_loss_is_accepted() {
    let mut machine = Machine::with(3);
    let mut state = machine.log.read().unwrap().state.unwrap();
    state.key = key_of(&SLOT).chain_key(&[9; 16], &[9; 8], &[9; 16]);
    let slots = [1u64, 2].map(|write| state.slot(write, 4096).unwrap());
    machine.write("audit.state", &slots.concat());
    let head = machine.read_secret(3).unwrap().position;
    assert_eq!(
        sentences(&machine.report()),
        ["entry 4: its MAC does not fit"]
    );
    machine.accept(&[], true).unwrap();
    assert!(machine.sound(), "{:?}", machine.report());
    let lost = serde_json::json!({"lost": [head.text()]});
    let last = crate::audit::events(&machine.bytes(LOG)).last().unwrap();
    assert_eq!(last.unwrap().data, Some(lost));
}

#[test]
fn a_log_that_is_moved_aside_takes_no_name_that_is_taken() {
    let mut machine = Machine::with(1);
    machine.write("audit.jsonl.1767225600.bad", b"older");
    machine.accept(&[], true).unwrap();
    assert_eq!(machine.bytes("audit.jsonl.1767225600.bad"), b"older");
    assert!(machine.path("audit.jsonl.1767225601.bad").exists());
    assert!(machine.sound());
}

#[test]
fn losses_one_after_the_other_keep_their_line_of_chains() {
    let mut machine = Machine::with(3);
    let mut lost = Vec::new();
    for round in 0..60 {
        lost.push(machine.session(round).unwrap().position);
        let log = machine.bytes(LOG);
        machine.write(LOG, &without_last(&log, 1));
        machine.session(round).unwrap();
    }
    assert!(
        machine.bytes("audit.state").len() > 8192,
        "the state has grown"
    );
    let report = machine.report();
    assert_eq!(report.chains.len(), 61);
    assert!(report.chains.iter().all(|chain| chain.keyed));
    assert_eq!(report.findings.len(), 60);
    machine.accept(&lost, false).unwrap();
    assert!(machine.sound());
    // The first of them is needed for the keys of all others, and it is gone.
    fs::remove_file(machine.path(LOG)).unwrap();
    let head = machine.session(0).unwrap().position;
    assert_eq!(head.entries, 3);
    lost.extend(machine.log.read().unwrap().state.unwrap().start.previous);
    machine.accept(&lost, false).unwrap();
    assert!(machine.sound(), "{:?}", machine.report().findings);
}

#[test]
fn what_no_reader_would_accept_is_not_written() {
    let mut machine = Machine::with(1);
    let before = machine.snapshot();
    let data = |data| Event {
        data: Some(data),
        ..Event::new(Action::Note, 1)
    };
    let great = Event {
        names: vec![("/A".to_owned(), 1), ("/B".to_owned(), 1 << 53)],
        ..Event::new(Action::Read, 1)
    };
    for event in [
        data(serde_json::json!(1.5)),
        data(serde_json::json!({"n": -1})),
        data(serde_json::json!(u64::MAX)),
        great,
        Event::new(Action::Read, 1 << 53),
    ] {
        let error = machine
            .append(false, &[reading(1), event], false)
            .unwrap_err();
        assert!(matches!(error, Error::Event));
        assert!(machine.snapshot() == before);
    }
}

#[test]
fn another_vaults_state_counts_as_lost() {
    let mut machine = Machine::with(2);
    let key = key_of(&SLOT);
    let mut other = origin(Some(&key));
    other.vault = crate::vault::VaultId([9; 16]);
    let done = machine
        .log
        .append(&other, &[], false, &mut machine.random)
        .unwrap();
    assert!(matches!(done.notices[..], [Notice::StateLost { .. }]));
    assert_ne!(other.vault, VAULT);
}

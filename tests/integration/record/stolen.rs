//! A thief with a copy of the state, and logs that somebody else wrote.

use std::fs;

use data_encoding::{BASE64, BASE64_NOPAD};
use secrets::crypto::{ChainKey, hash};
use serde_json::{Value, json};

use super::{Record, twin_or_skip};
use crate::attacks::{Maker, bytes_of, owner, sandbox_with};
use crate::harness::Sandbox;
use crate::twin::Twin;

/// The key and the number in a copy of the state.
fn key_in(state: &[u8]) -> (ChainKey, usize) {
    // The newer of the two slots.
    let slots = state.chunks(state.len() / 2).map(|slot| {
        let end = slot.iter().rposition(|byte| *byte == b'}').unwrap();
        serde_json::from_slice::<Value>(&slot[..=end]).unwrap()
    });
    let newest = slots.max_by_key(|slot| slot["write"].as_u64()).unwrap();
    let key = BASE64_NOPAD.decode(newest["key"].as_str().unwrap().as_bytes());
    let next = newest["next"].as_u64().unwrap();
    (
        ChainKey::read(&key.unwrap()).unwrap(),
        usize::try_from(next).unwrap(),
    )
}

/// Changes entry `at` and hashes again from there on; tags are made with K_n where the
/// thief has no other, and with the right one from entry n on.
fn rewritten(log: &[u8], at: usize, state: &[u8]) -> Vec<u8> {
    let (mut key, n) = key_in(state);
    let mut out = Vec::new();
    let mut before = Vec::new();
    for (i, line) in log.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let text = std::str::from_utf8(line).unwrap();
        let raw = text.strip_prefix("{\"e\":").unwrap();
        let (raw, _) = raw.rsplit_once(",\"h\":\"").unwrap();
        if i < at {
            out.extend(line);
            let h = text
                .rsplit_once(",\"h\":\"")
                .unwrap()
                .1
                .split('"')
                .next()
                .unwrap();
            before = BASE64_NOPAD.decode(h.as_bytes()).unwrap();
            if i >= n {
                key = key.next();
            }
            continue;
        }
        let raw = if i == at {
            raw.replace("\"A", "\"X").replace("/A", "/X")
        } else {
            raw.to_owned()
        };
        let h = hash("audit", &[&before, raw.as_bytes()]);
        let m = key.tag(&h);
        if i >= n {
            key = key.next();
        }
        let (h64, m64) = (BASE64_NOPAD.encode(&h), BASE64_NOPAD.encode(&m));
        out.extend(format!("{{\"e\":{raw},\"h\":\"{h64}\",\"m\":\"{m64}\"}}\n").bytes());
        before = h.to_vec();
    }
    assert_ne!(out, log);
    out
}

#[test]
fn a_stolen_state_changes_no_entry_before_it() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    for _ in 0..5 {
        sandbox.get("A");
    }
    let record = Record::of(&sandbox);
    let stolen = fs::read(record.state()).unwrap();
    let (_, n) = key_in(&stolen);
    assert_eq!(n, 8);
    for _ in 0..5 {
        sandbox.get("A");
    }
    let whole = record.keep("whole");
    let log = record.bytes();
    for at in 2..n {
        fs::write(record.log(), rewritten(&log, at, &stolen)).unwrap();
        let what = format!("entry {at} changed with the state of {n} entries");
        record
            .is_found(&what)
            .says("its MAC does not fit")
            .at(at as u64 + 1);
        record.restore(&whole);
    }
    // From entry n on he can make every tag. Here the state, which he has not, still tells.
    fs::write(record.log(), rewritten(&log, n, &stolen)).unwrap();
    record.is_found("entry n changed").says("the state");
    record.restore(&whole);
    record.is_whole();
}

#[test]
fn a_stolen_state_makes_other_entries_after_it_and_the_vault_tells_from_its_next_anchor_on() {
    let twin = twin_or_skip!(
        "a_stolen_state_makes_other_entries_after_it_and_the_vault_tells_from_its_next_anchor_on"
    );
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let record = Record::of(&sandbox);
    let stolen = record.keep("stolen");
    for _ in 0..5 {
        sandbox.get("A");
    }
    let forge = |entries: usize| {
        let entry = json!({"a": "note", "verb": "note", "data": {"type": "nothing-happened"}});
        let request = json!({
            "op": "auditwrite", "vault": sandbox.vault(), "how": "append", "n": entries,
            "t": crate::attacks::now(), "log": stolen.join("audit.jsonl"),
            "state": stolen.join("audit.state"), "out": record.dir,
            "entries": vec![entry; entries],
        });
        twin.call(&request).unwrap();
    };
    let whole = record.keep("whole");
    forge(5);
    // The limit that is written down: whoever has the state can write what comes next.
    record.is_whole();
    record.restore(&whole);
    sandbox.set("A", "value-of-a-again");
    // The anchor is of the entries before that change: 8 of them.
    forge(5);
    let verdict = record.is_found("forged over an anchor");
    verdict
        .says("entry 7: not the one that the vault anchors")
        .at(8);
    forge(4);
    let verdict = record.is_found("forged below an anchor");
    verdict.says("truncated: the vault anchors 8 entries");
}

/// A sandbox with a vault of the twin and a place for its log.
fn of_the_twin(twin: Twin) -> (Sandbox, std::path::PathBuf) {
    let mut maker = Maker::init(twin, "log", &["dev"]);
    maker.set("dev", &[("A", "value-of-a")]);
    let sandbox = sandbox_with(&maker.file);
    let vault = sandbox.twin_opens(owner()).unwrap().unwrap()["vault"].clone();
    let dir = sandbox.path("state/secrets").join(vault.as_str().unwrap());
    fs::create_dir_all(&dir).unwrap();
    (sandbox, dir)
}

#[test]
fn the_program_goes_on_with_a_log_that_the_twin_wrote() {
    let twin = twin_or_skip!("the_program_goes_on_with_a_log_that_the_twin_wrote");
    let (sandbox, dir) = of_the_twin(twin);
    let write = |more: Value| {
        let mut request = json!({
            "op": "auditwrite", "vault": sandbox.vault(), "credential": owner(), "out": dir,
        });
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        twin.call(&request).unwrap()
    };
    write(json!({"n": 60, "seed": "log"}));
    let record = Record::of(&sandbox);
    record.is_whole();
    assert_eq!(sandbox.get("A"), b"value-of-a");
    sandbox.set("B", "value-of-b");
    assert_eq!(record.entries().len(), 62);
    record.is_whole();
    // A line of chains: one that followed, and one behind a lost state.
    let bytes = record.bytes();
    let half = bytes.len() / 2;
    let end = bytes[..half]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    let left = json!({"base64": BASE64.encode(&bytes[..end])});
    write(json!({"n": 8, "how": "follow", "log": left, "state": record.state(), "seed": "next"}));
    record.is_found("following").says("gap: ");
    record.accept("it was lost");
    let log = record.log();
    write(json!({"n": 8, "how": "lost", "log": log, "seed": "third"}));
    record
        .is_found("behind a lost state")
        .says("the state was lost");
    record.accept("it was lost again");
    assert_eq!(sandbox.get("A"), b"value-of-a");
    record.is_whole();
}

#[test]
fn every_bad_log_of_the_twin_is_refused_at_the_line_that_the_twin_names() {
    let twin =
        twin_or_skip!("every_bad_log_of_the_twin_is_refused_at_the_line_that_the_twin_names");
    let (sandbox, dir) = of_the_twin(twin);
    let kinds = [
        "wrong-key",
        "key-of-before",
        "key-not-ratcheted",
        "index-gap",
        "index-twice",
        "no-mac",
        "no-hash",
        "empty-mac",
        "member-twice",
        "member-twice-escaped",
        "member-twice-inside",
        "i-not-first",
        "no-time",
        "no-action",
        "number-form",
        "space",
        "not-ascii",
        "surrogate",
        "base64-bits",
        "foreign-vault",
        "foreign-slot",
        "prev-made-up",
        "gap-inside",
        "chain-inside",
    ];
    let mut bad = 0;
    for kind in kinds {
        for at in [1, 7, 19] {
            let request = json!({
                "op": "auditwrite", "vault": sandbox.vault(), "credential": owner(), "out": dir,
                "n": 20, "seed": "bad", "bad": {"kind": kind, "at": at},
            });
            let answer = twin.answer(&request);
            if answer["log"].is_null() {
                continue;
            }
            assert!(!bytes_of(&answer["log"]).is_empty());
            let record = Record::of(&sandbox);
            // Some are bad in front of other entries only; the twin decides.
            if record.twin_says(twin, true)["ok"] == true {
                record.is_whole();
                continue;
            }
            record.is_found(&format!("{kind} at {at}"));
            bad += 1;
        }
    }
    assert!(bad >= 60, "{bad} bad logs");
    // A thief with the state of ten entries: caught before, not after.
    for at in [1, 5, 9, 10, 15] {
        let request = json!({
            "op": "auditwrite", "vault": sandbox.vault(), "credential": owner(), "out": dir,
            "n": 20, "seed": "bad", "bad": {"kind": "forge", "at": at, "n": 10},
        });
        twin.call(&request).unwrap();
        let record = Record::of(&sandbox);
        match at < 10 {
            true => drop(record.is_found("forged").at(at + 1)),
            false => record.is_whole(),
        }
    }
}

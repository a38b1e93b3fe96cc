//! A log of 300 entries that the program wrote, and everything that can be done to its lines.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::OnceLock;

use data_encoding::BASE64;
use secrets::audit::{Content, Evidence, Verifier, events, verify};
use secrets::vault::{SlotId, Vault};
use serde_json::json;
use tempfile::TempDir;

use super::{Record, twin_or_skip, verdict};
use crate::harness::Sandbox;
use crate::known_answers;

const ENTRIES: usize = 300;

/// Project, home and state of the sandbox in which the 300 entries were written.
fn written() -> &'static Path {
    static WRITTEN: OnceLock<TempDir> = OnceLock::new();
    let kept = WRITTEN.get_or_init(|| {
        let sandbox = Sandbox::with_vault();
        sandbox.set("A", "value-of-a");
        let wrong = sandbox.write("harness/wrong", format!("{}\n", BASE64.encode(&[9; 32])));
        let round = format!(
            "for i in 1 2 3 4 5 6 7 8 9; do
               echo value-of-b-$i | secrets set B --raw
               secrets get A; secrets get B
               secrets run --only A -- true
               secrets audit note --type deploy --data n=$i
               SECRETS_KEY_FILE={} secrets get A
               secrets get A --reason 'ticket \"7\" \u{e9}'
             done >/dev/null 2>&1; true",
            wrong.display()
        );
        let record = Record::of(&sandbox);
        for _ in 0..4 {
            sandbox.shell(&round).run().ok();
        }
        let left = ENTRIES - record.entries().len();
        let line = format!("for i in $(seq {left}); do secrets get A; done");
        sandbox.shell(&line).run().ok();
        assert_eq!(record.entries().len(), ENTRIES);
        for action in ["read", "write", "note", "unlock"] {
            assert!(record.count(action) >= 36, "{action}");
        }
        record.is_whole();
        let kept = tempfile::tempdir().unwrap();
        for name in ["project", "home", "state"] {
            copy(&sandbox.path(name), &kept.path().join(name));
        }
        kept
    });
    kept.path()
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// A sandbox with a copy of that vault, its key, its log and its state; the path of
/// the vault is another one, which the machine meets as a copy.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["project", "home", "state"] {
        copy(&written().join(name), &sandbox.path(name));
    }
    let key = sandbox.key_file();
    sandbox.canary(fs::read_to_string(&key).unwrap().trim_end());
    sandbox.allow(&key);
    sandbox.set_default("SECRETS_KEY_FILE", key.to_str().unwrap());
    sandbox
}

fn opened(sandbox: &Sandbox) -> Vault {
    let request = json!({"credential": sandbox.twin_credential(), "now": crate::attacks::now()});
    known_answers::open(&sandbox.vault_bytes(), &request).unwrap()
}

#[test]
fn every_edit_of_a_line_is_found_at_its_line_by_the_program_and_by_the_twin() {
    let twin =
        twin_or_skip!("every_edit_of_a_line_is_found_at_its_line_by_the_program_and_by_the_twin");
    let sandbox = sandbox();
    let record = Record::of(&sandbox);
    record.is_whole();
    let whole = record.keep("whole");
    // What is done, and the line (from 0) that shows it when it is done at line `at`; `None`
    // where only the state or the vault shows that the end is gone.
    type Shows = fn(usize) -> Option<usize>;
    let at: Shows = Some;
    let first: Shows = |_| Some(0);
    let second: Shows = |at| Some(at.min(1));
    let of_two: Shows = |at| Some(if at + 1 < ENTRIES { at } else { 3 });
    let gone: Shows = |_| None;
    let end: Shows = |_| Some(ENTRIES);
    let kinds: [(&str, Shows); 16] = [
        ("edit", at),
        ("remove", at),
        ("insert", at),
        ("duplicate", |at| Some(at + 1)),
        ("swap", of_two),
        ("move", second),
        ("cut", gone),
        ("cut-front", second),
        ("cut-whole-front", first),
        ("torn", at),
        ("mac", at),
        ("swap-macs", of_two),
        ("append", end),
        ("member", at),
        ("crlf", at),
        ("empty-line", at),
    ];
    let mut done = 0;
    for (kind, shows) in kinds {
        for at in [0, 1, ENTRIES / 2, ENTRIES - 1] {
            for fix in [false, true] {
                let mut request = json!({
                    "op": "auditattack", "log": whole.join("audit.jsonl"), "kind": kind, "at": at,
                    "fix": fix,
                });
                if kind.starts_with("swap") {
                    request["to"] = json!(if at + 1 < ENTRIES { at + 1 } else { 3 });
                }
                let answer = twin.answer(&request);
                let Some(log) = answer["log"].as_str() else {
                    continue;
                };
                let what = format!("{kind} at line {at}, hashed anew: {fix}");
                let log = BASE64.decode(log.as_bytes()).unwrap();
                fs::write(record.log(), &log).unwrap();
                let verdict = record.is_found(&what);
                done += 1;
                // Hashed anew, a line may be found later, by its tag, and the last one's
                // removal by the state alone; the twin says the same, which was compared.
                let lines = log.iter().filter(|byte| **byte == b'\n').count();
                if let Some(line) = shows(at).filter(|line| !fix && *line < lines) {
                    assert_eq!(
                        verdict.findings[0].0,
                        Some(line as u64 + 1),
                        "{what}: {verdict:?}"
                    );
                } else if !fix && shows(at).is_none() {
                    let told = if at == 0 {
                        "which had 300 entries, is missing"
                    } else {
                        "truncated: "
                    };
                    assert!(verdict.findings[0].1.contains(told), "{what}: {verdict:?}");
                }
            }
        }
    }
    assert!(done >= 100, "{done} attacks");
    record.restore(&whole);
    record.is_whole();
}

#[test]
fn without_a_key_a_line_that_was_changed_and_not_hashed_anew_is_found_at_its_line() {
    let twin = twin_or_skip!(
        "without_a_key_a_line_that_was_changed_and_not_hashed_anew_is_found_at_its_line"
    );
    let sandbox = sandbox();
    let record = Record::of(&sandbox);
    let whole = record.keep("whole");
    let middle = ENTRIES / 2;
    let kinds = [
        "edit",
        "remove",
        "insert",
        "duplicate",
        "swap",
        "move",
        "cut",
        "member",
        "mac",
        "append",
    ];
    for kind in kinds {
        for fix in [false, true] {
            let log = json!(whole.join("audit.jsonl"));
            let request =
                json!({"op": "auditattack", "log": log, "kind": kind, "at": middle, "fix": fix});
            let answer = twin.answer(&request);
            let Some(log) = answer["log"].as_str() else {
                continue;
            };
            fs::write(record.log(), BASE64.decode(log.as_bytes()).unwrap()).unwrap();
            let run = sandbox
                .secrets(["audit", "verify", "--json"])
                .without("SECRETS_KEY_FILE");
            let (ours, theirs) = (verdict(run), record.twin_says(twin, false));
            let what = format!("{kind}, hashed anew: {fix}: {theirs}\n{ours:?}");
            assert_eq!(theirs["ok"] == true, ours.code == 0, "{what}");
            // A tag alone is nothing to somebody without the key.
            assert_eq!(ours.code == 0, kind == "mac", "{what}");
            if let Some(line) = theirs["first_bad"]["line"].as_u64() {
                assert_eq!(ours.findings[0].0, Some(line), "{what}");
            }
        }
    }
}

#[test]
fn every_changed_byte_of_300_entries_is_found_at_exactly_its_entry() {
    let sandbox = sandbox();
    let record = Record::of(&sandbox);
    let vault = opened(&sandbox);
    let log = record.bytes();
    let start = events(&log).next().unwrap().unwrap().start.unwrap();
    let key_of = |slot: &SlotId| vault.audit_key_of(slot);
    let key =
        key_of(&start.slot)
            .unwrap()
            .chain_key(&start.vault.0, &start.device.0, &start.chain.0);
    let anchors = vault.anchors().unwrap();
    let evidence = Evidence {
        vault: vault.id(),
        key_of: &key_of,
        anchors: &anchors,
        began: &[start.chain],
    };
    let mut verifier = Verifier::begin(&start, Some(key));
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(lines.len(), ENTRIES);
    let (mut changes, mut offset) = (0, 0);
    for (number, whole) in lines.iter().enumerate() {
        let line = whole.strip_suffix(b"\n").unwrap();
        verifier.check(line).unwrap();
        let mut changed = line.to_vec();
        for at in 0..line.len() {
            // Every bit of every seventh line, one bit of the others' bytes.
            let bits = if number % 7 == 0 {
                0..8
            } else {
                at % 8..at % 8 + 1
            };
            for bit in bits {
                changed[at] ^= 1 << bit;
                // A byte that became a line feed ends the line there.
                let first = changed.split(|byte| *byte == b'\n').next().unwrap();
                let found = verifier.check(first);
                assert!(found.is_err(), "bit {bit} of byte {at} of line {number}");
                changed[at] = line[at];
                changes += 1;
            }
        }
        // The report names the line and the entry, and nothing before it.
        let mut content = Content {
            log: log.clone(),
            state: None,
        };
        let at = offset + number * 31 % whole.len();
        content.log[at] ^= 1;
        let report = verify(&content, &evidence);
        let finding = &report.findings[0];
        // The line feed of the last line alone is a line that was not written whole.
        let shown = (finding.line, finding.index);
        let expected = number as u64;
        assert_eq!(shown, (Some(expected + 1), Some(expected)), "{finding:?}");
        offset += whole.len();
        verifier.take(line).unwrap();
    }
    assert!(changes > log.len(), "{changes} changes");
    // A line feed that is none any more joins two lines, or leaves the last one open.
    let mut offset = 0;
    for (number, whole) in lines.iter().enumerate() {
        offset += whole.len();
        if number % 10 == 0 || number + 1 == ENTRIES {
            let mut content = Content {
                log: log.clone(),
                state: None,
            };
            content.log[offset - 1] ^= 1;
            let report = verify(&content, &evidence);
            let line = report.findings[0].line;
            assert_eq!(line, Some(number as u64 + 1), "{:?}", report.findings);
        }
    }
}

//! Logs and states that are gone, cut or older, and going on after their loss.

use std::fs;

use super::{Record, Verdict};
use crate::harness::Sandbox;

const GONE_ON: &str = "what it says of the loss is the business of the verdicts";

/// A vault whose log has reads behind the last anchor.
fn with_log() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    for _ in 0..4 {
        sandbox.get("A");
    }
    sandbox
}

/// Makes the log shorter by some lines.
fn cut(record: &Record<'_>, lines: usize) {
    let bytes = record.bytes();
    let all: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    fs::write(record.log(), all[..all.len() - lines].concat()).unwrap();
}

/// Each loss, settled at once; and once more, with work going on before it is settled.
fn every_way(lose: impl Fn(&Record<'_>), found: impl Fn(Verdict) -> Verdict) {
    for goes_on in [false, true] {
        let sandbox = with_log();
        let record = Record::of(&sandbox);
        lose(&record);
        found(record.is_found("lost"));
        if goes_on {
            let get = sandbox.secrets(["get", "A"]).run().ok();
            drop(get.stdout_is("value-of-a").stderr_any(GONE_ON));
            let set = sandbox.secrets(["set", "B"]).stdin("value-of-b").run().ok();
            drop(set.stderr_any(GONE_ON));
            record.is_found("lost and gone on");
        }
        record.accept("the disk \"died\"");
        let entries = record.entries();
        let accepted: Vec<_> = entries
            .iter()
            .filter(|e| e["verb"] == "accept-loss")
            .collect();
        assert_eq!(accepted.len(), 1);
        assert_eq!(accepted[0]["why"], "the disk \"died\"");
        sandbox.get("A");
        sandbox.set("C", "value-of-c");
        record.is_whole();
    }
}

#[test]
fn a_log_that_was_cut_is_found_by_its_state() {
    for lines in [1, 4] {
        every_way(
            |record| cut(record, lines),
            |verdict| verdict.says("truncated: the state knows 7 entries"),
        );
    }
}

#[test]
fn a_log_and_a_state_that_were_rolled_back_together_are_found_by_the_vault() {
    // Work that goes on there grows over the anchor, so it is settled at once.
    let sandbox = with_log();
    let record = Record::of(&sandbox);
    let before = record.keep("before");
    for i in 0..5 {
        sandbox.get("A");
        sandbox.set("A", format!("value-of-a-{i}"));
    }
    record.restore(&before);
    let found = record.is_found("rolled back");
    found.says("truncated: the vault anchors 16 entries").at(8);
    sandbox.get("A");
    record.is_found("rolled back, and a read");
    // Grown beyond the anchor it shows another entry at that place.
    for _ in 0..10 {
        sandbox.get("A");
    }
    record
        .is_found("rolled back and grown over")
        .says("entry 15: not the one that the vault anchors")
        .at(16);
    record.accept("a backup was restored");
    sandbox.set("C", "value-of-c");
    record.is_whole();
}

#[test]
fn a_log_that_is_gone_with_its_state_is_missed_by_the_vault() {
    every_way(
        |record| {
            fs::remove_file(record.log()).unwrap();
            fs::remove_file(record.state()).unwrap();
        },
        |verdict| {
            let text = &verdict.findings[0].1;
            let is_ours =
                text.starts_with("chain ") && text.ends_with(", anchored at 2 entries, is missing");
            assert!(is_ours, "{verdict:?}");
            verdict
        },
    );
}

#[test]
fn a_log_that_is_gone_alone_is_missed_by_its_state() {
    every_way(
        |record| fs::remove_file(record.log()).unwrap(),
        |verdict| verdict.says("which had 7 entries, is missing"),
    );
}

#[test]
fn a_state_that_is_gone_alone_is_missed() {
    every_way(
        |record| fs::remove_file(record.state()).unwrap(),
        |verdict| verdict.says("the state is missing"),
    );
}

#[test]
fn an_emptied_log_and_an_emptied_state_are_no_new_machine() {
    every_way(
        |record| fs::write(record.log(), "").unwrap(),
        |verdict| verdict.says("which had 7 entries, is missing"),
    );
    every_way(
        |record| fs::write(record.state(), "").unwrap(),
        |verdict| verdict.says("the state is missing"),
    );
}

#[test]
fn a_log_of_the_right_length_with_another_last_entry_reveals_nothing_until_it_is_accepted() {
    let sandbox = with_log();
    let record = Record::of(&sandbox);
    let mut bytes = record.bytes();
    let at = bytes.len() - 30;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    let line = bytes.iter().filter(|byte| **byte == b'\n').count();
    let start = bytes[..bytes.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    // A digit of the time of the last entry: its hash does not fit any more.
    let at = start
        + bytes[start..]
            .windows(4)
            .position(|w| w == b"\"t\":")
            .unwrap()
        + 8;
    bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
    fs::write(record.log(), &bytes).unwrap();
    record.is_found("another last entry").at(line as u64);
    let before = sandbox.vault_bytes();
    let text = ["the audit log was altered or damaged: "];
    for args in [&["audit", "list"][..], &["list"], &["status"]] {
        drop(sandbox.secrets(args).run().ok().stderr_any(GONE_ON));
    }
    let lines = record.bytes();
    // A line that does not follow reveals nothing: nothing is read, started or written.
    bytes.extend(b"{\"e\":{\"i\":7,\"t\":1,\"a\":\"read\"}}\n");
    fs::write(record.log(), &bytes).unwrap();
    sandbox.secrets(["get", "A"]).run().fails(6, &text);
    sandbox
        .secrets(["run", "--", "echo", "started"])
        .run()
        .fails(125, &text);
    let set = sandbox.secrets(["set", "A"]).stdin("value-of-b").run();
    set.fails(6, &text);
    assert_eq!(sandbox.vault_bytes(), before);
    assert_eq!(record.bytes().len(), lines.len() + 31);
    record.accept("somebody edited it");
    let aside: Vec<_> = fs::read_dir(&record.dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".bad"))
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(fs::read(record.dir.join(&aside[0])).unwrap(), bytes);
    assert_eq!(sandbox.get("A"), b"value-of-a");
}

#[test]
fn accepting_a_loss_needs_a_reason_a_yes_and_a_loss() {
    let sandbox = with_log();
    let record = Record::of(&sandbox);
    let accept = |args: &[&str]| sandbox.secrets(["audit", "accept-loss"]).args(args).run();
    let n = record.entries().len();
    let nothing = ["--reason", "why", "--yes"];
    drop(accept(&nothing).ok().stderr_has(&["nothing is lost"]));
    assert_eq!(record.entries().len(), n);
    cut(&record, 2);
    accept(&["--yes"]).fails(2, &["a reason is needed"]);
    accept(&["--reason", "why"]).fails(2, &["nobody can be asked"]);
    assert_eq!(record.entries().len(), n - 2);
    record.accept("why");
}

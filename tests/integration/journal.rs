//! The record where something is unusual: losses one upon the other, a vault
//! that is not what it was, no place for a log.

use std::fs;
use std::path::PathBuf;

use crate::harness::Sandbox;

/// The directory about the one vault of a sandbox.
fn record(sandbox: &Sandbox) -> PathBuf {
    let mut dirs = fs::read_dir(sandbox.path("state/secrets"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    dirs.next().unwrap()
}

fn accept(sandbox: &Sandbox) {
    let args = ["audit", "accept-loss", "--yes", "--reason", "the disk"];
    drop(
        sandbox
            .secrets(args)
            .run()
            .ok()
            .stderr_has(&["recorded; the log goes on"]),
    );
}

#[test]
fn accepting_once_is_enough_for_all_chains_that_are_moved_aside() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "one");
    fs::remove_file(record(&sandbox).join("audit.state")).unwrap();
    let get = sandbox.secrets(["get", "A"]).run().ok();
    drop(get.stderr_has(&["the state of the audit log is lost"]));
    accept(&sandbox);
    // Two chains now, both of them sound; a line of the first is changed.
    let log = record(&sandbox).join("audit.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(
        &log,
        text.replacen("\"verb\":\"init\"", "\"verb\":\"iniT\"", 1),
    )
    .unwrap();
    sandbox
        .secrets(["audit", "verify"])
        .run()
        .fails(6, &["its hash does not fit"]);
    accept(&sandbox);
    let verify = sandbox.secrets(["audit", "verify"]).run().ok();
    drop(verify.stderr_has(&[
        "the log is whole",
        "losses that were accepted: ",
        "secrets audit list --action gap",
    ]));
}

#[test]
fn status_says_why_a_log_is_not_read() {
    let sandbox = Sandbox::with_vault();
    let log = record(&sandbox).join("audit.jsonl");
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    let status = sandbox
        .secrets(["status"])
        .without("SECRETS_KEY_FILE")
        .run();
    let text = status.ok().stdout_text();
    let why = "not read: ";
    assert!(text.contains(why), "{text}");
}

#[test]
fn a_note_needs_no_state_directory_where_entries_go_elsewhere() {
    let sandbox = Sandbox::with_vault();
    let note = sandbox
        .secrets(["audit", "note", "--type", "deploy"])
        .env("SECRETS_AUDIT", "stderr")
        .without("SECRETS_STATE_DIR")
        .without("HOME");
    drop(
        note.run()
            .ok()
            .stderr_has(&["{\"e\":{\"i\":0,", "\"a\":\"note\"", "recorded"]),
    );
}

#[test]
fn a_change_says_when_a_vault_is_used_for_the_first_time() {
    let sandbox = Sandbox::with_vault();
    fs::rename(sandbox.path("state"), sandbox.path("harness/state")).unwrap();
    let first = "first use of this vault on this machine: signed by admin ";
    let set = sandbox.secrets(["set", "-v", "A", "-"]).stdin("one");
    drop(set.run().ok().stderr_has(&[first]));
    let set = sandbox
        .secrets(["set", "-v", "A", "-"])
        .stdin("two")
        .run()
        .ok();
    assert!(!set.stderr_text().contains(first), "{set}");
    drop(set.stderr_any("the report of a write is the business of the transcripts"));
}

#[test]
fn a_passphrase_that_does_not_fit_is_recorded_here_wherever_entries_go() {
    let sandbox = Sandbox::new();
    sandbox.init_with_passphrase("correct horse battery staple");
    let status = sandbox
        .secrets(["status"])
        .env("SECRETS_PASSPHRASE", "not the one that opens it")
        .env("SECRETS_AUDIT", "stderr")
        .run();
    assert!(!status.stderr_text().contains("\"e\":"), "{status}");
    drop(status.fails(4, &["wrong passphrase"]));
    let log = fs::read_to_string(record(&sandbox).join("audit.jsonl")).unwrap();
    let last = log.lines().last().unwrap();
    assert!(last.contains("\"a\":\"unlock\",\"ok\":0"), "{last}");
}

//! A log that is followed while it grows, and the logs of two machines.

use std::fs;

use rustix::process::Signal;
use serde_json::Value;

use super::Record;
use crate::harness::Sandbox;
use crate::output::Status;
use crate::pty;

#[test]
fn following_shows_what_is_written_meanwhile_and_ends_at_an_interrupt() {
    if !pty::available() {
        skip!(
            "following_shows_what_is_written_meanwhile_and_ends_at_an_interrupt",
            "setsid is missing"
        );
    }
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let mut terminal = sandbox.secrets(["audit", "list", "--follow"]).on_terminal();
    terminal.expect("development:/A@1");
    sandbox.get("A");
    terminal.expect("read").expect("development:/A@1");
    sandbox.set("LATER", "value-of-later");
    terminal.expect("development:/LATER@1");
    assert!(terminal.is_running());
    terminal.signal(Signal::INT);
    let ended = terminal.wait().echo_restored();
    let is_interrupt = matches!(ended.status, Status::Signal(2) | Status::Code(130));
    assert!(is_interrupt, "{:?}\n{}", ended.status, ended.screen);
    // In a pipe, with a filter, until Ctrl-C of the terminal.
    let line = "secrets audit --follow --json --action read | cat";
    let mut terminal = sandbox.shell(line).on_terminal();
    terminal.expect("secret_access");
    sandbox.set("B", "value-of-b");
    sandbox.get("B");
    terminal.expect("\"path\":\"/B\"").send("\x03");
    let ended = terminal.wait();
    assert!(!ended.screen.contains("secret_update"), "{}", ended.screen);
}

#[test]
fn the_logs_of_two_machines_are_read_together() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let here = Record::of(&sandbox);
    let other = sandbox.path("tmp/other");
    for _ in 0..3 {
        let get = sandbox
            .secrets(["get", "A"])
            .env("SECRETS_STATE_DIR", &other);
        get.run().ok().stdout_is("value-of-a");
    }
    let id = here.dir.file_name().unwrap();
    let there = other.join("secrets").join(id).join("audit.jsonl");
    let collected = sandbox.path("tmp/collected");
    fs::create_dir_all(collected.join("laptop")).unwrap();
    fs::copy(here.log(), collected.join("desk.jsonl")).unwrap();
    fs::copy(&there, collected.join("laptop/audit.jsonl")).unwrap();
    fs::write(collected.join("notes.txt"), "not a log").unwrap();
    sandbox.get("A");
    let list = |args: &[&str]| {
        let list = sandbox
            .secrets(["audit", "list", "--json", "--from"])
            .arg(&collected);
        let output = list.args(args).run().ok();
        serde_json::from_slice::<Value>(output.stdout()).unwrap()["events"].clone()
    };
    let events = list(&[]);
    let events = events.as_array().unwrap();
    // Chain, init, set; chain and three reads. What was read since is not collected.
    assert_eq!(events.len(), 3 + 4, "{events:?}");
    let mut devices: Vec<_> = events
        .iter()
        .map(|e| e["device"].as_str().unwrap())
        .collect();
    devices.sort_unstable();
    devices.dedup();
    assert_eq!(devices.len(), 2);
    let times: Vec<_> = events
        .iter()
        .map(|e| e["timestamp"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let reads = list(&["--action", "read"]);
    assert_eq!(reads.as_array().unwrap().len(), 3);
    assert_eq!(list(&["--limit", "2"]).as_array().unwrap().len(), 2);
    // The log of another vault is left out, and said.
    let foreign = Sandbox::with_vault();
    fs::copy(Record::of(&foreign).log(), collected.join("foreign.jsonl")).unwrap();
    let list = sandbox
        .secrets(["audit", "list", "--from"])
        .arg(&collected)
        .run()
        .ok();
    let list = list.stderr_has(&["foreign.jsonl", "is no log of this vault; it is left out"]);
    assert_eq!(list.stdout_text().lines().count(), 7);
    // A directory without one is an error.
    let empty = sandbox.path("tmp/empty");
    fs::create_dir(&empty).unwrap();
    let list = sandbox
        .secrets(["audit", "list", "--from"])
        .arg(&empty)
        .run();
    list.fails(3, &["no log of this vault in "]);
    here.is_whole();
}

//! `run --watch`: the secrets of a command that runs change.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::command::Running;
use crate::harness::Sandbox;

/// Waits until a file has this text.
fn reads(path: &Path, wanted: &str) {
    let begun = Instant::now();
    while fs::read_to_string(path).unwrap_or_default() != wanted {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{:?} instead of {wanted:?}",
            fs::read_to_string(path)
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// Starts a shell that adds a line to `told` each time it starts.
fn start<'a>(sandbox: &'a Sandbox, watch: &str, then: &str) -> Running<'a> {
    let line = format!("echo \"$A\" >>told; {then}");
    let words = ["run", watch, "--only", "A", "--", "sh", "-c", &line];
    let running = sandbox.secrets(words).spawn();
    reads(&sandbox.project().join("told"), "value-one\n");
    running
}

#[test]
fn a_command_starts_again_with_a_new_value_and_with_no_other_change() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-one");
    let told = sandbox.project().join("told");
    sandbox.allow(&told);
    let running = start(
        &sandbox,
        "--watch",
        "trap 'echo ended >>told; exit 0' TERM; while :; do sleep 0.05; done",
    );
    sandbox.set("OTHER", "another-secret");
    thread::sleep(Duration::from_millis(2500));
    reads(&told, "value-one\n");
    sandbox.set("A", "value-two");
    reads(&told, "value-one\nended\nvalue-two\n");
    // A vault that lacks the secret leaves the command what it has.
    sandbox
        .secrets(["rm", "--yes", "A"])
        .run()
        .ok()
        .stderr_any("what was done");
    thread::sleep(Duration::from_millis(2500));
    reads(&told, "value-one\nended\nvalue-two\n");
    sandbox
        .secrets(["undelete", "A"])
        .run()
        .ok()
        .stderr_any("what was done");
    sandbox.set("A", "value-three");
    reads(&told, "value-one\nended\nvalue-two\nended\nvalue-three\n");
    running.signal(Signal::TERM);
    let run = running.wait().ok();
    run.stderr_has(&[
        "its secrets have changed: the command starts again",
        "keeps what it has",
    ])
    .stderr_any("more of it");
}

#[test]
fn a_command_is_sent_the_signal_that_was_named() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-one");
    let told = sandbox.project().join("told");
    sandbox.allow(&told);
    let running = start(
        &sandbox,
        "--watch=hup",
        "trap 'echo hup >>told; exit 3' HUP; while :; do sleep 0.05; done",
    );
    sandbox.set("A", "value-two");
    reads(&told, "value-one\nhup\n");
    running
        .wait()
        .status(3)
        .stderr_has(&["the command is sent SIGHUP"])
        .stderr_any("that");
}

#[test]
fn a_command_that_does_not_end_is_ended_and_its_own_end_is_the_end() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-one");
    let told = sandbox.project().join("told");
    sandbox.allow(&told);
    let running = start(
        &sandbox,
        "--watch=restart",
        "[ \"$A\" = value-two ] && exit 5; trap '' TERM; while :; do sleep 0.05; done",
    );
    sandbox.set("A", "value-two");
    running.wait().status(5).stderr_any("that it starts again");
    assert_eq!(fs::read_to_string(&told).unwrap(), "value-one\nvalue-two\n");
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-one");
    let run = |args: &[&str]| sandbox.secrets(args).run();
    run(&["run", "--watch=sometimes", "--", "true"]).fails(125, &["restart, or a signal as HUP"]);
    run(&["run", "--watch", "--timeout=9s", "--", "true"]).fails(125, &["--timeout"]);
    let sandbox = Sandbox::new();
    sandbox.init_with_passphrase("a long passphrase of words");
    let run = sandbox.secrets(["run", "--watch", "--", "true"]).run();
    run.fails(125, &["has to open it without asking", "secrets unlock"]);
}

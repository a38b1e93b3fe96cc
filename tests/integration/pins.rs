//! What a machine has seen of a vault makes an older file look old.
//!
//! Without a server nothing else can: yesterday's file is signed as well as today's.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::attacks::{bytes_of, now};
use crate::harness::Sandbox;
use crate::pty;
use crate::twin::Twin;

const PASSPHRASE: &str = "six words that nobody else chose";
const LATER: &str = "six other words chosen later on";

/// Where the record of a vault lies that a sandbox holds.
pub fn record(sandbox: &Sandbox, name: &str) -> PathBuf {
    let root = sandbox.path("state/secrets");
    let is_id = |name: &str| name.len() == 32;
    let entry = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir() && is_id(path.file_name().unwrap().to_str().unwrap()));
    entry.unwrap().join(name)
}

/// The pin, as a machine keeps it.
pub fn pin(sandbox: &Sandbox) -> Value {
    let text = fs::read_to_string(record(sandbox, "pin")).unwrap();
    assert!(text.ends_with("}\n"), "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Puts a vault in place of the one that is there.
pub fn put(sandbox: &Sandbox, bytes: impl AsRef<[u8]>) {
    sandbox.write("project/.vault/vault.json", bytes);
}

/// What the twin answers about the vault of a sandbox, asked by its owner.
pub fn ask(twin: Twin, sandbox: &Sandbox, mut request: Value) -> Value {
    request["file"] = json!(BASE64.encode(&sandbox.vault_bytes()));
    if request.get("credential").is_none() {
        request["credential"] = sandbox.twin_credential();
    }
    for key in ["t", "now"] {
        if request.get(key).is_none() {
            request[key] = json!(now());
        }
    }
    twin.call(&request).unwrap()
}

/// The number of the seal of `development` in the vault, as `verify -v` tells it.
fn seal(sandbox: &Sandbox) -> u64 {
    let verify = sandbox.secrets(["verify", "-v", "--accept-older"]).run();
    let verify = verify.ok().stderr_any("it is read here");
    let text = verify.stderr_text();
    let bound = text.split("development:1:").nth(1).unwrap();
    bound.split(',').next().unwrap().parse().unwrap()
}

/// A work tree of git around the project.
fn git_init(sandbox: &Sandbox) -> bool {
    let git = Command::new("git")
        .args(["init", "-q"])
        .current_dir(sandbox.project())
        .env("HOME", sandbox.path("home"))
        .status();
    git.is_ok_and(|status| status.success())
}

/// A vault with two versions of `A`, and the file before the second.
fn rolled_back() -> (Sandbox, Vec<u8>) {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "first-value");
    let yesterday = sandbox.vault_bytes();
    sandbox.set("A", "second-value");
    put(&sandbox, &yesterday);
    (sandbox, yesterday)
}

const OLDER: &str = "development is older than what this machine has seen (epoch 1 seal 2, seen 3)";

#[test]
fn yesterdays_file_is_refused_with_the_ways_out() {
    let (sandbox, yesterday) = rolled_back();
    for args in [
        &["get", "A"][..],
        &["list"],
        &["verify"],
        &["set", "B", "--generate"],
    ] {
        sandbox.secrets(args).run().fails(
            6,
            &[
                OLDER,
                "secrets: hint: if you switched branch on purpose: --accept-older\n",
                "secrets: hint: for good: secrets trust\n",
            ],
        );
    }
    let run = sandbox.secrets(["run", "--", "true"]).run();
    run.fails(125, &[OLDER, "--accept-older", "secrets trust"]);
    let keyless = sandbox.secrets(["verify"]).without("SECRETS_KEY_FILE");
    keyless.run().fails(6, &[OLDER]);
    assert_eq!(sandbox.vault_bytes(), yesterday);
}

#[test]
fn accept_older_lets_one_command_pass_and_lowers_no_pin() {
    let (sandbox, _) = rolled_back();
    let before = fs::read(record(&sandbox, "pin")).unwrap();
    for _ in 0..2 {
        sandbox
            .secrets(["get", "A", "--accept-older"])
            .run()
            .ok()
            .stdout_is("first-value")
            .stderr_is(&format!("secrets: warning: {OLDER}\n"));
        sandbox.secrets(["get", "A"]).run().fails(6, &[OLDER]);
    }
    assert_eq!(fs::read(record(&sandbox, "pin")).unwrap(), before);
}

#[test]
fn in_a_git_work_tree_an_older_file_is_one_warning() {
    let (sandbox, _) = rolled_back();
    if !git_init(&sandbox) {
        skip!(
            "in_a_git_work_tree_an_older_file_is_one_warning",
            "git is not installed"
        );
    }
    let before = fs::read(record(&sandbox, "pin")).unwrap();
    let warning = format!("secrets: warning: {OLDER}\n");
    let get = sandbox.secrets(["get", "A"]).run();
    get.ok().stdout_is("first-value").stderr_is(&warning);
    let run = sandbox
        .secrets(["run", "--", "sh", "-c", "printf %s \"$A\""])
        .run();
    run.ok().stdout_is("first-value").stderr_is(&warning);
    let list = sandbox.secrets(["list", "--names"]).run();
    list.ok().stderr_is(&warning);
    let keyless = sandbox.secrets(["verify"]).without("SECRETS_KEY_FILE");
    let keyless = keyless.run().ok().stderr_has(&[&warning]);
    assert_eq!(keyless.stderr_text().matches("warning").count(), 1);
    assert_eq!(fs::read(record(&sandbox, "pin")).unwrap(), before);
}

#[test]
fn a_token_gets_nothing_of_an_older_file_even_in_a_git_work_tree() {
    let name = "a_token_gets_nothing_of_an_older_file_even_in_a_git_work_tree";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    let sandbox = Sandbox::with_vault();
    let rights = json!([{"env": "development", "m": "r"}]);
    let token = twin.token(&sandbox, "ci", rights, 0);
    sandbox.set("A", "first-value");
    let yesterday = sandbox.vault_bytes();
    sandbox.set("A", "second-value");
    let get = || {
        sandbox
            .secrets(["get", "A"])
            .without("SECRETS_KEY_FILE")
            .env("SECRETS_TOKEN", &token)
    };
    get().run().ok().stdout_is("second-value");
    put(&sandbox, yesterday);
    if !git_init(&sandbox) {
        skip!(name, "git is not installed");
    }
    get().run().fails(6, &[OLDER]);
    let accepted = get().arg("--accept-older").run().ok();
    accepted.stdout_is("first-value").stderr_has(&[OLDER]);
    // The owner is a person, who can read a warning.
    sandbox
        .secrets(["get", "A"])
        .run()
        .ok()
        .stderr_has(&[OLDER]);
}

#[test]
fn a_strict_policy_is_not_escaped_by_a_file_from_before_it() {
    let name = "a_strict_policy_is_not_escaped_by_a_file_from_before_it";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "first-value");
    let mild = sandbox.vault_bytes();
    if !git_init(&sandbox) {
        skip!(name, "git is not installed");
    }
    let head = |rollback: &str| json!({"op": "head", "pol": {"rollback": rollback}});
    let strict = bytes_of(&ask(twin, &sandbox, head("error"))["file"]);
    put(&sandbox, &strict);
    let get = || sandbox.secrets(["get", "A"]);
    get().run().ok().stdout_is("first-value");
    assert_eq!(pin(&sandbox)["head"][2], "error");
    put(&sandbox, &mild);
    let text = "older than what this machine has seen (head 1, seen 2)";
    get().run().fails(6, &[text]);
    get().arg("--accept-older").run().ok().stderr_has(&[text]);
    // Under a strict head an older scope is no better.
    put(&sandbox, &strict);
    sandbox.set("A", "second-value");
    put(&sandbox, &strict);
    get().run().fails(6, &["seal 2, seen 3"]);
    // A later head may be milder again, and then git explains.
    let later = bytes_of(&ask(twin, &sandbox, head("warn"))["file"]);
    put(&sandbox, &later);
    get().arg("--accept-older").run().ok().stderr_has(&["seal"]);
    assert_eq!(pin(&sandbox)["head"][2], "warn");
    get().run().ok().stderr_has(&["seal 2, seen 3"]);
}

#[test]
fn a_write_on_an_older_branch_is_the_newest_for_everybody() {
    let sandbox = Sandbox::with_vault();
    if !git_init(&sandbox) {
        skip!(
            "a_write_on_an_older_branch_is_the_newest_for_everybody",
            "git is not installed"
        );
    }
    sandbox.set("A", "first-value");
    let yesterday = sandbox.vault_bytes();
    for round in 0..4 {
        sandbox.set("A", format!("value-of-round-{round}"));
    }
    let newest = sandbox.vault_bytes();
    let seen = seal(&sandbox);
    put(&sandbox, &yesterday);
    let set = sandbox.secrets(["set", "A"]).stdin("on-the-old-branch");
    set.run().ok().stderr_has(&["warning", "seal 2, seen 6"]);
    assert_eq!((seen, seal(&sandbox)), (6, 7));
    sandbox
        .secrets(["get", "A"])
        .run()
        .ok()
        .stdout_is("on-the-old-branch");
    // Nor is it older for a colleague who saw the newest of the other branch.
    let written = sandbox.vault_bytes();
    let colleague = sandbox.path("home/colleague");
    let theirs = || {
        sandbox
            .secrets(["get", "A"])
            .env("SECRETS_STATE_DIR", &colleague)
    };
    put(&sandbox, &newest);
    theirs().run().ok().stdout_is("value-of-round-3");
    put(&sandbox, &written);
    theirs().run().ok().stdout_is("on-the-old-branch");
}

#[test]
fn a_new_head_over_an_old_scope_is_refused_without_any_memory() {
    let name = "a_new_head_over_an_old_scope_is_refused_without_any_memory";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "first-value");
    let old = BASE64.encode(&sandbox.vault_bytes());
    sandbox.set("A", "second-value");
    let head = ask(twin, &sandbox, json!({"op": "head"}));
    put(&sandbox, bytes_of(&head["file"]));
    let mixed = ask(
        twin,
        &sandbox,
        json!({"op": "attack", "name": "old-scope", "args": {"env": "development", "old": old}}),
    );
    put(&sandbox, bytes_of(&mixed["file"]));
    sandbox.vault_is_damaged();
    for state in ["state", "tmp/fresh"] {
        let get = sandbox
            .secrets(["get", "A", "--accept-older"])
            .env("SECRETS_STATE_DIR", sandbox.path(state));
        get.run()
            .fails(6, &["scope development and head are of different times"]);
    }
}

#[test]
fn two_machines_that_wrote_from_one_start_are_a_fork() {
    let sandbox = Sandbox::with_vault();
    let start = sandbox.vault_bytes();
    let other = sandbox.path("home/other");
    let there = |args: &[&str]| {
        sandbox
            .secrets(args)
            .env("SECRETS_STATE_DIR", &other)
            .stdin("made-by-theirs")
    };
    there(&["set", "A"])
        .run()
        .ok()
        .stderr_any("a report of a write");
    let theirs = sandbox.vault_bytes();
    put(&sandbox, &start);
    sandbox.set("A", "made-by-ours");
    let ours = sandbox.vault_bytes();
    let fork = "another epoch 1 seal 2 of development than this machine has seen";
    let get = || sandbox.secrets(["get", "A"]);
    put(&sandbox, &theirs);
    get().run().fails(6, &[fork, "--accept-older"]);
    let accepted = get().arg("--accept-older").run().ok();
    accepted.stdout_is("made-by-theirs").stderr_has(&[fork]);
    put(&sandbox, &ours);
    there(&["get", "A"]).run().fails(6, &[fork]);
    // What was seen first stays: theirs is another one still.
    get().run().ok().stdout_is("made-by-ours");
    put(&sandbox, &theirs);
    if !git_init(&sandbox) {
        skip!(
            "two_machines_that_wrote_from_one_start_are_a_fork",
            "git is not installed"
        );
    }
    let warned = get().run().ok().stdout_is("made-by-theirs");
    warned.stderr_is(&format!("secrets: warning: {fork}\n"));
    // A write ends the fork: one above both.
    sandbox
        .secrets(["set", "A"])
        .stdin("made-of-both")
        .run()
        .ok()
        .stderr_has(&[fork]);
    get().run().ok().stdout_is("made-of-both");
    there(&["get", "A"]).run().ok().stdout_is("made-of-both");
}

#[test]
fn the_pin_is_what_the_twin_would_write() {
    let Some(twin) = Twin::start() else {
        skip!(
            "the_pin_is_what_the_twin_would_write",
            "the twin does not run"
        );
    };
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    sandbox.set("production:B", "value-of-b");
    sandbox.secrets(["verify"]).run().ok().stderr_any("said");
    let chains = pin(&sandbox)["chains"].clone();
    assert_eq!(chains.as_array().unwrap().len(), 1);
    let answer = ask(twin, &sandbox, json!({"op": "pin", "chains": chains}));
    let text = fs::read_to_string(record(&sandbox, "pin")).unwrap();
    assert_eq!(answer["pin"].as_str().unwrap(), text);
}

/// The vault after a new passphrase with the wrap of the old one put back, and
/// the two honest files.
struct Wraps {
    sandbox: Sandbox,
    newer: Vec<u8>,
    mixed: Vec<u8>,
}

fn wraps(twin: Twin) -> Wraps {
    let sandbox = Sandbox::new();
    sandbox.init_with_passphrase(PASSPHRASE);
    sandbox
        .secrets(["set", "A"])
        .env("SECRETS_PASSPHRASE", PASSPHRASE)
        .stdin("value-of-a")
        .run()
        .ok()
        .stderr_any("a report of a write");
    sandbox.canary(LATER);
    let opened = twin
        .open(&sandbox.vault(), json!({"passphrase": PASSPHRASE}))
        .unwrap();
    let answer = ask(
        twin,
        &sandbox,
        json!({
            "op": "oldwrap", "credential": {"passphrase": PASSPHRASE},
            "label": opened["slot"]["label"], "old": PASSPHRASE, "new": LATER,
        }),
    );
    let (newer, mixed) = (bytes_of(&answer["newer"]), bytes_of(&answer["mixed"]));
    Wraps {
        sandbox,
        newer,
        mixed,
    }
}

const WRAP: &str = "is older than what this machine has seen (wrap 1, seen 2)";

#[test]
fn an_old_passphrase_put_back_is_refused_before_anybody_is_asked() {
    let name = "an_old_passphrase_put_back_is_refused_before_anybody_is_asked";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    if !pty::available() {
        skip!(name, "setsid is missing");
    }
    let Wraps {
        sandbox,
        newer,
        mixed,
    } = wraps(twin);
    let get = || sandbox.secrets(["get", "A"]);
    put(&sandbox, &newer);
    get()
        .env("SECRETS_PASSPHRASE", LATER)
        .run()
        .ok()
        .stdout_is("value-of-a");
    put(&sandbox, &mixed);
    git_init(&sandbox);
    for passphrase in [PASSPHRASE, LATER] {
        for accept in [&["-q"][..], &["--accept-older"]] {
            let get = get().args(accept).env("SECRETS_PASSPHRASE", passphrase);
            get.run().fails(6, &[WRAP, "secrets trust"]);
        }
    }
    let ended = get().on_terminal().wait().status(6);
    ended.screen_has(WRAP).screen_lacks("assphrase");
    sandbox.secrets(["verify"]).run().fails(6, &[WRAP]);

    // A person says that it is meant, and it opens.
    let trust = sandbox.secrets(["trust", "-y"]);
    let mut terminal = trust.on_terminal();
    terminal.expect("trusted");
    terminal.wait().status(0);
    let old = get().env("SECRETS_PASSPHRASE", PASSPHRASE).run().ok();
    old.stdout_is("value-of-a");
}

#[test]
fn a_machine_that_saw_nothing_later_opens_an_old_passphrase_put_back() {
    let name = "a_machine_that_saw_nothing_later_opens_an_old_passphrase_put_back";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    let Wraps { sandbox, mixed, .. } = wraps(twin);
    put(&sandbox, &mixed);
    let fresh = sandbox.secrets(["get", "A"]);
    let fresh = fresh
        .env("SECRETS_PASSPHRASE", PASSPHRASE)
        .env("SECRETS_STATE_DIR", sandbox.path("tmp/fresh"));
    fresh.run().ok().stdout_is("value-of-a");
}

#[test]
fn too_few_iterations_are_refused_before_anybody_is_asked_where_a_pin_is() {
    let name = "too_few_iterations_are_refused_before_anybody_is_asked_where_a_pin_is";
    if !pty::available() {
        skip!(name, "setsid is missing");
    }
    let sandbox = Sandbox::new();
    sandbox.init_with_passphrase(PASSPHRASE);
    let text = String::from_utf8(sandbox.vault_bytes()).unwrap();
    let few = text.replace("\"it\":600000", "\"it\":1000");
    assert_ne!(few, text);
    put(&sandbox, few);
    sandbox.vault_is_damaged();
    let sentence = "the slot asks for 1000 PBKDF2 iterations; at least 600000 are required";
    let list = || sandbox.secrets(["list"]);
    let ended = list().on_terminal().wait().status(6);
    ended.screen_has(sentence).screen_lacks("assphrase:");
    let given = list().env("SECRETS_PASSPHRASE", PASSPHRASE).run();
    given.fails(6, &[sentence]);
}

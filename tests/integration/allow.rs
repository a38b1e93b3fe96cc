//! `allow`: what a repository wants to start waits until a person has seen it.

use std::fs;

use crate::harness::Sandbox;
use crate::pty;

const SETTINGS: &str = "[rotation.DB_URL]\nhook = [\"./deploy\", \"a b\", \"\\u001b[2J\"]\n[rotation.\"STRIPE_*\"]\nevery = \"90d\"\n";

/// A vault whose project settings are `text`.
fn project(text: &str) -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.write("project/.vault/config.toml", text);
    sandbox
}

/// Whether the settings are allowed, by what `allow` says that changes nothing.
fn is_allowed(sandbox: &Sandbox) -> bool {
    let mut allow = sandbox.secrets(["allow"]).run().stderr_any("judged");
    allow.ended();
    let text = allow.stderr_text();
    assert!(
        text.contains("is allowed already") != text.contains("to go on: --yes"),
        "{text}"
    );
    text.contains("is allowed already")
}

#[test]
fn commands_are_shown_before_they_are_allowed_and_once_the_file_changed_again() {
    let sandbox = project(SETTINGS);
    let path = sandbox.path("project/.vault/config.toml");
    let shown = "rotation.\"DB_URL\".hook: ./deploy 'a b' '\\x1b[2J'";
    let refused = sandbox.secrets(["allow"]).run();
    refused.fails(2, &["Allow this command of", "to go on: --yes"]);
    assert!(!is_allowed(&sandbox));
    let allowed = sandbox.secrets(["allow", "--yes", "--json"]).run().ok();
    let json: serde_json::Value = serde_json::from_str(&allowed.stdout_text()).unwrap();
    assert_eq!(json["allowed"], true);
    assert_eq!(json["commands"][0]["argv"][1], "a b");
    assert_eq!(json["sha256"].as_str().unwrap().len(), 64);
    allowed.stderr_has(&[shown, "is allowed as it is now"]);
    assert!(is_allowed(&sandbox));
    // One byte more, even in a comment, and it waits again; the old file back is allowed again.
    fs::write(&path, format!("{SETTINGS}#")).unwrap();
    assert!(!is_allowed(&sandbox));
    fs::write(&path, SETTINGS).unwrap();
    assert!(is_allowed(&sandbox));
    // Elsewhere the same file says nothing, nor does it on another machine.
    let there = sandbox.path("elsewhere");
    let copy = format!("cp -r . {}", there.display());
    sandbox.shell(&copy).run().ok();
    let other = sandbox.secrets(["allow"]).cwd(&there).run();
    other.fails(2, &["to go on: --yes"]);
    let state = sandbox.path("tmp/other");
    let other = sandbox
        .secrets(["allow"])
        .env("SECRETS_STATE_DIR", state)
        .run();
    other.fails(2, &["to go on: --yes"]);
    fs::write(&path, format!("{SETTINGS}#")).unwrap();
    let changed = sandbox.secrets(["allow", "-y"]).run().ok();
    changed.stderr_has(&["has changed since it was allowed", shown]);
    assert!(is_allowed(&sandbox));
}

#[test]
fn where_no_command_is_there_is_nothing_to_allow() {
    let sandbox = Sandbox::with_vault();
    let allow = || sandbox.secrets(["allow"]).run().ok();
    allow().stderr_is("nothing to allow: the vault in use has no project settings\n");
    sandbox.write(
        "project/.vault/config.toml",
        "[rotation.A]\nevery = \"90d\"\n",
    );
    allow().stderr_has(&["nothing to allow", "names no command"]);
    let path = sandbox.path("state/secrets/allowed");
    assert!(!path.exists());
    let empty = Sandbox::new();
    empty.secrets(["allow"]).run().fails(3, &["no vault found"]);
}

#[test]
fn a_damaged_record_allows_nothing() {
    let sandbox = project(SETTINGS);
    sandbox
        .secrets(["allow", "-y"])
        .run()
        .ok()
        .stderr_any("the commands");
    let record = sandbox.path("state/secrets/allowed");
    let line = fs::read_to_string(&record).unwrap();
    for damaged in [
        String::new(),
        line.to_uppercase(),
        format!("{line}{line}"),
        line.trim().into(),
    ] {
        fs::write(&record, damaged).unwrap();
        let allow = sandbox.secrets(["allow", "-y"]).run();
        allow.fails(
            6,
            &[
                "what may run on this machine is damaged",
                "to forget all of it: rm",
            ],
        );
    }
}

#[test]
fn a_no_at_the_terminal_allows_nothing() {
    let name = "a_no_at_the_terminal_allows_nothing";
    if !pty::available() {
        skip!(name, "setsid is missing");
    }
    let sandbox = project(SETTINGS);
    for (answer, allowed) in [("\r", false), ("n\r", false), ("y\r", true)] {
        let mut terminal = sandbox.secrets(["allow"]).on_terminal();
        terminal.expect("Allow this command of").send(answer);
        terminal.wait().status(0).screen_has("\\x1b[2J");
        assert_eq!(is_allowed(&sandbox), allowed, "{answer:?}");
    }
}

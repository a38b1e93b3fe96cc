//! The hook of a rotation: real programs, and what becomes of the secret.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::harness::Sandbox;

const OLD: &str = "the-old-value-of-the-rotation";
const NEW: &str = "the-new-value-of-the-rotation";

/// A vault with `KEY`, whose rotation has `hook.sh` of the project for a hook.
fn project(script: &str) -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("KEY", OLD);
    sandbox.canary(NEW);
    hook(&sandbox, script);
    settings(&sandbox, "[\"./hook.sh\", \"a b\"]");
    sandbox
}

fn hook(sandbox: &Sandbox, script: &str) {
    let path = sandbox.write("project/hook.sh", format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Names the hook, and allows it.
fn settings(sandbox: &Sandbox, argv: &str) {
    let text = format!("[rotation.\"K*\"]\ngrace = \"1h\"\nhook = {argv}\n");
    sandbox.write("project/.vault/config.toml", text);
    let allow = sandbox.secrets(["allow", "--yes"]).run().ok();
    allow.stderr_has(&["is allowed as it is now"]);
}

fn rotate(sandbox: &Sandbox) -> crate::command::Run<'_> {
    sandbox.secrets(["rotate", "KEY", "-"]).stdin(NEW)
}

fn history(sandbox: &Sandbox) -> String {
    let shown = sandbox.shell("secrets history KEY | cut -f 1,2,5");
    shown.run().ok().stdout_text()
}

/// What the log says of the rotation: action and version.
fn log(sandbox: &Sandbox) -> String {
    let line = "secrets audit list --action write,delete,rotate | cut -f 3-6 | grep '.rotate.'";
    sandbox.shell(line).run().ok().stdout_text()
}

/// The states of `KEY` as the twin reads them; it verifies all of the file.
fn twin_agrees(sandbox: &Sandbox, current: &str) {
    let Some(opened) = sandbox.twin_opens(sandbox.twin_credential()) else {
        return;
    };
    let opened = opened.unwrap().to_string();
    let current = data_encoding::BASE64.encode(current.as_bytes());
    assert!(opened.contains(&current), "{opened}");
}

#[test]
fn a_hook_gets_the_new_value_and_then_it_is_the_current_one() {
    let sandbox = project(
        "cat > \"$PROJECT_OUT\"; printf 'said %s' \"$1\"; \
         printf '%s %s\\n' \"$SECRETS_ADDRESS\" \"$SECRETS_VERSION\"; pwd; \
         env | grep -e ^SECRETS_KEY -e ^SECRETS_TOKEN -e ^SECRETS_PASSPHRASE; exit 0",
    );
    let out = sandbox.path("out");
    sandbox.allow(&out);
    let below = sandbox.path("project/below");
    fs::create_dir(&below).unwrap();
    let done = rotate(&sandbox)
        .cwd(&below)
        .env("PROJECT_OUT", &out)
        .run()
        .ok();
    assert_eq!(done.stdout(), b"");
    assert_eq!(fs::read(&out).unwrap(), NEW.as_bytes());
    assert!(
        !done.stderr_text().contains("SECRETS_"),
        "{}",
        done.stderr_text()
    );
    done.stderr_has(&[
        "development:/KEY v2 is pending; its hook runs: \"./hook.sh\"\n",
        "said a bdevelopment:/KEY 2\n",
        "[TMP]/project\n",
        "development:/KEY v3\n",
        "development:/KEY@1 stays readable until",
    ]);
    assert_eq!(sandbox.get("KEY"), NEW.as_bytes());
    assert_eq!(sandbox.get("KEY@previous"), OLD.as_bytes());
    assert_eq!(
        history(&sandbox),
        "v3\tcurrent\trotate\nv1\tprevious\tset\n"
    );
    assert_eq!(
        log(&sandbox),
        "write\trotate\tdevelopment:/KEY@2\tok\nrotate\trotate\tdevelopment:/KEY@3\tok\n"
    );
    twin_agrees(&sandbox, NEW);
    let undo = sandbox.secrets(["undo"]).run().ok();
    undo.stderr_has(&["gets back what v1 holds"]);
    assert_eq!(sandbox.get("KEY"), OLD.as_bytes());
}

#[test]
fn a_hook_that_fails_changes_nothing_and_ends_with_9() {
    let sandbox = project("cat >/dev/null; echo no such user; exit 7");
    let failed = rotate(&sandbox).run();
    failed.fails(
        9,
        &[
            "no such user",
            "nothing was rotated: development:/KEY is still at v1",
            "the rotation of \"development:/KEY\" failed: the command \"./hook.sh\" failed with status 7",
        ],
    );
    assert_eq!(sandbox.get("KEY"), OLD.as_bytes());
    assert_eq!(history(&sandbox), "v1\tcurrent\tset\n");
    sandbox.secrets(["get", "KEY@pending"]).run().fails(3, &[]);
    assert_eq!(
        log(&sandbox),
        "write\trotate\tdevelopment:/KEY@2\tok\ndelete\trotate\tdevelopment:/KEY@2\tok\n"
    );
    let undo = sandbox.secrets(["undo"]).run();
    undo.fails(8, &["a rotation that failed, and nothing of it is left"]);
    twin_agrees(&sandbox, OLD);
    for (argv, said) in [
        ("[\"secrets-no-such-program\"]", "no command named"),
        ("[\"./none.sh\"]", "cannot run the command \"./none.sh\""),
        ("[\"sh\", \"-c\", \"kill -9 $$\"]", "was ended by signal 9"),
    ] {
        settings(&sandbox, argv);
        rotate(&sandbox).run().fails(9, &[said]);
        assert_eq!(history(&sandbox), "v1\tcurrent\tset\n");
    }
}

#[test]
fn no_hook_runs_before_its_settings_are_allowed() {
    let sandbox = project("echo it ran; touch ran");
    let path = sandbox.path("project/.vault/config.toml");
    let text = fs::read_to_string(&path).unwrap();
    let before = sandbox.vault_bytes();
    fs::write(&path, format!("{text}\n")).unwrap();
    for args in [
        ["rotate", "KEY", "-"].as_slice(),
        &["rotate", "KEY", "-n", "--generate"],
        // Nobody is asked for a value first.
        &["rotate", "KEY"],
    ] {
        let refused = sandbox.secrets(args).stdin(NEW).run();
        refused.fails(5, &["has changed since it was allowed", "secrets allow"]);
    }
    let elsewhere = sandbox.path("tmp/state");
    let refused = rotate(&sandbox).env("SECRETS_STATE_DIR", elsewhere).run();
    refused.fails(5, &["was not allowed", "secrets allow"]);
    assert!(!sandbox.path("project/ran").exists());
    assert_eq!(sandbox.vault_bytes(), before);
    // Back as it was it may, and a name without a hook never asks.
    fs::write(&path, text).unwrap();
    let dry = sandbox
        .secrets(["rotate", "KEY", "-", "-n"])
        .stdin(NEW)
        .run()
        .ok();
    dry.stderr_has(&[
        "development:/KEY v3 (dry run: nothing was written)",
        "its hook would run: \"./hook.sh\"",
    ]);
    assert!(!sandbox.path("project/ran").exists());
    assert_eq!(sandbox.vault_bytes(), before);
    rotate(&sandbox).run().ok().stderr_has(&["it ran"]);
}

#[test]
fn a_hook_may_read_the_old_value_and_the_new_one() {
    let sandbox = project(
        "cat >/dev/null; export SECRETS_KEY_FILE=\"$OWN_KEY\"; \
         test \"$(secrets get \"$SECRETS_ADDRESS\")\" = \"$OLD\" && \
         test \"$(secrets get \"$SECRETS_ADDRESS@pending\")\" = \"$NEW\" && \
         secrets set OTHER --generate -q",
    );
    let done = rotate(&sandbox)
        .env("OWN_KEY", sandbox.key_file())
        .env("OLD", OLD)
        .env("NEW", NEW)
        .run()
        .ok();
    // It even writes: no lock is held.
    done.stderr_has(&["development:/KEY v3\n"]);
    assert_eq!(sandbox.get("KEY"), NEW.as_bytes());
}

#[test]
fn a_secret_that_its_hook_or_another_changed_is_not_overwritten() {
    let sandbox = project(
        "cat >/dev/null; export SECRETS_KEY_FILE=\"$OWN_KEY\"; secrets set KEY --generate=hex:4 -q",
    );
    let refused = rotate(&sandbox).env("OWN_KEY", sandbox.key_file()).run();
    refused.fails(
        8,
        &[
            "the hook has run, but its value is not the current one: \"development:/KEY\" was \
             changed while its rotation ran",
            "secrets get development:/KEY@pending",
        ],
    );
    assert_eq!(
        history(&sandbox),
        "v3\tcurrent\tset\nv2\tpending\trotate\nv1\tprevious\tset\n"
    );
    // What the hook has set is not lost.
    assert_eq!(sandbox.get("KEY@pending"), NEW.as_bytes());
    twin_agrees(&sandbox, NEW);
}

#[test]
fn a_rotation_that_is_killed_leaves_its_value_pending_until_the_next_one() {
    let sandbox = project(
        "cat >/dev/null; touch begun; exec >/dev/null 2>&1; until test -e go; do sleep 0.05; done",
    );
    let running = rotate(&sandbox).spawn();
    let begun = sandbox.path("project/begun");
    let end = Instant::now() + Duration::from_secs(20);
    while !begun.exists() {
        assert!(Instant::now() < end, "the hook did not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    running.signal(Signal::KILL);
    sandbox.write("project/go", "");
    let killed = running.wait().signalled(Signal::KILL);
    killed.stderr_has(&["is pending"]);
    assert_eq!(sandbox.get("KEY"), OLD.as_bytes());
    assert_eq!(sandbox.get("KEY@pending"), NEW.as_bytes());
    sandbox.secrets(["get", "KEY@2"]).run().fails(3, &[]);
    assert_eq!(history(&sandbox), "v2\tpending\trotate\nv1\tcurrent\tset\n");
    twin_agrees(&sandbox, NEW);
    let undo = sandbox.secrets(["undo"]).run();
    undo.fails(8, &["a rotation that was not finished"]);
    hook(&sandbox, "cat >/dev/null");
    let done = rotate(&sandbox).run().ok();
    done.stderr_has(&["development:/KEY v4\n"]);
    assert_eq!(
        history(&sandbox),
        "v4\tcurrent\trotate\nv1\tprevious\tset\n"
    );
    twin_agrees(&sandbox, NEW);
}

#[test]
fn a_session_that_ends_while_the_hook_runs_leaves_the_rotation_whole() {
    let sandbox = project("cat > /dev/null; \"$PROGRAM\" lock");
    let unlock = sandbox.secrets(["unlock"]).run();
    if unlock
        .stderr_text()
        .contains("a session cannot be kept here")
    {
        unlock.fails(1, &["a session cannot be kept here"]);
        skip!(
            "a_session_that_ends_while_the_hook_runs",
            "no place for one"
        );
    }
    unlock.ok().stderr_has(&["stays open until "]);
    let done = rotate(&sandbox)
        .without("SECRETS_KEY_FILE")
        .env("PROGRAM", env!("CARGO_BIN_EXE_secrets"))
        .run()
        .ok();
    done.stderr_has(&["the session has ended\n", "development:/KEY v3\n"]);
    let get = sandbox.secrets(["get", "KEY"]).run().ok();
    get.stdout_is(NEW);
    let more = rotate(&sandbox).without("SECRETS_KEY_FILE").run();
    more.fails(4, &["a key is needed and none is given"]);
}

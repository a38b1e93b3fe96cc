//! Sessions: what is unlocked once, for whom, for how long, and what it opens.

use std::fs;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::command::Run;
use crate::harness::Sandbox;
use crate::keyctl::forbidden;
use crate::output::Output;
use crate::people::{FIRST, SECOND, by, with_key, with_passphrase};

/// Whether a session began; without a place for one the test is skipped by name.
fn began(done: Output<'_>) -> bool {
    if done.stderr_text().contains("a session cannot be kept here") {
        crate::skip::note("sessions", "there is no place for a session here");
        let _ = done.fails(1, &["a session cannot be kept here"]);
        return false;
    }
    let _ = done.ok().stderr_has(&["stays open until "]);
    true
}

/// A vault with a secret, unlocked by this slot's key.
macro_rules! unlocked_or_skip {
    ($flags:expr) => {{
        let sandbox = Sandbox::with_vault();
        sandbox.set("A", "value-of-a");
        if !began(sandbox.secrets(["unlock"]).args($flags).run()) {
            return;
        }
        sandbox
    }};
}

const NONE: [&str; 0] = [];

/// What is said where a session may be out of reach.
const UNSEEN: &str =
    "the kernel keyring cannot be looked into from here: a session that it may hold goes on";

/// A command to which no credential is given.
fn bare<'a>(sandbox: &'a Sandbox, args: &[&str]) -> Run<'a> {
    sandbox.secrets(args).without("SECRETS_KEY_FILE")
}

fn run<'a>(sandbox: &'a Sandbox, args: &[&str]) -> Output<'a> {
    bare(sandbox, args).run()
}

fn reads(sandbox: &Sandbox) {
    let get = run(sandbox, &["get", "A"]).ok();
    get.stdout_is("value-of-a").stderr_is("");
}

/// Nothing opens the vault any more.
fn is_locked(sandbox: &Sandbox) {
    let get = run(sandbox, &["get", "A"]);
    get.fails(4, &["a key is needed and none is given"]);
}

fn json(output: Output<'_>) -> Value {
    serde_json::from_str(&output.ok().stdout_text()).unwrap()
}

fn last_entry(sandbox: &Sandbox) -> Value {
    let list = json(run(sandbox, &["audit", "list", "--json"]));
    list["events"].as_array().unwrap().last().unwrap().clone()
}

fn session(sandbox: &Sandbox) -> Value {
    json(run(sandbox, &["status", "--json"]))["session"].clone()
}

#[test]
fn a_session_stands_for_the_credential_until_it_is_ended() {
    let sandbox = unlocked_or_skip!(NONE);
    let entry = last_entry(&sandbox);
    assert_eq!(entry["action"], "unlock");
    assert_eq!(entry["verb"], "unlock");
    reads(&sandbox);
    let entry = last_entry(&sandbox);
    assert_eq!(entry["action"], "read");
    assert_eq!(entry["result"], "success");
    let found = session(&sandbox);
    assert_eq!(found["open"], true);
    assert!(found["until"].is_string());
    assert!(["keyring", "file"].contains(&found["store"].as_str().unwrap()));
    let set = bare(&sandbox, &["set", "B"]).stdin("value-of-b").run();
    sandbox.canary("value-of-b");
    set.ok().stderr_is("development:/B v1\n");
    let child = ["run", "--", "sh", "-c", "printf %s \"$B\""];
    run(&sandbox, &child).ok().stdout_is("value-of-b");
    for args in [&["list"][..], &["verify"], &["meta", "A"], &["key", "list"]] {
        let _ = run(&sandbox, args).ok().stderr_any("other tests say what");
    }
    let lock = run(&sandbox, &["lock"]).ok();
    lock.stderr_is("the session has ended\n");
    is_locked(&sandbox);
    assert_eq!(session(&sandbox)["open"], false);
    let lock = run(&sandbox, &["lock"]).ok();
    lock.stderr_is("there was no session\n");
}

#[test]
fn what_waits_for_its_input_changes_nothing_when_the_session_has_ended() {
    let sandbox = unlocked_or_skip!(NONE);
    let (reader, mut writer) = std::io::pipe().unwrap();
    let reader = fs::File::from(OwnedFd::from(reader));
    let set = bare(&sandbox, &["set", "A"]).stdin_file(reader).spawn();
    let waits = format!("/proc/{}/wchan", set.pid().as_raw_nonzero());
    for _ in 0..200 {
        // By then it has opened the vault.
        if fs::read_to_string(&waits).is_ok_and(|text| text.contains("pipe_read")) {
            break;
        }
        sleep(Duration::from_millis(10));
    }
    let lock = run(&sandbox, &["lock"]).ok();
    lock.stderr_is("the session has ended\n");
    sandbox.canary("value-that-comes-late");
    writer.write_all(b"value-that-comes-late").unwrap();
    drop(writer);
    let ended = [
        "the session has ended; nothing was changed",
        "secrets unlock",
    ];
    set.wait().fails(4, &ended);
    let get = sandbox.secrets(["get", "A"]).run().ok();
    get.stdout_is("value-of-a");
}

#[test]
fn a_session_ends_after_its_time() {
    let sandbox = unlocked_or_skip!(["--for", "2s"]);
    reads(&sandbox);
    sleep(Duration::from_millis(3100));
    is_locked(&sandbox);
}

#[test]
fn use_prolongs_a_session_and_status_does_not() {
    let sandbox = unlocked_or_skip!(["--for", "1h", "--idle", "4s"]);
    for _ in 0..3 {
        sleep(Duration::from_millis(1500));
        reads(&sandbox);
    }
    for _ in 0..4 {
        sleep(Duration::from_millis(1300));
        let _ = run(&sandbox, &["status"]).ok();
    }
    is_locked(&sandbox);
}

#[test]
fn a_length_is_a_time_and_at_most_thirty_days() {
    let sandbox = Sandbox::with_vault();
    let unlock = |flags: [&str; 2]| sandbox.secrets(["unlock"]).args(flags).run();
    unlock(["--for", "0s"]).fails(2, &["a session lasts at least a second"]);
    unlock(["--idle", "0s"]).fails(2, &["a session lasts at least a second"]);
    unlock(["--for", "31d"]).fails(2, &["a session lasts at most 30 days"]);
    unlock(["--for", "soon"]).fails(2, &["--for \"soon\": it is no duration"]);
}

#[test]
fn sessions_of_two_vaults_do_not_disturb_each_other() {
    let (one, two) = (unlocked_or_skip!(NONE), unlocked_or_skip!(NONE));
    let lock = run(&one, &["lock"]).ok();
    lock.stderr_is("the session has ended\n");
    is_locked(&one);
    reads(&two);
    let _ = run(&two, &["lock"]).ok().stderr_any("said above");
}

#[test]
fn lock_ends_the_session_of_the_vault_that_lay_there_too() {
    let sandbox = unlocked_or_skip!(NONE);
    let own = sandbox.vault_bytes();
    fs::write(sandbox.vault(), Sandbox::with_vault().vault_bytes()).unwrap();
    run(&sandbox, &["get", "A"]).fails(6, &["this path held another vault"]);
    let lock = run(&sandbox, &["lock"]).ok();
    lock.stderr_is("the session has ended\n");
    fs::write(sandbox.vault(), own).unwrap();
    is_locked(&sandbox);
}

#[test]
fn what_needs_the_slots_key_passes_the_session_over() {
    let sandbox = unlocked_or_skip!(NONE);
    for args in [
        &["unlock"][..],
        &["passwd"],
        &["key", "add", "--recovery", "-y"],
        &["key", "add", "--label", "x", "--passphrase"],
        &["key", "remove", "owner", "-y"],
        &["env", "create", "new"],
        &["env", "remove", "staging", "-y"],
        &["rotate", "--key", "-y"],
        &["audit", "accept-loss", "--reason", "x", "-y"],
        &["audit", "verify", "--slot", "owner"],
    ] {
        let needs = ["a key is needed and none is given"];
        let _ = run(&sandbox, args).fails(4, &needs);
    }
    reads(&sandbox);
    // Without a key the log is verified as far as that goes.
    let _ = run(&sandbox, &["audit", "verify"])
        .ok()
        .stderr_any("how far");
    let _ = run(&sandbox, &["lock"]).ok().stderr_any("said above");
}

#[test]
fn rights_that_others_change_end_a_session_and_own_changes_do_not() {
    let sandbox = unlocked_or_skip!(NONE);
    let other = with_key(&sandbox, "other", "admin");
    reads(&sandbox);
    let rotate = ["rotate", "--key", "-y"];
    let own = sandbox.secrets(rotate).run().ok();
    let _ = own.stderr_any("other tests say what");
    reads(&sandbox);
    let _ = by(&sandbox, &other, &rotate).ok().stderr_any("as above");
    let changed = [
        "your rights changed: slot \"owner\" got others after the session began",
        "secrets unlock",
    ];
    run(&sandbox, &["get", "A"]).fails(4, &changed);
    let status = run(&sandbox, &["status", "--short"]).ok();
    status
        .stdout_is("locked\n")
        .stderr_has(&["the session does not fit: your rights changed"]);
    let doctor = run(&sandbox, &["doctor", "--json"]).status(10);
    assert!(
        doctor
            .stdout_text()
            .contains("\"remedy\":\"secrets unlock\"")
    );
    let _ = doctor.stderr_any("what was found is data");
    let entry = last_entry(&sandbox);
    assert_eq!(entry["result"], "failure");
    assert!(began(sandbox.secrets(["unlock"]).run()));
    reads(&sandbox);
    let _ = run(&sandbox, &["lock"]).ok().stderr_any("said above");
}

#[test]
fn a_slot_that_is_removed_takes_its_session_along() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let rui = with_key(&sandbox, "rui", "member");
    if !began(by(&sandbox, &rui, &["unlock"])) {
        return;
    }
    reads(&sandbox);
    let removed = sandbox.secrets(["key", "remove", "rui", "-y"]).run().ok();
    removed.stderr_has(&["the session of this slot has ended"]);
    is_locked(&sandbox);
}

#[test]
fn a_slot_that_is_removed_elsewhere_opens_nothing_by_its_session() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let rui = with_key(&sandbox, "rui", "member");
    if !began(by(&sandbox, &rui, &["unlock"])) {
        return;
    }
    // Who may not use keyrings does not see the session.
    let sandbox = forbidden(move || {
        let removed = sandbox.secrets(["key", "remove", "rui", "-y"]).run().ok();
        removed.stderr_has(&[UNSEEN]);
        sandbox
    });
    let gone = [
        "your rights changed: the slot of the session is gone",
        "secrets lock",
    ];
    run(&sandbox, &["get", "A"]).fails(4, &gone);
    let _ = run(&sandbox, &["lock"]).ok().stderr_any("said above");
    is_locked(&sandbox);
}

#[test]
fn a_changed_passphrase_ends_the_session_on_this_machine() {
    let sandbox = with_passphrase();
    if !began(by_passphrase(&sandbox, FIRST, &["unlock"])) {
        return;
    }
    reads(&sandbox);
    let needs = ["a passphrase is needed"];
    run(&sandbox, &["passwd"]).fails(4, &needs);
    let new = sandbox.write("home/new", format!("{SECOND}\n"));
    sandbox.allow(&new);
    let change = ["passwd", "--new-passphrase-file", new.to_str().unwrap()];
    let change = by_passphrase(&sandbox, FIRST, &change).ok();
    change.stderr_has(&["the session of this slot has ended"]);
    run(&sandbox, &["get", "A"]).fails(4, &needs);
}

#[test]
fn a_passphrase_that_is_changed_elsewhere_leaves_the_session() {
    let sandbox = with_passphrase();
    if !began(by_passphrase(&sandbox, FIRST, &["unlock"])) {
        return;
    }
    let new = sandbox.write("home/new", format!("{SECOND}\n"));
    sandbox.allow(&new);
    let sandbox = forbidden(move || {
        let change = ["passwd", "--new-passphrase-file", new.to_str().unwrap()];
        let change = by_passphrase(&sandbox, FIRST, &change).ok();
        change.stderr_has(&[UNSEEN]);
        sandbox
    });
    reads(&sandbox);
    let _ = run(&sandbox, &["lock"]).ok().stderr_any("said above");
}

fn by_passphrase<'a>(sandbox: &'a Sandbox, passphrase: &str, args: &[&str]) -> Output<'a> {
    let run = sandbox.secrets(args).env("SECRETS_PASSPHRASE", passphrase);
    run.run()
}

#[test]
fn a_session_forgives_no_changed_byte() {
    let sandbox = unlocked_or_skip!(NONE);
    let whole = sandbox.vault_bytes();
    let text = String::from_utf8_lossy(&whole).into_owned();
    let at = |mark: &str, after: usize| text.find(mark).unwrap() + mark.len() + after;
    for (what, at) in [
        ("head", at("\"apk\":\"", 3)),
        ("signature of the head", at("\"hsig\":\"", 3)),
        ("signature of the wrap", at("\"wsig\":\"", 3)),
        ("signature of the seal", at("\"ssig\":\"", 3)),
        ("slots", at("\"pk\":\"", 3)),
        ("keys", at("\"key\":", 20)),
        ("wrap", at("\"wrap\":", 40)),
        ("seal", at("\"seal\":", 30)),
        ("page", at("\"pages\":[\n", 5)),
        ("record", at("\"rec\":[\n[\"", 60)),
    ] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(sandbox.vault(), &bytes).unwrap();
        let by_key = sandbox.secrets(["get", "A"]).run();
        let by_session = run(&sandbox, &["get", "A"]);
        assert_eq!(by_session.stdout_text(), by_key.stdout_text(), "{what}");
        let told = |output: &Output<'_>| output.stderr_text().lines().next().map(str::to_owned);
        assert_eq!(told(&by_session), told(&by_key), "{what}");
        let _ = by_key.status(6).stderr_any("compared");
        let _ = by_session.status(6).stderr_any("compared");
    }
    fs::write(sandbox.vault(), &whole).unwrap();
    reads(&sandbox);
    let _ = run(&sandbox, &["lock"]).ok().stderr_any("said above");
}

#[test]
fn an_older_file_is_as_old_with_a_session() {
    let sandbox = unlocked_or_skip!(NONE);
    let old = sandbox.vault_bytes();
    let set = bare(&sandbox, &["set", "A"]).stdin("another-value").run();
    set.ok().stderr_is("development:/A v2\n");
    fs::write(sandbox.vault(), old).unwrap();
    run(&sandbox, &["get", "A"]).fails(6, &["older than what this machine has seen"]);
    let _ = run(&sandbox, &["lock"]).ok().stderr_any("said above");
}

#[test]
fn a_session_begins_no_log() {
    let sandbox = unlocked_or_skip!(NONE);
    let other = sandbox.path("other-state");
    fs::create_dir(&other).unwrap();
    let get = bare(&sandbox, &["get", "A"]);
    let get = get.env("SECRETS_STATE_DIR", &other).run();
    let none = [
        "this machine has no audit log of the vault to go on with",
        "to begin one: secrets unlock",
    ];
    get.fails(4, &none);
    let _ = run(&sandbox, &["lock"]).ok().stderr_any("said above");
}

#[test]
fn a_session_is_of_one_user() {
    let sandbox = unlocked_or_skip!(NONE);
    if !rustix::process::getuid().is_root() {
        skip!("a_session_is_of_one_user", "only root can be somebody else");
    }
    for dir in ["", "project", "project/.vault"] {
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(sandbox.path(dir), mode).unwrap();
    }
    fs::set_permissions(sandbox.vault(), fs::Permissions::from_mode(0o644)).unwrap();
    let home = sandbox.path("somebody");
    fs::create_dir(&home).unwrap();
    chown(&home, Some(10_001), Some(10_001)).unwrap();
    let somebody = |args: &[&str]| {
        let run = bare(&sandbox, args).uid(10_001);
        let run = run.env("HOME", &home).env("SECRETS_STATE_DIR", &home);
        run.without("XDG_RUNTIME_DIR").run()
    };
    somebody(&["get", "A"]).fails(4, &["a key is needed and none is given"]);
    let lock = somebody(&["lock"]).ok();
    lock.stderr_is("there was no session\n");
    let lock = somebody(&["lock", "--all"]).ok();
    lock.stderr_is("there was no session\n");
    fs::set_permissions(sandbox.vault(), fs::Permissions::from_mode(0o600)).unwrap();
    reads(&sandbox);
    let _ = run(&sandbox, &["lock"]).ok().stderr_any("said above");
}

#[test]
fn where_keyrings_are_refused_a_file_in_memory_serves_and_lock_all_ends_it() {
    let ended = forbidden(|| {
        let (one, two) = (Sandbox::with_vault(), Sandbox::with_vault());
        for sandbox in [&one, &two] {
            sandbox.set("A", "value-of-a");
            let done = sandbox.secrets(["unlock"]).run();
            let told = "the kernel keyring cannot be used here: ";
            if done.stderr_text().contains("cannot be kept here") {
                let _ = done.fails(1, &["a session cannot be kept here"]);
                return false;
            }
            done.ok().stderr_has(&[told, "stays open until "]);
            assert_eq!(session(sandbox)["store"], "file");
            reads(sandbox);
        }
        let lock = run(&one, &["lock"]).ok();
        lock.stderr_is(&format!(
            "the session has ended\nsecrets: warning: {UNSEEN}\n"
        ));
        is_locked(&one);
        let lock = json(run(&one, &["lock", "--json"]).stderr_has(&[UNSEEN]));
        assert_eq!(
            (&lock["ended"], &lock["keyring_refused"]),
            (&0.into(), &true.into())
        );
        reads(&two);
        let _ = run(&one, &["lock", "--all"]).ok().stderr_any("how many");
        is_locked(&two);
        true
    });
    if !ended {
        skip!("where_keyrings_are_refused", "no directory in memory");
    }
}

#[test]
fn a_damaged_vault_is_locked_all_the_same() {
    let sandbox = unlocked_or_skip!(NONE);
    let whole = sandbox.vault_bytes();
    fs::write(sandbox.vault(), b"{").unwrap();
    let lock = run(&sandbox, &["lock"]).ok();
    lock.stderr_is("the session has ended\n");
    let other = sandbox.path("other-state");
    fs::create_dir(&other).unwrap();
    let lock = bare(&sandbox, &["lock"]).env("SECRETS_STATE_DIR", &other);
    lock.run().fails(6, &["secrets lock --all"]);
    let aside = sandbox.path("aside");
    fs::rename(sandbox.vault(), &aside).unwrap();
    run(&sandbox, &["lock"]).fails(3, &["secrets lock --all"]);
    fs::rename(&aside, sandbox.vault()).unwrap();
    fs::write(sandbox.vault(), whole).unwrap();
    is_locked(&sandbox);
}

#[test]
fn a_session_of_another_slot_is_not_the_one_that_is_named() {
    let sandbox = unlocked_or_skip!(NONE);
    let _ = with_key(&sandbox, "rui", "member");
    let get = run(&sandbox, &["get", "A", "--slot", "rui"]);
    get.fails(4, &["the session is of slot \"owner\"", "secrets lock"]);
    let get = run(&sandbox, &["get", "A", "--slot", "owner"]).ok();
    get.stdout_is("value-of-a");
    let _ = run(&sandbox, &["lock"]).ok().stderr_any("said above");
}

//! A log that cannot be written reveals nothing and changes nothing.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{Record, twin_or_skip};
use crate::command::Run;
use crate::harness::Sandbox;
use crate::twin::Twin;

const VALUE: &str = "value-of-a";
const CANNOT: &str = "the audit log cannot be written, so nothing is revealed or changed";
const PLACE: &str = "hint: another place for it: set SECRETS_STATE_DIR to a directory";
const STREAM: &str =
    "hint: with a key or a token, entries can go to standard error: set SECRETS_AUDIT";

/// Every reveal and change, and everything that works without a log; the status of each.
const EVERYTHING: &str = "
    secrets get A; echo get=$?
    secrets run -- echo started; echo run=$?
    printf other-value | secrets set A; echo set=$?
    mkdir -p \"$TMPDIR/new\"; cd \"$TMPDIR/new\" || exit
    secrets init; echo init=$?; [ -e .vault/vault.json ] && echo made
    SECRETS_PASSPHRASE='a passphrase of many words' env -u SECRETS_KEY_FILE secrets init
    echo init=$?; [ -e .vault/vault.json ] && echo made
    cd \"$OLDPWD\" || exit
    secrets verify >/dev/null; echo verify=$?
    secrets status >/dev/null; echo status=$?
    secrets list --names; echo list=$?";

fn with_value() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", VALUE);
    sandbox
}

/// Whether this user can mount in a namespace of his own.
fn can_mount(sandbox: &Sandbox) -> bool {
    let probe = "mount -t tmpfs none \"$SECRETS_STATE_DIR\"";
    let mut run = sandbox
        .shell(probe)
        .through(["unshare", "--mount"])
        .run()
        .stderr_any("only whether it works counts");
    run.ended() == crate::output::Status::Code(0)
}

/// A shell line in a mount namespace of its own.
fn mounted<'a>(sandbox: &'a Sandbox, line: &str) -> Run<'a> {
    sandbox.shell(line).through(["unshare", "--mount"])
}

const READ_ONLY: &str = "
    mount --bind \"$SECRETS_STATE_DIR\" \"$SECRETS_STATE_DIR\" || exit
    mount -o remount,bind,ro \"$SECRETS_STATE_DIR\" || exit";

#[test]
fn a_state_directory_on_a_read_only_mount_reveals_and_changes_nothing() {
    let sandbox = with_value();
    if !can_mount(&sandbox) {
        skip!(
            "a_state_directory_on_a_read_only_mount_reveals_and_changes_nothing",
            "no mount namespaces"
        );
    }
    let before = (sandbox.vault_bytes(), Record::of(&sandbox).bytes());
    let line = format!("{READ_ONLY}\n{EVERYTHING}\nsecrets audit list >/dev/null; echo audit=$?");
    let run = mounted(&sandbox, &line).run().ok();
    run.stdout_is(
        "get=1\nrun=125\nset=1\ninit=1\ninit=1\nverify=0\nstatus=0\ndevelopment:/A\nlist=0\naudit=0\n",
    )
    .stderr_has(&[
        CANNOT, "read-only file system", PLACE, STREAM, CANNOT, PLACE, STREAM, CANNOT, PLACE,
        STREAM, CANNOT, PLACE, STREAM, CANNOT, PLACE,
    ]);
    assert_eq!(
        (sandbox.vault_bytes(), Record::of(&sandbox).bytes()),
        before
    );
    // A passphrase has one way out only.
    let sandbox = Sandbox::new();
    sandbox.set_default("SECRETS_PASSPHRASE", "a passphrase of many words");
    sandbox.canary("a passphrase of many words");
    let line = format!("{READ_ONLY}\nsecrets init; echo init=$?; secrets verify 2>/dev/null");
    let run = mounted(&sandbox, &line)
        .run()
        .status(3)
        .stdout_is("init=1\n");
    let text = run.stderr_has(&[CANNOT, PLACE]).stderr_text();
    assert!(!text.contains("SECRETS_AUDIT"), "{text}");
    assert!(!sandbox.vault().exists());
}

#[test]
fn a_full_disk_reveals_and_changes_nothing_wherever_it_ends() {
    let sandbox = with_value();
    if !can_mount(&sandbox) {
        skip!(
            "a_full_disk_reveals_and_changes_nothing_wherever_it_ends",
            "no mount namespaces"
        );
    }
    let fresh = "
        mount -t tmpfs -o size=64k none \"$SECRETS_STATE_DIR\" || exit
        cat /dev/zero >\"$SECRETS_STATE_DIR/fill\" 2>/dev/null";
    let run = mounted(&sandbox, &format!("{fresh}\n{EVERYTHING}"))
        .run()
        .ok();
    run.stdout_is(
        "get=1\nrun=125\nset=1\ninit=1\ninit=1\nverify=0\nstatus=0\ndevelopment:/A\nlist=0\n",
    )
    .stderr_has(&[CANNOT, "no space ", PLACE, STREAM, CANNOT, CANNOT]);
    // A log that is there, whose last page has no room for another entry: what fits of it is
    // taken back, the log stays whole, and with room again it goes on.
    let before = sandbox.vault_bytes();
    let there = "
        cp -a \"$SECRETS_STATE_DIR\" \"$TMPDIR/kept\" || exit
        mount -t tmpfs -o size=256k none \"$SECRETS_STATE_DIR\" || exit
        cp -a \"$TMPDIR/kept/.\" \"$SECRETS_STATE_DIR\" || exit
        log=$(echo \"$SECRETS_STATE_DIR\"/secrets/*/audit.jsonl)
        while [ $((4096 - $(stat -c %s \"$log\") % 4096)) -gt 250 ]; do
          secrets get A >/dev/null || exit
        done
        cat /dev/zero >\"$SECRETS_STATE_DIR/fill\" 2>/dev/null
        size=$(stat -c %s \"$log\")";
    let after = "
        [ $(stat -c %s \"$log\") = $size ] && echo as-it-was
        secrets audit verify 2>/dev/null; echo audit=$?
        rm \"$SECRETS_STATE_DIR/fill\"; secrets get A; echo get=$?
        secrets audit verify 2>/dev/null; echo audit=$?
        rm -r \"$TMPDIR/kept\"";
    let run = mounted(&sandbox, &format!("{there}\n{EVERYTHING}\n{after}"))
        .run()
        .ok();
    run.stdout_is(format!(
        "get=1\nrun=125\nset=1\ninit=1\ninit=1\nverify=0\nstatus=0\ndevelopment:/A\nlist=0\nas-it-was\n\
         audit=0\n{VALUE}get=0\naudit=0\n"
    ))
    .stderr_has(&[CANNOT, "no space ", PLACE, STREAM, CANNOT, CANNOT]);
    assert_eq!(sandbox.vault_bytes(), before);
}

#[test]
fn without_a_place_for_the_log_nothing_is_revealed_or_changed() {
    let sandbox = with_value();
    let before = sandbox.vault_bytes();
    for home in ["unset HOME", "HOME=", "HOME=relative"] {
        let line = format!("unset SECRETS_STATE_DIR; {home}\n{EVERYTHING}");
        let run = sandbox.shell(&line).run().ok();
        run.stdout_is(
            "get=1\nrun=125\nset=1\ninit=1\ninit=1\nverify=0\nstatus=0\ndevelopment:/A\nlist=0\n",
        )
        .stderr_has(&[
            CANNOT,
            "there is no place for the audit log: HOME is not set",
            PLACE,
            STREAM,
            CANNOT,
            CANNOT,
        ]);
    }
    assert_eq!(sandbox.vault_bytes(), before);
}

/// `get`, `run`, `set` and, where `init` is named, that end with 6 (125) and this text.
fn is_unsafe(sandbox: &Sandbox, text: &str) {
    let before = sandbox.vault_bytes();
    let run = |args: &[&str]| sandbox.secrets(args).run();
    run(&["get", "A"]).fails(6, &[text]);
    run(&["run", "--", "echo", "started"]).fails(125, &[text]);
    let set = sandbox.secrets(["set", "A"]).stdin("other-value").run();
    set.fails(6, &[text]);
    assert_eq!(sandbox.vault_bytes(), before);
}

#[test]
fn a_log_that_is_a_link_a_pipe_or_a_directory_is_unsafe() {
    for name in ["audit.jsonl", "audit.state"] {
        let sandbox = with_value();
        let record = Record::of(&sandbox);
        let (path, aside) = (record.dir.join(name), sandbox.path("harness/aside"));
        fs::rename(&path, &aside).unwrap();
        symlink(&aside, &path).unwrap();
        let there = fs::read(&aside).unwrap();
        is_unsafe(&sandbox, name);
        assert_eq!(fs::read(&aside).unwrap(), there);
        fs::remove_file(&path).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        is_unsafe(&sandbox, name);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        is_unsafe(&sandbox, name);
        fs::remove_dir(&path).unwrap();
        // Another name of the file lets somebody keep it.
        fs::hard_link(&aside, &path).unwrap();
        is_unsafe(&sandbox, name);
        fs::remove_file(&path).unwrap();
        fs::rename(&aside, &path).unwrap();
        record.is_whole();
    }
}

#[test]
fn a_state_directory_that_others_write_or_own_is_unsafe() {
    const SOMEBODY: u32 = 54_321;
    let sandbox = with_value();
    let record = Record::of(&sandbox);
    let set_mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for dir in [&record.dir, &sandbox.path("state/secrets")] {
        for (mode, text) in [
            (0o770, "can be written by other users"),
            (0o777, "is writable by everyone"),
        ] {
            set_mode(dir, mode);
            is_unsafe(&sandbox, text);
            set_mode(dir, 0o700);
        }
    }
    record.is_whole();
    if !rustix::process::geteuid().is_root() {
        skip!(
            "a_state_directory_that_others_write_or_own_is_unsafe",
            "only root can act as another user"
        );
    }
    // As somebody, with a state directory that root owns and everybody may enter.
    set_mode(sandbox.root(), 0o755);
    for name in [
        "home",
        "run",
        "tmp",
        "home/key",
        "project",
        "project/.vault",
        "project/.vault/vault.json",
    ] {
        chown(sandbox.path(name), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    }
    for path in [
        &sandbox.path("state"),
        &sandbox.path("state/secrets"),
        &record.dir,
    ] {
        set_mode(path, 0o755);
    }
    let program = sandbox.path("secrets");
    fs::copy(env!("CARGO_BIN_EXE_secrets"), &program).unwrap();
    set_mode(&program, 0o755);
    let run = |args: &[&str]| Run::new(&sandbox, &program).args(args).uid(SOMEBODY).run();
    let before = sandbox.vault_bytes();
    run(&["get", "A"]).fails(6, &["state/secrets\" belongs to", "uid 0"]);
    run(&["run", "--", "echo", "started"]).fails(125, &["state/secrets\""]);
    run(&["set", "A", "--generate"]).fails(6, &["state/secrets\""]);
    assert_eq!(sandbox.vault_bytes(), before);
}

#[test]
fn with_a_key_entries_go_where_secrets_audit_says_before_the_value() {
    let sandbox = with_value();
    let record = Record::of(&sandbox);
    let before = record.bytes();
    let entry = |line: &str, action: &str, verb: &str| {
        let whole: Value = serde_json::from_str(line).unwrap();
        let members: Vec<_> = whole.as_object().unwrap().keys().collect();
        assert_eq!(members, ["e"], "{line}");
        let e = &whole["e"];
        assert_eq!(
            (&e["i"], &e["a"], &e["verb"]),
            (&json!(0), &json!(action), &json!(verb))
        );
        assert!(line.starts_with("{\"e\":{\"i\":0,\"t\":"), "{line}");
    };
    // Both streams in one: the line is there before the value, and before the child.
    let line = "unset HOME SECRETS_STATE_DIR; export SECRETS_AUDIT=stderr
        secrets get A 2>&1; echo; secrets run --only A -- sh -c 'echo started $A' 2>&1
        SECRETS_AUDIT=fd:3 secrets get A 3>&1; echo
        printf value-of-b | secrets set B 2>&1
        SECRETS_AUDIT=fd:7 secrets get B 7>&1";
    let out = sandbox.shell(line).run().ok().stdout_text();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 10, "{out}");
    entry(lines[0], "read", "get");
    entry(lines[2], "read", "run");
    entry(lines[4], "read", "get");
    assert_eq!(
        (lines[1], lines[3], lines[5]),
        (VALUE, "started value-of-a", VALUE)
    );
    let set = out.find("\"a\":\"write\"").unwrap();
    assert!(set < out.find("development:/B v1").unwrap(), "{out}");
    assert_eq!(lines[9], "value-of-b");
    entry(lines[8], "read", "get");
    assert_eq!(record.bytes(), before);
}

#[test]
fn a_descriptor_that_takes_no_entry_reveals_and_changes_nothing() {
    let sandbox = with_value();
    let before = sandbox.vault_bytes();
    for (audit, redirect) in [
        ("fd:3", "3>&-"),
        ("fd:3", "3>/dev/full"),
        ("fd:3", "3</dev/null"),
        ("stderr", "2>/dev/full"),
        ("stderr", "2>&-"),
        ("fd:99999", ""),
    ] {
        let line = format!(
            "export SECRETS_AUDIT={audit}
             secrets get A {redirect}; echo get=$?
             secrets run -- echo started {redirect}; echo run=$?
             secrets set A --generate {redirect}; echo set=$?"
        );
        let run = sandbox.shell(&line).run().ok();
        let run = run.stdout_is("get=1\nrun=125\nset=1\n");
        drop(run.stderr_any("there may be nothing to say it on"));
    }
    // Nobody reads the pipe.
    let line = "{ sleep 0.2; SECRETS_AUDIT=fd:3 secrets get A 3>&1 >\"$TMPDIR/out\"
        echo $? >\"$TMPDIR/status\"; } | true; wait; cat \"$TMPDIR/out\" \"$TMPDIR/status\"";
    let run = sandbox.shell(line).run().ok().stdout_is("1\n");
    drop(run.stderr_has(&["broken pipe"]));
    // A descriptor that the program itself opened is none of the caller's: neither the vault
    // nor its lock is ever written to by an entry.
    for number in 3..16 {
        let set = sandbox
            .secrets(["set", "A", "--generate"])
            .env("SECRETS_AUDIT", format!("fd:{number}"))
            .run();
        set.fails(1, &[CANNOT, &format!("/dev/fd/{number}")]);
    }
    assert_eq!(sandbox.vault_bytes(), before);
}

#[test]
fn secrets_audit_that_names_nothing_is_a_mistake() {
    let sandbox = with_value();
    for value in [
        "stdout",
        "Stderr",
        "fd:",
        "fd:x",
        "fd:-1",
        "fd:3 ",
        "fd:99999999999",
        "/tmp/log",
        "off",
    ] {
        let run = |args: &[&str]| sandbox.secrets(args).env("SECRETS_AUDIT", value).run();
        let text = ["\"SECRETS_AUDIT\" must be \"stderr\" or \"fd:N\""];
        run(&["get", "A"]).fails(2, &text);
        run(&["run", "--", "echo", "started"]).fails(125, &text);
        run(&["set", "A", "--generate"]).fails(2, &text);
        run(&["list", "--names"]).ok().stdout_is("development:/A\n");
    }
}

#[test]
fn a_passphrase_keeps_its_log_on_the_machine() {
    let sandbox = Sandbox::new();
    sandbox.init_with_passphrase("a passphrase of many words");
    sandbox.set_default("SECRETS_PASSPHRASE", "a passphrase of many words");
    sandbox.set("A", VALUE);
    let run = |args: &[&str]| sandbox.secrets(args).env("SECRETS_AUDIT", "stderr").run();
    let text = ["SECRETS_AUDIT is for keys and tokens; a passphrase"];
    run(&["get", "A"]).fails(5, &text);
    run(&["run", "--", "echo", "started"]).fails(125, &text);
    run(&["set", "A", "--generate"]).fails(5, &text);
    fs::create_dir(sandbox.path("project/other")).unwrap();
    let init = sandbox.secrets(["init"]).env("SECRETS_AUDIT", "stderr");
    let init = init
        .env("SECRETS_VAULT", sandbox.path("home/other.json"))
        .run();
    init.fails(5, &text);
    assert!(!sandbox.path("home/other.json").exists());
}

/// The vault of a sandbox after a request of the twin about it.
fn remade(twin: Twin, sandbox: &Sandbox, mut request: Value) -> Value {
    request["file"] = json!(BASE64.encode(&sandbox.vault_bytes()));
    request["credential"] = sandbox.twin_credential();
    request["t"] = json!(crate::attacks::now());
    let answer = twin.call(&request).unwrap();
    fs::write(sandbox.vault(), crate::attacks::bytes_of(&answer["file"])).unwrap();
    answer
}

#[test]
fn a_token_whose_log_is_local_keeps_it_on_the_machine() {
    let twin = twin_or_skip!("a_token_whose_log_is_local_keeps_it_on_the_machine");
    let sandbox = with_value();
    for (local, status) in [(true, 5), (false, 0)] {
        let mut request = json!({
            "op": "slot", "token": true, "label": format!("ci-{local}"), "role": "member",
            "caps": [{"env": "development", "m": "r"}], "exp": 0,
        });
        if local {
            request["x"] = json!({"audit": "local"});
        }
        let token = remade(twin, &sandbox, request)["token"]
            .as_str()
            .unwrap()
            .to_owned();
        sandbox.canary(&token);
        let get = |audit: &str| {
            let get = sandbox.secrets(["get", "A"]).without("SECRETS_KEY_FILE");
            get.env("SECRETS_TOKEN", &token)
                .env("SECRETS_AUDIT", audit)
                .run()
        };
        match status {
            0 => drop(
                get("stderr")
                    .ok()
                    .stdout_is(VALUE)
                    .stderr_has(&["{\"e\":{\"i\":0,"]),
            ),
            _ => drop(get("stderr").fails(status, &["the slot \"ci-true\" must keep its log on"])),
        }
        get("").ok().stdout_is(VALUE);
    }
}

#[test]
fn a_vault_of_best_effort_warns_and_goes_on() {
    let twin = twin_or_skip!("a_vault_of_best_effort_warns_and_goes_on");
    let sandbox = with_value();
    remade(
        twin,
        &sandbox,
        json!({"op": "head", "pol": {"audit": "best-effort"}}),
    );
    let record = Record::of(&sandbox);
    sandbox.get("A");
    record.is_whole();
    let entries = record.entries().len();
    // With a log it is written as ever, and what was altered is no log that cannot be written.
    assert_eq!(record.entries()[entries - 1]["a"], "read");
    let warning = "secrets: warning: not recorded (";
    let line = "unset HOME SECRETS_STATE_DIR
        secrets get A; echo get=$?; secrets run --only A -- sh -c 'echo $A'
        printf value-of-b | secrets set B; echo set=$?; secrets get B";
    let run = sandbox.shell(line).run().ok();
    run.stdout_is("value-of-aget=0\nvalue-of-a\nset=0\nvalue-of-b")
        .stderr_has(&[
            warning,
            "the vault's policy allows that",
            warning,
            warning,
            warning,
        ]);
    if can_mount(&sandbox) {
        let line = format!("{READ_ONLY}\nsecrets get A");
        let run = mounted(&sandbox, &line).run().ok().stdout_is(VALUE);
        drop(run.stderr_has(&[warning]));
    }
    fs::remove_file(record.log()).unwrap();
    fs::create_dir(record.log()).unwrap();
    is_unsafe(&sandbox, "audit.jsonl");
}

#[test]
fn a_change_that_was_recorded_and_did_not_happen_leaves_an_abort() {
    let sandbox = with_value();
    if !can_mount(&sandbox) {
        skip!(
            "a_change_that_was_recorded_and_did_not_happen_leaves_an_abort",
            "no mount namespaces"
        );
    }
    let record = Record::of(&sandbox);
    let (n, before) = (record.entries().len(), sandbox.vault_bytes());
    // Nothing takes the place of a file that something is mounted on.
    let line = "mount --bind .vault/vault.json .vault/vault.json || exit 99
        secrets set A --generate --reason ticket-7";
    let run = mounted(&sandbox, line).run();
    run.fails(1, &["vault unchanged: cannot write", "busy"]);
    let fresh = record.since(n);
    let actions: Vec<_> = fresh.iter().map(|e| e["a"].as_str().unwrap()).collect();
    assert_eq!(actions, ["write", "abort"]);
    for member in [
        "env", "names", "verb", "why", "slot", "label", "seals", "pid",
    ] {
        assert!(fresh[0].get(member).is_some(), "{member}");
        assert_eq!(fresh[0][member], fresh[1][member], "{member}");
    }
    assert_eq!(sandbox.vault_bytes(), before);
    assert_eq!(sandbox.get("A"), VALUE.as_bytes());
    record.is_whole();
}

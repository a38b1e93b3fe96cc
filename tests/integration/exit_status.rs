//! Every exit status that the program can give, through the binary.

use std::fs;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::harness::Sandbox;
use crate::output::Status;
use crate::pty;
use crate::twin::Twin;

#[test]
fn status_0_a_value_comes_back_byte_for_byte() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("DB_URL", "postgres://db.example/main");
    sandbox
        .secrets(["get", "DB_URL"])
        .run()
        .ok()
        .stdout_is("postgres://db.example/main");
}

#[test]
fn status_1_standard_output_that_cannot_be_written_is_an_error() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("DB_URL", "postgres://db.example/main");
    let full = sandbox.secrets(["get", "DB_URL"]).after("exec >/dev/full");
    full.run().fails(1, &["secrets: error: "]);
}

#[test]
fn status_2_usage_and_refused_input_change_nothing() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let before = sandbox.vault_bytes();
    for args in [
        &["set"] as &[&str],
        &["get", "A", "--no-such-flag"],
        &["no-such-verb"],
        &["set", "-bad", "x"],
        &["set", "A", "x", "--if-version", "one"],
        &["set", "A", "--expires", "yesterday", "--generate"],
        &["get", "A", "B"],
        &["list", "-e", "K=V"],
    ] {
        sandbox.secrets(args).run().fails(2, &["secrets: error: "]);
    }
    sandbox
        .secrets(["set", "A"])
        .stdin("\n")
        .run()
        .fails(2, &["empty"]);
    sandbox
        .secrets(["set", "A"])
        .stdin("")
        .run()
        .fails(2, &["empty"]);
    assert_eq!(sandbox.vault_bytes(), before);
}

#[test]
fn status_2_a_weak_passphrase_makes_no_vault() {
    let sandbox = Sandbox::new();
    let weak = sandbox.secrets(["init"]).env("SECRETS_PASSPHRASE", "short");
    weak.run().fails(2, &["5 characters; at least 15"]);
    assert!(!sandbox.vault().exists());
}

#[test]
fn status_3_what_does_not_exist_leaves_standard_output_empty() {
    let sandbox = Sandbox::new();
    let none = sandbox
        .secrets(["get", "A"])
        .env("SECRETS_KEY", "00".repeat(32));
    none.run().fails(3, &["no vault", "secrets: hint: "]);
    sandbox.init();
    sandbox.set("DATABASE_URL", "value-of-database-url");
    sandbox
        .secrets(["get", "DATABSE_URL"])
        .run()
        .fails(3, &["no secret named \"DATABSE_URL\"", "DATABASE_URL"]);
    sandbox
        .secrets(["get", "DATABASE_URL@2"])
        .run()
        .fails(3, &["DATABASE_URL"]);
    sandbox
        .secrets(["get", "DATABASE_URL", "-e", "nowhere"])
        .run()
        .fails(3, &["nowhere"]);
    sandbox
        .secrets(["list", "NOTHING"])
        .run()
        .fails(3, &["NOTHING"]);
    sandbox
        .secrets(["list", "NOTHING*"])
        .run()
        .ok()
        .stdout_is("");
}

#[test]
fn status_4_a_wrong_key_opens_nothing_and_the_next_source_is_not_tried() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let wrong = sandbox
        .secrets(["get", "A"])
        .env("SECRETS_KEY", "ab".repeat(32));
    wrong.run().fails(4, &["secrets: error: "]);
    let none = sandbox.secrets(["get", "A"]).without("SECRETS_KEY_FILE");
    none.run().fails(4, &["SECRETS_KEY_FILE"]);
}

#[test]
fn status_5_a_token_opens_what_it_may_and_nothing_else() {
    let Some(twin) = Twin::start() else {
        skip!(
            "status_5_a_token_opens_what_it_may_and_nothing_else",
            "the twin does not run"
        );
    };
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    sandbox.set("production:/A", "value-of-a-in-production");
    let rights = serde_json::json!([{"env": "development", "m": "r"}]);
    let token = twin.token(&sandbox, "ci-read", rights.clone(), 0);
    let old = twin.token(&sandbox, "ci-old", rights, 1_000_000_000);
    let with = |args: &[&str], token: &str| {
        sandbox
            .secrets(args)
            .without("SECRETS_KEY_FILE")
            .env("SECRETS_TOKEN", token)
            .run()
    };
    with(&["get", "A"], &token).ok().stdout_is("value-of-a");
    with(&["get", "production:/A"], &token).fails(5, &["production"]);
    with(&["set", "A", "--generate"], &token).fails(5, &["ci-read"]);
    with(&["get", "A"], &old).fails(5, &["ci-old", "expired"]);
}

#[test]
fn status_6_a_changed_byte_is_refused() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let mut bytes = sandbox.vault_bytes();
    let at = bytes.windows(5).position(|w| w == b"\"seq\"").unwrap() + 6;
    bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
    fs::write(sandbox.vault(), bytes).unwrap();
    sandbox.vault_is_damaged();
    for args in [
        &["get", "A"] as &[&str],
        &["list"],
        &["verify"],
        &["set", "B", "--generate"],
    ] {
        sandbox.secrets(args).run().fails(6, &["secrets: error: "]);
    }
}

#[test]
fn status_7_an_expired_value_is_kept_back_unless_allowed() {
    let sandbox = Sandbox::with_vault();
    let value = "value-that-expires";
    sandbox.canary(value);
    let set = sandbox
        .secrets(["set", "A", "--expires", "1s"])
        .stdin(value);
    set.run().stderr_any("the report of a write");
    // Waits for the expiry; how long that takes is no matter.
    for _ in 0..300 {
        let mut get = sandbox
            .secrets(["get", "A"])
            .run()
            .stderr_any("judged below");
        if get.ended() != Status::Code(0) {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    sandbox.secrets(["get", "A"]).run().fails(7, &["expired"]);
    let allowed = sandbox.secrets(["get", "A", "--allow-expired"]).run();
    allowed
        .ok()
        .stdout_is(value)
        .stderr_any("it may say that the value is expired");
    sandbox
        .secrets(["run", "--", "true"])
        .run()
        .fails(125, &["A", "expired"]);
}

#[test]
fn status_8_a_lock_that_is_held_is_waited_for_and_then_named() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let before = sandbox.vault_bytes();
    let lock = fs::File::open(sandbox.path("project/.vault/.vault.json.lock")).unwrap();
    lock.lock().unwrap();
    let set = sandbox.secrets(["set", "A"]).stdin("another-value");
    set.timeout(Duration::from_secs(120))
        .run()
        .fails(8, &["lock", "process "]);
    assert_eq!(sandbox.vault_bytes(), before);
    // Readers need no lock.
    assert_eq!(sandbox.get("A"), b"value-of-a");
    drop(lock);
    sandbox.set("A", "another-value");
}

#[test]
fn status_8_a_vault_that_is_there_and_a_version_that_moved_on_are_conflicts() {
    let sandbox = Sandbox::with_vault();
    let key = sandbox.key_file();
    sandbox
        .secrets(["init", "--key-file"])
        .arg(&key)
        .run()
        .fails(8, &["vault.json"]);
    let again = sandbox
        .secrets(["init", "--if-missing", "--key-file"])
        .arg(&key)
        .run();
    again
        .ok()
        .stderr_any("it may say that there is nothing to do");
    sandbox.set("A", "value-of-a");
    for version in ["0", "2"] {
        let args = ["set", "A", "--if-version", version];
        sandbox
            .secrets(args)
            .stdin("another-value")
            .run()
            .fails(8, &["A"]);
    }
    let right = sandbox
        .secrets(["set", "A", "--if-version", "1"])
        .stdin("another-value");
    right.run().ok().stderr_has(&["v2"]);
}

#[test]
fn status_125_126_127_tell_our_failure_from_the_commands() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let run = |args: &[&str]| sandbox.secrets(["run"]).args(args).run();
    run(&["--no-such-flag", "--", "true"]).fails(125, &["secrets: error: "]);
    run(&["-e", "nowhere", "--", "true"]).fails(125, &["nowhere"]);
    run(&[]).fails(125, &["secrets: error: "]);
    sandbox.write("project/plain", "no program");
    run(&["--", "./plain"]).fails(126, &["plain"]);
    run(&["--", "no-such-command"]).fails(127, &["no-such-command"]);
    let json = run(&["--json", "-e", "nowhere", "--", "true"])
        .status(125)
        .stdout_is("");
    let json = json.stderr_any("read as JSON below");
    let error: serde_json::Value = serde_json::from_str(&json.stderr_text()).unwrap();
    assert_eq!(error["error"]["code"], "not_found");
    assert_eq!(error["error"]["exit"], 125);
}

#[test]
fn status_130_ctrl_c_at_a_prompt_restores_the_echo() {
    if !pty::available() {
        skip!(
            "status_130_ctrl_c_at_a_prompt_restores_the_echo",
            "setsid is missing"
        );
    }
    let sandbox = Sandbox::new();
    sandbox.init_with_passphrase("correct horse battery");
    for args in [&["get", "A"] as &[&str], &["run", "--", "true"]] {
        let mut terminal = sandbox.secrets(args).on_terminal();
        terminal
            .prompted("assphrase")
            .send_hidden("half a pass\x03");
        terminal
            .wait()
            .status(130)
            .echo_restored()
            .screen_lacks("half a pass");
    }
    let mut terminal = sandbox.secrets(["get", "A"]).on_terminal();
    terminal.prompted("assphrase").send_hidden("");
    terminal.signal(Signal::TERM);
    terminal.wait().echo_restored();
}

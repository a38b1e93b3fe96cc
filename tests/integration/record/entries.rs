//! What is in the log: one entry for a command, failures included, and who it was.

use std::fs;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{Record, twin_or_skip};
use crate::harness::Sandbox;
use crate::pty;

const REPORT: &str = "the report of a write is the business of the transcripts";

fn with_value() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    sandbox
}

fn is_misfit(entry: &Value, verb: &str, error: &str) {
    let said = (&entry["a"], &entry["ok"], &entry["verb"], &entry["err"]);
    assert_eq!(
        said,
        (&json!("unlock"), &json!(0), &json!(verb), &json!(error)),
        "{entry}"
    );
    // Nobody knows whose slot it would have been.
    for member in ["slot", "label", "names", "seals"] {
        assert!(entry.get(member).is_none(), "{entry}");
    }
}

#[test]
fn each_wrong_passphrase_at_a_prompt_is_one_entry() {
    if !pty::available() {
        skip!(
            "each_wrong_passphrase_at_a_prompt_is_one_entry",
            "setsid is missing"
        );
    }
    let sandbox = Sandbox::new();
    sandbox.init_with_passphrase("a passphrase of many words");
    let record = Record::of(&sandbox);
    let n = record.entries().len();
    let mut terminal = sandbox.secrets(["get", "A"]).on_terminal();
    for wrong in 1..=3 {
        let typed = format!("the wrong passphrase number {wrong}\r");
        terminal.prompted("assphrase").send_hidden(typed);
    }
    let code = terminal.wait();
    assert_eq!(
        code.status,
        crate::output::Status::Code(4),
        "{}",
        code.screen
    );
    let fresh = record.since(n);
    assert_eq!(fresh.len(), 3, "{fresh:?}");
    for entry in &fresh {
        is_misfit(entry, "get", "locked");
        assert!(
            entry["tty"].as_str().unwrap().starts_with("/dev/pts/"),
            "{entry}"
        );
    }
    // What was typed is nowhere.
    let log = String::from_utf8(record.bytes()).unwrap();
    assert!(!log.contains("wrong passphrase"));
    // Given in the environment it is tried once.
    let get = sandbox
        .secrets(["get", "A"])
        .env("SECRETS_PASSPHRASE", "not the passphrase");
    get.run().fails(4, &["wrong passphrase"]);
    assert_eq!(record.since(n).len(), 4);
    let verdict = super::verdict(sandbox.secrets(["audit", "verify", "--json"]));
    assert_eq!(verdict.code, 0, "{verdict:?}");
}

#[test]
fn wrong_keys_and_tokens_are_recorded_where_there_is_a_chain() {
    let twin = twin_or_skip!("wrong_keys_and_tokens_are_recorded_where_there_is_a_chain");
    let sandbox = with_value();
    let rights = json!([{"env": "development", "m": "r"}]);
    let expired = twin.token(
        &sandbox,
        "expired",
        rights.clone(),
        crate::attacks::now() - 60,
    );
    let other = with_value();
    let foreign = twin.token(&other, "foreign", rights.clone(), 0);
    let good = twin.token(&sandbox, "good", rights, 0);
    // The last digit but one of the key: still a token, and of this vault.
    let mut wrong = good.clone().into_bytes();
    let at = wrong.len() - 2;
    wrong[at] = if wrong[at] == b'B' { b'C' } else { b'B' };
    let wrong = String::from_utf8(wrong).unwrap();
    sandbox.canary(&foreign);
    let key = sandbox.write("harness/wrong", format!("{}\n", BASE64.encode(&[9; 32])));
    let record = Record::of(&sandbox);
    let n = record.entries().len();
    let by_key = |sandbox: &Sandbox| {
        let get = sandbox.secrets(["get", "A"]).env("SECRETS_KEY_FILE", &key);
        get.run().fails(4, &["opens no slot"]);
    };
    by_key(&sandbox);
    is_misfit(&record.since(n)[0], "get", "locked");
    assert_eq!(record.since(n).len(), 1);
    for token in [&expired, &foreign, &wrong] {
        let n = record.entries().len();
        let get = sandbox.secrets(["get", "A"]).without("SECRETS_KEY_FILE");
        let mut output = get
            .env("SECRETS_TOKEN", token)
            .run()
            .stdout_is("")
            .stderr_any(REPORT);
        assert!(
            matches!(output.ended(), crate::output::Status::Code(4 | 5 | 7)),
            "{output}"
        );
        let fresh = record.since(n);
        assert_eq!(fresh.len(), 1, "{output}\n{fresh:?}");
        let entry = &fresh[0];
        assert_eq!(
            (&entry["a"], &entry["ok"]),
            (&json!("unlock"), &json!(0)),
            "{entry}"
        );
    }
    // `run`, `set` and `verify` too, and a note as well.
    for args in [
        &["run", "--", "true"][..],
        &["set", "A", "--generate"],
        &["verify"],
    ] {
        let n = record.entries().len();
        let run = sandbox.secrets(args).env("SECRETS_KEY_FILE", &key).run();
        let mut output = run.stdout_is("").stderr_any(REPORT);
        assert_ne!(output.ended(), crate::output::Status::Code(0), "{output}");
        let fresh = record.since(n);
        assert_eq!(fresh.len(), 1, "{output}\n{fresh:?}");
        is_misfit(&fresh[0], args[0], "locked");
    }
    record.is_whole();
    // Where there is no chain nothing begins one.
    fs::remove_dir_all(sandbox.path("state/secrets")).unwrap();
    by_key(&sandbox);
    let logs = std::process::Command::new("find")
        .arg(sandbox.path("state"))
        .args(["-name", "audit*"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&logs.stdout), "");
}

#[test]
fn a_command_is_one_entry_and_several_environments_are_one_each() {
    let sandbox = with_value();
    sandbox.set("app/B", "value-of-b");
    sandbox.set("staging:C", "value-of-c");
    let record = Record::of(&sandbox);
    let fresh = |args: &[&str]| {
        let n = record.entries().len();
        drop(sandbox.secrets(args).run().ok().stderr_any(REPORT));
        record.since(n)
    };
    // All the secrets, and of the command its name alone.
    let run = fresh(&["run", "--", "sh", "-c", "echo an-argument >/dev/null"]);
    assert_eq!(run.len(), 1);
    assert_eq!(run[0]["names"], json!([["/A", 1]]));
    assert_eq!(run[0]["cmd"], "sh");
    assert!(!run[0].to_string().contains("an-argument"), "{}", run[0]);
    let both = fresh(&["run", "-p", "/", "-p", "/app", "--", "/bin/true"]);
    assert_eq!(both.len(), 1);
    assert_eq!(both[0]["names"], json!([["/A", 1], ["/app/B", 1]]));
    assert_eq!(
        (&both[0]["cmd"], &both[0]["env"]),
        (&json!("/bin/true"), &json!("development"))
    );
    let two = fresh(&["run", "--map", "C=staging:C", "--", "true"]);
    assert_eq!(two.len(), 2, "{two:?}");
    let named: Vec<_> = two.iter().map(|e| (&e["env"], &e["names"])).collect();
    let (dev, staging) = (json!("development"), json!("staging"));
    let (a, c) = (json!([["/A", 1]]), json!([["/C", 1]]));
    assert!(
        named.contains(&(&dev, &a)) && named.contains(&(&staging, &c)),
        "{named:?}"
    );
    let get = fresh(&["get", "A"]);
    assert_eq!((get.len(), &get[0]["names"]), (1, &json!([["/A", 1]])));
    assert!(
        get[0].get("cmd").is_none() && get[0].get("seals").is_none(),
        "{}",
        get[0]
    );
    let set = fresh(&["set", "A", "--generate"]);
    assert_eq!((set.len(), &set[0]["names"]), (1, &json!([["/A", 2]])));
    assert!(!set[0]["seals"].as_array().unwrap().is_empty());
    // Looking without a value, and failing for another reason than the credential, is none.
    for args in [
        &["list"][..],
        &["status"],
        &["audit", "list"],
        &["audit", "verify"],
        &["env", "list"],
    ] {
        assert_eq!(fresh(args).len(), 0, "{args:?}");
    }
    let n = record.entries().len();
    sandbox.secrets(["get", "NONE"]).run().fails(3, &["NONE"]);
    sandbox
        .secrets(["run", "--", "/not/there"])
        .run()
        .stderr_any(REPORT)
        .status(127);
    let told: Vec<Value> = record.since(n);
    assert!(
        told.iter().all(|e| e["a"] == "read" && e["verb"] == "run"),
        "{told:?}"
    );
    record.is_whole();
}

#[test]
fn who_and_why_is_in_the_entry() {
    let sandbox = with_value();
    let record = Record::of(&sandbox);
    let entry = |run: crate::command::Run<'_>| {
        run.run().ok().stdout_is("value-of-a");
        record.entries().pop().unwrap()
    };
    let get = || sandbox.secrets(["get", "A"]);
    let plain = entry(get());
    for member in ["ci", "agent", "ip", "tty", "why", "cmd"] {
        assert!(plain.get(member).is_none(), "{plain}");
    }
    for (member, value) in [("cred", "key"), ("label", "owner"), ("verb", "get")] {
        assert_eq!(plain[member], value);
    }
    assert!(plain["pid"].is_u64() && plain["host"].is_string() && plain["user"].is_string());
    let members = [
        (
            "SSH_CONNECTION",
            "192.0.2.7 50000 198.51.100.1 22",
            "ip",
            "192.0.2.7",
        ),
        ("CLAUDECODE", "1", "agent", "claude-code"),
        ("GITHUB_ACTIONS", "true", "ci", "github"),
        ("USER", "rui", "user", "rui"),
    ];
    for (variable, value, member, told) in members {
        let entry = entry(get().env(variable, value));
        assert_eq!(entry[member], told, "{variable}: {entry}");
    }
    let why = "ticket \"7\" \u{e9}\u{1b}[2J";
    let with_why = entry(get().args(["--reason", why]));
    assert_eq!(with_why["why"], why);
    assert!(
        record
            .bytes()
            .iter()
            .all(|byte| (0x20..0x7f).contains(byte) || *byte == b'\n')
    );
    if !pty::available() {
        skip!("who_and_why_is_in_the_entry", "setsid is missing");
    }
    let ended = sandbox.secrets(["get", "A"]).on_terminal().wait();
    drop(ended.status(0).screen_has("value-of-a"));
    let entry = record.entries().pop().unwrap();
    assert!(
        entry["tty"].as_str().unwrap().starts_with("/dev/pts/"),
        "{entry}"
    );
    record.is_whole();
}

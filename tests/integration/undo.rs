//! `undo`: what was there before a change is there again.

use serde_json::{Value, json};

use crate::harness::Sandbox;
use crate::pty;
use crate::record::Record;

/// All that is said of every secret now, without numbers, times and authors
/// of versions: those go on.
fn state(sandbox: &Sandbox) -> Value {
    let list = sandbox.secrets(["list", "--all-envs", "--json"]).run().ok();
    let list: Value = serde_json::from_slice(list.stdout()).unwrap();
    let mut secrets = list["secrets"].as_array().unwrap().clone();
    for secret in &mut secrets {
        let address = secret["address"].as_str().unwrap().to_owned();
        let value = sandbox.get(&address);
        let secret = secret.as_object_mut().unwrap();
        for key in ["created", "updated", "version"] {
            secret.remove(key);
        }
        secret.insert("value".to_owned(), json!(value));
    }
    Value::Array(secrets)
}

#[test]
fn every_change_that_can_be_undone_leaves_the_state_before_it() {
    let sandbox = Sandbox::with_vault();
    let run = |line: &str| {
        let done = sandbox.shell(line).run().ok();
        done.stderr_any("the words are the business of the transcripts");
    };
    run(
        "printf one | secrets set KEY --tags a,b --note n --owner o --expires 90d --rotate-every 30d",
    );
    run(
        "printf two | secrets set KEY --owner p; secrets set B --generate; secrets set GONE --generate",
    );
    run("secrets rm GONE; secrets set staging:/KEY --generate; secrets set infra/DB --generate");
    for line in [
        "printf three | secrets set KEY",
        "secrets set NEW --generate",
        "secrets set KEY=x NEW=y staging:/KEY=z",
        "secrets set GONE --generate",
        "secrets rm KEY",
        "secrets rm KEY B infra/DB",
        "secrets undelete GONE",
        "secrets meta KEY --tags +c --expires never --note m",
        "secrets rotate KEY --generate",
        "secrets rotate KEY --generate --expire-old",
        "secrets rollback KEY",
        "secrets mv KEY RENAMED",
        "secrets mv KEY production:/KEY",
        "secrets mv KEY B deep/folder/",
        "secrets cp KEY production:/KEY",
        "secrets cp KEY B infra/",
        "printf 'KEY=imported\nNEW=x\n' | secrets import - --overwrite",
    ] {
        let before = state(&sandbox);
        run(line);
        assert_ne!(state(&sandbox), before, "{line}");
        let undo = sandbox.secrets(["undo"]).run().ok();
        undo.stderr_any("the plan");
        assert_eq!(state(&sandbox), before, "{line}");
    }
}

#[test]
fn a_move_onto_a_name_with_versions_of_its_own_is_not_undone() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("production:/KEY", "a value of production");
    let rm = sandbox.secrets(["rm", "production:/KEY"]).run().ok();
    rm.stderr_any("it was hidden");
    sandbox.set("staging:/KEY", "a value of staging");
    let mv = ["mv", "staging:/KEY", "production:/KEY"];
    let moved = sandbox.secrets(mv).run().ok();
    moved.stderr_any("it was moved");
    let undo = sandbox.secrets(["undo"]).run();
    undo.fails(8, &["had versions of its own"]);
    assert_eq!(sandbox.get("production:/KEY"), b"a value of staging");
    // Where nothing but the mark of an earlier move was, it is.
    sandbox.set("A", "a value that moves");
    for _ in 0..2 {
        let moved = sandbox.secrets(["mv", "A", "B"]).run().ok();
        moved.stderr_any("it was moved");
        let undo = sandbox.secrets(["undo"]).run().ok();
        undo.stderr_any("the plan");
        assert_eq!(sandbox.get("A"), b"a value that moves");
    }
}

#[test]
fn what_was_hidden_before_is_what_comes_back_after() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("Q", "the value to keep");
    let run = |verb: &str| {
        let done = sandbox.secrets([verb, "Q"]).run().ok();
        done.stderr_any("what was done");
    };
    run("rm");
    sandbox.set("Q", "the slip of a moment");
    let undo = sandbox.secrets(["undo"]).run().ok();
    undo.stderr_has(&["development:/Q is hidden again, with what v1 holds"]);
    run("undelete");
    assert_eq!(sandbox.get("Q"), b"the value to keep");
}

#[test]
fn a_rotation_ends_the_old_value_under_every_number_that_has_it() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "the leaked value");
    sandbox.set("A", "an innocent value");
    for line in [
        "secrets rollback A",
        "secrets meta A --note n",
        "secrets rm A; secrets undelete A",
    ] {
        let done = sandbox.shell(line).run().ok();
        done.stderr_any("what was done");
    }
    sandbox.set("B", "the leaked value");
    let rotate = ["rotate", "A", "--generate", "--expire-old"];
    let rotated = sandbox.secrets(rotate).run().ok();
    rotated.stderr_has(&["development:/B still holds the old value"]);
    for number in [1, 3, 4, 6] {
        let get = sandbox.secrets(["get", &format!("A@{number}")]).run();
        get.fails(7, &["grace time ended"]);
    }
    let roll = sandbox.secrets(["rollback", "A", "--to", "1"]).run();
    roll.fails(7, &["grace time ended"]);
    assert_eq!(sandbox.get("A@2"), b"an innocent value");
    // A return to the replaced value by undo is readable again.
    let undo = sandbox.secrets(["undo"]).run().ok();
    undo.stderr_any("the plan");
    assert_eq!(sandbox.get("A"), b"the leaked value");
}

#[test]
fn the_previous_version_is_the_last_with_another_value() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("G", "the first value");
    let done = sandbox.shell("secrets rotate G --generate --grace 1h; secrets meta G --note n");
    done.run().ok().stderr_any("what was done");
    assert_eq!(sandbox.get("G@previous"), b"the first value");
    let twice = sandbox
        .shell("printf 'the first value' | secrets set G; secrets rotate G --generate --grace 1h");
    let twice = twice.run().ok();
    twice.stderr_has(&["secrets destroy development:/G --versions 1"]);
}

#[test]
fn a_change_that_did_not_happen_is_not_undone() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "the first value");
    sandbox.set("A", "the second value");
    let dry = sandbox.secrets(["set", "A", "--generate", "-n"]).run().ok();
    dry.stderr_any("a dry run");
    let undo = sandbox.secrets(["undo"]).run().ok();
    undo.stderr_any("the plan");
    assert_eq!(sandbox.get("A"), b"the first value");
}

#[test]
fn a_version_of_the_same_number_that_is_older_than_the_change_stays() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "the first value");
    sandbox.set("A", "the second value");
    // As after a checkout of the branch on which it was written an hour ago.
    let log = Record::of(&sandbox).log();
    let text = std::fs::read_to_string(&log).unwrap();
    let (before, last) = text.trim_end().rsplit_once('\n').unwrap();
    let (head, rest) = last.split_once("\"t\":").unwrap();
    let (time, tail) = rest.split_once(',').unwrap();
    let later = time.parse::<u64>().unwrap() + 3600;
    let edited = format!("{before}\n{head}\"t\":{later},{tail}\n");
    std::fs::write(&log, edited).unwrap();
    let refused = sandbox.secrets(["undo", "--dry-run"]).run();
    refused.fails(
        8,
        &[
            "\"development:/A\" is not as the last change of this machine left it: v2 by ",
            "secrets: hint: secrets history development:/A",
        ],
    );
}

#[test]
fn on_a_terminal_undo_asks_and_no_is_the_default() {
    if !pty::available() {
        skip!(
            "on_a_terminal_undo_asks_and_no_is_the_default",
            "no setsid --ctty"
        );
    }
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "the first value");
    sandbox.set("A", "the second value");
    let mut terminal = sandbox.secrets(["undo"]).on_terminal();
    terminal
        .expect("development:/A gets back what v1 holds")
        .expect("Undo the set of 1 secret")
        .send("\r");
    terminal.wait().status(0).screen_has("nothing was changed");
    assert_eq!(sandbox.get("A"), b"the second value");
    let mut terminal = sandbox.secrets(["undo"]).on_terminal();
    terminal.expect("Undo the set of 1 secret").send("y\r");
    terminal.wait().status(0).screen_has("development:/A v3");
    assert_eq!(sandbox.get("A"), b"the first value");
}

#[test]
fn on_a_terminal_rotate_asks_for_the_value_twice_and_shows_none() {
    if !pty::available() {
        skip!(
            "on_a_terminal_rotate_asks_for_the_value_twice_and_shows_none",
            "no setsid --ctty"
        );
    }
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "the first value");
    sandbox.canary("the second value");
    let mut terminal = sandbox.secrets(["rotate", "A"]).on_terminal();
    for _ in 0..2 {
        terminal.prompted("alue").send_hidden("the second value\r");
    }
    terminal
        .wait()
        .status(0)
        .echo_restored()
        .screen_lacks("the second value")
        .screen_has("development:/A v2");
    assert_eq!(sandbox.get("A"), b"the second value");
}

//! Hiding, bringing back, destroying: what is asked, by whom it may be done,
//! and what another reader finds of it in the file.

use serde_json::{Value, json};

use crate::attacks::{sandbox_with, small};
use crate::harness::Sandbox;
use crate::pty;
use crate::record::Record;
use crate::twin::Twin;

const FIRST: &str = "value-number-one";
const SECOND: &str = "value-number-two";

fn with_values() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", FIRST);
    sandbox.set("A", SECOND);
    sandbox.set("tmp/B", "value-of-b");
    sandbox.set("tmp/C", "value-of-c");
    sandbox
}

fn names(sandbox: &Sandbox) -> String {
    let list = sandbox.secrets(["list", "--names"]).run().ok();
    list.stdout_text()
}

#[test]
fn folders_and_globs_are_asked_about_and_no_changes_nothing() {
    if !pty::available() {
        skip!(
            "folders_and_globs_are_asked_about_and_no_changes_nothing",
            "there is no terminal to be had"
        );
    }
    let sandbox = with_values();
    let before = sandbox.vault_bytes();
    for answer in ["\r", "n\r", "no\r"] {
        let mut terminal = sandbox.secrets(["rm", "tmp/"]).on_terminal();
        terminal
            .expect("development:/tmp/B")
            .expect("development:/tmp/C");
        terminal.expect("Hide 2 secrets in development:/tmp/ [y/N] ");
        terminal.send(answer);
        let ended = terminal.wait().status(0);
        ended.screen_has("nothing was changed").screen_lacks(" v2");
        assert_eq!(sandbox.vault_bytes(), before);
    }
    let mut terminal = sandbox.secrets(["rm", "*"]).on_terminal();
    terminal
        .expect("Hide 3 secrets in development:/ [y/N] ")
        .send("y\r");
    terminal
        .wait()
        .status(0)
        .screen_has("development:/tmp/C v2");
    assert_eq!(names(&sandbox), "");
    // What is named by its address is not asked about.
    let back = ["undelete", "A", "tmp/B", "tmp/C"];
    let back = sandbox.secrets(back).run().ok();
    drop(back.stderr_has(&["development:/A v4", "development:/tmp/B v3"]));
    let ended = sandbox.secrets(["rm", "A"]).on_terminal().wait().status(0);
    ended.screen_has("development:/A v5").screen_lacks("[y/N]");
}

#[test]
fn destroying_is_asked_about_even_for_one_name_and_says_what_becomes_of_it() {
    if !pty::available() {
        skip!(
            "destroying_is_asked_about_even_for_one_name_and_says_what_becomes_of_it",
            "there is no terminal to be had"
        );
    }
    let sandbox = with_values();
    let before = sandbox.vault_bytes();
    for (args, question) in [
        (
            &["A", "--versions", "1"] as &[&str],
            "Destroy v1 of development:/A for good [y/N] ",
        ),
        (
            &["A", "--versions", "2,1"],
            "Destroy v1, v2 of development:/A for good, so that the secret is absent [y/N] ",
        ),
        (
            &["A", "--all"],
            "Destroy development:/A for good, 2 versions in all [y/N] ",
        ),
        (
            &["A", "tmp/", "--all"],
            "Destroy 3 secrets in development:/ for good, 4 versions in all [y/N] ",
        ),
    ] {
        let mut terminal = sandbox.secrets(["destroy"]).args(args).on_terminal();
        terminal.expect(question).send("\r");
        terminal.wait().status(0).screen_has("nothing was changed");
        assert_eq!(sandbox.vault_bytes(), before);
    }
    let destroy = sandbox.secrets(["destroy", "A", "--versions", "1"]);
    let mut terminal = destroy.on_terminal();
    terminal.expect("[y/N] ").send("yes\r");
    terminal.wait().status(0).screen_has("development:/A v1");
    sandbox
        .secrets(["get", "A@1"])
        .run()
        .fails(3, &["\"development:/A@1\" is destroyed"]);
    assert_eq!(sandbox.get("A"), SECOND.as_bytes());
}

#[test]
fn what_was_written_while_the_question_stood_does_not_go_with_the_rest() {
    if !pty::available() {
        skip!(
            "what_was_written_while_the_question_stood_does_not_go_with_the_rest",
            "there is no terminal to be had"
        );
    }
    let sandbox = with_values();
    for (args, meanwhile) in [
        (&["destroy", "A", "--all"] as &[&str], "A"),
        (&["destroy", "tmp/", "--all"], "tmp/B"),
        (&["env", "remove", "staging"], "staging:/NEW"),
    ] {
        let mut terminal = sandbox.secrets(args).on_terminal();
        terminal.expect("[y/N] ");
        sandbox.set(meanwhile, "a value that came late");
        let before = sandbox.vault_bytes();
        terminal.send("yes\r");
        terminal.wait().status(8).screen_has("meanwhile");
        assert_eq!(sandbox.vault_bytes(), before, "{args:?}");
    }
    // A version that stays is no reason to stop.
    let destroy = sandbox.secrets(["destroy", "A", "--versions", "1"]);
    let mut terminal = destroy.on_terminal();
    terminal.expect("[y/N] ");
    sandbox.set("A", "a value that came later");
    terminal.send("yes\r");
    terminal.wait().status(0).screen_has("development:/A v1");
}

#[test]
fn an_environment_beside_another_one_of_e_is_refused_for_patterns_too() {
    let sandbox = with_values();
    let before = sandbox.vault_bytes();
    for args in [
        &["rm", "-e", "staging", "development:tmp/*", "-y"] as &[&str],
        &[
            "destroy",
            "-e",
            "staging",
            "development:/tmp/",
            "--all",
            "-y",
        ],
        &["list", "-e", "staging", "development:/tmp/"],
    ] {
        let refused = sandbox.secrets(args).run();
        refused.fails(
            2,
            &["\"development:\" and -e staging name two environments"],
        );
    }
    assert_eq!(sandbox.vault_bytes(), before);
}

#[test]
fn without_a_terminal_a_question_needs_yes_and_nothing_is_changed() {
    let sandbox = with_values();
    let before = sandbox.vault_bytes();
    for args in [
        &["rm", "tmp/"] as &[&str],
        &["rm", "*"],
        &["rm", "A", "tmp/"],
        &["destroy", "A", "--all"],
        &["destroy", "A", "--versions", "1", "--no-input"],
    ] {
        let refused = sandbox.secrets(args).run();
        refused.fails(
            2,
            &["nobody can be asked: ", "secrets: hint: to go on: --yes"],
        );
        assert_eq!(sandbox.vault_bytes(), before, "{args:?}");
    }
    // What is to be pasted into a shell reaches us as it was.
    let refused = sandbox.secrets(["destroy", "tmp/*"]).run();
    refused.fails(2, &["every version: secrets destroy 'tmp/*' --all"]);
    let rm = sandbox.secrets(["rm", "tmp/", "--yes"]).run().ok();
    drop(rm.stderr_has(&["development:/tmp/B v2", "secrets undelete"]));
    assert_eq!(names(&sandbox), "development:/A\n");
}

#[test]
fn one_name_that_is_not_there_keeps_all_others_as_they_are() {
    let sandbox = with_values();
    sandbox
        .secrets(["rm", "tmp/B"])
        .run()
        .ok()
        .stderr_any("told elsewhere");
    let before = sandbox.vault_bytes();
    for (args, message) in [
        (&["rm", "A", "NOPE"] as &[&str], "no secret named \"NOPE\""),
        (&["rm", "A", "tmp/B"], "\"development:/tmp/B\" is deleted"),
        (&["undelete", "tmp/B", "NOPE"], "no secret named \"NOPE\""),
        (
            &["destroy", "A", "NOPE", "--all", "-y"],
            "no secret named \"NOPE\"",
        ),
        (
            &["destroy", "A", "--versions", "1,3", "-y"],
            "has no v3; kept: v1, v2",
        ),
        (
            &["destroy", "A", "tmp/B", "--versions", "2", "-y"],
            "\"development:/tmp/B@2\" is deleted",
        ),
    ] {
        sandbox.secrets(args).run().fails(3, &[message]);
        assert_eq!(sandbox.vault_bytes(), before, "{args:?}");
    }
}

#[test]
fn the_log_tells_of_each_change_what_it_was_to_which_versions() {
    let sandbox = with_values();
    let record = Record::of(&sandbox);
    let before = record.entries().len();
    for args in [
        &["rm", "A", "--reason", "OPS-1"] as &[&str],
        &["rm", "tmp/B", "-n"],
        &["undelete", "A", "tmp/B"],
        &["meta", "A", "--owner", "rui"],
        &["meta", "A"],
        &["destroy", "A", "--versions", "1,2", "-y"],
        &["destroy", "A", "--all", "-y"],
    ] {
        let done = sandbox.secrets(args).run().ok();
        done.stderr_any("the log is looked at");
    }
    let told: Vec<Value> = record.since(before);
    let told: Vec<Value> = told
        .iter()
        .map(|entry| json!([entry["a"], entry["verb"], entry["names"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["delete", "rm", [["/A", 3]]]),
            json!(["write", "undelete", [["/A", 4]]]),
            json!(["write", "meta", [["/A", 5]]]),
            json!(["delete", "destroy", [["/A", 1], ["/A", 2]]]),
            json!(["delete", "destroy", [["/A", 6]]]),
        ]
    );
    record.is_whole();
}

#[test]
fn another_reader_finds_in_the_file_what_was_done_and_no_value_that_is_gone() {
    let name = "another_reader_finds_in_the_file_what_was_done_and_no_value_that_is_gone";
    if Twin::start().is_none() {
        skip!(name, "the twin does not run");
    }
    let sandbox = with_values();
    for args in [
        &["meta", "A", "--tags", "web", "--reason", "OPS-1"] as &[&str],
        &["destroy", "A", "--versions", "1", "-y"],
        &["rm", "A"],
        &["undelete", "A"],
        &["rm", "tmp/B"],
        &["destroy", "tmp/C", "--all", "-y"],
    ] {
        let done = sandbox.secrets(args).run().ok();
        done.stderr_any("the file is looked at");
    }
    let opened = sandbox
        .twin_opens(sandbox.twin_credential())
        .unwrap()
        .unwrap();
    let found = |path: &str| -> Vec<Value> {
        let all = opened["records"].as_array().unwrap();
        let own = all.iter().filter(|one| one["path"] == path);
        own.map(|one| {
            let meta = &one["meta"];
            json!([
                one["v"],
                meta["st"],
                meta["len"],
                meta["x"]["verb"],
                meta["x"]["of"]
            ])
        })
        .collect()
    };
    assert_eq!(
        found("A"),
        [
            json!([1, 3, 0, "destroy", null]),
            json!([2, 0, 16, "set", null]),
            json!([3, 0, 16, "meta", null]),
            json!([4, 2, 0, "rm", null]),
            json!([5, 0, 16, "undelete", 3]),
        ]
    );
    assert_eq!(found("tmp/B").last().unwrap()[1], 2);
    assert_eq!(found("tmp/C"), [json!([2, 3, 0, "destroy", null])]);
    let text = opened.to_string();
    let value = |value: &str| data_encoding::BASE64.encode(value.as_bytes());
    assert!(text.contains(&value(SECOND)));
    assert!(!text.contains(&value(FIRST)) && !text.contains(&value("value-of-c")));
}

#[test]
fn a_slot_that_only_reads_or_reads_one_name_changes_nothing_and_is_not_asked() {
    let name = "a_slot_that_only_reads_or_reads_one_name_changes_nothing_and_is_not_asked";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    let mut maker = small(twin);
    for (label, caps) in [
        ("reader", json!([{"env": "prod", "m": "r"}])),
        (
            "one",
            json!([{"env": "prod", "m": "x", "names": ["app/two"]}]),
        ),
    ] {
        maker.step(json!({"op": "slot", "label": label, "token": true, "caps": caps}));
    }
    let sandbox = sandbox_with(&maker.file);
    let before = sandbox.vault_bytes();
    let by = |label: &str, args: &[&str]| {
        let run = sandbox.secrets(args).without("SECRETS_KEY_FILE");
        run.env("SECRETS_TOKEN", &maker.tokens[label]).run()
    };
    for label in ["reader", "one"] {
        for args in [
            &["rm", "app/two"] as &[&str],
            &["rm", "app/*"],
            &["undelete", "app/two"],
            &["destroy", "app/two", "--all"],
            &["destroy", "app/two", "--versions", "1", "--yes"],
            &["meta", "app/two", "--owner", "rui"],
        ] {
            by(label, args).fails(5, &["may not write to prod"]);
        }
        assert_eq!(sandbox.vault_bytes(), before);
        let shown = by(label, &["meta", "app/two"]).ok();
        assert!(shown.stdout_text().starts_with("address\tprod:/app/two\n"));
    }
    by("one", &["meta", "app/one"]).fails(5, &["no key for \"app/one\""]);
}

#[test]
fn what_stands_beside_a_value_is_shown_to_eyes_and_never_the_value() {
    if !pty::available() {
        skip!(
            "what_stands_beside_a_value_is_shown_to_eyes_and_never_the_value",
            "there is no terminal to be had"
        );
    }
    let sandbox = with_values();
    let note = ["meta", "A", "--note", "two\nlines \u{1b}[2J"];
    sandbox
        .secrets(note)
        .run()
        .ok()
        .stderr_is("development:/A v3\n");
    let ended = sandbox
        .secrets(["meta", "A"])
        .on_terminal()
        .wait()
        .status(0);
    ended
        .screen_has("address       development:/A\n")
        .screen_has("note          two\\nlines \\x1b[2J\n")
        .screen_lacks(SECOND);
}

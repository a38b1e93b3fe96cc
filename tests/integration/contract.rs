//! `check`: the contract of a project.

use std::fs;

use serde_json::Value;

use crate::harness::Sandbox;
use crate::output::Status;

fn contract(sandbox: &Sandbox, text: &str) {
    fs::write(sandbox.path("project/.vault/config.toml"), text).unwrap();
}

/// What `check --json` found: code and address of each.
fn found(sandbox: &Sandbox, args: &[&str]) -> Vec<(String, String)> {
    let mut run = sandbox.secrets(["check", "--json"]).args(args).run();
    let status = run.ended();
    let text = run.stderr_any("the sum is not looked at").stdout_text();
    let object: Value = serde_json::from_str(&text).unwrap();
    let findings = object["findings"].as_array().unwrap();
    assert_eq!(object["schema_version"], 1);
    assert_eq!(object["ok"], findings.is_empty());
    assert_eq!(
        status,
        Status::Code(if findings.is_empty() { 0 } else { 10 })
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    findings
        .iter()
        .map(|one| {
            assert!(one["remedy"].as_str().unwrap().starts_with("secrets "));
            (text(&one["code"]), text(&one["address"]))
        })
        .collect()
}

fn pair(code: &str, address: &str) -> (String, String) {
    (code.to_owned(), address.to_owned())
}

#[test]
fn twenty_faults_are_twenty_lines_and_status_10() {
    let sandbox = Sandbox::with_vault();
    let mut rules = String::new();
    for number in 0..4 {
        sandbox.set(&format!("SHORT_{number}"), "ab");
        sandbox.set(&format!("FORM_{number}"), "pk_live_0123456789");
        sandbox.set(&format!("SAME_{number}"), "one value in two places");
        sandbox.set(
            &format!("production:/SAME_{number}"),
            "one value in two places",
        );
        let soon = ["set", "--expires", "3d", &format!("SOON_{number}"), "-"];
        let run = sandbox.secrets(soon).stdin("a value that expires").run();
        run.ok().stderr_any("what was stored");
        rules += &format!(
            "[check.MISSING_{number}]\nrequired = true\nenvironments = [\"production\"]\n\
             [check.SHORT_{number}]\nmin_length = 32\n\
             [check.FORM_{number}]\npattern = \"^sk_\"\n\
             [check.SAME_{number}]\ndiffer = true\n\
             [check.SOON_{number}]\nexpires_within = \"14d\"\n"
        );
    }
    contract(&sandbox, &rules);
    let run = sandbox.secrets(["check"]).run();
    let text = run.status(10).stderr_is("20 findings\n").stdout_text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 20, "{text}");
    for kind in ["missing", "min_length", "pattern", "same_value", "expires"] {
        let of_kind = lines
            .iter()
            .filter(|line| line.starts_with(&format!("{kind}\t")));
        assert_eq!(of_kind.count(), 4, "{kind} in {text}");
    }
    assert!(text.contains(
        "production:/MISSING_3 is required and not there\tsecrets set production:/MISSING_3"
    ));
    assert_eq!(found(&sandbox, &[]).len(), 20);
}

#[test]
fn each_rule_holds_and_fails_by_itself() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("KEY", "sk_live_0123");
    sandbox.set("app/KEY", "sk_test_0123");
    let nothing: &[(String, String)] = &[];
    for (rules, wanted) in [
        ("[check.KEY]\nrequired = true", nothing),
        ("[check.\"/app/KEY\"]\nrequired = true", nothing),
        ("[check.\"app/*\"]\nrequired = true", nothing),
        ("[check.GONE]\nrequired = false", nothing),
        ("[check.GONE]\nmin_length = 9", nothing),
        ("[check.GONE]\nrequired = true\ndefault = \"\"", nothing),
        (
            "[check.GONE]\nrequired = true",
            &[pair("missing", "development:/GONE")],
        ),
        (
            "[check.\"/app/GONE\"]\nrequired = true",
            &[pair("missing", "development:/app/GONE")],
        ),
        (
            "[check.\"G*\"]\nrequired = true",
            &[pair("missing", "development:/G*")],
        ),
        ("[check.KEY]\npattern = '^sk_(live|test)_\\d+$'", nothing),
        (
            "[check.KEY]\npattern = '^sk_live_'",
            &[pair("pattern", "development:/app/KEY")],
        ),
        ("[check.\"/KEY\"]\npattern = '^sk_live_'", nothing),
        ("[check.KEY]\nmin_length = 12", nothing),
        (
            "[check.\"K?Y\"]\nmin_length = 13",
            &[
                pair("min_length", "development:/KEY"),
                pair("min_length", "development:/app/KEY"),
            ],
        ),
        (
            "[check.A]\none_of = \"k\"\n[check.KEY]\none_of = \"k\"",
            nothing,
        ),
        (
            "[check.A]\none_of = \"k\"\n[check.B]\none_of = \"k\"\n[check.C]\none_of = \"other\"",
            &[
                pair("one_of", "development:/A"),
                pair("one_of", "development:/C"),
            ],
        ),
        ("[check.KEY]\nexpires_within = \"9d\"", nothing),
        ("[check.KEY]\ndiffer = true", nothing),
    ] {
        contract(&sandbox, rules);
        assert_eq!(found(&sandbox, &["-e", "development"]), wanted, "{rules}");
        let status = if wanted.is_empty() { 0 } else { 10 };
        let run = sandbox
            .secrets(["check", "-e", "development"])
            .run()
            .status(status);
        run.stderr_any("the sum");
    }
}

#[test]
fn bytes_that_are_no_text_match_no_pattern() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("RAW", [0xff, 0xfe, b'a', b'b', b'c']);
    contract(&sandbox, "[check.RAW]\npattern = 'abc'");
    assert_eq!(
        found(&sandbox, &["-e", "development"]),
        [pair("pattern", "development:/RAW")]
    );
}

#[test]
fn deleted_is_missing_and_expired_is_found_by_every_rule() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("GONE", "a value that is deleted");
    let run = sandbox.secrets(["rm", "--yes", "GONE"]).run().ok();
    run.stderr_any("what was done");
    let late = ["set", "--expires", "1s", "LATE", "-"];
    let run = sandbox
        .secrets(late)
        .stdin("a value that expires")
        .run()
        .ok();
    run.stderr_any("what was stored");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    contract(
        &sandbox,
        "[check.GONE]\nrequired = true\n[check.\"L*\"]\n[check.LATE]",
    );
    let wanted = [
        pair("missing", "development:/GONE"),
        pair("expired", "development:/LATE"),
    ];
    assert_eq!(found(&sandbox, &["-e", "development"]), wanted);
}

#[test]
fn an_environment_narrows_the_contract() {
    let sandbox = Sandbox::with_vault();
    contract(
        &sandbox,
        "[check.BOTH]\nrequired = true\n[check.LIVE]\nrequired = true\nenvironments = [\"production\"]",
    );
    assert_eq!(
        found(&sandbox, &[]),
        [
            pair("missing", "development:/BOTH"),
            pair("missing", "staging:/BOTH"),
            pair("missing", "production:/BOTH"),
            pair("missing", "production:/LIVE"),
        ]
    );
    assert_eq!(
        found(&sandbox, &["-e", "development"]),
        [pair("missing", "development:/BOTH")]
    );
    contract(
        &sandbox,
        "[check.LIVE]\nrequired = true\nenvironments = [\"prod\"]",
    );
    assert_eq!(found(&sandbox, &[]), [pair("missing", "production:/LIVE")]);
    contract(
        &sandbox,
        "[check.BOTH]\nrequired = true\n[check.LIVE]\nrequired = true\nenvironments = [\"production\"]",
    );
    sandbox.set("BOTH", "a value");
    let run = sandbox.secrets(["check", "-e", "development"]).run().ok();
    run.stdout_is("")
        .stderr_is("the contract holds: 1 rule in development\n");
    contract(&sandbox, "[check.LIVE]\nenvironments = [\"production\"]");
    let run = sandbox.secrets(["check", "-e", "development"]).run().ok();
    run.stderr_is("no rule of the contract is about this environment\n");
}

#[test]
fn a_contract_that_cannot_be_held_is_refused() {
    let sandbox = Sandbox::with_vault();
    let run = sandbox.secrets(["check"]).run();
    run.fails(
        2,
        &["this project has no contract to check", "[check.\"NAME\"]"],
    );
    for (rules, said) in [
        ("[check.A]\npattern = '('", "pattern"),
        ("[check.A]\npattern = '(a{1000}){1000}'", "pattern"),
        (
            "[check.A]\nenvironments = [\"nowhere\"]",
            "there is no environment nowhere",
        ),
    ] {
        contract(&sandbox, rules);
        let run = sandbox.secrets(["check"]).run();
        run.fails(2, &["config.toml", "[check.\"A\"]", said]);
    }
    contract(&sandbox, "[check.A]\nwanted = true");
    sandbox
        .secrets(["check"])
        .run()
        .fails(2, &["line 2", "wanted"]);
}

#[test]
fn the_log_names_what_was_looked_at_and_no_value_is_shown() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("LOOKED_AT", "canary-of-the-contract");
    sandbox.set("LEFT", "canary-that-stays-closed");
    contract(
        &sandbox,
        "[check.LOOKED_AT]\npattern = '^x'\n[check.LEFT]\nmin_length = 99",
    );
    let run = sandbox.secrets(["check"]).run().status(10);
    run.stderr_is("2 findings\n");
    let log = sandbox
        .secrets(["audit", "--json", "--action", "check"])
        .run()
        .ok();
    let log: Value = serde_json::from_str(&log.stdout_text()).unwrap();
    let events = log["events"].as_array().unwrap();
    assert_eq!(events.len(), 1, "{log}");
    assert_eq!(events[0]["secret"]["path"], "/LOOKED_AT");
    assert_eq!(events[0]["verb"], "check");
}

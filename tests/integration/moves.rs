//! What moves, copies and comes back: read by the twin, refused to those who
//! may not, and compared without being shown.

use crate::harness::Sandbox;
use crate::twin::Twin;
use data_encoding::BASE64;
use serde_json::{Value, json};

const LOUD: &str = "what it says is the business of the transcripts";

/// Versions of a secret as the twin reads them: number, state and value.
fn versions(sandbox: &Sandbox, env: &str, path: &str) -> Option<Vec<(u64, u64, String)>> {
    let opened = sandbox.twin_opens(sandbox.twin_credential())?.unwrap();
    let of = |record: &&Value| record["env"] == env && record["path"] == path;
    let records = opened["records"].as_array().unwrap();
    let one = |record: &Value| {
        let value = record["value"].as_str().unwrap_or_default();
        let value = BASE64.decode(value.as_bytes()).unwrap();
        (
            record["v"].as_u64().unwrap(),
            record["meta"]["st"].as_u64().unwrap(),
            String::from_utf8(value).unwrap(),
        )
    };
    Some(records.iter().filter(of).map(one).collect())
}

fn quietly(sandbox: &Sandbox, args: &[&str]) {
    sandbox.secrets(args).run().ok().stderr_any(LOUD);
}

#[test]
fn the_twin_reads_the_same_versions_after_moving_copying_and_rolling_back() {
    let name = "the_twin_reads_the_same_versions_after_moving_copying_and_rolling_back";
    if Twin::start().is_none() {
        skip!(name, "the twin does not run");
    }
    let sandbox = Sandbox::with_vault();
    for value in ["value-number-one", "value-number-two", "value-number-three"] {
        sandbox.set("A", value);
    }
    let before = versions(&sandbox, "development", "A").unwrap();
    assert_eq!(before.len(), 3);
    quietly(&sandbox, &["mv", "A", "infra/B"]);
    assert_eq!(
        versions(&sandbox, "development", "infra/B").unwrap(),
        before
    );
    let gone = |number| vec![(number, 3, String::new())];
    assert_eq!(versions(&sandbox, "development", "A").unwrap(), gone(4));
    quietly(&sandbox, &["mv", "infra/B", "staging:/C"]);
    assert_eq!(versions(&sandbox, "staging", "C").unwrap(), before);
    // Back, behind the version that was left there.
    quietly(&sandbox, &["mv", "staging:/C", "A"]);
    let numbers = |list: &[(u64, u64, String)]| list.iter().map(|v| v.0).collect::<Vec<_>>();
    let after = versions(&sandbox, "development", "A").unwrap();
    assert_eq!(numbers(&after), [4, 5, 6, 7]);
    let values = |list: &[(u64, u64, String)]| list.iter().map(|v| v.2.clone()).collect::<Vec<_>>();
    assert_eq!(values(&after[1..]), values(&before));
    quietly(&sandbox, &["rollback", "A", "--to", "5"]);
    quietly(&sandbox, &["cp", "A@6", "production:/D"]);
    let after = versions(&sandbox, "development", "A").unwrap();
    assert_eq!(after[4], (8, 0, "value-number-one".to_owned()));
    let copy = versions(&sandbox, "production", "D").unwrap();
    assert_eq!(copy, [(1, 0, "value-number-two".to_owned())]);
    assert_eq!(sandbox.get("A@7"), b"value-number-three");
}

#[test]
fn a_slot_that_may_not_write_in_both_places_changes_nothing() {
    let name = "a_slot_that_may_not_write_in_both_places_changes_nothing";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-number-one");
    sandbox.set("A", "value-number-two");
    sandbox.set("staging:/B", "value-number-six");
    let dev = "development";
    let token = |label: &str, rights| twin.token(&sandbox, label, rights, 0);
    let reader = token(
        "reader",
        json!([{"env": dev, "m": "r"}, {"env": "staging", "m": "w"}]),
    );
    let half = token(
        "half",
        json!([{"env": dev, "m": "w"}, {"env": "staging", "m": "r"}]),
    );
    let named = token(
        "named",
        json!([{"env": dev, "m": "x", "names": ["A", "C"]}]),
    );
    let vault = sandbox.vault_bytes();
    let refused = |token: &str, args: &[&str], words: &[&str]| {
        let run = sandbox.secrets(args).without("SECRETS_KEY_FILE");
        run.env("SECRETS_TOKEN", token).run().fails(5, words);
        assert!(sandbox.vault_bytes() == vault, "{args:?} wrote");
    };
    refused(
        &reader,
        &["mv", "development:/A", "staging:/A"],
        &["reader", dev],
    );
    refused(
        &reader,
        &["mv", "staging:/B", "development:/B"],
        &["reader", dev],
    );
    refused(&reader, &["rollback", "development:/A"], &["reader", dev]);
    refused(
        &half,
        &["mv", "development:/A", "staging:/A"],
        &["half", "staging"],
    );
    refused(
        &half,
        &["cp", "development:/A", "staging:/A"],
        &["half", "staging"],
    );
    refused(&named, &["mv", "A", "C"], &["named"]);
    refused(&named, &["cp", "A", "C"], &["named"]);
    refused(&named, &["rollback", "A"], &["named"]);
    refused(&named, &["history", "B"], &["named"]);
    refused(&named, &["diff", "development:", "staging:"], &["named"]);
    // What each may do, it can.
    let allowed = |token: &str, args: &[&str]| {
        let run = sandbox.secrets(args).without("SECRETS_KEY_FILE");
        run.env("SECRETS_TOKEN", token).run().ok().stderr_any(LOUD);
    };
    allowed(&named, &["history", "A"]);
    allowed(&named, &["diff", "A@1", "A"]);
    allowed(&reader, &["cp", "development:/A", "staging:/A"]);
}

#[test]
fn several_are_moved_together_or_not_at_all_and_a_dry_run_writes_nothing() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-number-one");
    sandbox.set("B", "value-number-two");
    sandbox.set("x/B", "value-number-six");
    let vault = sandbox.vault_bytes();
    for verb in ["mv", "cp"] {
        let both = sandbox.secrets([verb, "A", "B", "x/"]).run();
        both.fails(8, &["x/B", "exists"]);
        assert!(sandbox.vault_bytes() == vault);
        quietly(&sandbox, &[verb, "A", "B", "y/", "-n"]);
        assert!(sandbox.vault_bytes() == vault);
    }
    quietly(&sandbox, &["mv", "A", "B", "y/"]);
    let seal = |bytes: &[u8]| {
        String::from_utf8(bytes.to_vec())
            .unwrap()
            .matches("\"seq\":")
            .count()
    };
    assert_eq!(seal(&sandbox.vault_bytes()), seal(&vault));
    assert_eq!(sandbox.get("y/B"), b"value-number-two");
}

#[test]
fn what_cannot_be_recorded_is_not_compared() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-number-one");
    sandbox.set("B", "value-number-two");
    let diff = sandbox.secrets(["diff", "A", "B"]);
    diff.run().ok().stdout_is("changed\tA\n").stderr_any(LOUD);
    // A file where the state directory should be.
    let place = sandbox.write("home/no-directory", "x");
    let diff = sandbox.secrets(["diff", "A", "B"]);
    let diff = diff.env("SECRETS_STATE_DIR", &place);
    diff.run().fails(6, &["no-directory"]);
}

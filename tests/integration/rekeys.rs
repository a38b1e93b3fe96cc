//! New data keys, and environments that go.

mod killed;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::attacks::{Maker, owner, sandbox_with, small};
use crate::harness::Sandbox;
use crate::people::{by, with_key};
use crate::twin::Twin;

/// Every record that a credential opens by the twin: path and number with the
/// metadata and the value.
fn records(sandbox: &Sandbox, credential: &Value) -> BTreeMap<(String, String, u64), Value> {
    let opened = sandbox.twin_opens(credential.clone()).unwrap().unwrap();
    let records = opened["records"].as_array().unwrap().iter();
    records
        .map(|record| {
            let text = |key: &str| record[key].as_str().unwrap().to_owned();
            let place = (text("env"), text("path"), record["v"].as_u64().unwrap());
            (place, json!([record["meta"], record["value"]]))
        })
        .collect()
}

fn epochs(sandbox: &Sandbox) -> Vec<u64> {
    let text = String::from_utf8(sandbox.vault_bytes()).unwrap();
    let head = text.lines().nth(1).unwrap().to_owned();
    let parts = head.split("\"e\":").skip(1);
    parts
        .map(|part| part.split(',').next().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn new_data_keys_leave_every_value_and_version_as_it_was() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-one");
    sandbox.set("A", "value-two");
    sandbox.set("production:infra/B", "value-of-b");
    let rui = with_key(&sandbox, "rui", "member");
    let before = sandbox.vault_bytes();
    sandbox.secrets(["rotate", "--key"]).run().fails(
        2,
        &[
            "Make new data keys for every environment and seal 2 secrets again",
            "--yes",
        ],
    );
    let dry = sandbox.secrets(["rotate", "--key", "-n"]).run().ok();
    drop(dry.stderr_has(&["would make new data keys for every environment"]));
    assert_eq!(sandbox.vault_bytes(), before);
    let all = sandbox.secrets(["rotate", "--key", "--yes"]).run().ok();
    all.stdout_is("").stderr_is(
        "made new data keys for every environment; 2 secrets sealed again and compared\n",
    );
    assert_eq!(epochs(&sandbox), [2, 2, 2]);
    let one = sandbox.secrets(["key-rotate", "prod", "--yes"]).run().ok();
    drop(one.stderr_has(&["for the environment \"production\"; 1 secret sealed again"]));
    assert_eq!(epochs(&sandbox), [2, 2, 3]);
    let two = ["rotate", "--key", "development", "staging", "--yes"];
    sandbox
        .secrets(two)
        .run()
        .fails(2, &["one environment at most"]);
    let none = sandbox.secrets(["rotate", "--key", "qa", "--yes"]).run();
    none.fails(3, &["\"qa\""]);
    for (address, value) in [
        ("A", "value-two"),
        ("A@1", "value-one"),
        ("production:infra/B", "value-of-b"),
    ] {
        assert_eq!(sandbox.get(address), value.as_bytes());
        by(&sandbox, &rui, &["get", address]).ok().stdout_is(value);
    }
    // Everybody writes on, and the log knows.
    let set = ["set", "A", "--generate"];
    drop(
        by(&sandbox, &rui, &set)
            .ok()
            .stderr_is("development:/A v3\n"),
    );
    let audit = sandbox.secrets(["audit", "--verb", "rotate"]).run().ok();
    assert_eq!(audit.stdout_text().matches("\taccess\t").count(), 2);
    drop(
        sandbox
            .secrets(["audit", "verify"])
            .run()
            .ok()
            .stderr_any("said elsewhere"),
    );
    drop(
        sandbox
            .secrets(["verify"])
            .run()
            .ok()
            .stderr_any("said elsewhere"),
    );
}

/// The vault of [`small`] with tokens for names and for writing, and a slot
/// that no passphrase or key of this program opens.
fn with_tokens(twin: Twin) -> Maker {
    let mut maker = small(twin);
    let names = json!([{"env": "prod", "m": "x", "names": ["app/two", "app/none"]}]);
    for (label, caps) in [
        ("one", names),
        ("reader", json!([{"env": "prod", "m": "r"}])),
        (
            "writer",
            json!([{"env": "prod", "m": "w"}, {"env": "dev", "m": "r"}]),
        ),
    ] {
        maker.step(json!({"op": "slot", "label": label, "token": true, "caps": caps}));
    }
    maker.step(json!({
        "op": "slot", "label": "far", "kind": "x25519", "caps": [{"env": "dev", "m": "w"}],
    }));
    maker
}

#[test]
fn tokens_and_slots_of_other_kinds_survive_new_keys_and_read_what_they_read() {
    let name = "tokens_and_slots_of_other_kinds_survive_new_keys_and_read_what_they_read";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    let maker = with_tokens(twin);
    let sandbox = sandbox_with(&maker.file);
    let by = |label: &str| json!({"token": maker.tokens[label]});
    let labels = ["one", "reader", "writer", "ci"];
    let before: Vec<_> = labels
        .iter()
        .map(|label| records(&sandbox, &by(label)))
        .collect();
    let (all, counts) = (records(&sandbox, &owner()), [1, 3, 4, 3]);
    assert_eq!(before.iter().map(BTreeMap::len).collect::<Vec<_>>(), counts);
    for change in [
        &["rotate", "--key", "--yes"] as &[&str],
        &["rotate", "--key", "prod", "--yes"],
        &["key", "remove", "bob", "--yes"],
        &["key", "remove", "writer", "--yes"],
    ] {
        drop(
            sandbox
                .secrets(change)
                .run()
                .ok()
                .stderr_any("said elsewhere"),
        );
        assert_eq!(records(&sandbox, &owner()), all, "{change:?}");
        for (label, before) in labels.iter().zip(&before) {
            if *label == "writer" && change.contains(&"writer") {
                let refused = sandbox.twin_opens(by(label)).unwrap();
                assert!(refused.is_err());
                continue;
            }
            assert_eq!(
                records(&sandbox, &by(label)),
                *before,
                "{label}: {change:?}"
            );
        }
    }
    // The program agrees.
    let get = |label: &str, address: &str| {
        let get = sandbox
            .secrets(["get", address])
            .without("SECRETS_KEY_FILE");
        get.env("SECRETS_TOKEN", &maker.tokens[label]).run()
    };
    get("one", "prod:app/two").ok().stdout_is("second");
    get("one", "prod:app/one").fails(5, &["\"one\" has no key for \"app/one\""]);
    get("reader", "prod:app/two").ok().stdout_is("second");
    get("writer", "prod:app/two").fails(5, &["the token was revoked"]);
    let list = sandbox.secrets(["key", "list"]).run().ok().stdout_text();
    assert!(list.contains("far\tx25519\tmember\t-\n"), "{list}");
    drop(
        sandbox
            .secrets(["verify"])
            .run()
            .ok()
            .stderr_any("said elsewhere"),
    );
    // A name that nothing bore when the token was made.
    sandbox.set("prod:app/none", "made later");
    get("one", "prod:app/none").ok().stdout_is("made later");
}

#[test]
fn an_environment_goes_with_its_secrets_and_out_of_every_grant() {
    let Some(twin) = Twin::start() else {
        let name = "an_environment_goes_with_its_secrets_and_out_of_every_grant";
        skip!(name, "the twin does not run");
    };
    let maker = with_tokens(twin);
    let sandbox = sandbox_with(&maker.file);
    let before = sandbox.vault_bytes();
    let remove = |args: &[&str]| sandbox.secrets(["env", "remove"]).args(args).run();
    remove(&["prod"]).fails(2, &["\"prod\" and its 3 secrets", "--yes"]);
    remove(&["qa", "--yes"]).fails(3, &["\"qa\""]);
    drop(
        remove(&["prod", "-n"])
            .ok()
            .stderr_has(&["would remove the environment \"prod\""]),
    );
    assert_eq!(sandbox.vault_bytes(), before);
    let done = remove(&["prod", "--yes", "--json"]).ok();
    assert!(
        done.stdout_text()
            .contains("\"environments\":[{\"name\":\"dev\"")
    );
    drop(done.stderr_is("removed the environment \"prod\" and its 3 secrets\n"));
    assert_eq!(records(&sandbox, &owner()).len(), 1);
    let opened = sandbox.twin_opens(json!({"token": maker.tokens["one"]}));
    let opened = opened.unwrap().unwrap();
    assert!(opened["records"].as_array().unwrap().is_empty());
    remove(&["dev", "--yes"]).fails(8, &["\"dev\" is the last environment"]);
    let text = String::from_utf8(sandbox.vault_bytes()).unwrap();
    assert!(!text.contains("\"env\":\"prod\""));
    drop(
        sandbox
            .secrets(["verify"])
            .run()
            .ok()
            .stderr_any("said elsewhere"),
    );
    assert_eq!(sandbox.get("dev:app/one"), b"development");
}

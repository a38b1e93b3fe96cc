//! `status --json` has every key in every situation.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::command::Run;
use crate::harness::Sandbox;

/// What a status says, after its keys were checked; its talk is the business of the transcripts.
fn status(run: Run<'_>) -> Value {
    let output = run.run().ok().stderr_any("the business of the transcripts");
    let status: Value = serde_json::from_slice(output.stdout()).unwrap();
    keys(
        &status,
        "schema_version vault environment environments credential session audit",
    );
    assert_eq!(status["schema_version"], 1);
    keys(
        &status["vault"],
        "path id label fingerprint source head_seq pin",
    );
    keys(&status["session"], "open store until");
    keys(&status["audit"], "path policy entries");
    if !status["environment"].is_null() {
        keys(&status["environment"], "name source");
    }
    if !status["credential"].is_null() {
        keys(&status["credential"], "kind slot admin expires");
    }
    for environment in status["environments"].as_array().unwrap() {
        keys(environment, "name readable writable");
    }
    status
}

/// An object has exactly these keys.
fn keys(object: &Value, expected: &str) {
    let found: BTreeSet<&str> = object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(found, expected.split(' ').collect(), "{object}");
}

#[test]
fn every_key_is_there_in_every_situation() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-A");
    let old = sandbox.vault_bytes();
    let create = sandbox.secrets(["env", "create", "qa"]).run();
    create.ok().stderr_any("the business of the transcripts");
    let ask = || sandbox.secrets(["status", "--json"]);
    let short = |run: Run<'_>| run.arg("--short").run().ok().stdout_text();

    let opened = status(ask());
    assert_eq!(opened["vault"]["pin"], "ok");
    assert_eq!(opened["environments"].as_array().unwrap().len(), 4);
    assert_eq!(opened["credential"]["kind"], "secret");
    assert_eq!(opened["audit"]["policy"], "required");
    // The chain, init, and the two changes.
    assert_eq!(opened["audit"]["entries"], 4);
    let path = opened["audit"]["path"].as_str().unwrap();
    let lines = fs::read_to_string(path).unwrap().lines().count();
    assert_eq!(lines, 4);

    let locked = status(ask().without("SECRETS_KEY_FILE"));
    assert!(locked["credential"].is_null() && locked["environment"].is_null());
    assert!(locked["vault"]["pin"].is_null() && locked["vault"]["head_seq"].is_null());
    assert_eq!(locked["vault"]["id"], opened["vault"]["id"]);
    assert_eq!(
        locked["vault"]["fingerprint"],
        opened["vault"]["fingerprint"]
    );
    assert_eq!(locked["audit"]["entries"], 4);
    let run = sandbox.secrets(["status"]).without("SECRETS_KEY_FILE");
    assert_eq!(short(run), "locked\n");
    assert_eq!(short(sandbox.secrets(["status"])), "development owner\n");

    let elsewhere = sandbox.path("home/elsewhere");
    let first = status(ask().env("SECRETS_STATE_DIR", &elsewhere));
    assert_eq!(first["vault"]["pin"], "first_use");
    assert_eq!(first["audit"]["entries"], 0);
    let again = status(ask().env("SECRETS_STATE_DIR", &elsewhere));
    assert_eq!(again["vault"]["pin"], "ok");

    let nowhere = status(ask().without("SECRETS_STATE_DIR").without("HOME"));
    assert!(nowhere["vault"]["pin"].is_null());
    assert!(nowhere["audit"]["path"].is_null() && nowhere["audit"]["entries"].is_null());
    assert_eq!(nowhere["audit"]["policy"], "required");
    let locked = ask()
        .without("SECRETS_STATE_DIR")
        .without("HOME")
        .without("SECRETS_KEY_FILE");
    assert!(status(locked)["audit"]["path"].is_null());

    let bare = status(ask().env("SECRETS_AUDIT", "stderr"));
    assert_eq!(bare["vault"]["pin"], "ok");
    assert_eq!(bare["audit"]["policy"], "required");

    let new = sandbox.vault_bytes();
    fs::write(sandbox.vault(), old).unwrap();
    let older = status(ask().arg("--accept-older"));
    assert_eq!(older["vault"]["pin"], "older");
    fs::write(sandbox.vault(), new).unwrap();
    assert_eq!(status(ask())["vault"]["pin"], "ok");
    // Asking leaves no entry.
    assert_eq!(status(ask())["audit"]["entries"], 4);
}

//! Tokens that the twin made, in the hands of the program.

use data_encoding::BASE64;
use serde_json::json;

use super::{owner, sandbox_with, small};
use crate::twin::Twin;

#[test]
fn a_token_of_the_twin_may_do_what_its_slot_says_and_no_more() {
    let Some(twin) = Twin::start() else {
        skip!(
            "a_token_of_the_twin_may_do_what_its_slot_says_and_no_more",
            "the twin does not run"
        );
    };
    let mut maker = small(twin);
    let past = super::MADE + 1000;
    for (label, caps, more) in [
        ("reader", json!([{"env": "prod", "m": "r"}]), json!({})),
        ("writer", json!([{"env": "prod", "m": "w"}]), json!({})),
        (
            "one",
            json!([{"env": "prod", "m": "x", "names": ["app/two"]}]),
            json!({}),
        ),
        (
            "old",
            json!([{"env": "prod", "m": "r"}]),
            json!({"exp": past}),
        ),
        (
            "early",
            json!([{"env": "prod", "m": "r"}]),
            json!({"nbf": 4_000_000_000_u64}),
        ),
    ] {
        let mut request = json!({"op": "slot", "label": label, "token": true, "caps": caps});
        for (key, value) in more.as_object().unwrap() {
            request[key] = value.clone();
        }
        maker.step(request);
    }
    let sandbox = sandbox_with(&maker.file);
    let by = |label: &str, args: &[&str]| {
        let run = sandbox.secrets(args).without("SECRETS_KEY_FILE");
        run.env("SECRETS_TOKEN", &maker.tokens[label]).run()
    };
    by("reader", &["get", "app/two"]).ok().stdout_is("second");
    by("one", &["get", "app/two"]).ok().stdout_is("second");
    by("writer", &["get", "app/two"]).ok().stdout_is("second");
    by("reader", &["get", "dev:app/one"])
        .fails(5, &["\"reader\" has no key for dev (it may read prod)"]);
    by("reader", &["get", "infra/root"]).fails(5, &["no key for prod/infra/"]);
    by("one", &["get", "app/one"]).fails(5, &["\"one\" has no key for \"app/one\""]);
    by("old", &["get", "app/two"]).fails(5, &["\"old\" expired", "(2026-01-01T00:16:40Z)"]);
    by("early", &["get", "app/two"]).fails(5, &["\"early\" becomes valid", "2096-10-02"]);
    let before = sandbox.vault_bytes();
    for label in ["reader", "one"] {
        by(label, &["set", "app/two", "--generate"]).fails(5, &["may not write to prod"]);
    }
    by("writer", &["set", "dev:app/one", "--generate"]).fails(5, &["no key for dev"]);
    assert_eq!(sandbox.vault_bytes(), before);
    let run = sandbox
        .secrets(["set", "app/two", "--raw"])
        .without("SECRETS_KEY_FILE");
    let run = run
        .env("SECRETS_TOKEN", &maker.tokens["writer"])
        .stdin("by a token");
    run.run().ok().stderr_any("the report of a write");
    let opened = sandbox.twin_opens(owner()).unwrap().unwrap();
    let records = opened["records"].as_array().unwrap();
    let newest = records
        .iter()
        .find(|r| r["path"] == "app/two" && r["v"] == 2)
        .unwrap();
    assert_eq!(newest["value"], BASE64.encode(b"by a token"));
    by("reader", &["get", "app/two"])
        .ok()
        .stdout_is("by a token");
}

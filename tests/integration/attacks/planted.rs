//! Records, scopes and slots in places where they do not belong, met by several verbs.

use serde_json::json;

use super::{Maker, attacked, owner, sandbox_with_damaged, small};
use crate::twin::Twin;

#[test]
fn a_record_copied_without_a_seal_is_refused_by_who_reads_it() {
    let Some(twin) = Twin::start() else {
        skip!(
            "a_record_copied_without_a_seal_is_refused_by_who_reads_it",
            "the twin does not run"
        );
    };
    let maker = small(twin);
    let sandbox = sandbox_with_damaged(&maker.file);
    let args = json!({"env": "dev", "to": "prod", "sealed": false});
    let file = attacked(twin, &maker.file, &owner(), "move-environment", &args);
    sandbox.write("project/.vault/vault.json", &file);
    for command in [
        ["verify", ""],
        ["get", "prod:app/one"],
        ["get", "prod:infra/root"],
    ] {
        let args = command.iter().filter(|word| !word.is_empty());
        sandbox.secrets(args).run().fails(6, &["vault.json"]);
    }
    // What lies before the copy is still the right value, or nothing.
    sandbox
        .secrets(["get", "dev:app/one"])
        .run()
        .ok()
        .stdout_is("development");
}

#[test]
fn a_planted_record_is_neither_listed_nor_read_nor_run() {
    let Some(twin) = Twin::start() else {
        skip!(
            "a_planted_record_is_neither_listed_nor_read_nor_run",
            "the twin does not run"
        );
    };
    let maker = small(twin);
    let sandbox = sandbox_with_damaged(&maker.file);
    let args = json!({"path": "infra/planted", "value": "planted value"});
    let file = attacked(twin, &maker.file, &owner(), "child-in-parent", &args);
    sandbox.write("project/.vault/vault.json", &file);
    let misplaced = [
        "records of prod",
        "(sealed by owner, seq 4)",
        "does not belong",
    ];
    sandbox
        .secrets(["list", "-e", "prod"])
        .run()
        .fails(6, &misplaced);
    let run = ["run", "-e", "prod", "--", "env"];
    let output = sandbox.secrets(run).run();
    output.status(125).stdout_is("").stderr_has(&misplaced);
    let get = sandbox.secrets(["get", "prod:infra/planted"]).run();
    get.fails(3, &["no secret named \"planted\""]);
    // What a later write seals is no more listed than before.
    let set = sandbox
        .secrets(["set", "prod:app/three", "--generate"])
        .run();
    let mut set = set.stderr_any("whether a write refuses is not the claim here");
    set.ended();
    let list = sandbox.secrets(["list", "-e", "prod"]).run();
    list.fails(6, &["records of prod", "does not belong"]);
}

#[test]
fn a_token_whose_slot_is_gone_is_refused_and_opens_an_old_copy() {
    let Some(twin) = Twin::start() else {
        skip!(
            "a_token_whose_slot_is_gone_is_refused_and_opens_an_old_copy",
            "the twin does not run"
        );
    };
    let maker = small(twin);
    let mut without = Maker::init(twin, "small", &["dev", "prod"]);
    without.set("prod", &[("app/one", "never seen")]);
    let sandbox = sandbox_with_damaged(&without.file);
    let get = || {
        let run = sandbox
            .secrets(["get", "prod:app/one"])
            .without("SECRETS_KEY_FILE");
        run.env("SECRETS_TOKEN", &maker.tokens["ci"]).run()
    };
    let sentence = "no such slot in this vault: the token was revoked, or is for another vault";
    get().fails(5, &[sentence, "secrets: hint: ask an admin"]);
    sandbox.write("project/.vault/vault.json", &maker.file);
    get().ok().stdout_is("third");
}

#[test]
fn a_length_that_leads_behind_the_next_scope_is_refused() {
    let Some(twin) = Twin::start() else {
        skip!(
            "a_length_that_leads_behind_the_next_scope_is_refused",
            "the twin does not run"
        );
    };
    let maker = small(twin);
    let sandbox = sandbox_with_damaged(&maker.file);
    let text = String::from_utf8(maker.file.clone()).unwrap();
    // From the first record of `dev` to the end of the records of `prod`.
    let start = text.find("\"rec\":[\n").unwrap() + "\"rec\":[\n".len();
    let ends: Vec<usize> = text
        .match_indices("\n0]},\n")
        .map(|(at, _)| at + 1)
        .collect();
    let length = ends.iter().filter(|end| **end > start).nth(1).unwrap() - start;
    let args = json!({"env": "dev", "field": "rb", "variant": "sealed", "value": length});
    let file = attacked(twin, &maker.file, &owner(), "lying-lengths", &args);
    sandbox.write("project/.vault/vault.json", &file);
    for address in ["prod:app/one", "prod:infra/root"] {
        let get = sandbox.secrets(["get", address]).run();
        get.fails(6, &["the scope prod is not where the head says"]);
    }
    sandbox.secrets(["verify"]).run().fails(6, &["vault.json"]);
}

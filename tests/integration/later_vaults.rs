//! Vaults that later versions will write, made by the twin: this version reads
//! rotations, deletions and more slots than it can make.

use serde_json::{Value, json};

use crate::attacks::{Maker, now, sandbox_with};
use crate::harness::Sandbox;
use crate::twin::Twin;

/// The twin, or a skip by name.
macro_rules! twin_or_skip {
    ($name:literal) => {
        match Twin::start() {
            Some(twin) => twin,
            None => skip!($name, "the twin does not run"),
        }
    };
}

fn item(path: &str, value: &str, meta: Value) -> Value {
    json!({"path": path, "value": data_encoding::BASE64.encode(value.as_bytes()), "meta": meta})
}

fn rotation(from: u64, until: u64) -> Value {
    json!({"id": "00112233aabbccdd", "from": from, "until": until})
}

fn get<'a>(sandbox: &'a Sandbox, address: &str) -> crate::output::Output<'a> {
    sandbox.secrets(["get", address]).run()
}

#[test]
fn a_pending_version_takes_nothing_away_and_expires_like_any_other() {
    let twin = twin_or_skip!("a_pending_version_takes_nothing_away_and_expires_like_any_other");
    let mut maker = Maker::init(twin, "pending", &["dev"]);
    maker.set("dev", &[("A", "value-in-use")]);
    let pending = json!({"st": 1, "rot": rotation(1, now() - 100)});
    maker.step(json!({"op": "set", "env": "dev", "items": [item("A", "value-to-come", pending)]}));
    let expired = json!({"st": 1, "rot": rotation(1, 0), "exp": now() - 5});
    maker.set("dev", &[("B", "value-of-b")]);
    maker
        .step(json!({"op": "set", "env": "dev", "items": [item("B", "expired-to-come", expired)]}));
    let sandbox = sandbox_with(&maker.file);
    get(&sandbox, "A").ok().stdout_is("value-in-use");
    get(&sandbox, "A@1").ok().stdout_is("value-in-use");
    get(&sandbox, "A@pending").ok().stdout_is("value-to-come");
    get(&sandbox, "A@2").fails(3, &["\"dev:/A\" has no v2; kept: v1, v2"]);
    get(&sandbox, "B@pending").fails(7, &["\"dev:/B@pending\" expired at "]);
    let run = ["run", "--map", "X=B@pending", "--only", "A", "--", "true"];
    sandbox.secrets(run).run().fails(125, &["expired at "]);
    sandbox.set("A", "value-of-now");
    get(&sandbox, "A").ok().stdout_is("value-of-now");
    get(&sandbox, "A@previous").ok().stdout_is("value-in-use");
}

#[test]
fn a_replaced_version_is_readable_through_its_grace_time_and_not_after() {
    let twin = twin_or_skip!("a_replaced_version_is_readable_through_its_grace_time_and_not_after");
    let mut maker = Maker::init(twin, "grace", &["dev"]);
    for (name, until) in [("OVER", now() - 100), ("WITHIN", now() + 5000), ("OPEN", 0)] {
        maker.set("dev", &[(name, "value-before")]);
        let meta = json!({"rot": rotation(1, until)});
        let items = [item(name, "value-after", meta)];
        maker.step(json!({"op": "set", "env": "dev", "items": items}));
    }
    let sandbox = sandbox_with(&maker.file);
    for address in ["OVER@1", "OVER@previous"] {
        get(&sandbox, address).fails(7, &["was replaced, and its grace time ended at "]);
    }
    for address in ["WITHIN@1", "WITHIN@previous", "OPEN@1"] {
        get(&sandbox, address).ok().stdout_is("value-before");
    }
    // More than `keep` versions: the one in its grace time stays.
    for number in 0..11 {
        sandbox.set("WITHIN", format!("value-number-{number}"));
    }
    get(&sandbox, "WITHIN@1").ok().stdout_is("value-before");
    // So does the one that says so; the others beyond `keep` are gone.
    get(&sandbox, "WITHIN@2").ok().stdout_is("value-after");
    get(&sandbox, "WITHIN@3").fails(3, &["has no v3"]);
}

#[test]
fn a_deleted_secret_is_absent_until_it_is_set_again() {
    let twin = twin_or_skip!("a_deleted_secret_is_absent_until_it_is_set_again");
    let mut maker = Maker::init(twin, "deleted", &["dev"]);
    maker.set("dev", &[("A", "value-first"), ("B", "value-of-b")]);
    let gone = item("A", "", json!({"st": 2}));
    maker.step(json!({"op": "set", "env": "dev", "items": [gone]}));
    let sandbox = sandbox_with(&maker.file);
    for address in ["A", "A@1", "A@previous"] {
        get(&sandbox, address).fails(3, &["\"dev:/A\" is deleted"]);
    }
    sandbox
        .secrets(["list", "--names"])
        .run()
        .ok()
        .stdout_is("dev:/B\n");
    sandbox
        .secrets(["get", "A", "--default", "d"])
        .run()
        .ok()
        .stdout_is("d");
    let conflict = ["set", "A", "--if-version", "2"];
    sandbox
        .secrets(conflict)
        .stdin("value-again")
        .run()
        .fails(8, &["is not there"]);
    let again = ["set", "A", "--if-version", "0"];
    sandbox
        .secrets(again)
        .stdin("value-again")
        .run()
        .ok()
        .stderr_is("dev:/A v3\n");
    get(&sandbox, "A").ok().stdout_is("value-again");
    get(&sandbox, "A@1").ok().stdout_is("value-first");
    get(&sandbox, "A@2").fails(3, &["\"dev:/A@2\" is deleted"]);
}

#[test]
fn a_passphrase_that_was_handed_out_opens_nothing_before_it_is_changed() {
    let twin = twin_or_skip!("a_passphrase_that_was_handed_out_opens_nothing_before_it_is_changed");
    let mut maker = Maker::init(twin, "once", &["dev"]);
    maker.set("dev", &[("A", "value-of-a")]);
    maker.step(json!({
        "op": "slot", "label": "guest", "kind": "pass", "role": "member",
        "passphrase": "guest words that are long enough", "iterations": 600_000,
        "x": {"once": 1}, "caps": [{"env": "dev", "m": "r"}],
    }));
    let sandbox = sandbox_with(&maker.file);
    let guest = sandbox.secrets(["get", "A"]).without("SECRETS_KEY_FILE");
    guest
        .env("SECRETS_PASSPHRASE", "guest words that are long enough")
        .run()
        .fails(4, &["the passphrase of slot \"guest\" was handed out"]);
}

#[test]
fn passphrase_slots_are_tried_in_order_and_not_without_end() {
    let twin = twin_or_skip!("passphrase_slots_are_tried_in_order_and_not_without_end");
    let mut maker = Maker::init(twin, "many", &["dev"]);
    maker.set("dev", &[("A", "value-of-a")]);
    let words = |number: u32| format!("passphrase of person number {number}");
    for number in 1..=5 {
        maker.step(json!({
            "op": "slot", "label": format!("p{number}"), "kind": "pass", "role": "member",
            "passphrase": words(number), "iterations": 600_000,
            "caps": [{"env": "dev", "m": "r"}],
        }));
    }
    let sandbox = sandbox_with(&maker.file);
    let by = |number: u32, more: &[&str]| {
        let run = sandbox
            .secrets(["get", "A"])
            .args(more)
            .without("SECRETS_KEY_FILE");
        run.env("SECRETS_PASSPHRASE", words(number)).run()
    };
    by(4, &[]).ok().stdout_is("value-of-a");
    by(5, &[]).fails(4, &["say which with --slot LABEL"]);
    by(5, &["--slot", "p5"]).ok().stdout_is("value-of-a");
    by(5, &["--slot", "p4"]).fails(4, &["wrong passphrase, or its slot was altered"]);
    by(5, &["--slot", "p6"]).fails(4, &["no slot \"p6\" in this vault"]);
    by(5, &["--slot", "owner"]).fails(4, &["is opened by a key, not by a passphrase"]);
}

#[test]
fn a_new_environment_goes_to_those_who_write_everywhere() {
    let twin = twin_or_skip!("a_new_environment_goes_to_those_who_write_everywhere");
    let mut maker = Maker::init(twin, "granted", &["dev", "prod"]);
    let slot = |label: &str, caps: Value| json!({"op": "slot", "label": label, "token": true, "role": "member", "caps": caps});
    let write = |env: &str| json!({"env": env, "m": "w"});
    maker.step(slot("everywhere", json!([write("dev"), write("prod")])));
    maker.step(slot(
        "somewhere",
        json!([write("dev"), {"env": "prod", "m": "r"}]),
    ));
    let sandbox = sandbox_with(&maker.file);
    sandbox
        .secrets(["env", "create", "qa"])
        .run()
        .ok()
        .stderr_has(&["made the environment"]);
    let by = |label: &str, args: &[&str]| {
        let run = sandbox.secrets(args).without("SECRETS_KEY_FILE");
        run.env("SECRETS_TOKEN", &maker.tokens[label])
    };
    let set = ["set", "qa:/A"];
    by("everywhere", &set)
        .stdin("value-of-qa")
        .run()
        .ok()
        .stderr_is("qa:/A v1\n");
    by("everywhere", &["get", "qa:/A"])
        .run()
        .ok()
        .stdout_is("value-of-qa");
    by("somewhere", &["get", "qa:/A"])
        .run()
        .fails(5, &["has no key for qa"]);
    by("somewhere", &["env", "create", "more"])
        .run()
        .fails(5, &["is no admin's"]);
}

#[test]
fn what_a_token_may_not_do_is_said_in_full() {
    let twin = twin_or_skip!("what_a_token_may_not_do_is_said_in_full");
    let mut maker = Maker::init(twin, "denied", &["dev", "prod"]);
    maker.set("prod", &[("A", "value-of-a")]);
    maker.step(json!({
        "op": "slot", "label": "reader", "token": true, "role": "member",
        "caps": [{"env": "prod", "m": "r"}],
    }));
    let sandbox = sandbox_with(&maker.file);
    let by = |args: &[&str]| {
        let run = sandbox.secrets(args).without("SECRETS_KEY_FILE");
        run.env("SECRETS_TOKEN", &maker.tokens["reader"]).run()
    };
    let no_key = "secrets: error: the slot \"reader\" has no key for dev (it may read prod)\n";
    let no_write = "secrets: error: the slot \"reader\" may not write to prod\n";
    for (args, text) in [
        (&["get", "dev:/A"] as &[&str], no_key),
        (&["list", "-e", "dev"], no_key),
        (&["set", "A", "--generate"], no_write),
        (&["set", "A=value-new", "--json"], ""),
        (
            &["env", "create", "qa"],
            "secrets: error: the slot \"reader\" is no admin's\n",
        ),
    ] {
        let output = by(args).status(5).stdout_is("");
        if text.is_empty() {
            output.stderr_has(&["\"code\":\"denied\",\"exit\":5"]);
        } else {
            output.stderr_is(text);
        }
    }
    let run = by(&["run", "-e", "dev", "--json", "--", "true"]);
    run.status(125)
        .stdout_is("")
        .stderr_has(&["\"code\":\"denied\",\"exit\":125"]);
    by(&["verify"])
        .ok()
        .stderr_has(&["1 environment and 1 secret opened"]);
    by(&["env", "list"]).ok().stdout_is("dev\t-\nprod\tread\n");
}

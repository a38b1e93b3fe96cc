//! What a job says of a vault it has never seen: `SECRETS_ADMIN` and `SECRETS_EXPECT`.

use serde_json::json;

use crate::acquaintance::identity;
use crate::attacks::{bytes_of, now};
use crate::command::Run;
use crate::harness::Sandbox;
use crate::pins::{ask, pin, put};
use crate::twin::Twin;

/// A vault whose head is 1, and whose scope development has seal 3.
fn with_three_seals() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "first-value");
    sandbox.set("A", "value-of-a");
    sandbox
}

/// The commands that a guard holds for, and what they give where it lets them pass.
fn guarded<'a>(sandbox: &'a Sandbox, name: &str, value: &str) -> [Run<'a>; 4] {
    let state = sandbox.path("tmp/fresh");
    [
        &["get", "A"][..],
        &["set", "B", "--generate"],
        &["verify"],
        &["run", "--", "true"],
    ]
    .map(|args| {
        let run = sandbox.secrets(args).env(name, value);
        run.env("SECRETS_STATE_DIR", &state)
    })
}

fn refused(sandbox: &Sandbox, name: &str, value: &str, status: i32, text: &str) {
    let before = sandbox.vault_bytes();
    let [get, set, verify, run] = guarded(sandbox, name, value);
    get.run().fails(status, &[text]);
    set.run().fails(status, &[text]);
    verify.run().fails(status, &[text]);
    run.run().fails(125, &[text]);
    assert_eq!(sandbox.vault_bytes(), before);
}

fn passes(sandbox: &Sandbox, name: &str, value: &str) {
    for run in guarded(sandbox, name, value) {
        run.run().ok().stderr_any("reports are judged elsewhere");
    }
}

#[test]
fn the_admin_that_a_job_names_is_the_only_one() {
    let sandbox = with_three_seals();
    let (_, fingerprint) = identity(&sandbox);
    passes(&sandbox, "SECRETS_ADMIN", &fingerprint);
    let wrong = "0".repeat(32);
    let text = format!("vault is signed by admin {fingerprint}, SECRETS_ADMIN expects {wrong}");
    refused(&sandbox, "SECRETS_ADMIN", &wrong, 6, &text);
    for malformed in [
        "x",
        &fingerprint[1..],
        &format!("{fingerprint}0"),
        &format!(" {fingerprint}"),
        &fingerprint.to_ascii_uppercase().replace('0', "A"),
    ] {
        refused(
            &sandbox,
            "SECRETS_ADMIN",
            malformed,
            2,
            "SECRETS_ADMIN is no fingerprint",
        );
    }
    refused(
        &sandbox,
        "SECRETS_ADMIN",
        "",
        2,
        "SECRETS_ADMIN is set but empty",
    );
}

#[test]
fn the_bounds_that_a_job_names_are_lower_bounds() {
    let sandbox = with_three_seals();
    for good in [
        "head:1",
        "development:1:2",
        "development:1:3",
        "head:1,development:1:1,staging:1:1,production:1:1",
    ] {
        passes(&sandbox, "SECRETS_EXPECT", good);
    }
    for (bad, text) in [
        (
            "head:2",
            "head 1 is below the 2 that SECRETS_EXPECT asks for",
        ),
        (
            "development:1:99",
            "below the epoch 1 seal 99 that SECRETS_EXPECT asks for",
        ),
        (
            "head:1,production:2:1",
            "production is at epoch 1 seal 1, below the epoch 2 seal 1",
        ),
        (
            "elsewhere:1:1",
            "this vault has no elsewhere, which SECRETS_EXPECT asks for",
        ),
        (
            "development/infra:1:1",
            "this vault has no development/infra",
        ),
    ] {
        refused(&sandbox, "SECRETS_EXPECT", bad, 6, text);
    }
    for malformed in [
        "head",
        "head:0",
        "head:01",
        "development:1",
        "head:1,",
        "head:1,head:1",
    ] {
        refused(
            &sandbox,
            "SECRETS_EXPECT",
            malformed,
            2,
            "SECRETS_EXPECT: \"",
        );
    }
    refused(
        &sandbox,
        "SECRETS_EXPECT",
        "",
        2,
        "SECRETS_EXPECT is set but empty",
    );
}

#[test]
fn a_guard_is_not_overruled_by_accept_older_or_a_git_work_tree() {
    let sandbox = with_three_seals();
    std::fs::create_dir(sandbox.path("project/.git")).unwrap();
    for (name, value) in [
        ("SECRETS_ADMIN", "0".repeat(32).as_str()),
        ("SECRETS_EXPECT", "head:2"),
    ] {
        let get = sandbox
            .secrets(["get", "A", "--accept-older"])
            .env(name, value);
        get.run().fails(6, &[name]);
    }
}

#[test]
fn verify_without_a_key_needs_somebody_who_knows_the_admin() {
    let sandbox = with_three_seals();
    let (_, fingerprint) = identity(&sandbox);
    let fresh = sandbox.path("tmp/fresh");
    let verify = || {
        sandbox
            .secrets(["verify"])
            .without("SECRETS_KEY_FILE")
            .env("SECRETS_STATE_DIR", &fresh)
    };
    let whole = "the vault is whole: signed by admin";
    let needs = "a key is needed and none is given";
    verify().run().fails(4, &[needs]);
    let named = verify().env("SECRETS_ADMIN", &fingerprint).run().ok();
    named.stderr_has(&[whole, &fingerprint, "nothing was opened"]);
    // Now this machine knows it too.
    verify().run().ok().stderr_has(&[whole]);
    let bytes = sandbox.vault_bytes();
    let text = String::from_utf8(bytes.clone()).unwrap();
    put(&sandbox, text.replacen("\"keep\":10", "\"keep\":11", 1));
    verify().run().fails(6, &["head signature invalid"]);
    put(&sandbox, bytes);
    let with_pin = sandbox.secrets(["verify"]).without("SECRETS_KEY_FILE");
    with_pin.run().ok().stderr_has(&[whole]);
}

#[test]
fn the_bounds_that_verify_tells_hold_when_they_are_used() {
    let sandbox = with_three_seals();
    let told = |run: Run<'_>| {
        let text = run.run().ok().stderr_any("it is read here").stderr_text();
        let line = text.lines().find_map(|l| l.strip_prefix("SECRETS_EXPECT="));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    let verify = || sandbox.secrets(["verify", "-v"]);
    let expect = told(verify());
    assert_eq!(expect, "head:1,development:1:3,staging:1:1,production:1:1");
    assert_eq!(told(verify().without("SECRETS_KEY_FILE")), expect);
    passes(&sandbox, "SECRETS_EXPECT", &expect);
    // And a file from before does not meet them.
    let after = sandbox.vault_bytes();
    sandbox.set("A", "a-later-value");
    let later = told(verify());
    put(&sandbox, after);
    refused(
        &sandbox,
        "SECRETS_EXPECT",
        &later,
        6,
        "below the epoch 1 seal",
    );
}

#[test]
fn a_head_of_the_future_is_refused_everywhere_and_never_remembered() {
    let name = "a_head_of_the_future_is_refused_everywhere_and_never_remembered";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    let sandbox = with_three_seals();
    let (_, fingerprint) = identity(&sandbox);
    let before = pin(&sandbox);
    let future = now() + 90_000;
    let head = json!({"op": "head", "t": future, "now": future});
    put(&sandbox, bytes_of(&ask(twin, &sandbox, head)["file"]));
    let text = "clock or head is wrong";
    for args in [
        &["get", "A"][..],
        &["verify"],
        &["trust", &fingerprint],
        &["set", "B", "--generate"],
    ] {
        sandbox.secrets(args).run().fails(1, &[text]);
    }
    for args in [
        &["verify"][..],
        &["audit", "verify"],
        &["trust", &fingerprint],
    ] {
        let keyless = sandbox.secrets(args).without("SECRETS_KEY_FILE");
        keyless.run().fails(1, &[text]);
        let fresh = sandbox
            .secrets(args)
            .without("SECRETS_KEY_FILE")
            .env("SECRETS_ADMIN", &fingerprint)
            .env("SECRETS_STATE_DIR", sandbox.path("tmp/fresh"));
        fresh.run().fails(1, &[text]);
    }
    assert!(!sandbox.path("tmp/fresh/secrets").exists());
    assert_eq!(pin(&sandbox), before);
    // A clock that is a few hours late is none that is wrong.
    let near = now() + 80_000;
    put(
        &sandbox,
        bytes_of(
            &ask(
                twin,
                &sandbox,
                json!({"op": "head", "t": near, "now": future}),
            )["file"],
        ),
    );
    sandbox.vault_is_damaged();
}

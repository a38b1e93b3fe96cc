//! What a person reads about an attack: for each kind a sentence of its own.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{Maker, attacked, owner, sandbox_with_damaged, small};
use crate::twin::Twin;

/// An attack, the command that meets it, and what that says behind the vault's path.
type Case = (&'static str, Value, &'static str, &'static str);

/// Who opens the vault that was attacked.
#[derive(Clone, Copy)]
enum By {
    Owner,
    Passphrase,
    Token,
}

/// Attacks that may share a sentence stand under one name.
fn cases(old: &Value) -> Vec<(&'static str, By, Case)> {
    let owner = By::Owner;
    let get = "get prod:app/one";
    let number = "a number is larger than 9007199254740991";
    let numbers = ["9007199254740992", "1180591620717411303424"];
    let mut all = vec![
        (
            "two records changed places",
            owner,
            (
                "swap-records",
                json!({"env": "prod"}),
                "verify",
                "records of prod do not match their seal (sealed by owner, seq 3): a page of records was altered",
            ),
        ),
        (
            "two records changed places and somebody sealed it",
            owner,
            (
                "swap-records-sealed",
                json!({"env": "prod"}),
                "verify",
                "records of prod do not match their seal (sealed by owner, seq 4): records out of order",
            ),
        ),
        (
            "a record moved to another environment",
            owner,
            (
                "move-environment",
                json!({"env": "dev", "to": "prod"}),
                "verify",
                "records of prod do not match their seal (sealed by owner, seq 4): a record cannot be opened; it is damaged or belongs elsewhere",
            ),
        ),
        (
            "a record of the folder lies in its parent",
            owner,
            (
                "child-in-parent",
                json!({"path": "infra/planted"}),
                "verify",
                "records of prod do not match their seal (sealed by owner, seq 4): a record lies where its name does not belong",
            ),
        ),
        (
            "a record in the wrong page",
            owner,
            (
                "wrong-page",
                json!({"env": "prod"}),
                "verify",
                "records of prod do not match their seal (sealed by owner, seq 4): a record lies in the wrong page",
            ),
        ),
        (
            "a thousand iterations",
            By::Passphrase,
            (
                "iterations",
                json!({"it": 1000, "sign": true, "slot": "bob"}),
                "get dev:app/one",
                "the slot asks for 1000 PBKDF2 iterations; at least 600000 are required",
            ),
        ),
        (
            "a thousand iterations",
            By::Passphrase,
            (
                "iterations",
                json!({"it": 1000, "slot": "bob"}),
                "get dev:app/one",
                "the slot asks for 1000 PBKDF2 iterations; at least 600000 are required",
            ),
        ),
        (
            "four billion iterations",
            By::Passphrase,
            (
                "iterations",
                json!({"it": 4_000_000_000_u64, "sign": true, "slot": "bob"}),
                "get dev:app/one",
                "the slot asks for 4000000000 PBKDF2 iterations; at most 10000000 are allowed",
            ),
        ),
        (
            "an added writer",
            owner,
            (
                "added-writer",
                json!({"env": "prod"}),
                get,
                "head signature invalid",
            ),
        ),
        (
            "a reader who sealed",
            owner,
            (
                "self-writer-sealed",
                json!({"env": "prod", "slot": "ci"}),
                get,
                "scope prod was sealed by a slot without write right: ci",
            ),
        ),
        (
            "an older scope",
            owner,
            (
                "old-scope",
                json!({"env": "prod", "old": old}),
                get,
                "scope prod and head are of different times",
            ),
        ),
        (
            "another admin",
            By::Token,
            (
                "foreign-admin",
                json!({}),
                get,
                "vault is signed by admin [HEX], token expects [HEX]",
            ),
        ),
        (
            "conflict markers",
            owner,
            (
                "conflict-markers",
                json!({}),
                get,
                "not a vault (merge conflict markers at line 2)\n\
             secrets: hint: to keep your side: git checkout --ours .vault/vault.json\n\
             secrets: hint: to take the other side: git checkout --theirs .vault/vault.json",
            ),
        ),
        (
            "carriage returns",
            owner,
            (
                "crlf",
                json!({}),
                get,
                "not a vault, or damaged: line 1: there are carriage returns (git's autocrlf adds them)",
            ),
        ),
        (
            "a newer version",
            owner,
            (
                "newer-version",
                json!({}),
                get,
                "this vault needs a newer secrets\nsecrets: hint: install the latest release of secrets",
            ),
        ),
        (
            "a key twice",
            owner,
            (
                "duplicate-key",
                json!({"where": "head"}),
                get,
                "not a vault, or damaged: line 2: expected ,\"t\":",
            ),
        ),
        (
            "other base64",
            owner,
            (
                "noncanonical-base64",
                json!({"where": "hsig"}),
                get,
                "not a vault, or damaged: line 3: expected canonical base64 without padding",
            ),
        ),
        (
            "too many slots",
            owner,
            (
                "record-limit",
                json!({"variant": "slots"}),
                get,
                "the vault is over a limit at line 4008: 1000 slots",
            ),
        ),
    ];
    for (field, line) in [
        ("seq", 2),
        ("headx", 2),
        ("n", 7),
        ("sealseq", 20),
        ("aud", 20),
    ] {
        for value in numbers {
            let text: &'static str = Box::leak(format!("line {line}: {number}").into_boxed_str());
            let args = json!({"field": field, "value": value});
            all.push(("a number", owner, ("number", args, "verify", text)));
        }
    }
    // `dev` is the first scope; a reader of `prod` passes over it by its lengths.
    for field in ["rb", "pb"] {
        for variant in ["plain", "sealed"] {
            for delta in [1, -1, 40, -40] {
                let args =
                    json!({"env": "dev", "field": field, "variant": variant, "delta": delta});
                let by = if variant == "sealed" {
                    "bob, seq 3"
                } else {
                    "owner, seq 2"
                };
                let text = format!(
                    "records of dev do not match their seal (sealed by {by}): its \
                     lengths do not fit the lines"
                );
                let text: &'static str = Box::leak(text.into_boxed_str());
                let case = ("lying-lengths", args, get, text);
                all.push(("lying lengths of a skipped scope", owner, case));
            }
        }
    }
    all
}

#[test]
fn every_kind_of_attack_has_a_sentence_of_its_own() {
    let Some(twin) = Twin::start() else {
        skip!(
            "every_kind_of_attack_has_a_sentence_of_its_own",
            "the twin does not run"
        );
    };
    let maker = small(twin);
    let mut older = Maker::init(twin, "small", &["dev", "prod"]);
    older.step(json!({"op": "envcreate", "env": "prod", "pre": "infra/"}));
    let sandbox = sandbox_with_damaged(&maker.file);
    let mut spoken: BTreeMap<String, &str> = BTreeMap::new();
    let cases = cases(&json!(BASE64.encode(&older.file)));
    for (kind, by, (name, args, command, sentence)) in &cases {
        let file = attacked(twin, &maker.file, &owner(), name, args);
        sandbox.write("project/.vault/vault.json", &file);
        let run = sandbox.secrets(command.split(' '));
        let run = match by {
            By::Owner => run,
            By::Passphrase => run
                .without("SECRETS_KEY_FILE")
                .env("SECRETS_PASSPHRASE", "bob has a passphrase"),
            By::Token => run
                .without("SECRETS_KEY_FILE")
                .env("SECRETS_TOKEN", &maker.tokens["ci"]),
        };
        let path = "\"[TMP]/project/.vault/vault.json\"";
        let expected = format!("secrets: error: {path}: {sentence}\n");
        run.run().status(6).stdout_is("").stderr_is(&expected);
        // Which line it is and who sealed it make no sentence another one.
        let core: String = sentence.chars().filter(|c| !c.is_ascii_digit()).collect();
        if let Some(before) = spoken.insert(core, kind) {
            assert_eq!(before, *kind, "{sentence}");
        }
    }
    println!("{} attacks, {} sentences", cases.len(), spoken.len());
}

//! Step by step the same file as the twin, byte for byte, from the same stream.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{MADE, bytes_of};
use crate::known_answers::repeat;
use crate::twin::Twin;

/// The file of the twin, and how often we made the same.
struct Both {
    twin: Twin,
    file: Vec<u8>,
    steps: u64,
    same: usize,
}

impl Both {
    /// A step of the twin; with `ours` we must make the same file from the one before.
    fn step(&mut self, mut request: Value, ours: bool) -> Value {
        self.steps += 1;
        request["t"] = json!(MADE + self.steps);
        request["seed"] = json!(format!("replay-{}", self.steps));
        if !self.file.is_empty() {
            request["file"] = json!(BASE64.encode(&self.file));
        }
        let answer = self.twin.call(&request).unwrap();
        let theirs = bytes_of(&answer["file"]);
        if ours {
            let made = repeat(&self.file, &request);
            assert!(made.as_slice() == theirs, "step {}", self.steps);
            self.same += 1;
        }
        self.file = theirs;
        answer
    }

    /// A `set` of both.
    fn set(&mut self, credential: &Value, env: &str, items: &[(&str, &[u8], Value)]) {
        let item = |(path, value, meta): &(&str, &[u8], Value)| json!({"path": path, "value": BASE64.encode(value), "meta": meta});
        let items: Vec<Value> = items.iter().map(item).collect();
        let request = json!({"op": "set", "credential": credential, "env": env, "items": items});
        self.step(request, true);
    }
}

/// Metadata in which every field says something.
fn full() -> Value {
    json!({
        "ty": "json", "tags": ["web", "b c", "\u{fc}"], "note": "a \"note\"\n\u{1} \\ \u{1f511}",
        "owner": "ops", "why": "rotation", "every": 7_776_000, "exp": MADE + 9_999_999,
    })
}

fn both(first: Value) -> Option<Both> {
    let mut both = Both {
        twin: Twin::start()?,
        file: Vec::new(),
        steps: 0,
        same: 0,
    };
    both.step(first, true);
    Some(both)
}

#[test]
fn a_vault_with_a_passphrase_is_the_same_byte_for_byte() {
    let passphrase = "Zoe\u{301} has six words or so";
    let Some(mut both) = both(json!({
        "op": "init", "environments": ["dev", "prod", "x-1"], "label": "zoe@example.org",
        "passphrase": passphrase, "iterations": 600_000,
    })) else {
        skip!(
            "a_vault_with_a_passphrase_is_the_same_byte_for_byte",
            "the twin does not run"
        );
    };
    let credential = json!({"passphrase": passphrase});
    both.set(
        &credential,
        "prod",
        &[("A", b"one", full()), ("web/B", b"\0\xff", json!({}))],
    );
    both.step(
        json!({"op": "envcreate", "credential": credential, "env": "test"}),
        true,
    );
    assert_eq!(both.same, 3);
}

#[test]
fn environments_and_values_with_metadata_are_the_same_byte_for_byte() {
    let Some(mut both) = both(json!({
        "op": "init", "environments": ["dev", "prod"], "label": "owner",
        "key": BASE64.encode(&[1; 32]),
    })) else {
        skip!(
            "environments_and_values_with_metadata_are_the_same_byte_for_byte",
            "the twin does not run"
        );
    };
    let owner = super::owner();
    let create = |both: &mut Both, env: &str| {
        let request = json!({"op": "envcreate", "credential": owner, "env": env});
        both.step(request, true);
    };
    create(&mut both, "empty");
    both.set(
        &owner,
        "dev",
        &[
            ("A", b"one", full()),
            ("A", b"two", json!({"ty": "text"})),
            ("b/C", b"", json!({})),
        ],
    );
    // A member that writes everywhere gains the new environment, one that reads does not.
    let writes = |env: &str| json!({"env": env, "m": "w"});
    for (label, caps) in [
        (
            "everywhere",
            json!([writes("dev"), writes("prod"), writes("empty")]),
        ),
        (
            "reader",
            json!([{"env": "dev", "m": "r"}, {"env": "prod", "m": "x", "names": ["A"]}]),
        ),
        ("one", json!([writes("prod")])),
    ] {
        let request =
            json!({"op": "slot", "credential": owner, "label": label, "token": true, "caps": caps});
        let answer = both.step(request, false);
        if label == "everywhere" {
            create(&mut both, "gained");
            let token = json!({"token": answer["token"]});
            both.set(&token, "gained", &[("by/a/token", b"value", full())]);
        }
    }
    create(&mut both, "later");
    // The eleventh version drops the first.
    for number in 0..12_u8 {
        both.set(
            &owner,
            "prod",
            &[("many", &[number; 70], json!({"ty": "text"}))],
        );
    }
    // Enough for more than one page.
    let large: Vec<(String, Vec<u8>)> = (0..40_u8)
        .map(|n| (format!("large/{n}"), vec![n; 1500]))
        .collect();
    let items: Vec<(&str, &[u8], Value)> = large
        .iter()
        .map(|(path, value)| (path.as_str(), value.as_slice(), json!({})))
        .collect();
    both.set(&owner, "later", &items);
    println!("{} steps the same", both.same);
    assert_eq!(both.same, 19);
}

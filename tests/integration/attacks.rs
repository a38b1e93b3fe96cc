//! Hostile vaults: what the twin, cut bytes and turned bits make of good ones.

#![expect(clippy::print_stdout, reason = "a log shows how much was tried")]

mod bytes;
mod cases;
mod exchange;
mod limits;
mod planted;
mod replay;
mod rounds;
mod sentences;
mod tokens;

use std::collections::BTreeMap;

use data_encoding::BASE64;
use secrets::crypto::Random;
use serde_json::{Value, json};

use crate::harness::Sandbox;
use crate::known_answers::Stream;
use crate::twin::Twin;

/// The time of the vaults made here, Unix seconds: 2026-01-01.
pub const MADE: u64 = 1_767_225_600;

/// A vault in the hands of the twin.
pub struct Maker {
    pub twin: Twin,
    pub file: Vec<u8>,
    pub tokens: BTreeMap<String, String>,
    seed: String,
    steps: u64,
}

impl Maker {
    /// A new vault; its owner has a key of 32 bytes 1.
    pub fn init(twin: Twin, seed: &str, environments: &[&str]) -> Self {
        let mut this = Maker {
            twin,
            file: Vec::new(),
            tokens: BTreeMap::new(),
            seed: seed.to_owned(),
            steps: 0,
        };
        this.step(json!({
            "op": "init", "environments": environments, "label": "owner", "key": owner()["key"],
        }));
        this
    }

    /// A step of the twin on the file, by the owner unless the request says by whom.
    pub fn step(&mut self, mut request: Value) {
        self.steps += 1;
        let defaults = [
            ("file", json!(BASE64.encode(&self.file))),
            ("credential", owner()),
            ("t", json!(MADE + self.steps)),
            ("seed", json!(format!("{}-{}", self.seed, self.steps))),
        ];
        for (key, value) in defaults {
            if request.get(key).is_none() {
                request[key] = value;
            }
        }
        let answer = self.twin.call(&request).unwrap();
        self.file = bytes_of(&answer["file"]);
        if let (Some(token), Some(label)) = (answer["token"].as_str(), request["label"].as_str()) {
            self.tokens.insert(label.to_owned(), token.to_owned());
        }
    }

    /// Stores values given as text.
    pub fn set(&mut self, env: &str, items: &[(&str, &str)]) {
        let items: Vec<Value> = items
            .iter()
            .map(|(path, value)| json!({"path": path, "value": BASE64.encode(value.as_bytes())}))
            .collect();
        self.step(json!({"op": "set", "env": env, "items": items}));
    }

    /// Everything a credential opens now.
    pub fn opens(&self, credential: &Value) -> Value {
        let request = json!({
            "op": "open", "file": BASE64.encode(&self.file), "credential": credential, "now": now(),
        });
        self.twin.call(&request).unwrap()
    }
}

/// Three scopes, three slots of three kinds, five records.
pub fn small(twin: Twin) -> Maker {
    let mut maker = Maker::init(twin, "small", &["dev", "prod"]);
    maker.step(json!({"op": "envcreate", "env": "prod", "pre": "infra/"}));
    maker.set("dev", &[("app/one", "development")]);
    maker.set("prod", &[("app/one", "first"), ("app/two", "second")]);
    maker.set(
        "prod",
        &[("infra/root", "in a folder"), ("app/one", "third")],
    );
    maker.step(json!({
        "op": "slot", "label": "bob", "kind": "pass", "passphrase": "bob has a passphrase",
        "iterations": 600_000, "role": "member", "caps": [{"env": "dev", "m": "w"}],
    }));
    maker.step(json!({
        "op": "slot", "label": "ci", "token": true, "caps": [{"env": "prod", "m": "r"}],
    }));
    let all = maker.opens(&owner());
    assert_eq!(all["records"].as_array().unwrap().len(), 5);
    assert_eq!(all["scopes"].as_array().unwrap().len(), 3);
    maker
}

/// The owner's key, as the twin wants it.
pub fn owner() -> Value {
    json!({"key": BASE64.encode(&[1; 32])})
}

/// A sandbox with the owner's key and this vault.
pub fn sandbox_with(vault: &[u8]) -> Sandbox {
    let sandbox = Sandbox::new();
    let key = sandbox.write("home/key", format!("{}\n", BASE64.encode(&[1; 32])));
    sandbox.set_default("SECRETS_KEY_FILE", key.to_str().unwrap());
    sandbox.write("project/.vault/vault.json", vault);
    sandbox
}

/// As [`sandbox_with`], and the vault is a damaged one.
pub fn sandbox_with_damaged(vault: &[u8]) -> Sandbox {
    let sandbox = sandbox_with(vault);
    sandbox.vault_is_damaged();
    sandbox
}

/// Asks the twin for a hostile version of a vault.
pub fn attacked(twin: Twin, vault: &[u8], credential: &Value, name: &str, args: &Value) -> Vec<u8> {
    let request = json!({
        "op": "attack", "name": name, "file": BASE64.encode(vault), "credential": credential,
        "args": args, "seed": "attack",
    });
    match twin.call(&request) {
        Ok(answer) => bytes_of(&answer["file"]),
        Err(refusal) => panic!("{name} {args}: {refusal}"),
    }
}

/// The bytes in an answer.
pub fn bytes_of(value: &Value) -> Vec<u8> {
    BASE64.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

/// This machine's time in Unix seconds.
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Numbers that are the same in every run.
pub struct Dice(Stream);

impl Dice {
    pub fn new(seed: &str) -> Self {
        Dice(Stream::new(seed))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes).unwrap();
        usize::try_from(u64::from_le_bytes(bytes) % bound as u64).unwrap()
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.fill(&mut bytes).unwrap();
        bytes
    }
}

//! The program and the twin take turns on one vault.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::exchange::{Variable, reads_the_same, variable};
use super::{Dice, bytes_of, now};
use crate::harness::Sandbox;
use crate::twin::Twin;

/// Turns with each seed.
const TURNS: usize = 40;

/// One vault, and what ought to be in it.
struct Table {
    sandbox: Sandbox,
    twin: Twin,
    dice: Dice,
    environments: Vec<String>,
    folders: Vec<(String, String)>,
    tokens: Vec<(String, String)>,
    values: BTreeMap<(String, String), Vec<u8>>,
}

impl Table {
    fn new(twin: Twin, seed: &str) -> Self {
        let sandbox = Sandbox::with_vault();
        let opened = sandbox.twin_opens(sandbox.twin_credential()).unwrap();
        let opened = opened.unwrap();
        let scopes = opened["scopes"].as_array().unwrap().iter();
        let environments = scopes.map(|s| s["env"].as_str().unwrap().to_owned());
        Table {
            environments: environments.collect(),
            sandbox,
            twin,
            dice: Dice::new(seed),
            folders: Vec::new(),
            tokens: Vec::new(),
            values: BTreeMap::new(),
        }
    }

    /// A new name, or one that is there, with a new value.
    fn secret(&mut self, env: &str) -> (String, Vec<u8>) {
        const FIRST: &[u8] = b"ABCXYZabcxyz_019";
        const LATER: &[u8] = b"ABCXYZabcxyz_019.-";
        let known: Vec<String> = self
            .values
            .keys()
            .filter(|(e, _)| e == env)
            .map(|(_, path)| path.clone())
            .collect();
        let folders: Vec<String> = self
            .folders
            .iter()
            .filter(|(e, _)| e == env)
            .map(|(_, folder)| folder.clone())
            .collect();
        let path = if !known.is_empty() && self.dice.below(3) == 0 {
            self.dice.pick(&known).clone()
        } else {
            let mut path = String::new();
            if !folders.is_empty() && self.dice.below(2) == 0 {
                path.push_str(self.dice.pick::<String>(&folders));
            }
            for segment in 0..1 + self.dice.below(3) {
                if segment > 0 {
                    path.push('/');
                }
                path.push(char::from(*self.dice.pick(FIRST)));
                for _ in 0..self.dice.below(12) {
                    path.push(char::from(*self.dice.pick(LATER)));
                }
            }
            path
        };
        let length = [0, 1, 8, 60, 61, 500, 1020, 5000][self.dice.below(8)];
        let value = self.dice.bytes(length);
        (path, value)
    }

    /// A request to the twin by the owner.
    fn ask(&self, mut request: Value) -> Value {
        request["file"] = json!(BASE64.encode(&self.sandbox.vault_bytes()));
        request["credential"] = self.sandbox.twin_credential();
        request["t"] = json!(now());
        let answer = self.twin.call(&request).unwrap();
        let vault = self.sandbox.vault();
        std::fs::write(vault, bytes_of(&answer["file"])).unwrap();
        answer
    }

    fn twin_sets(&mut self) {
        let env = self.dice.pick(&self.environments.clone()).clone();
        let mut items = Vec::new();
        for _ in 0..1 + self.dice.below(4) {
            let (path, value) = self.secret(&env);
            items.push(json!({"path": path, "value": BASE64.encode(&value)}));
            self.values.insert((env.clone(), path), value);
        }
        self.ask(json!({"op": "set", "env": env, "items": items}));
    }

    fn program_sets(&mut self, env: String, by: Option<String>) {
        let (mut path, value) = self.secret(&env);
        if by.is_some() {
            // Its token knows the environment and no folder of its own.
            path = format!("by-token/{}", path.replace('/', "-"));
        }
        let args = ["set", &format!("{env}:/{path}"), "--raw"];
        let mut run = self.sandbox.secrets(args).stdin(&value);
        if let Some(token) = by {
            run = run.without("SECRETS_KEY_FILE").env("SECRETS_TOKEN", token);
        }
        run.run().ok().stderr_any("the report of a write");
        self.values.insert((env, path), value);
    }

    fn turn(&mut self, number: usize) {
        let env = self.dice.pick(&self.environments.clone()).clone();
        match self.dice.below(9) {
            0..=2 => self.program_sets(env, None),
            3..=5 => self.twin_sets(),
            6 => {
                let name = format!("env-{number}");
                let run = self.sandbox.secrets(["env", "create", &name]).run();
                run.ok().stderr_any("the report of a write");
                self.environments.push(name);
            }
            7 => {
                let folder = format!("folder{number}/");
                self.ask(json!({"op": "envcreate", "env": env, "pre": folder}));
                self.folders.push((env, folder));
            }
            _ => {
                let label = format!("token{number}");
                let caps = json!([{"env": env, "m": "w"}]);
                let request = json!({"op": "slot", "label": label, "token": true, "caps": caps});
                let token = self.ask(request)["token"].as_str().unwrap().to_owned();
                self.tokens.push((env, token));
                let (env, token) = self.dice.pick(&self.tokens.clone()).clone();
                self.program_sets(env, Some(token));
            }
        }
    }

    /// Both read everything, and it is what was written.
    fn check(&self, owner: &Variable) {
        let opened = self.sandbox.twin_opens(self.sandbox.twin_credential());
        let opened = opened.unwrap().unwrap();
        reads_the_same(&self.sandbox, owner, &opened);
        let mut newest = BTreeMap::new();
        for record in opened["records"].as_array().unwrap() {
            let text = |key: &str| record[key].as_str().unwrap().to_owned();
            let version = record["v"].as_u64().unwrap();
            let entry = newest
                .entry((text("env"), text("path")))
                .or_insert((0, vec![]));
            if version > entry.0 {
                *entry = (version, bytes_of(&record["value"]));
            }
        }
        let newest = newest.into_iter().map(|(name, (_, value))| (name, value));
        assert_eq!(newest.collect::<BTreeMap<_, _>>(), self.values);
    }
}

#[test]
fn the_program_and_the_twin_write_in_turn_and_read_the_same() {
    let Some(twin) = Twin::start() else {
        skip!(
            "the_program_and_the_twin_write_in_turn_and_read_the_same",
            "the twin does not run"
        );
    };
    for seed in ["first table", "second table"] {
        let mut table = Table::new(twin, seed);
        let owner = variable(&table.sandbox.twin_credential());
        for number in 0..TURNS {
            table.turn(number);
            table.check(&owner);
        }
        println!(
            "{seed}: {} secrets, {} environments, {} folders, {} tokens",
            table.values.len(),
            table.environments.len(),
            table.folders.len(),
            table.tokens.len()
        );
        assert!(table.values.len() >= TURNS / 2);
        assert!(!table.folders.is_empty() && !table.tokens.is_empty());
    }
}

//! What the twin wrote, the program reads, with every kind of credential.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use secrets::time::Timestamp;
use serde_json::{Value, json};

use super::{Dice, Maker, now, owner, sandbox_with};
use crate::harness::Sandbox;
use crate::twin::{Refusal, Twin};

/// A variable of the program and what is in it.
pub type Variable = (&'static str, String);

/// The variable for a credential of the twin.
pub fn variable(credential: &Value) -> Variable {
    for (key, variable) in [
        ("token", "SECRETS_TOKEN"),
        ("key", "SECRETS_KEY"),
        ("passphrase", "SECRETS_PASSPHRASE"),
    ] {
        if let Some(text) = credential[key].as_str() {
            return (variable, text.to_owned());
        }
    }
    panic!("{credential}")
}

/// The secrets of an answer by address, each with its versions.
fn by_address(answer: &Value) -> BTreeMap<String, BTreeMap<u64, &Value>> {
    let mut all: BTreeMap<String, BTreeMap<u64, &Value>> = BTreeMap::new();
    for record in answer["records"].as_array().unwrap() {
        let text = |key: &str| record[key].as_str().unwrap();
        let address = format!("{}:/{}", text("env"), text("path"));
        let version = record["v"].as_u64().unwrap();
        all.entry(address).or_default().insert(version, record);
    }
    // The current version is the highest that is not pending; a deleted one hides the rest.
    all.retain(|_, versions| {
        let mut newest = versions.values().rev();
        let current = newest.find(|r| r["meta"]["st"] != 1);
        current.is_some_and(|r| r["meta"]["st"] == 0)
    });
    all
}

/// What `list --json` says of the current version.
fn listed(address: &str, versions: &BTreeMap<u64, &Value>) -> Value {
    let mut newest = versions.iter().rev();
    let (version, record) = newest.find(|(_, r)| r["meta"]["st"] != 1).unwrap();
    let meta = &record["meta"];
    let instant = |seconds: u64| {
        (seconds != 0).then(|| Timestamp::from_seconds(seconds).unwrap().to_string())
    };
    let optional = |text: &Value| (text != "").then(|| text.clone());
    json!({
        "address": address,
        "version": version,
        "type": meta["ty"],
        "updated": instant(meta["t"].as_u64().unwrap()),
        "expires": instant(meta["exp"].as_u64().unwrap()),
        "tags": meta["tags"],
        "owner": optional(&meta["owner"]),
        "note": optional(&meta["note"]),
    })
}

/// The program lists and gets exactly what the twin opened. Answers how many values that were.
pub fn reads_the_same(sandbox: &Sandbox, credential: &Variable, answer: &Value) -> usize {
    let secrets = by_address(answer);
    let run = |args: &[&str]| {
        let run = sandbox.secrets(args).without("SECRETS_KEY_FILE");
        let output = run.env(credential.0, &credential.1).run().ok();
        let json: Value = serde_json::from_slice(output.stdout()).unwrap();
        json["secrets"].as_array().unwrap().clone()
    };
    let mut list = run(&["list", "--all-envs", "--json"]);
    list.sort_by_key(|secret| secret["address"].to_string());
    let wanted: Vec<Value> = secrets.iter().map(|(a, v)| listed(a, v)).collect();
    let seen: Vec<Value> = list
        .iter()
        .map(|secret| {
            let keys = wanted.first().unwrap().as_object().unwrap().keys();
            keys.map(|key| (key.clone(), secret[key].clone())).collect()
        })
        .collect();
    assert_eq!(seen, wanted);
    let mut wanted = Vec::new();
    let mut args = vec!["get", "--json", "--allow-expired"];
    let versions = secrets.iter().flat_map(|(address, versions)| {
        let live = versions.iter().filter(|(_, r)| r["meta"]["st"] == 0);
        live.map(move |(version, record)| (format!("{address}@{version}"), *record))
    });
    let versions: Vec<(String, &Value)> = versions.collect();
    for (address, record) in &versions {
        args.push(address);
        wanted.push((
            address.clone(),
            record["value"].as_str().unwrap().to_owned(),
        ));
    }
    if wanted.is_empty() {
        return 0;
    }
    let seen: Vec<(String, String)> = run(&args)
        .iter()
        .map(|secret| {
            let text = |key: &str| secret[key].as_str().unwrap();
            let value = match text("encoding") {
                "utf8" => BASE64.encode(text("value").as_bytes()),
                _ => text("value").to_owned(),
            };
            (format!("{}@{}", text("address"), secret["version"]), value)
        })
        .collect();
    assert_eq!(seen, wanted);
    wanted.len()
}

/// The exit status that stands for a refusal of the twin.
fn status(refusal: &Refusal) -> i32 {
    match refusal.class.as_str() {
        "auth" => 4,
        "denied" | "expired" => 5,
        other => panic!("no such class yet: {other}"),
    }
}

/// Opens a vault on both sides, now, and compares. Answers the number of values, or the status.
fn both_open(
    twin: Twin,
    file: &[u8],
    credential: &Value,
    slot: Option<&str>,
) -> Result<usize, i32> {
    let sandbox = sandbox_with(file);
    let variable = variable(credential);
    let mut request = json!({
        "op": "open", "file": BASE64.encode(file), "credential": credential, "now": now(),
    });
    if let Some(slot) = slot {
        request["slot"] = json!(slot);
    }
    match twin.call(&request) {
        Ok(answer) => Ok(reads_the_same(&sandbox, &variable, &answer)),
        Err(refusal) => {
            let status = status(&refusal);
            let args = slot.map_or(vec![], |slot| vec!["--slot", slot]);
            let run = sandbox.secrets(args).args(["list", "--all-envs"]);
            let run = run.without("SECRETS_KEY_FILE").env(variable.0, &variable.1);
            run.run().fails(status, &[]);
            Err(status)
        }
    }
}

#[test]
fn the_program_reads_every_known_answer_as_the_twin_does() {
    let Some(twin) = Twin::start() else {
        skip!(
            "the_program_reads_every_known_answer_as_the_twin_does",
            "the twin does not run"
        );
    };
    let folder = format!("{}/tests/vectors/known-answer", env!("CARGO_MANIFEST_DIR"));
    let (mut values, mut refused) = (0, Vec::new());
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read(file.unwrap().path()).unwrap();
        let answer: Value = serde_json::from_slice(&text).unwrap();
        let vault = answer["vault"].as_str().unwrap().as_bytes();
        let tokens = answer["tokens"].as_object().unwrap().values();
        let tokens = tokens.map(|token| (json!({"token": token}), None));
        let requests = answer["opens"].as_array().unwrap().iter();
        let requests = requests.map(|open| {
            let request = &open["request"];
            (request["credential"].clone(), request["slot"].as_str())
        });
        for (credential, slot) in requests.chain(tokens) {
            match both_open(twin, vault, &credential, slot) {
                Ok(count) => values += count,
                Err(status) => refused.push(status),
            }
        }
    }
    refused.sort_unstable();
    println!("{values} values, refused with {refused:?}");
    assert!(values >= 60, "{values}");
    assert!(refused.contains(&4) && refused.contains(&5), "{refused:?}");
}

#[test]
fn the_program_reads_random_vaults_of_the_twin() {
    let Some(twin) = Twin::start() else {
        skip!(
            "the_program_reads_random_vaults_of_the_twin",
            "the twin does not run"
        );
    };
    let mut values = 0;
    for seed in ["oak", "elm", "ash", "fir", "yew"] {
        let mut dice = Dice::new(seed);
        let all = ["dev", "prod", "staging", "x-1"];
        let environments = &all[..1 + dice.below(all.len())];
        let mut maker = Maker::init(twin, seed, environments);
        let folder = *dice.pick(environments);
        maker.step(json!({"op": "envcreate", "env": folder, "pre": "deep/er/"}));
        for _ in 0..2 + dice.below(5) {
            let env = *dice.pick(environments);
            let items: Vec<Value> = (0..1 + dice.below(6)).map(|_| item(&mut dice)).collect();
            maker.step(json!({"op": "set", "env": env, "items": items}));
        }
        for number in 0..4 {
            let env = *dice.pick(environments);
            let mode = ["r", "w", "x"][dice.below(3)];
            let mut caps = json!([{"env": env, "m": mode, "names": ["A", "app/B", "none"]}]);
            if dice.below(2) == 0 {
                let more = json!({"env": folder, "pre": "deep/er/", "m": "r"});
                caps.as_array_mut().unwrap().push(more);
            }
            let label = format!("t{number}");
            maker.step(json!({"op": "slot", "label": label, "token": true, "caps": caps}));
        }
        let mut credentials = vec![owner()];
        credentials.extend(maker.tokens.values().map(|token| json!({"token": token})));
        assert_eq!(credentials.len(), 6);
        for credential in credentials {
            values += both_open(twin, &maker.file, &credential, None).unwrap();
        }
    }
    println!("{values} values");
    assert!(values >= 100, "{values}");
}

/// A secret as the twin takes it.
fn item(dice: &mut Dice) -> Value {
    let paths = [
        "A",
        "app/B",
        "deep/er/C",
        "deep/D",
        "app/web.pem",
        "x_y-z/0",
    ];
    let length = [0, 1, 59, 60, 61, 1019, 1021, 3000][dice.below(8)];
    let meta = [
        json!({}),
        json!({"note": "a \"quoted\" \\ note\n\u{e9}\u{1f511}", "owner": "ops", "why": "\u{1}"}),
        json!({"tags": ["web", "b c", "\u{fc}"], "ty": "cert", "every": 86_400}),
        json!({"exp": super::MADE + 50, "ty": "json"}),
        json!({"exp": 4_000_000_000_u64, "st": 1}),
        json!({"ty": "other-type", "x": {"of": 1, "zz": "two words"}}),
    ];
    let value = BASE64.encode(&dice.bytes(length));
    json!({"path": *dice.pick(&paths), "value": value, "meta": dice.pick(&meta)})
}

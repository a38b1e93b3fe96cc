//! Every attack of the twin, with the verdicts that its own test expects.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use data_encoding::BASE64;
use secrets::name::{EnvName, SecretPath};
use secrets::vault::{Class, Depth, Error, LockedVault, Vault};
use serde_json::{Value, json};

use super::{attacked, bytes_of, sandbox_with_damaged};
use crate::known_answers::{credential, dump};
use crate::output::Status;
use crate::twin::Twin;

/// What a checked file says in the terms of both sides: `ok`, or an exit status.
pub fn verdict<T>(result: &Result<T, Error>) -> String {
    let status = match result {
        Ok(_) => return "ok".to_owned(),
        Err(error) => match error.class() {
            Class::Conflict => 8,
            Class::Denied => 5,
            Class::Expired => 7,
            Class::Integrity => 6,
            Class::Io => 1,
            Class::Locked => 4,
            Class::NotFound => 3,
            Class::Usage => 2,
        },
    };
    status.to_string()
}

/// The same for a class of the twin.
pub fn wanted(class: &str) -> String {
    match class {
        "ok" => "ok",
        "format" | "version" | "limits" | "integrity" => "6",
        "auth" => "4",
        "denied" | "expired" => "5",
        other => panic!("no such class yet: {other}"),
    }
    .to_owned()
}

/// A vault of the twin's tests: the file and the credential of its owner.
pub struct Victim {
    pub file: Vec<u8>,
    pub credential: Value,
    pub variable: (&'static str, String),
}

pub fn victim(name: &str) -> (Victim, Value) {
    let path = format!(
        "{}/tests/vectors/known-answer/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let answer: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let credential = answer["opens"][0]["request"]["credential"].clone();
    let text = |key: &str| credential[key].as_str().map(str::to_owned);
    let variable = match (text("token"), text("passphrase")) {
        (Some(token), _) => ("SECRETS_TOKEN", token),
        (_, Some(passphrase)) => ("SECRETS_PASSPHRASE", passphrase),
        _ => panic!("{credential}"),
    };
    let file = answer["vault"].as_str().unwrap().as_bytes().to_vec();
    let victim = Victim {
        file,
        credential,
        variable,
    };
    (victim, answer)
}

/// The twin's list: name, arguments, verdict without a key, verdict with one, and which vault.
fn cases() -> Vec<(String, Value, String, String, bool)> {
    let module = format!(
        "{}/tests/twin/selftest-cases.mjs",
        env!("CARGO_MANIFEST_DIR")
    );
    let script = format!(
        "import {{ CASES }} from {}; console.log(JSON.stringify(CASES));",
        json!(module)
    );
    let output = Command::new("node")
        .args(["--input-type=module", "-e", &script])
        .output()
        .unwrap();
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.as_array()
        .unwrap()
        .iter()
        .map(|case| {
            let (name, args) = (text(&case[0]), case[1].clone());
            (
                name,
                args,
                text(&case[2]),
                text(&case[3]),
                case[4] == "pass",
            )
        })
        .collect()
}

pub fn open(file: &[u8], given: &Value, depth: Depth) -> Result<Vault, Error> {
    let locked = LockedVault::read(Box::new(file.to_vec()))?;
    let secret = locked.unwrap(&credential(&json!({"credential": given})), None, None)?;
    locked.unlock(&secret, super::now(), depth)
}

/// What each name and version is in the good vault.
type Originals = BTreeMap<(String, String, u64), String>;

fn originals(answer: &Value) -> Originals {
    let records = answer["opens"][0]["answer"]["records"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    records
        .iter()
        .map(|r| {
            let key = (text(&r["env"]), text(&r["path"]), r["v"].as_u64().unwrap());
            (key, text(&r["value"]))
        })
        .collect()
}

/// A reader that skips may refuse, or miss a record; it never gives another value.
fn other_values(file: &[u8], given: &Value, originals: &Originals) -> Vec<String> {
    let Ok(vault) = open(file, given, Depth::Reader) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (env, path, _) in originals.keys() {
        let (env, path) = (
            EnvName::parse(env).unwrap(),
            SecretPath::parse(path).unwrap(),
        );
        let Ok(Some(entry)) = vault.find(&env, &path) else {
            continue;
        };
        for version in &entry.versions {
            let key = (env.to_string(), path.as_str().to_owned(), version.version);
            if let Ok(value) = vault.value(&entry, version)
                && originals.get(&key) != Some(&BASE64.encode(value.expose()))
            {
                found.push(format!("{key:?}"));
            }
        }
    }
    found
}

/// Cases with a test of their own, in `limits`.
fn is_apart(name: &str, args: &Value) -> bool {
    let over = name == "record-limit" && ["value", "line"].iter().any(|v| args["variant"] == *v);
    over || name == "other-escrow"
}

/// What is right for a case: the twin's verdict, but for one with two right answers.
fn wanted_for(name: &str, args: &Value, how: &str, class: &str) -> String {
    // A head with another epoch than the grant's: its holder must get new rights. The twin, an
    // admin, sees before that the head's own wrap of the data key is of another epoch, and so
    // does the program's verify; opening alone does not look there.
    let epoch = name == "number" && args["field"] == "e" && how == "opened" && class == "integrity";
    wanted(if epoch { "auth" } else { class })
}

#[test]
fn every_attack_of_the_twin_is_refused_as_the_twin_refuses_it() {
    let Some(twin) = Twin::start() else {
        skip!(
            "every_attack_of_the_twin_is_refused_as_the_twin_refuses_it",
            "the twin does not run"
        );
    };
    let (tokens, answer) = victim("folder-and-tokens");
    let (pass, _) = victim("passphrase");
    let values = originals(&answer);
    let older = older(twin, &answer);
    let sandbox = sandbox_with_damaged(&tokens.file);
    let (mut found, mut names) = (Vec::new(), BTreeMap::new());
    let mut cases = cases();
    cases.retain(|(name, args, ..)| !is_apart(name, args));
    for (name, mut args, keyless, opened, on_pass) in cases.clone() {
        *names.entry(name.clone()).or_insert(0) += 1;
        let victim = if on_pass { &pass } else { &tokens };
        let what = format!("{name} {args}");
        if args["old"] == "$old" {
            args["old"] = json!(BASE64.encode(&older));
        }
        let file = attacked(twin, &victim.file, &victim.credential, &name, &args);
        let mut compare = |how: &str, is: String, should: &str| {
            if is != wanted_for(&name, &args, how, should) {
                found.push(format!("{what}: {how}: {is}, the twin says {should}"));
            }
        };
        let locked = LockedVault::read(Box::new(file.clone()));
        let ours = locked.and_then(|vault| vault.verify());
        compare("keyless", verdict(&ours), &keyless);
        let ours = open(&file, &victim.credential, Depth::Whole).and_then(|vault| dump(&vault));
        compare("opened", verdict(&ours), &opened);
        let (variable, secret) = &victim.variable;
        sandbox.write("project/.vault/vault.json", &file);
        // Each is a machine that has never seen the vault; pins have tests of their own.
        drop(fs::remove_dir_all(sandbox.path("state/secrets")));
        let run = sandbox.secrets(["verify"]).without("SECRETS_KEY_FILE");
        let mut output = run
            .env(variable, secret)
            .run()
            .stdout_is("")
            .stderr_any("sentences have tests of their own");
        let status = match output.ended() {
            Status::Code(0) => "ok".to_owned(),
            Status::Code(code) => code.to_string(),
            Status::Signal(signal) => format!("signal {signal}"),
        };
        compare("by the program", status, &opened);
        if !on_pass {
            for other in other_values(&file, &victim.credential, &values) {
                found.push(format!("{what}: another value of {other}"));
            }
        }
    }
    println!("{} attacks of {} kinds", cases.len(), names.len());
    assert!(found.is_empty(), "{found:#?}");
    assert!(cases.len() >= 300 && names.len() >= 45, "{names:?}");
}

/// The vault of the answer after its first two steps.
fn older(twin: Twin, answer: &Value) -> Vec<u8> {
    let mut file = Value::Null;
    for step in answer["steps"].as_array().unwrap().iter().take(2) {
        let mut step = step.clone();
        if file != Value::Null {
            step["file"] = file;
        }
        file = twin.call(&step).unwrap()["file"].clone();
    }
    bytes_of(&file)
}

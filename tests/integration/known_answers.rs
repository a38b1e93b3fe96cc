//! Vaults that an independent implementation made, opened by the library; and
//! the same vaults made again, byte for byte, from the same stream of bytes.

use base64::{decode, encode};
use secrets::crypto::{Iterations, Random, RandomError, sha256};
use secrets::name::{EnvName, SecretPath};
use secrets::secret::{Credential, KeyBytes, Passphrase, SecretValue, TokenText};
use secrets::vault::{Class, Depth, Error, LockedVault, NewSlot, NewValue, NewVault, Vault};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

mod base64 {
    pub fn decode(text: &str) -> Vec<u8> {
        data_encoding::BASE64.decode(text.as_bytes()).unwrap()
    }

    pub fn encode(bytes: &[u8]) -> String {
        data_encoding::BASE64.encode(bytes)
    }
}

/// Block i is SHA-256("secrets-known-answer" ‖ seed ‖ LE64(i)); draws follow
/// one another without alignment.
pub struct Stream {
    seed: String,
    block: u64,
    left: Vec<u8>,
}

impl Stream {
    pub fn new(seed: &str) -> Self {
        Stream {
            seed: seed.to_owned(),
            block: 0,
            left: Vec::new(),
        }
    }
}

impl Random for Stream {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for byte in bytes {
            if self.left.is_empty() {
                let mut input = b"secrets-known-answer".to_vec();
                input.extend(self.seed.as_bytes());
                input.extend(self.block.to_le_bytes());
                self.block += 1;
                self.left = sha256(&input).to_vec();
                self.left.reverse();
            }
            *byte = self.left.pop().unwrap();
        }
        Ok(())
    }
}

/// The credential of a twin's request.
pub fn credential(request: &Value) -> Credential {
    let given = &request["credential"];
    if let Some(key) = given["key"].as_str() {
        return Credential::Key(KeyBytes::new(&decode(key).try_into().unwrap()));
    }
    if let Some(token) = given["token"].as_str() {
        return Credential::Token(TokenText::parse(token.as_bytes()).ok().unwrap());
    }
    let passphrase = given["passphrase"].as_str().unwrap();
    Credential::Passphrase(Passphrase::parse(passphrase.as_bytes()).ok().unwrap())
}

/// Opens a vault as the twin's `open` does.
pub fn open(file: &[u8], request: &Value) -> Result<Vault, Error> {
    let locked = LockedVault::read(Box::new(file.to_vec()))?;
    let secret = locked.unwrap(&credential(request), request["slot"].as_str(), None)?;
    locked.unlock(
        &secret,
        request["now"].as_u64().unwrap_or(1_767_225_700),
        Depth::Whole,
    )
}

/// Everything a slot may read, in the form of the twin's `open`.
pub fn dump(vault: &Vault) -> Result<Vec<(String, String, u64, String)>, Error> {
    let mut records = Vec::new();
    for environment in vault.environments().into_iter().filter(|env| env.readable) {
        for entry in vault.entries(&environment.name)? {
            for version in &entry.versions {
                let value = vault.value(&entry, version)?;
                records.push((
                    entry.env.to_string(),
                    version.meta.write(),
                    version.version,
                    encode(value.expose()),
                ));
            }
        }
    }
    records.sort();
    Ok(records)
}

/// The records of a twin's answer, in the same form.
pub fn expected(answer: &Value) -> Vec<(String, String, u64, String)> {
    let record = |record: &Value| {
        (
            record["env"].as_str().unwrap().to_owned(),
            serde_json::to_string(&record["meta"]).unwrap(),
            record["v"].as_u64().unwrap(),
            record["value"].as_str().unwrap().to_owned(),
        )
    };
    let mut records: Vec<_> = answer["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(record)
        .collect();
    records.sort();
    records
}

fn known_answers() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/known-answer");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        (
            path.file_name().unwrap().to_string_lossy().into_owned(),
            serde_json::from_str(&text).unwrap(),
        )
    };
    files.iter().map(read).collect()
}

#[test]
fn every_known_answer_opens_as_its_maker_says() {
    let mut opened = 0;
    for (name, answer) in known_answers() {
        let file = answer["vault"].as_str().unwrap().as_bytes();
        LockedVault::read(Box::new(file.to_vec()))
            .unwrap()
            .verify()
            .unwrap();
        for case in answer["opens"].as_array().unwrap() {
            let result = open(file, &case["request"]);
            opened += 1;
            let wanted = &case["answer"];
            if wanted["ok"] == true {
                let vault = result.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(dump(&vault).unwrap(), expected(wanted), "{name}");
                assert_eq!(
                    vault.slot().unwrap().label,
                    wanted["slot"]["label"],
                    "{name}"
                );
                assert_eq!(vault.fingerprint().hex(), wanted["fingerprint"], "{name}");
                continue;
            }
            let class = result.err().expect("it must be refused").class();
            let wanted = match wanted["class"].as_str().unwrap() {
                "auth" => Class::Locked,
                "denied" | "expired" => Class::Denied,
                other => panic!("{name}: no such class yet: {other}"),
            };
            assert_eq!(class, wanted, "{name}");
        }
    }
    assert!(opened >= 15, "{opened} opened");
}

/// Makes a known answer again from its steps.
fn replay(answer: &Value) -> Arc<Vec<u8>> {
    let mut file = Arc::new(Vec::new());
    for step in answer["steps"].as_array().unwrap() {
        file = repeat(&file, step);
    }
    file
}

/// Does what a request asked the twin for, on the file before it, with the same stream.
pub fn repeat(file: &[u8], step: &Value) -> Arc<Vec<u8>> {
    let mut random = Stream::new(step["seed"].as_str().unwrap());
    let now = step["t"].as_u64().unwrap();
    let env = |name: &Value| EnvName::parse(name.as_str().unwrap()).unwrap();
    let operation = step["op"].as_str().unwrap();
    if operation == "init" {
        let environments = step["environments"].as_array().unwrap();
        let environments: Vec<EnvName> = environments.iter().map(env).collect();
        let opener = credential(&json!({"credential": step}));
        let opener = match &opener {
            Credential::Key(key) => NewSlot::Key(key),
            Credential::Passphrase(passphrase) => {
                let count = step["iterations"].as_u64().unwrap();
                NewSlot::Passphrase(passphrase, Iterations::new(count).unwrap())
            }
            Credential::Token(_) => panic!("a vault does not begin with a token"),
        };
        let new = NewVault {
            environments: &environments,
            label: step["label"].as_str().unwrap(),
            opener,
            now,
        };
        return new.draw(&mut random).unwrap().build(&[]).unwrap().bytes();
    }
    let mut request = step.clone();
    request["now"] = now.into();
    let mut vault = open(file, &request).unwrap();
    match operation {
        "set" => {
            for item in step["items"].as_array().unwrap() {
                store(&mut vault, &env(&step["env"]), item, &mut random);
            }
        }
        "envcreate" => {
            assert!(step["pre"].is_null(), "folders are not made here yet");
            let env = env(&step["env"]);
            vault.create_environment(&env, &mut random).unwrap();
        }
        other => panic!("this step is not replayed: {other}"),
    }
    vault.seal(None).unwrap().bytes()
}

/// One item of the twin's `set`, its metadata as the item says and nothing kept.
fn store(vault: &mut Vault, env: &EnvName, item: &Value, random: &mut Stream) {
    let path = SecretPath::parse(item["path"].as_str().unwrap()).unwrap();
    let value = SecretValue::new(decode(item["value"].as_str().unwrap()));
    let meta = &item["meta"];
    let text = |key: &str| meta[key].as_str().unwrap_or_default().to_owned();
    let tags = meta["tags"].as_array().cloned().unwrap_or_default();
    let tags = tags.iter().map(|tag| tag.as_str().unwrap().to_owned());
    let new = NewValue {
        value: &value,
        kind: meta["ty"].as_str().map(str::to_owned),
        tags: Some(tags.collect()),
        note: Some(text("note")),
        owner: Some(text("owner")),
        expires: meta["exp"].as_u64().unwrap_or(0),
        every: Some(meta["every"].as_u64().unwrap_or(0)),
        why: text("why"),
        verb: "set",
        if_version: None,
    };
    vault.set(env, &path, &new, random).unwrap();
}

#[test]
fn the_same_bytes_from_the_same_stream_make_the_same_file() {
    let (_, answer) = known_answers()
        .into_iter()
        .find(|(name, _)| name == "several-pages.json")
        .unwrap();
    let made = replay(&answer);
    assert!(made.as_slice() == answer["vault"].as_str().unwrap().as_bytes());
}

//! The twin: an independent reader and writer of the vault in another language.
//!
//! One process `node tests/twin/twin.mjs serve` answers one line of JSON for
//! each line of JSON. It is started once and ends with the tests.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::harness::Sandbox;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/twin/twin.mjs");

/// A handle to the one process; it may be copied freely, each call waits for its turn.
#[derive(Clone, Copy)]
pub struct Twin(&'static Mutex<Process>);

struct Process {
    _child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Why the twin refuses a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub class: String,
    pub message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

impl Twin {
    /// The twin, or `None` where its interpreter is missing, which is noted as skipped once.
    pub fn start() -> Option<Self> {
        static PROCESS: OnceLock<Option<Mutex<Process>>> = OnceLock::new();
        let process = PROCESS.get_or_init(|| match launch() {
            Ok(process) => Some(Mutex::new(process)),
            Err(reason) => {
                crate::skip::note("the_twin_verifies_every_vault", &reason);
                None
            }
        });
        process.as_ref().map(Twin)
    }

    /// One request; a refusal is an answer, anything else that goes wrong is a failure of the twin.
    pub fn call(&self, request: &Value) -> Result<Value, Refusal> {
        let answer = self.answer(request);
        if answer["ok"] == true {
            return Ok(answer);
        }
        let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        let refusal = Refusal {
            class: text("class"),
            message: text("message"),
        };
        assert!(refusal.class != "usage", "the twin itself: {refusal}");
        Err(refusal)
    }

    /// One request, and the answer as it is: a refusal may say more than its class.
    pub fn answer(&self, request: &Value) -> Value {
        let mut process = self.0.lock().unwrap();
        let mut line = serde_json::to_string(request).unwrap();
        line.push('\n');
        process.requests.write_all(line.as_bytes()).unwrap();
        let mut answer = String::new();
        process.answers.read_line(&mut answer).unwrap();
        drop(process);
        let answer: Value = serde_json::from_str(&answer)
            .unwrap_or_else(|e| panic!("the twin answers {answer:?}: {e}"));
        assert!(answer["internal"] != true, "the twin itself: {answer}");
        answer
    }

    /// Checks the whole file without a credential.
    pub fn verify(&self, vault: &Path) -> Result<Value, Refusal> {
        self.call(&json!({"op": "verify", "file": file(vault)}))
    }

    /// Opens everything a credential opens: `{"key": base64}`, `{"passphrase"}` or `{"token"}`.
    pub fn open(&self, vault: &Path, credential: Value) -> Result<Value, Refusal> {
        self.call(&json!({"op": "open", "file": file(vault), "credential": credential}))
    }

    /// Adds a slot with a token to the vault of a sandbox made by `with_vault`, and returns the token.
    ///
    /// `rights` is a list of `{"env": …, "m": "r"|"w"|"x"}`, the last with `"names"`; `expires` is
    /// in Unix seconds, 0 for never.
    pub fn token(&self, sandbox: &Sandbox, label: &str, rights: Value, expires: u64) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let request = json!({
            "op": "slot", "file": file(&sandbox.vault()), "credential": sandbox.twin_credential(),
            "token": true, "label": label, "role": "member", "caps": rights, "exp": expires, "t": now,
        });
        let answer = self.call(&request).unwrap();
        let vault = BASE64
            .decode(answer["file"].as_str().unwrap().as_bytes())
            .unwrap();
        std::fs::write(sandbox.vault(), vault).unwrap();
        let token = answer["token"].as_str().unwrap().to_owned();
        sandbox.canary(&token);
        token
    }
}

/// The bytes of a file as the twin wants them.
fn file(path: &Path) -> String {
    BASE64.encode(&std::fs::read(path).unwrap())
}

fn launch() -> Result<Process, String> {
    if !Path::new(PROGRAM).is_file() {
        return Err("tests/twin/twin.mjs is not there".to_owned());
    }
    let version = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|_| "node is not installed".to_owned())?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|n| n.parse().ok());
    if major.is_none_or(|n: u32| n < 18) {
        return Err(format!("node 18 or later is needed, found {version:?}"));
    }
    let mut child = Command::new("node")
        .args([PROGRAM, "serve"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("node does not start: {e}"))?;
    Ok(Process {
        requests: child.stdin.take().unwrap(),
        answers: BufReader::new(child.stdout.take().unwrap()),
        _child: child,
    })
}

#[test]
fn the_twin_makes_a_vault_opens_it_and_refuses_a_changed_one() {
    let Some(twin) = Twin::start() else {
        skip!(
            "the_twin_makes_a_vault_opens_it_and_refuses_a_changed_one",
            "the twin does not run"
        );
    };
    let sandbox = Sandbox::new();
    let key = BASE64.encode(&[7; 32]);
    sandbox.write("home/key", format!("{key}\n"));
    let request = json!({
        "op": "init", "environments": ["development"], "label": "owner", "t": 1_700_000_000, "key": key,
    });
    let vault = twin.call(&request).unwrap()["file"]
        .as_str()
        .unwrap()
        .to_owned();
    sandbox.write(
        "project/.vault/vault.json",
        BASE64.decode(vault.as_bytes()).unwrap(),
    );
    let opened = sandbox.twin_opens(sandbox.twin_credential()).unwrap();
    assert_eq!(opened.unwrap()["slot"]["label"], "owner");
    let token = twin.token(&sandbox, "ci", json!([{"env": "development", "m": "r"}]), 0);
    let opened = sandbox.twin_opens(json!({"token": token})).unwrap();
    assert_eq!(opened.unwrap()["slot"]["label"], "ci");
    let wrong = sandbox
        .twin_opens(json!({"key": BASE64.encode(&[8; 32])}))
        .unwrap();
    assert_eq!(wrong.unwrap_err().class, "auth");
    let mut bytes = sandbox.vault_bytes();
    bytes.pop();
    std::fs::write(sandbox.vault(), bytes).unwrap();
    assert_eq!(twin.verify(&sandbox.vault()).unwrap_err().class, "format");
    sandbox.vault_is_damaged();
}

//! The audit log through the real program; the twin judges what it wrote.

mod closed;
mod edited;
mod elsewhere;
mod entries;
mod killed;
mod lost;
mod parallel;
mod stolen;
mod strange;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::Sandbox;
use crate::twin::Twin;

/// The twin, or a skip by name.
macro_rules! twin_or_skip {
    ($name:literal) => {
        match crate::twin::Twin::start() {
            Some(twin) => twin,
            None => skip!($name, "the twin does not run"),
        }
    };
}
pub(crate) use twin_or_skip;

const JUDGED: &str = "what it says is judged by its findings";

/// What is kept of the one vault of a sandbox on its machine.
pub struct Record<'a> {
    pub sandbox: &'a Sandbox,
    pub dir: PathBuf,
}

/// What `audit verify` said: its status, and the line and sentence of each finding.
#[derive(Debug)]
pub struct Verdict {
    pub code: i32,
    pub findings: Vec<(Option<u64>, String)>,
}

impl<'a> Record<'a> {
    /// The record below `state`, which must hold that of one vault.
    pub fn of(sandbox: &'a Sandbox) -> Self {
        let dirs: Vec<PathBuf> = fs::read_dir(sandbox.path("state/secrets"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        let [dir] = dirs.as_slice() else {
            panic!("{dirs:?} should be one");
        };
        Record {
            sandbox,
            dir: dir.clone(),
        }
    }

    pub fn log(&self) -> PathBuf {
        self.dir.join("audit.jsonl")
    }

    pub fn state(&self) -> PathBuf {
        self.dir.join("audit.state")
    }

    pub fn bytes(&self) -> Vec<u8> {
        fs::read(self.log()).unwrap()
    }

    /// The entries, without hashes and tags.
    pub fn entries(&self) -> Vec<Value> {
        let text = String::from_utf8(self.bytes()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["e"].take())
            .collect()
    }

    /// The entries behind the first `n` lines.
    pub fn since(&self, n: usize) -> Vec<Value> {
        self.entries().split_off(n)
    }

    /// How many entries there are of an action.
    pub fn count(&self, action: &str) -> usize {
        self.entries().iter().filter(|e| e["a"] == action).count()
    }

    /// `audit verify` with the key of the sandbox.
    pub fn verdict(&self) -> Verdict {
        verdict(self.sandbox.secrets(["audit", "verify", "--json"]))
    }

    /// The verdict is 0, and the twin's is the same, with and without the key.
    pub fn is_whole(&self) {
        let verdict = self.verdict();
        assert_eq!(verdict.code, 0, "{verdict:?}");
        if let Some(twin) = Twin::start() {
            let answer = self.twin_says(twin, true);
            assert_eq!(answer["ok"], true, "{answer}");
        }
    }

    /// What the twin says of the log, the state and the pin.
    pub fn twin_says(&self, twin: Twin, keyed: bool) -> Value {
        let mut request = json!({
            "op": "auditverify", "vault": self.sandbox.vault(), "log": self.log(),
            "state": self.state(),
        });
        if self.dir.join("pin").is_file() {
            request["pin"] = json!(self.dir.join("pin"));
        }
        if keyed {
            request["credential"] = self.sandbox.twin_credential();
        }
        let answer = twin.answer(&request);
        assert!(answer["findings"].is_array(), "{answer}");
        answer
    }

    /// The program and the twin find something, and the same line where it is a line.
    pub fn is_found(&self, what: &str) -> Verdict {
        let verdict = self.verdict();
        assert_eq!(verdict.code, 6, "{what}: {verdict:?}");
        if let Some(twin) = Twin::start() {
            let answer = self.twin_says(twin, true);
            assert_eq!(answer["ok"], false, "{what}: {answer}\n{verdict:?}");
            if let Some(line) = answer["first_bad"]["line"].as_u64() {
                let ours = verdict.findings[0].0;
                assert_eq!(ours, Some(line), "{what}: {answer}\n{verdict:?}");
            }
        }
        verdict
    }

    /// Puts the files of `from` in the place of ours.
    pub fn restore(&self, from: &Path) {
        for name in ["audit.jsonl", "audit.state"] {
            fs::copy(from.join(name), self.dir.join(name)).unwrap();
        }
    }

    /// Copies log and state to a directory of the harness.
    pub fn keep(&self, name: &str) -> PathBuf {
        let to = self.sandbox.path("harness").join(name);
        fs::create_dir_all(&to).unwrap();
        for name in ["audit.jsonl", "audit.state"] {
            fs::copy(self.dir.join(name), to.join(name)).unwrap();
        }
        to
    }

    /// `audit accept-loss`, after which the log is whole.
    pub fn accept(&self, why: &str) {
        let args = ["audit", "accept-loss", "--reason", why, "--yes"];
        let accept = self.sandbox.secrets(args).run().ok();
        drop(accept.stderr_has(&["lost: ", "recorded; the log goes on"]));
        self.is_whole();
    }
}

/// What a run of `audit verify --json` said.
pub fn verdict(run: crate::command::Run<'_>) -> Verdict {
    let mut output = run.run().stderr_any(JUDGED);
    let crate::output::Status::Code(code) = output.ended() else {
        panic!("{output}");
    };
    // A failure has its findings in the error object; standard output is empty then.
    let text = match code {
        0 => String::from_utf8_lossy(output.stdout()).into_owned(),
        _ => {
            assert!(output.stdout().is_empty(), "{output}");
            let text = String::from_utf8_lossy(output.stderr()).into_owned();
            text.lines().last().unwrap_or_default().to_owned()
        }
    };
    let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{output}"));
    let list = match code {
        0 => &answer["findings"],
        _ => &answer["error"]["problems"],
    };
    let finding = |finding: &Value| {
        let what = finding["message"].as_str().unwrap();
        let line = what
            .strip_prefix("line ")
            .and_then(|rest| rest.split_once(": "))
            .and_then(|(line, what)| Some((line.parse().ok()?, what)));
        match line {
            Some((line, what)) => (Some(line), what.to_owned()),
            None => (None, what.to_owned()),
        }
    };
    let findings: Vec<_> = list.as_array().unwrap().iter().map(finding).collect();
    assert_eq!(code == 0, findings.is_empty(), "{output}");
    Verdict { code, findings }
}

impl Verdict {
    /// The first finding holds this text.
    pub fn says(self, text: &str) -> Self {
        assert!(self.findings[0].1.contains(text), "{text:?}: {self:?}");
        self
    }

    /// The first finding is of this line.
    pub fn at(self, line: u64) -> Self {
        assert_eq!(self.findings[0].0, Some(line), "{self:?}");
        self
    }
}

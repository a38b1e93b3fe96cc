//! What a run left, and the claims a test makes about it.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use crate::harness::Sandbox;
use crate::pattern;

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Code(i32),
    Signal(i32),
}

impl From<ExitStatus> for Status {
    fn from(status: ExitStatus) -> Self {
        match status.code() {
            Some(code) => Status::Code(code),
            None => Status::Signal(status.signal().unwrap_or_default()),
        }
    }
}

/// The end of one run. What a test does not mention must be ordinary: status 0, nothing on stderr.
pub struct Output<'a> {
    sandbox: &'a Sandbox,
    label: String,
    status: Status,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    status_claimed: bool,
    stderr_claimed: bool,
}

impl<'a> Output<'a> {
    pub fn new(
        sandbox: &'a Sandbox,
        label: String,
        status: ExitStatus,
        stdout: Vec<u8>,
        stderr: Vec<u8>,
    ) -> Self {
        sandbox.saw(&label, "stdout", &stdout);
        sandbox.saw(&label, "stderr", &stderr);
        Output {
            sandbox,
            label,
            status: status.into(),
            stdout,
            stderr,
            status_claimed: false,
            stderr_claimed: false,
        }
    }

    pub fn stderr(&self) -> &[u8] {
        &self.stderr
    }

    pub fn stdout(&self) -> &[u8] {
        &self.stdout
    }

    pub fn stdout_text(&self) -> String {
        self.shown(&self.stdout)
    }

    pub fn stderr_text(&self) -> String {
        self.shown(&self.stderr)
    }

    /// How it ended, for a test that decides itself what is right.
    pub fn ended(&mut self) -> Status {
        self.status_claimed = true;
        self.status
    }

    /// Ended with 0.
    pub fn ok(self) -> Self {
        self.status(0)
    }

    /// Ended by itself with this status.
    pub fn status(mut self, code: i32) -> Self {
        self.status_claimed = true;
        if self.status != Status::Code(code) {
            self.wrong(&format!("status {code}"));
        }
        self
    }

    /// Died of this signal.
    pub fn signalled(mut self, signal: rustix::process::Signal) -> Self {
        self.status_claimed = true;
        if self.status != Status::Signal(signal.as_raw()) {
            self.wrong(&format!("death by {signal:?}"));
        }
        self
    }

    /// Wrote exactly these bytes.
    pub fn stdout_is(self, bytes: impl AsRef<[u8]>) -> Self {
        if self.stdout != bytes.as_ref() {
            self.wrong(&format!("stdout {:?}", self.shown(bytes.as_ref())));
        }
        self
    }

    /// Wrote this text, in which placeholders stand for what changes from run to run.
    pub fn stdout_like(self, text: &str) -> Self {
        if !pattern::matches(text, &self.shown(&self.stdout)) {
            self.wrong(&format!("stdout like {text:?}"));
        }
        self
    }

    /// The talk on standard error is this text, in which placeholders may stand.
    pub fn stderr_is(mut self, text: &str) -> Self {
        self.stderr_claimed = true;
        if !pattern::matches(text, &self.shown(&self.stderr)) {
            self.wrong(&format!("stderr like {text:?}"));
        }
        self
    }

    /// Standard error holds each of these texts, in this order.
    pub fn stderr_has(mut self, texts: &[&str]) -> Self {
        self.stderr_claimed = true;
        let shown = self.shown(&self.stderr);
        let mut rest = shown.as_str();
        for text in texts {
            match rest.split_once(text) {
                Some((_, after)) => rest = after,
                None => self.wrong(&format!("{text:?} on stderr")),
            }
        }
        self
    }

    /// An error of ours, in our form, that holds these texts, and no data.
    pub fn fails(self, code: i32, texts: &[&str]) -> Self {
        let this = self.status(code).stdout_is("");
        if !this
            .shown(&this.stderr)
            .lines()
            .any(|line| line.starts_with("secrets: error: "))
        {
            this.wrong("an error line");
        }
        this.stderr_has(texts)
    }

    /// Standard error is judged elsewhere: `why` says where.
    pub fn stderr_any(mut self, why: &str) -> Self {
        assert!(!why.is_empty());
        self.stderr_claimed = true;
        self
    }

    /// Text of a stream with the sandbox written as `[TMP]`.
    fn shown(&self, bytes: &[u8]) -> String {
        pattern::shown(bytes, self.sandbox.root())
    }

    fn wrong(&self, expected: &str) -> ! {
        panic!("expected {expected}\n{self}")
    }
}

impl fmt::Display for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |bytes: &[u8]| -> String {
            let text = self.shown(bytes);
            match text.char_indices().nth(4000) {
                Some((at, _)) => format!("{}… ({} bytes)", &text[..at], bytes.len()),
                None => text,
            }
        };
        let label = pattern::shown(self.label.as_bytes(), self.sandbox.root());
        writeln!(f, "$ {label}\n--- {:?}", self.status)?;
        writeln!(f, "--- stdout\n{}", part(&self.stdout))?;
        writeln!(f, "--- stderr\n{}", part(&self.stderr))
    }
}

impl Drop for Output<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        if !self.status_claimed && self.status != Status::Code(0) {
            self.wrong("status 0, because the test names none");
        }
        if !self.stderr_claimed && !self.stderr.is_empty() {
            self.wrong("nothing on stderr, because the test names nothing");
        }
    }
}

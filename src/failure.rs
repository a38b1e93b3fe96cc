//! What a verb reports when it does not end well: kind, text, hints, exit status.
//!
//! The numbers and their meaning stand once, in [`STATUSES`]: `exit_status`,
//! `secrets help exit-status` and the manual page read them from there.
//! Messages are lower case, without a period, and never hold a value, a key
//! or a passphrase. Foreign text goes through [`quoted`].

mod convert;
mod kind;
mod status;
mod text;

pub use kind::Kind;
pub use status::{STATUSES, Status, exit_status_help, wrapped};
pub use text::{quoted, similar};

use serde_json::json;
use std::ops::{Deref, DerefMut};

/// The status of a verb that ended as the user wished, 0 or what a child gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exit(pub u8);

impl Exit {
    /// 0.
    pub const DONE: Exit = Exit(0);
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(exit.0)
    }
}

/// One of several things that are wrong at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// One of the codes of [`Kind`].
    pub code: &'static str,
    /// The full address, where the problem has one.
    pub address: Option<String>,
    /// One line, like the message of a failure.
    pub message: String,
}

/// Why a verb did not do its work, and what the user can do about it.
///
/// One pointer wide: it is moved through every `?` of the program, where its
/// bytes would stand in the code and on the stack of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(Box<Reason>);

/// What a [`Failure`] holds; its fields are read and written through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What kind of thing went wrong.
    pub kind: Kind,
    /// One line: lower case, no period, the fact and not the function.
    pub message: String,
    /// Each one action that can be copied into a shell.
    pub hints: Vec<String>,
    /// The vault that was in use.
    pub vault: Option<String>,
    /// Everything that is wrong, where that is more than one thing.
    pub problems: Vec<Problem>,
    /// Whether the status is that of `run`.
    in_run: bool,
}

impl Deref for Failure {
    type Target = Reason;

    fn deref(&self) -> &Reason {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Reason {
        &mut self.0
    }
}

impl Failure {
    /// A failure without hints.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self::plain(kind, message.into())
    }

    #[cold]
    fn plain(kind: Kind, message: String) -> Self {
        Failure(Box::new(Reason {
            kind,
            message,
            hints: Vec::new(),
            vault: None,
            problems: Vec::new(),
            in_run: false,
        }))
    }

    /// [`Kind::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// [`Kind::NotFound`].
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// [`Kind::Locked`].
    pub fn locked(message: impl Into<String>) -> Self {
        Self::new(Kind::Locked, message)
    }

    /// [`Kind::Denied`].
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(Kind::Denied, message)
    }

    /// [`Kind::Integrity`].
    pub fn integrity(message: impl Into<String>) -> Self {
        Self::new(Kind::Integrity, message)
    }

    /// [`Kind::Expired`].
    pub fn expired(message: impl Into<String>) -> Self {
        Self::new(Kind::Expired, message)
    }

    /// [`Kind::Conflict`].
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// [`Kind::Findings`].
    pub fn findings(message: impl Into<String>) -> Self {
        Self::new(Kind::Findings, message)
    }

    /// [`Kind::Io`].
    pub fn io(message: impl Into<String>) -> Self {
        Self::new(Kind::Io, message)
    }

    /// [`Kind::CannotStart`].
    pub fn cannot_start(message: impl Into<String>) -> Self {
        Self::new(Kind::CannotStart, message)
    }

    /// The answer to a word or flag that the grammar knows and this version does not.
    pub fn not_in_this_version(word: &str) -> Self {
        Self::usage(format!("{} is not in this version", quoted(word)))
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the hint `similar LABEL: "…"` if one of the candidates is close to `name`.
    #[must_use]
    pub fn hint_similar<'a>(
        self,
        label: &str,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        match similar(name, candidates) {
            Some(candidate) => self.hint(format!("similar {label}: {}", quoted(candidate))),
            None => self,
        }
    }

    /// Says in front of the message what it is about: a flag, a variable.
    #[must_use]
    pub fn about(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// Names the vault that was in use.
    #[must_use]
    pub fn in_vault(mut self, vault: impl Into<String>) -> Self {
        self.vault = Some(vault.into());
        self
    }

    /// Adds one of several problems.
    #[must_use]
    pub fn problem(
        mut self,
        code: &'static str,
        address: Option<String>,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        self.problems.push(Problem {
            code,
            address,
            message,
        });
        self
    }

    /// The failure as `run` reports it: every status of ours becomes 125, so that
    /// it cannot be taken for the command's own. The code stays the real one.
    /// Doing it twice changes nothing.
    #[must_use]
    pub fn for_run(mut self) -> Self {
        self.in_run = true;
        self
    }

    /// The code of the JSON error object.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// The exit status of the process.
    pub fn exit_status(&self) -> u8 {
        match self.kind {
            Kind::CommandNotFound | Kind::NotExecutable | Kind::Interrupted(_) => {
                self.kind.exit_status()
            }
            _ if self.in_run => Kind::CannotStart.exit_status(),
            kind => kind.exit_status(),
        }
    }

    /// The error object, on one line without a line feed.
    pub fn to_json(&self) -> String {
        let problem =
            |p: &Problem| json!({"code": p.code, "address": p.address, "message": p.message});
        json!({
            "schema_version": 1,
            "error": {
                "code": self.code(),
                "exit": self.exit_status(),
                "message": self.message,
                "hints": self.hints,
                "vault": self.vault,
                "problems": self.problems.iter().map(problem).collect::<Vec<_>>(),
            }
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_documented_status() {
        for (kind, code, exit) in [
            (Kind::Io, "io", 1),
            (Kind::Usage, "usage", 2),
            (Kind::NotFound, "not_found", 3),
            (Kind::Locked, "locked", 4),
            (Kind::Denied, "denied", 5),
            (Kind::Integrity, "integrity", 6),
            (Kind::Expired, "expired", 7),
            (Kind::Conflict, "conflict", 8),
            (Kind::Rotation, "rotation", 9),
            (Kind::Findings, "findings", 10),
            (Kind::CannotStart, "cannot_start", 125),
            (Kind::NotExecutable, "not_executable", 126),
            (Kind::CommandNotFound, "command_not_found", 127),
            (Kind::Interrupted(2), "interrupted", 130),
        ] {
            let failure = Failure::new(kind, "m");
            assert_eq!((failure.code(), failure.exit_status()), (code, exit));
            let in_run = failure.for_run().for_run();
            let expected = if exit < 126 { 125 } else { exit };
            assert_eq!((in_run.code(), in_run.exit_status()), (code, expected));
        }
    }

    #[test]
    fn the_error_object_has_every_key_on_one_line() {
        let failure = Failure::not_found("no\nvault")
            .hint("a")
            .hint("b")
            .for_run();
        assert_eq!(
            failure.to_json(),
            r#"{"schema_version":1,"error":{"code":"not_found","exit":125,"message":"no\nvault","hints":["a","b"],"vault":null,"problems":[]}}"#
        );
        let failure = Failure::expired("e")
            .in_vault("/v")
            .problem("expired", Some("dev:/A".to_owned()), "old")
            .problem("io", None, "x");
        assert_eq!(
            failure.to_json(),
            r#"{"schema_version":1,"error":{"code":"expired","exit":7,"message":"e","hints":[],"vault":"/v","problems":[{"code":"expired","address":"dev:/A","message":"old"},{"code":"io","address":null,"message":"x"}]}}"#
        );
    }

    #[test]
    fn a_similar_name_is_a_hint() {
        let names = ["get", "list"];
        let failure = Failure::usage("m").hint_similar("name", "gte", names);
        assert_eq!(failure.hints, [r#"similar name: "get""#]);
        let failure = Failure::usage("m").hint_similar("name", "put", names);
        assert!(failure.hints.is_empty());
    }
}

//! The kinds of failure, each with its code and exit status.

use super::status;

/// What went wrong, by the codes of the JSON error object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `run` could not start for a reason of ours that is none of the others.
    CannotStart,
    /// `run` found no such program.
    CommandNotFound,
    /// Lock timeout, `--if-version`, a target that exists.
    Conflict,
    /// Not permitted by the credential.
    Denied,
    /// The secret has expired.
    Expired,
    /// A check found something.
    Findings,
    /// Altered, damaged, unsafe permissions, an older or forked vault.
    Integrity,
    /// A signal ended a prompt: 2 for Ctrl-C.
    Interrupted(u8),
    /// The operating system refused: disk full, read-only.
    Io,
    /// No credential, or a wrong one.
    Locked,
    /// No such vault, environment, secret or version.
    NotFound,
    /// `run` found the program and may not execute it.
    NotExecutable,
    /// A rotation failed.
    Rotation,
    /// A wrong command line, or input that is refused.
    Usage,
}

impl Kind {
    /// The code of the JSON error object.
    pub fn code(self) -> &'static str {
        match self {
            Kind::CannotStart => "cannot_start",
            Kind::CommandNotFound => "command_not_found",
            Kind::Conflict => "conflict",
            Kind::Denied => "denied",
            Kind::Expired => "expired",
            Kind::Findings => "findings",
            Kind::Integrity => "integrity",
            Kind::Interrupted(_) => "interrupted",
            Kind::Io => "io",
            Kind::Locked => "locked",
            Kind::NotFound => "not_found",
            Kind::NotExecutable => "not_executable",
            Kind::Rotation => "rotation",
            Kind::Usage => "usage",
        }
    }

    /// The exit status outside `run`.
    pub(super) fn exit_status(self) -> u8 {
        match self {
            Kind::Interrupted(signal) => 128u8.saturating_add(signal),
            kind => status::of_code(kind.code()),
        }
    }
}

//! When a command is told to end, and whose word its end was.

use super::Ended;
use std::time::Instant;

/// When the command is told to end, and when it is ended.
#[derive(Clone, Copy)]
pub(super) enum Deadline {
    None,
    Term(Instant),
    Kill(Instant),
    Over,
}

/// How it ended, its own word or ours.
pub(super) fn told(ended: Option<Ended>, deadline: Deadline) -> Ended {
    match (deadline, ended) {
        (Deadline::Kill(_) | Deadline::Over, _) | (_, None) => Ended::TimedOut,
        (_, Some(ended)) => ended,
    }
}

//! Which version of a secret was the current one at a time.

use crate::vault::{Entry, Extent, State};

/// What a secret was at a time, as far as the kept versions tell.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AsOf {
    /// It was not there, or deleted.
    Absent,
    /// What it was is not kept any more.
    Lost,
    /// This version was the current one.
    Version(u64),
}

/// The versions that have to be looked at.
pub(super) fn extent(at: Option<u64>) -> Extent {
    match at {
        Some(_) => Extent::Kept,
        None => Extent::Current,
    }
}

/// Whether a secret counts as one that is there, at that time or now.
pub(super) fn is_there(entry: &Entry, at: Option<u64>) -> bool {
    match at {
        Some(at) => as_of(entry, at) != AsOf::Absent,
        None => entry.live().is_some(),
    }
}

/// The version that was current `at` that time, Unix seconds.
///
/// A destroyed version is as young as its destruction, and the oldest ones are
/// dropped: where one of those may have been the current one, it is lost.
pub(super) fn as_of(entry: &Entry, at: u64) -> AsOf {
    let settled = || {
        let all = entry.versions.iter();
        all.filter(|version| version.meta.state != State::Pending)
    };
    let lives = |state| matches!(state, State::Live | State::Deleted);
    let then = settled()
        .rev()
        .find(|version| version.meta.created <= at && lives(version.meta.state));
    let number = then.map_or(0, |version| version.version);
    // Between that one and the next that is surely younger.
    let above = settled().find(|version| version.version > number);
    let destroyed = above.is_some_and(|above| above.meta.state == State::Destroyed);
    let dropped = then.is_none() && above.is_some_and(|above| above.version > 1);
    match then {
        _ if destroyed || dropped => AsOf::Lost,
        Some(version) if version.meta.state == State::Live => AsOf::Version(version.version),
        _ => AsOf::Absent,
    }
}

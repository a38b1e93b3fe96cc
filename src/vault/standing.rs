//! What a kept version of a secret is by now.

use super::entry::{Entry, VersionEntry};
use super::meta::State;
use crate::name::Version;

/// What a version is among the others of its secret, at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What a reader is given.
    Current,
    /// It hides the secret.
    Deleted,
    /// Its value is gone.
    Destroyed,
    /// Its value expired, or the grace time after it was replaced ended.
    Expired,
    /// The value of an unfinished rotation.
    Pending,
    /// What `@previous` gives.
    Previous,
    /// An older value, or one that is hidden with its secret.
    Superseded,
}

impl Standing {
    /// The word for it, on a terminal and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Current => "current",
            Standing::Deleted => "deleted",
            Standing::Destroyed => "destroyed",
            Standing::Expired => "expired",
            Standing::Pending => "pending",
            Standing::Previous => "previous",
            Standing::Superseded => "superseded",
        }
    }
}

impl Entry {
    /// What one of its versions is at `now`, Unix seconds.
    pub fn standing(&self, version: &VersionEntry, now: u64) -> Standing {
        match version.meta.state {
            State::Deleted => return Standing::Deleted,
            State::Destroyed => return Standing::Destroyed,
            State::Pending => return Standing::Pending,
            State::Live => {}
        }
        let grace_over = self
            .grace_end(version.version)
            .is_some_and(|until| now >= until);
        if version.meta.is_expired(now) || grace_over {
            return Standing::Expired;
        }
        let is = |which| {
            self.select(which, now, false)
                .is_ok_and(|chosen| chosen.version == version.version)
        };
        if is(Version::Current) {
            Standing::Current
        } else if is(Version::Previous) {
            Standing::Previous
        } else {
            Standing::Superseded
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::id::{RecordId, SlotId};
    use super::super::meta::{Meta, Rotation, verb_extension};
    use super::super::tests::{env, path};
    use super::*;

    /// State, expiry, and the version replaced with the end of its grace time.
    type Said = (State, u64, Option<(u64, u64)>);

    /// A secret with versions from 1: state, expiry, and the version replaced
    /// with the end of its grace time.
    fn entry(versions: &[Said]) -> Entry {
        let version = |(number, (state, expires, replaced)): (u64, &Said)| VersionEntry {
            version: number,
            meta: Meta {
                path: path("A"),
                created: 1,
                by: SlotId([0; 8]),
                kind: "text".into(),
                state: *state,
                expires: *expires,
                len: 0,
                tags: Vec::new(),
                note: String::new(),
                owner: String::new(),
                why: String::new(),
                every: 0,
                rotation: replaced.map(|(from, until)| Rotation {
                    id: [0; 8],
                    from,
                    until,
                }),
                x: verb_extension("set"),
            },
            meta_hash: [0; 32],
            value: Vec::new(),
        };
        Entry {
            env: env("dev"),
            path: path("A"),
            versions: (1..).zip(versions).map(version).collect(),
            scope: 0,
            rid: RecordId([0; 16]),
        }
    }

    fn words(versions: &[Said]) -> Vec<&'static str> {
        let entry = entry(versions);
        let word = |version| entry.standing(version, 100).word();
        entry.versions.iter().map(word).collect()
    }

    #[test]
    fn every_version_is_called_what_a_reader_finds_it_to_be() {
        use State::{Deleted, Destroyed, Live, Pending};
        let plain = (Live, 0, None);
        assert_eq!(words(&[plain]), ["current"]);
        assert_eq!(
            words(&[
                plain,
                (Destroyed, 0, None),
                plain,
                plain,
                (Pending, 0, None)
            ]),
            ["superseded", "destroyed", "previous", "current", "pending"]
        );
        assert_eq!(
            words(&[plain, plain, (Deleted, 0, None)]),
            ["superseded", "superseded", "deleted"]
        );
        assert_eq!(
            words(&[plain, (Deleted, 0, None), plain]),
            ["previous", "deleted", "current"]
        );
        // The value's own end, and that of the grace time.
        assert_eq!(words(&[(Live, 100, None)]), ["expired"]);
        assert_eq!(words(&[(Live, 101, None)]), ["current"]);
        assert_eq!(
            words(&[plain, plain, (Live, 0, Some((2, 100)))]),
            ["superseded", "expired", "current"]
        );
        assert_eq!(
            words(&[plain, (Live, 0, Some((1, 101)))]),
            ["previous", "current"]
        );
    }
}

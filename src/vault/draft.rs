//! Staged changes of an open vault.

use super::Error;
use super::format::RecordLine;
use super::id::RecordId;
use super::open::Vault;
use crate::crypto::RootKey;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A record line of a scope that is being changed, with its line feed.
pub(super) struct Line(Arc<[u8]>);

impl Line {
    /// Copies a verified line.
    pub fn copied(text: &[u8]) -> Self {
        Line(text.into())
    }

    /// Its bytes.
    pub fn text(&self) -> &[u8] {
        &self.0
    }

    /// Its fields.
    pub fn parse(&self) -> Result<RecordLine<'_>, Error> {
        RecordLine::parse(self.0.strip_suffix(b"\n").unwrap_or(&self.0), 0)
    }
}

/// A record and a version: what lines are sorted by.
pub(super) type LineKey = (RecordId, u64);

/// What changes in the records of one scope: lines that come, lines that go.
///
/// The lines that stay are not in it, however many they are.
#[derive(Default)]
pub(super) struct ScopeDraft {
    /// Whether the stored lines stay where nothing is said of them.
    pub keeps_stored: bool,
    changes: BTreeMap<LineKey, Option<Line>>,
}

impl ScopeDraft {
    /// The lines of one record, `stored` being those of the file.
    pub fn lines_of(&self, rid: &RecordId, stored: Vec<Line>) -> Result<Vec<Line>, Error> {
        let mut lines = BTreeMap::new();
        for line in stored {
            let version = line.parse()?.version;
            lines.insert(version, line);
        }
        for ((_, version), line) in self.changes.range((*rid, 0)..=(*rid, u64::MAX)) {
            match line {
                Some(line) => lines.insert(*version, Line(Arc::clone(&line.0))),
                None => lines.remove(version),
            };
        }
        Ok(lines.into_values().collect())
    }

    /// What changes from one record on, in order; `None` goes.
    pub fn changes(&self, from: RecordId) -> impl Iterator<Item = (&LineKey, Option<&Line>)> {
        let changes = self.changes.range((from, 0)..);
        changes.map(|(key, line)| (key, line.as_ref()))
    }

    /// Puts a line.
    pub fn insert(&mut self, rid: RecordId, version: u64, line: Line) {
        self.changes.insert((rid, version), Some(line));
    }

    /// Drops a line.
    pub fn remove(&mut self, rid: RecordId, version: u64) {
        match self.keeps_stored {
            true => self.changes.insert((rid, version), None),
            false => self.changes.remove(&(rid, version)),
        };
    }
}

/// What is about to change.
#[derive(Default)]
pub(super) struct Draft {
    /// Changed scopes by their index.
    pub scopes: BTreeMap<usize, ScopeDraft>,
    /// Scopes with a new data key, whose seals begin anew.
    pub rekeyed: BTreeSet<usize>,
    /// Other scopes that the admin seals, because their sealer goes.
    pub by_admin: BTreeSet<usize>,
    /// Scopes that go.
    pub removed: BTreeSet<usize>,
    /// Whether the wrap of a slot was changed, which the head does not cover.
    pub wraps: bool,
    /// The root key, once the head was changed, or what it covers.
    pub root: Option<RootKey>,
}

impl Draft {
    /// The changed scope of an index.
    pub fn scope(&self, index: usize) -> Option<&ScopeDraft> {
        self.scopes.get(&index)
    }

    /// Whether nothing is staged.
    pub fn is_empty(&self) -> bool {
        self.scopes.is_empty() && self.root.is_none() && !self.wraps
    }

    /// Stages a scope.
    pub fn stage(&mut self, index: usize, scope: ScopeDraft) -> &mut ScopeDraft {
        self.scopes.entry(index).or_insert(scope)
    }
}

impl Vault {
    /// Whether no change is staged.
    pub fn is_unchanged(&self) -> bool {
        self.draft.is_empty()
    }

    /// Forgets what is staged.
    pub fn discard(&mut self) {
        self.draft = Draft::default();
    }

    /// The draft of a scope, begun when it is first changed.
    pub(super) fn draft_scope(&mut self, index: usize) -> Result<&mut ScopeDraft, Error> {
        if self.draft.scope(index).is_none() {
            self.verify_seal(index)?;
        }
        let draft = ScopeDraft {
            keeps_stored: true,
            ..ScopeDraft::default()
        };
        Ok(self.draft.stage(index, draft))
    }
}

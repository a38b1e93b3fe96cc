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

    /// Its fields.
    pub fn parse(&self) -> Result<RecordLine<'_>, Error> {
        RecordLine::parse(self.0.strip_suffix(b"\n").unwrap_or(&self.0), 0)
    }
}

/// The records of one scope while it is changed, in order.
#[derive(Default)]
pub(super) struct ScopeDraft(BTreeMap<(RecordId, u64), Line>);

impl ScopeDraft {
    /// The lines of one record.
    pub fn lines_of(&self, rid: &RecordId) -> Vec<Line> {
        let range = self.0.range((*rid, 0)..=(*rid, u64::MAX));
        range.map(|(_, line)| Line(Arc::clone(&line.0))).collect()
    }

    /// All lines in order.
    pub fn lines(&self) -> Vec<(RecordId, &[u8])> {
        self.0
            .iter()
            .map(|((rid, _), line)| (*rid, line.0.as_ref()))
            .collect()
    }

    /// Puts a line.
    pub fn insert(&mut self, rid: RecordId, version: u64, line: Line) {
        self.0.insert((rid, version), line);
    }

    /// Drops a line.
    pub fn remove(&mut self, rid: RecordId, version: u64) {
        self.0.remove(&(rid, version));
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

    /// The draft of a scope, loaded when it is first changed.
    pub(super) fn draft_scope(&mut self, index: usize) -> Result<&mut ScopeDraft, Error> {
        let mut draft = ScopeDraft::default();
        if self.draft.scope(index).is_none() {
            self.verify_seal(index)?;
            self.locked.pages(index, |_, raw| {
                for text in raw.split_inclusive(|b| *b == b'\n') {
                    let line = Line::copied(text);
                    let (rid, version) = {
                        let fields = line.parse()?;
                        (fields.rid, fields.version)
                    };
                    draft.insert(rid, version, line);
                }
                Ok(())
            })?;
        }
        Ok(self.draft.stage(index, draft))
    }
}

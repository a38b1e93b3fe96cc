//! How often each of some names occurs.

use crate::order;
use std::collections::BTreeMap;

/// Counts of names; `None` is what the log does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts(BTreeMap<Option<String>, u64>);

impl Counts {
    /// Counts a name once more.
    pub(super) fn add(&mut self, name: Option<&str>) {
        self.add_many(name.map(str::to_owned), 1);
    }

    /// Adds the counts of others.
    pub(super) fn merge(&mut self, others: Counts) {
        for (name, count) in others.0 {
            self.add_many(name, count);
        }
    }

    fn add_many(&mut self, name: Option<String>, count: u64) {
        let sum = self.0.entry(name).or_default();
        *sum = sum.saturating_add(count);
    }

    /// The most frequent first, equals by their bytes.
    pub(super) fn ranked(&self) -> impl Iterator<Item = (Option<&str>, u64)> {
        let counts = self.0.iter();
        let mut ranked: Vec<_> = counts.map(|(name, n)| (name.as_deref(), *n)).collect();
        order::sort_by_key(&mut ranked, |(_, count)| std::cmp::Reverse(*count));
        ranked.into_iter()
    }
}

//! The rows that were asked for, newest last.

use std::collections::VecDeque;

use super::{Entry, Filter, Row, Totals};

/// The rows a [`Filter`] wants, at most as many as its limit, and the totals of
/// all that it wants, cut or not.
///
/// With a limit only so many rows are in memory, however long the log is.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    rows: VecDeque<Row>,
    totals: Totals,
    limit: Option<usize>,
}

impl Selection {
    /// Nothing yet, and room for as many rows as the filter's limit.
    pub fn new(filter: &Filter) -> Self {
        Selection {
            limit: filter.limit,
            ..Selection::default()
        }
    }

    /// Of the entries of one log, in the order of the file.
    pub fn of(filter: &Filter, entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut selection = Selection::new(filter);
        for entry in entries {
            selection.add(filter, entry);
        }
        selection
    }

    /// Takes the next entry of the log.
    pub fn add(&mut self, filter: &Filter, entry: Entry) {
        for row in filter.rows(entry) {
            self.totals.count(&row);
            self.rows.push_back(row);
            self.cut();
        }
    }

    /// Merges the rows of another log by their times. The order within a log
    /// stays, though a clock may have been set back.
    pub fn merge(&mut self, other: Selection) {
        let mut ours = std::mem::take(&mut self.rows).into_iter().peekable();
        let mut theirs = other.rows.into_iter().peekable();
        loop {
            let ours_first = match (ours.peek(), theirs.peek()) {
                (Some(our), Some(their)) => our.entry().event.time <= their.entry().event.time,
                (our, _) => our.is_some(),
            };
            let next = match ours_first {
                true => ours.next(),
                false => theirs.next(),
            };
            match next {
                Some(row) => self.rows.push_back(row),
                None => break,
            }
        }
        self.totals.add(other.totals);
        self.cut();
    }

    /// The rows, newest last.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// Of everything that was wanted.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Whether older rows were left out because of the limit.
    pub fn is_limited(&self) -> bool {
        u64::try_from(self.rows.len()).is_ok_and(|shown| shown < self.totals.events)
    }

    fn cut(&mut self) {
        let limit = self.limit.unwrap_or(usize::MAX);
        while self.rows.len() > limit {
            self.rows.pop_front();
        }
    }
}

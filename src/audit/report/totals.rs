//! What a list ends with.

use serde_json::{Value, json};

use crate::audit::Action;
use crate::time::Timestamp;
use crate::vault::Anchor;

use super::Row;
use super::counts::Counts;

/// Counts over rows: a `run` with three secrets counts three times, as it is
/// three objects of the export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rows.
    pub events: u64,
    /// Those that failed.
    pub failed: u64,
    /// The newest rotation of a secret that was done.
    pub last_rotation: Option<Rotation>,
    actors: Counts,
}

/// A rotation: when, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// When.
    pub time: Timestamp,
    /// `env:/folder/NAME`.
    pub address: Option<String>,
}

impl Totals {
    /// Counts a row.
    pub fn count(&mut self, row: &Row) {
        let event = &row.entry().event;
        self.events = self.events.saturating_add(1);
        if !event.is_done() {
            self.failed = self.failed.saturating_add(1);
        }
        self.actors.add(row.entry().actor());
        if event.action == Action::Rotate && event.is_done() {
            self.rotated(Rotation {
                time: Timestamp::clamped(event.time),
                address: row.address(),
            });
        }
    }

    /// Adds the counts of another log.
    pub fn add(&mut self, other: Totals) {
        self.events = self.events.saturating_add(other.events);
        self.failed = self.failed.saturating_add(other.failed);
        self.actors.merge(other.actors);
        if let Some(rotation) = other.last_rotation {
            self.rotated(rotation);
        }
    }

    fn rotated(&mut self, rotation: Rotation) {
        let last = self.last_rotation.as_ref();
        if last.is_none_or(|last| last.time <= rotation.time) {
            self.last_rotation = Some(rotation);
        }
    }

    /// Who is named most often; of several, the first by bytes.
    pub fn most_frequent_actor(&self) -> Option<&str> {
        self.actors.ranked().find_map(|(actor, _)| actor)
    }

    /// The object `totals` of the JSON.
    pub fn object(&self) -> Value {
        let rotation = self.last_rotation.as_ref();
        json!({
            "events": self.events,
            "failed": self.failed,
            "most_frequent_actor": self.most_frequent_actor(),
            "last_rotation": rotation.map(|rotation| rotation.time.to_string()),
        })
    }

    /// The closing lines of a list. They hold foreign text and are not escaped.
    pub fn lines(&self, others: &[Anchor], now: Timestamp) -> Vec<String> {
        let events = match self.events {
            0 => "no event".to_owned(),
            1 => "1 event".to_owned(),
            n => format!("{n} events"),
        };
        let mut parts = vec![events];
        if self.events > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        if let Some(actor) = self.most_frequent_actor() {
            parts.push(format!("most frequent actor: {actor}"));
        }
        match &self.last_rotation {
            None if self.events == 0 => {}
            None => parts.push("no rotation".to_owned()),
            Some(Rotation { time, address }) => {
                let of = address.as_ref().map(|address| format!(" ({address})"));
                let when = time.relative(now);
                parts.push(format!("last rotation: {when}{}", of.unwrap_or_default()));
            }
        }
        let mut lines = vec![parts.join(", ")];
        lines.extend(others.iter().map(|anchor| {
            let chain = anchor.chain.text();
            let entries = match anchor.entries {
                1 => "1 entry".to_owned(),
                n => format!("{n} entries"),
            };
            format!("the log of another device is not here: chain {chain}, {entries}")
        }));
        lines
    }
}

/// The array `other_devices` of the JSON.
pub(super) fn devices(others: &[Anchor]) -> Value {
    let object = |anchor: &Anchor| json!({"chain": anchor.chain.text(), "entries": anchor.entries});
    others.iter().map(object).collect()
}

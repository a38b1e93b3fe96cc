//! Which secrets are read: how often, by whom, from where.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::audit::Action;
use crate::time::Timestamp;

use super::counts::Counts;
use super::table::{NONE, moment};
use super::{Entry, Filter, SCHEMA_VERSION};

/// What stands above the rows on a terminal.
pub const USAGE_HEADER: [&str; 5] = ["ADDRESS", "READS", "LAST READ", "BY", "FROM"];

/// How many actors and sources a person sees for a secret.
const MAX_SHOWN: usize = 3;

/// The reads of every secret; attempts that failed are none.
///
/// Its size is that of the secrets times those who read them, not of the log.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    filter: Filter,
    secrets: BTreeMap<(Option<String>, String), Reads>,
}

/// The reads of one secret.
#[derive(Debug, Clone, Default)]
struct Reads {
    count: u64,
    last: u64,
    actors: Counts,
    sources: Counts,
}

impl Usage {
    /// Nothing yet; later the reads that a filter wants.
    pub fn new(filter: Filter) -> Self {
        Usage {
            filter: Filter {
                actions: vec![Action::Read],
                ..filter
            },
            secrets: BTreeMap::new(),
        }
    }

    /// Counts an entry of a log.
    pub fn add(&mut self, entry: Entry) {
        if !entry.event.is_done() {
            return;
        }
        for row in self.filter.rows(entry) {
            let Some(path) = row.path() else { continue };
            let entry = row.entry();
            let key = (entry.event.env.clone(), path.to_owned());
            let reads = self.secrets.entry(key).or_default();
            reads.count = reads.count.saturating_add(1);
            reads.last = reads.last.max(entry.event.time);
            reads.actors.add(entry.actor());
            reads.sources.add(entry.origin().as_deref());
        }
    }

    /// The object of `audit usage --json`, by environment, then by path. An
    /// actor or a source that the log does not know is `null`.
    pub fn object(&self) -> Value {
        let counts = |counts: &Counts| {
            let object = |(name, count)| json!({"name": name, "count": count});
            counts.ranked().map(object).collect::<Value>()
        };
        let usage = |((env, path), reads): (&(Option<String>, String), &Reads)| {
            json!({
                "path": path,
                "environment": env,
                "reads": reads.count,
                "last_read": Timestamp::clamped(reads.last).to_string(),
                "actors": counts(&reads.actors),
                "sources": counts(&reads.sources),
            })
        };
        let usage: Value = self.secrets.iter().map(usage).collect();
        json!({"schema_version": SCHEMA_VERSION, "usage": usage})
    }

    /// The cells under [`USAGE_HEADER`], not escaped: with `now` for a person,
    /// who sees relative times and the most frequent names alone.
    pub fn rows(&self, now: Option<Timestamp>) -> Vec<Vec<String>> {
        let row = |((env, path), reads): (&(Option<String>, String), &Reads)| {
            let env = env.as_ref().map(|env| format!("{env}:"));
            let shown = now.map_or(usize::MAX, |_| MAX_SHOWN);
            vec![
                env.unwrap_or_default() + path,
                reads.count.to_string(),
                moment(Timestamp::clamped(reads.last), now),
                listed(&reads.actors, shown),
                listed(&reads.sources, shown),
            ]
        };
        self.secrets.iter().map(row).collect()
    }
}

/// `rui (12); deploy (3); 2 more`.
fn listed(counts: &Counts, shown: usize) -> String {
    let name = |(name, count): (Option<&str>, u64)| format!("{} ({count})", name.unwrap_or(NONE));
    let mut names: Vec<String> = counts.ranked().map(name).collect();
    if let Some(more @ 1..) = names.len().checked_sub(shown) {
        names.truncate(shown);
        names.push(format!("{more} more"));
    }
    names.join("; ")
}

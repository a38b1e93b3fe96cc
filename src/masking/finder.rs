//! Finds the first bytes of many patterns at once.

use aho_corasick::Span;
use aho_corasick::packed::{Config, MatchKind, Searcher};

/// Most patterns that a vector search takes.
const MOST_AT_ONCE: usize = 128;

/// Searches for all starts; each takes as many as it can.
///
/// A search compares 16 or 32 places at a time (Teddy, of Hyperscan), and some
/// of those are several times as fast as one automaton for thousands.
#[derive(Default)]
pub(super) struct Finder(Vec<Searcher>);

/// A walk through bytes, forwards.
pub(super) struct Scan<'p> {
    bytes: &'p [u8],
    /// Each search with its next find; none is found any more.
    searches: Vec<(&'p Searcher, Option<usize>)>,
}

impl Finder {
    /// Of starts in order, each once and of the same length.
    pub(super) fn new(starts: &[&[u8]]) -> Self {
        let search = |starts: &[&[u8]]| {
            let mut config = Config::new();
            config
                .match_kind(MatchKind::LeftmostFirst)
                .heuristic_pattern_limits(false);
            let vector = config.builder().extend(starts).build();
            // A machine without such vectors.
            vector.or_else(|| {
                config
                    .only_rabin_karp(true)
                    .builder()
                    .extend(starts)
                    .build()
            })
        };
        Finder(starts.chunks(MOST_AT_ONCE).filter_map(search).collect())
    }

    /// A walk through `bytes`.
    pub(super) fn scan<'p>(&'p self, bytes: &'p [u8]) -> Scan<'p> {
        let from_the_start = |searcher| (searcher, find(searcher, bytes, 0));
        Scan {
            bytes,
            searches: self.0.iter().map(from_the_start).collect(),
        }
    }
}

impl Scan<'_> {
    /// The first place, not before `from`, where a start stands; `from` only grows.
    pub(super) fn next(&mut self, from: usize) -> Option<usize> {
        for (searcher, next) in &mut self.searches {
            if next.is_some_and(|at| at < from) {
                *next = find(searcher, self.bytes, from);
            }
        }
        self.searches.iter().filter_map(|(_, next)| *next).min()
    }
}

fn find(searcher: &Searcher, bytes: &[u8], from: usize) -> Option<usize> {
    let span = Span {
        start: from.min(bytes.len()),
        end: bytes.len(),
    };
    Some(searcher.find_in(bytes, span)?.start())
}

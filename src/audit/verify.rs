//! The strict verification of a whole log.
//!
//! Without keys it checks the hash chain, the state and the anchors of the
//! vault; with the log key of a chain's slot every MAC too. A chain that
//! followed another one without the vault's keys has its key from the first of
//! them, through every entry between, whether their lines are still there or
//! not. One finding ends the verification of its chain, not of the log.

mod anchors;
mod keys;
mod report;

use super::event::{ChainStart, Event};
use super::json::Kind;
use super::line::{Fault, Line, pieces};
use super::log::Content;
use super::verifier::Verifier;
use crate::crypto::{ChainKey, Hash, equal};
use crate::vault::{Anchor, ChainId};
use keys::Keys;

pub use report::{BadLine, ChainReport, Evidence, Finding, Report, Tell, events};

/// Verifies a log. Nothing is written, and no sentence holds foreign text.
pub fn verify(content: &Content, evidence: &Evidence<'_>) -> Report {
    verify_watched(content, evidence, &mut |_, _| {})
}

/// [`verify`], telling how many bytes of the log are done, and of how many.
pub fn verify_watched(content: &Content, evidence: &Evidence<'_>, tell: Tell<'_>) -> Report {
    let (mut read, size) = (0, content.log.len() as u64);
    let mut walk = Walk {
        content,
        evidence,
        keys: Keys::new(evidence),
        chains: Vec::new(),
        current: None,
        settled: Vec::new(),
        span: None,
        findings: Vec::new(),
    };
    for (number, piece) in (1..).zip(pieces(&content.log)) {
        walk.piece(number, piece);
        read += piece.len() as u64;
        tell(read, size);
    }
    walk.end_chain();
    let (expected, elsewhere) = anchors::check(&mut walk);
    let report = |chain: &Chain| ChainReport {
        chain: chain.start.chain,
        device: chain.start.device,
        slot: chain.start.slot,
        entries: chain.len(),
        keyed: chain.keyed,
    };
    Report {
        chains: walk.chains.iter().map(report).collect(),
        entries: walk.chains.iter().map(Chain::len).sum(),
        span: walk.span,
        findings: walk.findings,
        accepted: walk.settled.len() as u64,
        expected,
        elsewhere,
    }
}

/// A chain that was found in the log.
struct Chain {
    start: ChainStart,
    /// Line of its first entry, from 1.
    line: u64,
    /// The hash of each verified entry.
    hashes: Vec<Hash>,
    keyed: bool,
    /// Whether something is wrong with one of its entries.
    bad: bool,
    /// What its entry 1 says of the chain before.
    gap: Option<Gap>,
}

impl Chain {
    fn len(&self) -> u64 {
        self.hashes.len() as u64
    }

    /// Its head, if it has an entry.
    fn head(&self) -> Option<Anchor> {
        self.hashes.last().map(|hash| Anchor {
            chain: self.start.chain,
            entries: self.len(),
            hash: *hash,
        })
    }
}

/// What a `gap` says.
enum Gap {
    /// So many lines were left of the chain before.
    Left(u64),
    /// The state was lost, and the log ended with this.
    StateLost(Anchor),
}

impl Gap {
    fn of(event: &Event) -> Option<Self> {
        match event.data.as_ref()?.get("left")? {
            serde_json::Value::String(text) => Anchor::parse(text).map(Gap::StateLost),
            other => other.as_u64().map(Gap::Left),
        }
    }
}

/// The verification of a log while it goes on.
struct Walk<'a> {
    content: &'a Content,
    evidence: &'a Evidence<'a>,
    keys: Keys<'a>,
    chains: Vec<Chain>,
    /// The chain that the last line belongs to; `None` behind a bad line.
    current: Option<Verifier>,
    /// What was accepted as lost, and the line that says so.
    settled: Vec<(u64, Anchor)>,
    span: Option<(u64, u64)>,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    fn piece(&mut self, number: u64, piece: &[u8]) {
        let Some(line) = piece.strip_suffix(b"\n") else {
            return self.torn(number);
        };
        let line = Line::parse(line);
        if let Ok(line) = &line
            && line.index == 0
            && line.mark.kind == Kind::Chain
            && let Some(start) = Event::parse(line.raw).and_then(|event| event.start)
            && !self.has(&start.chain)
        {
            self.end_chain();
            self.begin_chain(start, number);
        }
        self.at_state();
        let Some(verifier) = &mut self.current else {
            // Behind a bad line: of its chain no more is said. Before any chain: once.
            if self.chains.is_empty() && self.findings.is_empty() {
                let fault = line.err().unwrap_or(Fault::Index);
                self.bad_line(number, 0, fault);
            }
            return;
        };
        let index = verifier.next();
        match line.and_then(|line| verifier.take_line(&line).map(|()| line)) {
            Ok(line) => self.taken(&line),
            Err(fault) => {
                self.current = None;
                self.bad_line(number, index, fault);
            }
        }
    }

    /// A last line without its line feed; the next append cuts it off.
    fn torn(&mut self, number: u64) {
        let index = self.current.as_ref().map(Verifier::next);
        let chain = self.chains.last().filter(|_| index.is_some());
        self.findings.push(Finding {
            line: Some(number),
            chain: chain.map(|chain| chain.start.chain),
            index,
            what: match index {
                Some(index) => format!("entry {index}: {}", Fault::Torn),
                None => format!("line {number}: {}", Fault::Torn),
            },
            lost: None,
        });
    }

    fn has(&self, chain: &ChainId) -> bool {
        self.chains.iter().any(|seen| seen.start.chain == *chain)
    }

    fn begin_chain(&mut self, start: ChainStart, number: u64) {
        let key = self.keys.first(&start);
        let keyed = matches!(key, Ok(Some(_)));
        if let Err(what) = &key {
            self.findings.push(Finding {
                line: Some(number),
                chain: Some(start.chain),
                index: Some(0),
                what: (*what).to_owned(),
                lost: None,
            });
        }
        self.current = Some(Verifier::begin(&start, key.ok().flatten()));
        let foreign = start.vault != self.evidence.vault;
        self.chains.push(Chain {
            start,
            line: number,
            hashes: Vec::new(),
            keyed,
            bad: false,
            gap: None,
        });
        if foreign {
            self.current = None;
            self.finding(number, 0, "entry 0: of another vault".to_owned());
        }
    }

    /// Takes the verifier of the last chain away and keeps its key.
    fn end_chain(&mut self) {
        self.at_state();
        if let (Some(verifier), Some(chain)) = (self.current.take(), self.chains.last()) {
            self.keys.keep(chain.start.chain, verifier, chain.keyed);
        }
    }

    /// Where the state was written: its key is the next one, and what follows
    /// was written with it.
    fn at_state(&mut self) {
        let (Some(verifier), Some(state), Some(chain)) = (
            &mut self.current,
            &self.content.state,
            self.chains.last_mut(),
        ) else {
            return;
        };
        if chain.start.chain != state.start.chain || verifier.next() != state.next {
            return;
        }
        let line = chain.line + state.next;
        match verifier.key() {
            None => {
                if let Some(key) = ChainKey::read(state.key.bytes()) {
                    verifier.set_key(key);
                }
            }
            Some(key) if !equal(key.bytes(), state.key.bytes()) => {
                let index = state.next;
                self.current = None;
                let what = format!("entry {index}: its key in the state is another one");
                self.finding(line, index, what);
            }
            Some(_) => {}
        }
    }

    fn taken(&mut self, line: &Line<'_>) {
        let time = line.mark.time;
        self.span = Some(match self.span {
            None => (time, time),
            Some((first, _)) => (first, time),
        });
        let Some(chain) = self.chains.last_mut() else {
            return;
        };
        chain.hashes.push(line.hash);
        if line.mark.kind != Kind::Gap {
            return;
        }
        let Some(event) = Event::parse(line.raw) else {
            return;
        };
        if event.verb.as_deref() == Some("accept-loss") {
            let lost = event.data.as_ref().and_then(|data| data.get("lost"));
            let lost = lost.and_then(|lost| lost.as_array()).into_iter().flatten();
            let lost = lost.filter_map(|text| Anchor::parse(text.as_str()?));
            let at = chain.line + line.index;
            self.settled.extend(lost.map(|anchor| (at, anchor)));
        } else if line.index == 1 {
            chain.gap = Gap::of(&event);
        } else {
            let (number, index) = (chain.line + line.index, line.index);
            self.current = None;
            let what = format!("entry {index}: a gap that is not the second entry of its chain");
            self.finding(number, index, what);
        }
    }

    fn bad_line(&mut self, number: u64, index: u64, fault: Fault) {
        self.finding(number, index, format!("entry {index}: {fault}"));
    }

    /// Something about an entry of the last chain.
    fn finding(&mut self, line: u64, index: u64, what: String) {
        let chain = self.chains.last_mut();
        self.findings.push(Finding {
            line: Some(line),
            chain: chain.map(|chain| {
                chain.bad = true;
                chain.start.chain
            }),
            index: Some(index),
            what,
            lost: None,
        });
    }
}

#[cfg(test)]
mod tests;

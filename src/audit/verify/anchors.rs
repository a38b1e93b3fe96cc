//! What must be in a log: by the chains themselves, the state, the vault and the pin.

use super::{Chain, Finding, Gap, Walk};
use crate::crypto::Hash;
use crate::order;
use crate::vault::{Anchor, ChainId};

/// Who says how far a chain was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The pin: it began here.
    Pin,
    /// A chain that follows it.
    Follower,
    /// The state.
    State,
    /// A seal of the vault.
    Vault,
}

/// Adds what is missing to the findings; returns how far each chain of this
/// machine was, and the anchors of other machines.
pub(super) fn check(walk: &mut Walk<'_>) -> (Vec<Anchor>, Vec<Anchor>) {
    let mut findings = gaps(walk);
    state(walk, &mut findings);
    let (named, elsewhere) = named(walk);
    let heads = walk.chains.iter().filter_map(Chain::head);
    let mut expected: Vec<Anchor> = named.iter().map(|(_, a)| a.clone()).chain(heads).collect();
    greatest(&mut expected);
    for (by, anchor) in named {
        // One finding for a loss: the first names the greatest number of entries.
        let lost = |f: &Finding| f.lost.as_ref().is_some_and(|lost| covers(lost, &anchor));
        if !findings.iter().any(lost) && !settles(walk, 0, &anchor) {
            findings.extend(missing(&walk.chains, by, anchor));
        }
    }
    walk.findings.append(&mut findings);
    order::sort_by_key(&mut walk.findings, |finding| {
        finding.line.unwrap_or(u64::MAX)
    });
    (expected, elsewhere)
}

/// Whether the loss of an anchor was accepted below this line. A gap is settled
/// by what stands below it alone: nobody accepts a loss before there is one.
fn settles(walk: &Walk<'_>, line: u64, anchor: &Anchor) -> bool {
    let mut below = walk.settled.iter().filter(|(at, _)| *at > line);
    below.any(|(_, settled)| covers(settled, anchor))
}

/// Leaves the greatest anchor of each chain.
fn greatest(anchors: &mut Vec<Anchor>) {
    order::sort_by_key(anchors, |anchor| {
        (anchor.chain, std::cmp::Reverse(anchor.entries))
    });
    anchors.dedup_by_key(|anchor| anchor.chain);
}

/// Whether the loss of one is the loss of the other, too.
fn covers(one: &Anchor, other: &Anchor) -> bool {
    one.chain == other.chain && one.entries >= other.entries
}

/// The joints between the chains of the file.
fn gaps(walk: &Walk<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut before: Option<&Chain> = None;
    for chain in &walk.chains {
        if !chain.bad {
            findings.extend(joint(walk, before, chain));
        }
        before = Some(chain);
    }
    findings
}

/// What is wrong between a chain and the one before it in the file.
fn joint(walk: &Walk<'_>, before: Option<&Chain>, chain: &Chain) -> Option<Finding> {
    let finding = |what: String, lost: Option<Anchor>| {
        Some(Finding {
            line: Some(chain.line + 1),
            chain: Some(chain.start.chain),
            index: Some(1),
            what: format!("entry 1: {what}"),
            lost,
        })
    };
    let open = |anchor: &Anchor| !settles(walk, chain.line, anchor);
    match (chain.start.previous.last(), &chain.gap) {
        (None, None) if before.is_none() => None,
        // A write that was cut behind the first entry; the next append goes on.
        (_, None) if chain.len() == 1 => None,
        (_, None) | (None, Some(Gap::Left(_))) | (Some(_), Some(Gap::StateLost(_))) => {
            finding("no gap, where one belongs".to_owned(), None)
        }
        (None, Some(Gap::StateLost(left))) => {
            let head = before.filter(|before| !before.bad).and_then(Chain::head);
            match (before, head) {
                (Some(before), _) if before.bad => None,
                (_, Some(head)) if head == *left => {
                    let what = "gap: the state was lost, and entries before it may be";
                    if open(left) {
                        finding(what.to_owned(), Some(left.clone()))
                    } else {
                        None
                    }
                }
                _ => finding(
                    format!("{} entries were left before it, and are not", left.entries),
                    Some(left.clone()).filter(open),
                ),
            }
        }
        (Some(head), Some(Gap::Left(left))) => {
            let here = walk.chains.iter().find(|c| c.start.chain == head.chain);
            let found = here.map_or(0, Chain::len);
            if here.is_some_and(|here| here.bad) {
                return None;
            }
            if found != *left {
                let what =
                    format!("{left} entries of the chain before were left, {found} are here");
                return finding(what, None);
            }
            let apart = found > 0 && before.is_none_or(|b| b.start.chain != head.chain);
            if apart {
                return finding("another chain stands before it".to_owned(), None);
            }
            if open(head) {
                let what = format!("gap: {left} of {} entries were left", head.entries);
                return finding(what, Some(head.clone()));
            }
            None
        }
    }
}

/// Whether the state belongs to the end of the log.
fn state(walk: &Walk<'_>, findings: &mut Vec<Finding>) {
    let last = walk.chains.last();
    let mut finding = |what: &str, lost: Option<Anchor>| {
        findings.push(Finding {
            line: None,
            chain: last.map(|chain| chain.start.chain),
            index: None,
            what: what.to_owned(),
            lost,
        });
    };
    let Some(state) = &walk.content.state else {
        if let Some(last) = last.filter(|last| !last.bad) {
            let what = "the state is missing, and entries at the end of the log may be";
            finding(what, last.head());
        }
        return;
    };
    if state.start.vault != walk.evidence.vault {
        return finding("the state is of another vault", None);
    }
    let ends = last.is_none_or(|last| last.start.chain == state.start.chain);
    if !ends
        && walk
            .chains
            .iter()
            .any(|c| c.start.chain == state.start.chain)
    {
        finding(
            "a chain that the state does not know stands at the end",
            None,
        );
    }
}

/// Every chain that must be here, the greatest number of entries first; and
/// the anchors of chains that are nothing to this machine.
fn named(walk: &Walk<'_>) -> (Vec<(By, Anchor)>, Vec<Anchor>) {
    let mut named: Vec<(By, Anchor)> = Vec::new();
    let state = walk.content.state.as_ref();
    named.extend(
        state
            .and_then(|state| state.position())
            .map(|a| (By::State, a)),
    );
    let starts = walk.chains.iter().map(|chain| &chain.start);
    for start in starts.chain(state.map(|state| &state.start)) {
        named.extend(start.previous.iter().map(|a| (By::Follower, a.clone())));
    }
    let ours = |chain: &ChainId| {
        let ids = named.iter().map(|(_, anchor)| &anchor.chain);
        ids.chain(walk.evidence.began).any(|id| id == chain)
            || walk.chains.iter().any(|c| c.start.chain == *chain)
            || walk
                .settled
                .iter()
                .any(|(_, anchor)| anchor.chain == *chain)
    };
    let (here, mut elsewhere): (Vec<Anchor>, Vec<Anchor>) = walk
        .evidence
        .anchors
        .iter()
        .cloned()
        .partition(|anchor| ours(&anchor.chain));
    named.extend(here.into_iter().map(|anchor| (By::Vault, anchor)));
    // Nobody knows how long it was; one entry stands for it.
    named.extend(walk.evidence.began.iter().map(|chain| {
        let anchor = Anchor {
            chain: *chain,
            entries: 1,
            hash: Hash::default(),
        };
        (By::Pin, anchor)
    }));
    order::sort_by_key(&mut named, |(_, anchor)| std::cmp::Reverse(anchor.entries));
    greatest(&mut elsewhere);
    (named, elsewhere)
}

/// What is wrong with an anchored chain.
fn missing(chains: &[Chain], by: By, anchor: Anchor) -> Option<Finding> {
    let Anchor {
        chain,
        entries,
        hash,
    } = &anchor;
    let here = chains.iter().find(|here| here.start.chain == *chain);
    let name = chain.text();
    let last = entries.checked_sub(1)?;
    let of_entry = |here: &Chain| here.hashes.get(usize::try_from(last).ok()?).copied();
    let (line, index, what) = match here {
        // One finding for a chain.
        Some(here) if here.bad => return None,
        None => {
            let what = match by {
                By::Pin => format!("chain {name}, begun on this machine, is missing"),
                By::Vault => format!("chain {name}, anchored at {entries} entries, is missing"),
                By::Follower | By::State => {
                    format!("chain {name}, which had {entries} entries, is missing")
                }
            };
            (None, None, what)
        }
        Some(here) => match of_entry(here) {
            Some(_) if by == By::Pin => return None,
            Some(found) if found == *hash => return None,
            Some(_) => {
                let who = match by {
                    By::Follower => "that a later chain names",
                    By::State => "that the state names",
                    By::Pin | By::Vault => "that the vault anchors",
                };
                let what = format!("entry {last}: not the one {who}");
                (Some(here.line + last), Some(last), what)
            }
            None => {
                let who = match by {
                    By::Follower => "a later chain names",
                    By::State => "the state knows",
                    By::Pin | By::Vault => "the vault anchors",
                };
                let what = format!("truncated: {who} {entries} entries");
                (Some(here.line + here.len()), Some(here.len()), what)
            }
        },
    };
    Some(Finding {
        line,
        chain: Some(*chain),
        index,
        what,
        lost: Some(anchor),
    })
}

use super::{Evidence, Finding, Report, verify};
use crate::audit::line::{Fault, Line, entry_hash, pieces};
use crate::audit::state::State;
use crate::audit::tests::{
    CHAIN, DEVICE, SLOT, Sample, VAULT, join, key_of, reading, report, sentences,
};
use crate::audit::{Content, Event, Verifier};
use crate::crypto::ChainKey;
use crate::vault::{Anchor, ChainId, VaultId};

const NEXT: ChainId = ChainId([5; 16]);
const ENTRIES: u64 = 300;

fn first_key() -> ChainKey {
    key_of(&SLOT).chain_key(&VAULT.0, &DEVICE.0, &CHAIN.0)
}

/// The index and line of the first finding.
fn place(report: &Report) -> (u64, u64) {
    let finding = &report.findings[0];
    (finding.index.unwrap(), finding.line.unwrap())
}

#[test]
fn a_sound_log_has_no_finding_with_keys_or_without() {
    let sample = Sample::of(ENTRIES);
    for keyed in [false, true] {
        let report = report(&sample.content(), keyed, &[sample.head()]);
        assert_eq!(report.findings, []);
        assert_eq!(report.entries, ENTRIES);
        assert_eq!(report.chains.len(), 1);
        assert_eq!(report.chains[0].keyed, keyed);
        let span = report.span.unwrap();
        assert_eq!(span.1 - span.0, ENTRIES - 1);
    }
    let events = super::events(&sample.log).map(Result::unwrap);
    assert_eq!(events.filter(Event::is_done).count() as u64, ENTRIES);
}

/// Node's crypto computed these lines, the key behind them and nothing else.
#[test]
fn a_log_has_the_bytes_that_another_program_computes() {
    let mut sample = Sample::of(2);
    sample.follow(NEXT, 2, 2);
    let text = String::from_utf8(sample.log.clone()).unwrap();
    let second = r#"{"e":{"i":1,"t":1767225601,"a":"read","env":"production","names":[["/db/PASSWORD_1",1]],"verb":"get","user":"deploy"},"h":"fSTPKSKzke/8jNcil/R5oYelRHUJUaiDZD8223KblSY","m":"2jIJeuwf+B03i7JJiBIhGZDMOGz+RPd3X153fPbljCU"}"#;
    assert_eq!(text.lines().nth(1), Some(second));
    let sum = data_encoding::HEXLOWER.encode(&crate::crypto::sha256(&sample.log));
    assert_eq!(
        sum,
        "37bb69bf3b48a3b4649bf26951cfead17d97f5513e9f499de61dbd3d014b2c2f"
    );
    let key = data_encoding::HEXLOWER.encode(sample.state.key.bytes());
    assert_eq!(
        key,
        "87e5372b09608178f15a2441e5bf52fa66b01602008ac45ab87843c762f08267"
    );
}

#[test]
fn every_flip_of_every_byte_is_found_at_its_entry() {
    let sample = Sample::of(ENTRIES);
    let key = key_of(&SLOT);
    let start = sample.state.start.clone();
    let first = key.chain_key(&VAULT.0, &DEVICE.0, &CHAIN.0);
    let mut verifier = Verifier::begin(&start, Some(first));
    let mut flips = 0_u64;
    for line in sample.lines() {
        let line = line.strip_suffix(b"\n").unwrap();
        let mut other = line.to_vec();
        for at in 0..line.len() {
            // Every bit, and so every other kind of character once.
            for bit in 0..8 {
                other[at] ^= 1 << bit;
                assert!(
                    verifier.check(&other).is_err(),
                    "entry {} byte {at}",
                    verifier.next()
                );
                other[at] ^= 1 << bit;
                flips += 1;
            }
        }
        verifier.take(line).unwrap();
    }
    assert_eq!(verifier.next(), ENTRIES);
    assert_eq!(flips, 8 * (sample.log.len() as u64 - ENTRIES));
}

#[test]
fn a_flip_in_the_file_is_reported_at_its_line_and_only_there() {
    let sample = Sample::of(6);
    let mut line = 0;
    for at in 0..sample.log.len() {
        let mut log = sample.log.clone();
        for bit in 0..8 {
            log[at] ^= 1 << bit;
            let report = report(&sample.content_of(log.clone()), true, &[]);
            assert_eq!(place(&report), (line, line + 1), "byte {at}: {report:?}");
            log[at] ^= 1 << bit;
        }
        if log[at] == b'\n' {
            line += 1;
        }
    }
}

#[test]
fn what_is_removed_doubled_swapped_or_put_in_is_found_at_its_entry() {
    let sample = Sample::of(ENTRIES);
    let lines = sample.lines();
    let mut other = Sample::begin(ChainId([9; 16]));
    (1..ENTRIES).for_each(|number| other.add(reading(number)));
    let others = other.lines();
    for keyed in [false, true] {
        let check = |what: &str, at: usize, lines: Vec<Vec<u8>>| {
            let content = sample.content_of(join(&lines));
            let report = report(&content, keyed, &[]);
            let found = place(&report);
            assert_eq!(found, (at as u64, at as u64 + 1), "{what} {at}: {report:?}");
            if ["removed", "doubled", "swapped"].contains(&what) && at < lines.len() {
                let sentence = format!("entry {at}: index gap");
                assert_eq!(report.findings[0].what, sentence, "{what}");
            }
        };
        for at in 0..lines.len() {
            let mut removed = lines.clone();
            removed.remove(at);
            check("removed", at, removed);
            let mut doubled = lines.clone();
            doubled.insert(at, lines[at].clone());
            check("doubled", at + 1, doubled);
            if at + 1 < lines.len() {
                let mut swapped = lines.clone();
                swapped.swap(at, at + 1);
                check("swapped", at, swapped);
            }
            if at > 0 {
                let mut put_in = lines.clone();
                put_in.insert(at, others[at].clone());
                check("put in", at, put_in);
                let mut replaced = lines.clone();
                replaced[at] = others[at].clone();
                check("replaced", at, replaced);
            }
        }
    }
}

#[test]
fn every_cut_is_found_at_the_entry_where_the_log_ends() {
    let sample = Sample::of(ENTRIES);
    let key = |_: &_| None;
    let evidence = Evidence {
        vault: VAULT,
        key_of: &key,
        anchors: &[],
        began: &[],
    };
    let ends: Vec<usize> = sample
        .lines()
        .iter()
        .scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        })
        .collect();
    let mut cuts: Vec<usize> = ends
        .iter()
        .flat_map(|end| [end - 1, *end, end + 1, end + 40])
        .collect();
    cuts.retain(|cut| *cut < sample.log.len());
    cuts.extend([0, 1, 100]);
    for cut in cuts {
        let whole = ends.iter().filter(|end| **end <= cut).count() as u64;
        let report = verify(&sample.content_of(sample.log[..cut].to_vec()), &evidence);
        let truncated = report.findings.last().unwrap();
        assert_eq!(truncated.lost.as_ref(), Some(&sample.head()), "{cut}");
        if whole > 0 {
            assert_eq!(truncated.what, "truncated: the state knows 300 entries");
            assert_eq!(place(&report), (whole, whole + 1), "{cut}");
        } else {
            assert_eq!(
                truncated.what,
                "chain BAQEBAQEBAQEBAQEBAQEBA, which had 300 entries, is missing"
            );
        }
    }
}

#[test]
fn a_tail_that_is_cut_with_its_state_is_found_below_the_vaults_anchor() {
    let sample = Sample::of(10);
    let anchor = sample.head();
    let before = Sample::of(7);
    let missing = |content: &Content| report(content, true, std::slice::from_ref(&anchor));
    let found = missing(&before.content());
    assert_eq!(
        sentences(&found),
        ["truncated: the vault anchors 10 entries"]
    );
    assert_eq!(found.findings[0].lost, Some(anchor.clone()));
    assert_eq!(place(&found), (7, 8));
    // An earlier anchor is no excuse for a log that was written anew.
    let mut anew = Sample::begin(CHAIN);
    (1..20).for_each(|number| anew.add(reading(number + 1)));
    let found = missing(&anew.content());
    assert_eq!(
        sentences(&found),
        ["entry 9: not the one that the vault anchors"]
    );
}

#[test]
fn chains_of_this_machine_are_missed_and_others_are_elsewhere() {
    let gone = Sample::of(10).head();
    let anchor = Anchor {
        entries: 4,
        ..gone.clone()
    };
    let key = |_: &_| None;
    let with = |began: &[ChainId], anchors: &[Anchor]| {
        let evidence = Evidence {
            vault: VAULT,
            key_of: &key,
            anchors,
            began,
        };
        verify(&Content::default(), &evidence)
    };
    let both = [anchor.clone(), gone.clone()];
    let elsewhere = with(&[], &both);
    assert_eq!(
        (elsewhere.findings.len(), &elsewhere.elsewhere[..]),
        (0, std::slice::from_ref(&gone))
    );
    let missing = with(&[CHAIN], &both);
    assert_eq!(
        sentences(&missing),
        ["chain BAQEBAQEBAQEBAQEBAQEBA, anchored at 10 entries, is missing"]
    );
    assert_eq!(
        (&missing.findings[0].lost, missing.elsewhere.len()),
        (&Some(gone), 0)
    );
    let begun = with(&[CHAIN], &[]);
    assert_eq!(
        sentences(&begun),
        ["chain BAQEBAQEBAQEBAQEBAQEBA, begun on this machine, is missing"]
    );
    let mut next = Sample::begin(NEXT);
    next.accept(&[begun.findings[0].lost.clone().unwrap()]);
    let evidence = Evidence {
        vault: VAULT,
        key_of: &key,
        anchors: &[],
        began: &[CHAIN, NEXT],
    };
    assert_eq!(verify(&next.content(), &evidence).findings, []);
}

#[test]
fn a_gap_is_a_finding_until_its_loss_is_accepted_and_its_count_holds_for_ever() {
    let mut sample = Sample::of(10);
    let whole = sample.lines();
    let head = sample.head();
    sample.follow(NEXT, 6, 6);
    for keyed in [false, true] {
        let report = report(&sample.content(), keyed, &[]);
        assert_eq!(
            sentences(&report),
            ["entry 1: gap: 6 of 10 entries were left"]
        );
        assert_eq!(report.findings[0].lost.as_ref(), Some(&head));
        assert_eq!(place(&report), (1, 8));
        assert!(report.chains.iter().all(|chain| chain.keyed == keyed));
    }
    sample.accept(std::slice::from_ref(&head));
    assert_eq!(
        report(&sample.content(), true, std::slice::from_ref(&head)).findings,
        []
    );
    let earlier = Anchor {
        entries: 8,
        ..head.clone()
    };
    assert_eq!(report(&sample.content(), true, &[earlier]).findings, []);
    let later = Anchor {
        entries: 11,
        ..head
    };
    assert_eq!(
        sentences(&report(&sample.content(), true, &[later])),
        ["truncated: the vault anchors 11 entries"]
    );
    let lines = sample.lines();
    for left in [0, 5, 7, 10] {
        let log = join(&[&whole[..left], &lines[6..]].concat());
        let report = report(&sample.content_of(log), true, &[]);
        let what = format!("entry 1: 6 entries of the chain before were left, {left} are here");
        assert_eq!(sentences(&report), [what]);
    }
}

#[test]
fn no_loss_is_accepted_before_there_is_one() {
    let mut sample = Sample::of(10);
    let ahead = Anchor {
        entries: 99,
        ..sample.head()
    };
    sample.accept(&[ahead]);
    sample.add(reading(11));
    sample.add(reading(12));
    sample.follow(NEXT, 12, 12);
    for keyed in [false, true] {
        assert_eq!(
            sentences(&report(&sample.content(), keyed, &[])),
            ["entry 1: gap: 12 of 13 entries were left"]
        );
    }
}

#[test]
fn a_following_chain_has_its_key_from_entries_that_are_gone() {
    let mut sample = Sample::of(10);
    sample.follow(NEXT, 4, 4);
    let head = sample.head();
    sample.follow(ChainId([6; 16]), 0, 0);
    let report = report(&sample.content(), true, &[]);
    assert_eq!(report.chains.len(), 1);
    assert!(report.chains[0].keyed);
    assert_eq!(report.findings.len(), 2);
    assert_eq!(report.findings[0].lost, Some(head));
    // The same with a MAC of another key.
    let mut log = sample.log.clone();
    let at = log.len() - 10;
    log[at] = if log[at] == b'A' { b'B' } else { b'A' };
    let other = crate::audit::tests::report(&sample.content_of(log), true, &[]);
    assert_eq!(other.findings[0].what, "entry 1: its MAC does not fit");
}

#[test]
fn a_log_cannot_ask_for_an_hour_of_keys() {
    let mut sample = Sample::of(3);
    sample.state.next = 1 << 50;
    sample.follow(NEXT, 3, 3);
    let report = report(&sample.content(), true, &[]);
    let found = sentences(&report);
    assert!(
        found[0].starts_with("entry 0: its key lies more than 10000000"),
        "{found:?}"
    );
    assert!(!report.chains[1].keyed);
}

/// Lines written by somebody who has the key K_`from` and no earlier one.
fn forge(lines: &[Vec<u8>], from: u64, mut key: ChainKey, change: u64) -> Vec<u8> {
    let mut log = Vec::new();
    let mut before = None;
    for line in lines {
        let parsed = Line::parse(line.strip_suffix(b"\n").unwrap()).unwrap();
        let mut raw = String::from_utf8(parsed.raw.to_vec()).unwrap();
        if parsed.index < change {
            log.extend_from_slice(line);
            before = Some(parsed.hash);
            if parsed.index >= from {
                key = key.next();
            }
            continue;
        }
        if parsed.index == change {
            raw = raw
                .replace("deploy", "nobody")
                .replace("production", "devel");
        }
        let hash = before.map_or(parsed.hash, |before| entry_hash(&before, raw.as_bytes()));
        // Before his key he has none that fits, and takes the one that he has.
        let tag = key.tag(&hash);
        if parsed.index >= from {
            key = key.next();
        }
        Line::write(&raw, &hash, &tag, &mut log);
        before = Some(hash);
    }
    log
}

#[test]
fn a_thief_with_the_state_rewrites_nothing_that_was_written_before_it() {
    let stolen = 20;
    let sample = Sample::of(40);
    let lines = sample.lines();
    let at_theft = || Sample::of(stolen).copy_state().key;
    for change in 1..30 {
        let log = forge(&lines, stolen, at_theft(), change);
        // He writes the state as well, to fit.
        let mut forged = Sample::of(40);
        let last = pieces(&log).last().unwrap();
        let last = Line::parse(last.strip_suffix(b"\n").unwrap()).unwrap();
        forged.state.hash = last.hash;
        forged.state.len = log.len() as u64;
        let content = forged.content_of(log);
        let keyless = report(&content, false, &[]);
        assert_eq!(keyless.findings, [], "hashes alone can be made to fit");
        let keyed = report(&content, true, &[]);
        if change < stolen {
            let what = format!("entry {change}: its MAC does not fit");
            assert_eq!(sentences(&keyed), [what.as_str()]);
            assert_eq!(place(&keyed), (change, change + 1));
        } else {
            assert_eq!(keyed.findings, [], "what came after it he can forge");
        }
        // An anchor from before the theft needs no key.
        let anchor = Sample::of(stolen).head();
        let anchored = report(&content, false, std::slice::from_ref(&anchor));
        assert_eq!(anchored.findings.len(), usize::from(change < stolen));
    }
}

#[test]
fn the_state_is_held_against_the_log() {
    let sample = Sample::of(10);
    let with = |change: &dyn Fn(&mut State)| {
        let mut content = sample.content();
        change(content.state.as_mut().unwrap());
        content
    };
    let found = |content: &Content, keyed| {
        let report = report(content, keyed, &[]);
        sentences(&report).join("; ")
    };
    let hash = with(&|state| state.hash[0] ^= 1);
    let key = with(&|state| state.key = state.key.next());
    let vault = with(&|state| state.start.vault = VaultId([9; 16]));
    let none = Content {
        state: None,
        ..sample.content()
    };
    for (content, keyed, expected) in [
        (&hash, false, "entry 9: not the one that the state names"),
        (&hash, true, "entry 9: not the one that the state names"),
        (&key, true, "entry 10: its key in the state is another one"),
        (&vault, false, "the state is of another vault"),
        (
            &none,
            true,
            "the state is missing, and entries at the end of the log may be",
        ),
    ] {
        assert_eq!(found(content, keyed), expected);
    }
    // Lines that the state does not know were written with its key, or they are forged.
    let behind = Content {
        state: Some(Sample::of(6).copy_state()),
        log: sample.log.clone(),
    };
    assert_eq!(found(&behind, false), "");
    let mut log = sample.lines()[..6].concat();
    log.extend(forge(&sample.lines(), u64::MAX, first_key(), 6).split_off(log.len()));
    let forged = Content { log, ..behind };
    assert_eq!(found(&forged, false), "entry 6: its MAC does not fit");
}

#[test]
fn a_chain_of_another_vault_or_without_its_gap_is_found() {
    let sample = Sample::of(4);
    let key = |slot: &_| Some(key_of(slot));
    let evidence = Evidence {
        vault: VaultId([9; 16]),
        key_of: &key,
        anchors: &[],
        began: &[],
    };
    let found = verify(&sample.content(), &evidence);
    assert_eq!(sentences(&found)[0], "entry 0: of another vault");
    // Two chains that begin from the slot's key, with nothing between them.
    let mut second = Sample::begin(NEXT);
    second.add(reading(1));
    let log = [&sample.log[..], &second.log].concat();
    let found = report(&second.content_of(log), true, &[]);
    assert_eq!(sentences(&found), ["entry 1: no gap, where one belongs"]);
}

#[test]
fn a_bad_chain_does_not_hide_the_next_one() {
    let mut sample = Sample::of(10);
    sample.follow(NEXT, 6, 6);
    let mut lines = sample.lines();
    lines[3][20] ^= 1;
    lines.last_mut().unwrap()[20] ^= 1;
    let found = report(&sample.content_of(join(&lines)), true, &[]);
    let at = |finding: &Finding| (finding.chain, finding.line);
    let places: Vec<_> = found.findings.iter().map(at).collect();
    assert_eq!(places, [(Some(CHAIN), Some(4)), (Some(NEXT), Some(8))]);
    assert_eq!(Fault::Index.to_string(), "index gap");
}

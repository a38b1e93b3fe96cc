//! Readers and writers that die at any moment.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::Record;
use crate::attacks::Dice;
use crate::command::Running;
use crate::harness::Sandbox;
use crate::output::Status;

const WHY: &str = "a killed process says what it had time for";

/// What the commands of one thread came to.
#[derive(Default)]
struct Ends {
    runs: usize,
    killed: usize,
    printed: Vec<u64>,
    printed_and_killed: usize,
    written: Vec<u64>,
}

const VALUE: &str = "value-of-the-killed-reader";

fn start(sandbox: &Sandbox, i: usize) -> Running<'_> {
    match i % 3 {
        // A number that no value had before: a write that changes nothing has no entry.
        2 => sandbox
            .secrets(["set", "B"])
            .stdin(format!("value-{i}"))
            .spawn(),
        _ => sandbox.secrets(["get", "A"]).spawn(),
    }
}

/// Starts and kills until `kills` were killed before their end.
fn kill(sandbox: &Sandbox, seed: usize, usual: Duration, kills: usize) -> Ends {
    let (mut ends, mut dice) = (Ends::default(), Dice::new(&format!("kill {seed}")));
    while ends.killed < kills {
        assert!(
            ends.runs < 20 * kills,
            "only {} of {} were killed",
            ends.killed,
            ends.runs
        );
        let i = seed * 100_000 + ends.runs;
        let one = start(sandbox, i);
        let pid = u64::try_from(one.pid().as_raw_nonzero().get()).unwrap();
        // A write takes some three times as long as a read.
        let reach = if i % 3 == 2 { 3000 } else { 800 };
        thread::sleep(usual.mul_f64(dice.below(reach) as f64 / 1000.0));
        one.signal(Signal::KILL);
        let mut end = one.wait().stderr_any(WHY);
        let was_killed = match end.ended() {
            Status::Code(0) => false,
            Status::Signal(9) => true,
            other => panic!("{other:?}\n{end}"),
        };
        ends.runs += 1;
        ends.killed += usize::from(was_killed);
        match i % 3 {
            2 if !was_killed => ends.written.push(pid),
            2 => {}
            _ if end.stdout() == VALUE.as_bytes() => {
                ends.printed.push(pid);
                ends.printed_and_killed += usize::from(was_killed);
            }
            _ => assert!(end.stdout().is_empty() && was_killed, "{end}"),
        }
    }
    ends
}

#[test]
fn no_value_is_printed_and_no_write_acknowledged_without_its_entry_by_500_killed_processes() {
    const THREADS: usize = 2;
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", VALUE);
    let record = Record::of(&sandbox);
    // How long one takes here decides where the kills fall; nothing is claimed about it.
    let begun = Instant::now();
    for i in 0..9 {
        drop(start(&sandbox, i).wait().ok().stderr_any(WHY));
    }
    let usual = begun.elapsed() / 9;
    let ends: Vec<Ends> = thread::scope(|scope| {
        let threads: Vec<_> = (1..=THREADS)
            .map(|seed| {
                scope.spawn({
                    let sandbox = &sandbox;
                    move || kill(sandbox, seed, usual, 500 / THREADS)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    // The next command goes on with whatever was left.
    let next = sandbox.secrets(["get", "A"]).run().ok().stdout_is(VALUE);
    drop(next.stderr_any("a torn line is told"));
    record.is_whole();
    let told = |action: &str| -> BTreeSet<u64> {
        let entries = record.entries().into_iter().filter(|e| e["a"] == action);
        entries.map(|e| e["pid"].as_u64().unwrap()).collect()
    };
    let (reads, writes) = (told("read"), told("write"));
    for pid in ends.iter().flat_map(|ends| &ends.printed) {
        assert!(
            reads.contains(pid),
            "process {pid} printed without an entry"
        );
    }
    for pid in ends.iter().flat_map(|ends| &ends.written) {
        assert!(writes.contains(pid), "process {pid} wrote without an entry");
    }
    let sum = |of: fn(&Ends) -> usize| ends.iter().map(of).sum::<usize>();
    let (printed, written) = (sum(|e| e.printed.len()), sum(|e| e.written.len()));
    assert!(record.count("read") > printed && record.count("write") > written);
    // Nothing is lost by a kill: a line may be torn, entries are never missing.
    assert_eq!((record.count("gap"), record.count("chain")), (0, 1));
    let note = format!(
        "{} of {} were killed; {printed} reads printed ({} of them killed), {} are in the log; \
         {written} writes were acknowledged, {} are in the log; {} torn lines\n",
        sum(|e| e.killed),
        sum(|e| e.runs),
        sum(|e| e.printed_and_killed),
        record.count("read"),
        record.count("write"),
        record.count("torn")
    );
    std::io::Write::write_all(&mut std::io::stdout(), note.as_bytes()).unwrap();
}

#[test]
fn a_line_that_was_not_written_whole_is_cut_off_and_recorded() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let record = Record::of(&sandbox);
    let whole = record.bytes();
    let mut lines = whole.split_inclusive(|byte| *byte == b'\n');
    let last = lines.next_back().unwrap();
    for len in [1, 40, last.len() - 1] {
        let mut torn = record.bytes();
        torn.extend(&last[..len]);
        std::fs::write(record.log(), torn).unwrap();
        record.is_found("torn").says("not written whole");
        let n = record_lines(&record);
        let get = sandbox.secrets(["get", "A"]).run();
        drop(get.ok().stdout_is("value-of-a").stderr_has(&[
            "secrets: warning: the last line of the audit log was not written whole; its ",
            "bytes are cut off",
        ]));
        let fresh = record.since(n);
        assert_eq!(fresh.len(), 2, "{fresh:?}");
        assert_eq!(
            (&fresh[0]["a"], &fresh[1]["a"]),
            (&"torn".into(), &"read".into())
        );
        assert_eq!(fresh[0]["data"]["len"], len);
        record.is_whole();
    }
}

/// The whole lines of the log.
fn record_lines(record: &Record<'_>) -> usize {
    record.bytes().iter().filter(|byte| **byte == b'\n').count()
}

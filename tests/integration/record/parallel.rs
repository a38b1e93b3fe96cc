//! Many readers at once: each leaves each of its entries.

use std::collections::BTreeSet;

use super::Record;
use crate::harness::Sandbox;

#[test]
fn a_hundred_processes_of_twenty_reads_leave_two_thousand_entries() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let record = Record::of(&sandbox);
    let before = record.entries().len();
    let line = "i=0; while [ $i -lt 20 ]; do secrets get A || exit; i=$((i+1)); done";
    let readers: Vec<_> = (0..100).map(|_| sandbox.shell(line).spawn()).collect();
    for reader in readers {
        reader.wait().ok().stdout_is("value-of-a".repeat(20));
    }
    let fresh = record.since(before);
    assert_eq!(fresh.len(), 2000);
    for entry in &fresh {
        let is_ours = entry["a"] == "read" && entry["names"][0][0] == "/A";
        assert!(is_ours && entry.get("ok").is_none(), "{entry}");
    }
    record.is_whole();
}

#[test]
fn readers_and_writers_at_once_leave_one_entry_each_in_one_chain() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let record = Record::of(&sandbox);
    let before = record.entries().len();
    let runs: Vec<_> = (0..60)
        .map(|i| match i % 3 {
            0 => sandbox.secrets(["get", "A"]).spawn(),
            1 => sandbox
                .secrets(["set", &format!("B_{i}"), "--generate"])
                .spawn(),
            _ => sandbox
                .secrets(["audit", "note", "--type", "t", "--data", &format!("n={i}")])
                .spawn(),
        })
        .collect();
    let mut pids = BTreeSet::new();
    for run in runs {
        pids.insert(u64::try_from(run.pid().as_raw_nonzero().get()).unwrap());
        drop(run.wait().ok().stderr_any("the report of a write"));
    }
    let fresh = record.since(before);
    let told: BTreeSet<u64> = fresh.iter().map(|e| e["pid"].as_u64().unwrap()).collect();
    assert_eq!((fresh.len(), told), (60, pids));
    assert_eq!(record.count("chain"), 1);
    record.is_whole();
}

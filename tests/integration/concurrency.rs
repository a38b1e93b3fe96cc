//! Many writers at once, and writers that die.

use rustix::process::Signal;
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::Sandbox;
use crate::output::Status;

const WHY: &str = "the report of a write is the business of the transcripts";

#[test]
fn fifty_parallel_writers_of_fifty_names_keep_all_fifty() {
    let sandbox = Sandbox::with_vault();
    let value = |i: usize| format!("value-of-writer-{i}-of-50");
    let writers: Vec<_> = (0..50)
        .map(|i| {
            sandbox
                .secrets(["set", &format!("NAME_{i}")])
                .stdin(value(i))
                .spawn()
        })
        .collect();
    for writer in writers {
        writer.wait().ok().stderr_has(&[" v1"]);
    }
    let list = sandbox.secrets(["list", "--names"]).run().ok();
    assert_eq!(list.stdout_text().lines().count(), 50);
    for i in 0..50 {
        assert_eq!(sandbox.get(&format!("NAME_{i}")), value(i).as_bytes());
    }
    sandbox.secrets(["verify"]).run().ok().stderr_any(WHY);
}

#[test]
fn fifty_parallel_writers_of_one_name_end_at_version_fifty() {
    let sandbox = Sandbox::with_vault();
    let writers: Vec<_> = (0..50)
        .map(|i| {
            sandbox
                .secrets(["set", "NAME"])
                .stdin(format!("value-of-writer-{i}"))
                .spawn()
        })
        .collect();
    let mut versions: Vec<u32> = writers
        .into_iter()
        .map(|writer| {
            let text = writer
                .wait()
                .ok()
                .stderr_any("the version is read here")
                .stderr_text();
            text.split(" v")
                .nth(1)
                .unwrap()
                .split_whitespace()
                .next()
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=50).collect::<Vec<_>>());
    for version in 41..=50 {
        sandbox
            .secrets(["get", &format!("NAME@{version}")])
            .run()
            .ok();
    }
    for version in [40, 51] {
        sandbox
            .secrets(["get", &format!("NAME@{version}")])
            .run()
            .fails(3, &["NAME"]);
    }
    assert_eq!(sandbox.get("NAME"), sandbox.get("NAME@50"));
}

#[test]
fn a_killed_writer_leaves_the_old_value_or_the_new_one() {
    const KILLS: u32 = 500;
    let sandbox = Sandbox::with_vault();
    sandbox.canary("value-of-the-killed-writer");
    let value = |i: u32| format!("value-of-the-killed-writer-{i}");
    let set = |i: u32| sandbox.secrets(["set", "NAME"]).stdin(value(i)).spawn();
    // How long a write takes here decides where the kills fall; nothing is claimed about it.
    let start = Instant::now();
    for i in 0..8 {
        set(i).wait().ok().stderr_any(WHY);
    }
    let usual = start.elapsed() / 8;
    let (mut acknowledged, mut random, mut killed) = (7, 0x2545_f491_4f6c_dd1d_u64, 0);
    let mut i = 7;
    while killed < KILLS {
        i += 1;
        assert!(
            i < 20 * KILLS,
            "only {killed} of {i} writers were killed before their end"
        );
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let writer = set(i);
        thread::sleep(usual.mul_f64((random % 900) as f64 / 1000.0));
        writer.signal(Signal::KILL);
        let mut end = writer.wait().stderr_any(WHY);
        match end.ended() {
            Status::Code(0) => acknowledged = i,
            Status::Signal(9) => killed += 1,
            other => panic!("{other:?}\n{end}"),
        }
        let now = sandbox.get("NAME");
        if now == value(i).as_bytes() {
            acknowledged = i;
        }
        assert_eq!(
            now,
            value(acknowledged).as_bytes(),
            "write {i} lost the acknowledged one"
        );
    }
    // One more write works at once, whatever was left behind, and waits for no dead writer.
    set(99_999).wait().ok().stderr_any(WHY);
    sandbox.secrets(["verify"]).run().ok().stderr_any(WHY);
    // That nothing but ciphertext is in what was left behind is the canary's to find.
    let left = std::fs::read_dir(sandbox.path("project/.vault"))
        .unwrap()
        .count();
    let note = format!("{killed} of {i} writers were killed; {left} files lie in .vault\n");
    std::io::Write::write_all(&mut std::io::stdout(), note.as_bytes()).unwrap();
}

#[test]
fn readers_never_see_a_writer() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("NAME", "value-number-0");
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for i in 1..=40 {
                sandbox.set("NAME", format!("value-number-{i}"));
            }
        });
        while !writer.is_finished() {
            let value = String::from_utf8(sandbox.get("NAME")).unwrap();
            assert!(value.starts_with("value-number-"), "{value}");
            thread::sleep(Duration::from_millis(1));
        }
    });
}

//! Changes of keys that die at any moment: the old file or the new, never between.

use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use rustix::process::Signal;

use crate::attacks::Dice;
use crate::command::Run;
use crate::harness::Sandbox;
use crate::output::Status;
use crate::people::{by, with_key};

/// How many processes of each kind are killed; `SECRETS_TEST_KILLS` says another number.
const KILLS: usize = 25;
const WHY: &str = "a killed process says what it had time for";

fn kills() -> usize {
    let asked = std::env::var("SECRETS_TEST_KILLS").ok();
    asked.map_or(KILLS, |text| text.parse().unwrap())
}

/// Two values, in two environments and two versions.
fn filled() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-one");
    sandbox.set("A", "value-two");
    sandbox.set("production:B", "value-of-b");
    sandbox
}

fn holds_all(sandbox: &Sandbox, key: &PathBuf) {
    for (address, value) in [
        ("A", "value-two"),
        ("A@1", "value-one"),
        ("production:B", "value-of-b"),
    ] {
        let get = by(sandbox, key, &["get", address]).ok().stdout_is(value);
        drop(get.stderr_any("what was cut off is told"));
    }
    let verify = by(sandbox, key, &["verify"]).ok();
    drop(verify.stderr_any("a word on what is whole"));
}

/// Starts, kills and looks until enough were killed before their end;
/// `prepare` is done before each, `look` judges what is there afterwards.
fn kill<'a>(
    sandbox: &'a Sandbox,
    seed: &str,
    command: impl Fn() -> Run<'a>,
    prepare: impl Fn(),
    look: impl Fn(bool),
) {
    let mut dice = Dice::new(seed);
    prepare();
    let begun = Instant::now();
    drop(command().run().ok().stderr_any(WHY));
    let usual = begun.elapsed();
    let (mut killed, mut changed, mut runs) = (0, 0, 0);
    while killed < kills() {
        runs += 1;
        assert!(runs < 20 * kills(), "only {killed} of {runs} were killed");
        prepare();
        let before = sandbox.vault_bytes();
        let one = command().spawn();
        // Half of them fall where the file is written and put in its place.
        let part = match dice.below(2) {
            0 => dice.below(1100),
            _ => 700 + dice.below(300),
        };
        thread::sleep(usual.mul_f64(part as f64 / 1000.0));
        one.signal(Signal::KILL);
        let mut end = one.wait().stderr_any(WHY);
        let was_killed = match end.ended() {
            Status::Code(0) => false,
            Status::Signal(9) => true,
            other => panic!("{other:?}\n{end}"),
        };
        let is_new = sandbox.vault_bytes() != before;
        assert!(is_new || was_killed, "told as done, and nothing is");
        killed += usize::from(was_killed);
        changed += usize::from(is_new && was_killed);
        look(is_new);
    }
    let note =
        format!("{seed}: {killed} of {runs} were killed, {changed} of them after the change\n");
    std::io::Write::write_all(&mut std::io::stdout(), note.as_bytes()).unwrap();
}

#[test]
fn rotate_key_that_is_killed_leaves_the_old_keys_or_the_new() {
    let sandbox = filled();
    let rui = with_key(&sandbox, "rui", "member");
    let command = || sandbox.secrets(["rotate", "--key", "--yes"]);
    let look = |_: bool| {
        holds_all(&sandbox, &sandbox.key_file());
        holds_all(&sandbox, &rui);
    };
    kill(&sandbox, "rotate --key", command, || {}, look);
}

#[test]
fn key_remove_that_is_killed_leaves_a_slot_that_opens_or_none() {
    let sandbox = filled();
    let rui = with_key(&sandbox, "rui", "member");
    let command = || sandbox.secrets(["key", "remove", "rui", "--yes"]);
    let is_there = || {
        let list = sandbox.secrets(["key", "list"]).run().ok();
        let list = list.stderr_any("what was cut off is told");
        list.stdout_text().contains("rui\t")
    };
    let prepare = || {
        if !is_there() {
            let add = ["key", "add", "--label", "rui", "--key-file"];
            let add = sandbox.secrets(add).arg(&rui).run().ok();
            drop(add.stderr_any("what was cut off is told"));
        }
    };
    let look = |is_new: bool| {
        holds_all(&sandbox, &sandbox.key_file());
        assert_eq!(is_there(), !is_new);
        if is_new {
            by(&sandbox, &rui, &["get", "A"]).fails(4, &["this key opens no slot"]);
        } else {
            holds_all(&sandbox, &rui);
        }
    };
    kill(&sandbox, "key remove", command, prepare, look);
}

#[test]
fn passwd_that_is_killed_leaves_the_old_passphrase_or_the_new() {
    let sandbox = filled();
    let words = ["the one of two passphrases", "the other of two passphrases"];
    let files = words.map(|words| {
        sandbox.canary(words);
        let file = sandbox.write(&format!("home/{}.txt", &words[4..9]), words);
        sandbox.allow(&file);
        file
    });
    let add = ["key", "add", "--label", "rui", "--passphrase"];
    let add = sandbox.secrets(add).run().ok();
    sandbox.canary(add.stdout_text().trim_end());
    drop(add.stderr_any("said elsewhere"));
    // Which of the two is in use.
    let current = std::cell::Cell::new(1);
    let command = || {
        let passwd = ["passwd", "--slot", "rui", "--new-passphrase-file"];
        sandbox.secrets(passwd).arg(&files[1 - current.get()])
    };
    let opens = |which: usize| {
        let get = sandbox.secrets(["get", "A"]).without("SECRETS_KEY_FILE");
        get.env("SECRETS_PASSPHRASE", words[which]).run()
    };
    let rounds = std::cell::Cell::new(0);
    let prepare = || {
        rounds.set(rounds.get() + 1);
        // The run that was measured changed it, and nobody looked.
        if rounds.get() == 2 {
            current.set(1 - current.get());
        }
    };
    let look = |is_new: bool| {
        let (new, old) = (1 - current.get(), current.get());
        let (right, wrong) = match is_new {
            true => (new, old),
            false => (old, new),
        };
        let get = opens(right).ok().stdout_is("value-two");
        drop(get.stderr_any("what was cut off is told"));
        if is_new {
            opens(wrong).fails(4, &["wrong passphrase"]);
        }
        current.set(right);
        holds_all(&sandbox, &sandbox.key_file());
    };
    kill(&sandbox, "passwd", command, prepare, look);
}

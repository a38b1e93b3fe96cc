//! Turned bits, cut tails, and bytes that come and go.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use data_encoding::BASE64;
use secrets::vault::{Class, LockedVault};
use serde_json::json;

use super::{Dice, Maker, sandbox_with_damaged, small};
use crate::output::Status;
use crate::twin::Twin;

/// How many mutants both sides must refuse.
const MUTANTS: usize = 2_000;
/// How many turned bits the program itself meets.
const SAMPLED_FLIPS: usize = 500;

/// What keyless verification does with a file, unless it refuses it as altered.
fn wrong(file: Vec<u8>) -> Option<String> {
    let verified = catch_unwind(AssertUnwindSafe(|| {
        LockedVault::read(Box::new(file)).and_then(|vault| vault.verify())
    }));
    match verified {
        Ok(Err(error)) if error.class() == Class::Integrity => None,
        Ok(Err(error)) => Some(format!("another class: {error}")),
        Ok(Ok(())) => Some("accepted".to_owned()),
        Err(_) => Some("panicked".to_owned()),
    }
}

/// Every number below `count`, on all processors; what `judge` says of any is the result.
fn every(count: usize, judge: impl Fn(usize) -> Option<String> + Sync) -> Vec<String> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    if let Some(what) = judge(number) {
                        found.lock().unwrap().push(format!("{number}: {what}"));
                    }
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn none(what: &str, count: usize, start: Instant, found: &[String]) {
    println!("{count} {what} in {:.1} s", start.elapsed().as_secs_f32());
    assert!(found.is_empty(), "{what}: {found:#?}");
}

/// The small vault; a second one would be the same.
fn vault(twin: Twin) -> Maker {
    let maker = small(twin);
    assert_eq!(wrong(maker.file.clone()).as_deref(), Some("accepted"));
    maker
}

#[test]
fn every_turned_bit_of_a_small_vault_is_refused() {
    let Some(twin) = Twin::start() else {
        skip!(
            "every_turned_bit_of_a_small_vault_is_refused",
            "the twin does not run"
        );
    };
    let (start, file) = (Instant::now(), vault(twin).file);
    let found = every(file.len() * 8, |number| {
        let mut file = file.clone();
        file[number / 8] ^= 1 << (number % 8);
        wrong(file)
    });
    none("turned bits", file.len() * 8, start, &found);
}

#[test]
fn every_cut_and_every_zeroed_tail_of_a_small_vault_is_refused() {
    let Some(twin) = Twin::start() else {
        skip!(
            "every_cut_and_every_zeroed_tail_of_a_small_vault_is_refused",
            "the twin does not run"
        );
    };
    let (start, file) = (Instant::now(), vault(twin).file);
    let cut = every(file.len(), |length| wrong(file[..length].to_vec()));
    none("truncations", file.len(), start, &cut);
    let zeroed = every(file.len(), |length| {
        let mut file = file.clone();
        file[length..].fill(0);
        wrong(file)
    });
    none("zeroed tails", file.len(), start, &zeroed);
    let longer = every(64, |count| wrong([&file[..], &vec![0; count + 1]].concat()));
    none("added zeros", 64, start, &longer);
    let block = 512;
    let blocks = every(file.len().div_ceil(block), |number| {
        let mut file = file.clone();
        let end = file.len().min((number + 1) * block);
        file[number * block..end].fill(0);
        wrong(file)
    });
    none("zeroed blocks", file.len().div_ceil(block), start, &blocks);
}

#[test]
fn bytes_put_in_or_taken_out_of_a_small_vault_are_refused() {
    let Some(twin) = Twin::start() else {
        skip!(
            "bytes_put_in_or_taken_out_of_a_small_vault_are_refused",
            "the twin does not run"
        );
    };
    let (start, file) = (Instant::now(), vault(twin).file);
    let fillings = [b'0', b'A', b' ', b'\n', b'"', 0, 0xff];
    let places = file.len().div_ceil(64);
    let inserted = every(places * 5 * fillings.len(), |number| {
        let at = number / (5 * fillings.len()) * 64;
        let count = number / fillings.len() % 5 + 1;
        let filling = vec![fillings[number % fillings.len()]; count];
        wrong([&file[..at], &filling, &file[at..]].concat())
    });
    none("insertions", places * 5 * fillings.len(), start, &inserted);
    let removed = every(places * 5, |number| {
        let at = number / 5 * 64;
        let end = file.len().min(at + number % 5 + 1);
        wrong([&file[..at], &file[end..]].concat())
    });
    none("deletions", places * 5, start, &removed);
}

#[test]
fn both_sides_refuse_the_same_mutants() {
    let Some(twin) = Twin::start() else {
        skip!(
            "both_sides_refuse_the_same_mutants",
            "the twin does not run"
        );
    };
    let (start, maker) = (Instant::now(), vault(twin));
    let request = json!({
        "op": "mutate", "file": BASE64.encode(&maker.file), "n": MUTANTS, "seed": "both sides",
    });
    let answer = twin.call(&request).unwrap();
    let mutants = answer["mutants"].as_array().unwrap();
    assert_eq!(mutants.len(), MUTANTS);
    let theirs = mutants.iter().enumerate().filter_map(|(number, mutant)| {
        let verdict = twin.call(&json!({"op": "verify", "file": mutant}));
        verdict.is_ok().then(|| format!("{number}: accepted"))
    });
    none(
        "mutants by the twin",
        MUTANTS,
        start,
        &theirs.collect::<Vec<_>>(),
    );
    let ours = every(MUTANTS, |number| wrong(super::bytes_of(&mutants[number])));
    none("mutants by us", MUTANTS, start, &ours);
}

#[test]
fn get_from_a_vault_with_a_turned_bit_gives_the_value_or_refuses() {
    let Some(twin) = Twin::start() else {
        skip!(
            "get_from_a_vault_with_a_turned_bit_gives_the_value_or_refuses",
            "the twin does not run"
        );
    };
    let (start, file) = (Instant::now(), vault(twin).file);
    let mut dice = Dice::new("turned bits for get");
    let secrets = [
        ("dev:app/one", "development"),
        ("prod:app/one", "third"),
        ("prod:app/one@1", "first"),
        ("prod:app/two", "second"),
        ("prod:infra/root", "in a folder"),
    ];
    let flips: Vec<_> = (0..SAMPLED_FLIPS)
        .map(|_| (dice.below(file.len() * 8), *dice.pick(&secrets)))
        .collect();
    let statuses = Mutex::new([0; 3]);
    thread::scope(|scope| {
        for half in flips.chunks(SAMPLED_FLIPS / 2) {
            let (file, statuses) = (&file, &statuses);
            scope.spawn(move || {
                let sandbox = sandbox_with_damaged(file);
                for (flip, (address, value)) in half {
                    let mut file = file.clone();
                    file[flip / 8] ^= 1 << (flip % 8);
                    sandbox.write("project/.vault/vault.json", file);
                    let output = sandbox.secrets(["get", address]).run();
                    let mut output = output.stderr_any("the sentences have tests of their own");
                    let status = output.ended();
                    let (place, expected) = match status {
                        Status::Code(0) => (0, value.as_bytes()),
                        Status::Code(4) => (1, &b""[..]),
                        Status::Code(6) => (2, &b""[..]),
                        _ => panic!("bit {flip}: {output}"),
                    };
                    assert_eq!(output.stdout(), expected, "bit {flip}: {output}");
                    statuses.lock().unwrap()[place] += 1;
                }
            });
        }
    });
    let [right, locked, refused] = statuses.into_inner().unwrap();
    println!("right {right}, status 4 {locked}, status 6 {refused}");
    none(
        "turned bits through get",
        right + locked + refused,
        start,
        &[],
    );
    assert_eq!(right + locked + refused, SAMPLED_FLIPS);
    // A reader skips most of the file, and it checks most of what it reads.
    assert!(right >= 50 && refused >= 100, "{right} {refused}");
}

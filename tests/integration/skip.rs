//! Tests that cannot run here are skipped by name, counted, and never in silence.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::Mutex;

/// How many were skipped so far; the first one of a run empties the list.
static COUNT: Mutex<usize> = Mutex::new(0);

/// Writes the name and the reason to the list of skipped tests and to standard error.
///
/// The list is `skipped.txt` in the temporary directory of the build;
/// `.ci/run` refuses a list that is not empty. Standard error is written
/// directly, because the test runner captures what `eprintln!` prints.
pub fn note(name: &str, reason: &str) {
    let mut count = COUNT.lock().unwrap();
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/skipped.txt");
    let mut options = OpenOptions::new();
    if *count == 0 {
        options.write(true).truncate(true);
    } else {
        options.append(true);
    }
    let mut list = options.create(true).open(path).unwrap();
    writeln!(list, "{name}: {reason}").unwrap();
    *count += 1;
    let line = format!("skipped ({count}): {name}: {reason}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Leaves the running test as skipped: `skip!("its_name", "what it lacks")`.
macro_rules! skip {
    ($name:expr, $reason:expr) => {{
        $crate::skip::note($name, $reason);
        return;
    }};
}

//! What a panic says: where it happened, and nothing of what it knew.

use std::panic::{Location, PanicHookInfo};

use crate::file::write_all;

/// From here on a panic says one line on standard error: the place in this
/// program's source, or that it was in a library.
///
/// The message of a panic may hold a value (`unwrap` on an error that quotes
/// its input), and paths in a backtrace tell about the machine that built the
/// program. Neither is printed, whatever `RUST_BACKTRACE` says. The payload is
/// not wiped.
pub fn hide_panics() {
    std::panic::set_hook(Box::new(say));
}

fn say(info: &PanicHookInfo<'_>) {
    let line = format!(
        "secrets: error: internal error {}; please report it\n",
        place(info.location())
    );
    // Nothing is left to say it with when standard error fails.
    let _ = write_all(rustix::stdio::stderr(), line.as_bytes());
}

/// `at src/x.rs:12` for a place of ours. The compiler names files of this
/// package from its root, and those of libraries by a path of the machine that
/// built them, or below another directory.
fn place(location: Option<&Location<'_>>) -> String {
    match location {
        Some(place) if place.file().starts_with("src/") => {
            format!("at {}:{}", place.file(), place.line())
        }
        _ => "in a library".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const CASE: &str = "SECRETS_TEST_PANIC";
    const CANARY: &str = "value-in-a-payload";

    /// Not a test: the side that panics, in a process of its own.
    #[test]
    fn panics_when_asked_to() {
        let Ok(case) = std::env::var(CASE) else {
            return;
        };
        hide_panics();
        let panicked = std::panic::catch_unwind(|| match case.as_str() {
            "ours" => panic!("{CANARY}"),
            "result" => std::hint::black_box(Err::<(), &str>(CANARY)).unwrap(),
            _ => drop(CANARY.repeat(usize::MAX)),
        });
        assert!(panicked.is_err());
    }

    /// What a child says on both streams when it panics.
    fn spoken(case: &str) -> (String, String) {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "terminal::panic::tests::panics_when_asked_to"])
            .arg("--nocapture")
            .env(CASE, case)
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    }

    #[test]
    fn a_panic_tells_its_place_and_neither_payload_nor_backtrace() {
        for case in ["ours", "result"] {
            let (stdout, stderr) = spoken(case);
            assert!(!stdout.contains(CANARY) && !stderr.contains(CANARY));
            let line = stderr
                .strip_prefix("secrets: error: internal error at src/terminal/panic.rs:")
                .and_then(|rest| rest.strip_suffix("; please report it\n"));
            assert!(line.is_some_and(|n| n.parse::<u32>().is_ok()), "{stderr}");
        }
    }

    #[test]
    fn a_panic_in_a_library_tells_no_path() {
        let (_, stderr) = spoken("library");
        assert_eq!(
            stderr,
            "secrets: error: internal error in a library; please report it\n"
        );
    }
}

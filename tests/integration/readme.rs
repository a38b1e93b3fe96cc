//! What the README shows is true: each of its `console` blocks is played in a fresh sandbox.

use crate::harness::Sandbox;
use crate::transcript::{Style, play};

/// The fenced blocks of one kind, each with the number of its first line.
pub fn blocks(text: &str, kind: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines
            .by_ref()
            .map(|(_, l)| l)
            .take_while(|l| l.trim_end() != "```")
            .collect();
        if info.trim() == kind {
            found.push((number + 2, block.join("\n") + "\n"));
        }
    }
    found
}

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

#[test]
fn every_console_block_is_true() {
    let mut report = String::new();
    for (line, block) in blocks(&readme(), "console") {
        if let Err((diff, _)) = play(&Sandbox::new(), &block, Style::Console) {
            report.push_str(&format!("README.md:{line}: - shown, + found\n{diff}\n"));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn there_are_two_commands_and_no_third() {
    assert_eq!(
        blocks(&readme(), "sh").len(),
        2,
        "first try it, then test it"
    );
}

#[test]
fn blocks_are_found_with_their_lines() {
    let text = "a\n```sh\none\n```\n```console\n$ two\n```\n```\n```sh\n";
    assert_eq!(blocks(text, "sh"), [(3, "one\n".to_owned())]);
    assert_eq!(blocks(text, "console"), [(6, "$ two\n".to_owned())]);
}

#[test]
fn a_block_shows_both_streams_and_fails_only_where_it_shows_an_error() {
    let sandbox = Sandbox::new();
    let good = "$ echo 2030-01-01; printf out; echo err >&2\n2031-02-02\nouterr\n";
    assert_eq!(play(&sandbox, good, Style::Console), Ok(()));
    assert!(play(&sandbox, "$ false\n", Style::Console).is_err());
    let error = "$ echo 'secrets: error: no' >&2; exit 3\nsecrets: error: no\n";
    assert_eq!(play(&sandbox, error, Style::Console), Ok(()));
    let silent = "$ echo 'secrets: error: no' >&2\nsecrets: error: no\n";
    assert!(play(&sandbox, silent, Style::Console).is_err());
}

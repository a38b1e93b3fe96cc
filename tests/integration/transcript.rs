//! Transcripts: what a person types and exactly what comes back.
//!
//! A file `tests/transcripts/NAME.txt` is played in one fresh sandbox, from
//! top to bottom, and appears as the test `transcript::NAME`.
//!
//! ```text
//! # Comments and blank lines stand between the steps.
//! $ secrets set DB_URL --from-file url     a line for /bin/sh, `secrets` is on the path
//! > --note "of the staging database"       continues the line above
//! a line of stdout
//! 1> a line of stdout that begins like one of the marks here, or is empty (`1>`)
//! \ no newline                              the line before it, the last of stdout, has no LF
//! 2> a line of stderr                       after all lines of stdout
//! ? 3                                       the status, unless it is 0; `? signal 9`
//! ```
//!
//! A step ends at the next `$ ` or at a blank line. A comment `# canary: TEXT`
//! registers TEXT as a canary. Variables exported and directories entered in
//! one step hold in the next ones. The placeholders of [`crate::pattern`]
//! may stand in expected lines. `SECRETS_BLESS=1` rewrites what is expected
//! and keeps every line that still matches.

use std::path::PathBuf;

use crate::harness::Sandbox;
use crate::output::Status;
use crate::pattern;

/// What a step's output has to be like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Both streams apart, every byte, the status.
    Exact,
    /// As a terminal shows it: the streams in one; instants and numbers of one run stand for those of another.
    Console,
}

pub enum Part {
    /// A comment or a blank line.
    Between(String),
    Step {
        command: Vec<String>,
        expected: Vec<String>,
    },
}

/// Reads the grammar above.
pub fn parse(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut open = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("$ ") {
            parts.push(Part::Step {
                command: vec![line.to_owned()],
                expected: Vec::new(),
            });
            open = true;
            continue;
        }
        match parts.last_mut() {
            Some(Part::Step { command, expected }) if open && !line.is_empty() => {
                if expected.is_empty() && line.starts_with("> ") {
                    command.push(line.to_owned());
                } else {
                    let plain = line.strip_prefix("1> ").filter(|rest| !is_mark(rest));
                    expected.push(plain.unwrap_or(line).to_owned());
                }
            }
            _ if line.is_empty() || line == "#" || line.starts_with("# ") => {
                open = false;
                parts.push(Part::Between(line.to_owned()));
            }
            _ => return Err(format!("line {}: {line:?} belongs to no step", index + 1)),
        }
    }
    Ok(parts)
}

/// Whether a line of stdout must be written with `1> `.
fn is_mark(line: &str) -> bool {
    line.is_empty()
        || line == "#"
        || ["$ ", "> ", "1>", "2>", "? ", "\\ ", "# "]
            .iter()
            .any(|m| line.starts_with(m))
}

/// Runs one step and returns its output in the grammar above.
pub fn perform(sandbox: &Sandbox, command: &[String], style: Style) -> Vec<String> {
    let state = sandbox.path("harness/shell");
    let line = command
        .iter()
        .filter_map(|l| l.get(2..))
        .collect::<Vec<_>>()
        .join("\n");
    let script = format!(
        "{merge}test ! -f '{state}' || . '{state}'\ntrap '{{ export -p; printf \"cd \\\"%s\\\"\\n\" \"$PWD\"; }} >'\"'{state}'\" EXIT\n{line}",
        merge = if style == Style::Console {
            "exec 2>&1\n"
        } else {
            ""
        },
        state = state.display(),
    );
    let mut output = sandbox
        .shell(&script)
        .label(&line)
        .run()
        .stderr_any("it is compared below");
    let mut lines = stream(&output.stdout_text(), "", style);
    lines.extend(stream(&output.stderr_text(), "2>", style));
    match output.ended() {
        Status::Code(0) => {}
        Status::Code(n) => lines.push(format!("? {n}")),
        Status::Signal(n) => lines.push(format!("? signal {n}")),
    }
    lines
}

fn stream(text: &str, prefix: &str, style: Style) -> Vec<String> {
    let written = |l: &str| match prefix {
        "" if !is_mark(l) => l.to_owned(),
        "" => mark("1>", l),
        prefix => mark(prefix, l),
    };
    let mut lines: Vec<String> = text.split_terminator('\n').map(written).collect();
    if style == Style::Exact && !text.is_empty() && !text.ends_with('\n') {
        lines.push("\\ no newline".to_owned());
    }
    lines
}

fn mark(mark: &str, line: &str) -> String {
    if line.is_empty() {
        mark.to_owned()
    } else {
        format!("{mark} {line}")
    }
}

/// Plays a text in one sandbox. The answer is a message with a diff, or the text as it should be.
pub fn play(sandbox: &Sandbox, text: &str, style: Style) -> Result<(), (String, String)> {
    let parts = parse(text).map_err(|e| (e, text.to_owned()))?;
    let mut report = String::new();
    let mut blessed = String::new();
    for part in &parts {
        let (command, expected) = match part {
            Part::Between(line) => {
                if let Some(canary) = line.strip_prefix("# canary: ") {
                    sandbox.canary(canary);
                }
                blessed.push_str(&format!("{line}\n"));
                continue;
            }
            Part::Step { command, expected } => (command, expected),
        };
        let found = perform(sandbox, command, style);
        if !agree(expected, &found, style) {
            report.push_str(&format!(
                "{}\n{}",
                command.join("\n"),
                pattern::diff(expected, &found)
            ));
        }
        let lines = command.iter().cloned().chain(bless(expected, &found));
        blessed.extend(lines.map(|l| format!("{l}\n")));
    }
    if report.is_empty() {
        Ok(())
    } else {
        Err((report, blessed))
    }
}

fn agree(expected: &[String], found: &[String], style: Style) -> bool {
    let mut found = found.to_vec();
    if style == Style::Console {
        // A block of the README shows no status: it fails exactly where it shows our error.
        let shows_error = expected.iter().any(|l| l.starts_with("secrets: error: "));
        let failed = found.last().is_some_and(|l| l.starts_with("? "));
        if expected.iter().all(|l| !l.starts_with("? ")) {
            if shows_error != failed {
                return false;
            }
            found.truncate(found.len() - usize::from(failed));
        }
    }
    let same = |e: &str, f: &str| {
        pattern::matches(e, f)
            || (style == Style::Console && pattern::generalise(e) == pattern::generalise(f))
    };
    expected.len() == found.len() && expected.iter().zip(&found).all(|(e, f)| same(e, f))
}

/// What was found, with the expected line wherever that still matches.
fn bless(expected: &[String], found: &[String]) -> Vec<String> {
    let mut rest = expected;
    let mut line = |f: &String| match rest.iter().position(|e| pattern::matches(e, f)) {
        Some(at) => {
            let kept = rest[at].clone();
            rest = &rest[at + 1..];
            kept
        }
        None => pattern::generalise(f),
    };
    found.iter().map(&mut line).collect()
}

fn directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts"))
}

/// Plays one file; with `SECRETS_BLESS=1` writes it anew instead of failing.
fn check(name: &str) {
    let path = directory().join(format!("{name}.txt"));
    let text = std::fs::read_to_string(&path).unwrap();
    let Err((report, blessed)) = play(&Sandbox::new(), &text, Style::Exact) else {
        return;
    };
    if std::env::var_os("SECRETS_BLESS").is_some_and(|v| v == "1") {
        return std::fs::write(&path, blessed).unwrap();
    }
    panic!(
        "tests/transcripts/{name}.txt: - expected, + found\n{report}SECRETS_BLESS=1 accepts what was found"
    );
}

macro_rules! transcripts {
    ($($name:ident)*) => {
        const LISTED: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { check(stringify!($name)); })*
    };
}

// In alphabetical order; a file that is not named here fails a test.
transcripts! {
    audit
    audit_refused
    branches
    completions
    completions_refused
    cp
    cp_refused
    destroy
    destroy_refused
    diff
    diff_refused
    discovery
    env
    env_refused
    export
    export_refused
    generate
    generate_refused
    get
    get_refused
    help
    help_refused
    history
    history_refused
    import
    import_refused
    init
    init_passphrase
    init_refused
    list
    list_refused
    meta
    meta_refused
    mv
    mv_refused
    rm
    rm_refused
    rollback
    rollback_refused
    rotate
    rotate_refused
    run
    run_refused
    set
    set_refused
    set_slips
    settings
    settings_refused
    shell
    status
    status_refused
    trust
    trust_refused
    undo
    undo_refused
    verify
    verify_refused
}

#[test]
fn every_file_is_listed() {
    let mut files: Vec<String> = std::fs::read_dir(directory())
        .unwrap()
        .map(|e| {
            e.unwrap()
                .file_name()
                .into_string()
                .unwrap()
                .replace(".txt", "")
        })
        .collect();
    files.sort();
    assert_eq!(files, LISTED);
}

#[test]
fn a_difference_in_any_part_is_seen_and_blessed() {
    let sandbox = Sandbox::new();
    let right = "$ printf 'a\\n\\nb'; date -u +%FT%TZ >&2; exit 3\na\n1>\nb\n\\ no newline\n2> [TIME]\n? 3\n";
    assert_eq!(play(&sandbox, right, Style::Exact), Ok(()));
    for (from, to) in [
        ("\na\n", "\nA\n"),
        ("? 3\n", ""),
        ("\\ no newline\n", ""),
        ("1>\n", ""),
        ("2> ", ""),
    ] {
        let wrong = right.replacen(from, to, 1);
        assert_ne!(wrong, right);
        let (report, blessed) = play(&sandbox, &wrong, Style::Exact).unwrap_err();
        assert!(!report.is_empty());
        assert_eq!(blessed, right, "{from:?}");
    }
    assert!(parse("stray\n").is_err());
}

#[test]
fn exported_variables_and_the_directory_reach_the_next_step() {
    let text = "$ export A=\"it's\"; mkdir d; cd d\n$ echo \"$A\"; basename \"$PWD\"\nit's\nd\n";
    assert_eq!(play(&Sandbox::new(), text, Style::Exact), Ok(()));
}

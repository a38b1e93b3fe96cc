//! Many secrets in one environment, through the verbs that touch them all.
//!
//! `SECRETS_TEST_SCALE=100000 cargo test --release --test integration scale::`
//! does the same at the size that is promised; `benches/scale` measures it.

use crate::harness::Sandbox;
use crate::output::Status;
use crate::pty;

/// How many secrets, unless `SECRETS_TEST_SCALE` says another number.
const SECRETS: usize = 2_000;

const WHY: &str = "a line for each of many secrets";

fn size() -> usize {
    let asked = std::env::var("SECRETS_TEST_SCALE").ok();
    asked.map_or(SECRETS, |asked| asked.parse().unwrap())
}

/// A .env file of the names `K0` and on.
fn pairs(count: usize) -> String {
    let line = |n: usize| format!("K{n}=value-{n:07}\n");
    (0..count).map(line).collect()
}

/// The lines of the vault that a change may not touch: the records of others.
fn records(sandbox: &Sandbox) -> Vec<String> {
    let text = String::from_utf8(sandbox.vault_bytes()).unwrap();
    let is_record = |line: &&str| line.starts_with("[\"");
    text.lines().filter(is_record).map(str::to_owned).collect()
}

/// Runs a command that writes a line for each of many secrets; what it says last.
fn last_line(sandbox: &Sandbox, args: &[&str]) -> String {
    let done = sandbox.secrets(args).run().ok().stderr_any(WHY);
    let text = done.stderr_text();
    text.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn all_secrets_of_one_environment_can_be_read_changed_and_given_new_keys() {
    let sandbox = Sandbox::with_vault();
    let count = size();
    let file = sandbox.write("tmp/all.env", pairs(count));
    sandbox.allow(&file);
    let file = file.to_str().unwrap();
    let import = ["import", "-y", file, "--overwrite"];
    last_line(&sandbox, &import);
    let before = records(&sandbox);
    assert_eq!(before.len(), count);

    // The same again changes nothing.
    last_line(&sandbox, &import);
    assert!(before == records(&sandbox));

    // One secret: one line more, and every other one as it was.
    sandbox.set("K7", "another value");
    let after = records(&sandbox);
    assert_eq!(after.len(), count + 1);
    let kept = after
        .iter()
        .filter(|line| before.binary_search(line).is_ok());
    assert_eq!(kept.count(), count);
    assert!(after.is_sorted());
    assert_eq!(sandbox.get("K7"), b"another value");
    assert_eq!(sandbox.get("K7@1"), b"value-0000007");

    // A tenth or so goes and comes back, in one change each.
    last_line(&sandbox, &["rm", "-y", "K1*"]);
    let gone = (0..count)
        .filter(|n| n.to_string().starts_with('1'))
        .count();
    assert_eq!(records(&sandbox).len(), count + 1 + gone);
    sandbox
        .secrets(["get", "K1"])
        .run()
        .fails(3, &["development:/K1"]);
    last_line(&sandbox, &["undo", "-y"]);
    assert_eq!(sandbox.get("K1"), b"value-0000001");

    last_line(&sandbox, &["rotate", "--key", "-y"]);
    assert_eq!(sandbox.get("K7"), b"another value");
    assert_eq!(sandbox.get("K7@1"), b"value-0000007");
    last_line(&sandbox, &["verify"]);
    let listed = sandbox.secrets(["list", "--names"]).run().ok();
    let lines = listed.stdout().split(|b| *b == b'\n').count() - 1;
    assert_eq!(lines, count);
}

#[test]
fn long_work_says_how_far_it_is_and_ends_clean_when_it_is_interrupted() {
    if !pty::available() {
        skip!("pty", "setsid is missing");
    }
    let sandbox = Sandbox::with_vault();
    // Some seconds of work even where all is fast: the line comes after one.
    let file = sandbox.write("tmp/all.env", pairs(120_000));
    sandbox.allow(&file);
    let before = sandbox.vault_bytes();
    let import = ["import", "-y", file.to_str().unwrap()];
    let mut terminal = sandbox.secrets(import).on_terminal();
    terminal.expect("ing: ").expect("%").send("\x03");
    let ended = terminal.wait();
    assert_eq!(ended.status, Status::Signal(2));
    // The last that is written takes the line away; `^C` is the terminal's echo.
    let screen = ended.screen.trim_end_matches(|c| c != 'K');
    assert!(screen.ends_with("\r\u{1b}[K"), "{:?}", ended.screen);
    assert!(before == sandbox.vault_bytes());

    // Nothing of it where silence was asked for.
    let quiet = sandbox.secrets(import).arg("--quiet").on_terminal();
    quiet.wait().status(0).screen_lacks("%");
    assert!(before != sandbox.vault_bytes());
}

//! Exec replaces the process, so each case runs in a copy of the test program
//! that becomes the command. What it prints before that ends with a mark.

use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

use super::*;
use crate::name::VarName;
use crate::process::{MAX_VARIABLE_BYTES, Pair, Rules};
use crate::secret::SecretValue;

/// The words of the command, separated by 0x1f.
const WORDS: &str = "SECRETS_TEST_EXEC";
/// The value of a secret; a number stands for so many bytes.
const VALUE: &str = "SECRETS_TEST_VALUE";
const MARK: &str = "becoming the command\n";

/// Not a test: the side of the cases that becomes another program.
#[test]
#[expect(
    clippy::exit,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "this is a program of its own, and its parent reads its streams and its status"
)]
fn becomes_the_command() {
    let Some(words) = std::env::var_os(WORDS) else {
        return;
    };
    let mut words = words
        .into_vec()
        .split(|byte| *byte == 0x1f)
        .map(|word| OsString::from_vec(word.to_vec()))
        .collect::<Vec<_>>();
    let value = std::env::var(VALUE).unwrap_or_default();
    let value = value
        .parse()
        .map_or(value.clone().into_bytes(), |len| vec![b'x'; len]);
    let ours: Vec<_> = std::env::vars_os()
        .filter(|(name, _)| name != WORDS && name != VALUE)
        .collect();
    let ours = ours.iter().map(|(name, value)| (&**name, &**value));
    let secret = Pair {
        address: "dev:/SECRET".to_owned(),
        value: SecretValue::new(value),
        var: VarName::parse("SECRET").unwrap(),
    };
    let environment = Environment::build(ours, vec![secret], &Rules::default())
        .ok()
        .unwrap();
    eprint!("{MARK}");
    println!();
    print!("{MARK}");
    std::io::stdout().flush().unwrap();
    let command = words.remove(0);
    let error = exec(&command, &words, environment);
    eprintln!("{error}");
    std::process::exit(i32::from(error.status()));
}

/// The test program, set to become `words` in `dir` with this `PATH`.
fn becoming(words: &[&str], dir: &Path, path: Option<&str>) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let me = "process::exec::tests::becomes_the_command";
    command.args([me, "--exact", "--nocapture", "--test-threads=1"]);
    command.current_dir(dir).env(WORDS, words.join("\u{1f}"));
    match path {
        Some(path) => command.env("PATH", path),
        None => command.env_remove("PATH"),
    };
    command
}

/// Standard output after the test program's own, the error of exec, the status.
fn result(output: &Output) -> (String, String, i32) {
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stdout = stdout.split_once(MARK).unwrap().1.to_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let stderr = stderr.split_once(MARK).unwrap().1.to_owned();
    (stdout, stderr, output.status.code().unwrap_or(-1))
}

fn run(words: &[&str], dir: &Path, path: Option<&str>) -> (String, String, i32) {
    result(&becoming(words, dir, path).output().unwrap())
}

fn file(dir: &Path, name: &str, content: &[u8], mode: u32) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
}

const BIN: Option<&str> = Some("/usr/bin:/bin");

fn ok(stdout: &str) -> (String, String, i32) {
    (stdout.to_owned(), String::new(), 0)
}

fn failed(stderr: &str, status: i32) -> (String, String, i32) {
    (String::new(), format!("{stderr}\n"), status)
}

#[test]
fn the_command_gets_its_words_its_variables_and_our_pid() {
    let dir = tempfile::tempdir().unwrap();
    let script = "printf '%s,' \"$0\" \"$@\"; printf %s \"$SECRET\"; echo \" $$\"; exit 7";
    let words = ["sh", "-c", script, "zero", "a b", "", "*", "é"];
    let child = becoming(&words, dir.path(), BIN)
        .env(VALUE, "pa$$ word\n")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    let (stdout, stderr, status) = result(&child.wait_with_output().unwrap());
    assert_eq!(stdout, format!("zero,a b,,*,é,pa$$ word\n {pid}\n"));
    assert_eq!((stderr.as_str(), status), ("", 7));
}

#[test]
fn a_command_that_dies_of_a_signal_is_seen_to() {
    let dir = tempfile::tempdir().unwrap();
    let output = becoming(&["sh", "-c", "kill -TERM $$"], dir.path(), BIN)
        .output()
        .unwrap();
    assert_eq!(output.status.signal(), Some(15));
}

#[cfg(target_os = "linux")]
#[test]
fn only_the_closed_pipe_gets_its_default_effect_back_and_no_mask_changes() {
    let dir = tempfile::tempdir().unwrap();
    let set = |status: &str, name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        // Signals 1 to 31; the C library ignores one of its own beyond them in a child.
        u64::from_str_radix(line.unwrap().trim(), 16).unwrap() & 0x7fff_ffff
    };
    let closed_pipe = 1 << 12;
    let before = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let (after, ..) = run(&["cat", "/proc/self/status"], dir.path(), BIN);
    assert_eq!(set(&before, "SigIgn:") & closed_pipe, closed_pipe);
    assert_eq!(
        set(&after, "SigIgn:"),
        set(&before, "SigIgn:") & !closed_pipe
    );
    assert_eq!(set(&after, "SigBlk:"), set(&before, "SigBlk:"));
    assert_eq!(set(&after, "SigCgt:"), 0);
    let (stdout, _, status) = run(&["sh", "-c", "yes | head -1; echo $?"], dir.path(), BIN);
    assert_eq!((stdout.as_str(), status), ("y\n0\n", 0));
}

#[cfg(target_os = "linux")]
#[test]
fn foreign_descriptors_pass_and_the_variables_are_exactly_ours() {
    let dir = tempfile::tempdir().unwrap();
    file(dir.path(), "given", b"through a descriptor\n", 0o600);
    let script =
        format!("exec 7<given; {WORDS}=$(printf 'sh\\037-c\\037cat <&7') exec \"$0\" \"$@\"");
    let inner = becoming(&[], dir.path(), BIN);
    let output = Command::new("/bin/sh")
        .args(["-c", &script])
        .arg(inner.get_program())
        .args(inner.get_args())
        .current_dir(dir.path())
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    assert_eq!(result(&output), ok("through a descriptor\n"));
    let mut only = becoming(&["env"], dir.path(), BIN);
    let words = only
        .get_envs()
        .find(|(name, _)| *name == WORDS)
        .unwrap()
        .1
        .unwrap()
        .to_owned();
    only.env_clear()
        .env(WORDS, words)
        .env("PATH", "/usr/bin:/bin")
        .env("A", "1")
        .env(VALUE, "s");
    let (stdout, ..) = result(&only.output().unwrap());
    let mut lines: Vec<_> = stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["A=1", "PATH=/usr/bin:/bin", "SECRET=s"]);
}

#[test]
fn a_name_is_looked_for_in_the_childs_path_as_a_shell_does() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path();
    file(dir, "one/tool", b"#!/bin/sh\necho one\n", 0o755);
    file(dir, "two/tool", b"#!/bin/sh\necho two\n", 0o755);
    file(dir, "locked/tool", b"#!/bin/sh\n", 0o644);
    file(dir, "folder/tool/x", b"", 0o644);
    file(dir, "here", b"#!/bin/sh\necho here\n", 0o755);
    let here = dir.to_str().unwrap();
    for (path, command, expected) in [
        (format!("{here}/one:{here}/two"), "tool", "one\n"),
        (format!("{here}/two:{here}/one"), "tool", "two\n"),
        (format!("/nowhere:{here}/here:{here}/two"), "tool", "two\n"),
        (format!("{here}/locked:{here}/two"), "tool", "two\n"),
        (format!("{here}/folder:{here}/two"), "tool", "two\n"),
        ("one".to_owned(), "tool", "one\n"),
        (".".to_owned(), "here", "here\n"),
        (":/bin".to_owned(), "here", "here\n"),
        (String::new(), "here", "here\n"),
        ("/nowhere".to_owned(), "./here", "here\n"),
        ("/nowhere".to_owned(), "two/tool", "two\n"),
    ] {
        assert_eq!(
            run(&[command], dir, Some(&path)),
            ok(expected),
            "{command} in {path}"
        );
    }
    assert_eq!(
        run(&["sh", "-c", "echo found"], dir, None),
        ok("found\n"),
        "no PATH at all"
    );
}

#[test]
fn what_is_not_there_is_127() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path();
    file(dir, "folder/tool/x", b"", 0o644);
    file(dir, "plain", b"x", 0o755);
    for (command, path) in [
        ("no-such-tool", "/usr/bin:/bin"),
        ("./no-such-tool", "/bin"),
        ("plain/tool", "/bin"),
        ("", "/bin"),
        ("tool", "folder"),
        ("here", "/nowhere"),
    ] {
        let expected = failed(&format!("no command named \"{command}\""), 127);
        assert_eq!(run(&[command], dir, Some(path)), expected);
    }
}

#[test]
fn what_cannot_be_executed_is_126_and_says_why() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path();
    file(dir, "locked", b"#!/bin/sh\n", 0o644);
    file(dir, "folder/x", b"", 0o644);
    file(dir, "orphan", b"#!/no/such/interpreter\n", 0o755);
    file(
        dir,
        "alien",
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xff\xff",
        0o755,
    );
    for (command, cause) in [
        ("./locked", "permission denied"),
        ("locked", "permission denied"),
        ("./folder", "it is a directory"),
        ("/", "it is a directory"),
        ("./orphan", "its interpreter does not exist"),
        ("orphan", "its interpreter does not exist"),
        ("./alien", "it is no program for this machine"),
    ] {
        let expected = failed(&format!("cannot execute \"{command}\": {cause}"), 126);
        assert_eq!(run(&[command], dir, Some(".")), expected);
    }
}

#[test]
fn a_script_without_its_first_line_is_run_by_no_shell() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path();
    file(dir, "script", b"echo \"$SECRET\"; exit 3\n", 0o755);
    file(dir, "empty", b"", 0o755);
    let mut child = becoming(&["./script"], dir, Some(":/bin"));
    let error =
        "cannot execute \"./script\": it has no \"#!\" line; name the program that runs it\n";
    let expected = (String::new(), error.to_owned(), 126);
    assert_eq!(result(&child.env(VALUE, "s").output().unwrap()), expected);
    assert_eq!(run(&["sh", "./script"], dir, Some("/bin")).2, 3);
    assert_eq!(run(&["./empty"], dir, Some("/bin")).2, 126);
}

#[cfg(target_os = "linux")]
#[test]
fn the_limit_of_one_variable_is_that_of_the_kernel() {
    let temp = tempfile::tempdir().unwrap();
    let mut child = becoming(&["sh", "-c", "echo ${#SECRET}"], temp.path(), BIN);
    let longest = MAX_VARIABLE_BYTES - "SECRET=".len();
    let output = child.env(VALUE, longest.to_string()).output().unwrap();
    assert_eq!(result(&output), ok(&format!("{longest}\n")));
}

#[cfg(target_os = "linux")]
#[test]
fn more_than_the_system_takes_is_125_and_says_so() {
    let temp = tempfile::tempdir().unwrap();
    // Words and variables may fill a quarter of the stack's limit, and 128 KiB in any case. The
    // test program has to start below that limit, so it makes the long value itself.
    let mut child = becoming(&["true", &"x".repeat(50_000)], temp.path(), BIN);
    child.env(VALUE, "120000");
    let mut limited = Command::new("/bin/sh");
    limited
        .args(["-c", "ulimit -s 512; exec \"$0\" \"$@\""])
        .arg(child.get_program());
    limited
        .args(child.get_args())
        .current_dir(temp.path())
        .env_clear();
    limited.envs(
        child
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let expected = failed(
        "cannot start \"true\": its arguments and variables together are larger than the system \
         allows",
        125,
    );
    assert_eq!(result(&limited.output().unwrap()), expected);
}

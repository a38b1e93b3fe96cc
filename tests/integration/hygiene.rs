//! What the process keeps to itself: no core file, no argument with a value, no look from outside.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use crate::command::Run;
use crate::harness::Sandbox;
use crate::output::Status;
use crate::pty;

/// A user who owns nothing on any machine.
const SOMEBODY: u32 = 54_321;
const PASSPHRASE: &str = "correct horse battery";
/// Makes [`tells_its_terminal`] do so.
const TELL: &str = "SECRETS_TEST_TELL";

/// Whether a command of the system does what the test needs.
fn can(sandbox: &Sandbox, line: &str) -> bool {
    let mut run = sandbox.shell(line).run().stderr_any("a question");
    run.ended() == Status::Code(0)
}

/// The soft and the hard limit of core files of a process, as the kernel shows them.
fn core_limits(pid: Pid) -> (String, String) {
    let text = fs::read_to_string(format!("/proc/{}/limits", pid.as_raw_nonzero())).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let mut words = line.unwrap().split_whitespace().skip(4).map(str::to_owned);
    (words.next().unwrap(), words.next().unwrap())
}

/// Lets [`SOMEBODY`] use the sandbox; `program` is copied to where he can start it.
fn admit(sandbox: &Sandbox, program: &Path) -> PathBuf {
    fs::set_permissions(sandbox.root(), fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["project", "home", "run", "tmp", "state"] {
        chown(sandbox.path(name), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    }
    let copy = sandbox.path("program");
    fs::copy(program, &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    copy
}

/// A run of `program` as [`SOMEBODY`]; the words of [`Run::after`] are his too.
fn as_somebody<'a>(sandbox: &'a Sandbox, program: &Path, args: &[&str]) -> Run<'a> {
    let uid = format!("--reuid={SOMEBODY}");
    let gid = format!("--regid={SOMEBODY}");
    Run::new(sandbox, program)
        .args(args)
        .through(["setpriv", &uid, &gid, "--clear-groups"])
}

/// Why a test that acts as another user on a terminal cannot run, if so.
fn lacks_users_or_terminal() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root can act as another user");
    }
    (!pty::available()).then_some("setsid is missing")
}

#[test]
fn at_a_prompt_the_soft_limit_of_core_files_is_0_and_the_hard_one_untouched() {
    let name = "at_a_prompt_the_soft_limit_of_core_files_is_0_and_the_hard_one_untouched";
    let sandbox = Sandbox::new();
    if !pty::available() || !can(&sandbox, "ulimit -c unlimited") {
        skip!(name, "setsid is missing, or the limit cannot be raised");
    }
    for (line, hard) in [
        ("ulimit -c unlimited", "unlimited"),
        ("ulimit -H -c unlimited; ulimit -S -c 8", "unlimited"),
        ("ulimit -c 0", "0"),
    ] {
        let mut terminal = sandbox.secrets(["init"]).after(line).on_terminal();
        terminal.prompted("assphrase");
        let expected = ("0".to_owned(), hard.to_owned());
        assert_eq!(core_limits(terminal.pid()), expected, "{line}");
        terminal.send("\x03");
        terminal.wait().status(130).echo_restored();
    }
}

#[test]
fn a_process_of_ours_is_closed_to_others_of_the_same_user() {
    let name = "a_process_of_ours_is_closed_to_others_of_the_same_user";
    if let Some(reason) = lacks_users_or_terminal() {
        skip!(name, reason);
    }
    let sandbox = Sandbox::new();
    let program = admit(&sandbox, Path::new(env!("CARGO_BIN_EXE_secrets")));
    let owner = |pid: Pid| {
        let file = format!("/proc/{}/environ", pid.as_raw_nonzero());
        fs::metadata(file).unwrap().uid()
    };
    let ask = "echo what; read answer";
    let mut open = as_somebody(&sandbox, Path::new("/bin/sh"), &["-c", ask]).on_terminal();
    open.expect("what");
    assert_eq!(owner(open.pid()), SOMEBODY, "an ordinary process of his");
    let mut closed = as_somebody(&sandbox, &program, &["init"]).on_terminal();
    closed.prompted("assphrase");
    assert_eq!(owner(closed.pid()), 0);
    // His own shell may not look into it.
    let look = format!("cat /proc/{}/environ", closed.pid().as_raw_nonzero());
    let run = as_somebody(&sandbox, Path::new("/bin/sh"), &["-c", &look]);
    run.run().status(1).stderr_has(&["Permission denied"]);
    closed.send("\x03");
    closed.wait().status(130).echo_restored();
}

#[test]
fn the_command_has_the_limit_of_core_files_that_the_user_had() {
    let sandbox = Sandbox::with_vault();
    if !can(&sandbox, "ulimit -c unlimited") {
        skip!(
            "the_command_has_the_limit_of_core_files_that_the_user_had",
            "the limit cannot be raised"
        );
    }
    for soft in ["unlimited", "8", "0"] {
        let line = format!("ulimit -H -c unlimited; ulimit -S -c {soft}");
        let args = ["run", "--allow-empty", "--", "sh", "-c"];
        let run = sandbox.secrets(args).arg("ulimit -S -c; ulimit -H -c");
        let said = format!("{soft}\nunlimited\n");
        run.after(&line).run().ok().stdout_is(said);
    }
}

#[test]
fn a_death_by_signal_leaves_no_core_file() {
    let name = "a_death_by_signal_leaves_no_core_file";
    let sandbox = Sandbox::new();
    if !pty::available() || !can(&sandbox, "ulimit -c unlimited") {
        skip!(name, "setsid is missing, or the limit cannot be raised");
    }
    for signal in [Signal::ABORT, Signal::SEGV, Signal::BUS, Signal::ILL] {
        let init = sandbox.secrets(["init"]).after("ulimit -c unlimited");
        let mut terminal = init.on_terminal();
        terminal.prompted("assphrase").send("typed-before-the-end");
        let end = Instant::now() + Duration::from_secs(60);
        // The runtime of Rust takes the first SIGSEGV or SIGBUS for a question about the stack.
        while terminal.is_running() {
            assert!(Instant::now() < end, "{signal:?}");
            terminal.signal(signal);
            thread::sleep(Duration::from_millis(5));
        }
        let ended = terminal.wait();
        assert_eq!(ended.status, Status::Signal(signal.as_raw()));
        assert!(!ended.core_dumped, "{signal:?}");
        let left = fs::read_dir(sandbox.project()).unwrap().count();
        assert_eq!(left, 0, "{signal:?} left a file behind");
    }
}

#[test]
fn another_users_descriptors_are_read_and_his_ignored_signals_seen() {
    let name = "another_users_descriptors_are_read_and_his_ignored_signals_seen";
    if let Some(reason) = lacks_users_or_terminal() {
        skip!(name, reason);
    }
    let sandbox = Sandbox::new();
    let program = admit(&sandbox, Path::new(env!("CARGO_BIN_EXE_secrets")));
    let somebody = |args: &[&str]| as_somebody(&sandbox, &program, args);
    // Files that root opened and somebody could not: the open descriptor is what counts.
    sandbox.canary(PASSPHRASE);
    let words = sandbox.write("harness/words", format!("{PASSPHRASE}\n"));
    let open = || File::open(&words).unwrap();
    let init = ["init", "--passphrase-file", "/dev/stdin"];
    let init = somebody(&init).stdin_file(open());
    init.run().ok().stderr_any("the greeting");
    for source in [
        ["--passphrase-file", "/dev/stdin"],
        ["--passphrase-file", "/dev/fd/0"],
        ["--passphrase-file", "/proc/self/fd/0"],
        ["--passphrase-fd", "0"],
    ] {
        let list = [&["list"] as &[&str], &source].concat();
        somebody(&list).stdin_file(open()).run().ok();
        let pipe = somebody(&list).stdin(format!("{PASSPHRASE}\n"));
        pipe.run().ok();
    }
    for file in ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] {
        let set = somebody(&["set", "A", "--allow-empty", "--from-file", file]);
        let set = set.env("SECRETS_PASSPHRASE", PASSPHRASE);
        let value = sandbox.write("harness/value", "value-in-a-file");
        let set = set.stdin_file(File::open(value).unwrap());
        set.run().ok().stderr_has(&["development:/A"]);
    }
    let mut terminal = somebody(&["list"]).after("trap '' HUP").on_terminal();
    terminal.prompted("assphrase");
    terminal.signal(Signal::HUP);
    terminal.send_hidden(format!("{PASSPHRASE}\r"));
    terminal.wait().status(0).echo_restored();
}

/// Not a test: tells the name of its terminal, in a process of its own.
#[test]
#[expect(clippy::print_stdout, reason = "its parent reads it")]
fn tells_its_terminal() {
    if std::env::var_os(TELL).is_some() {
        assert_eq!(secrets::process::harden(), Vec::<String>::new());
        let terminal = secrets::terminal::Terminal::new(secrets::terminal::Options::default());
        println!("name={:?}.", terminal.tty_name());
    }
}

#[test]
fn the_terminal_has_a_name_for_every_user_and_none_without_one() {
    let name = "the_terminal_has_a_name_for_every_user_and_none_without_one";
    if let Some(reason) = lacks_users_or_terminal() {
        skip!(name, reason);
    }
    let sandbox = Sandbox::new();
    let program = admit(&sandbox, &std::env::current_exe().unwrap());
    let me = ["--exact", "hygiene::tells_its_terminal", "--nocapture"];
    let tell = || as_somebody(&sandbox, &program, &me).env(TELL, "1");
    let detached = tell().run().ok();
    let said = detached.stdout_text();
    assert!(said.contains("name=None."), "{said}");
    for streams in [
        "",
        "exec </dev/null",
        "exec 2>/dev/null",
        "exec </dev/null 2>/dev/null",
    ] {
        let line = format!("echo on=$(tty).; {streams}");
        let ended = tell().after(&line).on_terminal().wait().status(0);
        let shown = ended.screen.split_once("on=").unwrap().1;
        let named = shown.split_once('.').unwrap().0;
        assert!(named.starts_with("/dev/"), "{named}");
        let told = format!("name=Some({named:?}).");
        ended.screen_has(&told);
    }
}

/// Looks at the command lines of all processes until it is asked what it saw.
struct Watcher {
    done: Arc<AtomicBool>,
    seen: JoinHandle<BTreeSet<String>>,
}

impl Watcher {
    fn start() -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&done);
        let seen = thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while !end.load(Ordering::Relaxed) {
                let entries = fs::read_dir("/proc").unwrap().flatten();
                for entry in entries {
                    let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                    let line = String::from_utf8_lossy(&line).replace('\0', " ");
                    seen.insert(line);
                }
            }
            seen
        });
        Watcher { done, seen }
    }

    fn seen(self) -> BTreeSet<String> {
        self.done.store(true, Ordering::Relaxed);
        self.seen.join().unwrap()
    }
}

#[test]
fn no_command_line_shows_a_value_a_key_or_a_passphrase() {
    if !Path::new("/proc/self/cmdline").exists() {
        skip!(
            "no_command_line_shows_a_value_a_key_or_a_passphrase",
            "this system has no /proc"
        );
    }
    let sandbox = Sandbox::with_vault();
    let key = fs::read_to_string(sandbox.key_file()).unwrap();
    let value = "value-that-no-command-line-shows";
    sandbox.canary(value);
    let watcher = Watcher::start();
    let nap = Duration::from_millis(200);

    // Its input comes late, so it is there to be seen.
    let (reader, mut writer) = std::io::pipe().unwrap();
    let reader = File::from(OwnedFd::from(reader));
    let set = sandbox.secrets(["set", "WATCHED_SET"]).stdin_file(reader);
    let set = set.spawn();
    thread::sleep(nap);
    writer.write_all(value.as_bytes()).unwrap();
    drop(writer);
    set.wait().ok().stderr_any("the report of a write");

    let settings = "key_command = [\"sh\", \"-c\", \"sleep 0.2; cat $HOME/key; sleep 0.2\"]\n";
    sandbox.write("home/.config/secrets/config.toml", settings);
    let get = sandbox
        .secrets(["get", "WATCHED_SET"])
        .without("SECRETS_KEY_FILE");
    get.run().ok().stdout_is(value);
    let run = [
        "run",
        "--",
        "sh",
        "-c",
        "sleep 0.2; test -n \"$WATCHED_SET\"",
    ];
    sandbox.secrets(run).run().ok();
    let init = Sandbox::new();
    let with = init.secrets(["init"]).env("SECRETS_PASSPHRASE", PASSPHRASE);
    init.canary(PASSPHRASE);
    with.run().ok().stderr_any("the greeting");

    let seen = watcher.seen();
    for words in [
        "set WATCHED_SET",
        "get WATCHED_SET",
        "cat $HOME/key",
        "test -n",
        "secrets init",
    ] {
        let found = seen.iter().any(|line| line.contains(words));
        assert!(found, "the watcher slept through {words:?}");
    }
    for secret in [value, key.trim_end(), PASSPHRASE] {
        let shown = seen.iter().find(|line| line.contains(secret));
        assert!(shown.is_none(), "{shown:?}");
    }
}

#[test]
fn a_prompt_works_where_the_leader_of_the_session_is_outside_of_the_namespace() {
    let name = "a_prompt_works_where_the_leader_of_the_session_is_outside_of_the_namespace";
    let sandbox = Sandbox::new();
    if !pty::available() || !can(&sandbox, "unshare --pid --fork true") {
        skip!(
            name,
            "no pid namespace can be made here, or setsid is missing"
        );
    }
    sandbox.init_with_passphrase(PASSPHRASE);
    let list = sandbox
        .secrets(["list"])
        .through(["unshare", "--pid", "--fork"]);
    let mut terminal = list.on_terminal();
    terminal
        .prompted("assphrase")
        .send_hidden(format!("{PASSPHRASE}\r"));
    let ended = terminal.wait().status(0).echo_restored();
    ended.screen_lacks("internal error");
}

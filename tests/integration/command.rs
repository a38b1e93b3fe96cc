//! One run of a program inside a [`Sandbox`].

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::harness::Sandbox;
use crate::output::Output;

/// After this a run counts as hung. It is a guard and no measurement.
const PATIENCE: Duration = Duration::from_secs(120);

/// A command that is being put together.
pub struct Run<'a> {
    sandbox: &'a Sandbox,
    program: PathBuf,
    through: Vec<OsString>,
    args: Vec<OsString>,
    env: BTreeMap<OsString, OsString>,
    stdin: Input,
    cwd: PathBuf,
    uid: Option<u32>,
    label: Option<String>,
    timeout: Duration,
}

/// What a command reads.
enum Input {
    Bytes(Vec<u8>),
    File(File),
    Nothing,
}

impl<'a> Run<'a> {
    pub fn new(sandbox: &'a Sandbox, program: &Path) -> Self {
        Run {
            sandbox,
            program: program.to_owned(),
            through: Vec::new(),
            args: Vec::new(),
            env: sandbox
                .environment()
                .into_iter()
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
            stdin: Input::Nothing,
            cwd: sandbox.project(),
            uid: None,
            label: None,
            timeout: PATIENCE,
        }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args
            .extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env
            .insert(name.as_ref().to_owned(), value.as_ref().to_owned());
        self
    }

    pub fn without(mut self, name: impl AsRef<OsStr>) -> Self {
        self.env.remove(name.as_ref());
        self
    }

    /// Bytes on a pipe. Without this call standard input is `/dev/null`.
    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = Input::Bytes(bytes.as_ref().to_vec());
        self
    }

    /// An open file, or an end of something, as standard input.
    pub fn stdin_file(mut self, file: File) -> Self {
        self.stdin = Input::File(file);
        self
    }

    pub fn cwd(mut self, dir: impl AsRef<Path>) -> Self {
        self.cwd = dir.as_ref().to_owned();
        self
    }

    /// Starts the program as another user; only root can.
    pub fn uid(mut self, uid: u32) -> Self {
        self.uid = Some(uid);
        self
    }

    /// Starts the program by other words, as in `through(["nice", "-n", "5"])`.
    pub fn through<A: AsRef<OsStr>>(mut self, words: impl IntoIterator<Item = A>) -> Self {
        self.through
            .extend(words.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Runs `script` in a shell first, in the same process: `umask 0`, `ulimit -c 0`, redirections.
    pub fn after(self, script: &str) -> Self {
        let line = format!("{script}\nexec \"$@\"");
        self.through(["/bin/sh", "-c", &line, "sh"])
    }

    /// How messages name it, where the words themselves say less.
    pub fn label(mut self, label: &str) -> Self {
        self.label = Some(label.to_owned());
        self
    }

    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Starts it and waits for its end.
    pub fn run(self) -> Output<'a> {
        self.spawn().wait()
    }

    /// Starts it.
    pub fn spawn(self) -> Running<'a> {
        let (mut command, label) = self.command();
        let (stdin, bytes) = match self.stdin {
            Input::Nothing => (Stdio::null(), None),
            Input::File(file) => (Stdio::from(file), None),
            Input::Bytes(bytes) => (Stdio::piped(), Some(bytes)),
        };
        let mut child = command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {label}: {e}"));
        if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), bytes) {
            // A child that does not read its input is no failure of the harness.
            thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        Running {
            sandbox: self.sandbox,
            stdout: collect(child.stdout.take().unwrap()),
            stderr: collect(child.stderr.take().unwrap()),
            child,
            label,
            timeout: self.timeout,
        }
    }

    /// The command in a session of its own, and how a person would write it.
    ///
    /// Without a terminal, a prompt cannot reach the person who runs the tests.
    fn command(&self) -> (Command, String) {
        let (plain, label) = self.plain();
        let Some(setsid) = detach() else {
            return (plain, label);
        };
        // A test runner in the background ignores signals, and so would its children.
        let mut command = Command::new("env");
        command.arg("--default-signal").arg(setsid);
        command.arg(plain.get_program()).args(plain.get_args());
        self.place(&mut command);
        (command, label)
    }

    /// The command as it is, and how a person would write it.
    pub fn plain(&self) -> (Command, String) {
        let mut words: Vec<&OsStr> = self.through.iter().map(OsString::as_os_str).collect();
        words.push(self.program.as_os_str());
        words.extend(self.args.iter().map(OsString::as_os_str));
        let spoken = |w: &&OsStr| {
            w.to_string_lossy()
                .replace(env!("CARGO_BIN_EXE_secrets"), "secrets")
        };
        let label = self.label.clone();
        let label = label.unwrap_or_else(|| words.iter().map(spoken).collect::<Vec<_>>().join(" "));
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        self.place(&mut command);
        (command, label)
    }

    /// Environment, directory and user.
    fn place(&self, command: &mut Command) {
        command.env_clear().envs(&self.env).current_dir(&self.cwd);
        if let Some(uid) = self.uid {
            command.uid(uid).gid(uid);
        }
    }

    /// The sandbox, and the bytes for standard input.
    pub fn into_input(self) -> (&'a Sandbox, Option<Vec<u8>>) {
        let bytes = match self.stdin {
            Input::Bytes(bytes) => Some(bytes),
            Input::File(_) | Input::Nothing => None,
        };
        (self.sandbox, bytes)
    }
}

/// The command that starts another one in a new session, if this system has it.
pub fn detach() -> Option<&'static Path> {
    static SETSID: OnceLock<Option<PathBuf>> = OnceLock::new();
    SETSID.get_or_init(|| find("setsid")).as_deref()
}

/// The path of a command of the system.
pub fn find(name: &str) -> Option<PathBuf> {
    crate::harness::SYSTEM_PATH
        .split(':')
        .chain(["/usr/local/bin"])
        .map(|dir| Path::new(dir).join(name))
        .find(|path| path.is_file())
}

/// A command that has been started.
pub struct Running<'a> {
    sandbox: &'a Sandbox,
    child: Child,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    label: String,
    timeout: Duration,
}

impl<'a> Running<'a> {
    /// The number of the process; it stays the same through every `exec`.
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends a signal; one that comes too late is none.
    pub fn signal(&self, signal: Signal) {
        let _ = kill_process(self.pid(), signal);
    }

    /// Waits for the end.
    pub fn wait(mut self) -> Output<'a> {
        let end = Instant::now() + self.timeout;
        let mut nap = Duration::from_micros(500);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > end {
                let _ = kill_process_group(self.pid(), Signal::KILL);
                drop(self.child.kill());
                panic!("{} does not end", self.label);
            }
            thread::sleep(nap);
            nap = (nap * 2).min(Duration::from_millis(10));
        };
        let rest = Duration::from_secs(10);
        let read = |stream: &Receiver<Vec<u8>>| {
            stream.recv_timeout(rest).unwrap_or_else(|_| {
                panic!(
                    "{} left a child behind that holds its output open",
                    self.label
                )
            })
        };
        let (stdout, stderr) = (read(&self.stdout), read(&self.stderr));
        Output::new(self.sandbox, self.label.clone(), status, stdout, stderr)
    }
}

/// Reads a stream to its end in a thread of its own.
fn collect(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        drop(stream.read_to_end(&mut bytes));
        drop(send.send(bytes));
    });
    receive
}

//! A program in which a person edits a file.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, SigmaskHow, Signal, raise};

use super::capture::{CaptureError, find};
use super::environment::Environment;
use super::hygiene::UsersCoreLimit;

/// How long an editor that was told to end may take to put the terminal right.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often we look whether it has.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// While it lives, no signal of the terminal ends us: files lie about that have
/// to be removed first. What came in between arrives when it is dropped.
pub struct Editing {
    before: SigSet,
}

/// How an editor ended.
pub enum Edited {
    /// With status 0, after this time.
    Done(Duration),
    /// By this signal, or because this signal came to us. It ends us too, as
    /// soon as [`Editing`] is dropped.
    Ending(i32),
}

impl Editing {
    /// Holds the signals.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn begin() -> io::Result<Self> {
        // Where a signal is ignored by default, a handler makes it wait too.
        signal_hook::flag::register(signal_hook::consts::SIGCHLD, Arc::default())?;
        let before = held().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        Ok(Editing { before })
    }

    /// Lets the signals do what they usually do for as long as `work` takes: a
    /// prompt looks after them itself.
    pub fn pause<T>(&self, work: impl FnOnce() -> T) -> T {
        let _ = self.before.thread_set_mask();
        let done = work();
        let _ = held().thread_block();
        done
    }

    /// Starts the editor on the terminal and waits for its end.
    ///
    /// `argv` is its words, no shell; it is looked for in absolute directories of
    /// the `PATH` in `environment` only. `stdout` takes the place of our standard
    /// output. Ctrl-C is the editor's. SIGTERM and SIGHUP are passed on to it.
    ///
    /// # Errors
    /// [`CaptureError`]: not there, cannot be started, a status other than 0.
    pub fn run(
        &self,
        argv: &[OsString],
        environment: &Environment,
        stdout: Option<OwnedFd>,
    ) -> Result<Edited, CaptureError> {
        let word = argv.first().map_or(OsStr::new(""), OsString::as_os_str);
        let command = word.to_string_lossy().into_owned();
        let Some(path) = find(word, environment.value("PATH")) else {
            return Err(CaptureError::NotFound { command });
        };
        let began = Instant::now();
        let ended = self
            .start(&path, argv, environment, stdout)
            .and_then(|mut child| wait(&mut child));
        let (status, signal) = match ended {
            Ok(ended) => ended,
            Err(error) => return Err(CaptureError::Io { command, error }),
        };
        match (status.and_then(|status| status.code()), signal) {
            (_, Some(signal)) => {
                let _ = raise(signal);
                Ok(Edited::Ending(signal as i32))
            }
            (Some(0), None) => Ok(Edited::Done(began.elapsed())),
            (Some(status), None) => Err(CaptureError::Failed { command, status }),
            (None, None) => {
                let signal = status.and_then(|status| status.signal()).unwrap_or(0);
                if signal == Signal::SIGINT as i32 {
                    let _ = raise(Signal::SIGINT);
                    return Ok(Edited::Ending(signal));
                }
                Err(CaptureError::Killed { command, signal })
            }
        }
    }

    /// A child begins with the signals that its thread holds, so it is started
    /// by one that holds none of ours.
    fn start(
        &self,
        path: &OsStr,
        argv: &[OsString],
        environment: &Environment,
        stdout: Option<OwnedFd>,
    ) -> io::Result<Child> {
        let mut command = Command::new(path);
        command
            .arg0(argv.first().map_or(path, OsString::as_os_str))
            .args(argv.iter().skip(1))
            .env_clear()
            .envs(environment.pairs());
        if let Some(stdout) = stdout {
            command.stdout(stdout);
        }
        let before = self.before;
        let _limit_of_user = UsersCoreLimit::restore();
        let started = thread::spawn(move || {
            before.thread_set_mask()?;
            command.spawn()
        });
        let lost = || io::Error::other("the thread that starts it ended");
        started.join().unwrap_or_else(|_| Err(lost()))
    }
}

impl Drop for Editing {
    fn drop(&mut self) {
        let _ = self.before.thread_set_mask();
    }
}

fn held() -> SigSet {
    [
        Signal::SIGCHLD,
        Signal::SIGHUP,
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGTERM,
    ]
    .into_iter()
    .collect()
}

/// Waits for the child's end, and says which signal told us to end before.
fn wait(child: &mut Child) -> io::Result<(Option<ExitStatus>, Option<Signal>)> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((Some(status), None));
        }
        let signal = held().wait()?;
        if !matches!(signal, Signal::SIGHUP | Signal::SIGTERM) {
            continue;
        }
        let process = i32::try_from(child.id()).map(nix::unistd::Pid::from_raw);
        if let Ok(process) = process {
            let _ = nix::sys::signal::kill(process, signal);
        }
        let told = Instant::now();
        while told.elapsed() < PATIENCE {
            if let Some(status) = child.try_wait()? {
                return Ok((Some(status), Some(signal)));
            }
            thread::sleep(LOOK_AGAIN);
        }
        return Ok((None, Some(signal)));
    }
}

/// The words of `EDITOR`: white space parts them unless it is quoted, as
/// `'…'`, `"…"` or `\ `; nothing is expanded. None if a quote is not closed.
pub fn words(text: &OsStr) -> Option<Vec<OsString>> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let (mut all, mut word, mut quote) = (Vec::new(), None::<Vec<u8>>, None);
    let mut bytes = text.as_bytes().iter().copied();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None | Some(b'"'), b'\\') => {
                let next = bytes.next()?;
                word.get_or_insert_default().push(next);
            }
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (None, _) if byte.is_ascii_whitespace() => {
                all.extend(word.take().map(OsString::from_vec));
            }
            _ => word.get_or_insert_default().push(byte),
        }
    }
    all.extend(word.map(OsString::from_vec));
    quote.is_none().then_some(all)
}

/// What a program is told so that it leaves no copy of the file elsewhere, and
/// does not return before the file is closed: words to stand before the file.
///
/// `is_vim` says that a program named `vi` is vim. Whatever lies beside the
/// file goes with its directory anyway.
pub fn discretion(program: &OsStr, is_vim: bool) -> &'static [&'static str] {
    /// No swap file, no history, no backup, no undo file; the end of the last
    /// line stays as it is.
    const VIM: &[&str] = &[
        "-n",
        "-i",
        "NONE",
        "-c",
        "set noswapfile nobackup nowritebackup noundofile nofixeol",
    ];
    const GVIM: &[&str] = &[
        "-f",
        "-n",
        "-i",
        "NONE",
        "-c",
        "set noswapfile nobackup nowritebackup noundofile nofixeol",
    ];
    const EMACS: &[&str] = &[
        "--eval",
        "(setq make-backup-files nil auto-save-default nil create-lockfiles nil \
         auto-save-list-file-prefix nil)",
    ];
    const MICRO: &[&str] = &[
        "-backup",
        "false",
        "-savehistory",
        "false",
        "-saveundo",
        "false",
    ];
    let name = Path::new(program).file_name().and_then(OsStr::to_str);
    match name.unwrap_or_default() {
        "vim" | "nvim" | "vim.basic" | "vim.tiny" | "vim.nox" => VIM,
        "vi" if is_vim => VIM,
        "gvim" => GVIM,
        "emacs" => EMACS,
        "micro" => MICRO,
        "code" | "code-insiders" | "codium" | "cursor" | "subl" | "zed" => &["--wait"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::Rules;
    use super::*;

    fn environment() -> Environment {
        let ours = [("PATH", "/usr/bin:/bin"), ("SECRETS_KEY", "canary")];
        let ours = ours.map(|(name, value)| (OsStr::new(name), OsStr::new(value)));
        Environment::build(ours, Vec::new(), &Rules::default())
            .unwrap_or_else(|_| panic!("it has no pairs"))
    }

    fn ended(script: &str) -> Result<Edited, CaptureError> {
        let argv = ["sh", "-c", script].map(OsString::from);
        Editing::begin().unwrap().run(&argv, &environment(), None)
    }

    #[test]
    fn an_editor_gets_no_credential_and_no_held_signal() {
        let script = "test -z \"$SECRETS_KEY\" && \
                      ! grep -q '^SigBlk:.*[1-9a-f]' /proc/self/status";
        assert!(matches!(ended(script), Ok(Edited::Done(_))));
    }

    #[test]
    fn how_an_editor_failed_is_said() {
        let said = |script| ended(script).err().map(|error| error.to_string());
        assert_eq!(
            said("exit 3").as_deref(),
            Some("the command \"sh\" failed with status 3")
        );
        assert_eq!(
            said("kill -KILL $$").as_deref(),
            Some("the command \"sh\" was ended by signal 9")
        );
    }

    #[test]
    fn an_editor_setting_is_parted_as_a_shell_would_and_nothing_is_expanded() {
        let parted = |text: &str| {
            let words = words(OsStr::new(text))?;
            Some(
                words
                    .iter()
                    .map(|w| w.to_str().unwrap().to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        for (text, expected) in [
            ("vim", &["vim"][..]),
            ("  code   --wait ", &["code", "--wait"]),
            ("'/opt/my editor/bin' -x", &["/opt/my editor/bin", "-x"]),
            ("a\\ b \"c \\\" d\" ''", &["a b", "c \" d", ""]),
            ("vim $(id) `id` ; rm", &["vim", "$(id)", "`id`", ";", "rm"]),
            ("", &[]),
        ] {
            assert_eq!(parted(text).unwrap(), expected, "{text}");
        }
        assert_eq!(parted("'open"), None);
        assert_eq!(parted("end\\"), None);
    }

    #[test]
    fn only_programs_that_are_known_are_told_something() {
        let told = |name: &str, is_vim| discretion(OsStr::new(name), is_vim).first().copied();
        assert_eq!(told("/usr/bin/vim", false), Some("-n"));
        assert_eq!(told("vi", true), Some("-n"));
        assert_eq!(told("code", false), Some("--wait"));
        for other in ["vi", "nano", "ed", "./edit.sh", ""] {
            assert_eq!(told(other, false), None, "{other}");
        }
    }
}

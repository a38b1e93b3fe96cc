//! A program in which a person edits a file.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, raise};

use super::capture::{CaptureError, find};
use super::environment::Environment;
use super::exec::ExecError;
use super::signals::Signals;
use super::supervise::{Care, Ended, supervise};

/// While it lives, no signal of the terminal ends us: files lie about that have
/// to be removed first. What came in between arrives when it is dropped.
pub struct Editing(Signals);

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
        Signals::hold().map(Editing)
    }

    /// Lets the signals do what they usually do for as long as `work` takes: a
    /// prompt looks after them itself.
    pub fn pause<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.pause(work)
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
        environment: Environment,
        stdout: Option<OwnedFd>,
    ) -> Result<Edited, CaptureError> {
        let (word, words) = match argv.split_first() {
            Some((word, words)) => (word.as_os_str(), words),
            None => (OsStr::new(""), &[][..]),
        };
        let command = word.to_string_lossy().into_owned();
        let Some(path) = find(word, environment.value("PATH")) else {
            return Err(CaptureError::NotFound { command });
        };
        let began = Instant::now();
        let care = Care {
            stdout,
            ..Care::default()
        };
        let ended = supervise(&path, words, environment, &self.0, care, None);
        let signal = match (ended, self.0.told_to_end()) {
            (Ok(_), Some(signal)) => signal,
            (Ok(Ended::Code(0)), None) => return Ok(Edited::Done(began.elapsed())),
            (Ok(Ended::Code(status)), None) => {
                let status = i32::from(status);
                return Err(CaptureError::Failed { command, status });
            }
            (Ok(Ended::Signal(signal)), None) => match i32::from(signal) {
                signal if signal == Signal::SIGINT as i32 => Signal::SIGINT,
                signal => return Err(CaptureError::Killed { command, signal }),
            },
            (Ok(Ended::TimedOut | Ended::Changed), None) => Signal::SIGALRM,
            (Err(ExecError::NotFound { .. }), _) => {
                return Err(CaptureError::NotFound { command });
            }
            (Err(ExecError::Failed { cause, .. } | ExecError::NotExecutable { cause, .. }), _) => {
                let error = io::Error::other(cause);
                return Err(CaptureError::Io { command, error });
            }
        };
        let _ = raise(signal);
        Ok(Edited::Ending(signal as i32))
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
        Editing::begin().unwrap().run(&argv, environment(), None)
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

//! Helper commands whose output is a secret: `key_command`.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::environment::Environment;
use super::hygiene::UsersCoreLimit;
use crate::file::cause_text;
use crate::secret::SecretValue;

/// Why a helper command gave no output.
#[derive(Debug)]
pub enum CaptureError {
    /// It ended with a status other than 0.
    Failed {
        /// Its first word.
        command: String,
        /// Its exit status.
        status: i32,
    },
    /// Talking to it failed.
    Io {
        /// Its first word.
        command: String,
        /// What the system says.
        error: io::Error,
    },
    /// It was ended by a signal.
    Killed {
        /// Its first word.
        command: String,
        /// The number of the signal.
        signal: i32,
    },
    /// It is no absolute path and in no absolute directory of `PATH`.
    NotFound {
        /// Its first word; empty when there is none.
        command: String,
    },
    /// It printed more than `limit` bytes and was ended for it.
    TooLong {
        /// Its first word.
        command: String,
        /// The greatest length, in bytes.
        limit: usize,
    },
}

impl std::fmt::Display for CaptureError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CaptureError::Failed { command, status } => {
                write!(f, "the command \"{command}\" failed with status {status}")
            }
            CaptureError::Io { command, error } => {
                write!(
                    f,
                    "cannot run the command \"{command}\": {}",
                    cause_text(error)
                )
            }
            CaptureError::Killed { command, signal } => {
                write!(f, "the command \"{command}\" was ended by signal {signal}")
            }
            CaptureError::NotFound { command } => write!(f, "no command named \"{command}\""),
            CaptureError::TooLong { command, limit } => {
                write!(
                    f,
                    "the command \"{command}\" printed more than {limit} bytes"
                )
            }
        }
    }
}

/// Runs a helper command and takes its standard output, exactly as it came.
///
/// `argv` is its words, no shell. It is looked for in absolute directories of
/// the `PATH` in `environment` only, so that a cloned repository cannot stand
/// in for it. Its standard input is `stdin`, or empty; its standard error is
/// ours. The output, at most `limit` bytes, lies in one buffer that never
/// moves and is wiped; what the system library copies of `environment` on the
/// way is not wiped, so no secret belongs into that. Its soft limit of core
/// files is the one that the user had, and so is ours for the moment of the
/// start.
///
/// # Errors
/// [`CaptureError`]; output of a command that failed is thrown away.
pub fn capture(
    argv: &[OsString],
    environment: &Environment,
    stdin: Option<&SecretValue>,
    limit: usize,
) -> Result<SecretValue, CaptureError> {
    let word = argv.first().map_or(OsStr::new(""), OsString::as_os_str);
    let command = word.to_string_lossy().into_owned();
    let Some(path) = find(word, environment.value("PATH")) else {
        return Err(CaptureError::NotFound { command });
    };
    let io_error = |error| CaptureError::Io {
        command: command.clone(),
        error,
    };
    let limit_of_user = UsersCoreLimit::restore();
    let started = Command::new(path)
        .arg0(word)
        .args(argv.iter().skip(1))
        .env_clear()
        .envs(environment.pairs())
        .stdin(if stdin.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        .spawn();
    drop(limit_of_user);
    let mut child = started.map_err(io_error)?;
    let output = converse(&mut child, stdin, limit);
    if !matches!(output, Ok(Some(_))) {
        // It may be waiting for us to read on.
        let _ = child.kill();
    }
    let status = child.wait().map_err(io_error)?;
    match (output.map_err(io_error)?, status.code(), status.signal()) {
        (None, ..) => Err(CaptureError::TooLong { command, limit }),
        (Some(value), Some(0), _) => Ok(value),
        (_, Some(status), _) => Err(CaptureError::Failed { command, status }),
        (_, None, signal) => Err(CaptureError::Killed {
            command,
            signal: signal.unwrap_or(0),
        }),
    }
}

/// Feeds the child and reads it to its end at the same time, so that neither
/// waits for the other. None when it said more than `limit` bytes.
fn converse(
    child: &mut Child,
    stdin: Option<&SecretValue>,
    limit: usize,
) -> io::Result<Option<SecretValue>> {
    let Some(output) = child.stdout.take() else {
        return Ok(Some(SecretValue::default()));
    };
    let mut input = child.stdin.take();
    if let Some(pipe) = &input {
        rustix::io::ioctl_fionbio(pipe, true)?;
    }
    let mut rest = stdin.map_or(&[][..], SecretValue::expose);
    let mut buffer = Zeroizing::new(Vec::with_capacity(limit.saturating_add(1)));
    loop {
        if rest.is_empty() {
            input = None;
        }
        let mut fds = vec![PollFd::new(&output, PollFlags::IN)];
        fds.extend(input.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::OUT)));
        match poll(&mut fds, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready = |place: usize| fds.get(place).is_some_and(|fd| !fd.revents().is_empty());
        let (readable, writable) = (ready(0), ready(1));
        if let (Some(pipe), true) = (&input, writable) {
            match rustix::io::write(pipe, rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(Errno::AGAIN | Errno::INTR) => {}
                // A command that does not read its input is its own affair.
                Err(_) => rest = &[],
            }
        }
        if readable {
            match rustix::io::read(&output, spare_capacity(&mut *buffer)) {
                Ok(0) => return Ok(Some(SecretValue::copy_from(&buffer))),
                Ok(_) if buffer.len() > limit => return Ok(None),
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The file that `word` means, in absolute directories of `path` only.
pub(super) fn find(word: &OsStr, path: Option<&OsStr>) -> Option<OsString> {
    use rustix::fs::{Access, access};
    if word.as_bytes().contains(&b'/') {
        return word.as_bytes().starts_with(b"/").then(|| word.to_owned());
    }
    let mut dirs = path?
        .as_bytes()
        .split(|byte| *byte == b':')
        .filter(|dir| dir.starts_with(b"/"));
    dirs.find_map(|dir| {
        let file = OsStr::from_bytes(&[dir, b"/", word.as_bytes()].concat()).to_owned();
        let is_dir = std::path::Path::new(&file).is_dir();
        (!word.is_empty() && !is_dir && access(&file, Access::EXEC_OK).is_ok()).then_some(file)
    })
}

#[cfg(test)]
mod tests;

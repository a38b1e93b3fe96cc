//! The start of a command in the place of this process.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use nix::errno::Errno;

use super::environment::Environment;
use super::hygiene::UsersCoreLimit;

/// Where commands are looked for when the child has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Why a command could not be started. We are still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecError {
    /// The system failed, or would not take so much; status 125.
    Failed {
        /// The command as the user wrote it.
        command: String,
        /// What the system says.
        cause: String,
    },
    /// It is there and cannot be executed; status 126.
    NotExecutable {
        /// The command as the user wrote it.
        command: String,
        /// Why.
        cause: String,
    },
    /// There is no such command; status 127.
    NotFound {
        /// The command as the user wrote it.
        command: String,
    },
}

impl ExecError {
    pub(super) fn failed(command: &OsStr, errno: Errno) -> Self {
        ExecError::Failed {
            command: command.to_string_lossy().into_owned(),
            cause: cause(errno),
        }
    }

    /// The exit status that shells and `env(1)` use for it: 125, 126 or 127.
    pub fn status(&self) -> u8 {
        match self {
            ExecError::Failed { .. } => 125,
            ExecError::NotExecutable { .. } => 126,
            ExecError::NotFound { .. } => 127,
        }
    }
}

impl std::fmt::Display for ExecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ExecError::Failed { command, cause } => {
                write!(f, "cannot start \"{command}\": {cause}")
            }
            ExecError::NotExecutable { command, cause } => {
                write!(f, "cannot execute \"{command}\": {cause}")
            }
            ExecError::NotFound { command } => write!(f, "no command named \"{command}\""),
        }
    }
}

/// Becomes `command`: same process, same PID, open descriptors and signal mask.
///
/// A name without `/` is looked for in the *child's* `PATH`, relative entries
/// included, as a shell does; an empty entry is the current directory. A file
/// without a `#!` line is refused: no shell takes part that nobody asked for.
/// SIGPIPE, which the Rust runtime ignores, is back at its default, and so is
/// the soft limit of core files at what the user had.
///
/// It returns only when that failed. The environment is wiped then.
pub fn exec(command: &OsStr, args: &[OsString], environment: Environment) -> ExecError {
    let _limit = match before_exec() {
        Ok(limit) => limit,
        Err(errno) => return ExecError::failed(command, errno),
    };
    let start = &mut |path: &CStr, argv: &[CString], entries: &[&CStr]| {
        nix::unistd::execve(path, argv, entries)
    };
    match attempt(command, args, &environment, start) {
        Err(error) => error,
        Ok(never) => match never {},
    }
}

/// How a file is started: its path, its arguments, its variables.
type Start<'a, T> = &'a mut dyn FnMut(&CStr, &[CString], &[&CStr]) -> Result<T, Errno>;

/// Starts the first file that `command` may mean and that can be started.
///
/// # Errors
/// None can; where several were there, the reason of the one that a shell names.
pub(super) fn attempt<T>(
    command: &OsStr,
    args: &[OsString],
    environment: &Environment,
    start: Start<'_, T>,
) -> Result<T, ExecError> {
    try_each(command, args, environment, start).map_err(|stop| {
        let shown = command.to_string_lossy().into_owned();
        match stop {
            Stop::Failed(errno) => ExecError::failed(command, errno),
            Stop::NotExecutable(cause) => ExecError::NotExecutable {
                command: shown,
                cause,
            },
            Stop::NotFound => ExecError::NotFound { command: shown },
        }
    })
}

/// Why an attempt ended.
enum Stop {
    Failed(Errno),
    NotExecutable(String),
    NotFound,
}

fn try_each<T>(
    command: &OsStr,
    args: &[OsString],
    environment: &Environment,
    start: Start<'_, T>,
) -> Result<T, Stop> {
    let words = std::iter::once(command).chain(args.iter().map(OsString::as_os_str));
    let words: Result<Vec<CString>, _> = words.map(|word| CString::new(word.as_bytes())).collect();
    let argv = words.map_err(|_| Stop::Failed(Errno::EINVAL))?;
    let entries = environment.entries();
    let searching = !command.as_bytes().contains(&b'/');
    let mut found = Stop::NotFound;
    for path in candidates(command, environment.value("PATH")) {
        let errno = match start(&path, &argv, &entries) {
            Ok(started) => return Ok(started),
            Err(errno) => errno,
        };
        match errno {
            Errno::ENOENT
            | Errno::ENOTDIR
            | Errno::ELOOP
            | Errno::ENAMETOOLONG
            | Errno::ESTALE
            | Errno::ENODEV
            | Errno::ETIMEDOUT => {
                // A file that is there and yet not found lacks what its `#!` line or its
                // loader names.
                if kind(&path) == Kind::File && matches!(found, Stop::NotFound) {
                    found = Stop::NotExecutable("its interpreter does not exist".to_owned());
                }
            }
            Errno::EACCES if searching && kind(&path) != Kind::File => {}
            Errno::EACCES => {
                let cause = match kind(&path) {
                    Kind::Directory => "it is a directory".to_owned(),
                    _ => cause(errno),
                };
                if matches!(found, Stop::NotFound) {
                    found = Stop::NotExecutable(cause);
                }
            }
            Errno::ENOEXEC => return Err(Stop::NotExecutable(no_shell(&path))),
            Errno::EPERM | Errno::ETXTBSY | Errno::EINVAL | Errno::EISDIR => {
                return Err(Stop::NotExecutable(cause(errno)));
            }
            _ => return Err(Stop::Failed(errno)),
        }
    }
    Err(found)
}

/// The last thing that is done in this process when all goes well.
///
/// Handlers, unlike ignored signals, are reset by exec. So a handler for
/// SIGPIPE gives the command its default back, without unsafe code. The limit
/// of core files is the user's again until what is returned is dropped.
fn before_exec() -> Result<UsersCoreLimit, Errno> {
    let flag = Arc::default();
    match signal_hook::flag::register(signal_hook::consts::SIGPIPE, flag) {
        Ok(_) => Ok(UsersCoreLimit::restore()),
        Err(error) => Err(Errno::from_raw(error.raw_os_error().unwrap_or(0))),
    }
}

/// The files that `command` may mean, in order.
fn candidates(command: &OsStr, path: Option<&OsStr>) -> Vec<CString> {
    let name = command.as_bytes();
    if name.is_empty() {
        return Vec::new();
    }
    if name.contains(&b'/') {
        return CString::new(name).into_iter().collect();
    }
    let path = path.unwrap_or(OsStr::new(DEFAULT_PATH)).as_bytes();
    let join = |dir: &[u8]| {
        let dir = if dir.is_empty() { b".".as_slice() } else { dir };
        CString::new([dir, b"/", name].concat()).ok()
    };
    path.split(|byte| *byte == b':').filter_map(join).collect()
}

/// Why the kernel takes a file for no program. A shell would run one without a
/// `#!` line as a script of its own; here none does unless it is asked for.
fn no_shell(path: &CStr) -> String {
    match is_script(path) {
        Ok(true) => "it has no \"#!\" line; name the program that runs it".to_owned(),
        Ok(false) => cause(Errno::ENOEXEC),
        Err(errno) => cause(Errno::from_raw(errno.raw_os_error())),
    }
}

fn is_script(path: &CStr) -> Result<bool, rustix::io::Errno> {
    use rustix::fs::{Mode, OFlags, open};
    let file = open(
        path,
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY,
        Mode::empty(),
    )?;
    let mut start = [0_u8; 80];
    let count = rustix::io::read(&file, &mut start)?;
    let mut line = start.iter().take(count).take_while(|byte| **byte != b'\n');
    Ok(!line.any(|byte| *byte == 0))
}

#[derive(PartialEq, Eq)]
enum Kind {
    Directory,
    File,
    Nothing,
}

/// What lies at `path`, links followed.
fn kind(path: &CStr) -> Kind {
    match rustix::fs::stat(path) {
        Ok(stat) if rustix::fs::FileType::from_raw_mode(stat.st_mode).is_dir() => Kind::Directory,
        Ok(_) => Kind::File,
        Err(_) => Kind::Nothing,
    }
}

/// What the system says, in the house's lower case.
fn cause(errno: Errno) -> String {
    match errno {
        Errno::E2BIG => {
            "its arguments and variables together are larger than the system allows".to_owned()
        }
        Errno::ENOEXEC => "it is no program for this machine".to_owned(),
        _ => errno.desc().to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests;

//! A program that takes a secret over, on its standard input.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::capture::{CaptureError, find};
use super::environment::Environment;
use super::hygiene::UsersCoreLimit;
use crate::secret::SecretValue;

/// How long we wait for a pipe before looking whether its reader still lives.
const LOOK_AGAIN: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// Runs a program in `directory`, gives it `value` on its standard input, byte
/// for byte, and waits for its end.
///
/// `argv` is its words, no shell. A word with a `/` in it is a path, seen from
/// `directory`; any other is looked for in absolute directories of the `PATH`
/// in `environment` only. Its standard output is `stdout`: our own output is for
/// what was asked of us, not for what it prints. It need not read all of its
/// input. Ctrl-C is for the program while it runs: it ends
/// with a status that tells how far it came, and we go on from there.
///
/// # Errors
/// [`CaptureError`]: not there, cannot be started, a status other than 0, a signal.
pub fn feed(
    argv: &[OsString],
    directory: &Path,
    environment: &Environment,
    value: &SecretValue,
    stdout: OwnedFd,
) -> Result<(), CaptureError> {
    let outputs = (Stdio::from(stdout), Stdio::inherit());
    feed_with(argv, directory, environment, value, outputs)
}

/// As [`feed`], from the root directory; what it says is dropped. None of our
/// streams is left to what it starts itself.
///
/// # Errors
/// [`CaptureError`].
pub fn feed_quietly(
    argv: &[OsString],
    environment: &Environment,
    value: &SecretValue,
) -> Result<(), CaptureError> {
    let outputs = (Stdio::null(), Stdio::null());
    feed_with(argv, Path::new("/"), environment, value, outputs)
}

/// Starts this program again with `words`, hands it `input`, and leaves it to
/// itself: it has none of our streams, and outlives us.
///
/// # Errors
/// It cannot be started.
pub fn leave_behind(
    words: &[&str],
    environment: &Environment,
    input: &SecretValue,
) -> io::Result<()> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(words)
        .current_dir("/")
        .env_clear()
        .envs(environment.pairs())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    hand_over(&mut child, input)
}

/// Leaves the session of whoever started us, so that its end is not ours.
pub fn leave_session() {
    // Where it leads a group already, it stays what it is.
    let _ = rustix::process::setsid();
}

fn feed_with(
    argv: &[OsString],
    directory: &Path,
    environment: &Environment,
    value: &SecretValue,
    (stdout, stderr): (Stdio, Stdio),
) -> Result<(), CaptureError> {
    let word = argv.first().map_or(OsStr::new(""), OsString::as_os_str);
    let command = word.to_string_lossy().into_owned();
    let path = match word.as_bytes().contains(&b'/') {
        true => Some(directory.join(word).into_os_string()),
        false => find(word, environment.value("PATH")),
    };
    let Some(path) = path else {
        return Err(CaptureError::NotFound { command });
    };
    let io_error = |error| CaptureError::Io {
        command: command.clone(),
        error,
    };
    // A handler, unlike an ignored signal, is not inherited through exec.
    let held: Vec<_> = [signal_hook::consts::SIGINT, signal_hook::consts::SIGQUIT]
        .into_iter()
        .filter_map(|signal| signal_hook::flag::register(signal, Arc::default()).ok())
        .collect();
    let limit_of_user = UsersCoreLimit::restore();
    let started = Command::new(path)
        .arg0(word)
        .args(argv.iter().skip(1))
        .current_dir(directory)
        .env_clear()
        .envs(environment.pairs())
        .stdin(Stdio::piped())
        .stdout(stdout)
        .stderr(stderr)
        .spawn();
    drop(limit_of_user);
    let ended = started.and_then(|mut child| {
        let handed_over = hand_over(&mut child, value);
        if handed_over.is_err() {
            // It may be waiting for the rest.
            let _ = child.kill();
        }
        let status = child.wait()?;
        handed_over.map(|()| status)
    });
    held.into_iter().for_each(|id| {
        signal_hook::low_level::unregister(id);
    });
    let status = ended.map_err(io_error)?;
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(status), _) => Err(CaptureError::Failed { command, status }),
        (None, signal) => Err(CaptureError::Killed {
            command,
            signal: signal.unwrap_or(0),
        }),
    }
}

/// Writes the value into the child's pipe and closes it. It stops early when
/// nobody reads any more: a child of the child that keeps the pipe open and
/// reads nothing must not hold us for ever.
fn hand_over(child: &mut Child, value: &SecretValue) -> io::Result<()> {
    let Some(pipe) = child.stdin.take() else {
        return Ok(());
    };
    rustix::io::ioctl_fionbio(&pipe, true)?;
    let mut rest = value.expose();
    while !rest.is_empty() {
        match rustix::io::write(&pipe, rest) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                let mut fds = [PollFd::new(&pipe, PollFlags::OUT)];
                match poll(&mut fds, Some(&LOOK_AGAIN)) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
                if child.try_wait()?.is_some() {
                    return Ok(());
                }
            }
            // A program that does not read its input is its own affair.
            Err(Errno::PIPE) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
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

    fn words(list: &[&str]) -> Vec<OsString> {
        list.iter().map(OsString::from).collect()
    }

    fn fed(script: &str, value: &[u8]) -> Result<(), String> {
        let argv = words(&["sh", "-c", script]);
        let value = SecretValue::copy_from(value);
        let done = feed(&argv, Path::new("/"), &environment(), &value, nowhere());
        done.map_err(|error| error.to_string())
    }

    /// A pipe that nobody reads.
    fn nowhere() -> OwnedFd {
        std::io::pipe().unwrap().1.into()
    }

    #[test]
    fn a_program_gets_the_exact_bytes_its_directory_and_no_credential() {
        let script = "test \"$(od -An -tx1 | tr -d ' \\n')\" = 6100620a -a -z \"$SECRETS_KEY\" -a \"$(pwd)\" = /";
        assert_eq!(fed(script, b"a\0b\n"), Ok(()));
        assert!(fed(script, b"a\0b").is_err());
        let long = vec![b'x'; 1 << 20];
        assert_eq!(fed("test $(wc -c) = 1048576", &long), Ok(()));
    }

    #[test]
    fn input_that_nobody_reads_holds_nobody_up() {
        let long = vec![b'x'; 1 << 20];
        assert_eq!(fed("exit 0", &long), Ok(()));
        assert_eq!(fed("exec <&-; sleep 0.2", &long), Ok(()));
        let begin = std::time::Instant::now();
        // Whoever it leaves behind still has the pipe.
        assert_eq!(fed("exec 3<&0; sleep 20 <&3 & exit 0", &long), Ok(()));
        assert!(begin.elapsed().as_secs() < 15);
    }

    #[test]
    fn how_it_ended_is_said() {
        let said = |script| fed(script, b"v").unwrap_err();
        assert_eq!(said("exit 3"), "the command \"sh\" failed with status 3");
        assert_eq!(
            said("kill -TERM $$"),
            "the command \"sh\" was ended by signal 15"
        );
        let missing = |word: &str| {
            let value = SecretValue::default();
            feed(
                &words(&[word]),
                Path::new("/"),
                &environment(),
                &value,
                nowhere(),
            )
            .unwrap_err()
            .to_string()
        };
        assert_eq!(
            missing("secrets-no-such"),
            "no command named \"secrets-no-such\""
        );
        assert!(missing("./secrets-no-such").starts_with("cannot run the command"));
    }

    #[test]
    fn a_path_is_seen_from_the_directory_and_output_goes_where_it_should() {
        let (mut said, output) = std::io::pipe().unwrap();
        let argv = words(&["./echo", "a b"]);
        let (bin, value) = (Path::new("/bin"), SecretValue::default());
        let done = feed(&argv, bin, &environment(), &value, output.into());
        assert!(done.is_ok());
        assert_eq!(std::io::read_to_string(&mut said).unwrap(), "a b\n");
    }

    #[test]
    fn ctrl_c_ends_the_program_and_not_us() {
        let said = fed("kill -INT $PPID; kill -INT $$; sleep 5", b"v");
        assert_eq!(
            said,
            Err("the command \"sh\" was ended by signal 2".to_owned())
        );
    }
}

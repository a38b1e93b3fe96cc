//! A program that shows a text to a person.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::capture::find;
use super::environment::Environment;
use super::hygiene::UsersCoreLimit;

/// Gives `text` to a program that shows it on our terminal, and waits for its
/// end. Whether it did is returned: it may be missing, or not know its words.
///
/// `argv` is its words, no shell; like a helper it is looked for in absolute
/// directories of the `PATH` in `environment` only. `text` is no secret.
/// Ctrl-C is for the program while it runs: were we to end, two would read
/// from one terminal.
pub fn view(argv: &[OsString], environment: &Environment, text: &[u8]) -> bool {
    let word = argv.first().map_or(OsStr::new(""), OsString::as_os_str);
    let Some(path) = find(word, environment.value("PATH")) else {
        return false;
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
        .env_clear()
        .envs(environment.pairs())
        .stdin(Stdio::piped())
        .spawn();
    drop(limit_of_user);
    let shown = started.is_ok_and(|mut child| {
        if let Some(mut pipe) = child.stdin.take() {
            // Whoever has read enough may close it.
            let _ = pipe.write_all(text);
        }
        child.wait().is_ok_and(|status| status.success())
    });
    held.into_iter().for_each(|id| {
        signal_hook::low_level::unregister(id);
    });
    shown
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

    fn shows(script: &str, text: &[u8]) -> bool {
        let argv = ["sh", "-c", script].map(OsString::from);
        view(&argv, &environment(), text)
    }

    #[test]
    fn a_viewer_gets_the_text_and_no_credential() {
        assert!(shows(
            "test \"$(cat)\" = text -a -z \"$SECRETS_KEY\"",
            b"text"
        ));
        assert!(!shows("test \"$(cat)\" = text", b"other"));
    }

    #[test]
    fn a_viewer_that_reads_no_further_is_no_failure() {
        assert!(shows("exit 0", &[b'a'; 1 << 20]));
    }

    #[test]
    fn a_viewer_that_is_missing_or_fails_has_shown_nothing() {
        assert!(!shows("exit 3", b""));
        let missing = [OsString::from("secrets-no-such-viewer")];
        assert!(!view(&missing, &environment(), b""));
        assert!(!view(&[], &environment(), b""));
    }

    #[test]
    fn ctrl_c_ends_the_viewer_and_not_us() {
        assert!(!shows("kill -INT $PPID; kill -INT $$; sleep 5", b""));
    }
}

//! No core file of ours: keys and values lie in this process's memory.

use std::sync::{Arc, OnceLock};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The soft limit of core files that we were started with, in bytes; none is
/// no limit. Like the limit itself it belongs to the process.
static STARTED_WITH: OnceLock<Option<u64>> = OnceLock::new();

/// Keeps this process from leaving a core file, and on Linux from being traced
/// or looked into by other processes of the same user (`PR_SET_DUMPABLE`).
///
/// The soft limit of core files is 0 from here on; the hard limit stays, so
/// that [`super::exec`] and [`super::capture`] can give what they start the
/// limit that the user had. A kernel whose `core_pattern` is a pipe ignores a
/// limit of 0; the flag stops that too. `execve(2)` resets the flag, so the
/// program that `run` becomes is as open as any other.
///
/// It returns what the system refused (a seccomp filter may), a sentence each:
/// that is worth a word and no reason to stop. Root reads us all the same.
pub fn harden() -> Vec<String> {
    // Over a limit of file sizes a write is to fail, so that it can be told and
    // undone; the signal would end us first. Exec gives a command its default back.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    let mut refused = Vec::new();
    let mut note = |what: &str, error: rustix::io::Errno| {
        let cause = crate::file::cause_text(&error.into());
        refused.push(format!("{what}: {cause}"));
    };
    let limit = getrlimit(Resource::Core);
    STARTED_WITH.get_or_init(|| limit.current);
    if let Err(error) = limit_core(limit, Some(0)) {
        note("core files of secrets cannot be turned off", error);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            note("other programs of yours cannot be kept from tracing", error);
        }
    }
    refused
}

/// While it lives, the soft limit of core files is the one that the user had:
/// what is started now inherits that. It is 0 again when this is dropped,
/// which happens after an exec that failed.
///
/// Where [`harden`] was not called it changes nothing.
pub(super) struct UsersCoreLimit(());

impl UsersCoreLimit {
    /// Puts the user's limit back; the system always grants a return to a
    /// limit that is not above the hard one.
    pub(super) fn restore() -> Self {
        if let Some(limit) = STARTED_WITH.get() {
            let _ = limit_core(getrlimit(Resource::Core), *limit);
        }
        UsersCoreLimit(())
    }
}

impl Drop for UsersCoreLimit {
    fn drop(&mut self) {
        if STARTED_WITH.get().is_some() {
            let _ = limit_core(getrlimit(Resource::Core), Some(0));
        }
    }
}

/// Sets the soft limit of core files, where it is another one than `now`, and
/// leaves the hard one alone.
fn limit_core(now: Rlimit, current: Option<u64>) -> Result<(), rustix::io::Errno> {
    let Rlimit { maximum, .. } = now;
    match now.current == current {
        true => Ok(()),
        false => setrlimit(Resource::Core, Rlimit { current, maximum }),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::{OsStr, OsString};

    use super::super::{Environment, ExecError, Rules, capture, exec};
    use super::*;

    const CHILD: &str = "SECRETS_TEST_HARDEN";

    fn soft() -> Option<u64> {
        getrlimit(Resource::Core).current
    }

    fn environment() -> Environment {
        let path = (OsStr::new("PATH"), OsStr::new("/usr/bin:/bin"));
        Environment::build([path], vec![], &Rules::default())
            .ok()
            .unwrap()
    }

    /// Not a test: the side that is hardened, in a process of its own.
    #[test]
    fn is_hardened_when_asked_to() {
        if std::env::var_os(CHILD).is_none() {
            return;
        }
        let Rlimit { maximum, .. } = getrlimit(Resource::Core);
        let bytes = maximum.map_or(1 << 20, |most| most.min(1 << 20));
        let users = Some(bytes);
        limit_core(getrlimit(Resource::Core), users).unwrap();
        assert_eq!(harden(), Vec::<String>::new());
        assert_eq!(harden(), Vec::<String>::new());
        assert_eq!(soft(), Some(0));
        assert_eq!(getrlimit(Resource::Core).maximum, maximum);
        #[cfg(target_os = "linux")]
        assert_eq!(
            rustix::process::dumpable_behavior(),
            Ok(rustix::process::DumpableBehavior::NotDumpable)
        );

        let limit = UsersCoreLimit::restore();
        assert_eq!(soft(), users);
        drop(limit);
        assert_eq!(soft(), Some(0));

        let words = ["sh", "-c", "printf %s $(ulimit -S -c)"].map(OsString::from);
        let said = capture(&words, &environment(), None, 100).ok().unwrap();
        let said = std::str::from_utf8(said.expose()).unwrap();
        // The unit is 512 bytes, or 1024 in some shells.
        let blocks = [512, 1024].map(|unit| (bytes / unit).to_string());
        assert!(blocks.contains(&said.to_owned()), "{said}");
        assert_eq!(soft(), Some(0));

        let error = exec(OsStr::new("/nonexistent/command"), &[], environment());
        assert!(matches!(error, ExecError::NotFound { .. }));
        assert_eq!(soft(), Some(0));
    }

    #[test]
    fn the_limit_is_the_users_for_what_is_started_and_0_for_us() {
        let me = "process::hygiene::tests::is_hardened_when_asked_to";
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", me, "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{output:?}"
        );
    }

    #[test]
    fn nothing_changes_where_nobody_asked_for_it() {
        let before = soft();
        drop(UsersCoreLimit::restore());
        assert_eq!(soft(), before);
    }
}

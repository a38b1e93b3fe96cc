//! No core file of ours: keys and values lie in this process's memory.

use std::sync::OnceLock;

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
    let mut refused = Vec::new();
    let mut note = |what: &str, error: rustix::io::Errno| {
        let cause = crate::file::cause_text(&error.into());
        refused.push(format!("{what}: {cause}"));
    };
    STARTED_WITH.get_or_init(|| getrlimit(Resource::Core).current);
    if let Err(error) = limit_core(Some(0)) {
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
            let _ = limit_core(*limit);
        }
        UsersCoreLimit(())
    }
}

impl Drop for UsersCoreLimit {
    fn drop(&mut self) {
        if STARTED_WITH.get().is_some() {
            let _ = limit_core(Some(0));
        }
    }
}

/// Sets the soft limit of core files and leaves the hard one alone.
fn limit_core(bytes: Option<u64>) -> Result<(), rustix::io::Errno> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Core);
    let current = bytes;
    setrlimit(Resource::Core, Rlimit { current, maximum })
}

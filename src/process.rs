//! The child's environment, exec and supervision.
//!
//! A command is started by replacing this process (`execve(2)`): it gets the
//! right PID, the terminal, the signals and the exit status for nothing, and
//! no parent is left that holds keys. Where something is to be done while it
//! runs, it is a child ([`supervise()`]) that finds all of this alike. Our own environment is never changed.
//! The variables of the child lie in wiped buffers until the kernel has them.
//! This process leaves no core file ([`harden`]); what it starts has the limit
//! that the user had.

mod capture;
mod editor;
mod environment;
mod exec;
mod feed;
mod hygiene;
mod names;
mod pump;
mod signals;
mod supervise;
mod unbroken;
mod viewer;

use std::ffi::{OsStr, OsString};
use std::path::Path;

pub use capture::{CaptureError, capture, capture_quietly, find};
pub use editor::{Edited, Editing, discretion, words};
pub use environment::{
    Environment, KeepEnv, MAX_VARIABLE_BYTES, Pair, Refusal, RefusalCode, Rules, refusals,
};
pub use exec::{ExecError, exec};
pub use feed::{feed, feed_quietly, leave_behind, leave_session};
pub use hygiene::harden;
pub use names::{ACTIVE_VARIABLE, CLEAN_VARIABLES, CREDENTIAL_VARIABLES, DENIED_VARIABLES};
pub use nix::sys::signal::Signal;
pub use signals::{Signals, end_interrupted};
pub use supervise::{Act, Care, Ended, GRACE, Stream, supervise};
pub use unbroken::unbroken;
pub use viewer::view;

/// Whether we run with the rights of another user than the one who started us:
/// files and variables would be his, the power somebody else's.
pub fn is_setuid() -> bool {
    use rustix::process::{getegid, geteuid, getgid, getuid};
    getuid() != geteuid() || getgid() != getegid()
}

/// The user's shell, for `run` without a command: `SHELL` where it is an
/// absolute path, else `/bin/sh`.
pub fn user_shell(shell: Option<&OsStr>) -> OsString {
    let path = shell.filter(|path| Path::new(path).is_absolute());
    path.unwrap_or(OsStr::new("/bin/sh")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_is_the_users_where_it_is_a_path() {
        let shell = |value| user_shell(Some(OsStr::new(value)));
        assert_eq!(shell("/usr/bin/fish"), "/usr/bin/fish");
        assert_eq!(shell("fish"), "/bin/sh");
        assert_eq!(shell(""), "/bin/sh");
        assert_eq!(user_shell(None), "/bin/sh");
    }
}

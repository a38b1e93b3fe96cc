//! The kernel's keyring: refused, as containers refuse it, and as it is.
//!
//! The unit tests of the room `session` use this file too, so it stands alone.

use std::collections::BTreeMap;
use std::fs;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// Numbers of add_key(2), request_key(2) and keyctl(2).
const CALLS: [i64; 3] = if cfg!(target_arch = "x86_64") {
    [248, 249, 250]
} else {
    [217, 218, 219]
};
/// EPERM, which Docker's filter answers.
const NOT_PERMITTED: u32 = 1;
/// KEYCTL_SET_TIMEOUT.
const SET_TIMEOUT: u64 = 15;

/// Does `work` in a thread where the kernel's keyring is forbidden, to what it starts too.
pub fn forbidden<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let rules = CALLS.map(|call| (call, Vec::new()));
    let forbid = move || apply(rules.into(), SeccompAction::Errno(NOT_PERMITTED));
    let thread = std::thread::spawn(move || {
        forbid();
        work()
    });
    thread.join().unwrap()
}

/// Lets this process be killed when it sets the time-out of a key.
pub fn kill_at_timeout() {
    let condition =
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, SET_TIMEOUT).unwrap();
    let rule = SeccompRule::new(vec![condition]).unwrap();
    apply([(CALLS[2], vec![rule])].into(), SeccompAction::KillProcess);
}

fn apply(rules: BTreeMap<i64, Vec<SeccompRule>>, action: SeccompAction) {
    let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, action, arch).unwrap();
    let program = BpfProgram::try_from(filter).unwrap();
    seccompiler::apply_filter(&program).unwrap();
}

/// The line of /proc/keys about the key of a session: its time left and its rights.
pub fn line_of(name: &str) -> Option<(String, String)> {
    let keys = fs::read_to_string("/proc/keys").ok()?;
    let line = keys
        .lines()
        .find(|line| line.contains(&format!("secrets:session:{name}")))?;
    let words: Vec<&str> = line.split_whitespace().collect();
    Some((words[3].to_owned(), words[4].to_owned()))
}

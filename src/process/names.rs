//! Names of variables that are special to us or to the programs we start.
//!
//! A `*` at the end of an entry stands for any rest.

/// Variables that change how programs are loaded or run.
///
/// Whoever may write one secret could otherwise run code as whoever starts a
/// command with it. A secret of such a name is refused unless the user names
/// it with `--allow-env`.
pub const DENIED_VARIABLES: &[&str] = &[
    "BASHOPTS",
    "BASH_ENV",
    "DYLD_*",
    "EDITOR",
    "ENV",
    "GCONV_PATH",
    "GIT_CONFIG_*",
    "GIT_EXEC_PATH",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "IFS",
    "JAVA_TOOL_OPTIONS",
    "LD_AUDIT",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "LOCPATH",
    "MALLOC_*",
    "NLSPATH",
    "NODE_OPTIONS",
    "NODE_PATH",
    "PAGER",
    "PATH",
    "PERL5LIB",
    "PERL5OPT",
    "PROMPT_COMMAND",
    "PS4",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "RUBYLIB",
    "RUBYOPT",
    "SHELLOPTS",
    "VISUAL",
    "_JAVA_OPTIONS",
];

/// Our own credentials. They never reach a child.
pub const CREDENTIAL_VARIABLES: &[&str] = &[
    "SECRETS_KEY",
    "SECRETS_KEY_FILE",
    "SECRETS_PASSPHRASE",
    "SECRETS_PASSPHRASE_FILE",
    "SECRETS_TOKEN",
    "SECRETS_TOKEN_FILE",
];

/// Set in what `run` starts, so that a run inside of a run can be told. Anybody
/// may set it: nothing is decided by it.
pub const ACTIVE_VARIABLE: &str = "SECRETS_ACTIVE";

/// What `--clean-env` leaves of the inherited environment.
pub const CLEAN_VARIABLES: &[&str] = &[
    "COLORTERM",
    "HOME",
    "LANG",
    "LC_*",
    "LOGNAME",
    "PATH",
    "PWD",
    "SHELL",
    "SSH_AUTH_SOCK",
    "TERM",
    "TMPDIR",
    "TZ",
    "USER",
    "XDG_RUNTIME_DIR",
];

/// Whether `name` is one of `patterns`.
pub(super) fn is_among<S: AsRef<str>>(patterns: &[S], name: &[u8]) -> bool {
    patterns.iter().any(|pattern| {
        let pattern = pattern.as_ref().as_bytes();
        match pattern.strip_suffix(b"*") {
            Some(start) => name.starts_with(start),
            None => name == pattern,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_rest_and_nothing_else_is_special() {
        let among = |name: &str| is_among(&["DYLD_*", "PATH"], name.as_bytes());
        assert!(among("DYLD_INSERT_LIBRARIES") && among("DYLD_") && among("PATH"));
        assert!(!among("DYLD") && !among("XDYLD_A") && !among("PATHS") && !among("XPATH"));
        assert!(!among("path") && !among(""));
    }

    #[test]
    fn the_lists_are_sorted_and_without_repetition() {
        for list in [DENIED_VARIABLES, CREDENTIAL_VARIABLES, CLEAN_VARIABLES] {
            assert!(list.is_sorted_by(|a, b| a < b), "{list:?}");
        }
    }
}

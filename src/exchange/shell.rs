//! Lines for a shell to evaluate: `export NAME='…'`.

use zeroize::Zeroizing;

use super::{Pair, Refusal, Writing, quote};
use crate::name::VarName;
use crate::secret::SecretValue;

/// Variables that one of the shells gives a meaning of its own.
///
/// A value that is assigned to one of them is not only kept: `RANDOM` in bash
/// and every number in zsh evaluate it, subscripts and `$(…)` in them too;
/// `path` in zsh is `PATH`; `PS1` is expanded at each prompt; others refuse
/// to be set and so end the evaluation half-way. Written into lines for a
/// shell, whoever may write one such secret could run code in it. A `*` at the
/// end stands for any rest.
#[rustfmt::skip]
const SHELL_VARIABLES: &[&str] = &[
    "ARGC", "BASH", "BASHPID", "BASH_*", "CDPATH", "CMD_DURATION", "COLUMNS", "COMP_*",
    "COPROC", "DIRSTACK", "EGID", "EPOCHREALTIME", "EPOCHSECONDS", "ERRNO", "EUID",
    "EXECIGNORE", "FCEDIT", "FIGNORE", "FISH_VERSION", "FPATH", "FUNCNAME", "FUNCNEST", "GID",
    "GLOBIGNORE", "GROUPS", "HISTCHARS", "HISTCMD", "HISTCONTROL", "HISTFILE", "HISTFILESIZE",
    "HISTIGNORE", "HISTSIZE", "HISTTIMEFORMAT", "HOME", "HOSTNAME", "HOSTTYPE", "IGNOREEOF",
    "INPUTRC", "KEYBOARD_HACK", "KEYTIMEOUT", "LINENO", "LINES", "LISTMAX", "MACHTYPE",
    "MAIL", "MAILCHECK", "MAILPATH", "MANPATH", "MAPFILE", "MODULE_PATH", "NULLCMD", "OLDPWD",
    "OPTARG", "OPTERR", "OPTIND", "OSTYPE", "PIPESTATUS", "POSIXLY_CORRECT", "PPID",
    "PROMPT", "PROMPT2", "PROMPT3", "PROMPT4", "PROMPT_*", "PS0", "PS1", "PS2", "PS3", "PSVAR",
    "PWD", "RANDOM", "READLINE_*", "READNULLCMD", "REPLY", "RPROMPT", "RPROMPT2", "RPS1",
    "RPS2", "SAVEHIST", "SECONDS", "SHELL", "SHLVL", "SPROMPT", "SRANDOM", "TERM", "TIMEFMT",
    "TIMEFORMAT", "TMOUT", "TRY_BLOCK_ERROR", "TRY_BLOCK_INTERRUPT", "TTY", "TTYIDLE", "UID",
    "USER", "USERNAME", "WATCH", "WATCHFMT", "WORDCHARS", "ZDOTDIR", "ZLS_*", "ZSH_*", "_",
    "__fish_*", "aliases", "argv", "builtins", "cdpath", "commands", "dirstack", "dis_*",
    "fignore", "fish_*", "fpath", "funcfiletrace", "funcsourcetrace", "funcstack", "functions",
    "functions_source", "functrace", "galiases", "histchars", "history", "historywords",
    "hostname", "jobdirs", "jobstates", "jobtexts", "mailpath", "manpath", "module_path",
    "modules", "nameddirs", "options", "parameters", "patchars", "path", "pipestatus",
    "prompt", "psvar", "reswords", "saliases", "signals", "status", "status_generation",
    "termcap", "terminfo", "umask", "userdirs", "usergroups", "version", "watch",
    "zsh_eval_context",
];

/// Whether `variable` is one that a shell gives a meaning of its own; then the
/// caller refuses it, unless the user has named it.
pub fn is_shell_variable(variable: &VarName) -> bool {
    SHELL_VARIABLES
        .iter()
        .any(|known| match known.strip_suffix('*') {
            Some(start) => variable.as_str().starts_with(start),
            None => variable.as_str() == *known,
        })
}

/// Writes the lines.
///
/// # Errors
/// Every value with a NUL byte, which no shell can carry.
pub(super) fn write(pairs: &[Pair<'_>]) -> Result<Writing, Vec<Refusal>> {
    let holds_nul = |pair: &&Pair<'_>| pair.value.expose().contains(&0);
    let refusals: Vec<Refusal> = pairs
        .iter()
        .filter(holds_nul)
        .map(|pair| Refusal {
            variable: pair.variable.clone(),
            reason: "holds a NUL byte, which no variable can carry",
        })
        .collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let line = |pair: &Pair<'_>| {
        "export =\n".len() + pair.variable.as_str().len() + quote::shell_bound(pair.value.expose())
    };
    // The buffer never moves, so no copy is left behind.
    let mut out = Zeroizing::new(Vec::with_capacity(pairs.iter().map(line).sum()));
    for pair in pairs {
        out.extend_from_slice(b"export ");
        out.extend_from_slice(pair.variable.as_str().as_bytes());
        out.push(b'=');
        quote::shell(pair.value.expose(), &mut out);
        out.push(b'\n');
    }
    Ok(Writing {
        text: SecretValue::new(std::mem::take(&mut *out)),
        expandable: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_without_repetition() {
        assert!(SHELL_VARIABLES.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_star_stands_for_any_rest() {
        let is = |name: &str| is_shell_variable(&VarName::parse(name).unwrap());
        assert!(is("RANDOM") && is("path") && is("fish_pid") && is("BASH_X") && is("_"));
        assert!(!is("PATHS") && !is("RANDOMS") && !is("DATABASE_URL") && !is("_A"));
    }
}

//! Completions for shells, made from the whole tree of verbs.

use clap::{Args, Command};
use clap_complete::Shell;

use super::verbs::{self, VERBS};
use crate::context::Globals;

/// The completion script for a shell.
pub fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut tree(), "secrets", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Every verb below one command, as clap's generators want it.
fn tree() -> Command {
    let root = Globals::augment_args(
        Command::new("secrets")
            .version(env!("CARGO_PKG_VERSION"))
            .disable_help_subcommand(true),
    )
    .next_help_heading(None::<&str>)
    .mut_args(|arg| arg.global(true));
    let single = VERBS.iter().filter(|entry| !entry.name.contains(' '));
    let root = single.fold(root, |root, entry| {
        let command = (entry.augment)(Command::new(entry.name));
        root.subcommand(command.visible_aliases(entry.aliases.iter().copied()))
    });
    verbs::families().fold(root, |root, family| {
        let command = Command::new(family.name)
            .about(family.summary)
            .visible_aliases(family.aliases.iter().copied())
            .disable_help_subcommand(true);
        let members = verbs::members(family.name);
        root.subcommand(members.fold(command, |command, (second, entry)| {
            command.subcommand((entry.augment)(Command::new(second)))
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SECRETS_BLESS=1 cargo test` writes the files anew.
    #[test]
    fn the_files_in_completions_are_what_the_program_prints() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
        for (shell, name) in [
            (Shell::Bash, "secrets.bash"),
            (Shell::Zsh, "_secrets"),
            (Shell::Fish, "secrets.fish"),
            (Shell::Elvish, "secrets.elv"),
            (Shell::PowerShell, "_secrets.ps1"),
        ] {
            let file = folder.join(name);
            let now = script(shell);
            if std::env::var_os("SECRETS_BLESS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&file, &now).unwrap();
            }
            let kept = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(kept == now, "{name} is stale: SECRETS_BLESS=1 cargo test");
        }
    }
}

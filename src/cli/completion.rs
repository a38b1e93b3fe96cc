//! Completions: a short script for each shell, and the words that it asks for.
//!
//! A script knows no verb and no flag. On TAB it calls `secrets completions
//! SHELL --words=TYPED -- LINE…` and offers the lines that come back: a word,
//! and for shells that show it a TAB and what the word is. So completions are
//! always those of the program that is installed. A line of TAB and `files` or
//! `commands` hands over to the shell's own completion.

mod line;
mod words;

use super::{Parsed, Verb, text};
use crate::commands::completions::{Args, Shell};
use line::Line;
use words::{Words, follow};

/// The completion script for a shell: the files of `completions/`.
fn script(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => include_str!("../../completions/secrets.bash"),
        Shell::Elvish => include_str!("../../completions/secrets.elv"),
        Shell::Fish => include_str!("../../completions/secrets.fish"),
        Shell::PowerShell => include_str!("../../completions/_secrets.ps1"),
        Shell::Zsh => include_str!("../../completions/_secrets"),
    }
}

/// What `completions` prints: the script, or words.
pub(super) fn answer(args: &Args) -> Parsed {
    let Some(typed) = &args.words else {
        return text(script(args.shell).to_owned());
    };
    let Some(typed) = typed.to_str() else {
        return text(String::new());
    };
    // What a shell hands over begins with the quotation mark that opens it.
    let typed = typed.trim_start_matches(['\'', '"']);
    let line = Line::read(&args.line);
    match follow(&line, typed) {
        Words::Ask(question) => match line.globals() {
            Some(globals) => Parsed {
                globals,
                name: "completions",
                verb: Verb::Complete(question),
            },
            None => text(String::new()),
        },
        Words::Shell(what) => text(format!("\t{what}\n")),
        Words::These(words) => {
            let told = matches!(args.shell, Shell::Fish | Shell::PowerShell | Shell::Zsh);
            let fits = words
                .into_iter()
                .filter(|(word, _)| word.starts_with(typed));
            let lines = fits.map(|(word, about)| match told && !about.is_empty() {
                true => format!("{word}\t{about}\n"),
                false => format!("{word}\n"),
            });
            text(lines.collect())
        }
    }
}

#[cfg(test)]
mod tests;

//! `completions`: prints completions for a shell, and the words that they ask for.

use crate::context::Context;
use crate::custody::{self, Question};
use crate::failure::{Exit, Failure};
use std::ffi::OsString;

/// Print completions for a shell
///
/// They complete commands, flags and environments. They complete the names of
/// secrets, too, where a key, token or passphrase is given by a flag or a
/// variable; they never ask for one, and what they look up leaves no entry in
/// the audit log.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  source <(secrets completions bash)
  secrets completions zsh > ~/.zfunc/_secrets
  secrets completions fish > ~/.config/fish/completions/secrets.fish")]
pub struct Args {
    /// Which shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,

    /// Print the words that go on from this one, for the scripts themselves
    #[arg(long, hide = true, value_name = "TYPED", require_equals = true)]
    pub words: Option<OsString>,

    /// The command line before that word
    #[arg(last = true, hide = true, value_name = "LINE", requires = "words")]
    pub line: Vec<OsString>,
}

/// A shell that has completions.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the shell of its name")]
pub enum Shell {
    Bash,
    Elvish,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
    Zsh,
}

/// Prints the words, one a line. Whatever is in the way, there are none and
/// nothing is said: a person is typing.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(ctx: &Context, question: &Question) -> Result<Exit, Failure> {
    for word in custody::candidates(ctx, question) {
        let line = format!("{}{word}", question.before);
        ctx.terminal.data_line(line.as_bytes())?;
    }
    Ok(Exit::DONE)
}

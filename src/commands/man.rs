//! `man`: shows a page of the manual.

use crate::config::Snapshot;
use crate::failure::{Exit, Failure};
use crate::process::{Environment, Rules, view};
use crate::terminal::Terminal;
use std::ffi::OsString;

/// Show a page of the manual
///
/// On a terminal man shows it; where man is not installed, the help text
/// stands in for it. In a pipe or file it is the source of the page.
/// Without PAGE it is secrets(1), which has the whole of it in short.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets man
  secrets man env create
  secrets man secrets-recipes
  secrets man set > secrets-set.1")]
pub struct Args {
    /// A command, or secrets-vault, secrets-audit, secrets-recipes
    #[arg(value_name = "PAGE")]
    pub page: Vec<String>,
}

/// A page that was found.
pub struct Page {
    /// What stands in for it where no program can show it; none: the source.
    pub plain: Option<String>,
    /// Its source, for man(1).
    pub source: String,
}

/// The program that shows a page which it reads from standard input.
const VIEWER: &[&str] = if cfg!(target_os = "macos") {
    &["mandoc", "-a"]
} else {
    // man-db and the man of mandoc both take this for a file.
    &["man", "-l", "/dev/stdin"]
};

/// Shows the page on a terminal, and writes its source elsewhere.
///
/// # Errors
/// Standard output that cannot be written.
pub fn run(terminal: &Terminal, snapshot: &Snapshot, page: &Page) -> Result<Exit, Failure> {
    let is_read_by_a_person = terminal.stdin_is_terminal() && terminal.stdout_is_terminal();
    if is_read_by_a_person {
        if show(snapshot, &page.source) {
            return Ok(Exit::DONE);
        }
        if let Some(plain) = &page.plain {
            terminal.data(plain.as_bytes())?;
            return Ok(Exit::DONE);
        }
        terminal.hint("without the program man this is the source of the page");
    }
    terminal.data(page.source.as_bytes())?;
    Ok(Exit::DONE)
}

/// Whether a program has shown it.
fn show(snapshot: &Snapshot, source: &str) -> bool {
    let argv: Vec<OsString> = VIEWER.iter().map(OsString::from).collect();
    Environment::build(snapshot.pairs(), Vec::new(), &Rules::default())
        .is_ok_and(|environment| view(&argv, &environment, source.as_bytes()))
}

//! stdin, stdout, stderr and the controlling terminal.
//!
//! The only room that prints. Standard output is data and standard error is
//! talk; prompts are on the controlling terminal alone, so that neither
//! `$(secrets get A)` nor a pipe into `secrets set A` ever meets one.

mod asking;
mod escape;
mod line;
mod output;
mod panic;
mod progress;
mod prompt;
mod signals;
mod source;

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

use serde_json::Value;

use crate::secret::SecretValue;
use output::Stream;

use crate::escape::{escape_into, escape_json};
pub use escape::escape_value;
pub use panic::hide_panics;
pub use progress::Progress;
pub use prompt::PromptError;
pub use source::{InputError, each_chunk, read_stdin, strip_one_newline};

/// Greatest length of a value, in bytes (`secrets-vault(5)`, RECORDS).
pub const MAX_VALUE_BYTES: usize = 1 << 20;

/// What stands on the terminal in place of a value's control characters.
const ESCAPED_NOTE: &str = "the value contains control characters; --raw to print";

/// When to colour: `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` speaks against it.
    #[default]
    Auto,
    /// Always, `NO_COLOR` or not.
    Always,
    /// Never.
    Never,
}

/// How to speak, as decided by flags, environment and settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// `--color`.
    pub color: Color,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `--no-input`: no prompt is ever shown.
    pub no_input: bool,
    /// How far long work is may be shown, where standard error is a terminal.
    pub progress: bool,
    /// `--quiet`: no plain talk and no unasked hints; warnings and errors stay.
    pub quiet: bool,
    /// `--verbose`: details are told too.
    pub verbose: bool,
}

/// The three standard streams and the controlling terminal.
///
/// Every text of the talk functions is escaped and is one line on standard
/// error; that standard error cannot be written is no error. What goes to
/// standard output is an error when it fails, except that a reader who has
/// gone is none.
pub struct Terminal {
    options: Options,
    progress: Rc<Progress>,
    stdout: Stream,
    stderr: Stream,
}

impl Terminal {
    /// Speaks on the process's own streams.
    pub fn new(options: Options) -> Self {
        let stderr = Stream::new(rustix::stdio::stderr());
        let is_wanted = options.progress && stderr.is_terminal();
        Terminal {
            options,
            progress: Rc::new(Progress::new(stderr.fd(), is_wanted, progress::PATIENCE)),
            stdout: Stream::new(rustix::stdio::stdout()),
            stderr,
        }
    }

    /// The line that says how far long work is.
    pub fn progress(&self) -> &Rc<Progress> {
        &self.progress
    }

    /// Whether standard input is a terminal: no value is waiting there.
    pub fn stdin_is_terminal(&self) -> bool {
        rustix::termios::isatty(rustix::stdio::stdin())
    }

    /// Whether standard output is a terminal: a human reads, nothing raw goes there.
    pub fn stdout_is_terminal(&self) -> bool {
        self.stdout.is_terminal()
    }

    /// Whether standard error is a terminal.
    pub fn stderr_is_terminal(&self) -> bool {
        self.stderr.is_terminal()
    }

    /// A descriptor of standard error for what a program of the user's prints.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn stderr_copy(&self) -> io::Result<OwnedFd> {
        io::stderr().as_fd().try_clone_to_owned()
    }

    /// The name of the terminal on standard input, else output, else error:
    /// `/dev/pts/3`. None without one, and where the system has no name for it.
    pub fn tty_name(&self) -> Option<String> {
        use rustix::stdio::{stderr, stdin, stdout};
        [stdin(), stdout(), stderr()]
            .into_iter()
            .find_map(|fd| rustix::termios::ttyname(fd, Vec::new()).ok())
            .and_then(|name| name.into_string().ok())
    }

    /// Says one line without prefix, unless `--quiet`.
    pub fn say(&self, line: &str) {
        if !self.options.quiet {
            self.talk("", line);
        }
    }

    /// Says one line under `--verbose` only.
    pub fn detail(&self, line: &str) {
        if self.options.verbose {
            self.talk("", line);
        }
    }

    /// `secrets: warning: …`, under `--quiet` too.
    pub fn warn(&self, line: &str) {
        self.talk(&self.prefix("warning", "33"), line);
    }

    /// `secrets: hint: …` that belongs to no error, unless `--quiet`.
    pub fn hint(&self, line: &str) {
        if !self.options.quiet {
            self.talk(&self.prefix("hint", "36"), line);
        }
    }

    /// `secrets: error: …` and its hints, a line each, under `--quiet` too.
    pub fn error(&self, message: &str, hints: &[String]) {
        self.talk(&self.prefix("error", "31"), message);
        for hint in hints {
            self.talk(&self.prefix("hint", "36"), hint);
        }
    }

    /// Writes an error object and a line feed to standard error, for `--json`.
    pub fn error_json(&self, object: &str) {
        let _ = self
            .stderr
            .write(format!("{}\n", escape_json(object)).as_bytes());
    }

    /// Writes bytes to standard output as they are.
    ///
    /// # Errors
    /// What writing says, except that the reader has gone.
    pub fn data(&self, bytes: &[u8]) -> io::Result<()> {
        self.stdout.write(bytes)
    }

    /// Whether a write to standard output found that its reader has gone.
    pub fn reader_has_gone(&self) -> bool {
        self.stdout.is_closed()
    }

    /// Writes bytes and a line feed to standard output.
    ///
    /// # Errors
    /// What writing says, except that the reader has gone.
    pub fn data_line(&self, bytes: &[u8]) -> io::Result<()> {
        self.stdout.write(bytes)?;
        self.stdout.write(b"\n")
    }

    /// Writes a value to standard output.
    ///
    /// In a pipe, the exact bytes. On a terminal, control characters are
    /// escaped with a note on standard error, unless `raw`, and a line feed
    /// follows a value that has none.
    ///
    /// # Errors
    /// What writing says, except that the reader has gone.
    pub fn value(&self, value: &SecretValue, raw: bool) -> io::Result<()> {
        if !self.stdout.is_terminal() {
            return self.stdout.write(value.expose());
        }
        let escaped = if raw { None } else { Some(escape_value(value)) };
        let shown = escaped.as_ref().map_or(value, |(text, _)| text);
        self.stdout.write(shown.expose())?;
        if shown.expose().last() != Some(&b'\n') {
            self.stdout.write(b"\n")?;
        }
        if escaped.is_some_and(|(_, changed)| changed) {
            self.hint(ESCAPED_NOTE);
        }
        Ok(())
    }

    /// Writes a value as one line behind a mark, on a terminal and in a pipe
    /// alike: what a terminal obeys is escaped, line feed and tab too. It is
    /// for eyes; the exact bytes are [`Terminal::value`]'s.
    ///
    /// # Errors
    /// What writing says, except that the reader has gone.
    pub fn value_line(&self, mark: &str, value: &SecretValue) -> io::Result<()> {
        self.stdout.write(mark.as_bytes())?;
        self.stdout
            .write(escape::escape_value_line(value).expose())?;
        self.stdout.write(b"\n")
    }

    /// Writes one JSON object and a line feed to standard output.
    ///
    /// # Errors
    /// What writing says, except that the reader has gone.
    pub fn json(&self, object: &Value) -> io::Result<()> {
        self.data_line(escape_json(&object.to_string()).as_bytes())
    }

    /// Writes rows to standard output: aligned under `header` on a terminal,
    /// tab-separated without header elsewhere. Cells are escaped. No rows, no
    /// output.
    ///
    /// # Errors
    /// What writing says, except that the reader has gone.
    pub fn table<Row, Cell>(&self, header: &[&str], rows: &[Row]) -> io::Result<()>
    where
        Row: AsRef<[Cell]>,
        Cell: AsRef<str>,
    {
        let text = output::table(header, rows, self.stdout.is_terminal());
        self.stdout.write(text.as_bytes())
    }

    /// `secrets: word: `, the word coloured where that is wanted.
    fn prefix(&self, word: &str, color: &str) -> String {
        let colored = match self.options.color {
            Color::Always => true,
            Color::Auto => self.stderr.is_terminal() && !self.options.no_color,
            Color::Never => false,
        };
        if colored {
            format!("secrets: \u{1b}[1;{color}m{word}:\u{1b}[0m ")
        } else {
            format!("secrets: {word}: ")
        }
    }

    /// One line on standard error, written in one piece.
    fn talk(&self, prefix: &str, line: &str) {
        self.progress.clear();
        // Nothing is left to say it with when standard error fails.
        let mut text = prefix.to_owned();
        escape_into(line, &mut text);
        text.push('\n');
        let _ = self.stderr.write(text.as_bytes());
    }
}

#[cfg(test)]
mod tests;

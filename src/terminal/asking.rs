//! Questions on the controlling terminal, whatever the standard streams are.

use super::prompt::{self, PromptError};
use super::{MAX_VALUE_BYTES, Terminal};
use crate::secret::SecretValue;

impl Terminal {
    /// Asks for a secret on the controlling terminal without showing it.
    ///
    /// `label` is shown with `: ` behind it. The answer is one line of at most
    /// [`MAX_VALUE_BYTES`], without its line end; it may be empty.
    ///
    /// # Errors
    /// [`PromptError`].
    pub fn prompt_hidden(&self, label: &str) -> Result<SecretValue, PromptError> {
        self.progress.clear();
        let tty = self.controlling_terminal()?;
        prompt::hidden(&tty, label, MAX_VALUE_BYTES)
    }

    /// Asks a yes-or-no question on the controlling terminal.
    ///
    /// An empty answer, and a third one that is neither yes nor no, is the
    /// default: no when `default_no`.
    ///
    /// # Errors
    /// [`PromptError`].
    pub fn confirm(&self, question: &str, default_no: bool) -> Result<bool, PromptError> {
        self.progress.clear();
        let tty = self.controlling_terminal()?;
        prompt::confirm(&tty, question, default_no)
    }

    /// Whether a prompt could be shown: `--no-input` is not set and there is a
    /// controlling terminal.
    pub fn may_prompt(&self) -> bool {
        self.controlling_terminal().is_ok()
    }

    /// Opens the controlling terminal, whatever the standard streams are.
    fn controlling_terminal(&self) -> Result<std::os::fd::OwnedFd, PromptError> {
        use rustix::fs::{Mode, OFlags, open};
        if self.options.no_input {
            return Err(PromptError::NoTerminal);
        }
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOCTTY;
        open("/dev/tty", flags, Mode::empty()).map_err(|_| PromptError::NoTerminal)
    }
}

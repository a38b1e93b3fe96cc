//! The terminal's modes around a prompt.

use std::os::fd::BorrowedFd;

use rustix::io::{Errno, retry_on_intr};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use crate::terminal::line::Keys;

/// The terminal's modes while a prompt is shown; put back on drop.
pub(super) struct Modes<'tty> {
    pub(super) tty: BorrowedFd<'tty>,
    before: Termios,
    during: Termios,
}

impl<'tty> Modes<'tty> {
    /// Switches echo and line mode off and throws away what was typed before.
    ///
    /// In line mode (ICANON) the kernel cuts a line at 4,095 bytes without a
    /// word. Signal keys (ISIG) stay on.
    pub(super) fn enter(tty: BorrowedFd<'tty>) -> Result<Self, Errno> {
        let before = tcgetattr(tty)?;
        let mut during = before.clone();
        during.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
        during.local_modes -= LocalModes::ICANON | LocalModes::IEXTEN;
        during.local_modes |= LocalModes::ISIG;
        // An eighth bit cut off would make another passphrase of the same keys.
        during.input_modes -= InputModes::ISTRIP | InputModes::IGNCR;
        during.special_codes[SpecialCodeIndex::VMIN] = 0;
        during.special_codes[SpecialCodeIndex::VTIME] = 1;
        let modes = Modes {
            tty,
            before,
            during,
        };
        modes.apply(OptionalActions::Flush)?;
        Ok(modes)
    }

    /// The editing keys that the user has set.
    pub(super) fn keys(&self) -> Keys {
        let code = |index| self.before.special_codes[index];
        Keys {
            end: code(SpecialCodeIndex::VEOF),
            erase: code(SpecialCodeIndex::VERASE),
            kill: code(SpecialCodeIndex::VKILL),
        }
    }

    pub(super) fn apply(&self, how: OptionalActions) -> Result<(), Errno> {
        retry_on_intr(|| tcsetattr(self.tty, how, &self.during))
    }

    /// Puts the terminal back as it was and throws away what is still unread.
    pub(super) fn leave(&self) {
        let _ = retry_on_intr(|| tcsetattr(self.tty, OptionalActions::Flush, &self.before));
    }
}

impl Drop for Modes<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

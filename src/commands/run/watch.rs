//! `run --watch`: what is done when the secrets of a running command change.

use super::{Args, plan};
use crate::context::Context;
use crate::custody::{self, Open};
use crate::failure::Failure;
use crate::file::Status;
use crate::process::{Act, Signal};
use std::path::PathBuf;

/// What a change does to the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// It ends, and is started again.
    Restart,
    /// It is sent this signal.
    Signal(Signal),
}

impl std::str::FromStr for Watch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "restart" {
            return Ok(Watch::Restart);
        }
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        let signal = format!("SIG{name}").parse();
        let signal = signal.map_err(|_| "restart, or a signal as HUP".to_owned())?;
        Ok(Watch::Signal(signal))
    }
}

/// The secrets of a command: address and version of each.
pub(super) type Chosen = Vec<(String, u64)>;

/// Looks at the vault while a command runs.
pub(super) struct Watcher<'a> {
    ctx: &'a Context,
    args: &'a Args,
    watch: Watch,
    vault: PathBuf,
    seen: Option<Status>,
    chosen: Chosen,
}

impl<'a> Watcher<'a> {
    /// One that compares with what was `chosen` of a vault that is open.
    pub fn new(ctx: &'a Context, args: &'a Args, open: &Open, chosen: Chosen) -> Option<Self> {
        Some(Watcher {
            watch: args.supervision.watch?,
            // The first look compares: something may have come between.
            seen: None,
            vault: open.location.path.clone(),
            ctx,
            args,
            chosen,
        })
    }

    /// Whether other versions would be chosen by now, and what follows. A vault
    /// that cannot be read, or lacks a secret, changes nothing: that is said,
    /// and the command goes on with what it has.
    pub fn look(&mut self) -> Act {
        let now = self.ctx.files.status(&self.vault).ok().flatten();
        if now.is_none() || now == self.seen {
            return Act::Nothing;
        }
        self.seen = now;
        match self.choose() {
            Err(failure) => {
                let message = &failure.message;
                self.ctx.terminal.warn(&format!(
                    "the vault has changed, and the command keeps what it has: {message}"
                ));
                Act::Nothing
            }
            Ok(chosen) if chosen == self.chosen => Act::Nothing,
            Ok(chosen) => {
                self.chosen = chosen;
                match self.watch {
                    Watch::Restart => {
                        self.ctx
                            .terminal
                            .say("its secrets have changed: the command starts again");
                        Act::Restart
                    }
                    Watch::Signal(signal) => {
                        let what =
                            format!("its secrets have changed: the command is sent {signal}");
                        self.ctx.terminal.say(&what);
                        Act::Send(signal)
                    }
                }
            }
        }
    }

    fn choose(&self) -> Result<Chosen, Failure> {
        let open = opened(self.ctx)?;
        let (mut selection, _) = plan::select(self.ctx, self.args, &open)?;
        selection.check("keep the command from being started again")?;
        custody::settle(self.ctx, &open, None);
        Ok(super::prepare::chosen(&selection))
    }
}

/// The vault, opened by what can open it again later: nobody is asked, and no
/// key stays in memory while the command runs.
///
/// # Errors
/// Nothing opens it so.
pub(super) fn opened(ctx: &Context) -> Result<Box<Open>, Failure> {
    let open = custody::open_unasked(ctx, crate::vault::Depth::Reader)?;
    open.ok_or_else(|| {
        Failure::locked("to watch a vault, something has to open it without asking")
            .hint("secrets unlock")
            .hint("or a key file: SECRETS_KEY_FILE")
    })
}

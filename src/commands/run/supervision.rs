//! What is done while the command runs.

use super::watch::Watch;
use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure, quoted};
use crate::masking::Patterns;
use crate::process::{Care, Ended, Stream, end_interrupted};
use crate::secret::SecretValue;
use crate::time::Span;
use std::sync::Arc;
use std::time::Duration;

// No doc comment on the struct: clap would take it for the help of the verb.
#[expect(
    missing_docs,
    reason = "a doc comment would replace the verb's own help"
)]
#[derive(clap::Args, Default)]
pub struct Supervision {
    /// Mask the secrets in what the command prints, except on a terminal [default: auto, which is in CI]
    #[arg(long, value_name = "WHEN", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "always")]
    pub mask: Option<Mask>,

    /// End the command after this time, with status 124
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<String>,

    /// When a secret of the command changes, start it again, or send it a signal
    #[arg(long, value_name = "restart|SIGNAL", num_args = 0..=1, require_equals = true, default_missing_value = "restart", conflicts_with_all = ["timeout", "at"])]
    pub watch: Option<Watch>,
}

/// When output is masked.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    /// In CI, and for a coding agent that may not see values
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Supervision {
    /// What the command needs of us while it runs. `values` are
    /// those of the secrets that it gets, by name.
    ///
    /// # Errors
    /// A duration that is none, a guard that cannot be read.
    pub fn care<'v>(
        &self,
        ctx: &Context,
        values: impl Iterator<Item = (String, &'v SecretValue)>,
    ) -> Result<Care, Failure> {
        let mut care = Care {
            timeout: self.timeout.as_deref().map(duration).transpose()?,
            ..Care::default()
        };
        if self.masks(ctx)? {
            care.streams = streams(ctx)?;
        }
        if !care.streams.is_empty() {
            let patterns: Patterns = custody::patterns(ctx, values);
            if patterns.is_empty() {
                care.streams.clear();
            }
            care.patterns = Arc::new(patterns);
        }
        Ok(care)
    }

    /// Whether a flag asks for what only a parent can do.
    pub fn is_asked_for(&self) -> bool {
        self.timeout.is_some() || self.watch.is_some() || self.mask == Some(Mask::Always)
    }

    fn masks(&self, ctx: &Context) -> Result<bool, Failure> {
        match self.mask.unwrap_or(Mask::Auto) {
            Mask::Always => Ok(true),
            Mask::Never => Ok(false),
            Mask::Auto => Ok(ctx.snapshot.ci() || custody::agent_is_bound(ctx)?),
        }
    }
}

/// The standard streams that are no terminal.
fn streams(ctx: &Context) -> Result<Vec<Stream>, Failure> {
    let terminal = &ctx.terminal;
    let mut streams = Vec::new();
    if !terminal.stdout_is_terminal() {
        let to = terminal.stdout_copy()?;
        streams.push(Stream { number: 1, to });
    }
    if !terminal.stderr_is_terminal() {
        let to = terminal.stderr_copy()?;
        streams.push(Stream { number: 2, to });
    }
    Ok(streams)
}

fn duration(text: &str) -> Result<Duration, Failure> {
    let wrong = |why: String| Failure::usage(format!("--timeout {}: {why}", quoted(text)));
    match Span::parse(text) {
        Ok(span) if span.seconds() > 0 => Ok(Duration::from_secs(span.seconds())),
        Ok(_) => Err(wrong("a command has at least a second".to_owned())),
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// The exit status that tells how the command ended.
///
/// After an interrupt this process ends by one, too: a shell goes on with its
/// script otherwise.
pub fn exit(ended: Ended) -> Exit {
    match ended {
        // It has another life, whose end is told instead.
        Ended::Changed => Exit::DONE,
        Ended::Code(code) => Exit(code),
        Ended::Signal(signal) => {
            if i32::from(signal) == INTERRUPT {
                end_interrupted();
            }
            Exit(128_u8.wrapping_add(signal))
        }
        Ended::TimedOut => Exit(124),
    }
}

/// The number of SIGINT (POSIX).
const INTERRUPT: i32 = 2;

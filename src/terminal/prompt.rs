//! Questions on the controlling terminal.

mod modes;

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::OptionalActions;
use zeroize::Zeroizing;

use super::line::{Line, Step};
use super::signals::Watch;
use crate::escape::escape;
use crate::file::write_all;
use crate::secret::SecretValue;
use modes::Modes;

/// Greatest length of an answer that is shown, in bytes.
const MAX_ANSWER_BYTES: usize = 1024;
/// How often a question is asked again.
const MAX_TRIES: usize = 3;
/// How long after Enter more input still counts as the same paste, in milliseconds.
const PASTE_GAP_MS: i64 = 30;
/// How many reads of up to 4 KiB of such a rest are thrown away.
const MAX_PASTE_READS: usize = 4096;

/// Why a prompt gave no answer.
#[derive(Debug)]
pub enum PromptError {
    /// End of input (`^D` on an empty line, or the terminal went away).
    Eof,
    /// A signal asked us to end; the terminal is as it was. The caller exits
    /// with [`PromptError::status`].
    Interrupted(i32),
    /// The terminal failed.
    Io(io::Error),
    /// A paste of several lines. None of it is used: a first line alone would
    /// be a wrong value, and the rest would have been typed into the shell.
    ManyLines,
    /// There is no controlling terminal, or `--no-input`.
    NoTerminal,
    /// The line is over `limit`; none of it is used.
    TooLong {
        /// The greatest length, in bytes.
        limit: usize,
    },
}

impl PromptError {
    /// The exit status of a program that a signal ended here: 130 for `^C`.
    pub fn status(&self) -> Option<u8> {
        match self {
            PromptError::Interrupted(signal) => u8::try_from(128 + signal).ok(),
            _ => None,
        }
    }
}

impl std::fmt::Display for PromptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PromptError::Eof => write!(f, "the input ended at the prompt"),
            PromptError::Interrupted(signal) => {
                match signal_hook::low_level::signal_name(*signal) {
                    Some(name) => write!(f, "interrupted by {name}"),
                    None => write!(f, "interrupted by signal {signal}"),
                }
            }
            PromptError::Io(error) => write!(f, "cannot use the terminal: {error}"),
            PromptError::ManyLines => write!(f, "more than one line was pasted at the prompt"),
            PromptError::NoTerminal => write!(f, "there is no terminal to ask on"),
            PromptError::TooLong { limit } => {
                write!(f, "the input is longer than {limit} bytes")
            }
        }
    }
}

impl From<Errno> for PromptError {
    fn from(error: Errno) -> Self {
        PromptError::Io(error.into())
    }
}

impl From<io::Error> for PromptError {
    fn from(error: io::Error) -> Self {
        PromptError::Io(error)
    }
}

/// Asks `label: ` on `tty` without showing what is typed.
pub(super) fn hidden(
    tty: impl AsFd,
    label: &str,
    limit: usize,
) -> Result<SecretValue, PromptError> {
    ask(
        tty.as_fd(),
        &format!("{}: ", escape(label)),
        Echo::Off,
        limit,
    )
}

/// Asks `question [y/N] ` on `tty`.
pub(super) fn confirm(tty: impl AsFd, question: &str, no: bool) -> Result<bool, PromptError> {
    let choice = if no { "[y/N]" } else { "[Y/n]" };
    let label = format!("{} {choice} ", escape(question));
    for _ in 0..MAX_TRIES {
        let answer = ask(tty.as_fd(), &label, Echo::On, MAX_ANSWER_BYTES)?;
        match answer.expose().trim_ascii().to_ascii_lowercase().as_slice() {
            b"" => break,
            b"y" | b"yes" => return Ok(true),
            b"n" | b"no" => return Ok(false),
            _ => {}
        }
    }
    Ok(!no)
}

/// Whether typed characters are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    Off,
    On,
}

/// Shows `label` and reads one line.
fn ask(
    tty: BorrowedFd<'_>,
    label: &str,
    echo: Echo,
    limit: usize,
) -> Result<SecretValue, PromptError> {
    let watch = Watch::begin()?;
    let modes = Modes::enter(tty)?;
    let mut line = Line::new(modes.keys(), limit);
    // Only now: who sees the label may type, and nothing of it is shown or lost.
    let outcome = write_all(tty, label.as_bytes())
        .map_err(PromptError::from)
        .and_then(|()| read_line(&watch, &modes, &mut line, label, echo));
    let _ = write_all(tty, b"\n");
    drop(modes);
    match watch.finish() {
        Some(signal) => Err(PromptError::Interrupted(signal)),
        None => outcome.map(|()| SecretValue::copy_from(line.bytes())),
    }
}

/// Reads until Enter, end of input, an error or a signal.
fn read_line(
    watch: &Watch,
    modes: &Modes<'_>,
    line: &mut Line,
    label: &str,
    echo: Echo,
) -> Result<(), PromptError> {
    let mut chunk = Zeroizing::new([0_u8; 4096]);
    loop {
        let ready = wait(modes.tty, watch)?;
        if let Some(signal) = watch.ending() {
            return Err(PromptError::Interrupted(signal));
        }
        if watch.stopped() {
            modes.leave();
            watch.stop_here();
            watch.continued();
            modes.apply(OptionalActions::Flush)?;
            // The user sees an empty prompt, so that is what it has to be.
            line.clear();
            write_all(modes.tty, label.as_bytes())?;
            continue;
        }
        if watch.continued() {
            // Stopped without asking us; the shell may have changed the modes meanwhile.
            modes.apply(OptionalActions::Drain)?;
        }
        if !ready.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            continue;
        }
        let count = match rustix::io::read(modes.tty, chunk.as_mut_slice()) {
            Ok(0) if ready.contains(PollFlags::HUP) => return Err(PromptError::Eof),
            Ok(count) => count,
            Err(Errno::INTR | Errno::AGAIN) => continue,
            Err(error) => return Err(error.into()),
        };
        let mut bytes = chunk.iter().take(count);
        while let Some(byte) = bytes.next() {
            match line.feed(*byte) {
                Step::Added if echo == Echo::On => write_all(modes.tty, echoed(byte))?,
                Step::Erased(n) if echo == Echo::On => {
                    write_all(modes.tty, "\u{8} \u{8}".repeat(n).as_bytes())?;
                }
                Step::Added | Step::Erased(_) => {}
                Step::End => return Err(PromptError::Eof),
                Step::Complete => {
                    let more = bytes.any(|byte| !is_line_end(*byte));
                    return if throw_away_rest(modes.tty) | more {
                        Err(PromptError::ManyLines)
                    } else {
                        Ok(())
                    };
                }
                Step::TooLong => {
                    throw_away_rest(modes.tty);
                    return Err(PromptError::TooLong {
                        limit: line.bytes().len(),
                    });
                }
            }
        }
    }
}

/// What is shown for a byte of an answer: nothing for a control character.
fn echoed(byte: &u8) -> &[u8] {
    if byte.is_ascii_control() {
        &[]
    } else {
        std::slice::from_ref(byte)
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Waits for the terminal or a signal. `NVAL` where the system cannot wait for
/// a terminal (macOS and `/dev/tty`): then reading itself waits, a tenth of a
/// second at a time.
fn wait(tty: BorrowedFd<'_>, watch: &Watch) -> Result<PollFlags, PromptError> {
    let mut fds = vec![PollFd::from_borrowed_fd(tty, PollFlags::IN)];
    fds.extend(
        watch
            .wake()
            .map(|wake| PollFd::from_borrowed_fd(wake, PollFlags::IN)),
    );
    match poll(&mut fds, None) {
        Ok(_) => {}
        Err(Errno::INTR) => return Ok(PollFlags::empty()),
        Err(error) => return Err(error.into()),
    }
    watch.drain();
    Ok(fds.first().map_or(PollFlags::empty(), PollFd::revents))
}

/// Swallows what follows a line at the speed of a paste, so that it does not
/// reach the shell; says whether it was more than line ends.
///
/// A long paste arrives in pieces; discarding what is there at one moment, as
/// TCSAFLUSH does, would let the later pieces through.
fn throw_away_rest(tty: BorrowedFd<'_>) -> bool {
    let mut chunk = Zeroizing::new([0_u8; 4096]);
    let mut more = false;
    let gap = Timespec {
        tv_sec: 0,
        tv_nsec: PASTE_GAP_MS * 1_000_000,
    };
    for _ in 0..MAX_PASTE_READS {
        let mut fds = [PollFd::from_borrowed_fd(tty, PollFlags::IN)];
        match poll(&mut fds, Some(&gap)) {
            Ok(n) if n > 0 => {}
            Err(Errno::INTR) => continue,
            _ => break,
        }
        match rustix::io::read(tty, chunk.as_mut_slice()) {
            Ok(count) if count > 0 => more |= chunk.iter().take(count).any(|b| !is_line_end(*b)),
            _ => break,
        }
    }
    more
}

#[cfg(test)]
pub(super) mod tests;

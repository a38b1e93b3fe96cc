//! One line that says how far long work is.

use std::cell::RefCell;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use signal_hook::low_level;

use super::signals::Watch;
use crate::file::write_all;

/// Work that takes less is not spoken of.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is written anew.
const PERIOD: Duration = Duration::from_millis(100);
/// Work of which nothing was heard for so long is new work.
const SILENCE: Duration = Duration::from_millis(500);
/// What takes the line away.
const ERASE: &[u8] = b"\r\x1b[K";

/// A line on standard error that is rewritten in place and taken away when the
/// work ends, whatever ends it: another line, a prompt, a signal.
///
/// It is there only where standard error is a terminal that can be asked to
/// erase, and only from the second on that work lasts. A signal that ends the
/// program takes the line away first; while none is shown, signals are left alone.
pub struct Progress {
    fd: BorrowedFd<'static>,
    is_wanted: bool,
    origin: Instant,
    state: RefCell<State>,
}

struct State {
    pace: Pace,
    /// Holds the signals as long as the line is there.
    watch: Option<Watch>,
}

impl Progress {
    /// A line on a descriptor, shown for work that lasts longer than
    /// `patience`; `is_wanted` says whether it may ever be shown.
    pub(super) fn new(fd: BorrowedFd<'static>, is_wanted: bool, patience: Duration) -> Self {
        Progress {
            fd,
            is_wanted,
            origin: Instant::now(),
            state: RefCell::new(State {
                pace: Pace::new(patience),
                watch: None,
            }),
        }
    }

    /// Says that `done` of `total` parts of the work are done, be they bytes or
    /// secrets. All of them take the line away.
    pub fn tell(&self, work: &str, done: u64, total: u64) {
        if !self.is_wanted {
            return;
        }
        if done >= total {
            return self.clear();
        }
        let mut state = self.state.borrow_mut();
        if let Some(watch) = &state.watch
            && (watch.stopped() || watch.is_ending())
        {
            drop(state);
            return self.clear();
        }
        if !state.pace.is_due(self.origin.elapsed()) {
            return;
        }
        if state.watch.is_none() {
            state.watch = Watch::begin().ok();
        }
        let percent = u128::from(done) * 100 / u128::from(total.max(1));
        let line = format!("\r{work}: {percent}%\x1b[K");
        // That standard error cannot be written is no error.
        let _ = write_all(self.fd, line.as_bytes());
    }

    /// Takes the line away, if it is there, and lets a signal have its effect
    /// that came while it was.
    pub fn clear(&self) {
        let Some(watch) = self.state.borrow_mut().watch.take() else {
            return;
        };
        let _ = write_all(self.fd, ERASE);
        if let Some(signal) = watch.finish() {
            let _ = low_level::emulate_default_handler(signal);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// When the line is due.
struct Pace {
    patience: Duration,
    begun: Option<Duration>,
    heard: Duration,
    written: Option<Duration>,
}

impl Pace {
    fn new(patience: Duration) -> Self {
        Pace {
            patience,
            begun: None,
            heard: Duration::ZERO,
            written: None,
        }
    }

    /// Whether the line is written at `now`, work being heard of.
    fn is_due(&mut self, now: Duration) -> bool {
        if now.saturating_sub(self.heard) > SILENCE {
            self.begun = None;
        }
        self.heard = now;
        let begun = *self.begun.get_or_insert(now);
        let is_early = |written: Duration| now.saturating_sub(written) < PERIOD;
        if now.saturating_sub(begun) < self.patience || self.written.is_some_and(is_early) {
            return false;
        }
        self.written = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_comes_after_a_second_of_work_and_ten_times_a_second() {
        let mut pace = Pace::new(PATIENCE);
        let mut due = |milliseconds| pace.is_due(Duration::from_millis(milliseconds));
        // Long after the start of the program: the work begins now.
        for early in [5_000, 5_400, 5_800, 5_999] {
            assert!(!due(early), "{early}");
        }
        assert!(due(6_000));
        assert!(!due(6_050) && !due(6_099));
        assert!(due(6_100));
        // Silence: a question was asked, say. What follows is new work.
        assert!(!due(7_000) && !due(7_450) && !due(7_900));
        assert!(due(8_000));
    }
}

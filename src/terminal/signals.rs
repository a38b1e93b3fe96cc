//! Signals while a prompt, or a line of progress, is on the screen.
//!
//! A program that dies with echo switched off leaves a shell in which the
//! user types blindly. So the signals that end or stop us are noticed by the
//! prompt, which puts the terminal right first. Between prompts they do what
//! they always do.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use signal_hook::consts::{
    SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2,
};
use signal_hook::{flag, low_level};

/// Handlers last as long as the process: taking one away again would leave a
/// signal without any effect. What they do depends on `idle`.
static CATCHER: Mutex<Option<Catcher>> = Mutex::new(None);

/// The installed handlers and what they have seen.
struct Catcher {
    /// No prompt is on the screen: signals have their usual effect.
    idle: Arc<AtomicBool>,
    ending: Vec<(i32, Arc<AtomicBool>)>,
    stopped: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
    /// Readable when a signal has come.
    wake: UnixStream,
}

/// One prompt's hold on the signals. There is one at a time in a process.
pub(super) struct Watch(MutexGuard<'static, Option<Catcher>>);

impl Watch {
    /// Installs the handlers on first use and takes the signals over.
    pub(super) fn begin() -> io::Result<Watch> {
        let mut held = CATCHER.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = Some(Catcher::install()?);
        }
        if let Some(catcher) = held.as_ref() {
            catcher.idle.store(false, Ordering::SeqCst);
        }
        Ok(Watch(held))
    }

    /// A descriptor that is readable once a signal has come.
    pub(super) fn wake(&self) -> Option<BorrowedFd<'_>> {
        self.0.as_ref().map(|catcher| catcher.wake.as_fd())
    }

    /// Empties the descriptor of [`Watch::wake`].
    pub(super) fn drain(&self) {
        let mut bytes = [0_u8; 64];
        if let Some(catcher) = self.0.as_ref() {
            while matches!((&catcher.wake).read(&mut bytes), Ok(n) if n > 0) {}
        }
    }

    /// The signal that asks us to end, if one has come.
    pub(super) fn ending(&self) -> Option<i32> {
        let seen = |(signal, flag): &(i32, Arc<AtomicBool>)| {
            flag.swap(false, Ordering::SeqCst).then_some(*signal)
        };
        self.0.as_ref()?.ending.iter().find_map(seen)
    }

    /// Whether a signal has come that asks us to end; [`Watch::finish`] says which.
    pub(super) fn is_ending(&self) -> bool {
        let seen = |(_, flag): &(i32, Arc<AtomicBool>)| flag.load(Ordering::SeqCst);
        let catcher = self.0.as_ref();
        catcher.is_some_and(|catcher| catcher.ending.iter().any(seen))
    }

    /// Whether `^Z` was pressed since the last call.
    pub(super) fn stopped(&self) -> bool {
        self.take(|catcher| &catcher.stopped)
    }

    /// Whether we were continued since the last call.
    pub(super) fn continued(&self) -> bool {
        self.take(|catcher| &catcher.continued)
    }

    /// Stops this process until somebody continues it.
    pub(super) fn stop_here(&self) {
        let _ = low_level::raise(SIGSTOP);
    }

    /// Gives the signals back. Returns one that came too late to be noticed.
    pub(super) fn finish(self) -> Option<i32> {
        self.let_go();
        if self.stopped() {
            self.stop_here();
        }
        self.continued();
        self.ending()
    }

    fn take(&self, which: impl Fn(&Catcher) -> &Arc<AtomicBool>) -> bool {
        let flag = self.0.as_ref().map(which);
        flag.is_some_and(|flag| flag.swap(false, Ordering::SeqCst))
    }

    fn let_go(&self) {
        if let Some(catcher) = self.0.as_ref() {
            catcher.idle.store(true, Ordering::SeqCst);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Catcher {
    fn install() -> io::Result<Catcher> {
        let (wake, ring) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        ring.set_nonblocking(true)?;
        let idle = Arc::new(AtomicBool::new(true));
        let catch = |signal: i32| -> io::Result<Arc<AtomicBool>> {
            let seen = Arc::new(AtomicBool::new(false));
            // In this order: the usual effect, or else first the note and then the bell.
            flag::register_conditional_default(signal, Arc::clone(&idle))?;
            flag::register(signal, Arc::clone(&seen))?;
            low_level::pipe::register(signal, ring.try_clone()?)?;
            Ok(seen)
        };
        let ignored = ignored_signals();
        let mut ending = Vec::new();
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM] {
            // What our starter ignores (nohup) stays so, for us and for a command we become.
            if !is_in(ignored, signal) {
                ending.push((signal, catch(signal)?));
            }
        }
        // The leader of a session has nobody who would continue it; the kernel lets it run on.
        let stopped = if leads_its_session() || is_in(ignored, SIGTSTP) {
            Arc::default()
        } else {
            catch(SIGTSTP)?
        };
        Ok(Catcher {
            continued: catch(SIGCONT)?,
            idle,
            ending,
            stopped,
            wake,
        })
    }
}

/// Whether this process leads its session.
///
/// In a pid namespace the leader can be a process outside of it, which the
/// kernel calls 0. `rustix` takes no session id of 0, so `nix` asks.
fn leads_its_session() -> bool {
    nix::unistd::getsid(None).is_ok_and(|session| session == nix::unistd::getpid())
}

fn is_in(set: u64, signal: i32) -> bool {
    u32::try_from(signal - 1).is_ok_and(|bit| set.checked_shr(bit).unwrap_or(0) & 1 == 1)
}

/// The signals this process ignores, signal n as bit n−1.
///
/// There is no call for this without unsafe code. Linux tells it in
/// `/proc/self/status`; elsewhere none counts as ignored.
fn ignored_signals() -> u64 {
    use rustix::fs::{Mode, OFlags, open};
    let read = || -> Result<Vec<u8>, rustix::io::Errno> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let file = open("/proc/self/status", flags, Mode::empty())?;
        let mut text = Vec::with_capacity(8192);
        while rustix::io::read(&file, rustix::buffer::spare_capacity(&mut text))? > 0 {}
        Ok(text)
    };
    parse_ignored(&read().unwrap_or_default()).unwrap_or(0)
}

fn parse_ignored(status: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(status).ok()?;
    let digits = text.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(digits.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_of_ignored_signals_is_read() {
        let set = parse_ignored(b"Name:\tx\nSigBlk:\t01\nSigIgn:\t0000000000001001\n").unwrap();
        assert!(is_in(set, SIGHUP) && is_in(set, 13) && !is_in(set, SIGINT));
        assert!(!is_in(set, 0) && !is_in(u64::MAX, 65) && is_in(1 << 63, 64));
        assert_eq!(parse_ignored(b"Name:\tx\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_ignores_the_closed_pipe_as_every_rust_program_does() {
        assert!(is_in(ignored_signals(), 13));
    }
}

//! Signals that wait for us, each with where it came from.

use nix::errno::Errno;
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use std::cell::Cell;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

/// What a supervised command is told of. SIGTSTP, SIGTTIN and SIGTTOU are not
/// among them: they stop this process too, as they should.
const FORWARDED: [Signal; 8] = [
    Signal::SIGCONT,
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGWINCH,
];

/// Holds signals back from before a command is started until this is dropped.
///
/// Held signals are read one by one. Process 1 of a container, which the
/// kernel spares the default action of signals, gets them this way too.
pub struct Signals {
    before: SigSet,
    held: SigSet,
    source: source::Source,
    told: Cell<Option<Signal>>,
}

/// A signal that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Came {
    pub(super) signal: Signal,
    /// Whether the kernel sent it, as it does to the whole foreground group of
    /// a terminal for Ctrl-C, and not a process.
    pub(super) by_kernel: bool,
}

impl Signals {
    /// Holds them back from now on.
    ///
    /// # Errors
    /// No descriptors are left.
    pub fn hold() -> std::io::Result<Self> {
        // With SIGCHLD ignored, as some parents leave it, no status would be kept.
        signal_hook::flag::register(signal_hook::consts::SIGCHLD, Arc::default())?;
        let held: SigSet = FORWARDED.into_iter().chain([Signal::SIGCHLD]).collect();
        let before = held.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        match source::Source::new(&held) {
            Ok(source) => Ok(Signals {
                before,
                held,
                source,
                told: Cell::new(None),
            }),
            Err(errno) => {
                let _ = before.thread_set_mask();
                Err(errno.into())
            }
        }
    }

    /// Lets the signals do what they usually do for as long as `work` takes.
    pub(super) fn pause<T>(&self, work: impl FnOnce() -> T) -> T {
        let _ = self.before.thread_set_mask();
        let done = work();
        let _ = self.held.thread_block();
        done
    }

    /// Notes a signal that was read.
    pub(super) fn note(&self, signal: Signal) {
        if matches!(signal, Signal::SIGHUP | Signal::SIGTERM) {
            self.told.set(Some(signal));
        }
    }

    /// The signal that told this process to end, if one was read.
    pub(super) fn told_to_end(&self) -> Option<Signal> {
        self.told.get()
    }

    /// The mask that this process had, which is the command's.
    pub(super) fn before(&self) -> &SigSet {
        &self.before
    }

    /// Readable when a signal has come.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.source.as_fd()
    }

    /// The next one that has come, if any has.
    pub(super) fn next(&self) -> Option<Came> {
        self.source.next()
    }
}

impl Drop for Signals {
    /// What came meanwhile, and was not read, has its effect now.
    fn drop(&mut self) {
        let _ = self.before.thread_set_mask();
    }
}

/// Ends this process by SIGINT, so that a shell sees an interrupted job; it
/// returns where the signal has no such effect.
pub fn end_interrupted() {
    let mut interrupt = SigSet::empty();
    interrupt.add(Signal::SIGINT);
    let _ = interrupt.thread_unblock();
    let _ = nix::sys::signal::raise(Signal::SIGINT);
}

#[cfg(target_os = "linux")]
mod source {
    use super::{AsFd, BorrowedFd, Came, Errno, SigSet, Signal};
    use nix::sys::signalfd::{SfdFlags, SignalFd};

    /// `si_code` of a signal that the kernel sent (`SI_KERNEL`).
    const SENT_BY_KERNEL: i32 = 0x80;

    /// Held signals as a descriptor: signalfd(2).
    pub(super) struct Source(SignalFd);

    impl Source {
        pub(super) fn new(held: &SigSet) -> Result<Self, Errno> {
            let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
            SignalFd::with_flags(held, flags).map(Source)
        }

        pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }

        pub(super) fn next(&self) -> Option<Came> {
            let info = self.0.read_signal().ok()??;
            let number = i32::try_from(info.ssi_signo).ok()?;
            Some(Came {
                signal: Signal::try_from(number).ok()?,
                by_kernel: info.ssi_code == SENT_BY_KERNEL,
            })
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod source {
    use super::{AsFd, BorrowedFd, Came, Errno, SigSet, Signal};
    use std::os::fd::OwnedFd;

    /// Held signals through a pipe, from a thread that waits for them. Nothing
    /// says where one came from: of those that a terminal sends, all are taken
    /// to come from there.
    pub(super) struct Source(OwnedFd);

    impl Source {
        pub(super) fn new(held: &SigSet) -> Result<Self, Errno> {
            let pipe = rustix::pipe::pipe();
            let (read, write) = pipe.map_err(|errno| Errno::from_raw(errno.raw_os_error()))?;
            for fd in [&read, &write] {
                let _ = rustix::io::fcntl_setfd(fd, rustix::io::FdFlags::CLOEXEC);
            }
            let _ = rustix::io::ioctl_fionbio(&read, true);
            let held = *held;
            std::thread::spawn(move || {
                while let Ok(signal) = held.wait() {
                    let number = [signal as i32 as u8];
                    if rustix::io::write(&write, &number).is_err() {
                        return;
                    }
                }
            });
            Ok(Source(read))
        }

        pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }

        pub(super) fn next(&self) -> Option<Came> {
            let mut number = [0_u8; 1];
            rustix::io::read(&self.0, &mut number)
                .ok()
                .filter(|count| *count == 1)?;
            let signal = Signal::try_from(i32::from(number[0])).ok()?;
            let by_kernel = matches!(signal, Signal::SIGINT | Signal::SIGQUIT | Signal::SIGWINCH);
            Some(Came { signal, by_kernel })
        }
    }
}

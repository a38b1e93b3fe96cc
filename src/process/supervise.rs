//! A command as a child, for what cannot be done once we have become it.

mod deadline;
mod start;

use super::environment::Environment;
use super::exec::{ExecError, attempt};
use super::hygiene::UsersCoreLimit;
use super::pump;
use super::signals::{Came, Signals};
use crate::masking::Patterns;
use deadline::{Deadline, told};
use nix::errno::Errno;
use nix::spawn::posix_spawn;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use start::{Piped, actions, attributes, exit_of, piped};
use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a command has between SIGTERM and SIGKILL once its time is over.
pub const GRACE: Duration = Duration::from_secs(10);

/// A standard stream of the command that passes through us.
pub struct Stream {
    /// Its number for the command: 1 or 2.
    pub number: i32,
    /// Where it goes.
    pub to: OwnedFd,
}

/// What a supervised command needs of us.
#[derive(Default)]
pub struct Care {
    /// What is taken out of `streams`.
    pub patterns: Arc<Patterns>,
    /// The streams that are masked; all others are ours, as they are.
    pub streams: Vec<Stream>,
    /// What takes the place of our standard output, unmasked.
    pub stdout: Option<OwnedFd>,
    /// After this time it is told to end.
    pub timeout: Option<Duration>,
}

impl Care {
    /// Whether there is nothing to do, so that we can become the command.
    pub fn is_none(&self) -> bool {
        self.streams.is_empty() && self.timeout.is_none()
    }
}

/// What is to be done with a command that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Let it run.
    Nothing,
    /// End it; it will be started again.
    Restart,
    /// Send it this signal.
    Send(Signal),
}

/// How often it is asked what to do, at most.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How a supervised command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was ended to be started again ([`Act::Restart`]).
    Changed,
    /// With this status.
    Code(u8),
    /// By the signal of this number.
    Signal(u8),
    /// Its time was over.
    TimedOut,
}

/// Runs `command` as a child and waits for its end.
///
/// It is looked for and refused as by [`super::exec`], has our other open
/// descriptors, the signal mask and core limit of the user, and no memory of
/// ours: the variables are wiped once it runs. With a controlling terminal it
/// shares our process group, so that Ctrl-C, Ctrl-Z and `fg` work as without
/// us; what the terminal sends it has had, and is not sent again. Without one
/// it leads a group of its own, and that is what signals go to.
///
/// `look`, if there is one, is asked once a second what to do with it.
///
/// A descendant that keeps a masked stream open is waited for after the end of
/// the command, as a shell waits for `command | cat`.
///
/// # Errors
/// The command could not be started.
pub fn supervise(
    command: &OsStr,
    args: &[OsString],
    environment: Environment,
    signals: &Signals,
    care: Care,
    look: Option<&mut dyn FnMut() -> Act>,
) -> Result<Ended, ExecError> {
    let failed = |errno| ExecError::failed(command, errno);
    let shares_group = rustix::fs::open(
        "/dev/tty",
        rustix::fs::OFlags::RDWR | rustix::fs::OFlags::CLOEXEC | rustix::fs::OFlags::NOCTTY,
        rustix::fs::Mode::empty(),
    )
    .is_ok();
    let (streams, finished) = piped(care.streams).map_err(failed)?;
    let actions = actions(&streams, care.stdout.as_ref()).map_err(failed)?;
    let attributes = attributes(signals.before(), shares_group).map_err(failed)?;
    let limit_of_user = UsersCoreLimit::restore();
    let child = attempt(command, args, &environment, &mut |path, argv, entries| {
        posix_spawn(path, &actions, &attributes, argv, entries)
    })?;
    drop((limit_of_user, environment));
    for Piped { from, to, end, .. } in streams {
        let _ = pump::start(from, to, Arc::clone(&care.patterns), end);
    }
    let watch = Watch {
        child,
        exit: exit_of(child),
        shares_group,
        signals,
        finished,
    };
    watch.to_its_end(care.timeout, look).map_err(failed)
}

/// A running command, and what is heard of it.
struct Watch<'a> {
    child: Pid,
    /// Readable once it has ended. SIGCHLD tells of that too, but of several
    /// threads the kernel may tell another one.
    exit: Option<OwnedFd>,
    shares_group: bool,
    signals: &'a Signals,
    finished: OwnedFd,
}

/// What tells a command to end.
const ENDING: [Signal; 4] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
];

impl Watch<'_> {
    fn to_its_end(
        &self,
        timeout: Option<Duration>,
        mut look: Option<&mut dyn FnMut() -> Act>,
    ) -> Result<Ended, Errno> {
        let mut deadline = match timeout.and_then(|timeout| Instant::now().checked_add(timeout)) {
            Some(at) => Deadline::Term(at),
            None => Deadline::None,
        };
        let mut ended = None;
        let mut next_look = Instant::now() + LOOK_EVERY;
        let mut restarts = false;
        loop {
            let look_at = look.as_ref().map(|_| next_look);
            let quiet = self.wait(ended.is_some(), deadline, look_at)?;
            ended = self.reap(ended);
            while let Some(came) = self.signals.next() {
                match came.signal {
                    Signal::SIGCHLD => {}
                    // The command is gone; whoever keeps its streams is not ours to wait for.
                    signal if ended.is_some() && ENDING.contains(&signal) => {
                        return Ok(told(ended, deadline));
                    }
                    _ if ended.is_none() => {
                        // Who ends it wants no other one.
                        if ENDING.contains(&came.signal) && look.take().is_some() {
                            (restarts, deadline) = (false, Deadline::None);
                        }
                        self.forward(came);
                    }
                    _ => {}
                }
            }
            if ended.is_some() && restarts {
                return Ok(Ended::Changed);
            }
            if ended.is_some() && quiet {
                return Ok(told(ended, deadline));
            }
            if let Some(look) = look.as_mut().filter(|_| ended.is_none() && !restarts)
                && next_look <= Instant::now()
            {
                match look() {
                    Act::Nothing => {}
                    Act::Send(signal) => self.send(signal),
                    Act::Restart => {
                        (restarts, deadline) = (true, Deadline::Term(Instant::now()));
                    }
                }
                next_look = Instant::now() + LOOK_EVERY;
            }
            deadline = self.keep(deadline, ended.is_some());
        }
    }

    /// Waits for a signal, for the time that is set, or, once the command has
    /// ended, for its streams to be passed on; tells whether they are.
    fn wait(
        &self,
        has_ended: bool,
        deadline: Deadline,
        look_at: Option<Instant>,
    ) -> Result<bool, Errno> {
        let mut fds = vec![PollFd::from_borrowed_fd(self.signals.fd(), PollFlags::IN)];
        match (has_ended, &self.exit) {
            (true, _) => fds.push(PollFd::new(&self.finished, PollFlags::IN)),
            (false, Some(exit)) => fds.push(PollFd::new(exit, PollFlags::IN)),
            (false, None) => {}
        }
        let set = match deadline {
            Deadline::Term(at) | Deadline::Kill(at) => Some(at),
            Deadline::None | Deadline::Over => None,
        };
        let first = [set, look_at].into_iter().flatten().min();
        let rest = first.filter(|_| !has_ended);
        let rest = rest.map(|at| at.saturating_duration_since(Instant::now()));
        let rest = rest.and_then(|rest| Timespec::try_from(rest).ok());
        match poll(&mut fds, rest.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(Errno::from_raw(errno.raw_os_error())),
        }
        Ok(has_ended && fds.get(1).is_some_and(|fd| !fd.revents().is_empty()))
    }

    /// Takes the status of what has ended: the command, or, where we are process
    /// 1, an orphan.
    fn reap(&self, mut ended: Option<Ended>) -> Option<Ended> {
        loop {
            let of = match rustix::process::getpid().as_raw_nonzero().get() {
                1 => None,
                _ => Some(self.child),
            };
            match waitpid(of, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) if pid == self.child => {
                    ended = Some(Ended::Code(u8::try_from(code & 0xff).unwrap_or(u8::MAX)));
                }
                Ok(WaitStatus::Signaled(pid, signal, _)) if pid == self.child => {
                    ended = Some(Ended::Signal(
                        u8::try_from(signal as i32).unwrap_or(u8::MAX),
                    ));
                }
                Ok(WaitStatus::StillAlive) | Err(_) => return ended,
                Ok(_) => {}
            }
        }
    }

    /// Passes a signal on, unless the command has had it from the terminal.
    fn forward(&self, came: Came) {
        self.signals.note(came.signal);
        if !(self.shares_group && came.by_kernel) {
            self.send(came.signal);
        }
    }

    fn send(&self, signal: Signal) {
        // It may have ended meanwhile; as its status is not taken yet, the number
        // is still its own.
        let _ = match self.shares_group {
            true => kill(self.child, signal),
            false => killpg(self.child, signal),
        };
    }

    /// Ends a command whose time is over: SIGTERM, and SIGKILL after [`GRACE`].
    fn keep(&self, deadline: Deadline, has_ended: bool) -> Deadline {
        let now = Instant::now();
        match deadline {
            _ if has_ended => deadline,
            Deadline::Term(at) if at <= now => {
                self.send(Signal::SIGTERM);
                // A stopped one would not hear of it.
                self.send(Signal::SIGCONT);
                Deadline::Kill(now + GRACE)
            }
            Deadline::Kill(at) if at <= now => {
                self.send(Signal::SIGKILL);
                Deadline::Over
            }
            _ => deadline,
        }
    }
}

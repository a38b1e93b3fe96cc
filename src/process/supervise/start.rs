//! What a child begins with: its streams, its signals, its group.

use super::Stream;
use nix::errno::Errno;
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::Pid;
use std::os::fd::{AsRawFd, OwnedFd};

/// A stream with the pipe that the command writes to.
pub(super) struct Piped {
    /// Its numbers for the command.
    pub(super) numbers: Vec<i32>,
    /// The command's end; closed here once it is started.
    pub(super) write: OwnedFd,
    pub(super) from: OwnedFd,
    pub(super) to: OwnedFd,
    /// Closed when all has been passed on.
    pub(super) end: OwnedFd,
}

/// Pipes for the streams, and the end of one that is closed when all are done.
pub(super) fn piped(streams: Vec<Stream>) -> Result<(Vec<Piped>, OwnedFd), Errno> {
    let pipe = || {
        let pipe = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC);
        pipe.map_err(|errno| Errno::from_raw(errno.raw_os_error()))
    };
    let (finished, end) = pipe()?;
    let mut all: Vec<Piped> = Vec::new();
    for Stream { number, to } in streams {
        // Where both go to one place, one pipe keeps their lines in order.
        if let Some(same) = all.iter_mut().find(|other| is_same(&other.to, &to)) {
            same.numbers.push(number);
            continue;
        }
        let (from, write) = pipe()?;
        let end = end.try_clone().map_err(|_| Errno::EMFILE)?;
        all.push(Piped {
            numbers: vec![number],
            write,
            from,
            to,
            end,
        });
    }
    Ok((all, finished))
}

fn is_same(one: &OwnedFd, other: &OwnedFd) -> bool {
    let place = |fd| rustix::fs::fstat(fd).map(|stat| (stat.st_dev, stat.st_ino));
    matches!((place(one), place(other)), (Ok(one), Ok(other)) if one == other)
}

pub(super) fn actions(
    streams: &[Piped],
    stdout: Option<&OwnedFd>,
) -> Result<PosixSpawnFileActions, Errno> {
    let mut actions = PosixSpawnFileActions::init()?;
    if let Some(stdout) = stdout {
        actions.add_dup2(stdout.as_raw_fd(), 1)?;
    }
    for stream in streams {
        for number in &stream.numbers {
            actions.add_dup2(stream.write.as_raw_fd(), *number)?;
        }
    }
    Ok(actions)
}

pub(super) fn attributes(mask: &SigSet, shares_group: bool) -> Result<PosixSpawnAttr, Errno> {
    let mut attributes = PosixSpawnAttr::init()?;
    let mut flags =
        PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF;
    attributes.set_sigmask(mask)?;
    // The Rust runtime ignores it; the command has its default, as in exec.
    attributes.set_sigdefault(&SigSet::from(Signal::SIGPIPE))?;
    if !shares_group {
        flags |= PosixSpawnFlags::POSIX_SPAWN_SETPGROUP;
        attributes.set_pgroup(Pid::from_raw(0))?;
    }
    attributes.set_flags(flags)?;
    Ok(attributes)
}

/// A descriptor that tells of the end of a child; none where the system has none.
#[cfg(target_os = "linux")]
pub(super) fn exit_of(child: Pid) -> Option<OwnedFd> {
    let child = rustix::process::Pid::from_raw(child.as_raw())?;
    rustix::process::pidfd_open(child, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn exit_of(_child: Pid) -> Option<OwnedFd> {
    None
}

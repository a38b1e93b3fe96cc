//! Where a value comes from when nobody types it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::secret::SecretValue;

/// A stream that a value is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A descriptor that the caller opened for us, `--passphrase-fd N`.
    ///
    /// It is closed after reading, so that a command we start later does not
    /// inherit it; 0, 1 and 2 stay open. Read it before opening any file:
    /// a number that is free at the start could by then be one of ours.
    Descriptor(i32),
    /// Standard input.
    Stdin,
}

/// Why a source gave no value.
#[derive(Debug)]
pub enum SourceError {
    /// Reading failed.
    Io(io::Error),
    /// No such descriptor is open, or it cannot be read.
    NotOpen(i32),
    /// There were more than `limit` bytes; none is used.
    TooLong {
        /// The greatest length, in bytes.
        limit: usize,
    },
}

impl std::fmt::Display for SourceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SourceError::Io(error) => write!(f, "cannot read the input: {error}"),
            SourceError::NotOpen(number) => {
                write!(f, "descriptor {number} is not open for reading")
            }
            SourceError::TooLong { limit } => {
                write!(f, "the input is longer than {limit} bytes")
            }
        }
    }
}

impl Source {
    /// Reads to the end: at most `limit` bytes, exactly as they came.
    ///
    /// # Errors
    /// [`SourceError`]; an input over the limit is refused, never cut.
    pub fn read(self, limit: usize) -> Result<SecretValue, SourceError> {
        match self {
            Source::Stdin => read_all(rustix::stdio::stdin(), limit),
            Source::Descriptor(number) => {
                let value = read_all(duplicate(number)?.as_fd(), limit);
                if number > 2 {
                    // It was open a moment ago, and the copy of it is what was read.
                    let _ = nix::unistd::close(number);
                }
                value
            }
        }
    }
}

/// Reads `fd` to its end into one buffer that never moves and is wiped.
fn read_all(fd: BorrowedFd<'_>, limit: usize) -> Result<SecretValue, SourceError> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(limit.saturating_add(1)));
    loop {
        if buffer.len() > limit {
            return Err(SourceError::TooLong { limit });
        }
        match rustix::io::read(fd, rustix::buffer::spare_capacity(&mut *buffer)) {
            Ok(0) => return Ok(SecretValue::copy_from(&buffer)),
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait_for_input(fd)?,
            Err(error) => return Err(SourceError::Io(error.into())),
        }
    }
}

/// Waits until a non-blocking descriptor has something to say.
fn wait_for_input(fd: BorrowedFd<'_>) -> Result<(), SourceError> {
    use rustix::event::{PollFd, PollFlags, poll};
    match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)], None) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(SourceError::Io(error.into())),
    }
}

/// A copy of descriptor `number` that is ours to close.
///
/// Asked from the kernel by number where it can (Linux 5.6): that works for any
/// kind of file, and also once this process is not dumpable, when `/dev/fd` is
/// closed to everybody but root. Elsewhere opened through `/dev/fd`.
fn duplicate(number: i32) -> Result<OwnedFd, SourceError> {
    if number < 0 {
        return Err(SourceError::NotOpen(number));
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
        let copy = pidfd_open(getpid(), PidfdFlags::empty())
            .and_then(|me| pidfd_getfd(me, number, PidfdGetfdFlags::empty()));
        match copy {
            Ok(fd) => return Ok(fd),
            Err(Errno::BADF) => return Err(SourceError::NotOpen(number)),
            Err(_) => {}
        }
    }
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
    open(format!("/dev/fd/{number}"), flags, Mode::empty())
        .map_err(|_| SourceError::NotOpen(number))
}

/// Takes the one line end (`\n` or `\r\n`) off an input of exactly one line,
/// and says whether it did.
///
/// `echo x | secrets set A` means `x`. An input with a line end anywhere else
/// (a PEM file, JSON) is kept byte for byte, and so is one without any.
pub fn strip_one_newline(value: &mut SecretValue) -> bool {
    let bytes = value.expose();
    let Some(line) = bytes.strip_suffix(b"\n") else {
        return false;
    };
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.contains(&b'\n') {
        return false;
    }
    let len = line.len();
    value.truncate(len);
    true
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsRawFd, IntoRawFd};

    use super::*;

    #[test]
    fn one_line_loses_its_one_line_end_and_nothing_else_does() {
        for (input, output, stripped) in [
            (&b"x\n"[..], &b"x"[..], true),
            (b"x\r\n", b"x", true),
            (b"x\r\r\n", b"x\r", true),
            (b"x y \n", b"x y ", true),
            (b"\n", b"", true),
            (b"\r\n", b"", true),
            (b"x", b"x", false),
            (b"x\r", b"x\r", false),
            (b"", b"", false),
            (b"x\n\n", b"x\n\n", false),
            (b"\n\n", b"\n\n", false),
            (b"a\nb", b"a\nb", false),
            (b"a\nb\n", b"a\nb\n", false),
            (b"a\r\nb\r\n", b"a\r\nb\r\n", false),
        ] {
            let mut value = SecretValue::copy_from(input);
            assert_eq!(strip_one_newline(&mut value), stripped, "{input:?}");
            assert_eq!(value.expose(), output, "{input:?}");
        }
    }

    /// A pipe that holds `content`, its writing end closed.
    fn pipe_with(content: &[u8]) -> OwnedFd {
        let (read, write) = rustix::pipe::pipe().unwrap();
        let content = content.to_vec();
        std::thread::spawn(move || {
            let _ = super::super::output::write_all(write.as_fd(), &content);
        });
        read
    }

    #[test]
    fn an_input_is_read_to_its_limit_and_not_beyond() {
        let whole = read_all(pipe_with(&[7; 100_000]).as_fd(), 100_000)
            .ok()
            .unwrap();
        assert!(whole.expose() == [7; 100_000]);
        let error = read_all(pipe_with(&[7; 100_001]).as_fd(), 100_000)
            .err()
            .unwrap();
        assert_eq!(error.to_string(), "the input is longer than 100000 bytes");
        assert!(read_all(pipe_with(b"").as_fd(), 0).ok().unwrap().is_empty());
    }

    #[test]
    fn a_non_blocking_input_is_waited_for() {
        let (read, write) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::NONBLOCK).unwrap();
        std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(50));
            rustix::io::write(&write, b"late").unwrap();
        });
        assert_eq!(read_all(read.as_fd(), 10).ok().unwrap().expose(), b"late");
    }

    #[test]
    fn a_descriptor_is_read_and_closed() {
        // A number far above what other tests of this process open and close meanwhile.
        let low = pipe_with(b"from a descriptor");
        let number = rustix::io::fcntl_dupfd_cloexec(&low, 700)
            .unwrap()
            .into_raw_fd();
        let value = Source::Descriptor(number).read(100).ok().unwrap();
        assert_eq!(value.expose(), b"from a descriptor");
        assert!(matches!(
            Source::Descriptor(number).read(100),
            Err(SourceError::NotOpen(n)) if n == number
        ));
        drop(low);
    }

    #[test]
    fn a_descriptor_that_is_not_open_is_named() {
        let error = Source::Descriptor(9999).read(1).err().unwrap();
        assert_eq!(error.to_string(), "descriptor 9999 is not open for reading");
        assert!(Source::Descriptor(-1).read(1).is_err());
        // One that is open for writing only.
        let (_read, write) = rustix::pipe::pipe().unwrap();
        let write = rustix::io::fcntl_dupfd_cloexec(&write, 800).unwrap();
        let number = write.as_raw_fd();
        std::mem::forget(write);
        assert!(Source::Descriptor(number).read(1).is_err());
    }
}

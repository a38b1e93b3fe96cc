//! Where a value comes from when nobody types it.

use std::io;
use std::os::fd::BorrowedFd;

use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::secret::SecretValue;

/// How much of a stream is read at once, in bytes: what a pipe holds.
const CHUNK_BYTES: usize = 1 << 16;

/// Why standard input gave no value.
#[derive(Debug)]
pub enum InputError {
    /// Reading failed.
    Io(io::Error),
    /// There were more than `limit` bytes; none is used.
    TooLong {
        /// The greatest length, in bytes.
        limit: usize,
    },
}

impl std::fmt::Display for InputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            InputError::Io(error) => write!(f, "cannot read the input: {error}"),
            InputError::TooLong { limit } => {
                write!(f, "the input is longer than {limit} bytes")
            }
        }
    }
}

/// Reads standard input to its end: at most `limit` bytes, exactly as they came.
///
/// # Errors
/// [`InputError`]; an input over the limit is refused, never cut.
pub fn read_stdin(limit: usize) -> Result<SecretValue, InputError> {
    read_all(rustix::stdio::stdin(), limit)
}

/// Reads `fd` to its end into one buffer that never moves and is wiped.
fn read_all(fd: BorrowedFd<'_>, limit: usize) -> Result<SecretValue, InputError> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(limit.saturating_add(1)));
    loop {
        if buffer.len() > limit {
            return Err(InputError::TooLong { limit });
        }
        match rustix::io::read(fd, rustix::buffer::spare_capacity(&mut *buffer)) {
            Ok(0) => return Ok(SecretValue::copy_from(&buffer)),
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait_for_input(fd)?,
            Err(error) => return Err(InputError::Io(error.into())),
        }
    }
}

/// Reads standard input to its end, and gives each piece to `work` as it comes,
/// until that says to stop. The buffer is wiped.
///
/// # Errors
/// [`InputError::Io`] for what reading or `work` says.
pub fn each_chunk(work: &mut dyn FnMut(&[u8]) -> io::Result<bool>) -> Result<(), InputError> {
    each_chunk_of(rustix::stdio::stdin(), work)
}

fn each_chunk_of(
    fd: BorrowedFd<'_>,
    work: &mut dyn FnMut(&[u8]) -> io::Result<bool>,
) -> Result<(), InputError> {
    let mut buffer = Zeroizing::new(vec![0; CHUNK_BYTES]);
    loop {
        match rustix::io::read(fd, buffer.as_mut_slice()) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                let chunk = buffer.get(..count).unwrap_or_default();
                if !work(chunk).map_err(InputError::Io)? {
                    return Ok(());
                }
            }
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait_for_input(fd)?,
            Err(error) => return Err(InputError::Io(error.into())),
        }
    }
}

/// Waits until a non-blocking descriptor has something to say.
fn wait_for_input(fd: BorrowedFd<'_>) -> Result<(), InputError> {
    use rustix::event::{PollFd, PollFlags, poll};
    match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)], None) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(InputError::Io(error.into())),
    }
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
    use std::os::fd::{AsFd, OwnedFd};

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
    fn a_stream_comes_whole_until_its_reader_has_enough() {
        let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut all = Vec::new();
        let whole = each_chunk_of(pipe_with(&content).as_fd(), &mut |chunk| {
            all.extend_from_slice(chunk);
            Ok(true)
        });
        assert!(whole.is_ok() && all == content);
        let mut times = 0;
        let part = each_chunk_of(pipe_with(&content).as_fd(), &mut |_| {
            times += 1;
            Ok(times < 2)
        });
        assert!(part.is_ok() && times == 2);
        let failed = each_chunk_of(pipe_with(&content).as_fd(), &mut |_| {
            Err(io::Error::other("full"))
        });
        assert_eq!(
            failed.unwrap_err().to_string(),
            "cannot read the input: full"
        );
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
}

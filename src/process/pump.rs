//! A stream of the command that goes through a [`Masker`].

use crate::file::write_all;
use crate::masking::{Masker, Patterns};
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use zeroize::Zeroizing;

/// How much is read at once, in bytes: what a pipe holds.
const CHUNK_BYTES: usize = 1 << 16;

/// A thread that reads a pipe to its end and writes what it read, masked.
///
/// `end` is closed when it has done so. When the reader of `to` has gone the
/// pipe is closed, so that the command finds nobody reading, as it would alone.
pub(super) fn start(
    from: OwnedFd,
    to: OwnedFd,
    patterns: Arc<Patterns>,
    end: OwnedFd,
) -> std::io::Result<()> {
    let work = move || {
        let _end = end;
        let _ = pass(&from, to.as_fd(), &patterns);
    };
    std::thread::Builder::new().spawn(work).map(drop)
}

fn pass(from: &OwnedFd, to: BorrowedFd<'_>, patterns: &Patterns) -> Result<(), Errno> {
    let (mut masker, mut out) = (Masker::new(patterns), Vec::new());
    let mut buffer = Zeroizing::new(vec![0; CHUNK_BYTES]);
    loop {
        match rustix::io::read(from, buffer.as_mut_slice()) {
            Ok(0) => break,
            Ok(count) => masker.push(buffer.get(..count).unwrap_or_default(), &mut out),
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(errno),
        }
        write_all(to, &out)?;
        out.clear();
    }
    masker.flush(&mut out);
    write_all(to, &out)
}

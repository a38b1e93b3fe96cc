//! Reading: files, descriptors, and never more than a limit.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::io::Errno;
use zeroize::{Zeroize, Zeroizing};

use super::disk::{Disk, Fd, Filesystem, Kind, Open, Status};
use super::error::{Error, is_one_of};
use super::{Files, Identity};

/// How long to wait before asking a descriptor again that has nothing yet.
const POLL: Duration = Duration::from_millis(5);
/// First buffer for input of unknown length, in bytes.
const FIRST_BUFFER_BYTES: usize = 4096;

/// Calls again as long as a signal interrupts the call.
pub(super) fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// `Disk::open`, again after a signal.
pub(super) fn open(files: &Files, at: Option<&Fd>, path: &Path, how: Open) -> io::Result<Fd> {
    retry(|| files.disk.open(at, path, how))
}

/// Whether paths may name a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    /// `/dev/stdin`, `/dev/fd/N` and `/proc/self/fd/N` are the descriptor itself.
    Descriptors,
    /// Regular files alone.
    Files,
}

/// The number in `/dev/stdin`, `/dev/fd/N` or `/proc/self/fd/N`.
pub fn descriptor_number(path: &Path) -> Option<i32> {
    let text = path.to_str()?;
    if text == "/dev/stdin" {
        return Some(0);
    }
    let digits = text
        .strip_prefix("/dev/fd/")
        .or_else(|| text.strip_prefix("/proc/self/fd/"))?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// A regular file that is open for reading.
///
/// It stays the same inode when another file takes its name, so a reader needs
/// no lock: a writer replaces vaults and never edits them.
pub struct OpenFile {
    files: Files,
    fd: Fd,
    path: PathBuf,
    status: Status,
}

impl OpenFile {
    pub(super) fn new(files: Files, fd: Fd, path: PathBuf) -> Result<Self, Error> {
        let status = files
            .disk
            .stat(&fd)
            .map_err(|cause| Error::os("look at", &path, cause))?;
        if status.kind != Kind::File {
            return Err(Error::NotRegular {
                path,
                kind: status.kind,
            });
        }
        Ok(OpenFile {
            files,
            fd,
            path,
            status,
        })
    }

    /// The path that it was opened by; for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Owner, mode, size and inode at the time it was opened.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// What it lies on.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn filesystem(&self) -> Result<Filesystem, Error> {
        self.files
            .disk
            .filesystem(&self.fd)
            .map_err(|cause| Error::os("look at", &self.path, cause))
    }

    /// Fills `buffer` from `offset`, in bytes.
    ///
    /// # Errors
    /// `UnexpectedEof` when the file ends before; whatever pread(2) says.
    pub fn read_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            let count = retry(|| self.files.disk.read_at(&self.fd, offset, buffer))?;
            let rest = buffer.get_mut(count..).unwrap_or_default();
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            offset += count as u64;
            buffer = rest;
        }
        Ok(())
    }

    /// Sets the time of its last change; it must be ours.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn set_modified(&self, time: SystemTime) -> Result<(), Error> {
        let set = self.files.disk.set_modified(&self.fd, time);
        set.map_err(|cause| Error::os("date", &self.path, cause))
    }

    /// At most `len` bytes from `offset`, none behind the end that the file had
    /// when it was opened.
    ///
    /// # Errors
    /// `Os`; a file that became shorter.
    pub fn piece(&self, offset: u64, len: usize) -> Result<Vec<u8>, Error> {
        let left = usize::try_from(self.status.size.saturating_sub(offset)).unwrap_or(len);
        let mut bytes = vec![0; len.min(left)];
        self.read_at(offset, &mut bytes)
            .map_err(|cause| Error::os("read", &self.path, cause))?;
        Ok(bytes)
    }

    /// The whole file, as long as it was when it was opened.
    ///
    /// # Errors
    /// `TooLarge` above `limit` bytes, before anything is read; `Os`.
    pub fn read_all(&self, limit: u64) -> Result<Vec<u8>, Error> {
        self.read_from(0, limit)
    }

    /// The file from `offset` to the end that it had when it was opened; empty
    /// if it ended before.
    ///
    /// # Errors
    /// As [`OpenFile::read_all`].
    pub fn read_from(&self, offset: u64, limit: u64) -> Result<Vec<u8>, Error> {
        let too_large = || Error::TooLarge {
            path: self.path.clone(),
            limit,
        };
        let size = self.status.size.saturating_sub(offset);
        if size > limit {
            return Err(too_large());
        }
        let size = usize::try_from(size).map_err(|_| too_large())?;
        let mut bytes = vec![0; size];
        self.read_at(offset, &mut bytes)
            .map_err(|cause| Error::os("read", &self.path, cause))?;
        Ok(bytes)
    }
}

impl Files {
    /// The regular file `path`, links followed, of at most `limit` bytes.
    ///
    /// The buffer is not wiped on drop; one that grew was wiped when it was
    /// left, and so is what was read before an error.
    ///
    /// # Errors
    /// `TooLarge` above the limit, never a cut file; `NotRegular` for pipes
    /// and devices, unless `forms` lets the path name a descriptor; `NotFound`, `Os`.
    pub fn read(&self, path: &Path, limit: u64, forms: Forms) -> Result<Vec<u8>, Error> {
        if forms == Forms::Descriptors
            && let Some(number) = descriptor_number(path)
        {
            return self.read_named(number, path, limit);
        }
        let fd = open(self, None, path, Open::ReadThroughLinks)
            .map_err(|cause| Error::os("open", path, cause))?;
        let file = OpenFile::new(self.clone(), fd, path.to_path_buf())?;
        read_to_end(&*self.disk, &file.fd, path, Some(file.status.size), limit)
    }

    /// As [`Files::read`] of a regular file, if `judge` accepts it as it is open.
    ///
    /// # Errors
    /// As [`Files::read`], and what `judge` says.
    pub fn read_judged(
        &self,
        path: &Path,
        limit: u64,
        judge: impl Fn(&Status, Identity) -> Result<(), Error>,
    ) -> Result<Vec<u8>, Error> {
        let fd = open(self, None, path, Open::ReadThroughLinks)
            .map_err(|cause| Error::os("open", path, cause))?;
        let file = OpenFile::new(self.clone(), fd, path.to_path_buf())?;
        judge(&file.status, self.identity)?;
        read_to_end(&*self.disk, &file.fd, path, Some(file.status.size), limit)
    }
}

/// Reads to the end, `limit` bytes at most.
pub(super) fn read_to_end(
    disk: &dyn Disk,
    fd: &Fd,
    path: &Path,
    size: Option<u64>,
    limit: u64,
) -> Result<Vec<u8>, Error> {
    let too_large = || Error::TooLarge {
        path: path.to_path_buf(),
        limit,
    };
    if size.is_some_and(|size| size > limit) {
        return Err(too_large());
    }
    let most = usize::try_from(limit.saturating_add(1)).map_err(|_| too_large())?;
    // One byte more than the size finds the end without growing.
    let first = size
        .and_then(|size| usize::try_from(size).ok())
        .map_or(FIRST_BUFFER_BYTES, |n| n + 1);
    let mut bytes = Zeroizing::new(vec![0; first.max(1).min(most)]);
    let mut filled = 0;
    loop {
        if filled == bytes.len() {
            if filled == most {
                return Err(too_large());
            }
            let mut larger = Zeroizing::new(vec![0; filled.saturating_mul(2).min(most)]);
            larger
                .iter_mut()
                .zip(bytes.iter())
                .for_each(|(to, from)| *to = *from);
            bytes = larger;
        }
        let room = bytes.get_mut(filled..).unwrap_or_default();
        match retry(|| disk.read(fd, room)) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(cause) if is_one_of(&cause, &[Errno::AGAIN]) => disk.wait(POLL),
            Err(cause) => return Err(Error::os("read", path, cause)),
        }
    }
    if let Some(rest) = bytes.get_mut(filled..) {
        rest.zeroize();
    }
    bytes.truncate(filled);
    Ok(std::mem::take(&mut *bytes))
}

#[cfg(test)]
mod tests;

//! The lock: flock(2) on a file that is never removed.

use std::ffi::OsStr;
use std::fmt::Write;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustix::io::Errno;

use super::directory::Directory;
use super::disk::{Fd, Kind, Open, Status};
use super::error::{Error, Holder, is_one_of};
use super::open::{self, retry};

/// First pause between two tries.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// Length of the text in a lock file, in bytes: that of the longest.
const HOLDER_BYTES: usize = "process 4294967295 since 4294967295\n".len();

/// A lock that is held until it is dropped.
///
/// The kernel lets it go when the process ends, however it ends. The file
/// stays: removing it would let two processes hold "the" lock.
#[derive(Debug)]
pub struct Lock {
    #[expect(dead_code, reason = "open for as long as the lock is held")]
    fd: Fd,
}

impl Directory {
    /// Takes the lock file `name`, made 0600 if missing, waiting at most `limit`.
    ///
    /// Pauses are random, so that many waiters do not knock in step. The file
    /// holds `process N since SECONDS`, N our process id, SECONDS the Unix time,
    /// then spaces and a line feed, 36 bytes in all.
    ///
    /// # Errors
    /// `Locked` after the wait; `NotRegular`, `Owner` when something else lies
    /// there; `Os`.
    pub fn lock(&self, name: &OsStr, limit: Duration) -> Result<Lock, Error> {
        let disk = &self.files().disk;
        let start = disk.elapsed();
        let mut pause = FIRST_PAUSE;
        loop {
            let (fd, ours) = self.open_lock(name)?;
            match retry(|| disk.lock(&fd)) {
                Ok(()) => {
                    // Somebody may have removed the file between open and lock.
                    if self
                        .stat(name)?
                        .is_some_and(|named| named.is_same_inode(&ours))
                    {
                        self.write_holder(&fd);
                        return Ok(Lock { fd });
                    }
                }
                Err(cause) if is_one_of(&cause, &[Errno::WOULDBLOCK, Errno::AGAIN]) => {
                    let waited = disk.elapsed().saturating_sub(start);
                    if waited >= limit {
                        return Err(Error::Locked {
                            path: self.at(name),
                            holder: self.holder(&fd),
                            waited,
                        });
                    }
                    disk.wait(pause.mul_f64(0.5 + fraction()).min(limit - waited));
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(cause) => return Err(self.os("lock", name, cause)),
            }
        }
    }

    fn open_lock(&self, name: &OsStr) -> Result<(Fd, Status), Error> {
        let files = self.files();
        let fd = match open::open(files, Some(self.fd()), Path::new(name), Open::Lock) {
            Err(cause) if is_one_of(&cause, &[Errno::LOOP]) => {
                return Err(Error::NotRegular {
                    path: self.at(name),
                    kind: Kind::Link,
                });
            }
            other => other.map_err(|cause| Error::writing(&self.at(name), 0, cause))?,
        };
        let status = files
            .disk
            .stat(&fd)
            .map_err(|cause| self.os("look at", name, cause))?;
        if status.kind != Kind::File {
            return Err(Error::NotRegular {
                path: self.at(name),
                kind: status.kind,
            });
        }
        if status.mode & 0o777 != 0o600 && status.owner == files.identity().euid {
            // A umask that takes the owner's own bits would lock him out the next time.
            let set = files.disk.set_mode(&fd, 0o600);
            set.map_err(|cause| self.os("set the mode of", name, cause))?;
        }
        if !files.identity().may_write(status.owner) {
            return Err(Error::Owner {
                path: self.at(name),
                owner: status.owner,
            });
        }
        self.give_new(&fd, || self.at(name), &status)?;
        Ok((fd, status))
    }

    /// Says who holds the lock. That it cannot be said does not loosen the lock.
    ///
    /// The text covers every earlier one, so nothing is cut off first: that
    /// would give the file's only block back and take one anew.
    fn write_holder(&self, fd: &Fd) {
        let disk = &self.files().disk;
        let seconds = disk
            .now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |time| time.as_secs());
        let mut text = String::with_capacity(HOLDER_BYTES);
        // A string takes all that is written to it.
        let _ = write!(text, "process {} since {seconds}", std::process::id());
        let spaces = (HOLDER_BYTES - 1).saturating_sub(text.len());
        text.extend(std::iter::repeat_n(' ', spaces));
        text.push('\n');
        let written = disk.write(fd, text.as_bytes());
        if written.ok() != Some(text.len()) {
            // Better nobody's name than that of an earlier holder.
            let _ = disk.truncate(fd, 0);
        }
    }

    /// Who the lock file says holds it. A text of another form says nobody.
    fn holder(&self, fd: &Fd) -> Option<Holder> {
        let disk = &self.files().disk;
        let mut buffer = [0; HOLDER_BYTES];
        let count = disk.read_at(fd, 0, &mut buffer).ok()?;
        let text = std::str::from_utf8(buffer.get(..count)?).ok()?;
        let (process, since) = text
            .trim_end()
            .strip_prefix("process ")?
            .split_once(" since ")?;
        let since = SystemTime::UNIX_EPOCH + Duration::from_secs(since.parse::<u32>().ok()?.into());
        let age = disk.now().duration_since(since).unwrap_or_default();
        Some(Holder {
            age,
            process: process.parse().ok()?,
        })
    }
}

/// A number that is hard to foresee, from the keys that the standard library
/// draws for its maps. Good for pauses and the names of temporary files, not for keys.
pub(super) fn scatter() -> u64 {
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}

/// A number from 0 to 1.
fn fraction() -> f64 {
    f64::from(scatter() as u32) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests;

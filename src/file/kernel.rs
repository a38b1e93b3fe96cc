//! The real disk.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{BorrowedFd, IntoRawFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{AtFlags, CWD, FileType, FlockOperation, Mode, OFlags};

use super::disk::{Disk, Fd, Filesystem, FilesystemKind, Kind, Open, Status};

/// The kernel that this process runs on.
#[derive(Debug)]
pub struct Kernel {
    origin: Instant,
}

impl Kernel {
    /// Starts its monotonic clock.
    pub fn new() -> Self {
        Kernel {
            origin: Instant::now(),
        }
    }
}

impl Default for Kernel {
    fn default() -> Self {
        Self::new()
    }
}

/// The number of a descriptor that was opened outside this program.
struct Number(RawFd);

impl IntoRawFd for Number {
    fn into_raw_fd(self) -> RawFd {
        self.0
    }
}

/// Takes a descriptor over that this process inherited.
///
/// All of ours are close-on-exec and an inherited one never is, so a number
/// that happens to be one of ours is refused as if it were not open. Dropping
/// the result closes it; `into_raw_fd` leaves it open.
fn foreign(number: i32) -> io::Result<filedescriptor::FileDescriptor> {
    if number < 0 {
        return Err(io::Error::from(rustix::io::Errno::BADF));
    }
    let fd = filedescriptor::FileDescriptor::new(Number(number));
    let flags = rustix::io::fcntl_getfd(&fd);
    if flags.is_ok_and(|flags| !flags.contains(rustix::io::FdFlags::CLOEXEC)) {
        return Ok(fd);
    }
    let _ = fd.into_raw_fd();
    Err(io::Error::from(rustix::io::Errno::BADF))
}

fn borrow(fd: &Fd) -> io::Result<BorrowedFd<'_>> {
    use std::os::fd::AsFd;
    match fd {
        Fd::Kernel(fd) => Ok(fd.as_fd()),
        Fd::Model(_) => Err(io::Error::from(rustix::io::Errno::BADF)),
    }
}

fn base(at: Option<&Fd>) -> io::Result<BorrowedFd<'_>> {
    at.map_or(Ok(CWD), borrow)
}

fn flags(how: Open) -> OFlags {
    // Looking names up needs search permission alone.
    #[cfg(target_os = "linux")]
    let search = OFlags::PATH;
    #[cfg(not(target_os = "linux"))]
    let search = OFlags::RDONLY;
    let special = match how {
        Open::Append => OFlags::CREATE | OFlags::RDWR | OFlags::APPEND | OFlags::NOFOLLOW,
        Open::CreateNew => OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW,
        Open::Directory => search | OFlags::DIRECTORY | OFlags::NOFOLLOW,
        Open::DirectoryToSync => OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW,
        Open::Edit => OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK,
        Open::Lock => OFlags::CREATE | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK,
        Open::Read => OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK,
        Open::ReadThroughLinks => OFlags::RDONLY | OFlags::NONBLOCK,
        Open::ReadWaiting => OFlags::RDONLY,
    };
    special | OFlags::CLOEXEC | OFlags::NOCTTY
}

#[expect(
    clippy::unnecessary_cast,
    clippy::useless_conversion,
    reason = "the widths of stat's fields differ between platforms"
)]
fn status(stat: &rustix::fs::Stat) -> Status {
    let kind = match FileType::from_raw_mode(stat.st_mode.into()) {
        FileType::BlockDevice | FileType::CharacterDevice => Kind::Device,
        FileType::Directory => Kind::Directory,
        FileType::Fifo => Kind::Pipe,
        FileType::RegularFile => Kind::File,
        FileType::Socket => Kind::Socket,
        FileType::Symlink => Kind::Link,
        FileType::Unknown => Kind::Other,
    };
    Status {
        device: stat.st_dev as u64,
        group: stat.st_gid,
        inode: stat.st_ino as u64,
        kind,
        links: u64::from(stat.st_nlink),
        mode: u32::from(stat.st_mode) & 0o7777,
        modified_ns: i128::from(stat.st_mtime) * 1_000_000_000 + stat.st_mtime_nsec as i128,
        owner: stat.st_uid,
        size: u64::try_from(stat.st_size).unwrap_or(0),
    }
}

/// The same of an answer, which is looked at where it lies: it is long, and
/// each question mark would move it.
fn status_in(answer: &Result<rustix::fs::Stat, rustix::io::Errno>) -> io::Result<Status> {
    match answer {
        Ok(stat) => Ok(status(stat)),
        Err(errno) => Err(io::Error::from(*errno)),
    }
}

/// The kind behind Linux's `f_type` (statfs(2)).
#[cfg(target_os = "linux")]
fn filesystem_kind(statfs: &rustix::fs::StatFs) -> FilesystemKind {
    // The field is signed or unsigned, of 32 or 64 bits; the magic has 32 bits.
    match statfs.f_type as u32 {
        0x0102_1994 | 0x8584_58F6 => FilesystemKind::Memory,
        0x6969 => FilesystemKind::Nfs,
        0x517B | 0xFF53_4D42 | 0xFE53_4D42 => FilesystemKind::Smb,
        0x6573_5546 => FilesystemKind::Fuse,
        _ => FilesystemKind::Other,
    }
}

/// The kind behind the name that macOS gives.
#[cfg(not(target_os = "linux"))]
fn filesystem_kind(statfs: &rustix::fs::StatFs) -> FilesystemKind {
    let name: String = statfs
        .f_fstypename
        .iter()
        .take_while(|c| **c != 0)
        .map(|c| *c as u8 as char)
        .collect();
    match name.as_str() {
        "nfs" => FilesystemKind::Nfs,
        "smbfs" => FilesystemKind::Smb,
        "tmpfs" => FilesystemKind::Memory,
        other if other.contains("fuse") => FilesystemKind::Fuse,
        _ => FilesystemKind::Other,
    }
}

impl Disk for Kernel {
    fn open(&self, at: Option<&Fd>, path: &Path, how: Open) -> io::Result<Fd> {
        let mode = Mode::RUSR | Mode::WUSR;
        Ok(Fd::Kernel(rustix::fs::openat(
            base(at)?,
            path,
            flags(how),
            mode,
        )?))
    }

    #[cfg(target_os = "linux")]
    fn open_straight(&self, path: &Path, how: Open) -> io::Result<Fd> {
        // openat2 refuses what O_PATH has no use for, where openat overlooks it.
        let flags = flags(how) - OFlags::NOCTTY;
        let straight = rustix::fs::ResolveFlags::NO_SYMLINKS;
        let fd = rustix::fs::openat2(CWD, path, flags, Mode::empty(), straight)?;
        Ok(Fd::Kernel(fd))
    }

    #[cfg(not(target_os = "linux"))]
    fn open_straight(&self, _: &Path, _: Open) -> io::Result<Fd> {
        Err(io::Error::from(rustix::io::Errno::NOSYS))
    }

    fn stat_at(&self, at: Option<&Fd>, path: &Path, follow: bool) -> io::Result<Status> {
        let flags = if follow {
            AtFlags::empty()
        } else {
            AtFlags::SYMLINK_NOFOLLOW
        };
        status_in(&rustix::fs::statat(base(at)?, path, flags))
    }

    #[cfg(target_os = "linux")]
    fn read_link(&self, at: &Fd, name: &Path) -> io::Result<(Status, PathBuf)> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let link = rustix::fs::openat(borrow(at)?, name, flags, Mode::empty())?;
        let status = status(&rustix::fs::fstat(&link)?);
        let target = rustix::fs::readlinkat(&link, "", Vec::new())?;
        Ok((
            status,
            PathBuf::from(OsString::from_vec(target.into_bytes())),
        ))
    }

    #[cfg(not(target_os = "linux"))]
    fn read_link(&self, at: &Fd, name: &Path) -> io::Result<(Status, PathBuf)> {
        let before = self.stat_at(Some(at), name, false)?;
        let target = rustix::fs::readlinkat(borrow(at)?, name, Vec::new())?;
        let after = self.stat_at(Some(at), name, false)?;
        if before != after {
            return Err(io::Error::from(rustix::io::Errno::AGAIN));
        }
        Ok((
            before,
            PathBuf::from(OsString::from_vec(target.into_bytes())),
        ))
    }

    fn names(&self, directory: &Fd) -> io::Result<Vec<OsString>> {
        // The descriptor may serve for looking names up alone (O_PATH).
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let listed = rustix::fs::openat(borrow(directory)?, ".", flags, Mode::empty())?;
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::new(listed)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_os_string());
            }
        }
        Ok(names)
    }

    fn make_directory(&self, at: &Fd, name: &Path) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(borrow(at)?, name, Mode::RWXU)?)
    }

    fn rename(&self, at: &Fd, from: &Path, to: &Path) -> io::Result<()> {
        Ok(rustix::fs::renameat(borrow(at)?, from, borrow(at)?, to)?)
    }

    fn unlink(&self, at: &Fd, name: &Path) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(borrow(at)?, name, AtFlags::empty())?)
    }

    fn remove_directory(&self, at: &Fd, name: &Path) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(borrow(at)?, name, AtFlags::REMOVEDIR)?)
    }

    fn make_link(&self, target: &Path, at: &Fd, name: &Path) -> io::Result<()> {
        Ok(rustix::fs::symlinkat(target, borrow(at)?, name)?)
    }

    fn stat(&self, fd: &Fd) -> io::Result<Status> {
        status_in(&rustix::fs::fstat(borrow(fd)?))
    }

    fn filesystem(&self, fd: &Fd) -> io::Result<Filesystem> {
        let read_only = rustix::fs::fstatvfs(borrow(fd)?)?
            .f_flag
            .contains(rustix::fs::StatVfsMountFlags::RDONLY);
        Ok(Filesystem {
            kind: filesystem_kind(&rustix::fs::fstatfs(borrow(fd)?)?),
            read_only,
        })
    }

    fn read(&self, fd: &Fd, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(borrow(fd)?, buffer)?)
    }

    fn read_at(&self, fd: &Fd, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::pread(borrow(fd)?, buffer, offset)?)
    }

    fn write(&self, fd: &Fd, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(borrow(fd)?, bytes)?)
    }

    fn write_at(&self, fd: &Fd, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::pwrite(borrow(fd)?, bytes, offset)?)
    }

    fn truncate(&self, fd: &Fd, size: u64) -> io::Result<()> {
        Ok(rustix::fs::ftruncate(borrow(fd)?, size)?)
    }

    fn set_mode(&self, fd: &Fd, mode: u32) -> io::Result<()> {
        let mode = rustix::fs::RawMode::try_from(mode).unwrap_or(0o600);
        Ok(rustix::fs::fchmod(borrow(fd)?, Mode::from_raw_mode(mode))?)
    }

    fn set_owner(&self, fd: &Fd, owner: u32, group: u32) -> io::Result<()> {
        use rustix::fs::{Gid, Uid};
        let (owner, group) = (Uid::from_raw(owner), Gid::from_raw(group));
        Ok(rustix::fs::fchown(borrow(fd)?, Some(owner), Some(group))?)
    }

    fn set_modified(&self, fd: &Fd, time: SystemTime) -> io::Result<()> {
        use rustix::fs::{Timespec, Timestamps, UTIME_OMIT};
        let since = time.duration_since(SystemTime::UNIX_EPOCH);
        let since = since.map_err(|_| rustix::io::Errno::INVAL)?;
        let of_change = Timespec::try_from(since).map_err(|_| rustix::io::Errno::INVAL)?;
        let of_access = Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_OMIT,
        };
        let times = Timestamps {
            last_access: of_access,
            last_modification: of_change,
        };
        Ok(rustix::fs::futimens(borrow(fd)?, &times)?)
    }

    fn allocate(&self, fd: &Fd, size: u64) -> io::Result<()> {
        let flags = rustix::fs::FallocateFlags::empty();
        Ok(rustix::fs::fallocate(borrow(fd)?, flags, 0, size)?)
    }

    #[cfg(not(target_vendor = "apple"))]
    fn sync(&self, fd: &Fd) -> io::Result<()> {
        Ok(rustix::fs::fsync(borrow(fd)?)?)
    }

    #[cfg(target_vendor = "apple")]
    fn sync(&self, fd: &Fd) -> io::Result<()> {
        Ok(rustix::fs::fcntl_fullfsync(borrow(fd)?)?)
    }

    #[cfg(not(target_vendor = "apple"))]
    fn sync_data(&self, fd: &Fd) -> io::Result<()> {
        Ok(rustix::fs::fdatasync(borrow(fd)?)?)
    }

    #[cfg(target_vendor = "apple")]
    fn sync_data(&self, fd: &Fd) -> io::Result<()> {
        self.sync(fd)
    }

    fn lock(&self, fd: &Fd) -> io::Result<()> {
        Ok(rustix::fs::flock(
            borrow(fd)?,
            FlockOperation::NonBlockingLockExclusive,
        )?)
    }

    fn duplicate(&self, number: i32) -> io::Result<Fd> {
        let foreign = foreign(number)?;
        // Above the three of every program, so that ours is never taken for one of them.
        let copy = rustix::io::fcntl_dupfd_cloexec(&foreign, 3);
        let _ = foreign.into_raw_fd();
        Ok(Fd::Kernel(copy?))
    }

    fn close(&self, number: i32) -> io::Result<()> {
        drop(foreign(number)?);
        Ok(())
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

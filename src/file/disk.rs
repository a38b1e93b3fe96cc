//! The seam: what this room asks of the operating system, one call at a time.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// An open descriptor of a [`Disk`].
#[derive(Debug)]
pub enum Fd {
    /// A descriptor of the kernel, closed on drop.
    Kernel(OwnedFd),
    /// A number that only a model of a disk understands. Closing it is not observed.
    Model(u64),
}

/// How something is opened. All of them are close-on-exec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Append, made 0600 if missing; a link is not followed.
    Append,
    /// A new file for writing, 0600; whatever exists, a link too, is an error.
    CreateNew,
    /// A directory to look names up in; a link is not followed.
    Directory,
    /// A directory to list and to sync; a link is not followed.
    DirectoryToSync,
    /// Read and write what is there; a link is not followed.
    Edit,
    /// Read and write, made 0600 if missing; a link is not followed.
    Lock,
    /// Read without waiting for a pipe's other end; a link is not followed.
    Read,
    /// Read as `Read` does, through links.
    ReadThroughLinks,
    /// Read, through links, waiting for a pipe's other end.
    ReadWaiting,
}

/// What kind of thing a name or descriptor stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A block or character device.
    Device,
    /// A directory.
    Directory,
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// Something else.
    Other,
    /// A pipe, with or without a name.
    Pipe,
    /// A socket.
    Socket,
}

/// What `stat(2)` says, as far as this program cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Number of the file system.
    pub device: u64,
    /// Owner's group.
    pub group: u32,
    /// Number of the inode.
    pub inode: u64,
    /// What it is.
    pub kind: Kind,
    /// Number of names (hard links).
    pub links: u64,
    /// The twelve permission bits.
    pub mode: u32,
    /// Last change of the contents, nanoseconds since 1970-01-01T00:00:00Z.
    pub modified_ns: i128,
    /// Owner's user id.
    pub owner: u32,
    /// Length in bytes.
    pub size: u64,
}

impl Status {
    /// Whether `other` is the same inode, of the same length and time of change.
    pub fn is_unchanged(&self, other: &Status) -> bool {
        self.is_same_inode(other)
            && self.size == other.size
            && self.modified_ns == other.modified_ns
    }

    /// Whether `other` is the same inode of the same file system.
    pub fn is_same_inode(&self, other: &Status) -> bool {
        self.device == other.device && self.inode == other.inode
    }
}

/// What a file system is, as far as it changes what we may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilesystemKind {
    /// A program in user space.
    Fuse,
    /// In memory: tmpfs or ramfs.
    Memory,
    /// The network file system NFS.
    Nfs,
    /// Anything else; a local disk as a rule.
    Other,
    /// The network file systems SMB and CIFS.
    Smb,
}

/// The file system that a descriptor lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filesystem {
    /// What it is.
    pub kind: FilesystemKind,
    /// Whether it is mounted read-only.
    pub read_only: bool,
}

/// The operating system, one call per method.
///
/// `at` is the directory that a relative path starts from; `None` is the
/// working directory. No method retries or loops: that is the caller's, so
/// that a test sees it. Each returns the error of the system call.
pub trait Disk: Send + Sync {
    // Names.
    /// openat(2)
    fn open(&self, at: Option<&Fd>, path: &Path, how: Open) -> io::Result<Fd>;
    /// openat2(2) with `RESOLVE_NO_SYMLINKS`, for an absolute path and for the
    /// two ways of opening a directory
    fn open_straight(&self, path: &Path, how: Open) -> io::Result<Fd>;
    /// fstatat(2)
    fn stat_at(&self, at: Option<&Fd>, path: &Path, follow: bool) -> io::Result<Status>;
    /// Owner and target of a link, both of the same inode.
    fn read_link(&self, at: &Fd, name: &Path) -> io::Result<(Status, PathBuf)>;
    /// The names in a directory, without `.` and `..`.
    fn names(&self, directory: &Fd) -> io::Result<Vec<OsString>>;
    /// mkdirat(2), mode 0700
    fn make_directory(&self, at: &Fd, name: &Path) -> io::Result<()>;
    /// renameat(2)
    fn rename(&self, at: &Fd, from: &Path, to: &Path) -> io::Result<()>;
    /// unlinkat(2)
    fn unlink(&self, at: &Fd, name: &Path) -> io::Result<()>;
    /// unlinkat(2) of an empty directory
    fn remove_directory(&self, at: &Fd, name: &Path) -> io::Result<()>;
    /// symlinkat(2)
    fn make_link(&self, target: &Path, at: &Fd, name: &Path) -> io::Result<()>;

    // Descriptors.
    /// fstat(2)
    fn stat(&self, fd: &Fd) -> io::Result<Status>;
    /// fstatfs(2), fstatvfs(3)
    fn filesystem(&self, fd: &Fd) -> io::Result<Filesystem>;
    /// read(2)
    fn read(&self, fd: &Fd, buffer: &mut [u8]) -> io::Result<usize>;
    /// pread(2)
    fn read_at(&self, fd: &Fd, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// write(2)
    fn write(&self, fd: &Fd, bytes: &[u8]) -> io::Result<usize>;
    /// pwrite(2)
    fn write_at(&self, fd: &Fd, offset: u64, bytes: &[u8]) -> io::Result<usize>;
    /// ftruncate(2)
    fn truncate(&self, fd: &Fd, size: u64) -> io::Result<()>;
    /// fchmod(2)
    fn set_mode(&self, fd: &Fd, mode: u32) -> io::Result<()>;
    /// fchown(2)
    fn set_owner(&self, fd: &Fd, owner: u32, group: u32) -> io::Result<()>;
    /// futimens(3), the time of change alone
    fn set_modified(&self, fd: &Fd, time: SystemTime) -> io::Result<()>;
    /// fallocate(2) from 0
    fn allocate(&self, fd: &Fd, size: u64) -> io::Result<()>;
    /// fsync(2); F_FULLFSYNC on macOS
    fn sync(&self, fd: &Fd) -> io::Result<()>;
    /// fdatasync(2); F_FULLFSYNC on macOS
    fn sync_data(&self, fd: &Fd) -> io::Result<()>;
    /// flock(2), exclusive, without waiting
    fn lock(&self, fd: &Fd) -> io::Result<()>;
    /// F_DUPFD_CLOEXEC of a descriptor that another program opened
    fn duplicate(&self, number: i32) -> io::Result<Fd>;
    /// close(2) of a descriptor that another program opened
    fn close(&self, number: i32) -> io::Result<()>;

    // Time, for deadlines and ages.
    /// CLOCK_MONOTONIC, from an origin of its own
    fn elapsed(&self) -> Duration;
    /// CLOCK_REALTIME
    fn now(&self) -> SystemTime;
    /// nanosleep(2)
    fn wait(&self, time: Duration);
}

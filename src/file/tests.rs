//! A disk that records calls and fails on request, for tests.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use rustix::io::Errno;

use super::{Disk, Fd, Files, Filesystem, FilesystemKind, Identity, Kernel, Open, Status};

/// Whether we are root; a test that needs it is skipped by name otherwise.
pub(crate) fn is_root(test: &str) -> bool {
    let root = Identity::current().is_root();
    if !root {
        skip(test, "not root");
    }
    root
}

/// Says that a test did not run, and why.
#[expect(clippy::print_stderr, reason = "the test runner shows it")]
pub(crate) fn skip(test: &str, why: &str) {
    eprintln!("skipped {test}: {why}");
}

/// What happens instead of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// It fails with this error and has no effect.
    Error(Errno),
    /// It succeeds in the kernel and another program acts right before it.
    Before(fn(&Path)),
    /// A write takes so many bytes at most.
    Short(usize),
}

#[derive(Default)]
struct State {
    calls: Vec<&'static str>,
    /// Calls until the process ends, if it is to.
    left: Option<usize>,
    /// Eighths of its bytes that the write that it ends in still takes.
    eighths: usize,
    faults: Vec<(&'static str, usize, Fault)>,
    filesystem: Option<Filesystem>,
    mount: Option<PathBuf>,
    waited: Duration,
}

/// The kernel with faults in front of it. Waiting takes no time but moves the clock.
pub(crate) struct FaultyDisk {
    kernel: Kernel,
    /// Handed to [`Fault::Before`].
    place: PathBuf,
    state: Mutex<State>,
}

impl FaultyDisk {
    /// A disk without faults; `place` is what `Fault::Before` acts on.
    pub(crate) fn new(place: &Path) -> Arc<Self> {
        Arc::new(FaultyDisk {
            kernel: Kernel::new(),
            place: place.to_path_buf(),
            state: Mutex::new(State::default()),
        })
    }

    /// This disk as the current user sees it.
    pub(crate) fn files(self: &Arc<Self>) -> Files {
        Files::new(self.clone(), Identity::current())
    }

    /// Lets the `nth` next call (from 0) of this name go wrong.
    pub(crate) fn fail(&self, call: &'static str, nth: usize, fault: Fault) {
        self.state.lock().unwrap().faults.push((call, nth, fault));
    }

    /// Ends the process after so many more calls, as far as the disk can see:
    /// no later call has an effect. If the first of them is a write, it takes
    /// so many eighths of its bytes.
    pub(crate) fn end_after(&self, calls: usize, eighths: usize) {
        let mut state = self.state.lock().unwrap();
        (state.left, state.eighths) = (Some(calls), eighths);
    }

    /// The next process; whether the one before had ended.
    pub(crate) fn revive(&self) -> bool {
        self.state.lock().unwrap().left.take() == Some(0)
    }

    /// Pretends that everything lies on this file system.
    pub(crate) fn pretend(&self, kind: FilesystemKind, read_only: bool) {
        self.state.lock().unwrap().filesystem = Some(Filesystem { kind, read_only });
    }

    /// Pretends that `path` and what lies below is another file system than the rest.
    pub(crate) fn mount(&self, path: &Path) {
        self.state.lock().unwrap().mount = Some(path.to_path_buf());
    }

    /// The names of the calls since the last time, in order.
    pub(crate) fn take_calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }

    /// Time spent waiting.
    pub(crate) fn waited(&self) -> Duration {
        self.state.lock().unwrap().waited
    }

    fn enter(&self, call: &'static str) -> io::Result<Option<Takes>> {
        let mut state = self.state.lock().unwrap();
        state.calls.push(call);
        if state.left == Some(0) {
            let eighths = std::mem::take(&mut state.eighths);
            let takes = eighths > 0 && call.starts_with("write");
            return takes
                .then_some(Some(Takes::Eighths(eighths)))
                .ok_or(Errno::IO.into());
        }
        state.left = state.left.map(|left| left - 1);
        let mut hit = None;
        for (name, left, fault) in &mut state.faults {
            if *name != call || *left == usize::MAX {
                continue;
            }
            if *left == 0 {
                *left = usize::MAX;
                hit = Some(*fault);
                break;
            }
            *left -= 1;
        }
        drop(state);
        match hit {
            None => Ok(None),
            Some(Fault::Error(errno)) => Err(errno.into()),
            Some(Fault::Before(act)) => {
                act(&self.place);
                Ok(None)
            }
            Some(Fault::Short(bytes)) => Ok(Some(Takes::Bytes(bytes))),
        }
    }
}

/// What of its bytes a call takes, if not all.
enum Takes {
    Bytes(usize),
    Eighths(usize),
}

/// How many bytes of `len` a call takes.
fn part(most: Option<Takes>, len: usize) -> usize {
    match most {
        None => len,
        Some(Takes::Bytes(most)) => most.min(len),
        Some(Takes::Eighths(eighths)) => len * eighths / 8,
    }
}

fn name_of(how: Open) -> &'static str {
    match how {
        Open::Append => "open append",
        Open::CreateNew => "open new",
        Open::Directory => "open directory",
        Open::DirectoryToSync => "open directory to sync",
        Open::Edit => "open edit",
        Open::Lock => "open lock",
        Open::Read | Open::ReadThroughLinks | Open::ReadWaiting => "open",
    }
}

impl Disk for FaultyDisk {
    fn open(&self, at: Option<&Fd>, path: &Path, how: Open) -> io::Result<Fd> {
        self.enter(name_of(how))?;
        self.kernel.open(at, path, how)
    }

    fn open_straight(&self, path: &Path, how: Open) -> io::Result<Fd> {
        self.enter("open straight")?;
        self.kernel.open_straight(path, how)
    }

    fn stat_at(&self, at: Option<&Fd>, path: &Path, follow: bool) -> io::Result<Status> {
        self.enter("stat at")?;
        let mut status = self.kernel.stat_at(at, path, follow)?;
        let mount = self.state.lock().unwrap().mount.clone();
        if mount.is_some_and(|mount| path.starts_with(mount)) {
            status.device ^= 1 << 40;
        }
        Ok(status)
    }

    fn read_link(&self, at: &Fd, name: &Path) -> io::Result<(Status, PathBuf)> {
        self.enter("read link")?;
        self.kernel.read_link(at, name)
    }

    fn names(&self, directory: &Fd) -> io::Result<Vec<OsString>> {
        self.enter("names")?;
        self.kernel.names(directory)
    }

    fn make_directory(&self, at: &Fd, name: &Path) -> io::Result<()> {
        self.enter("make directory")?;
        self.kernel.make_directory(at, name)
    }

    fn rename(&self, at: &Fd, from: &Path, to: &Path) -> io::Result<()> {
        self.enter("rename")?;
        self.kernel.rename(at, from, to)
    }

    fn unlink(&self, at: &Fd, name: &Path) -> io::Result<()> {
        self.enter("unlink")?;
        self.kernel.unlink(at, name)
    }

    fn remove_directory(&self, at: &Fd, name: &Path) -> io::Result<()> {
        self.enter("remove directory")?;
        self.kernel.remove_directory(at, name)
    }

    fn make_link(&self, target: &Path, at: &Fd, name: &Path) -> io::Result<()> {
        self.enter("make link")?;
        self.kernel.make_link(target, at, name)
    }

    fn stat(&self, fd: &Fd) -> io::Result<Status> {
        self.enter("stat")?;
        self.kernel.stat(fd)
    }

    fn filesystem(&self, fd: &Fd) -> io::Result<Filesystem> {
        self.enter("filesystem")?;
        let pretended = self.state.lock().unwrap().filesystem;
        pretended.map_or_else(|| self.kernel.filesystem(fd), Ok)
    }

    fn read(&self, fd: &Fd, buffer: &mut [u8]) -> io::Result<usize> {
        let most = part(self.enter("read")?, buffer.len());
        self.kernel.read(fd, &mut buffer[..most])
    }

    fn read_at(&self, fd: &Fd, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let most = part(self.enter("read at")?, buffer.len());
        self.kernel.read_at(fd, offset, &mut buffer[..most])
    }

    fn write(&self, fd: &Fd, bytes: &[u8]) -> io::Result<usize> {
        let most = part(self.enter("write")?, bytes.len());
        self.kernel.write(fd, &bytes[..most])
    }

    fn write_at(&self, fd: &Fd, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let most = part(self.enter("write at")?, bytes.len());
        self.kernel.write_at(fd, offset, &bytes[..most])
    }

    fn truncate(&self, fd: &Fd, size: u64) -> io::Result<()> {
        self.enter("truncate")?;
        self.kernel.truncate(fd, size)
    }

    fn set_mode(&self, fd: &Fd, mode: u32) -> io::Result<()> {
        self.enter("set mode")?;
        self.kernel.set_mode(fd, mode)
    }

    fn set_owner(&self, fd: &Fd, owner: u32, group: u32) -> io::Result<()> {
        self.enter("set owner")?;
        self.kernel.set_owner(fd, owner, group)
    }

    fn set_modified(&self, fd: &Fd, time: SystemTime) -> io::Result<()> {
        self.enter("set modified")?;
        self.kernel.set_modified(fd, time)
    }

    fn allocate(&self, fd: &Fd, size: u64) -> io::Result<()> {
        self.enter("allocate")?;
        self.kernel.allocate(fd, size)
    }

    fn sync(&self, fd: &Fd) -> io::Result<()> {
        self.enter("sync")?;
        self.kernel.sync(fd)
    }

    fn sync_data(&self, fd: &Fd) -> io::Result<()> {
        self.enter("sync data")?;
        self.kernel.sync_data(fd)
    }

    fn lock(&self, fd: &Fd) -> io::Result<()> {
        self.enter("lock")?;
        self.kernel.lock(fd)
    }

    fn duplicate(&self, number: i32) -> io::Result<Fd> {
        self.enter("duplicate")?;
        self.kernel.duplicate(number)
    }

    fn close(&self, number: i32) -> io::Result<()> {
        self.enter("close")?;
        self.kernel.close(number)
    }

    fn elapsed(&self) -> Duration {
        self.waited()
    }

    fn now(&self) -> SystemTime {
        self.kernel.now() + self.waited()
    }

    fn wait(&self, time: Duration) {
        self.state.lock().unwrap().waited += time;
        // Other threads of a test get their turn.
        std::thread::sleep(Duration::from_micros(200));
    }
}

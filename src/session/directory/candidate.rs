//! The directories that may be there for us, on each system.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A directory where sessions may lie.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Its name in `parent`; it is ours alone.
    pub name: OsString,
    /// The directory above, which is not made.
    pub parent: PathBuf,
    /// Whether `parent` is for everyone, so that only the name in it is ours.
    pub shared: bool,
}

impl Candidate {
    pub(super) fn path(&self) -> PathBuf {
        self.parent.join(&self.name)
    }
}

/// `$XDG_RUNTIME_DIR`, `/run/user/UID` and `/dev/shm`, best first.
#[cfg(target_os = "linux")]
pub(super) fn all(uid: u32, runtime: Option<&Path>) -> Vec<Candidate> {
    let of_user = PathBuf::from(format!("/run/user/{uid}"));
    let runtime = runtime.filter(|path| path.is_absolute() && **path != of_user);
    let private = |parent| Candidate {
        name: "secrets".into(),
        parent,
        shared: false,
    };
    let shared = Candidate {
        name: format!("secrets-{uid}").into(),
        parent: "/dev/shm".into(),
        shared: true,
    };
    let runtime = runtime.map(Path::to_path_buf).into_iter();
    let all = runtime.chain([of_user]).map(private).chain([shared]);
    all.collect()
}

/// None: there is no file system in memory that is always there.
#[cfg(not(target_os = "linux"))]
pub(super) fn all(_uid: u32, _runtime: Option<&Path>) -> Vec<Candidate> {
    Vec::new()
}

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;

use rustix::io::Errno;

use crate::file::tests::{Fault, FaultyDisk, is_root};
use crate::file::{Directory, Error, Walk, Warning};

const OLD: &[u8] = b"old bytes";
/// Longer than one chunk of the comparison.
const NEW_BYTES: usize = 150_000;
const NAME: &str = "vault.json";

fn new_bytes() -> Vec<u8> {
    (0..NEW_BYTES).map(|n| (n % 251) as u8).collect()
}

fn setup() -> (tempfile::TempDir, Arc<FaultyDisk>, Directory) {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join(NAME), OLD).unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    disk.take_calls();
    (place, disk, directory)
}

fn replace(directory: &Directory) -> Result<Vec<Warning>, Error> {
    let name = OsStr::new(NAME);
    let original = directory.stat(name)?;
    Ok(directory
        .prepare(name, &new_bytes(), original)?
        .commit()?
        .warnings)
}

fn content(place: &Path) -> Vec<u8> {
    fs::read(place.join(NAME)).unwrap()
}

fn names(place: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_replacement_is_whole_private_and_leaves_nothing_behind() {
    let (place, disk, directory) = setup();
    assert_eq!(replace(&directory).unwrap(), []);
    assert_eq!(content(place.path()), new_bytes());
    assert_eq!(names(place.path()), [NAME]);
    assert_eq!(
        fs::metadata(place.path().join(NAME)).unwrap().mode() & 0o7777,
        0o600
    );
    let calls = disk.take_calls();
    let order: Vec<_> = calls
        .iter()
        .filter(|call| !call.starts_with("stat") && **call != "read at")
        .copied()
        .collect();
    assert_eq!(
        order,
        [
            "open new", "lock", "set mode", "allocate", "write", "sync", "open", "rename", "sync"
        ]
    );
}

/// Every call before the rename, each error: the old file, no temporary file.
#[test]
fn a_call_that_fails_before_the_rename_leaves_the_old_file() {
    let (_place, disk, directory) = setup();
    replace(&directory).unwrap();
    let calls = disk.take_calls();
    let rename = calls.iter().position(|call| *call == "rename").unwrap();
    let mut runs = 0;
    for (index, call) in calls[..=rename].iter().enumerate() {
        if *call == "lock" {
            // Without it only a sweep in the middle of the work would do harm.
            continue;
        }
        let nth = calls[..index].iter().filter(|other| *other == call).count();
        for errno in [
            Errno::IO,
            Errno::NOSPC,
            Errno::DQUOT,
            Errno::ROFS,
            Errno::ACCESS,
        ] {
            let (place, disk, directory) = setup();
            disk.fail(call, nth, Fault::Error(errno));
            let error = replace(&directory).unwrap_err();
            assert_eq!(content(place.path()), OLD, "{call} {nth} {errno}: {error}");
            assert_eq!(names(place.path()), [NAME], "{call} {nth} {errno}");
            let calls = disk.take_calls();
            let syncs = calls.iter().filter(|call| **call == "sync").count();
            assert!(syncs <= 1, "{call} {nth} {errno}: sync again");
            if *call == "sync" {
                assert!(matches!(error, Error::Sync { .. }), "{error}");
            }
            if matches!(*call, "allocate" | "write") && errno == Errno::NOSPC {
                assert!(matches!(error, Error::NoSpace { need, .. } if need == NEW_BYTES as u64));
            }
            runs += 1;
        }
    }
    assert!(runs >= 60, "only {runs} runs");
}

#[test]
fn a_failed_sync_of_the_directory_is_its_own_error_with_the_new_file_in_place() {
    for errno in [Errno::IO, Errno::NOSPC, Errno::ROFS, Errno::INTR] {
        let (place, disk, directory) = setup();
        disk.fail("sync", 1, Fault::Error(errno));
        let error = replace(&directory).unwrap_err();
        assert!(matches!(error, Error::DurabilityUnknown { .. }), "{error}");
        assert_eq!(content(place.path()), new_bytes());
        assert_eq!(names(place.path()), [NAME]);
        assert_eq!(
            disk.take_calls()
                .iter()
                .filter(|call| **call == "sync")
                .count(),
            2
        );
    }
}

#[test]
fn a_disk_that_cannot_sync_is_a_warning() {
    for (nth, errno) in [(0, Errno::INVAL), (0, Errno::NOTSUP), (1, Errno::INVAL)] {
        let (place, disk, directory) = setup();
        disk.fail("sync", nth, Fault::Error(errno));
        let warnings = replace(&directory).unwrap();
        assert!(
            matches!(&warnings[..], [Warning::NotSynced { .. }]),
            "{warnings:?}"
        );
        assert_eq!(content(place.path()), new_bytes());
    }
}

#[test]
fn signals_and_short_writes_are_gone_on_after() {
    for call in [
        "open new", "set mode", "allocate", "write", "open", "read at",
    ] {
        let (place, disk, directory) = setup();
        disk.fail(call, 0, Fault::Error(Errno::INTR));
        replace(&directory).unwrap();
        assert_eq!(content(place.path()), new_bytes(), "{call}");
    }
    let (place, disk, directory) = setup();
    for nth in 0..4 {
        disk.fail("write", nth, Fault::Short(1000));
    }
    disk.fail("read at", 0, Fault::Short(7));
    replace(&directory).unwrap();
    assert_eq!(content(place.path()), new_bytes());
    let (place, disk, directory) = setup();
    disk.fail("write", 0, Fault::Short(0));
    replace(&directory).unwrap_err();
    assert_eq!(content(place.path()), OLD);
}

#[test]
fn a_full_disk_after_half_of_the_bytes_leaves_the_old_file() {
    let (place, disk, directory) = setup();
    disk.fail("allocate", 0, Fault::Error(Errno::OPNOTSUPP));
    disk.fail("write", 0, Fault::Short(NEW_BYTES / 2));
    disk.fail("write", 0, Fault::Error(Errno::NOSPC));
    let error = replace(&directory).unwrap_err();
    assert!(matches!(error, Error::NoSpace { .. }), "{error}");
    assert_eq!(content(place.path()), OLD);
    assert_eq!(names(place.path()), [NAME]);
}

#[test]
fn what_reads_back_differently_is_not_put_in_place() {
    let (place, disk, directory) = setup();
    disk.fail(
        "open",
        0,
        Fault::Before(|place| {
            for entry in fs::read_dir(place).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|extension| extension == "tmp") {
                    let mut bytes = fs::read(&path).unwrap();
                    bytes[100_000] ^= 1;
                    fs::write(&path, bytes).unwrap();
                }
            }
        }),
    );
    assert!(matches!(replace(&directory), Err(Error::ReadBack { .. })));
    assert_eq!(content(place.path()), OLD);
    assert_eq!(names(place.path()), [NAME]);
}

#[test]
fn a_file_that_git_replaced_meanwhile_is_kept() {
    // The calls are those after the first look: before the second (prepare) or third (commit).
    for nth in [1, 2] {
        let (place, disk, directory) = setup();
        disk.fail(
            "stat at",
            nth,
            Fault::Before(|place| {
                fs::write(place.join("other"), b"theirs").unwrap();
                fs::rename(place.join("other"), place.join(NAME)).unwrap();
            }),
        );
        assert!(
            matches!(replace(&directory), Err(Error::Changed { .. })),
            "{nth}"
        );
        assert_eq!(content(place.path()), b"theirs");
        assert_eq!(names(place.path()), [NAME]);
    }
}

#[test]
fn a_file_that_was_to_be_new_is_not_replaced() {
    let (place, _disk, directory) = setup();
    let prepared = directory.prepare(OsStr::new(NAME), b"x", None);
    assert!(matches!(prepared, Err(Error::Changed { .. })));
    assert_eq!(content(place.path()), OLD);
}

#[test]
fn dropping_what_is_prepared_changes_nothing() {
    let (place, _disk, directory) = setup();
    let original = directory.stat(NAME).unwrap();
    let prepared = directory.prepare(OsStr::new(NAME), b"x", original).unwrap();
    assert_eq!(names(place.path()).len(), 2);
    let temporary = names(place.path()).remove(0);
    assert!(
        temporary.starts_with(".vault.json.") && temporary.ends_with(".tmp"),
        "{temporary}"
    );
    assert_eq!(temporary.len(), ".vault.json.0123456789abcdef.tmp".len());
    assert_eq!(
        fs::metadata(place.path().join(temporary)).unwrap().mode() & 0o7777,
        0o600
    );
    drop(prepared);
    assert_eq!(names(place.path()), [NAME]);
    assert_eq!(content(place.path()), OLD);
}

#[test]
fn an_empty_file_can_be_written() {
    let (place, _disk, directory) = setup();
    let original = directory.stat(NAME).unwrap();
    directory
        .prepare(OsStr::new(NAME), b"", original)
        .unwrap()
        .commit()
        .unwrap();
    assert_eq!(content(place.path()), b"");
}

#[test]
fn a_new_file_never_takes_the_place_of_anything() {
    let (place, disk, directory) = setup();
    symlink("elsewhere", place.path().join("link")).unwrap();
    for name in [NAME, "link"] {
        let result = directory.create_new(OsStr::new(name), b"key");
        assert!(matches!(result, Err(Error::AlreadyExists { .. })), "{name}");
    }
    assert!(!place.path().join("elsewhere").exists());
    disk.fail("sync", 0, Fault::Error(Errno::IO));
    directory.create_new(OsStr::new("key"), b"key").unwrap_err();
    assert_eq!(names(place.path()), ["link", NAME]);
    directory.create_new(OsStr::new("key"), b"key").unwrap();
    let mode = fs::metadata(place.path().join("key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o600);
}

#[test]
fn root_gives_new_files_to_the_owner_of_the_directory() {
    if !is_root("root_gives_new_files") {
        return;
    }
    let (place, _disk, directory) = setup();
    std::os::unix::fs::chown(place.path(), Some(1000), Some(1001)).unwrap();
    let files = directory.files().clone();
    let owners = |name: &str| {
        let status = fs::symlink_metadata(place.path().join(name)).unwrap();
        (status.uid(), status.gid())
    };
    let giving = files.directory(place.path(), Walk::Write).unwrap().giving();
    replace(&giving).unwrap();
    assert_eq!(owners(NAME), (1000, 1001));
    giving.append(OsStr::new("log"), b"x").unwrap();
    let _lock = giving
        .lock(OsStr::new("lock"), std::time::Duration::ZERO)
        .unwrap();
    files
        .make_directory(&place.path().join("made/below"))
        .unwrap();
    for name in ["log", "lock", "made", "made/below"] {
        assert_eq!(owners(name), (1000, 1001), "{name}");
    }
    let keeping = files.directory(place.path(), Walk::Write).unwrap();
    keeping.create_new(OsStr::new("key"), b"x").unwrap();
    assert_eq!(owners("key"), (0, 0));
}

#[test]
fn a_put_replaces_at_once_without_waiting_for_the_disk() {
    let root = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(root.path());
    let directory = disk.files().directory(root.path(), Walk::Write).unwrap();
    let name = OsStr::new("record");
    for content in [&b"one"[..], b""] {
        disk.take_calls();
        directory.put(name, content).unwrap();
        assert_eq!(fs::read(root.path().join(name)).unwrap(), content);
        assert_eq!(
            fs::metadata(root.path().join(name)).unwrap().mode() & 0o7777,
            0o600
        );
        let calls = disk.take_calls();
        assert!(!calls.contains(&"sync") && calls.contains(&"rename"));
    }
    for call in ["write", "rename"] {
        disk.fail(call, 0, Fault::Error(Errno::IO));
        assert!(directory.put(name, b"two").is_err());
        assert_eq!(fs::read(root.path().join(name)).unwrap(), b"");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }
}

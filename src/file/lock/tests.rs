use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::time::Duration;

use rustix::io::Errno;

use crate::file::tests::{Fault, FaultyDisk};
use crate::file::{Error, Walk};

const NAME: &str = ".vault.json.lock";

#[test]
fn a_lock_excludes_until_it_is_dropped_and_says_who_holds_it() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    let held = directory.lock(OsStr::new(NAME), Duration::ZERO).unwrap();
    let path = place.path().join(NAME);
    let inode = fs::metadata(&path).unwrap().ino();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with(&format!("process {} since ", std::process::id())),
        "{text}"
    );
    let limit = Duration::from_secs(30);
    match directory.lock(OsStr::new(NAME), limit) {
        Err(Error::Locked {
            holder: Some(holder),
            waited,
            ..
        }) => {
            assert_eq!(holder.process, std::process::id());
            assert!(holder.age >= Duration::from_secs(29), "{:?}", holder.age);
            assert!(
                waited >= limit && waited < limit + Duration::from_secs(1),
                "{waited:?}"
            );
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("locked twice"),
    }
    drop(held);
    // The text of an earlier holder is covered whole.
    let longest = "process 4294967295 since 4294967295\n";
    fs::write(&path, longest).unwrap();
    let _again = directory.lock(OsStr::new(NAME), Duration::ZERO).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.len(), longest.len());
    let since = text.split_once(" since ").unwrap().1.trim_end();
    assert!(since.parse::<u64>().is_ok(), "{text}");
}

#[test]
fn a_lock_file_that_was_removed_meanwhile_is_not_the_lock() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    disk.fail(
        "lock",
        0,
        Fault::Before(|place| fs::remove_file(place.join(NAME)).unwrap()),
    );
    let _held = directory.lock(OsStr::new(NAME), Duration::ZERO).unwrap();
    assert!(matches!(
        directory.lock(OsStr::new(NAME), Duration::ZERO),
        Err(Error::Locked { .. })
    ));
}

#[test]
fn signals_are_gone_on_after_and_failures_told() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    for call in ["open lock", "lock"] {
        disk.fail(call, 0, Fault::Error(Errno::INTR));
        drop(directory.lock(OsStr::new(NAME), Duration::ZERO).unwrap());
    }
    for (call, errno) in [
        ("open lock", Errno::ROFS),
        ("lock", Errno::NOLCK),
        ("stat", Errno::IO),
    ] {
        disk.fail(call, 0, Fault::Error(errno));
        let result = directory.lock(OsStr::new(NAME), Duration::ZERO);
        assert!(matches!(result, Err(Error::Os { .. })), "{call}");
    }
    // The text is a courtesy.
    disk.fail("write", 0, Fault::Error(Errno::NOSPC));
    let held = directory.lock(OsStr::new(NAME), Duration::ZERO).unwrap();
    let result = directory.lock(OsStr::new(NAME), Duration::ZERO);
    assert!(matches!(result, Err(Error::Locked { holder: None, .. })));
    drop(held);
}

#[test]
fn a_lock_file_that_is_a_link_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    symlink("elsewhere", place.path().join(NAME)).unwrap();
    let result = directory.lock(OsStr::new(NAME), Duration::ZERO);
    assert!(matches!(result, Err(Error::NotRegular { .. })));
    assert!(!place.path().join("elsewhere").exists());
}

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use rustix::io::Errno;

use crate::file::tests::{Fault, FaultyDisk};
use crate::file::{Error, Walk};

#[test]
fn an_append_is_whole_or_not_at_all() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    let name = OsStr::new("log");
    let log = place.path().join(name);
    directory.append(name, b"one\n").unwrap();
    disk.fail("write", 0, Fault::Short(2));
    assert!(matches!(
        directory.append(name, b"two\n"),
        Err(Error::NoSpace { .. })
    ));
    assert_eq!(fs::read(&log).unwrap(), b"one\n");
    for errno in [Errno::IO, Errno::NOSPC, Errno::ROFS] {
        disk.fail("write", 0, Fault::Error(errno));
        directory.append(name, b"two\n").unwrap_err();
        assert_eq!(fs::read(&log).unwrap(), b"one\n");
    }
    disk.fail("write", 0, Fault::Error(Errno::INTR));
    directory.append(name, b"two\n").unwrap();
    assert_eq!(fs::read(&log).unwrap(), b"one\ntwo\n");
    disk.fail("sync data", 0, Fault::Error(Errno::IO));
    assert!(matches!(
        directory.append(name, b"x\n"),
        Err(Error::Sync { .. })
    ));
    disk.fail("sync data", 0, Fault::Error(Errno::INVAL));
    assert_eq!(directory.append(name, b"x\n").unwrap().len(), 1);
    assert_eq!(fs::metadata(&log).unwrap().mode() & 0o7777, 0o600);
    symlink(&log, place.path().join("link")).unwrap();
    let linked = directory.append(OsStr::new("link"), b"x\n");
    assert!(matches!(linked, Err(Error::NotRegular { .. })));
    fs::hard_link(&log, place.path().join("second")).unwrap();
    assert!(matches!(
        directory.append(name, b"x\n"),
        Err(Error::Linked { links: 2, .. })
    ));
}

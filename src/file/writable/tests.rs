use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;

use rustix::io::Errno;

use crate::file::tests::{Fault, FaultyDisk};
use crate::file::{Error, Kind, Walk};

#[test]
fn a_part_is_written_where_it_lies_and_the_rest_stays() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    let name = OsStr::new("state");
    assert!(directory.open_to_edit(name).unwrap().is_none());
    assert!(!place.path().join(name).exists());
    fs::write(place.path().join(name), b"0123456789").unwrap();
    let file = directory.open_to_edit(name).unwrap().unwrap();
    let mut read = [0; 4];
    file.read_at(3, &mut read).unwrap();
    assert_eq!(&read, b"3456");
    file.read_at(7, &mut read).unwrap_err();
    disk.fail("write at", 0, Fault::Short(1));
    disk.fail("write at", 0, Fault::Error(Errno::INTR));
    file.write_at(2, b"abc").unwrap();
    assert_eq!(fs::read(place.path().join(name)).unwrap(), b"01abc56789");
    disk.fail("write at", 0, Fault::Error(Errno::NOSPC));
    let full = file.write_at(0, b"xyz");
    assert!(matches!(full, Err(Error::NoSpace { need: 3, .. })));
    disk.fail("write at", 0, Fault::Short(0));
    file.write_at(0, b"xyz").unwrap_err();
    assert_eq!(fs::read(place.path().join(name)).unwrap(), b"01abc56789");
    disk.take_calls();
    assert_eq!(file.sync().unwrap(), None);
    assert_eq!(disk.take_calls(), ["sync data"]);
}

#[test]
fn appending_syncs_only_when_asked_and_shortens_on_request() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    let file = directory.open_to_append(OsStr::new("log")).unwrap();
    disk.take_calls();
    file.append(b"one\ntwo\n").unwrap();
    file.truncate(4).unwrap();
    file.append(b"2\n").unwrap();
    assert_eq!(fs::read(place.path().join("log")).unwrap(), b"one\n2\n");
    assert!(
        !disk
            .take_calls()
            .iter()
            .any(|call| call.starts_with("sync"))
    );
    file.sync().unwrap();
    assert_eq!(disk.take_calls(), ["sync data", "sync"]);
}

#[test]
fn a_link_or_a_directory_is_not_written() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    fs::write(place.path().join("file"), b"x").unwrap();
    symlink("file", place.path().join("link")).unwrap();
    fs::create_dir(place.path().join("directory")).unwrap();
    for (name, expected) in [("link", Kind::Link), ("directory", Kind::Directory)] {
        let name = OsStr::new(name);
        let edit = directory.open_to_edit(name).map(|_| ());
        let append = directory.open_to_append(name).map(|_| ());
        for result in [edit, append] {
            assert!(
                matches!(&result, Err(Error::NotRegular { kind, .. }) if *kind == expected),
                "{result:?}"
            );
        }
    }
}

#[test]
fn a_name_is_given_only_where_it_is_free() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    let names = || {
        let mut names = directory.names().unwrap();
        names.sort();
        names
    };
    fs::write(place.path().join("a"), b"a").unwrap();
    fs::write(place.path().join("b"), b"b").unwrap();
    let taken = directory.rename("a", "b");
    assert!(matches!(taken, Err(Error::AlreadyExists { .. })));
    symlink("nowhere", place.path().join("c")).unwrap();
    directory.rename("a", "c").unwrap_err();
    assert_eq!(names(), ["a", "b", "c"]);
    directory.rename("a", "d").unwrap();
    assert_eq!(names(), ["b", "c", "d"]);
    assert!(matches!(
        directory.rename("a", "e"),
        Err(Error::NotFound { .. })
    ));
}

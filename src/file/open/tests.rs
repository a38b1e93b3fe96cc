use std::fs;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::io::Errno;

use super::descriptor_number;
use crate::file::tests::{Fault, FaultyDisk};
use crate::file::{Error, Files, Forms, Kind, Walk};

#[test]
fn a_file_over_the_limit_is_an_error_and_never_cut() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("f");
    let files = Files::kernel();
    for (size, limit) in [(0, 0), (10, 10), (0, 10), (5000, 5000), (100_000, 200_000)] {
        fs::write(&path, vec![7; size]).unwrap();
        assert_eq!(files.read(&path, limit, Forms::Files).unwrap().len(), size);
    }
    fs::write(&path, [7; 11]).unwrap();
    let error = files.read(&path, 10, Forms::Files).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("\"{}\" is larger than 10 bytes, the limit", path.display())
    );
    // Its size is unknown before it is read.
    let error = files
        .read(Path::new("/proc/self/status"), 10, Forms::Files)
        .unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 10, .. }));
    assert!(
        files
            .read(Path::new("/proc/self/status"), 1 << 20, Forms::Files)
            .unwrap()
            .len()
            > 10
    );
}

#[test]
fn pipes_devices_and_directories_are_refused_without_waiting() {
    let place = tempfile::tempdir().unwrap();
    let files = Files::kernel();
    let pipe = place.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let directory = files.directory(place.path(), Walk::Read).unwrap();
    for (path, expected) in [
        (pipe.as_path(), Kind::Pipe),
        (Path::new("/dev/null"), Kind::Device),
        (place.path(), Kind::Directory),
    ] {
        let result = files.read(path, 10, Forms::Files);
        assert!(matches!(result, Err(Error::NotRegular { kind, .. }) if kind == expected));
    }
    let result = directory.open("pipe");
    assert!(matches!(
        result,
        Err(Error::NotRegular {
            kind: Kind::Pipe,
            ..
        })
    ));
    symlink("pipe", place.path().join("link")).unwrap();
    let result = directory.open("link");
    assert!(matches!(
        result,
        Err(Error::NotRegular {
            kind: Kind::Link,
            ..
        })
    ));
    let _socket = std::os::unix::net::UnixListener::bind(place.path().join("socket")).unwrap();
    let result = directory.open("socket");
    assert!(matches!(
        result,
        Err(Error::NotRegular {
            kind: Kind::Socket,
            ..
        })
    ));
}

#[test]
fn names_of_descriptors_are_recognised() {
    for (path, number) in [
        ("/dev/stdin", Some(0)),
        ("/dev/fd/63", Some(63)),
        ("/proc/self/fd/3", Some(3)),
        ("/dev/fd/", None),
        ("/dev/fd/+3", None),
        ("/dev/fd/3x", None),
        ("/dev/fd/99999999999", None),
        ("/dev/stdout", None),
        ("stdin", None),
    ] {
        assert_eq!(descriptor_number(Path::new(path)), number, "{path}");
    }
}

/// A pipe as a shell leaves it to us, not close-on-exec, with `bytes` in it.
fn inherited(bytes: &[u8]) -> rustix::fd::OwnedFd {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    assert_eq!(rustix::io::write(&writer, bytes).unwrap(), bytes.len());
    reader
}

#[test]
fn a_descriptor_is_read_itself_and_can_be_closed() {
    let files = Files::kernel();
    let pipe = inherited(b"first");
    assert_eq!(
        files.read_descriptor(pipe.as_raw_fd(), 5).unwrap(),
        b"first"
    );
    let pipe = inherited(b"first");
    let result = files.read_descriptor(pipe.as_raw_fd(), 4);
    assert!(matches!(result, Err(Error::TooLarge { limit: 4, .. })));
    let pipe = inherited(b"second");
    let path = format!("/dev/fd/{}", pipe.as_raw_fd());
    assert_eq!(
        files
            .read(Path::new(&path), 100, Forms::Descriptors)
            .unwrap(),
        b"second"
    );
    let number = inherited(b"").into_raw_fd();
    files.close_descriptor(number).unwrap();
    files.close_descriptor(0).unwrap();
    assert!(files.close_descriptor(-1).is_err());
}

#[test]
fn a_descriptor_of_ours_is_not_taken_for_an_inherited_one() {
    let place = tempfile::tempdir().unwrap();
    let ours = fs::File::create_new(place.path().join("f")).unwrap();
    let files = Files::kernel();
    assert!(matches!(
        files.read_descriptor(ours.as_raw_fd(), 10),
        Err(Error::Os { .. })
    ));
    assert!(files.close_descriptor(ours.as_raw_fd()).is_err());
    ours.sync_all().unwrap();
}

#[test]
fn a_reader_keeps_the_file_that_it_opened() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("f");
    fs::write(&path, b"0123456789").unwrap();
    let disk = FaultyDisk::new(place.path());
    let file = disk
        .files()
        .directory(place.path(), Walk::Read)
        .unwrap()
        .open("f")
        .unwrap();
    fs::write(place.path().join("g"), b"new").unwrap();
    fs::rename(place.path().join("g"), &path).unwrap();
    let mut buffer = [0; 4];
    disk.fail("read at", 0, Fault::Short(1));
    disk.fail("read at", 0, Fault::Error(Errno::INTR));
    file.read_at(3, &mut buffer).unwrap();
    assert_eq!(&buffer, b"3456");
    assert_eq!(file.read_all(10).unwrap(), b"0123456789");
    assert!(matches!(
        file.read_all(9),
        Err(Error::TooLarge { limit: 9, .. })
    ));
    let error = file.read_at(8, &mut buffer).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    disk.fail("read at", 0, Fault::Error(Errno::IO));
    assert!(file.read_all(10).is_err());
}

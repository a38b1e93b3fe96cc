use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::Path;
use std::sync::Arc;

use crate::file::tests::{FaultyDisk, is_root, skip};
use crate::file::{Error, Files, FilesystemKind, Identity, Kernel, Kind};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A directory on a disk, which `/tmp` need not be.
fn on_disk() -> (tempfile::TempDir, Arc<FaultyDisk>) {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    disk.pretend(FilesystemKind::Other, false);
    (place, disk)
}

#[test]
fn a_key_file_on_a_disk_is_private_and_no_link() {
    let (place, disk) = on_disk();
    let key = place.path().join("key");
    fs::write(&key, b"0123").unwrap();
    for mode in [0o600, 0o400] {
        set_mode(&key, mode);
        assert_eq!(disk.files().read_private(&key, 4).unwrap(), b"0123");
    }
    for mode in [0o640, 0o604, 0o660, 0o644, 0o700, 0o440] {
        set_mode(&key, mode);
        let error = disk.files().read_private(&key, 4).unwrap_err();
        assert!(
            matches!(error, Error::Mode { mode: found, .. } if found == mode),
            "{mode:o}"
        );
    }
    set_mode(&key, 0o600);
    assert!(matches!(
        disk.files().read_private(&key, 3),
        Err(Error::TooLarge { .. })
    ));
    symlink("key", place.path().join("link")).unwrap();
    let result = disk.files().read_private(&place.path().join("link"), 4);
    assert!(matches!(result, Err(Error::Link { .. })));
}

#[test]
fn a_key_file_of_somebody_else_is_refused() {
    if !is_root("a_key_file_of_somebody_else") {
        return;
    }
    let (place, disk) = on_disk();
    let key = place.path().join("key");
    fs::write(&key, b"0123").unwrap();
    set_mode(&key, 0o600);
    let other = Files::new(
        disk.clone(),
        Identity {
            egid: 1000,
            euid: 1000,
        },
    );
    assert!(other.read_private(&key, 4).is_ok(), "root's");
    chown(&key, Some(1000), None).unwrap();
    assert!(other.read_private(&key, 4).is_ok(), "ours");
    assert!(
        disk.files().read_private(&key, 4).is_ok(),
        "root reads anyone's"
    );
    chown(&key, Some(1002), None).unwrap();
    assert!(matches!(
        other.read_private(&key, 4),
        Err(Error::Owner { owner: 1002, .. })
    ));
}

#[test]
fn credentials_in_memory_and_on_read_only_mounts_may_be_links_of_any_mode() {
    for (kind, read_only) in [
        (FilesystemKind::Memory, false),
        (FilesystemKind::Other, true),
    ] {
        let (place, disk) = on_disk();
        disk.pretend(kind, read_only);
        fs::write(place.path().join("key"), b"0123").unwrap();
        set_mode(&place.path().join("key"), 0o644);
        symlink("key", place.path().join("link")).unwrap();
        for name in ["key", "link"] {
            assert!(
                disk.files()
                    .read_private(&place.path().join(name), 4)
                    .is_ok()
            );
        }
    }
}

#[test]
fn shared_memory_is_known_as_memory() {
    let Ok(place) = tempfile::tempdir_in("/dev/shm") else {
        skip("shared_memory_is_known_as_memory", "no /dev/shm");
        return;
    };
    let key = place.path().join("key");
    fs::write(&key, b"0123").unwrap();
    set_mode(&key, 0o644);
    assert!(Files::kernel().read_private(&key, 4).is_ok());
}

#[test]
fn a_pipe_with_a_name_is_read_to_its_end() {
    let (place, disk) = on_disk();
    let pipe = place.path().join("pipe");
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let writer = {
        let pipe = pipe.clone();
        std::thread::spawn(move || {
            let mut writer = fs::OpenOptions::new().write(true).open(pipe).unwrap();
            writer.write_all(b"01").unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
            writer.write_all(b"23").unwrap();
        })
    };
    assert_eq!(disk.files().read_private(&pipe, 4).unwrap(), b"0123");
    writer.join().unwrap();
    let result = disk.files().read_private(Path::new("/dev/null"), 4);
    assert!(matches!(
        result,
        Err(Error::NotRegular {
            kind: Kind::Device,
            ..
        })
    ));
}

#[test]
fn output_is_private_and_goes_through_no_foreign_link() {
    let (place, disk) = on_disk();
    let out = place.path().join("out");
    fs::write(&out, b"old").unwrap();
    set_mode(&out, 0o644);
    disk.files().write_output(&out, b"new").unwrap();
    assert_eq!(fs::read(&out).unwrap(), b"new");
    assert_eq!(fs::metadata(&out).unwrap().mode() & 0o7777, 0o600);
    let link = place.path().join("link");
    symlink("out", &link).unwrap();
    disk.files().write_output(&link, b"newer").unwrap();
    assert_eq!(fs::read(&out).unwrap(), b"newer");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let result = disk.files().write_output(Path::new("/dev/null"), b"x");
    assert!(matches!(
        result,
        Err(Error::NotRegular {
            kind: Kind::Device,
            ..
        })
    ));
    assert!(disk.files().write_output(Path::new("/"), b"x").is_err());
    if Identity::current().is_root() {
        lchown(&link, Some(1002), None).unwrap();
        let result = disk.files().write_output(&link, b"newest");
        assert!(matches!(result, Err(Error::Link { owner: 1002, .. })));
        assert_eq!(fs::read(&out).unwrap(), b"newer");
    }
}

#[test]
fn a_new_key_file_is_private_and_replaces_nothing() {
    let place = tempfile::tempdir().unwrap();
    let key = place.path().join("key");
    let files = Files::new(Arc::new(Kernel::new()), Identity::current());
    files.write_new(&key, b"0123").unwrap();
    assert_eq!(fs::metadata(&key).unwrap().mode() & 0o7777, 0o600);
    assert!(matches!(
        files.write_new(&key, b"4567"),
        Err(Error::AlreadyExists { .. })
    ));
    assert_eq!(fs::read(&key).unwrap(), b"0123");
}

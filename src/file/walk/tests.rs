use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::sync::Arc;

use rustix::io::Errno;

use crate::file::tests::{Fault, FaultyDisk, is_root, skip};
use crate::file::{Error, Files, Identity, Kernel, Walk};

const OTHER: Identity = Identity {
    egid: 1000,
    euid: 1000,
};

fn as_other() -> Files {
    Files::new(Arc::new(Kernel::new()), OTHER)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_directory_that_everyone_may_write_is_refused_for_writing() {
    let place = tempfile::tempdir().unwrap();
    let open = place.path().join("open");
    fs::create_dir_all(open.join("below")).unwrap();
    let files = Files::kernel();
    for (mode, refused) in [
        (0o777, true),
        (0o702, true),
        (0o1777, false),
        (0o775, false),
    ] {
        set_mode(&open, mode);
        for walk in [Walk::Write, Walk::Output] {
            let result = files.directory(&open.join("below"), walk);
            let found = matches!(&result, Err(Error::WorldWritable { path }) if *path == open);
            assert_eq!(found, refused, "{mode:o}");
        }
        assert!(files.directory(&open.join("below"), Walk::Read).is_ok());
    }
}

#[test]
fn a_link_is_followed_only_if_it_is_ours_or_roots() {
    if !is_root("a_link_is_followed") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    set_mode(place.path(), 0o755);
    let real = place.path().join("real");
    fs::create_dir(&real).unwrap();
    fs::write(real.join("f"), "x").unwrap();
    let link = place.path().join("link");
    symlink("real", &link).unwrap();
    let owned_by = |uid| std::os::unix::fs::lchown(&link, Some(uid), Some(uid)).unwrap();
    for (owner, by_root, by_other) in [(0, true, true), (1000, false, true), (1002, false, false)] {
        owned_by(owner);
        for (files, expected) in [(Files::kernel(), by_root), (as_other(), by_other)] {
            match files.directory(&link, Walk::Read) {
                Ok(directory) => {
                    assert!(expected, "{owner}");
                    assert_eq!(directory.path(), real);
                    assert!(directory.open("f").is_ok());
                }
                Err(Error::Link { owner: found, path }) => {
                    assert!(!expected, "{owner}");
                    assert_eq!((found, path), (owner, link.clone()));
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[test]
fn a_directory_of_somebody_else_is_read_and_not_written() {
    if !is_root("a_directory_of_somebody_else") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    set_mode(place.path(), 0o755);
    assert!(as_other().directory(place.path(), Walk::Read).is_ok());
    assert!(as_other().directory(place.path(), Walk::Output).is_ok());
    let refused = as_other().directory(place.path(), Walk::Write);
    assert!(matches!(refused, Err(Error::Owner { owner: 0, .. })));
    chown(place.path(), Some(1000), Some(1000)).unwrap();
    assert!(as_other().directory(place.path(), Walk::Write).is_ok());
    assert!(Files::kernel().directory(place.path(), Walk::Write).is_ok());
}

#[test]
fn dots_and_absolute_links_lead_where_the_kernel_says() {
    let place = tempfile::tempdir().unwrap();
    let files = Files::kernel();
    fs::create_dir_all(place.path().join("a/b")).unwrap();
    symlink(place.path().join("a/b"), place.path().join("to-b")).unwrap();
    let up = files
        .directory(&place.path().join("to-b/.."), Walk::Read)
        .unwrap();
    assert_eq!(up.path(), place.path().join("a"));
    let above = up.parent().unwrap().unwrap();
    assert_eq!(above.path(), place.path());
    assert_eq!(
        above.status().inode,
        fs::metadata(place.path()).unwrap().ino()
    );
    let root = files.directory(Path::new("/"), Walk::Read).unwrap();
    assert!(root.parent().unwrap().is_none());
}

#[test]
fn a_circle_of_links_ends() {
    let place = tempfile::tempdir().unwrap();
    symlink("b", place.path().join("a")).unwrap();
    symlink("a", place.path().join("b")).unwrap();
    let result = Files::kernel().directory(&place.path().join("a"), Walk::Read);
    assert!(matches!(result, Err(Error::TooManyLinks { .. })));
}

#[test]
fn a_file_on_the_way_is_not_a_directory() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("f"), "").unwrap();
    let result = Files::kernel().directory(&place.path().join("f/x"), Walk::Read);
    assert!(matches!(result, Err(Error::NotRegular { .. })));
    let result = Files::kernel().directory(&place.path().join("none/x"), Walk::Read);
    assert!(matches!(result, Err(Error::NotFound { .. })));
}

#[test]
fn what_is_missing_is_made_private() {
    let place = tempfile::tempdir().unwrap();
    let files = Files::kernel();
    let made = files.make_directory(&place.path().join("a/b")).unwrap();
    assert_eq!(made.status().mode, 0o700);
    assert_eq!(
        fs::metadata(place.path().join("a")).unwrap().mode() & 0o7777,
        0o700
    );
    assert!(files.make_directory(&place.path().join("a/b")).is_ok());
}

#[test]
fn a_read_only_mount_is_known() {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let read_only = |options: &str| options.split(',').any(|option| option == "ro");
    let found = mounts.lines().find_map(|line| {
        let fields: Vec<_> = line.split(' ').collect();
        let path = Path::new(fields.get(1)?);
        let usable = read_only(fields.get(3)?) && path.is_dir();
        usable.then(|| path.to_path_buf())
    });
    let Some(path) = found else {
        return skip("a_read_only_mount_is_known", "no read-only mount here");
    };
    let directory = Files::kernel().directory(&path, Walk::Read).unwrap();
    assert!(directory.filesystem().unwrap().read_only);
    let place = tempfile::tempdir().unwrap();
    let directory = Files::kernel().directory(place.path(), Walk::Read).unwrap();
    assert!(!directory.filesystem().unwrap().read_only);
}

#[test]
fn a_directory_that_was_opened_for_reading_can_be_listed() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a"), "").unwrap();
    let directory = Files::kernel().directory(place.path(), Walk::Read).unwrap();
    assert_eq!(directory.names().unwrap(), ["a"]);
}

#[test]
fn a_way_without_links_is_opened_at_once_and_judged_like_a_walk() {
    let place = tempfile::tempdir().unwrap();
    let open = place.path().join("open");
    let below = open.join("a/b");
    fs::create_dir_all(&below).unwrap();
    let disk = FaultyDisk::new(place.path());
    let files = disk.files();
    for walk in [Walk::Read, Walk::Output, Walk::Write] {
        set_mode(&open, 0o755);
        let at_once = files.directory(&below, walk).unwrap();
        let calls = disk.take_calls();
        let opened = calls.iter().filter(|call| call.starts_with("open"));
        assert_eq!(opened.collect::<Vec<_>>(), [&"open straight"], "{walk:?}");
        // A kernel before 5.6, or a filter of system calls.
        disk.fail("open straight", 0, Fault::Error(Errno::NOSYS));
        let walked = files.directory(&below, walk).unwrap();
        assert!(disk.take_calls().contains(&"open directory"), "{walk:?}");
        assert_eq!(at_once.status(), walked.status());
        assert_eq!(at_once.path(), walked.path());
        set_mode(&open, 0o777);
        for kernel in ["old", "new"] {
            if kernel == "old" {
                disk.fail("open straight", 0, Fault::Error(Errno::NOSYS));
            }
            let result = files.directory(&below, walk);
            let refused = matches!(&result, Err(Error::WorldWritable { path }) if *path == open);
            assert_eq!(refused, walk != Walk::Read, "{walk:?} {kernel}");
        }
        disk.take_calls();
    }
}

#[test]
fn what_lies_below_is_judged_without_the_way_there() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let directory = disk.files().directory(place.path(), Walk::Write).unwrap();
    disk.take_calls();
    assert!(matches!(directory.below("a"), Err(Error::NotFound { .. })));
    let made = directory.make_below("a").unwrap();
    assert_eq!(made.status().mode, 0o700);
    disk.take_calls();
    assert!(
        directory
            .below("a")
            .unwrap()
            .status()
            .is_same_inode(made.status())
    );
    assert_eq!(disk.take_calls(), ["open directory to sync", "stat"]);
    set_mode(&place.path().join("a"), 0o777);
    assert!(matches!(
        directory.below("a"),
        Err(Error::WorldWritable { .. })
    ));
    set_mode(&place.path().join("a"), 0o700);
    symlink("a", place.path().join("link")).unwrap();
    let behind = directory.below("link").unwrap();
    assert_eq!(behind.path(), place.path().join("a"));
    assert_eq!(behind.names().unwrap().len(), 0);
}

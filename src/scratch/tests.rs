//! Secret files on a disk that is said to be in memory, and on the real one.

use super::*;
use crate::file::tests::{Fault, FaultyDisk};
use crate::file::{FilesystemKind, RuntimeDirectory};
use rustix::io::Errno;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::sync::Arc;

const NONE: [PathBuf; 0] = [];

struct Place {
    dir: tempfile::TempDir,
    disk: Arc<FaultyDisk>,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let disk = FaultyDisk::new(dir.path());
        disk.pretend(FilesystemKind::Memory, false);
        fs::create_dir(dir.path().join("run")).unwrap();
        fs::set_permissions(dir.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        Place { dir, disk }
    }

    fn places(&self) -> Places {
        let place = RuntimeDirectory {
            in_memory: true,
            name: "secrets".into(),
            parent: self.path("run"),
            shared: false,
        };
        Places::of(&self.disk.files(), vec![place])
    }

    fn create(&self) -> Result<Scratch, Error> {
        self.places().create()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(path)
    }

    /// What lies in the place beside its lock.
    fn left(&self) -> Vec<PathBuf> {
        let all = fs::read_dir(self.path("run/secrets")).unwrap();
        let all = all.map(|entry| entry.unwrap().path());
        all.filter(|path| !path.ends_with("lock")).collect()
    }

    /// A directory as a killed owner leaves it.
    fn killed(&self, value: &str) -> PathBuf {
        let path = self.path("run/secrets/scratch.0123456789abcdef");
        fs::create_dir(&path).unwrap();
        fs::write(path.join(".lock"), "process 1 since 1\n").unwrap();
        fs::write(path.join("KEY"), value).unwrap();
        path
    }
}

fn value(text: &str) -> SecretValue {
    SecretValue::copy_from(text.as_bytes())
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn files_are_private_and_go_with_the_directory_however_it_goes() {
    let place = Place::new();
    for by_hand in [true, false] {
        let made = place.create().unwrap();
        let path = made.put("KEY.pem", &value("first")).unwrap();
        assert_eq!(path.parent(), Some(made.path()));
        assert_eq!((mode(&path), mode(made.path())), (0o600, 0o700));
        assert_eq!(mode(&place.path("run/secrets")), 0o700);
        made.put("KEY.pem", &value("again")).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"first");
        made.replace("KEY.pem", &value("second")).unwrap();
        assert_eq!(
            (fs::read(&path).unwrap(), mode(&path)),
            (b"second".to_vec(), 0o600)
        );
        // What an editor leaves beside it.
        fs::write(made.path().join(".KEY.pem.swp"), "second").unwrap();
        fs::create_dir_all(made.path().join("undo/deep")).unwrap();
        fs::write(made.path().join("undo/deep/KEY"), "second").unwrap();
        if by_hand {
            made.remove().unwrap();
        } else {
            drop(made);
        }
        assert_eq!(place.left(), NONE);
    }
}

#[test]
fn a_name_is_one_component_and_none_of_ours() {
    let place = Place::new();
    let made = place.create().unwrap();
    let long = "x".repeat(256);
    for name in [
        "", ".", "..", "../x", "/x", "a/b", ".lock", "a\nb", "a\0b", &*long,
    ] {
        let error = made.put(name, &value("x")).unwrap_err();
        assert!(matches!(error, Error::Name { .. }), "{name:?}: {error}");
        assert!(made.replace(name, &value("x")).is_err() && made.open(name).is_err());
        assert!(made.link(&place.path("link"), name).is_err(), "{name:?}");
    }
    for name in ["-rf", "$(id)", "a b", "\u{1f511}", "KEY.with.dots"] {
        made.put(name, &value("x")).unwrap();
    }
}

#[test]
fn a_link_or_file_in_the_way_is_not_written_through() {
    let place = Place::new();
    let made = place.create().unwrap();
    fs::write(place.path("victim"), "whole").unwrap();
    symlink(place.path("victim"), made.path().join("KEY")).unwrap();
    made.put("KEY", &value("secret")).unwrap_err();
    made.open("KEY").err().unwrap();
    made.replace("KEY", &value("secret")).unwrap();
    assert_eq!(fs::read(place.path("victim")).unwrap(), b"whole");
    assert_eq!(made.open("KEY").unwrap().read_all(9).unwrap(), b"secret");
}

#[test]
fn what_a_killed_owner_left_is_found_and_swept_and_a_living_one_is_not() {
    let place = Place::new();
    let living = place.create().unwrap();
    living.put("KEY", &value("alive")).unwrap();
    assert_eq!(place.places().left(), NONE);
    let dead = place.killed("dead");
    assert_eq!(place.places().left(), std::slice::from_ref(&dead));
    assert_eq!(place.places().sweep(|path| path != dead).unwrap(), 0);
    assert!(dead.exists());
    assert_eq!(place.places().sweep(|path| path == dead).unwrap(), 1);
    assert_eq!(place.left(), [living.path().to_path_buf()]);
    // Making another one sweeps too, even one that has no lock yet.
    fs::remove_file(place.killed("dead").join(".lock")).unwrap();
    let other = place.create().unwrap();
    assert!(living.path().join("KEY").exists() && !dead.exists());
    drop((living, other));
    assert_eq!(place.left(), NONE);
}

#[test]
fn what_only_looks_like_ours_is_left_alone() {
    let place = Place::new();
    drop(place.create().unwrap());
    fs::create_dir(place.path("far")).unwrap();
    fs::write(place.path("far/file"), "whole").unwrap();
    let link = place.path("run/secrets/scratch.0123456789abcdee");
    symlink(place.path("far"), &link).unwrap();
    for name in [
        "scratch.0123456789abcde",
        "scratch.0123456789ABCDEF",
        "other",
    ] {
        fs::create_dir(place.path("run/secrets").join(name)).unwrap();
    }
    assert_eq!(place.places().sweep(|_| true).unwrap(), 0);
    drop(place.create().unwrap());
    assert_eq!(place.left().len(), 4);
    assert_eq!(fs::read(place.path("far/file")).unwrap(), b"whole");
}

#[test]
fn a_link_of_ours_is_removed_and_what_took_its_place_is_not() {
    let place = Place::new();
    let made = place.create().unwrap();
    let file = made.put("KEY", &value("x")).unwrap();
    let at = ["one", "two", "three"].map(|name| place.path(name));
    for at in &at {
        made.link(at, "KEY").unwrap();
        assert_eq!(fs::read_link(at).unwrap(), file);
    }
    fs::write(place.path("mine"), "whole").unwrap();
    made.link(&place.path("mine"), "KEY").unwrap_err();
    // Somebody puts other things in their place.
    fs::remove_file(&at[1]).unwrap();
    fs::write(&at[1], "whole").unwrap();
    fs::remove_file(&at[2]).unwrap();
    symlink(place.path("mine"), &at[2]).unwrap();
    made.remove().unwrap();
    assert!(fs::symlink_metadata(&at[0]).is_err());
    assert_eq!(fs::read(&at[1]).unwrap(), b"whole");
    assert_eq!(fs::read_link(&at[2]).unwrap(), place.path("mine"));
    assert_eq!(fs::read(place.path("mine")).unwrap(), b"whole");
}

#[test]
fn a_link_of_a_killed_owner_is_removed_with_its_directory() {
    let place = Place::new();
    drop(place.create().unwrap());
    let dead = place.killed("dead");
    let at = place.path("link");
    symlink(dead.join("KEY"), &at).unwrap();
    let line = format!("{}\0KEY\0", at.display());
    fs::write(dead.join(".links"), line).unwrap();
    fs::set_permissions(dead.join(".links"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(place.places().sweep(|_| true).unwrap(), 1);
    assert!(fs::symlink_metadata(&at).is_err() && !dead.exists());
}

#[test]
fn no_space_leaves_nothing() {
    let place = Place::new();
    drop(place.create().unwrap());
    for call in ["write", "allocate"] {
        let made = place.create().unwrap();
        place.disk.fail(call, 0, Fault::Error(Errno::NOSPC));
        let error = made.put("KEY", &value("secret")).unwrap_err();
        assert!(error.to_string().starts_with("no space for"), "{error}");
        assert!(!made.path().join("KEY").exists(), "{call}");
        drop(made);
        assert_eq!(place.left(), NONE);
    }
    place.disk.fail("open lock", 1, Fault::Error(Errno::NOSPC));
    let error = place.create().err().unwrap();
    assert!(matches!(error, Error::Nowhere { .. }), "{error}");
    assert_eq!(place.left(), NONE);
}

#[test]
fn a_place_that_is_not_safe_is_refused() {
    let refusal = |place: &Place| match place.create() {
        Err(Error::Nowhere {
            reasons,
            disk: false,
        }) => reasons.join("; "),
        other => panic!("{:?}", other.err()),
    };
    let place = Place::new();
    place.disk.pretend(FilesystemKind::Other, false);
    assert!(refusal(&place).ends_with("is not on tmpfs"));
    assert!(!place.path("run/secrets").exists());

    let place = Place::new();
    fs::create_dir(place.path("far")).unwrap();
    symlink(place.path("far"), place.path("run/secrets")).unwrap();
    assert!(refusal(&place).ends_with("is a link"));

    let place = Place::new();
    fs::create_dir(place.path("run/secrets")).unwrap();
    fs::set_permissions(place.path("run/secrets"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(refusal(&place).contains("can be read by other users"));
}

#[test]
fn a_disk_is_used_only_if_it_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(dir.path());
    disk.pretend(FilesystemKind::Other, false);
    let files = disk.files();
    let refused = Scratch::create(&files, None, None).err().unwrap();
    assert!(
        matches!(refused, Error::Nowhere { disk: false, .. }),
        "{refused}"
    );
    let made = Scratch::create(&files, None, Some(dir.path())).unwrap();
    assert!(made.is_on_disk() && made.path().starts_with(dir.path().canonicalize().unwrap()));
    assert_eq!(mode(made.path()), 0o700);
}

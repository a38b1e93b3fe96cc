use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustix::io::Errno;

use super::lock;
use crate::file::tests::{Fault, FaultyDisk, is_root};
use crate::file::{Files, FilesystemKind, Identity};
use crate::store::{Class, Error, Location, Opened, Source, Warning};
use crate::vault::ReadAt;

struct Place {
    directory: tempfile::TempDir,
    disk: Arc<FaultyDisk>,
    vault: PathBuf,
}

fn setup() -> Place {
    let directory = tempfile::tempdir().unwrap();
    set_mode(directory.path(), 0o755);
    let vault = directory.path().join("vault.json");
    fs::write(&vault, b"old").unwrap();
    set_mode(&vault, 0o600);
    let disk = FaultyDisk::new(directory.path());
    Place {
        directory,
        disk,
        vault,
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn at(path: &Path) -> Location {
    Location {
        path: path.to_path_buf(),
        shown: path.to_path_buf(),
        source: Source::Flag,
    }
}

fn bytes(opened: &Opened) -> Vec<u8> {
    let mut bytes = vec![0; opened.size() as usize];
    opened.read_at(0, &mut bytes).unwrap();
    bytes
}

fn write(files: &Files, path: &Path, bytes: &[u8]) -> Result<Vec<Warning>, Error> {
    let mut locked = lock(files, &at(path))?;
    locked.read()?;
    locked.prepare(&[bytes])?.commit()
}

impl Place {
    fn write(&self, bytes: &[u8]) -> Result<Vec<Warning>, Error> {
        write(&self.disk.files(), &self.vault, bytes)
    }

    fn is_old(&self) -> bool {
        let temporary = fs::read_dir(self.directory.path()).unwrap().any(|entry| {
            entry
                .unwrap()
                .path()
                .extension()
                .is_some_and(|e| e == "tmp")
        });
        fs::read(&self.vault).unwrap() == b"old" && !temporary
    }
}

#[test]
fn a_change_replaces_the_vault_and_can_be_followed_by_another() {
    let place = setup();
    let mut locked = lock(&place.disk.files(), &at(&place.vault)).unwrap();
    assert_eq!(bytes(&locked.read().unwrap()), b"old");
    assert_eq!(locked.prepare(&[b"one"]).unwrap().commit().unwrap(), []);
    assert!(locked.prepare(&[b"two"]).is_err(), "it was not read again");
    assert_eq!(bytes(&locked.read().unwrap()), b"one");
    locked.prepare(&[b"two"]).unwrap().commit().unwrap();
    assert_eq!(fs::read(&place.vault).unwrap(), b"two");
    locked.read().unwrap();
    drop(locked.prepare(&[b"three"]).unwrap());
    assert_eq!(fs::read(&place.vault).unwrap(), b"two");
    assert_eq!(fs::metadata(&place.vault).unwrap().mode() & 0o7777, 0o600);
}

#[test]
fn a_second_writer_waits_thirty_seconds_and_says_for_whom() {
    let place = setup();
    let held = lock(&place.disk.files(), &at(&place.vault)).unwrap();
    let error = place.write(b"new").unwrap_err();
    assert_eq!(error.class(), Class::Conflict);
    let text = error.to_string();
    assert!(
        text.contains(&format!(
            "is locked by process {} since 3",
            std::process::id()
        )),
        "{text}"
    );
    assert!(text.ends_with("; waited 30 s"), "{text}");
    assert!(place.is_old());
    drop(held);
    place.write(b"new").unwrap();
}

#[test]
fn writers_in_a_row_lose_nothing() {
    let place = setup();
    fs::write(&place.vault, b"").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let mut locked = lock(&Files::kernel(), &at(&place.vault)).unwrap();
                    let mut bytes = bytes(&locked.read().unwrap());
                    bytes.push(b'x');
                    locked.prepare(&[&bytes]).unwrap().commit().unwrap();
                }
            });
        }
    });
    assert_eq!(fs::read(&place.vault).unwrap().len(), 40);
}

#[test]
fn a_change_without_the_lock_is_a_conflict_even_at_the_same_time_and_size() {
    let place = setup();
    let mut locked = lock(&place.disk.files(), &at(&place.vault)).unwrap();
    locked.read().unwrap();
    let before = fs::metadata(&place.vault).unwrap().modified().unwrap();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(&place.vault)
        .unwrap();
    std::io::Write::write_all(&mut &file, b"new").unwrap();
    file.set_modified(before).unwrap();
    let error = locked.prepare(&[b"mine"]).err().unwrap();
    assert_eq!(error.class(), Class::Conflict, "{error}");
    assert_eq!(error.hints(), ["run the command again"]);
    assert_eq!(fs::read(&place.vault).unwrap(), b"new");
}

#[test]
fn what_was_never_read_is_never_replaced() {
    let place = setup();
    let mut locked = lock(&place.disk.files(), &at(&place.vault)).unwrap();
    let error = locked.prepare(&[b"new"]).err().unwrap();
    assert_eq!(error.class(), Class::Conflict);
    assert!(place.is_old());
}

#[test]
fn a_failed_save_says_whether_the_vault_changed() {
    for (call, nth, errno, text) in [
        (
            "allocate",
            0,
            Errno::NOSPC,
            "no space: need 40960 bytes, vault unchanged",
        ),
        (
            "sync",
            0,
            Errno::IO,
            "the disk reported an error while saving; vault unchanged; do not trust this disk: \
             I/O error",
        ),
        (
            "rename",
            0,
            Errno::ROFS,
            "vault unchanged: cannot write \"PATH\": read-only file system",
        ),
    ] {
        let place = setup();
        place.disk.fail(call, nth, Fault::Error(errno));
        let error = place.write(&[7; 40960]).unwrap_err();
        let text = text.replace("PATH", &place.vault.display().to_string());
        let found = error
            .to_string()
            .replace("input/output", "I/O")
            .replace("Input/output", "I/O");
        assert_eq!(found, text);
        assert_eq!(error.class(), Class::Io);
        assert!(place.is_old());
    }
    let place = setup();
    place.disk.fail("sync", 1, Fault::Error(Errno::IO));
    let error = place.write(b"new").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("saved, but durability unknown; do not power off; run `secrets verify`"),
        "{error}"
    );
    assert_eq!(
        (error.class(), error.hints()),
        (Class::Io, vec!["secrets verify".to_owned()])
    );
    assert_eq!(fs::read(&place.vault).unwrap(), b"new");
}

#[test]
fn remote_file_systems_are_warned_of() {
    for kind in [
        FilesystemKind::Nfs,
        FilesystemKind::Smb,
        FilesystemKind::Fuse,
    ] {
        let place = setup();
        place.disk.pretend(kind, false);
        let warnings = place.write(b"new").unwrap();
        assert!(matches!(&warnings[..], [Warning::Remote { kind: k, .. }] if *k == kind));
    }
}

#[test]
fn a_link_of_ours_is_resolved_once_and_stays_a_link() {
    let place = setup();
    let below = place.directory.path().join("dotfiles");
    fs::create_dir(&below).unwrap();
    fs::rename(&place.vault, below.join("v.json")).unwrap();
    symlink("dotfiles/v.json", &place.vault).unwrap();
    place.write(b"new").unwrap();
    assert!(fs::symlink_metadata(&place.vault).unwrap().is_symlink());
    assert_eq!(fs::read(below.join("v.json")).unwrap(), b"new");
    assert!(below.join(".v.json.lock").exists());
    let second = place.directory.path().join("second.json");
    symlink("vault.json", &second).unwrap();
    let error = write(&place.disk.files(), &second, b"x").unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("refusing: \"{}\" is a link", place.vault.display())
    );
    if Identity::current().is_root() {
        lchown(&place.vault, Some(1002), None).unwrap();
        let error = place.write(b"x").unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "refusing: \"{}\" is a link owned by uid 1002",
                place.vault.display()
            )
        );
    }
}

#[test]
fn unsafe_places_are_refused_for_writing() {
    let place = setup();
    fs::hard_link(&place.vault, place.directory.path().join("second")).unwrap();
    let error = place.write(b"x").unwrap_err();
    assert_eq!(error.class(), Class::Integrity);
    assert!(error.to_string().contains("has 2 names"), "{error}");
    fs::remove_file(place.directory.path().join("second")).unwrap();
    set_mode(place.directory.path(), 0o777);
    let error = place.write(b"x").unwrap_err();
    let path = place.directory.path().display();
    assert_eq!(
        error.to_string(),
        format!("refusing: \"{path}\" is writable by everyone")
    );
    assert_eq!(error.hints(), [format!("chmod o-w {path}")]);
    set_mode(place.directory.path(), 0o1777);
    set_mode(&place.vault, 0o622);
    assert_eq!(place.write(b"x").unwrap_err().class(), Class::Integrity);
    assert!(place.is_old());
    fs::remove_file(&place.vault).unwrap();
    assert_eq!(place.write(b"x").unwrap_err().class(), Class::NotFound);
}

#[test]
fn a_vault_of_somebody_else_is_written_by_root_alone_and_stays_theirs() {
    if !is_root("a_vault_of_somebody_else") {
        return;
    }
    let place = setup();
    let other = Files::new(
        place.disk.clone(),
        Identity {
            egid: 1000,
            euid: 1000,
        },
    );
    let error = write(&other, &place.vault, b"x").unwrap_err();
    assert_eq!(error.class(), Class::Integrity);
    assert_eq!(
        error.hints(),
        ["run it as the owner: sudo -u '#0' secrets …"]
    );
    chown(place.directory.path(), Some(1000), Some(1000)).unwrap();
    assert_eq!(
        write(&other, &place.vault, b"x").unwrap_err().class(),
        Class::Integrity,
        "the file"
    );
    chown(&place.vault, Some(1000), Some(1000)).unwrap();
    place.write(b"new").unwrap();
    for name in ["vault.json", ".vault.json.lock"] {
        let status = fs::metadata(place.directory.path().join(name)).unwrap();
        assert_eq!((status.uid(), status.gid()), (1000, 1000), "{name}");
    }
}

#[test]
fn left_over_temporary_files_go_if_name_owner_and_age_fit() {
    let place = setup();
    let make = |name: &str, age: u64| {
        let path = place.directory.path().join(name);
        let file = fs::File::create(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age))
            .unwrap();
        path
    };
    let gone = make(".vault.json.0123456789abcdef.tmp", 3700);
    let kept = [
        make(".vault.json.0123456789abcdee.tmp", 3500),
        make(".vault.json.0123456789abcde.tmp", 9999),
        make(".vault.json.0123456789ABCDEF.tmp", 9999),
        make(".other.json.0123456789abcdef.tmp", 9999),
        make("vault.json.0123456789abcdef.tmp", 9999),
        make(".vault.json.lock", 9999),
    ];
    let foreign = make(".vault.json.1111111111111111.tmp", 9999);
    if Identity::current().is_root() {
        chown(&foreign, Some(1002), None).unwrap();
    }
    drop(lock(&place.disk.files(), &at(&place.vault)).unwrap());
    assert!(!gone.exists());
    for path in kept {
        assert!(path.exists(), "{}", path.display());
    }
    assert_eq!(foreign.exists(), Identity::current().is_root());
}

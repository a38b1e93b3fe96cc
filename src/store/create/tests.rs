use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::io::Errno;

use super::create;
use crate::file::tests::{Fault, FaultyDisk};
use crate::store::{Class, Location, Source};

fn at(path: &Path) -> Location {
    Location {
        path: path.to_path_buf(),
        shown: path.to_path_buf(),
        source: Source::Project,
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn a_new_vault_is_private_and_has_its_git_files() {
    let place = tempfile::tempdir().unwrap();
    let files = FaultyDisk::new(place.path()).files();
    let directory = place.path().join(".vault");
    let vault = directory.join("vault.json");
    let created = create(&files, &at(&vault), b"bytes").unwrap();
    assert_eq!(fs::read(&vault).unwrap(), b"bytes");
    assert_eq!(
        created.made,
        [
            directory.join(".gitattributes"),
            directory.join(".gitignore"),
            vault.clone()
        ]
    );
    assert_eq!(
        fs::read_to_string(&created.made[0]).unwrap(),
        "vault.json -text\n"
    );
    assert_eq!(
        fs::read_to_string(&created.made[1]).unwrap(),
        ".vault.json.lock\n.vault.json.*.tmp\n"
    );
    assert_eq!(mode(&directory), 0o700);
    for path in &created.made {
        assert_eq!(mode(path), 0o600);
    }
    let error = create(&files, &at(&vault), b"other").unwrap_err();
    assert_eq!(error.class(), Class::Exists);
    assert_eq!(fs::read(&vault).unwrap(), b"bytes");
}

#[test]
fn a_vault_that_is_there_is_left_alone_even_if_it_came_meanwhile() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join(".vault");
    let vault = directory.join("vault.json");
    let disk = FaultyDisk::new(place.path());
    fs::create_dir(&directory).unwrap();
    fs::write(&vault, b"theirs").unwrap();
    assert_eq!(
        create(&disk.files(), &at(&vault), b"x")
            .unwrap_err()
            .class(),
        Class::Exists
    );
    assert_eq!(
        fs::read_dir(&directory).unwrap().count(),
        1,
        "nothing is made beside it"
    );
    fs::remove_file(&vault).unwrap();
    let appear = |place: &Path| fs::write(place.join(".vault/vault.json"), b"theirs").unwrap();
    disk.fail("lock", 0, Fault::Before(appear));
    assert_eq!(
        create(&disk.files(), &at(&vault), b"x")
            .unwrap_err()
            .class(),
        Class::Exists
    );
    assert_eq!(fs::read(&vault).unwrap(), b"theirs");
}

#[test]
fn existing_git_files_are_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join(".vault");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join(".gitignore"), "mine").unwrap();
    let files = FaultyDisk::new(place.path()).files();
    let created = create(&files, &at(&directory.join("vault.json")), b"bytes").unwrap();
    assert_eq!(created.made.len(), 2);
    assert_eq!(fs::read(directory.join(".gitignore")).unwrap(), b"mine");
}

#[test]
fn outside_of_a_vault_directory_only_the_vault_is_made() {
    let place = tempfile::tempdir().unwrap();
    let files = FaultyDisk::new(place.path()).files();
    let vault = place.path().join("data/secrets/vault.json");
    let created = create(&files, &at(&vault), b"bytes").unwrap();
    assert_eq!(created.made, [vault.as_path()]);
    assert_eq!(mode(vault.parent().unwrap()), 0o700);
}

#[test]
fn a_failed_creation_leaves_no_vault_and_can_be_repeated() {
    let place = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(place.path());
    let vault = place.path().join(".vault/vault.json");
    for call in ["make directory", "open new", "write", "rename"] {
        disk.fail(
            call,
            usize::from(call == "write"),
            Fault::Error(Errno::NOSPC),
        );
        let error = create(&disk.files(), &at(&vault), b"bytes").unwrap_err();
        assert_eq!(error.class(), Class::Io, "{call}");
        assert!(!vault.exists(), "{call}");
    }
    create(&disk.files(), &at(&vault), b"bytes").unwrap();
    assert_eq!(fs::read(&vault).unwrap(), b"bytes");
}

#[test]
fn a_place_that_everyone_may_write_is_refused() {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let files = FaultyDisk::new(place.path()).files();
    let error = create(&files, &at(&place.path().join(".vault/vault.json")), b"x").unwrap_err();
    assert_eq!(error.class(), Class::Integrity);
    assert!(!place.path().join(".vault").exists());
}

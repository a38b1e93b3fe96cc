use std::fs;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::{Request, locate, place, vault_above};
use crate::file::Files;
use crate::file::tests::{Fault, FaultyDisk};
use crate::store::{Class, Error, Source};

/// `home/app/deep/.vault` style directories below a temporary one.
fn tree(vaults: &[&str]) -> (tempfile::TempDir, Request) {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().canonicalize().unwrap();
    fs::create_dir_all(root.join("home/app/deep")).unwrap();
    for vault in vaults {
        fs::create_dir_all(root.join(vault).parent().unwrap()).unwrap();
        fs::write(root.join(vault), "{}").unwrap();
    }
    let request = Request {
        home: Some(root.join("home")),
        working_directory: root.join("home/app/deep"),
        data_directory: Some(root.join("data")),
        ..Request::default()
    };
    (place, request)
}

fn found(request: &Request) -> Option<PathBuf> {
    match locate(&Files::kernel(), request) {
        Ok(location) => Some(location.path),
        Err(error) if error.class() == Class::NotFound => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_nearest_project_vault_upwards_is_found() {
    let (place, request) = tree(&["home/app/.vault/vault.json", "home/.vault/vault.json"]);
    assert_eq!(
        found(&request),
        Some(place.path().join("home/app/.vault/vault.json"))
    );
    // A `.vault` without a vault is passed by.
    fs::create_dir(place.path().join("home/app/deep/.vault")).unwrap();
    assert_eq!(
        found(&request),
        Some(place.path().join("home/app/.vault/vault.json"))
    );
}

#[test]
fn the_home_directory_is_searched_only_when_we_are_in_it() {
    let (place, mut request) = tree(&["home/.vault/vault.json", ".vault/vault.json"]);
    assert_eq!(found(&request), None);
    request.working_directory = place.path().join("home");
    assert_eq!(
        found(&request),
        Some(place.path().join("home/.vault/vault.json"))
    );
    fs::remove_dir_all(place.path().join("home/.vault")).unwrap();
    assert_eq!(found(&request), None, "not above home");
    // Home by another name is home too.
    std::os::unix::fs::symlink("home", place.path().join("house")).unwrap();
    request.home = Some(place.path().join("house"));
    request.working_directory = place.path().join("home/app");
    assert_eq!(found(&request), None);
    request.home = None;
    assert_eq!(
        found(&request),
        Some(place.path().join(".vault/vault.json"))
    );
}

#[test]
fn the_search_stops_at_another_file_system() {
    let (place, request) = tree(&["home/app/.vault/vault.json"]);
    let disk = FaultyDisk::new(place.path());
    assert!(locate(&disk.files(), &request).is_ok());
    let from = &request.working_directory;
    disk.mount(from);
    let error = locate(&disk.files(), &request).unwrap_err();
    assert_eq!(error.class(), Class::NotFound);
    assert_eq!(
        error.to_string(),
        format!("no vault found from \"{}\" upwards", from.display())
    );
    assert_eq!(error.hints().len(), 2);
    assert_eq!(error.hints()[0], "create one with: secrets init");
}

#[test]
fn a_path_means_a_file_a_vault_directory_or_a_project() {
    let (place, mut request) = tree(&["p/.vault/vault.json", "bare/vault.json", "x/other.json"]);
    let root = place.path();
    for (given, expected) in [
        ("p", "p/.vault/vault.json"),
        ("p/.vault", "p/.vault/vault.json"),
        ("p/.vault/", "p/.vault/vault.json"),
        ("bare", "bare/vault.json"),
        ("x/other.json", "x/other.json"),
    ] {
        request.flag = Some(root.join(given));
        assert_eq!(found(&request), Some(root.join(expected)), "{given}");
    }
    request.working_directory = root.to_path_buf();
    request.flag = Some(PathBuf::from("p"));
    let location = locate(&Files::kernel(), &request).unwrap();
    assert_eq!(location.path, root.join("p/.vault/vault.json"));
    assert_eq!(location.shown, Path::new("p/.vault/vault.json"));
    assert_eq!(location.source, Source::Flag);
    request.flag = Some(PathBuf::from("gone"));
    let error = locate(&Files::kernel(), &request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no vault at \"gone/.vault/vault.json\" (--vault)"
    );
    assert_eq!(
        error.hints(),
        [
            "create one with: secrets --vault gone/.vault/vault.json init",
            "or search from here: leave --vault out"
        ]
    );
    request.flag = Some(PathBuf::from("gone.json"));
    let target = place_of(&request);
    assert_eq!(target, root.join("gone.json"));
    request.flag = None;
    assert_eq!(place_of(&request), root.join(".vault/vault.json"));
}

fn place_of(request: &Request) -> PathBuf {
    place(&Files::kernel(), request).unwrap().path
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_search() {
    let (place, mut request) = tree(&[
        "home/app/.vault/vault.json",
        "e.json",
        "f.json",
        "data/secrets/vault.json",
    ]);
    let root = place.path();
    let source = |request: &Request| locate(&Files::kernel(), request).unwrap().source;
    assert_eq!(source(&request), Source::Project);
    request.environment = Some(PathBuf::new());
    assert_eq!(source(&request), Source::Project, "empty is unset");
    request.environment = Some(root.join("e.json"));
    assert_eq!(source(&request), Source::Environment);
    request.global = true;
    assert_eq!(source(&request), Source::Global);
    assert_eq!(found(&request), Some(root.join("data/secrets/vault.json")));
    request.flag = Some(root.join("f.json"));
    let error = locate(&Files::kernel(), &request).unwrap_err();
    assert!(matches!(error, Error::TwoVaults));
    assert_eq!(error.class(), Class::Usage);
    request.global = false;
    assert_eq!(source(&request), Source::Flag);
    request = Request {
        global: true,
        data_directory: None,
        ..request
    };
    request.flag = None;
    assert_eq!(
        locate(&Files::kernel(), &request).unwrap_err().class(),
        Class::Usage
    );
}

#[test]
fn a_vault_above_is_seen_and_one_here_is_not_above() {
    let (place, mut request) = tree(&["home/app/.vault/vault.json"]);
    let above = |request: &Request| vault_above(&Files::kernel(), request).unwrap();
    assert_eq!(
        above(&request),
        Some(place.path().join("home/app/.vault/vault.json"))
    );
    request.working_directory = place.path().join("home/app");
    assert_eq!(above(&request), None);
}

#[test]
fn a_directory_that_we_may_not_look_into_ends_the_search() {
    let (place, request) = tree(&["home/app/.vault/vault.json"]);
    fs::create_dir(place.path().join("home/app/deep/.vault")).unwrap();
    let disk = FaultyDisk::new(place.path());
    let barred = |nth: usize| disk.fail("stat at", nth, Fault::Error(Errno::ACCESS));
    // The vault in it, and the `.vault` itself.
    barred(0);
    barred(0);
    let result = locate(&disk.files(), &request);
    assert!(matches!(result, Err(Error::NotFound { .. })));
    // The vault alone: what is wrong there is told.
    barred(0);
    let result = locate(&disk.files(), &request);
    assert!(matches!(result, Err(Error::File(_))));
    assert!(locate(&disk.files(), &request).is_ok());
}

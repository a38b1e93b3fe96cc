//! Files in a directory that a disk says is in memory.

use super::super::tests::{name, value};
use super::*;
use crate::file::FilesystemKind;
use crate::file::tests::{FaultyDisk, is_root};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::sync::Arc;

struct Place {
    dir: tempfile::TempDir,
    disk: Arc<FaultyDisk>,
    all: Directories,
}

fn candidate(parent: &Path) -> RuntimeDirectory {
    RuntimeDirectory {
        in_memory: true,
        name: "secrets".into(),
        parent: parent.to_path_buf(),
        shared: false,
    }
}

impl Place {
    /// Two candidates, `a/secrets` and `b/secrets`, neither made yet.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let disk = FaultyDisk::new(dir.path());
        disk.pretend(FilesystemKind::Memory, false);
        for name in ["a", "b"] {
            fs::create_dir(dir.path().join(name)).unwrap();
            mode(&dir.path().join(name), 0o700);
        }
        let candidates = ["a", "b"].map(|name| candidate(&dir.path().join(name)));
        let all = Directories {
            candidates: OnceCell::from(Vec::from(candidates)),
            files: disk.files(),
            runtime: None,
        };
        Place { dir, disk, all }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn now(&self) -> u64 {
        self.all.now()
    }

    fn found(&self, name: &str) -> Option<Vec<u8>> {
        let found = self.all.find(name, self.now()).unwrap();
        found.map(|found| found.bytes.expose().to_vec())
    }

    fn held(&self, name: &str) -> Held {
        self.all.find(name, self.now()).unwrap().unwrap().held
    }

    /// Why the first candidate is not used, while the second one is.
    fn refused(&self) -> String {
        let name = name();
        let path = self.all.put(&name, &value("x"), 60).unwrap();
        assert_eq!(path.parent(), Some(&*self.path("b/secrets")));
        assert_eq!(self.all.usable(), Ok(self.path("b/secrets")));
        let only = Directories {
            candidates: OnceCell::from(vec![candidate(&self.path("a"))]),
            files: self.disk.files(),
            runtime: None,
        };
        let reasons = only.put(&name, &value("x"), 60).unwrap_err();
        assert_eq!(only.usable(), Err(reasons.clone()));
        assert!(only.find(&name, self.now()).unwrap().is_none());
        assert_eq!(reasons.len(), 1);
        reasons[0].replace(self.dir.path().to_str().unwrap(), "")
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_session_is_found_replaced_and_removed_and_another_is_not_disturbed() {
    let place = Place::new();
    let (one, two) = (name(), name());
    assert_eq!(place.found(&one), None);
    let path = place.all.put(&one, &value("first"), 60).unwrap();
    place.all.put(&two, &value("other"), 60).unwrap();
    assert_eq!(path, place.path(&format!("a/secrets/{one}.session")));
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    let above = fs::metadata(place.path("a/secrets")).unwrap();
    assert_eq!(above.mode() & 0o7777, 0o700);
    assert_eq!(place.found(&one).as_deref(), Some(&b"first"[..]));
    place.all.put(&one, &value("second"), 60).unwrap();
    assert_eq!(place.found(&one).as_deref(), Some(&b"second"[..]));
    assert!(place.all.remove(&one).unwrap());
    assert!(!place.all.remove(&one).unwrap());
    assert_eq!(place.found(&one), None);
    assert_eq!(place.found(&two).as_deref(), Some(&b"other"[..]));
    assert_eq!(place.all.remove_all().unwrap(), 1);
}

#[test]
fn a_session_that_has_ended_is_not_found_and_not_left() {
    let place = Place::new();
    let name = name();
    let path = place.all.put(&name, &value("x"), 100).unwrap();
    let end = place.now() + 100;
    let found = |now| place.all.find(&name, now).unwrap().map(|found| found.ends);
    let ends = found(end - 2).unwrap();
    assert!((end - 1..=end).contains(&ends));
    place.all.touch(&place.held(&name), 200).unwrap();
    assert!((end + 99..=end + 101).contains(&found(end + 50).unwrap()));
    assert_eq!(found(end + 101), None);
    assert!(!path.exists());
}

#[test]
fn a_session_is_in_one_directory_and_found_in_any() {
    let place = Place::new();
    let name = name();
    mode(&place.path("a"), 0o500);
    symlink("b", place.path("a/secrets")).unwrap();
    place.all.put(&name, &value("x"), 60).unwrap();
    assert!(place.path(&format!("b/secrets/{name}.session")).exists());
    assert_eq!(place.found(&name).as_deref(), Some(&b"x"[..]));
    mode(&place.path("a"), 0o700);
    fs::remove_file(place.path("a/secrets")).unwrap();
    place.all.put(&name, &value("y"), 60).unwrap();
    assert!(!place.path(&format!("b/secrets/{name}.session")).exists());
    assert_eq!(place.found(&name).as_deref(), Some(&b"y"[..]));
}

#[test]
fn a_directory_that_is_a_link_is_refused() {
    let place = Place::new();
    fs::create_dir(place.path("c")).unwrap();
    mode(&place.path("c"), 0o700);
    symlink(place.path("c"), place.path("a/secrets")).unwrap();
    assert_eq!(place.refused(), "refusing: \"/a/secrets\" is a link");
    assert_eq!(fs::read_dir(place.path("c")).unwrap().count(), 0);
}

#[test]
fn a_directory_that_others_may_look_into_is_refused() {
    let place = Place::new();
    fs::create_dir(place.path("a/secrets")).unwrap();
    mode(&place.path("a/secrets"), 0o755);
    assert_eq!(
        place.refused(),
        "\"/a/secrets\" can be read by other users (mode 0755)"
    );
}

#[test]
fn a_directory_of_another_user_is_refused_even_by_root() {
    if !is_root("a_directory_of_another_user_is_refused_even_by_root") {
        return;
    }
    let place = Place::new();
    fs::create_dir(place.path("a/secrets")).unwrap();
    mode(&place.path("a/secrets"), 0o700);
    chown(place.path("a/secrets"), Some(51_020), None).unwrap();
    assert_eq!(
        place.refused(),
        "refusing: \"/a/secrets\" belongs to uid 51020"
    );
    let place = Place::new();
    chown(place.path("a"), Some(51_020), None).unwrap();
    assert_eq!(place.refused(), "refusing: \"/a\" belongs to uid 51020");
    assert!(!place.path("a/secrets").exists());
}

#[test]
fn a_directory_on_a_disk_is_refused() {
    let place = Place::new();
    let name = name();
    place.all.put(&name, &value("x"), 60).unwrap();
    place.disk.pretend(FilesystemKind::Other, false);
    assert_eq!(place.found(&name), None);
    let reasons = place.all.put(&name, &value("x"), 60).unwrap_err();
    let of = |name| {
        format!(
            "refusing: \"{}\" is not on tmpfs",
            place.path(name).display()
        )
    };
    assert_eq!(reasons, [of("a"), of("b")]);
    assert!(!place.path("b/secrets").exists());
    // It is removed all the same.
    assert!(place.all.remove(&name).unwrap());
}

#[test]
fn a_file_that_is_not_as_we_made_it_is_an_error() {
    let place = Place::new();
    let name = name();
    let path = place.all.put(&name, &value("x"), 60).unwrap();
    let error = || {
        let error = place.all.find(&name, place.now()).map(drop).unwrap_err();
        error.to_string().replace(path.to_str().unwrap(), "FILE")
    };
    mode(&path, 0o640);
    assert_eq!(error(), "\"FILE\" can be read by other users (mode 0640)");
    mode(&path, 0o600);
    let second = place.path("second");
    fs::hard_link(&path, &second).unwrap();
    assert_eq!(
        error(),
        "refusing: \"FILE\" has 2 names (hard links); 1 is allowed"
    );
    fs::remove_file(&path).unwrap();
    symlink(&second, &path).unwrap();
    assert_eq!(error(), "refusing: \"FILE\" is a link");
    assert!(place.all.remove(&name).unwrap());
    assert!(second.exists());
}

#[test]
fn a_file_of_another_user_is_an_error() {
    if !is_root("a_file_of_another_user_is_an_error") {
        return;
    }
    let place = Place::new();
    let name = name();
    let path = place.all.put(&name, &value("x"), 60).unwrap();
    chown(&path, Some(51_021), None).unwrap();
    let error = place.all.find(&name, place.now()).map(drop).unwrap_err();
    assert!(
        error.to_string().ends_with("belongs to uid 51021"),
        "{error}"
    );
}

#[test]
fn a_session_over_the_limit_is_not_read() {
    let place = Place::new();
    let name = name();
    let path = place.all.put(&name, &value("x"), 60).unwrap();
    fs::write(&path, vec![0; 4097]).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(place.all.files.now() + Duration::from_secs(60))
        .unwrap();
    assert!(place.all.find(&name, place.now()).is_err());
}

#[test]
fn wherever_a_writer_is_killed_no_file_is_without_its_end() {
    let mut whole = 0;
    for calls in 0..200 {
        let place = Place::new();
        let name = name();
        place.disk.end_after(calls, 4);
        let _ = place.all.put(&name, &value("x"), 1000);
        let was_killed = place.disk.revive();
        let path = place.path(&format!("a/secrets/{name}.session"));
        if let Ok(found) = fs::metadata(&path) {
            assert!(
                found.mtime() as u64 + 1 >= place.now() + 999,
                "after {calls} calls"
            );
            whole += 1;
        }
        // The next one leaves nothing of it.
        place.all.put(&name, &value("y"), 60).unwrap();
        assert_eq!(place.found(&name).as_deref(), Some(&b"y"[..]));
        let names = fs::read_dir(place.path("a/secrets")).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(
            names,
            [file_name(&name), "lock".into()],
            "after {calls} calls"
        );
        if !was_killed {
            assert!(whole > 0 && calls > 20);
            return;
        }
    }
    panic!("it never came to its end");
}

#[test]
fn what_has_ended_and_what_a_killed_writer_left_goes_with_any_other_session() {
    let place = Place::new();
    let (one, ended) = (name(), name());
    let left = place.path(&format!("a/secrets/.{ended}.session.0.tmp"));
    let sessions = |of: &str| place.path(&format!("a/secrets/{of}.session"));
    let leave = || {
        place.all.put(&ended, &value("x"), 60).unwrap();
        place.all.touch(&place.held(&ended), 0).unwrap();
        fs::write(&left, "x").unwrap();
        assert!(sessions(&ended).exists());
    };
    leave();
    place.all.put(&one, &value("y"), 60).unwrap();
    assert!(!sessions(&ended).exists() && !left.exists() && sessions(&one).exists());
    leave();
    assert!(!place.all.remove(&name()).unwrap());
    assert!(!sessions(&ended).exists() && !left.exists() && sessions(&one).exists());
    assert!(place.all.remove(&one).unwrap());
    fs::write(&left, "x").unwrap();
    assert_eq!(place.all.remove_all().unwrap(), 0);
    assert!(!left.exists());
}

#[test]
fn a_session_that_was_removed_replaced_or_has_ended_is_not_renewed() {
    let place = Place::new();
    let name = name();
    place.all.put(&name, &value("x"), 60).unwrap();
    let old = place.held(&name);
    assert!(place.all.renew(&old, &value("y"), 60).unwrap());
    assert!(!place.all.renew(&old, &value("z"), 60).unwrap());
    assert_eq!(place.found(&name).as_deref(), Some(&b"y"[..]));
    let old = place.held(&name);
    place.all.put(&name, &value("new"), 60).unwrap();
    assert!(!place.all.renew(&old, &value("z"), 60).unwrap());
    assert_eq!(place.found(&name).as_deref(), Some(&b"new"[..]));
    let old = place.held(&name);
    place.all.touch(&old, 0).unwrap();
    assert!(!place.all.renew(&old, &value("z"), 60).unwrap());
    place.all.touch(&old, 60).unwrap();
    assert_eq!(
        place.found(&name),
        None,
        "what has ended does not come back"
    );
    place.all.remove(&name).unwrap();
    assert!(!place.all.renew(&old, &value("z"), 60).unwrap());
    assert_eq!(place.found(&name), None);
}

#[test]
fn the_runtime_directory_comes_first_and_each_is_named_once() {
    let paths = |runtime: Option<&str>| {
        let all = RuntimeDirectory::in_memory(7, runtime.map(Path::new));
        all.iter().map(RuntimeDirectory::path).collect::<Vec<_>>()
    };
    let usual = ["/run/user/7/secrets", "/dev/shm/secrets-7"].map(PathBuf::from);
    assert_eq!(paths(None), usual);
    assert_eq!(paths(Some("/run/user/7")), usual);
    assert_eq!(paths(Some("relative")), usual);
    assert_eq!(paths(Some("")), usual);
    assert_eq!(paths(Some("/tmp/x"))[0], Path::new("/tmp/x/secrets"));
    assert_eq!(paths(Some("/tmp/x"))[1..], usual);
}

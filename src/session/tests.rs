//! Both places together: which one is used, and that no session is in two.

use super::*;
use crate::file::tests::skip;
use crate::file::{FilesystemKind, Forms, Identity};
use std::sync::atomic::{AtomicU64, Ordering};

#[path = "../../tests/integration/keyctl.rs"]
pub(super) mod keyctl;

/// A name that no other test uses.
pub(super) fn name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = Files::kernel().now();
    let nanos = now
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_nanos() as u64;
    let process = std::process::id() & 0xffff;
    format!("{nanos:016x}{process:04x}{count:012x}")
}

pub(super) fn value(text: &str) -> SecretValue {
    SecretValue::copy_from(text.as_bytes())
}

fn now() -> u64 {
    let now = Files::kernel().now();
    now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn text(kept: Option<Kept>) -> Option<(String, Place)> {
    kept.map(|kept| {
        let text = String::from_utf8(kept.bytes.expose().to_vec()).unwrap();
        (text, kept.place)
    })
}

/// A directory for `$XDG_RUNTIME_DIR`, unless there is none in memory.
fn runtime(test: &str) -> Option<tempfile::TempDir> {
    let dir = tempfile::tempdir_in("/dev/shm").ok();
    let files = Files::kernel();
    let dir = dir.filter(|dir| {
        let opened = files.directory(dir.path(), crate::file::Walk::Read);
        let kind = opened.and_then(|opened| opened.filesystem());
        kind.is_ok_and(|on| on.kind == FilesystemKind::Memory)
    });
    if dir.is_none() {
        skip(test, "/dev/shm is not in memory");
    }
    dir
}

/// Whether the kernel's keyring may be used here.
pub(super) fn has_keyring(test: &str) -> bool {
    let has = keyring::available().is_ok() && keyring::keep(&name(), &value("x"), 1).is_ok();
    if !has {
        skip(test, "the kernel's keyring cannot be used");
    }
    has
}

#[test]
fn a_name_is_32_hex_digits_and_nothing_else_reaches_a_place() {
    let sessions = Sessions::new(Files::kernel(), None);
    for wrong in [
        "",
        "../../../etc/passwd",
        "0123456789abcdef0123456789abcde",
        "0123456789ABCDEF0123456789abcdef",
        "0123456789abcdef0123456789abcdef0",
    ] {
        assert!(matches!(sessions.load(wrong, 0), Err(Error::Name)));
        assert!(matches!(sessions.remove(wrong), Err(Error::Name)));
        let kept = sessions.keep(wrong, &value("x"), 60);
        assert!(matches!(kept, Err(Error::Name)));
    }
    let long = SecretValue::new(vec![0; 4097]);
    let kept = sessions.keep(&name(), &long, 60);
    assert!(matches!(kept, Err(Error::TooLarge)));
}

#[test]
fn where_the_kernel_lets_us_a_session_is_in_the_keyring_and_in_no_file() {
    let test = "where_the_kernel_lets_us_a_session_is_in_the_keyring_and_in_no_file";
    let Some(dir) = runtime(test).filter(|_| has_keyring(test)) else {
        return;
    };
    let name = name();
    let sessions = Sessions::new(Files::kernel(), Some(dir.path()));
    assert_eq!(sessions.available(), Ok(Place::Keyring));
    // One of the time when the keyring refused.
    sessions.directories.put(&name, &value("old"), 60).unwrap();
    let placed = sessions.keep(&name, &value("new"), 60).unwrap();
    let (place, refused) = (Place::Keyring, None);
    assert_eq!(placed, Placed { place, refused });
    assert_eq!(
        text(sessions.load(&name, now()).unwrap()),
        Some(("new".to_owned(), Place::Keyring))
    );
    assert!(sessions.directories.find(&name, now()).unwrap().is_none());
    assert!(sessions.remove(&name).unwrap());
    assert!(sessions.load(&name, now()).unwrap().is_none());
    assert!(!sessions.remove(&name).unwrap());
}

#[test]
fn where_keyctl_is_forbidden_a_file_is_used_and_the_reason_is_said() {
    let test = "where_keyctl_is_forbidden_a_file_is_used_and_the_reason_is_said";
    let Some(dir) = runtime(test) else {
        return;
    };
    keyctl::forbidden(move || {
        let name = name();
        let sessions = Sessions::new(Files::kernel(), Some(dir.path()));
        let inside = dir.path().join("secrets");
        assert_eq!(sessions.available(), Ok(Place::File(inside.clone())));
        assert!(!inside.exists(), "asking makes nothing");
        let placed = sessions.keep(&name, &value("one"), 60).unwrap();
        let place = Place::File(inside.join(format!("{name}.session")));
        let reason = "the kernel keyring refuses: operation not permitted";
        let refused = Some(reason.to_owned());
        assert_eq!(
            placed,
            Placed {
                place: place.clone(),
                refused
            }
        );
        let kept = sessions.load(&name, now()).unwrap().unwrap();
        assert!((now() + 58..now() + 61).contains(&kept.ends.unwrap()));
        sessions.touch(&kept, &name, 600).unwrap();
        assert!(sessions.renew(&kept, &name, &value("two"), 900).unwrap());
        let kept = sessions.load(&name, now()).unwrap();
        assert!(kept.as_ref().unwrap().ends.unwrap() > now() + 890);
        assert_eq!(text(kept), Some(("two".to_owned(), place)));
        assert!(sessions.remove(&name).unwrap());
        assert!(sessions.load(&name, now()).unwrap().is_none());
        assert_eq!(sessions.remove_all().unwrap(), 0);
    });
}

#[test]
fn without_any_place_every_reason_is_named() {
    keyctl::forbidden(|| {
        // On a disk as far as it can see, for a user whose directories are not there.
        let disk = crate::file::tests::FaultyDisk::new(Path::new("/"));
        disk.pretend(FilesystemKind::Other, false);
        let files = Files::new(disk, Identity::current());
        let sessions = Sessions::new(files, Some(Path::new("/nonexistent")));
        let refused = sessions.keep(&name(), &value("x"), 60).unwrap_err();
        let said = refused.to_string();
        assert!(
            said.starts_with(
                "no place for a session here: the kernel keyring refuses: operation not \
                 permitted; no file or directory \"/nonexistent\"; "
            ),
            "{said}"
        );
        assert!(
            said.contains("refusing: \"/dev/shm\" is not on tmpfs"),
            "{said}"
        );
        let why = sessions.available().unwrap_err();
        assert!(said.ends_with(&why), "{why}");
    });
}

/// The `nth` user (0 to 7) of this run of the tests, and of no other one.
fn uid(nth: u32) -> u32 {
    20_000 + std::process::id() % 5_000 * 8 + nth
}

/// Does `work` as another user, whose keyring is empty before and after.
pub(super) fn as_user(nth: u32, work: impl FnOnce() + Send + 'static) {
    as_user_after(|| (), nth, |()| work());
}

/// The same, with what `before` brings along from the user of before.
pub(super) fn as_user_after<T>(
    before: impl FnOnce() -> T + Send + 'static,
    nth: u32,
    work: impl FnOnce(T) + Send + 'static,
) {
    use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};
    let thread = std::thread::spawn(move || {
        let brought = before();
        let uid = uid(nth);
        let (user, group) = (
            rustix::fs::Uid::from_raw(uid),
            rustix::fs::Gid::from_raw(uid),
        );
        set_thread_groups(&[]).unwrap();
        set_thread_res_gid(group, group, group).unwrap();
        set_thread_res_uid(user, user, user).unwrap();
        let id = linux_keyutils::KeyRingIdentifier::User;
        let ring = linux_keyutils::KeyRing::from_special_id(id, true).unwrap();
        ring.clear().unwrap();
        work(brought);
        ring.clear().unwrap();
    });
    thread.join().unwrap();
}

/// As a user of our own choice, with a directory in memory that is his.
fn at_home(test: &str, nth: u32, work: impl FnOnce(Sessions, PathBuf) + Send + 'static) {
    if !crate::file::tests::is_root(test) || !has_keyring(test) {
        return;
    }
    let Some(dir) = runtime(test) else {
        return;
    };
    std::os::unix::fs::chown(dir.path(), Some(uid(nth)), Some(uid(nth))).unwrap();
    as_user(nth, move || {
        let sessions = Sessions::new(Files::kernel(), Some(dir.path()));
        work(sessions, dir.path().to_path_buf());
    });
}

#[test]
fn a_full_quota_of_keys_leads_to_the_file_and_is_said() {
    use linux_keyutils::{KeyRing, KeyRingIdentifier};
    let test = "a_full_quota_of_keys_leads_to_the_file_and_is_said";
    at_home(test, 1, |sessions, dir| {
        let name = name();
        sessions.keep(&name, &value("old"), 60).unwrap();
        let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false).unwrap();
        let full = (0..100_000).find(|n| ring.add_key(&format!("filler {n}"), "x").is_err());
        assert!(full.is_some());
        let placed = sessions.keep(&name, &value("new"), 60).unwrap();
        let place = Place::File(dir.join(format!("secrets/{name}.session")));
        let reason = "the kernel keyring refuses: this user's quota of keys is used up";
        assert_eq!(placed.refused.as_deref(), Some(reason));
        assert_eq!(placed.place, place);
        let loaded = text(sessions.load(&name, now()).unwrap());
        assert_eq!(loaded, Some(("new".to_owned(), place)));
        assert!(sessions.remove(&name).unwrap());
        assert!(sessions.load(&name, now()).unwrap().is_none());
    });
}

#[test]
fn all_sessions_are_removed_from_both_places_and_nothing_else_is() {
    use linux_keyutils::{KeyRing, KeyRingIdentifier};
    let test = "all_sessions_are_removed_from_both_places_and_nothing_else_is";
    at_home(test, 2, |sessions, dir| {
        let names = [name(), name(), name()];
        sessions.keep(&names[0], &value("a"), 60).unwrap();
        sessions.keep(&names[1], &value("b"), 60).unwrap();
        sessions
            .directories
            .put(&names[2], &value("c"), 60)
            .unwrap();
        let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false).unwrap();
        // Descriptions that no code of ours makes, one longer than the crate can read.
        for other in ["secrets:session:mine", &format!("x{}", "y".repeat(2000))] {
            ring.add_key(other, "x").unwrap();
        }
        let other = dir.join("secrets/notes.session");
        Files::kernel().write_new(&other, b"x").unwrap();
        assert_eq!(sessions.remove_all().unwrap(), 3);
        for name in &names {
            assert!(sessions.load(name, now()).unwrap().is_none());
        }
        assert!(ring.search("secrets:session:mine").is_ok());
        let left = Files::kernel().read(&other, 10, Forms::Files);
        assert_eq!(left.unwrap(), b"x");
        assert_eq!(sessions.remove_all().unwrap(), 0);
    });
}

#[test]
fn a_runtime_directory_of_another_user_is_passed_over() {
    let test = "a_runtime_directory_of_another_user_is_passed_over";
    let Some(dir) = runtime(test) else {
        return;
    };
    // What `su` leaves behind: the variable of the user before, and no way in.
    let path = dir.path().to_path_buf();
    at_home(test, 4, move |_, _| {
        let sessions = Sessions::new(Files::kernel(), Some(&path));
        let name = name();
        let placed = sessions.keep(&name, &value("x"), 60).unwrap();
        assert_eq!(placed.place, Place::Keyring);
        assert!(sessions.load(&name, now()).unwrap().is_some());
        assert!(sessions.remove(&name).unwrap());
        assert_eq!(sessions.remove_all().unwrap(), 0);
    });
}

#[test]
fn another_user_finds_nothing_in_either_place() {
    let test = "another_user_finds_nothing_in_either_place";
    if !crate::file::tests::is_root(test) || !has_keyring(test) {
        return;
    }
    let Some(dir) = runtime(test) else {
        return;
    };
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(dir.path(), open).unwrap();
    let (in_keyring, in_file) = (name(), name());
    let sessions = Sessions::new(Files::kernel(), Some(dir.path()));
    sessions.keep(&in_keyring, &value("a"), 60).unwrap();
    sessions.directories.put(&in_file, &value("b"), 60).unwrap();
    let (names, path) = ([in_keyring, in_file], dir.path().to_path_buf());
    let asked = names.clone();
    as_user(3, move || {
        let path = path.as_path();
        let others = Sessions::new(Files::kernel(), Some(path));
        for name in &asked {
            assert!(others.load(name, now()).unwrap().is_none());
            assert!(!others.remove(name).unwrap());
        }
        assert_eq!(others.remove_all().unwrap(), 0);
        let file = path.join(format!("secrets/{}.session", asked[1]));
        assert!(Files::kernel().read(&file, 99, Forms::Files).is_err());
    });
    for name in &names {
        assert!(sessions.load(name, now()).unwrap().is_some());
        assert!(sessions.remove(name).unwrap());
    }
}

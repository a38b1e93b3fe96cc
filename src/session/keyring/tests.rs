//! Keys of the kernel that these tests run on.

use super::super::tests::{as_user, has_keyring, keyctl, name, value};
use super::*;
use crate::file::tests::{is_root, skip};
use std::process::Command;
use std::time::Duration;

fn found(name: &str) -> Option<Vec<u8>> {
    let loaded = load(name).unwrap();
    loaded.map(|(bytes, _)| bytes.expose().to_vec())
}

fn key(name: &str) -> Key {
    load(name).unwrap().unwrap().1
}

/// Runs a test of this file again in a process of its own, through `program`.
fn again(program: &[&str], test: &str, name: &str) -> std::process::Output {
    let itself = std::env::current_exe().unwrap();
    let mut command = match program {
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command.args(rest).arg(itself);
            command
        }
        [] => Command::new(itself),
    };
    command
        .args(["--exact", "--include-ignored", test])
        .env("SECRETS_TEST_SESSION", name)
        .output()
        .unwrap()
}

/// The name that [`again`] gave.
fn given() -> String {
    std::env::var("SECRETS_TEST_SESSION").unwrap_or_default()
}

#[test]
fn a_session_is_found_replaced_and_removed_and_another_is_not_disturbed() {
    if !has_keyring("a_session_is_found_replaced_and_removed_and_another_is_not_disturbed") {
        return;
    }
    let (one, two) = (name(), name());
    assert_eq!(found(&one), None);
    keep(&one, &value("first"), 60).unwrap();
    keep(&two, &value("other"), 60).unwrap();
    assert_eq!(found(&one).as_deref(), Some(&b"first"[..]));
    keep(&one, &value("a second, longer one"), 60).unwrap();
    assert_eq!(found(&one).as_deref(), Some(&b"a second, longer one"[..]));
    assert_eq!(found(&two).as_deref(), Some(&b"other"[..]));
    assert!(remove(&one).unwrap());
    assert!(!remove(&one).unwrap());
    assert_eq!(found(&one), None);
    assert_eq!(found(&two).as_deref(), Some(&b"other"[..]));
    assert!(remove(&two).unwrap());
}

#[test]
fn the_kernel_ends_a_session_and_use_puts_that_off() {
    if !has_keyring("the_kernel_ends_a_session_and_use_puts_that_off") {
        return;
    }
    let (short, used, endless) = (name(), name(), name());
    keep(&short, &value("x"), 1).unwrap();
    keep(&used, &value("x"), 1).unwrap();
    // 0 would mean "never" to the kernel.
    keep(&endless, &value("x"), 0).unwrap();
    touch(key(&used), 60).unwrap();
    let ended = key(&short);
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(found(&short), None);
    assert_eq!(found(&endless), None);
    assert_eq!(found(&used).as_deref(), Some(&b"x"[..]));
    assert_eq!(touch(ended, 60), Ok(()));
    assert_eq!(found(&short), None, "what has ended does not come back");
    remove(&used).unwrap();
}

#[test]
fn the_rights_are_the_users_alone_and_there_is_an_end() {
    let test = "the_rights_are_the_users_alone_and_there_is_an_end";
    if !has_keyring(test) {
        return;
    }
    let name = name();
    keep(&name, &value("x"), 60).unwrap();
    let Some((left, rights)) = keyctl::line_of(&name) else {
        return skip(test, "/proc/keys is not there");
    };
    // Possessor and user everything, group and others nothing.
    assert_eq!(rights, "3f3f0000");
    assert!(left.ends_with('s') || left == "1m", "{left}");
    let kept = key(&name);
    assert!(renew(kept, &name, &value("y"), 3600).unwrap());
    let (left, rights) = keyctl::line_of(&name).unwrap();
    assert_eq!((left.as_str(), rights.as_str()), ("59m", "3f3f0000"));
    remove(&name).unwrap();
    // Whoever held it, the bytes are gone.
    assert!(size(kept).is_err());
}

#[test]
fn a_kill_before_the_time_out_is_set_leaves_no_key() {
    let test = "a_kill_before_the_time_out_is_set_leaves_no_key";
    let whole = format!("session::keyring::tests::{test}");
    if !given().is_empty() {
        keyctl::kill_at_timeout();
        let _ = keep(&given(), &value("x"), 60);
        return;
    }
    if !has_keyring(test) {
        return;
    }
    let name = name();
    let killed = again(&[], &whole, &name);
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(killed.status.signal(), Some(31), "{killed:?}");
    assert_eq!(found(&name), None);
    // The same, where a session was before: it stays, with its end.
    keep(&name, &value("before"), 60).unwrap();
    again(&[], &whole, &name);
    assert_eq!(found(&name).as_deref(), Some(&b"before"[..]));
    assert_ne!(
        keyctl::line_of(&name).map(|line| line.0).as_deref(),
        Some("perm")
    );
    remove(&name).unwrap();
}

#[test]
fn a_process_in_a_foreign_session_keyring_finds_and_changes_it() {
    let test = "a_process_in_a_foreign_session_keyring_finds_and_changes_it";
    if !given().is_empty() {
        let name = given();
        assert_eq!(found(&name).as_deref(), Some(&b"x"[..]));
        touch(key(&name), 90).unwrap();
        assert!(renew(key(&name), &name, &value("y"), 60).unwrap());
        keep(&name, &value("z"), 60).unwrap();
        return;
    }
    if !has_keyring(test) {
        return;
    }
    // KEYCTL_JOIN_SESSION_KEYRING without a name: a new one, where `@u` is not linked.
    let number = if cfg!(target_arch = "x86_64") {
        "250"
    } else {
        "219"
    };
    let join = "syscall(0 + shift, 1, 0) > 0 or exit 77; exec @ARGV";
    let name = name();
    keep(&name, &value("x"), 60).unwrap();
    let whole = format!("session::keyring::tests::{test}");
    let output = again(&["perl", "-e", join, number], &whole, &name);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(found(&name).as_deref(), Some(&b"z"[..]));
    remove(&name).unwrap();
}

#[test]
fn another_user_may_not_read_or_end_a_key_whose_number_he_knows() {
    let test = "another_user_may_not_read_or_end_a_key_whose_number_he_knows";
    if !has_keyring(test) || !is_root(test) {
        return;
    }
    let name = name();
    keep(&name, &value("x"), 60).unwrap();
    let kept = key(&name);
    as_user(51_010, move || {
        let denied = Refused(KeyError::AccessDenied);
        assert_eq!(read(kept).map(drop), Err(denied));
        assert_eq!(touch(kept, 1), Err(denied));
        assert_eq!(kept.revoke(), Err(denied.0));
        assert_eq!(kept.update(b"y"), Err(denied.0));
    });
    assert_eq!(found(&name).as_deref(), Some(&b"x"[..]));
    remove(&name).unwrap();
}

#[test]
fn a_session_that_was_removed_or_begun_anew_is_not_renewed() {
    if !has_keyring("a_session_that_was_removed_or_begun_anew_is_not_renewed") {
        return;
    }
    let name = name();
    keep(&name, &value("x"), 60).unwrap();
    let old = key(&name);
    assert!(renew(old, &name, &value("y"), 60).unwrap());
    assert!(!renew(old, &name, &value("z"), 60).unwrap());
    assert_eq!(found(&name).as_deref(), Some(&b"y"[..]));
    let old = key(&name);
    keep(&name, &value("new"), 60).unwrap();
    assert!(!renew(old, &name, &value("z"), 60).unwrap());
    assert_eq!(found(&name).as_deref(), Some(&b"new"[..]));
    let old = key(&name);
    remove(&name).unwrap();
    assert!(!renew(old, &name, &value("z"), 60).unwrap());
    assert_eq!(found(&name), None);
    assert_eq!(touch(old, 60), Ok(()));
    assert_eq!(found(&name), None);
}

#[test]
fn a_removal_wins_over_renewals_at_the_same_time() {
    if !has_keyring("a_removal_wins_over_renewals_at_the_same_time") {
        return;
    }
    for _ in 0..200 {
        let name = name();
        keep(&name, &value("x"), 60).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while let Some((_, key)) = load(&name).unwrap() {
                    renew(key, &name, &value("y"), 60).unwrap();
                }
            });
            std::thread::yield_now();
            remove(&name).unwrap();
        });
        assert_eq!(found(&name), None);
    }
}

#[test]
fn readers_find_a_session_whatever_renewals_do() {
    if !has_keyring("readers_find_a_session_whatever_renewals_do") {
        return;
    }
    let name = name();
    keep(&name, &value("x"), 60).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..300 {
                    assert!(load(&name).unwrap().is_some());
                }
            });
        }
        for _ in 0..300 {
            let _ = renew(key(&name), &name, &value("y"), 60).unwrap();
        }
    });
    remove(&name).unwrap();
}

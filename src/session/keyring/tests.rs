//! Keys of the kernel that these tests run on.

use super::super::tests::{as_user, as_user_after, has_keyring, keyctl, name, value};
use super::*;
use crate::file::tests::{is_root, skip};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn found(name: &str) -> Option<Vec<u8>> {
    let loaded = load(name).unwrap();
    loaded.map(|(bytes, _)| bytes.expose().to_vec())
}

fn key(name: &str) -> Key {
    load(name).unwrap().unwrap().1
}

/// The time left and the rights of the session `name`.
fn line_of(name: &str) -> Option<(String, String)> {
    keyctl::line_of(&format!("{:08x}", key(name).get_id().as_raw_id()))
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
    let Some((left, rights)) = line_of(&name) else {
        return skip(test, "/proc/keys is not there");
    };
    // The user everything, possessor, group and others nothing.
    assert_eq!(rights, "003f0000");
    assert!(left.ends_with('s') || left == "1m", "{left}");
    let kept = key(&name);
    assert!(renew(kept, &name, &value("y"), 3600).unwrap());
    let (left, rights) = line_of(&name).unwrap();
    assert!(["59m", "1h"].contains(&left.as_str()), "{left}");
    assert_eq!(rights, "003f0000");
    let kept = key(&name);
    let holder = KeyRing::from_special_id(KeyRingIdentifier::Thread, true).unwrap();
    holder.link_key(kept).unwrap();
    remove(&name).unwrap();
    assert_eq!(
        size(kept),
        Err(Refused(KeyError::KeyRevoked)),
        "whoever holds it"
    );
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
    assert_ne!(line_of(&name).map(|line| line.0).as_deref(), Some("perm"));
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
    as_user(5, move || {
        let denied = Refused(KeyError::AccessDenied);
        assert_eq!(read(kept).map(drop), Err(denied));
        assert_eq!(touch(kept, 1), Err(denied));
        assert_eq!(kept.revoke(), Err(denied.0));
        assert_eq!(kept.update(b"y"), Err(denied.0));
    });
    assert_eq!(found(&name).as_deref(), Some(&b"x"[..]));
    remove(&name).unwrap();
}

/// What `su` does: another user, who still holds this one's keyring.
fn as_heir(work: impl FnOnce(KeyRing) + Send + 'static) {
    let inherits = || {
        let ring = user_keyring().unwrap();
        let own = KeyRing::from_special_id(KeyRingIdentifier::Thread, true).unwrap();
        own.link_keyring(ring).unwrap();
        ring
    };
    as_user_after(inherits, 5, work);
}

#[test]
fn another_user_who_holds_the_keyring_may_not_read_or_prolong_a_key_in_it() {
    let test = "another_user_who_holds_the_keyring_may_not_read_or_prolong_a_key_in_it";
    if !has_keyring(test) || !is_root(test) {
        return;
    }
    let name = name();
    keep(&name, &value("x"), 60).unwrap();
    let kept = key(&name);
    let description = format!("{PREFIX}{name}");
    as_heir(move |ring| {
        let denied = Refused(KeyError::AccessDenied);
        assert!(ring.search(&description).is_err());
        assert_eq!(read(kept).map(drop), Err(denied));
        assert_eq!(touch(kept, 1), Err(denied));
        assert_eq!(kept.revoke(), Err(denied.0));
    });
    assert_eq!(found(&name).as_deref(), Some(&b"x"[..]));
    remove(&name).unwrap();
}

#[test]
fn a_key_that_another_user_put_into_the_keyring_is_no_session() {
    let test = "a_key_that_another_user_put_into_the_keyring_is_no_session";
    if !has_keyring(test) || !is_root(test) {
        return;
    }
    let name = name();
    let description = format!("{PREFIX}{name}");
    as_heir(move |ring| {
        let key = ring.add_key(&description, b"planted").unwrap();
        // So that everybody finds it and may read it.
        key.set_perms(KeyPermissions::from_u32(0x3f3f_3f3f))
            .unwrap();
    });
    assert_eq!(found(&name), None);
    assert!(!remove(&name).unwrap());
    keep(&name, &value("ours"), 60).unwrap();
    assert_eq!(found(&name).as_deref(), Some(&b"ours"[..]));
    assert!(remove(&name).unwrap());
    assert_eq!(found(&name), None);
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
        let is_removed = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                loop {
                    let was_removed = is_removed.load(Ordering::SeqCst);
                    let Some((_, key)) = load(&name).unwrap() else {
                        return;
                    };
                    assert!(!was_removed, "it came back");
                    renew(key, &name, &value("y"), 60).unwrap();
                }
            });
            std::thread::yield_now();
            remove(&name).unwrap();
            is_removed.store(true, Ordering::SeqCst);
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

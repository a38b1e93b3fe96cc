use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::io::Errno;

use super::{Device, Known, Machine};
use crate::crypto::SystemRandom;
use crate::file::Identity;
use crate::file::tests::{Fault, FaultyDisk, is_root};
use crate::store::{Class, Error, Files, Record};
use crate::vault::{ChainId, Fingerprint, Pin, RollbackPolicy, Seen, SlotId, VaultId};

const VAULT: VaultId = VaultId([0xab; 16]);

struct Place {
    #[expect(dead_code, reason = "removed when dropped")]
    directory: tempfile::TempDir,
    disk: Arc<FaultyDisk>,
    state: PathBuf,
    machine: Machine,
}

fn setup() -> Place {
    let directory = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(directory.path());
    let state = directory.path().join("state");
    Place {
        machine: Machine::new(disk.files(), &state),
        directory,
        disk,
        state,
    }
}

impl Place {
    /// The machine as the next command sees it.
    fn next(&self) -> Machine {
        Machine::new(self.disk.files(), &self.state)
    }

    fn root(&self, name: &str) -> PathBuf {
        self.state.join("secrets").join(name)
    }

    fn of_vault(&self, name: &str) -> PathBuf {
        self.root(&VAULT.hex()).join(name)
    }
}

fn seen(head: u64) -> Seen {
    Seen {
        fingerprint: Fingerprint([1; 16]),
        head: (head, [head as u8; 32]),
        rollback: RollbackPolicy::Warn,
        time: 100 + head,
        scopes: [].into(),
        slots: [(SlotId([5; 8]), (1, [7; 32]))].into(),
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn known(byte: u8) -> Known {
    Known {
        vault: VaultId([byte; 16]),
        fingerprint: Fingerprint([byte; 16]),
    }
}

#[test]
fn looking_makes_nothing() {
    let place = setup();
    assert!(place.machine.pin(&VAULT).unwrap().is_none());
    assert!(place.machine.existing(&VAULT).unwrap().is_none());
    assert!(place.machine.known(Path::new("/v")).unwrap().is_none());
    assert!(place.machine.last(&VAULT).is_none());
    assert!(!place.state.exists());
}

#[test]
fn directories_are_0700_and_records_0600_whatever_they_hold() {
    let place = setup();
    let machine = &place.machine;
    machine.raise(&VAULT, &seen(1), None).unwrap();
    machine.raise(&VAULT, &seen(2), None).unwrap();
    machine.device(&mut SystemRandom).unwrap();
    machine.set_known(Path::new("/v"), &known(1)).unwrap();
    machine.set_last(&VAULT, &SlotId([5; 8]), 7);
    for name in ["", "secrets", &format!("secrets/{}", VAULT.hex())] {
        assert_eq!(mode(&place.state.join(name)), 0o700, "{name}");
    }
    for path in ["device", "known", "lock"].map(|name| place.root(name)) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    for path in ["pin", "last", "lock"].map(|name| place.of_vault(name)) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    let left = fs::read_dir(place.of_vault("")).unwrap().count();
    assert_eq!(left, 3, "no temporary file is left");
}

#[test]
fn a_pin_rises_and_never_falls() {
    let place = setup();
    let raise = |head| place.machine.raise(&VAULT, &seen(head), None).unwrap();
    let head = || place.machine.pin(&VAULT).unwrap().unwrap().head.0;
    assert!(raise(3));
    assert_eq!(head(), 3);
    assert!(!raise(2) && !raise(3));
    assert_eq!(head(), 3);
    assert!(raise(4));
    assert_eq!(head(), 4);
    let chain = Some(ChainId([8; 16]));
    let with = |chain| place.machine.raise(&VAULT, &seen(1), chain).unwrap();
    assert!(with(chain) && !with(chain));
    let pin = place.machine.pin(&VAULT).unwrap().unwrap();
    assert_eq!((pin.head.0, pin.chains), (4, vec![ChainId([8; 16])]));
    let lower = Pin::of(&seen(1));
    place.machine.set_pin(&VAULT, &lower).unwrap();
    assert_eq!(place.machine.pin(&VAULT).unwrap(), Some(lower));
}

#[test]
fn a_first_pin_keeps_the_chain_that_began_with_it() {
    let place = setup();
    let chain = ChainId([8; 16]);
    assert!(place.machine.raise(&VAULT, &seen(1), Some(chain)).unwrap());
    let pin = place.machine.pin(&VAULT).unwrap().unwrap();
    assert_eq!(pin.chains, [chain]);
}

#[test]
fn nothing_is_written_or_locked_if_nothing_rose() {
    let place = setup();
    place.machine.raise(&VAULT, &seen(1), None).unwrap();
    place.disk.take_calls();
    place.machine.raise(&VAULT, &seen(1), None).unwrap();
    let calls = place.disk.take_calls();
    let writes = ["open new", "open lock", "lock", "write", "rename", "sync"];
    assert!(writes.iter().all(|call| !calls.contains(call)), "{calls:?}");
    place.machine.raise(&VAULT, &seen(2), None).unwrap();
    let calls = place.disk.take_calls();
    assert!(calls.contains(&"lock") && calls.contains(&"rename"));
    assert!(!calls.contains(&"sync") && !calls.contains(&"sync data"));
}

#[test]
fn the_first_pin_is_on_the_disk() {
    let place = setup();
    place.machine.directory(&VAULT).unwrap();
    place.disk.take_calls();
    place.machine.raise(&VAULT, &seen(1), None).unwrap();
    let calls = place.disk.take_calls();
    assert!(calls.iter().filter(|call| **call == "sync").count() >= 2);
}

#[test]
fn a_pin_that_cannot_be_replaced_stays_whole() {
    for call in ["open new", "write", "rename"] {
        let place = setup();
        place.machine.raise(&VAULT, &seen(1), None).unwrap();
        // The lock file is written too; its text is no matter.
        let nth = usize::from(call == "write");
        place.disk.fail(call, nth, Fault::Error(Errno::NOSPC));
        let error = place.machine.raise(&VAULT, &seen(2), None).err().unwrap();
        assert_eq!(error.class(), Class::Io, "{call}");
        let pin = place.machine.pin(&VAULT).unwrap().unwrap();
        assert_eq!(pin.head.0, 1, "{call}");
        let left = fs::read_dir(place.of_vault("")).unwrap().count();
        assert_eq!(left, 2, "{call}: pin and lock");
    }
}

#[test]
fn a_damaged_pin_is_not_a_missing_one() {
    let place = setup();
    place.machine.raise(&VAULT, &seen(1), None).unwrap();
    let good = fs::read(place.of_vault("pin")).unwrap();
    for bad in [&b""[..], b"\n", &good[..good.len() - 1], b"{\"pin\":2}\n"] {
        fs::write(place.of_vault("pin"), bad).unwrap();
        for error in [
            place.machine.pin(&VAULT).err().unwrap(),
            place.machine.raise(&VAULT, &seen(9), None).err().unwrap(),
        ] {
            assert!(matches!(
                error,
                Error::Damaged {
                    record: Record::Pin,
                    ..
                }
            ));
            assert_eq!(error.class(), Class::Integrity);
            assert!(error.hints()[0].ends_with("secrets trust"));
        }
        assert_eq!(fs::read(place.of_vault("pin")).unwrap(), bad);
    }
    place.machine.set_pin(&VAULT, &Pin::of(&seen(1))).unwrap();
    assert_eq!(fs::read(place.of_vault("pin")).unwrap(), good);
}

#[test]
fn a_link_is_no_missing_pin_and_is_not_followed() {
    let place = setup();
    place.machine.raise(&VAULT, &seen(1), None).unwrap();
    let (pin, real) = (place.of_vault("pin"), place.of_vault("real"));
    fs::rename(&pin, &real).unwrap();
    std::os::unix::fs::symlink(&real, &pin).unwrap();
    for error in [
        place.machine.pin(&VAULT).err().unwrap(),
        place.machine.raise(&VAULT, &seen(2), None).err().unwrap(),
    ] {
        assert!(matches!(error, Error::NotOurs { .. }));
        assert_eq!(error.class(), Class::Integrity);
        let hint = format!("mv {0} {0}.old", pin.display());
        assert!(error.hints()[0].ends_with(&hint));
    }
}

#[test]
fn raising_at_once_loses_nothing() {
    let place = setup();
    let files = Files::kernel();
    std::thread::scope(|scope| {
        for number in 1..=8_u8 {
            let machine = Machine::new(files.clone(), &place.state);
            scope.spawn(move || {
                let mut seen = seen(u64::from(number));
                seen.slots = [(SlotId([number; 8]), (1, [number; 32]))].into();
                let chain = Some(ChainId([number; 16]));
                machine.raise(&VAULT, &seen, chain).unwrap();
            });
        }
    });
    let pin = place.machine.pin(&VAULT).unwrap().unwrap();
    assert_eq!((pin.head.0, pin.slots.len(), pin.chains.len()), (8, 8, 8));
}

#[test]
fn a_record_that_others_may_write_is_refused() {
    let place = setup();
    place.machine.raise(&VAULT, &seen(1), None).unwrap();
    place.machine.set_known(Path::new("/v"), &known(1)).unwrap();
    place.machine.device(&mut SystemRandom).unwrap();
    for (path, bad, good) in [
        (place.of_vault("pin"), 0o620, 0o600),
        (place.of_vault("pin"), 0o602, 0o600),
        (place.of_vault(""), 0o720, 0o700),
        (place.of_vault(""), 0o702, 0o700),
        (place.of_vault(""), 0o1702, 0o700),
        (place.root(""), 0o720, 0o700),
    ] {
        set_mode(&path, bad);
        for error in [
            place.next().pin(&VAULT).err(),
            place.next().raise(&VAULT, &seen(2), None).err(),
        ] {
            let error = error.unwrap_or_else(|| panic!("{} {bad:o}", path.display()));
            assert_eq!(error.class(), Class::Integrity, "{error}");
            assert!(error.hints()[0].starts_with("chmod "), "{error}");
        }
        set_mode(&path, good);
    }
    for (name, error) in [
        ("known", place.machine.known(Path::new("/v")).err()),
        ("device", place.machine.device(&mut SystemRandom).err()),
    ] {
        assert!(error.is_none());
        set_mode(&place.root(name), 0o660);
    }
    let error = place.machine.known(Path::new("/v")).err().unwrap();
    assert_eq!(error.class(), Class::Integrity);
    let error = place.machine.device(&mut SystemRandom).err().unwrap();
    assert_eq!(error.class(), Class::Integrity);
    // That others may read is no danger to memory.
    set_mode(&place.of_vault("pin"), 0o644);
    assert!(place.machine.pin(&VAULT).unwrap().is_some());
}

#[test]
fn a_record_of_somebody_else_is_refused() {
    if !is_root("a_record_of_somebody_else_is_refused") {
        return;
    }
    let user = |euid| Identity { egid: euid, euid };
    for name in ["pin", "", "../"] {
        let place = setup();
        place.machine.raise(&VAULT, &seen(1), None).unwrap();
        // Everything is the user's, but one thing is not.
        for path in ["", "secrets"].map(|p| place.state.join(p)) {
            chown(path, Some(1000), Some(1000)).unwrap();
        }
        for path in ["", "pin", "lock"].map(|p| place.of_vault(p)) {
            chown(path, Some(1000), Some(1000)).unwrap();
        }
        let next = || Machine::new(Files::new(place.disk.clone(), user(1000)), &place.state);
        assert!(next().pin(&VAULT).unwrap().is_some());
        chown(place.of_vault(name), Some(1001), None).unwrap();
        let error = next().pin(&VAULT).err().unwrap();
        assert_eq!(error.class(), Class::Integrity, "{name:?}: {error}");
    }
}

#[test]
fn a_link_is_no_record() {
    let place = setup();
    place.machine.raise(&VAULT, &seen(1), None).unwrap();
    let elsewhere = place.state.join("elsewhere");
    fs::rename(place.of_vault("pin"), &elsewhere).unwrap();
    symlink(&elsewhere, place.of_vault("pin")).unwrap();
    let error = place.machine.pin(&VAULT).err().unwrap();
    assert_eq!(error.class(), Class::Integrity);
}

#[test]
fn a_device_is_made_once_even_by_many() {
    let place = setup();
    let devices: Vec<Device> = std::thread::scope(|scope| {
        let make = || {
            let machine = Machine::new(Files::kernel(), &place.state);
            machine.device(&mut SystemRandom).unwrap()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(devices.iter().all(|device| *device == devices[0]));
    let text = fs::read_to_string(place.root("device")).unwrap();
    let Device { id, alias } = &devices[0];
    assert_eq!(text, format!("{}\n{alias}\n", id.hex()));
    let words: Vec<&str> = alias.split('-').collect();
    let [first, second, number] = words.as_slice() else {
        panic!("{alias}");
    };
    assert!(first.len() > 2 && second.len() > 2);
    assert!((10..100).contains(&number.parse::<u8>().unwrap()));
    let other = setup().machine.device(&mut SystemRandom).unwrap();
    assert_ne!(other.id, *id);
}

#[test]
fn a_damaged_device_is_not_made_anew() {
    let place = setup();
    place.machine.directory(&VAULT).unwrap();
    for bad in [
        "",
        "00112233445566\nname\n",
        "0011223344556677\nname",
        "0011223344556677\n\n",
        "001122334455667A\nname\n",
        "0011223344556677\na b\n",
        "0011223344556677\nname\nmore\n",
    ] {
        fs::write(place.root("device"), bad).unwrap();
        set_mode(&place.root("device"), 0o600);
        let error = place.machine.device(&mut SystemRandom).err();
        let error = error.unwrap_or_else(|| panic!("{bad:?}"));
        assert_eq!(error.class(), Class::Integrity);
        assert_eq!(fs::read_to_string(place.root("device")).unwrap(), bad);
    }
    fs::write(place.root("device"), "0011223344556677\nwork-laptop\n").unwrap();
    let device = place.machine.device(&mut SystemRandom).unwrap();
    assert_eq!(device.alias, "work-laptop");
}

#[test]
fn each_path_knows_its_vault_whatever_bytes_it_has() {
    let place = setup();
    let odd = Path::new(std::ffi::OsStr::from_bytes(b"/tmp/\xff\n\"vault"));
    let paths = [
        Path::new("/srv/app/.vault/vault.json"),
        odd,
        Path::new("/srv/\u{e9}\n\"\\ \u{2028}/vault.json"),
    ];
    for (number, path) in paths.iter().enumerate() {
        let known = known(number as u8);
        place.machine.set_known(path, &known).unwrap();
        assert_eq!(place.machine.known(path).unwrap(), Some(known));
    }
    place.machine.set_known(paths[0], &known(9)).unwrap();
    assert_eq!(place.machine.known(paths[0]).unwrap(), Some(known(9)));
    assert_eq!(place.machine.known(paths[1]).unwrap(), Some(known(1)));
    assert_eq!(place.machine.known(paths[2]).unwrap(), Some(known(2)));
    assert_eq!(place.machine.known(Path::new("/srv")).unwrap(), None);
    let text = fs::read_to_string(place.root("known")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let nine = "09".repeat(16);
    assert_eq!(
        lines[0],
        format!(
            "{{\"path\":\"/srv/app/.vault/vault.json\",\"vault\":\"{nine}\",\
             \"fingerprint\":\"{nine}\"}}"
        )
    );
    assert!(lines[1].starts_with("{\"path64\":\"L3RtcC//CiJ2YXVsdA\","));
    assert_eq!(lines.len(), 3);
    // Saying what is known changes nothing.
    place.disk.take_calls();
    place.machine.set_known(paths[0], &known(9)).unwrap();
    assert!(!place.disk.take_calls().contains(&"rename"));
}

#[test]
fn damage_to_what_is_known_is_said_and_kept() {
    let place = setup();
    place.machine.set_known(Path::new("/v"), &known(1)).unwrap();
    let good = fs::read_to_string(place.root("known")).unwrap();
    for bad in [
        String::new(),
        good.trim_end().to_owned(),
        format!("{good}\n"),
        format!("{good}{good}"),
        format!("{good}{{}}\n"),
        good.replace("\"path\":\"/v\"", "\"path64\":\"L3Y\""),
        good.replace("{\"path\"", "{\"more\":1,\"path\""),
        good.replace(":\"/v\"", ": \"/v\""),
        good.replace("/v", "\\u002fv"),
        good.replace("/v\"", "/v\",\"more\":\"1\""),
        good.replace("\"}", "\"} "),
        good.replace("01\"}", "0A\"}"),
        good.replace("01\"}", "\"}"),
        good.replace("01\"}", "\u{e9}\"}"),
    ] {
        fs::write(place.root("known"), &bad).unwrap();
        for error in [
            place.machine.known(Path::new("/v")).err(),
            place.machine.set_known(Path::new("/w"), &known(2)).err(),
        ] {
            let error = error.unwrap_or_else(|| panic!("{bad:?}"));
            assert_eq!(error.class(), Class::Integrity);
            assert!(error.hints()[0].contains("rm "));
        }
        assert_eq!(fs::read_to_string(place.root("known")).unwrap(), bad);
    }
}

#[test]
fn what_was_last_is_a_help_and_never_an_error() {
    let place = setup();
    let slot = SlotId([5; 8]);
    place.machine.set_last(&VAULT, &slot, 1_767_225_600);
    assert_eq!(place.machine.last(&VAULT), Some((slot, 1_767_225_600)));
    place.machine.set_last(&VAULT, &slot, 1_767_225_601);
    assert_eq!(place.machine.last(&VAULT), Some((slot, 1_767_225_601)));
    for bad in ["", "\n", "BQUFBQUFBQU\n", "BQUFBQUFBQU x\n", "x 1\n"] {
        fs::write(place.of_vault("last"), bad).unwrap();
        assert_eq!(place.machine.last(&VAULT), None, "{bad:?}");
    }
    set_mode(&place.of_vault(""), 0o777);
    place.next().set_last(&VAULT, &slot, 1);
    assert_eq!(place.next().last(&VAULT), None);
}

#[test]
fn a_full_list_of_paths_takes_no_other_and_stays_readable() {
    let place = setup();
    place
        .machine
        .set_known(Path::new("/first"), &known(1))
        .unwrap();
    let long = "x".repeat(4000);
    let hex = "01".repeat(16);
    let line = |n: u32| {
        format!("{{\"path\":\"/{n}/{long}\",\"vault\":\"{hex}\",\"fingerprint\":\"{hex}\"}}\n")
    };
    let full: String = (0..1017).map(line).collect();
    let before = fs::read_to_string(place.root("known")).unwrap() + &full;
    fs::write(place.root("known"), &before).unwrap();
    for n in 0..30 {
        let path = format!("/new/{n}/{long}");
        if place.next().set_known(Path::new(&path), &known(2)).is_err() {
            break;
        }
        assert!(n < 29, "never full");
    }
    let machine = place.next();
    assert_eq!(machine.known(Path::new("/first")).unwrap(), Some(known(1)));
    let changed = machine.set_known(Path::new("/first"), &known(3));
    assert!(changed.is_ok(), "{changed:?}");
}

//! What a log does when the disk, the directory or somebody else is in its way.

use super::*;

#[test]
fn an_append_that_fails_leaves_nothing_behind() {
    let mut probe = Machine::with(2);
    probe.disk.take_calls();
    probe.append(false, &[reading(2)], true).unwrap();
    let calls = probe.disk.take_calls();
    let mut runs = 0;
    for (index, call) in calls.iter().enumerate() {
        let nth = calls[..index].iter().filter(|other| *other == call).count();
        for errno in [Errno::IO, Errno::NOSPC, Errno::DQUOT, Errno::ROFS] {
            let mut machine = Machine::with(2);
            let before = machine.snapshot();
            machine.disk.fail(call, nth, Fault::Error(errno));
            let Err(error) = machine.append(false, &[reading(2)], true) else {
                // Saying who holds the lock may fail.
                assert!(["truncate", "write"].contains(call), "{call} {nth}");
                continue;
            };
            let case = format!("{call} {nth} {errno}: {error}");
            assert_eq!(error.class(), Class::Io, "{case}");
            if *call == "sync data" && nth == 1 {
                // The entry and its state are in the files.
                assert_eq!(machine.actions().len(), 4, "{case}");
            } else {
                assert!(machine.bytes(LOG) == before.0, "{case}");
            }
            let done = machine.session(3).unwrap();
            assert_eq!(done.notices, [], "{case}");
            assert!(machine.sound(), "{case}");
            runs += 1;
        }
    }
    assert!(runs >= 40, "{runs}");
    let mut machine = Machine::with(2);
    let before = machine.snapshot();
    machine.disk.fail("write", 1, Fault::Short(20));
    let error = machine.session(2).unwrap_err();
    assert!(matches!(error, Error::File(file::Error::NoSpace { .. })));
    assert!(machine.snapshot() == before);
}

#[test]
fn a_state_that_cannot_be_written_is_put_back_whichever_slot_counts() {
    for slot in [0, 1] {
        let mut machine = Machine::with(2);
        let mut state = machine.bytes("audit.state");
        let size = state.len() / 2;
        // As a kill between the two slots leaves it: the other one is older.
        let older = Machine::with(1).bytes("audit.state");
        let other = (1 - slot) * size..(2 - slot) * size;
        state[other.clone()].copy_from_slice(&older[other]);
        machine.write("audit.state", &state);
        let before = machine.snapshot();
        // The older one is written first: both at once, or one after the other.
        for nth in 0..2 - slot {
            machine
                .disk
                .fail("write at", nth, Fault::Error(Errno::NOSPC));
            let error = machine.session(2).unwrap_err();
            assert!(matches!(error, Error::File(file::Error::NoSpace { .. })));
            assert!(machine.snapshot() == before, "slot {slot}, write {nth}");
        }
        machine.session(3).unwrap();
        let state = machine.bytes("audit.state");
        assert_eq!(state[..size], state[size..]);
        assert!(machine.sound());
    }
}

#[test]
fn two_states_of_one_number_count_for_nothing() {
    let mut machine = Machine::with(3);
    let state = machine.log.read().unwrap().state.unwrap();
    let one = state.slot(7, 4096).unwrap();
    let mut later = machine.log.read().unwrap().state.unwrap();
    later.len += 1;
    machine.write("audit.state", &[one, later.slot(7, 4096).unwrap()].concat());
    assert!(machine.log.read().unwrap().state.is_none());
    assert!(matches!(machine.session(3), Err(Error::NoChain)));
}

/// What a process was doing when it was killed.
type Act = fn(&mut Machine) -> Result<Done, Error>;

#[test]
fn a_kill_at_every_call_leaves_a_log_that_the_next_append_goes_on_with() {
    let first: Act = |machine| machine.append(true, &[reading(1)], true);
    let second: Act = |machine| machine.append(false, &[reading(1), reading(2)], false);
    let follow: Act = |machine| {
        if machine.bytes(LOG).ends_with(b"tail\n") {
            machine.write(LOG, b"");
        }
        machine.session(3)
    };
    for (name, ready, act) in [
        ("first use", 0, first),
        ("two entries", 2, second),
        ("two entries after more", 3, second),
        ("following", 2, follow),
    ] {
        let mut cut = 0;
        loop {
            let mut done = true;
            // A write of both slots ends in the first, and in the second.
            for eighths in [0, 3, 5] {
                let mut machine = Machine::with(ready);
                let mut lost = Vec::new();
                if name == "following" {
                    lost.push(machine.session(0).unwrap().position);
                    let log = machine.bytes(LOG);
                    machine.write(LOG, &without_last(&log, 2));
                }
                machine.disk.end_after(cut, eighths);
                let result = act(&mut machine);
                let ended = machine.disk.revive();
                done &= !ended;
                let case = format!("{name}, cut at {cut}, {eighths}");
                assert!(ended || result.is_ok(), "{case}");
                let next = machine.append(true, &[reading(9)], false);
                let next = next.unwrap_or_else(|error| panic!("{case}: {error}"));
                assert!(next.position.entries >= 2);
                if name == "following" {
                    machine.accept(&lost, false).unwrap();
                }
                let report = machine.report();
                assert!(machine.sound(), "{case}: {:?}", report.findings);
                // Reported as done is there: the act's own events come before the next one.
                let actions = machine.actions();
                let reads = actions.iter().filter(|action| *action == "read").count();
                if result.is_ok() {
                    let own = if act as usize == second as usize {
                        2
                    } else {
                        1
                    };
                    assert!(reads > own, "{case}");
                }
            }
            if done {
                break;
            }
            cut += 1;
        }
        assert!(cut > 10, "{name}: {cut}");
    }
}

#[test]
fn only_regular_files_of_ours_with_one_name_are_touched() {
    for name in [LOG, "audit.state", "lock"] {
        let plant: [fn(&PathBuf, &PathBuf); 4] = [
            |path, other| symlink(other, path).unwrap(),
            |path, other| fs::hard_link(other, path).unwrap(),
            |path, _| {
                let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
                rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0)
                    .unwrap();
            },
            |path, _| fs::create_dir(path).unwrap(),
        ];
        for (kind, plant) in plant.iter().enumerate() {
            if (name, kind) == ("lock", 1) {
                continue;
            }
            let mut machine = Machine::with(2);
            let moved = machine.path("moved");
            fs::rename(machine.path(name), &moved).unwrap();
            plant(&machine.path(name), &moved);
            let error = machine.read_secret(3).unwrap_err();
            let class = if (name, kind) == ("lock", 3) {
                Class::Io
            } else {
                Class::Integrity
            };
            assert_eq!(error.class(), class, "{name} {kind}: {error}");
        }
    }
}

#[test]
fn files_of_somebody_else_are_refused() {
    if !is_root("files_of_somebody_else_are_refused") {
        return;
    }
    for name in [LOG, "audit.state"] {
        let machine = Machine::with(1);
        for entry in fs::read_dir(machine.place.path()).unwrap() {
            std::os::unix::fs::chown(entry.unwrap().path(), Some(1000), None).unwrap();
        }
        std::os::unix::fs::chown(machine.path(name), Some(1001), None).unwrap();
        let identity = file::Identity {
            egid: 1000,
            euid: 1000,
        };
        let files = file::Files::new(machine.disk.clone(), identity);
        std::os::unix::fs::chown(machine.place.path(), Some(1000), None).unwrap();
        let directory = files.directory(machine.place.path(), Walk::Write).unwrap();
        let log = Log::new(directory);
        let result = log.append(&origin(None), &[], false, &mut Counting(0));
        assert!(
            matches!(
                result,
                Err(Error::File(file::Error::Owner { owner: 1001, .. }))
            ),
            "{name}"
        );
    }
}

#[test]
fn a_held_lock_is_a_conflict_after_half_a_minute() {
    let mut machine = Machine::with(1);
    let files = machine.disk.files();
    let directory = files.directory(machine.place.path(), Walk::Write).unwrap();
    let name = std::ffi::OsStr::new("lock");
    let _held = directory.lock(name, std::time::Duration::ZERO).unwrap();
    let error = machine.session(1).unwrap_err();
    assert_eq!(error.class(), Class::Conflict);
    assert!(machine.disk.waited().as_secs() >= 30);
}

#[test]
fn a_read_only_place_can_still_be_read() {
    let machine = Machine::with(2);
    for errno in [Errno::ROFS, Errno::ACCESS] {
        machine.disk.fail("open lock", 0, Fault::Error(errno));
        let content = machine.log.read().unwrap();
        assert_eq!(content.state.unwrap().next, 3);
        assert_eq!(content.log, machine.bytes(LOG));
    }
    machine.disk.fail("open lock", 0, Fault::Error(Errno::IO));
    assert!(machine.log.read().is_err());
}

#[test]
fn concurrent_appenders_lose_nothing() {
    let machine = Machine::with(1);
    let place = machine.place.path();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(move || {
                let files = file::Files::kernel();
                let log = Log::new(files.directory(place, Walk::Write).unwrap());
                for number in 0..20 {
                    log.append(&origin(None), &[reading(number)], false, &mut Counting(0))
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(machine.actions().len(), 162);
    assert!(machine.sound());
}

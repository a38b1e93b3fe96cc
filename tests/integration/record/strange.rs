//! Places and limits that nobody means, and what an acceptance tells.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::Record;
use crate::harness::Sandbox;

fn with_a() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    sandbox
}

#[test]
fn a_device_that_keeps_nothing_is_no_place_for_entries() {
    let sandbox = with_a();
    for device in ["/dev/null", "/dev/zero", "/dev/full"] {
        let line = format!("SECRETS_AUDIT=fd:3 secrets get A 3>{device}");
        sandbox
            .shell(&line)
            .run()
            .fails(1, &["the audit log cannot be written"]);
    }
}

#[test]
fn a_log_that_others_may_write_is_refused() {
    for name in ["audit.jsonl", "audit.state"] {
        let sandbox = with_a();
        let file = Record::of(&sandbox).dir.join(name);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
        let get = sandbox.secrets(["get", "A"]).run();
        get.fails(6, &["can be", "chmod 600"]);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(sandbox.get("A"), b"value-of-a");
    }
}

#[test]
fn a_place_that_cannot_be_made_is_no_secret_that_is_missing() {
    let sandbox = with_a();
    for args in [&["get", "A"][..], &["get", "A", "--default", "x"]] {
        let get = sandbox.secrets(args).env("SECRETS_STATE_DIR", "/proc");
        get.run()
            .fails(1, &["the audit log cannot be written", "SECRETS_STATE_DIR"]);
    }
}

#[test]
fn a_limit_of_file_sizes_is_an_error_and_no_death() {
    let sandbox = with_a();
    let before = sandbox.vault_bytes();
    let get = sandbox.shell("ulimit -f 0; secrets get A").run();
    get.fails(1, &["the audit log cannot be written"]);
    let set = sandbox.shell(
        "head -c 2000000 /dev/zero | tr '\\0' a > big; ulimit -f 1; secrets set B --from-file big",
    );
    drop(set.run().fails(2, &["1048576"]));
    let set = sandbox.shell("head -c 1000000 /dev/zero | tr '\\0' a > big; ulimit -f 100; secrets set B --from-file big");
    set.run().fails(1, &["vault.json"]);
    assert_eq!(sandbox.vault_bytes(), before);
}

#[test]
fn an_acceptance_tells_for_ever_what_was_accepted() {
    let sandbox = with_a();
    let record = Record::of(&sandbox);
    let log = record.dir.join("audit.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(
        &log,
        text.replacen("\"verb\":\"set\"", "\"verb\":\"get\"", 1),
    )
    .unwrap();
    record.accept("why not");
    let entries = record.entries();
    let found = entries
        .iter()
        .find_map(|entry| entry["data"]["found"].as_array());
    let found = found.expect("the acceptance repeats its findings");
    let said = found[0].as_str().unwrap();
    assert!(said.contains("its hash does not fit"), "{said}");
}

#[test]
fn a_record_that_is_gone_as_a_whole_leaves_what_the_vault_says_of_it() {
    let sandbox = with_a();
    let record = Record::of(&sandbox);
    fs::remove_dir_all(&record.dir).unwrap();
    let verify = sandbox.secrets(["audit", "verify"]).run().ok();
    drop(verify.stderr_has(&[
        "there is no log of this vault on this machine",
        "the log of another device is not here: chain",
    ]));
}

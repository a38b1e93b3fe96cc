//! Who opens the vault: slots that come and go, passphrases that change.

mod terminal;

use std::fs;
use std::path::PathBuf;

use crate::harness::Sandbox;
use crate::output::Output;

pub const FIRST: &str = "the first words of the owner";
pub const SECOND: &str = "the second words of the owner";

/// A vault of one owner with a passphrase, and a secret.
pub fn with_passphrase() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.canary(FIRST);
    sandbox.canary(SECOND);
    let init = sandbox.secrets(["init"]).env("SECRETS_PASSPHRASE", FIRST);
    init.run().ok().stderr_has(&[
        "secrets: hint: a way back when what opens it is lost: secrets key add --recovery",
    ]);
    let set = sandbox.secrets(["set", "A"]);
    let set = set.env("SECRETS_PASSPHRASE", FIRST).stdin("value-of-a");
    set.run().ok().stderr_is("development:/A v1\n");
    sandbox
}

/// Adds a slot with a key of its own, and gives its file.
pub fn with_key(sandbox: &Sandbox, label: &str, role: &str) -> PathBuf {
    let file = sandbox.path(format!("home/{label}.key"));
    let add = ["key", "add", "--label", label, "--role", role, "--key-file"];
    let add = sandbox.secrets(add).arg(&file).run().ok();
    add.stdout_is("").stderr_has(&[&format!(
        "added the slot \"{label}\" ({role}: reads and writes everything"
    )]);
    sandbox.canary(fs::read_to_string(&file).unwrap().trim_end());
    sandbox.allow(&file);
    file
}

pub fn by<'a>(sandbox: &'a Sandbox, key: &PathBuf, args: &[&str]) -> Output<'a> {
    let run = sandbox.secrets(args).env("SECRETS_KEY_FILE", key);
    run.run()
}

fn labels(sandbox: &Sandbox) -> String {
    let list = sandbox.secrets(["key", "list"]).run().ok();
    list.stdout_text()
}

#[test]
fn a_forgotten_passphrase_is_set_anew_with_the_recovery_key() {
    let sandbox = with_passphrase();
    let add = sandbox.secrets(["key", "add", "--recovery"]);
    let add = add
        .env("SECRETS_PASSPHRASE", FIRST)
        .run()
        .ok()
        .stderr_has(&[
            "added the slot \"recovery\" (admin: reads and writes everything",
            "the recovery key is printed this once",
        ]);
    let text = add.stdout_text();
    assert_eq!((text.len(), text.matches('\n').count()), (45, 1));
    sandbox.canary(text.trim_end());
    let key = sandbox.write("home/recovery.key", &text);
    sandbox.allow(&key);
    let new = sandbox.write("home/new.txt", format!("{SECOND}\n"));
    sandbox.allow(&new);
    // Without it there is no way in.
    let get = |words: &str| {
        let get = sandbox.secrets(["get", "A"]);
        get.env("SECRETS_PASSPHRASE", words).run()
    };
    get(SECOND).fails(4, &["wrong passphrase"]);
    let passwd = ["passwd", "--slot", "owner", "--new-passphrase-file"];
    let passwd = sandbox.secrets(passwd).arg(&new);
    let passwd = passwd.env("SECRETS_KEY_FILE", &key).run();
    passwd.ok().stdout_is("").stderr_has(&[
        "changed the passphrase of slot \"owner\"\n",
        "older copies of the file still open with the old one",
    ]);
    get(SECOND).ok().stdout_is("value-of-a");
    get(FIRST).fails(4, &["wrong passphrase"]);
    // The log of the slot goes on, and says that access was changed.
    let verify = sandbox.secrets(["audit", "verify"]);
    let verify = verify.env("SECRETS_PASSPHRASE", SECOND).run();
    drop(
        verify
            .ok()
            .stderr_any("what it found is the business of others"),
    );
    let audit = sandbox.secrets(["audit", "list", "--action", "access"]);
    let audit = audit.env("SECRETS_PASSPHRASE", SECOND).run().ok();
    assert_eq!(audit.stdout_text().matches("\taccess\t").count(), 3);
}

#[test]
fn passwd_changes_the_own_passphrase_and_nothing_else() {
    let sandbox = with_passphrase();
    let before = sandbox.vault_bytes();
    let old = sandbox.write("home/old.txt", FIRST);
    let new = sandbox.write("home/new.txt", SECOND);
    let short = sandbox.write("home/short.txt", "too short");
    sandbox.allow(&old);
    sandbox.allow(&new);
    let passwd = |new: &PathBuf| {
        let passwd = sandbox.secrets(["passwd", "--passphrase-file"]).arg(&old);
        passwd.arg("--new-passphrase-file").arg(new).run()
    };
    passwd(&short).fails(2, &["--new-passphrase-file: ", "at least 15"]);
    let nobody = sandbox.secrets(["passwd", "--passphrase-file"]).arg(&old);
    nobody
        .run()
        .fails(2, &["nobody can be asked", "--new-passphrase-file FILE"]);
    assert_eq!(sandbox.vault_bytes(), before);
    let done = passwd(&new).ok();
    drop(done.stderr_has(&["changed the passphrase of slot \"owner\""]));
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    let (was, is) = (lines(&before), lines(&sandbox.vault_bytes()));
    let differ: Vec<_> = is.iter().zip(&was).filter(|(a, b)| a != b).collect();
    assert_eq!((was.len(), differ.len()), (is.len(), 2));
    // The file before is refused here, and opens where the new one was not seen.
    fs::write(sandbox.vault(), &before).unwrap();
    let get = |state: &str| {
        let get = sandbox
            .secrets(["get", "A"])
            .env("SECRETS_PASSPHRASE", FIRST);
        get.env("SECRETS_STATE_DIR", sandbox.path(state)).run()
    };
    get("state").fails(6, &["secrets trust"]);
    get("run/elsewhere").ok().stdout_is("value-of-a");
}

#[test]
fn a_slot_without_a_passphrase_and_slots_of_others_are_refused() {
    let sandbox = Sandbox::with_vault();
    let member = with_key(&sandbox, "rui", "member");
    let new = sandbox.write("home/new.txt", "words that nobody will use");
    let passwd = |key: &PathBuf, more: &[&str]| {
        let passwd = sandbox
            .secrets(["passwd", "--new-passphrase-file"])
            .arg(&new);
        passwd.args(more).env("SECRETS_KEY_FILE", key).run()
    };
    passwd(&sandbox.key_file(), &[]).fails(
        4,
        &[
            "\"owner\" is opened by a key",
            "secrets passwd --slot LABEL",
        ],
    );
    passwd(&sandbox.key_file(), &["--slot", "ana"]).fails(3, &["no slot \"ana\""]);
    let add = ["key", "add", "--label", "ana", "--passphrase"];
    let add = sandbox.secrets(add).run().ok();
    let words = add.stdout_text();
    drop(add.stderr_has(&["hand these words to the holder of \"ana\""]));
    sandbox.canary(words.trim_end());
    assert_eq!(words.trim_end().split('-').count(), 6);
    passwd(&member, &["--slot", "ana"]).fails(5, &["\"rui\" is no admin's"]);
}

#[test]
fn a_member_lets_nobody_in_and_puts_nobody_out() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let member = with_key(&sandbox, "rui", "member");
    let other = sandbox.path("home/other.key");
    let before = sandbox.vault_bytes();
    for args in [
        &["key", "add", "--recovery"] as &[&str],
        &["key", "add", "--label", "x", "--passphrase"],
        &[
            "key",
            "add",
            "--label",
            "x",
            "--key-file",
            other.to_str().unwrap(),
        ],
        &["key", "remove", "owner", "--yes"],
        &["env", "remove", "staging", "--yes"],
        &["rotate", "--key", "--yes"],
    ] {
        by(&sandbox, &member, args).fails(5, &["\"rui\" is no admin's"]);
    }
    assert!(!other.exists(), "a key was made for nothing");
    assert_eq!(sandbox.vault_bytes(), before);
    by(&sandbox, &member, &["get", "A"])
        .ok()
        .stdout_is("value-of-a");
    let set = ["set", "production:B", "--generate"];
    drop(
        by(&sandbox, &member, &set)
            .ok()
            .stderr_is("production:/B v1\n"),
    );
}

#[test]
fn a_removed_key_opens_nothing_written_afterwards_and_an_old_copy_still() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let rui = with_key(&sandbox, "rui", "member");
    // A seal that names the slot must not outlive it.
    let set = ["set", "staging:B", "--generate"];
    drop(by(&sandbox, &rui, &set).ok().stderr_is("staging:/B v1\n"));
    let old = sandbox.vault_bytes();
    let asked = sandbox.secrets(["key", "remove", "rui"]).run();
    asked.fails(2, &["seal the 2 secrets that it reads", "--yes"]);
    let dry = sandbox.secrets(["key", "remove", "rui", "--dry-run"]).run();
    drop(
        dry.ok()
            .stderr_has(&["would remove the slot \"rui\" (dry run: nothing was written)"]),
    );
    assert_eq!(sandbox.vault_bytes(), old);
    let remove = sandbox
        .secrets(["key", "remove", "rui", "--yes"])
        .run()
        .ok();
    remove.stdout_is("").stderr_has(&[
        "removed the slot \"rui\"\n",
        "older copies of the file still open: 2 secrets to replace",
    ]);
    sandbox.set("A", "value-that-rui-never-sees");
    by(&sandbox, &rui, &["get", "A"]).fails(4, &["this key opens no slot"]);
    assert_eq!(sandbox.get("A"), b"value-that-rui-never-sees");
    assert_eq!(sandbox.get("A@1"), b"value-of-a");
    drop(
        sandbox
            .secrets(["verify"])
            .run()
            .ok()
            .stderr_any("a word on what is whole"),
    );
    // What was copied before is out of reach.
    let copy = sandbox.write("home/copy/vault.json", &old);
    let get = sandbox.secrets(["get", "A", "--vault"]).arg(&copy);
    let get = get.env("SECRETS_STATE_DIR", sandbox.path("run/elsewhere"));
    let get = get.env("SECRETS_KEY_FILE", &rui).run().ok();
    get.stdout_is("value-of-a");
}

#[test]
fn the_last_admin_the_own_slot_and_labels_in_use_are_refused() {
    let sandbox = Sandbox::with_vault();
    let remove = |label: &str| sandbox.secrets(["key", "remove", label, "--yes"]).run();
    remove("owner").fails(8, &["\"owner\" is the last admin"]);
    remove("ana").fails(3, &["no slot \"ana\""]);
    let second = with_key(&sandbox, "second", "admin");
    remove("owner").fails(8, &["\"owner\" is the slot that opened the vault"]);
    let before = sandbox.vault_bytes();
    let add = |args: &[&str]| sandbox.secrets(["key", "add"]).args(args).run();
    add(&["--label", "second", "--passphrase"]).fails(8, &["the slot \"second\" exists"]);
    let key = second.to_str().unwrap();
    add(&["--label", "third", "--key-file", key]).fails(8, &["opens the slot \"second\" already"]);
    add(&["--label", "a b", "--passphrase"]).fails(2, &["is no label"]);
    add(&["--label", "third"]).fails(2, &["--passphrase", "--key-file FILE", "--recovery"]);
    let two = add(&["--label", "x", "--passphrase", "--key-file", key]);
    two.fails(2, &["one of the three"]);
    add(&["--passphrase"]).fails(2, &["needs a label"]);
    assert_eq!(sandbox.vault_bytes(), before);
    let dry = add(&["--recovery", "--dry-run"]).ok();
    drop(
        dry.stdout_is("")
            .stderr_has(&["would add the slot \"recovery\""]),
    );
    assert_eq!(sandbox.vault_bytes(), before);
    // An admin may go when another one takes him out.
    let gone = by(&sandbox, &second, &["key", "remove", "owner", "--yes"]).ok();
    drop(gone.stderr_has(&["secrets: warning: \"owner\" was an admin's"]));
    sandbox.set_default("SECRETS_KEY_FILE", second.to_str().unwrap());
    assert_eq!(labels(&sandbox), "second\tkey\tadmin\t-\n");
}

#[test]
fn slots_are_listed_without_a_credential_where_the_vault_is_known() {
    let sandbox = Sandbox::with_vault();
    with_key(&sandbox, "rui", "member");
    let list = || sandbox.secrets(["key", "list"]).without("SECRETS_KEY_FILE");
    let rows = "owner\tkey\tadmin\t-\nrui\tkey\tmember\t-\n";
    list().run().ok().stdout_is(rows);
    let json = list().arg("--json").run().ok().stdout_text();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["keys"][1]["label"], "rui");
    assert_eq!(json["keys"][1]["role"], "member");
    assert_eq!(json["keys"][0]["expires"], serde_json::Value::Null);
    let elsewhere = || sandbox.path("run/elsewhere");
    let unknown = list().env("SECRETS_STATE_DIR", elsewhere()).run();
    unknown.fails(4, &["a key is needed and none is given"]);
    let first = sandbox.secrets(["key", "list"]);
    let first = first.env("SECRETS_STATE_DIR", elsewhere()).run();
    first.ok().stdout_is(rows);
    // A slot that somebody altered is not listed as if it were.
    let text = String::from_utf8(sandbox.vault_bytes()).unwrap();
    fs::write(
        sandbox.vault(),
        text.replace("\"label\":\"rui\"", "\"label\":\"eva\""),
    )
    .unwrap();
    list()
        .run()
        .fails(6, &["the slot table does not match the head"]);
    sandbox.vault_is_damaged();
}

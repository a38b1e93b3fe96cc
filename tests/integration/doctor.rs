//! `doctor`: what is wrong is found, and the remedy that comes with it mends it.

use std::fs::{self, FileTimes, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::harness::Sandbox;
use crate::output::Status;

/// What `doctor` found: code, address and remedy of each, and what it told.
struct Found {
    findings: Vec<(String, Option<String>, String)>,
    told: String,
}

impl Found {
    fn codes(&self) -> Vec<&str> {
        self.findings
            .iter()
            .map(|(code, ..)| code.as_str())
            .collect()
    }

    /// The remedy of the only finding.
    fn only(&self, code: &str) -> &str {
        assert_eq!(self.codes(), [code]);
        &self.findings[0].2
    }
}

/// A project in git whose vault has a recovery key: nothing is to be found there.
fn well(name: &str) -> Option<Sandbox> {
    let sandbox = Sandbox::on_disk()?;
    let git = sandbox.shell("git --version").run();
    if git.stderr_any("a question").ended() != Status::Code(0) {
        crate::skip::note(name, "git is not installed");
        return None;
    }
    sandbox.init();
    recovery(&sandbox);
    sandbox.set("A", "value-of-a");
    paste(
        &sandbox,
        "git init -q -b main && git config user.email a@example.org && git config user.name A && \
         git add -A && git commit -qm first",
    );
    Some(sandbox)
}

/// Adds a recovery key, which is kept nowhere.
fn recovery(sandbox: &Sandbox) {
    let made = sandbox
        .shell("secrets key add --recovery > /dev/null")
        .run();
    made.ok().stderr_any("where to keep it");
}

/// Runs a remedy as it is, in the shell of somebody who answers yes.
fn paste(sandbox: &Sandbox, remedy: &str) {
    let line = format!("secrets() {{ command secrets \"$@\" --yes; }}\n{remedy}");
    sandbox
        .shell(&line)
        .run()
        .ok()
        .stderr_any("the remedy's own words");
}

fn doctor(sandbox: &Sandbox, args: &[&str]) -> Found {
    let run = sandbox.secrets([&["doctor", "--json"], args].concat());
    judged(sandbox, run.run())
}

fn judged(sandbox: &Sandbox, output: crate::output::Output<'_>) -> Found {
    let mut output = output.stderr_any("judged");
    let status = output.ended();
    let json: Value = serde_json::from_str(&output.stdout_text()).unwrap();
    // Messages show the sandbox as [TMP]; a shell wants the place itself.
    let root = sandbox.root().to_str().unwrap();
    let findings: Vec<_> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().map(|text| text.replace("[TMP]", root));
            (
                text("code").unwrap(),
                text("address"),
                text("remedy").unwrap(),
            )
        })
        .collect();
    assert_eq!(json["ok"], findings.is_empty());
    let expected = if findings.is_empty() { 0 } else { 10 };
    assert_eq!(status, Status::Code(expected), "{}", output.stdout_text());
    Found {
        findings,
        told: output.stderr_text(),
    }
}

/// One finding, whose remedy leaves none.
fn mended(sandbox: &Sandbox, code: &str) {
    let found = doctor(sandbox, &[]);
    paste(sandbox, found.only(code));
    assert_eq!(
        doctor(sandbox, &[]).codes(),
        [""; 0],
        "{code}: {}",
        found.findings[0].2
    );
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Makes a file look as if it were written two hours ago.
fn age(path: &Path) {
    let file = fs::File::options().write(true).open(path).unwrap();
    let then = SystemTime::now() - Duration::from_secs(7200);
    file.set_times(FileTimes::new().set_modified(then)).unwrap();
}

#[test]
fn a_vault_that_is_well_has_no_finding() {
    let Some(sandbox) = well("a_vault_that_is_well_has_no_finding") else {
        return;
    };
    let run = sandbox.secrets(["doctor"]).run().ok();
    run.stdout_is("").stderr_is("nothing was found\n");
    let json = sandbox.secrets(["doctor", "--json"]).run().ok();
    json.stdout_is("{\"schema_version\":1,\"ok\":true,\"findings\":[]}\n")
        .stderr_is("nothing was found\n");
    // Without a credential it says what it did not see, asks nobody, and verifies all the same.
    let bare = sandbox
        .secrets(["doctor"])
        .without("SECRETS_KEY_FILE")
        .run()
        .ok();
    bare.stderr_has(&["not looked at: no credential is set", "nothing was found"]);
    Sandbox::new()
        .secrets(["doctor"])
        .run()
        .fails(3, &["no vault found"]);
}

#[test]
fn a_missing_way_back_is_found_and_mended() {
    let sandbox = Sandbox::with_vault();
    let found = doctor(&sandbox, &[]);
    assert_eq!(found.only("recovery"), "secrets key add --recovery");
    recovery(&sandbox);
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
}

#[test]
fn plain_files_beside_the_vault_are_found_and_their_remedies_work() {
    let name = "plain_files_beside_the_vault_are_found_and_their_remedies_work";
    let Some(sandbox) = well(name) else { return };
    for specimen in [
        ".env.example",
        ".env.sample",
        ".env.local.template",
        ".envrc",
    ] {
        sandbox.write(&format!("project/{specimen}"), "A=1\n");
    }
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
    sandbox.write("project/.env", "A=1\n");
    assert_eq!(
        doctor(&sandbox, &[]).only("env_not_ignored"),
        "echo .env >> .gitignore"
    );
    mended(&sandbox, "env_not_ignored");
    // A last line without its end must not swallow the new one.
    sandbox.write("project/.gitignore", "node_modules\n.env");
    sandbox.write("project/.env.local [a]", "A=1\n");
    mended(&sandbox, "env_not_ignored");
    sandbox.write("project/.env.production", "A=1\n");
    paste(&sandbox, "git add -f .env.production");
    mended(&sandbox, "env_tracked");
    paste(&sandbox, "git add -f .env && git commit -qm oops");
    assert_eq!(
        doctor(&sandbox, &[]).only("env_tracked"),
        "git rm -q --cached .env"
    );
    mended(&sandbox, "env_tracked");
    // The user's own excludes count, and from below the remedy names the place.
    sandbox.write("home/.config/git/ignore", ".env.mine\n");
    sandbox.write("project/.env.mine", "A=1\n");
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
    fs::create_dir(sandbox.path("project/below")).unwrap();
    sandbox.write("project/.env.test", "A=1\n");
    let below = sandbox
        .secrets(["doctor", "--json"])
        .cwd(sandbox.path("project/below"));
    let remedy = judged(&sandbox, below.run())
        .only("env_not_ignored")
        .to_owned();
    let line = sandbox.shell(&remedy).cwd(sandbox.path("project/below"));
    line.run().ok();
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
}

#[test]
fn a_vault_that_git_does_not_keep_well_is_found_and_mended() {
    let name = "a_vault_that_git_does_not_keep_well_is_found_and_mended";
    let Some(sandbox) = well(name) else { return };
    sandbox.write("project/.vault/.gitattributes", "x");
    mended(&sandbox, "git_files");
    assert_eq!(
        fs::read_to_string(sandbox.path("project/.vault/.gitattributes")).unwrap(),
        "x\nvault.json -text\n"
    );
    fs::remove_file(sandbox.path("project/.vault/.gitignore")).unwrap();
    mended(&sandbox, "git_files");
    // A vault that is tracked is not hidden by a line.
    sandbox.write("project/.gitignore", "a\n.vault\nb\n");
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
    paste(&sandbox, "git rm -rq --cached .vault");
    mended(&sandbox, "vault_ignored");
    let lines = fs::read_to_string(sandbox.path("project/.gitignore")).unwrap();
    assert_eq!(lines, "a\nb\n");
}

#[test]
fn unsafe_modes_and_what_killed_writers_left_are_mended_by_paste_and_by_fix() {
    let name = "unsafe_modes_and_what_killed_writers_left_are_mended_by_paste_and_by_fix";
    let Some(sandbox) = well(name) else { return };
    let (vault, key) = (sandbox.vault(), sandbox.key_file());
    let left = sandbox.path("project/.vault/.vault.json.0123456789abcdef.tmp");
    let break_all = || {
        set_mode(&vault, 0o646);
        set_mode(&key, 0o644);
        set_mode(&sandbox.path("project/.vault"), 0o777);
        fs::write(&left, "").unwrap();
        age(&left);
    };
    break_all();
    let found = doctor(&sandbox, &[]);
    let mut codes = found.codes();
    codes.sort_unstable();
    assert_eq!(codes, ["credential_mode", "left_over", "mode", "mode"]);
    assert!(found.told.contains("files are not safe to be used"));
    for (_, _, remedy) in &found.findings {
        paste(&sandbox, remedy);
    }
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
    assert!(!left.exists());
    break_all();
    let fixed = doctor(&sandbox, &["--fix"]);
    assert_eq!(fixed.codes(), [""; 0]);
    assert!(
        fixed.told.contains("removed \"") && fixed.told.contains("closed \""),
        "{}",
        fixed.told
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(
        (
            mode(&key),
            mode(&vault) & 0o002,
            mode(&sandbox.path("project/.vault"))
        ),
        (0o600, 0, 0o775)
    );
    // A file of a writer that may still be at work stays.
    fs::write(&left, "").unwrap();
    assert_eq!(doctor(&sandbox, &["--fix"]).codes(), [""; 0]);
    assert!(left.exists());
    // What is not ours to mend alone stays a finding.
    sandbox.write("project/.env", "A=1\n");
    assert_eq!(doctor(&sandbox, &["--fix"]).codes(), ["env_not_ignored"]);
}

#[test]
fn a_damaged_vault_comes_back_from_git() {
    let Some(sandbox) = well("a_damaged_vault_comes_back_from_git") else {
        return;
    };
    let mut bytes = sandbox.vault_bytes();
    let at = bytes.len() - 200;
    bytes[at] ^= 1;
    fs::write(sandbox.vault(), &bytes).unwrap();
    for without in ["", "SECRETS_KEY_FILE"] {
        let run = sandbox.secrets(["doctor", "--json"]).without(without);
        assert!(
            judged(&sandbox, run.run()).codes().contains(&"vault"),
            "{without}"
        );
    }
    mended(&sandbox, "vault");
    assert_eq!(sandbox.get("A"), b"value-of-a");
}

#[test]
fn an_older_vault_is_found_and_can_be_trusted() {
    let Some(sandbox) = well("an_older_vault_is_found_and_can_be_trusted") else {
        return;
    };
    // Outside of git an older vault is refused, so it must be doctor's to say.
    fs::remove_dir_all(sandbox.path("project/.git")).unwrap();
    let old = sandbox.vault_bytes();
    sandbox.set("A", "another value");
    fs::write(sandbox.vault(), old).unwrap();
    let found = doctor(&sandbox, &[]);
    assert!(found.codes().contains(&"older"), "{:?}", found.findings);
    let remedy = found.findings.iter().find(|one| one.0 == "older").unwrap();
    paste(&sandbox, &remedy.2);
    assert!(!doctor(&sandbox, &[]).codes().contains(&"older"));
}

#[test]
fn a_log_that_was_cut_is_found_and_accepted() {
    let Some(sandbox) = well("a_log_that_was_cut_is_found_and_accepted") else {
        return;
    };
    let record = crate::record::Record::of(&sandbox);
    let log = record.dir.join("audit.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    fs::write(&log, lines[..lines.len() - 1].concat()).unwrap();
    let found = doctor(&sandbox, &[]);
    assert!(
        found.codes().iter().all(|code| *code == "audit"),
        "{:?}",
        found.findings
    );
    paste(&sandbox, &found.findings[0].2);
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
}

#[test]
fn secrets_whose_time_has_come_are_counted() {
    let Some(sandbox) = well("secrets_whose_time_has_come_are_counted") else {
        return;
    };
    for line in [
        "secrets set OLD --raw --expires 1s",
        "secrets set DUE --raw --rotate-every 1s",
    ] {
        sandbox
            .shell(&format!("printf value-that-ages | {line}"))
            .run()
            .ok()
            .stderr_any("its version");
    }
    std::thread::sleep(Duration::from_millis(2100));
    let found = doctor(&sandbox, &[]);
    assert_eq!(found.codes(), ["expired", "due"]);
    assert_eq!(found.findings[0].2, "secrets rotate development:/OLD");
    assert_eq!(found.findings[1].2, "secrets rotate development:/DUE");
    let again = "printf value-that-ages | secrets set OLD2 --raw --expires 1s";
    sandbox.shell(again).run().ok().stderr_any("its version");
    std::thread::sleep(Duration::from_millis(2100));
    let found = doctor(&sandbox, &[]);
    assert_eq!(found.findings[0].2, "secrets list --all-envs --expiring 1s");
    let list = sandbox.shell(&found.findings[0].2).run().ok();
    assert_eq!(list.stdout_text().lines().count(), 2);
}

#[test]
fn settings_that_changed_wait_for_allow_and_broken_ones_are_found() {
    let name = "settings_that_changed_wait_for_allow_and_broken_ones_are_found";
    let Some(sandbox) = well(name) else { return };
    let path = "project/.vault/config.toml";
    sandbox.write(path, "[rotation.A]\nhook = [\"true\"]\n");
    // What was never allowed waits in silence.
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
    paste(&sandbox, "secrets allow");
    sandbox.write(path, "[rotation.A]\nhook = [\"false\"]\n");
    mended(&sandbox, "allow");
    sandbox.write(path, "nonsense = 1\n");
    let found = doctor(&sandbox, &[]);
    let remedy = found.only("settings").to_owned();
    paste(&sandbox, &format!("EDITOR='sed -i.bak d'\n{remedy}"));
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
}

#[test]
fn another_program_that_comes_first_in_path_is_found() {
    let Some(sandbox) = well("another_program_that_comes_first_in_path_is_found") else {
        return;
    };
    let path = format!(
        "{}:{}",
        sandbox.path("tmp/bin").display(),
        crate::harness::SYSTEM_PATH
    );
    for (version, is_found) in [
        ("echo 'secrets 0.0.9'", true),
        ("echo 'usage: secrets'", true),
        ("exit 1", true),
        (
            concat!("echo 'secrets ", env!("CARGO_PKG_VERSION"), "'"),
            false,
        ),
        ("echo 'secrets 99.0.0'", false),
    ] {
        let fake = sandbox.write(
            "tmp/bin/secrets",
            format!("#!/bin/sh\n[ -z \"$SECRETS_KEY_FILE\" ] && {version}\n"),
        );
        set_mode(&fake, 0o700);
        let found = judged(
            &sandbox,
            sandbox
                .secrets(["doctor", "--json"])
                .env("PATH", &path)
                .run(),
        );
        assert_eq!(
            found.codes(),
            if is_found { &["program"][..] } else { &[] },
            "{version}"
        );
        if is_found {
            let line = format!("{}\nsecrets doctor", found.only("program"));
            let pasted = sandbox.shell(&line).env("PATH", &path).run().ok();
            pasted.stderr_is("nothing was found\n");
        }
    }
}

#[test]
fn a_missing_place_for_the_record_is_found() {
    let Some(sandbox) = well("a_missing_place_for_the_record_is_found") else {
        return;
    };
    let run = |line: &str| {
        let shell = sandbox
            .shell(line)
            .without("SECRETS_STATE_DIR")
            .without("HOME");
        shell.run()
    };
    let found = judged(&sandbox, run("secrets doctor --json"));
    let remedy = found.only("state").to_owned();
    let place = sandbox.path("tmp/state");
    let remedy = remedy.replace("/var/tmp/secrets-$(id -u)", place.to_str().unwrap());
    assert!(remedy.starts_with("export SECRETS_STATE_DIR="));
    let after = judged(&sandbox, run(&format!("{remedy}\nsecrets doctor --json")));
    assert!(!after.codes().contains(&"state"));
}

#[test]
fn weak_and_unused_passphrases_are_found_and_mended() {
    let Some(sandbox) = well("weak_and_unused_passphrases_are_found_and_mended") else {
        return;
    };
    let add = "secrets key add --label ana --passphrase > /dev/null";
    let added = sandbox.shell(add).run().ok();
    added.stderr_any("what to do with it");
    mended(&sandbox, "slot_unused");
    // A passphrase of its own, from before the user asked for more.
    let add = "secrets key add --label rui --passphrase > ../harness/words";
    let added = sandbox.shell(add).run().ok();
    added.stderr_any("what to do with it");
    sandbox.write("harness/new", "six words that nobody else has ever said\n");
    let passwd = "secrets passwd --slot rui --new-passphrase-file ../harness/new";
    paste(&sandbox, passwd);
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
    sandbox.write("home/.config/secrets/config.toml", "iterations = 610000\n");
    let found = doctor(&sandbox, &[]);
    assert_eq!(found.only("iterations"), "secrets passwd --slot rui");
    sandbox.write(
        "harness/newer",
        "seven words that nobody else has ever said\n",
    );
    let remedy = found.only("iterations");
    paste(
        &sandbox,
        &format!("{remedy} --new-passphrase-file ../harness/newer"),
    );
    assert_eq!(doctor(&sandbox, &[]).codes(), [""; 0]);
}

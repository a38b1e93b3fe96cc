//! Which vault is at a path: another one would get what was meant for the first.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use crate::command::Run;
use crate::harness::Sandbox;
use crate::pins::{pin, put, record};
use crate::pty;

/// A user that owns nothing on any machine.
const SOMEBODY: u32 = 54_321;

/// The id and the fingerprint of the vault that is there, for who knows nothing yet.
pub fn identity(sandbox: &Sandbox) -> (String, String) {
    let status = sandbox.secrets(["status"]).without("SECRETS_KEY_FILE");
    let status = status.env("SECRETS_STATE_DIR", sandbox.path("harness/nobody"));
    let text = status.run().ok().stderr_any("said").stdout_text();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().split_whitespace().next().unwrap().to_owned()
    };
    (field("id\t"), field("fingerprint\t"))
}

/// A known vault, and the bytes of another one that the same key opens.
fn exchanged() -> (Sandbox, (String, String), Vec<u8>) {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-ours");
    let ours = identity(&sandbox);
    let other = sandbox.path("home/other.json");
    let other = other.to_str().unwrap();
    let init = sandbox.secrets(["--vault", other, "init"]);
    init.run().ok().stderr_any("the greeting");
    let bytes = fs::read(other).unwrap();
    (sandbox, ours, bytes)
}

#[test]
fn another_vault_at_a_known_path_is_refused_whoever_signed_it() {
    let (sandbox, ours, other) = exchanged();
    put(&sandbox, &other);
    let text = format!("this path held another vault: {} was here, ", ours.0);
    for args in [
        &["get", "A"][..],
        &["set", "B", "--generate"],
        &["verify"],
        &["list", "--accept-older"],
    ] {
        let refused = sandbox.secrets(args).run();
        refused.fails(6, &[&text, " is here now", "hint", "secrets trust\n"]);
    }
    fs::create_dir(sandbox.path("project/.git")).unwrap();
    sandbox.secrets(["get", "A"]).run().fails(6, &[&text]);
    assert_eq!(sandbox.vault_bytes(), other);
    // Elsewhere the same file is a vault like any other.
    let there = sandbox.path("home/other.json");
    sandbox
        .secrets(["--vault", there.to_str().unwrap(), "list"])
        .run()
        .ok();
}

#[test]
fn trust_on_a_terminal_shows_both_and_takes_no_for_an_answer() {
    if !pty::available() {
        skip!(
            "trust_on_a_terminal_shows_both_and_takes_no_for_an_answer",
            "setsid is missing"
        );
    }
    let (sandbox, ours, other) = exchanged();
    put(&sandbox, &other);
    let theirs = identity(&sandbox);
    assert!(ours.0 != theirs.0 && ours.1 != theirs.1);
    let known = fs::read(sandbox.path("state/secrets/known")).unwrap();
    for answer in ["\r", "n\r"] {
        let mut terminal = sandbox.secrets(["trust"]).on_terminal();
        terminal.expect("[y/N]").send(answer);
        let ended = terminal.wait().status(0);
        ended
            .screen_has(&format!("before: vault {}, admin {}", ours.0, ours.1))
            .screen_has(&format!("now: vault {}, admin {}", theirs.0, theirs.1))
            .screen_has("nothing was changed");
        sandbox.secrets(["list"]).run().fails(6, &["another vault"]);
    }
    assert_eq!(
        fs::read(sandbox.path("state/secrets/known")).unwrap(),
        known
    );
    let mut terminal = sandbox.secrets(["trust"]).on_terminal();
    terminal.expect("[y/N]").send("y\r");
    terminal.wait().status(0).screen_has("trusted from now on");
    sandbox.secrets(["list"]).run().ok();
}

#[test]
fn without_a_terminal_trust_needs_the_right_fingerprint() {
    let (sandbox, ours, other) = exchanged();
    put(&sandbox, &other);
    let (_, theirs) = identity(&sandbox);
    let trust = |args: &[&str]| sandbox.secrets(["trust"]).args(args).run();
    let hint = format!("secrets: hint: if it is: secrets trust {theirs}\n");
    trust(&[]).fails(6, &["nobody can be asked", &hint]);
    trust(&["--yes"]).fails(6, &["nobody can be asked", &hint]);
    let wrong = format!("vault is signed by admin {theirs}, not by {}", ours.1);
    trust(&[&ours.1]).fails(6, &[&wrong]);
    for malformed in ["", "x", &theirs[1..], &format!("{theirs}0")] {
        trust(&[malformed]).fails(2, &["is no fingerprint: 32 hexadecimal digits"]);
    }
    sandbox.secrets(["list"]).run().fails(6, &["another vault"]);
    trust(&[&theirs])
        .ok()
        .stderr_has(&["before: ", "now: ", "trusted from now on"]);
    sandbox.secrets(["list"]).run().ok();
    // It was this one path, and not every vault from now on.
    let third = sandbox.path("home/third.json");
    let third = third.to_str().unwrap();
    let init = sandbox.secrets(["--vault", third, "init"]);
    init.run().ok().stderr_any("the greeting");
    put(&sandbox, fs::read(third).unwrap());
    sandbox.secrets(["list"]).run().fails(6, &["another vault"]);
}

#[test]
fn trust_forgets_how_far_the_vault_was_and_keeps_the_chains() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "first-value");
    let yesterday = sandbox.vault_bytes();
    sandbox.set("A", "second-value");
    put(&sandbox, yesterday);
    let chains = pin(&sandbox)["chains"].clone();
    let (_, fingerprint) = identity(&sandbox);
    let trust = sandbox.secrets(["trust", &fingerprint]).run();
    trust.ok().stderr_has(&["trusted from now on"]);
    // Before anything else is recorded, which would name the chain again.
    assert_eq!(pin(&sandbox)["chains"], chains);
    let get = sandbox.secrets(["get", "A"]).run();
    get.ok().stdout_is("first-value");
}

#[test]
fn a_vault_that_does_not_verify_is_not_trusted() {
    let (sandbox, _, other) = exchanged();
    let text = String::from_utf8(other).unwrap();
    put(&sandbox, text.replacen("\"keep\":10", "\"keep\":11", 1));
    sandbox.vault_is_damaged();
    let (_, fingerprint) = identity(&sandbox);
    let trust = sandbox.secrets(["trust", &fingerprint]).run();
    trust.fails(6, &["head signature invalid"]);
}

#[test]
fn a_new_vault_at_the_place_of_a_deleted_one_is_known_at_once() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let ours = identity(&sandbox);
    fs::remove_file(sandbox.vault()).unwrap();
    let init = sandbox.secrets(["init"]).run();
    init.ok().stderr_any("the greeting");
    sandbox.set("A", "value-of-another");
    assert_eq!(sandbox.get("A"), b"value-of-another");
    let now = identity(&sandbox);
    assert_ne!(now, ours);
    let known = fs::read_to_string(sandbox.path("state/secrets/known")).unwrap();
    assert_eq!(known.lines().count(), 1);
    assert!(known.contains(&now.0) && known.contains(&now.1));
}

/// What was done to a file.
type Damage = (&'static str, fn(&Path));

/// Damage to a record that is never taken for "nothing is known".
const DAMAGE: [Damage; 7] = [
    ("empty", |path| fs::write(path, "").unwrap()),
    ("a line feed", |path| fs::write(path, "\n").unwrap()),
    ("garbage", |path| fs::write(path, [0xff; 100]).unwrap()),
    ("cut", |path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() - 1]).unwrap();
    }),
    ("group-writable", |path| {
        fs::set_permissions(path, fs::Permissions::from_mode(0o620)).unwrap();
    }),
    ("a link", |path| {
        let real = path.with_extension("real");
        fs::rename(path, &real).unwrap();
        symlink(&real, path).unwrap();
    }),
    ("a directory", |path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    }),
];

/// Does what the last hint says, after its colon.
fn follow(sandbox: &Sandbox, run: Run<'_>, what: &str) {
    let mut refused = run.run();
    assert_eq!(refused.ended(), crate::output::Status::Code(6), "{what}");
    let text = refused.stderr_any("it is followed").stderr_text();
    let hint = text.lines().last().unwrap();
    let hint = hint.strip_prefix("secrets: hint: ");
    let hint = hint.unwrap_or_else(|| panic!("{what}: no way out:\n{text}"));
    let command = hint.rsplit(": ").next().unwrap();
    let command = command.replace("[TMP]", sandbox.root().to_str().unwrap());
    let command = match command.as_str() {
        // The one that shows what it would trust, and says how to go on.
        "secrets trust" => {
            let (_, fingerprint) = identity(sandbox);
            format!("{command} {fingerprint}")
        }
        _ => command,
    };
    sandbox.shell(&command).run().ok().stderr_any("the way out");
}

#[test]
fn a_damaged_record_is_no_missing_one_and_has_a_way_out() {
    for (what, damage) in DAMAGE {
        for name in ["pin", "known", "device"] {
            let sandbox = Sandbox::with_vault();
            sandbox.set("A", "value-of-a");
            let path = match name {
                "pin" => record(&sandbox, name),
                _ => sandbox.path("state/secrets").join(name),
            };
            damage(&path);
            let what = format!("{name}: {what}");
            follow(&sandbox, sandbox.secrets(["get", "A"]), &what);
            let get = sandbox.secrets(["get", "A"]).run().ok();
            get.stdout_is("value-of-a");
        }
    }
}

#[test]
fn a_record_of_somebody_else_is_refused() {
    let name = "a_record_of_somebody_else_is_refused";
    if !rustix::process::geteuid().is_root() {
        skip!(name, "only root can act as another user");
    }
    for name in ["pin", "known", "device"] {
        let sandbox = Sandbox::with_vault();
        sandbox.set("A", "value-of-a");
        for path in [
            sandbox.root(),
            &sandbox.project(),
            &sandbox.path("project/.vault"),
        ] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let program = sandbox.path("secrets");
        fs::copy(env!("CARGO_BIN_EXE_secrets"), &program).unwrap();
        let (home, root) = (sandbox.path("home"), sandbox.path("state"));
        fs::set_permissions(sandbox.vault(), fs::Permissions::from_mode(0o644)).unwrap();
        fs::create_dir(sandbox.path("project/.git")).unwrap();
        let mut all = vec![home, root.clone(), sandbox.key_file()];
        let mut left = vec![root];
        while let Some(path) = left.pop() {
            for entry in fs::read_dir(&path).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    left.push(path.clone());
                }
                all.push(path);
            }
        }
        for path in all {
            chown(path, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
        }
        let get = || {
            Run::new(&sandbox, &program)
                .args(["get", "A"])
                .uid(SOMEBODY)
        };
        get().run().ok().stdout_is("value-of-a");
        let path = match name {
            "pin" => record(&sandbox, name),
            _ => sandbox.path("state/secrets").join(name),
        };
        chown(&path, Some(0), Some(0)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let hint = format!(
            "mv [TMP]{0} [TMP]{0}.old",
            path.to_str()
                .unwrap()
                .replace(sandbox.root().to_str().unwrap(), "")
        );
        get().run().fails(6, &["uid 0", &hint]);
        let aside = sandbox.shell(&hint.replace("[TMP]", sandbox.root().to_str().unwrap()));
        aside.uid(SOMEBODY).run().ok();
        get().run().ok().stdout_is("value-of-a");
    }
}

//! What attackers with fresh eyes tried, each with what must happen.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::json;

use crate::attacks::{Maker, sandbox_with};
use crate::harness::Sandbox;
use crate::pty;
use crate::twin::Twin;

#[test]
fn a_value_is_never_written_over_the_vault_or_what_opens_it() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let (vault, key) = (
        sandbox.vault_bytes(),
        std::fs::read(sandbox.key_file()).unwrap(),
    );
    let get = |to: &str| sandbox.secrets(["get", "A", "-o", to]).run();
    for name in ["vault.json", ".vault.json.lock", "config.toml", "new"] {
        let to = format!(".vault/{name}");
        get(&to).fails(2, &["it lies in the directory of the vault"]);
    }
    get(sandbox.key_file().to_str().unwrap()).fails(2, &["it holds what opens the vault"]);
    let plain = sandbox.write("project/plain.json", &vault);
    let plain = plain.to_str().unwrap();
    let over = ["--vault", plain, "get", "A", "-o", plain];
    sandbox.secrets(over).run().fails(2, &["it is the vault"]);
    assert_eq!(sandbox.vault_bytes(), vault);
    assert_eq!(std::fs::read(sandbox.key_file()).unwrap(), key);
    get("-").ok().stdout_is("value-of-a");
}

#[test]
fn settings_that_others_may_write_are_refused() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let user = sandbox.write(
        "home/.config/secrets/config.toml",
        "environment = \"staging\"\n",
    );
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&user, 0o620);
    sandbox
        .secrets(["get", "A"])
        .run()
        .fails(6, &["config.toml", "chmod"]);
    mode(&user, 0o644);
    sandbox
        .secrets(["get", "A"])
        .run()
        .fails(3, &["in staging:/"]);
    std::fs::remove_file(&user).unwrap();
    let project = sandbox.write("project/.vault/config.toml", "environment = \"staging\"\n");
    mode(&project, 0o666);
    sandbox
        .secrets(["get", "A"])
        .run()
        .fails(6, &["config.toml"]);
    mode(&project, 0o664);
    sandbox
        .secrets(["get", "A"])
        .run()
        .fails(3, &["in staging:/"]);
}

#[test]
fn a_foreign_users_settings_name_no_command_for_root() {
    if !rustix::process::geteuid().is_root() {
        skip!(
            "a_foreign_users_settings_name_no_command_for_root",
            "not root"
        );
    }
    let sandbox = Sandbox::with_vault();
    let text = "key_command = [\"touch\", \"/nonexistent/never\"]\n";
    let user = sandbox.write("home/.config/secrets/config.toml", text);
    std::os::unix::fs::chown(&user, Some(1000), Some(1000)).unwrap();
    sandbox
        .secrets(["list"])
        .run()
        .fails(6, &["config.toml", "1000"]);
}

#[test]
fn run_starts_with_everything_of_its_folders_or_not_at_all() {
    let Some(twin) = Twin::start() else {
        skip!(
            "run_starts_with_everything_of_its_folders_or_not_at_all",
            "the twin does not run"
        );
    };
    let mut maker = Maker::init(twin, "hidden", &["prod"]);
    maker.step(json!({"op": "envcreate", "env": "prod", "pre": "infra/"}));
    maker.set(
        "prod",
        &[("ONE", "value-of-one"), ("infra/ROOT", "value-of-root")],
    );
    maker.step(json!({
        "op": "slot", "label": "reader", "token": true, "role": "member",
        "caps": [{"env": "prod", "m": "r"}],
    }));
    let sandbox = sandbox_with(&maker.file);
    let run = |args: &[&str]| {
        let run = sandbox
            .secrets(["run"])
            .args(args)
            .args(["--", "printenv", "ONE"]);
        run.without("SECRETS_KEY_FILE")
            .env("SECRETS_TOKEN", &maker.tokens["reader"])
            .run()
    };
    run(&[]).ok().stdout_is("value-of-one\n");
    run(&["-r"]).fails(
        125,
        &["the slot cannot read prod/infra/, which belongs to /"],
    );
    run(&["-r", "--only", "ONE"])
        .ok()
        .stdout_is("value-of-one\n");
    run(&["-p", "/infra"]).fails(125, &["the slot cannot read prod/infra/"]);
}

#[test]
fn json_carries_nothing_that_a_terminal_obeys() {
    let sandbox = Sandbox::with_vault();
    let note = "a\u{9b}31mb\u{202e}c\u{7f}";
    sandbox
        .secrets(["set", "A", "--note", note])
        .stdin("value-of-a")
        .run()
        .ok()
        .stderr_any("said");
    let list = sandbox.secrets(["list", "A", "--json"]).run().ok();
    let text = String::from_utf8(list.stdout().to_vec()).unwrap();
    assert!(text.contains("\\u009b31m") && text.contains("\\u202e") && text.contains("\\u007f"));
    assert!(!text.contains('\u{9b}') && !text.contains('\u{202e}') && !text.contains('\u{7f}'));
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["secrets"][0]["note"], note);
}

#[test]
fn a_setuid_program_is_refused() {
    if !rustix::process::geteuid().is_root() {
        skip!("a_setuid_program_is_refused", "not root");
    }
    let dir = tempfile::tempdir_in("/tmp").unwrap();
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(dir.path(), 0o755);
    let run = |program: &str, name: &str, arg: &str| {
        use std::os::unix::process::CommandExt;
        let copy = dir.path().join(name);
        std::fs::copy(program, &copy).unwrap();
        mode(&copy, 0o4755);
        // Another test's child may hold the copy open for a moment, as everything
        // that was open when it was forked.
        let busy = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ExecutableFileBusy;
        loop {
            let output = Command::new(&copy).arg(arg).uid(1000).gid(1000).output();
            match output {
                Err(error) if busy(&error) => std::thread::yield_now(),
                other => break other.unwrap(),
            }
        }
    };
    if run("/usr/bin/id", "id", "-u").stdout != b"0\n" {
        skip!(
            "a_setuid_program_is_refused",
            "the file system ignores setuid"
        );
    }
    let output = run(env!("CARGO_BIN_EXE_secrets"), "secrets", "--version");
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("refusing to run with the rights of another user"),
        "{text}"
    );
}

#[test]
fn color_is_what_the_flag_says_in_errors_too() {
    let sandbox = Sandbox::with_vault();
    let piped = sandbox.secrets(["--color", "always", "get", "NOPE"]).run();
    piped.status(3).stderr_has(&["\u{1b}[1;31merror:"]);
    if !pty::available() {
        skip!(
            "color_is_what_the_flag_says_in_errors_too",
            "setsid is missing"
        );
    }
    let terminal = sandbox
        .secrets(["--color", "never", "get", "NOPE"])
        .on_terminal();
    terminal
        .wait()
        .status(3)
        .screen_has("secrets: error: no secret named");
    let terminal = sandbox.secrets(["get", "NOPE"]).on_terminal();
    terminal
        .wait()
        .status(3)
        .screen_lacks("secrets: error: no secret named");
}

#[test]
fn a_file_without_its_first_line_is_given_to_no_shell() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let script = sandbox.write("project/script", "echo ran\n");
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = sandbox.secrets(["run", "--", "./script"]).run();
    run.fails(126, &["it has no \"#!\" line"]);
    let run = sandbox.secrets(["run", "--", "sh", "./script"]).run();
    run.ok().stdout_is("ran\n");
}

#[test]
fn a_umask_that_takes_the_owners_own_bits_locks_nobody_out() {
    let sandbox = Sandbox::with_vault();
    let lock = sandbox.path("project/.vault/.vault.json.lock");
    std::fs::remove_file(&lock).unwrap();
    let set = sandbox
        .secrets(["set", "A", "--generate"])
        .after("umask 0277");
    set.run().ok().stderr_any("said");
    assert_eq!(
        std::fs::metadata(lock).unwrap().permissions().mode() & 0o777,
        0o600
    );
    sandbox
        .secrets(["set", "A", "--generate"])
        .run()
        .ok()
        .stderr_any("said");
}

#[test]
fn one_input_is_not_read_for_two_things_and_two_environments_are_not_one() {
    let sandbox = Sandbox::with_vault();
    let key = std::fs::read(sandbox.key_file()).unwrap();
    let set = sandbox.secrets(["set", "A", "-", "--raw", "--key-file", "/dev/stdin"]);
    set.stdin(key)
        .run()
        .fails(2, &["cannot both come from standard input"]);
    let both = sandbox
        .secrets(["set", "-e", "prod", "dev:A", "value-of-a"])
        .run();
    both.status(2)
        .stderr_has(&["\"dev:A\" and -e production name two environments"]);
    let same = sandbox
        .secrets(["set", "-e", "prod", "production:A", "--generate"])
        .run();
    same.ok().stderr_is("production:/A v1\n");
}

#[test]
fn a_passphrase_in_a_variable_is_taken_as_it_is() {
    let sandbox = Sandbox::new();
    let words = "a passphrase of several words";
    let init = sandbox
        .secrets(["init"])
        .env("SECRETS_PASSPHRASE", format!("{words}\n"));
    init.run().fails(4, &["without control characters"]);
    let file = sandbox.write("home/words", format!("{words}\n"));
    let init = sandbox
        .secrets(["init"])
        .env("SECRETS_PASSPHRASE_FILE", file.to_str().unwrap());
    init.run().ok().stderr_any("said");
    let get = sandbox.secrets(["list"]).env("SECRETS_PASSPHRASE", words);
    get.run().ok();
}

#[test]
fn a_credential_file_that_is_unsafe_is_6_and_one_that_is_none_is_4() {
    let Some(sandbox) = Sandbox::on_disk() else {
        skip!(
            "a_credential_file_that_is_unsafe_is_6_and_one_that_is_none_is_4",
            "no disk"
        );
    };
    sandbox.init();
    sandbox.set("A", "value-of-a");
    let get = |file: &str| sandbox.secrets(["get", "A", "--key-file", file]).run();
    let key = sandbox.key_file();
    let link = sandbox.path("home/link");
    std::os::unix::fs::symlink(&key, &link).unwrap();
    get(link.to_str().unwrap()).fails(6, &["--key-file: "]);
    let large = sandbox.write("home/large", vec![b'a'; 10_000]);
    get(large.to_str().unwrap()).fails(4, &["--key-file: ", "is larger than 8192 bytes"]);
    get(sandbox.path("home").to_str().unwrap()).fails(4, &["--key-file: ", "is a directory"]);
    get("/nonexistent/key").fails(4, &["--key-file: no file or directory"]);
    sandbox
        .secrets(["get", "A", "--passphrase-fd", "9"])
        .run()
        .fails(4, &["--passphrase-fd: "]);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    get(key.to_str().unwrap()).fails(6, &["--key-file: ", "chmod 600"]);
}

#[test]
fn a_value_goes_into_a_git_work_tree_only_if_it_is_ignored_or_forced() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    std::fs::create_dir(sandbox.path("project/.git")).unwrap();
    sandbox.write("project/.gitignore", "ignored\n");
    let get = |args: &[&str]| sandbox.secrets(["get", "A", "-o"]).args(args).run();
    get(&["plain"]).fails(2, &["\"plain\": git does not ignore it", "hint: --force"]);
    assert!(!sandbox.path("project/plain").exists());
    get(&["ignored"]).ok();
    get(&["plain", "--force"]).ok();
    for name in ["plain", "ignored"] {
        let path = sandbox.path("project").join(name);
        assert_eq!(std::fs::read(&path).unwrap(), b"value-of-a");
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        sandbox.allow(&path);
    }
    sandbox
        .secrets(["get", "A", "--force"])
        .run()
        .fails(2, &["--output"]);
}

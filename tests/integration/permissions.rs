//! Owners, modes and links of the vault and of key files.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use crate::command::Run;
use crate::harness::{Sandbox, is_memory};

/// A user and a group that own nothing on any machine.
const SOMEBODY: u32 = 54_321;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A vault with one secret, on a disk.
fn on_disk() -> Option<Sandbox> {
    let sandbox = Sandbox::on_disk()?;
    sandbox.init();
    sandbox.set("A", "value-of-a");
    Some(sandbox)
}

/// Lets another user into the sandbox, with the program and a key of his own, but not into the project.
fn admit(sandbox: &Sandbox) -> PathBuf {
    set_mode(sandbox.root(), 0o755);
    set_mode(&sandbox.project(), 0o755);
    set_mode(&sandbox.path("project/.vault"), 0o755);
    for name in ["home", "run", "tmp", "state", "home/key"] {
        chown(sandbox.path(name), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    }
    // What root's machine knows is not somebody's; his own record begins empty.
    drop(fs::remove_dir_all(sandbox.path("state/secrets")));
    let program = sandbox.path("secrets");
    fs::copy(env!("CARGO_BIN_EXE_secrets"), &program).unwrap();
    set_mode(&program, 0o755);
    program
}

fn as_somebody<'a>(sandbox: &'a Sandbox, program: &Path, args: &[&str]) -> Run<'a> {
    Run::new(sandbox, program).args(args).uid(SOMEBODY)
}

fn root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn everything_made_is_private_whatever_the_umask() {
    for umask in ["umask 000", "umask 077"] {
        let sandbox = Sandbox::new();
        let key = sandbox.key_file();
        let init = sandbox
            .secrets(["init", "--key-file"])
            .arg(&key)
            .after(umask);
        init.run().ok().stderr_any("the greeting");
        let set = sandbox
            .secrets(["set", "A", "--generate", "--key-file"])
            .arg(&key)
            .after(umask);
        set.run().ok().stderr_any("the report of a write");
        assert_eq!(mode(&sandbox.path("project/.vault")), 0o700);
        let mut dirs = vec![
            sandbox.path("project/.vault"),
            sandbox.path("state"),
            sandbox.path("home"),
        ];
        while let Some(dir) = dirs.pop() {
            for entry in fs::read_dir(&dir).unwrap() {
                let path = entry.unwrap().path();
                assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
                if path.is_dir() {
                    dirs.push(path);
                }
            }
        }
    }
}

#[test]
fn a_vault_that_others_can_read_is_fine_in_a_git_work_tree_only() {
    let Some(sandbox) = on_disk() else {
        skip!(
            "a_vault_that_others_can_read_is_fine_in_a_git_work_tree_only",
            "no disk for temporary files"
        );
    };
    let vault = sandbox.vault();
    set_mode(&vault, 0o644);
    let text = [
        "\"",
        "vault.json\" can be read by other users (mode 0644)",
        "secrets: hint: chmod 600 ",
    ];
    sandbox.secrets(["get", "A"]).run().fails(6, &text[1..]);
    fs::create_dir(sandbox.path("project/.git")).unwrap();
    sandbox
        .secrets(["get", "A"])
        .run()
        .ok()
        .stdout_is("value-of-a");
    set_mode(&vault, 0o664);
    sandbox
        .secrets(["get", "A"])
        .run()
        .ok()
        .stdout_is("value-of-a");
    // What a write leaves is ours alone again.
    sandbox.set("B", "value-of-b");
    assert_eq!(mode(&vault), 0o600);
    set_mode(&vault, 0o666);
    sandbox.secrets(["get", "A"]).run().fails(6, &["0666"]);
}

#[test]
fn a_place_that_everybody_can_write_is_refused() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let dir = sandbox.path("project/.vault");
    let before = sandbox.vault_bytes();
    set_mode(&dir, 0o777);
    sandbox
        .secrets(["set", "A", "--generate"])
        .run()
        .fails(6, &["chmod o-w"]);
    assert_eq!(sandbox.vault_bytes(), before);
    set_mode(&dir, 0o1777);
    sandbox
        .secrets(["set", "A", "--generate"])
        .run()
        .ok()
        .stderr_has(&["A v2"]);
}

#[test]
fn a_checkout_of_somebody_else_reads_and_does_not_write() {
    if !root() {
        skip!(
            "a_checkout_of_somebody_else_reads_and_does_not_write",
            "only root can act as another user"
        );
    }
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    fs::create_dir(sandbox.path("project/.git")).unwrap();
    set_mode(&sandbox.vault(), 0o644);
    let program = admit(&sandbox);
    let before = sandbox.vault_bytes();
    let run = |args: &[&str]| as_somebody(&sandbox, &program, args).run();
    run(&["get", "A"]).ok().stdout_is("value-of-a");
    run(&["set", "A", "--generate"]).fails(6, &["vault"]);
    assert_eq!(sandbox.vault_bytes(), before);
}

#[test]
fn root_may_write_and_leaves_the_owner_his_files() {
    if !root() {
        skip!(
            "root_may_write_and_leaves_the_owner_his_files",
            "only root can give files away"
        );
    }
    use std::os::unix::fs::MetadataExt;
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let program = admit(&sandbox);
    let dir = sandbox.path("project/.vault");
    for entry in fs::read_dir(&dir).unwrap() {
        chown(entry.unwrap().path(), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    }
    chown(&dir, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    // The key of somebody is not root's to judge; root has a copy.
    let key = sandbox.write("harness/key", fs::read(sandbox.key_file()).unwrap());
    let write = sandbox
        .secrets(["set", "B"])
        .env("SECRETS_KEY_FILE", &key)
        .stdin("value-of-b");
    write.run().ok().stderr_has(&["B v1"]);
    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(
            fs::metadata(&path).unwrap().uid(),
            SOMEBODY,
            "{}",
            path.display()
        );
    }
    chown(sandbox.path("state"), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    let set = as_somebody(&sandbox, &program, &["set", "C"]).stdin("value-of-c");
    let set = set.env("SECRETS_STATE_DIR", sandbox.path("tmp"));
    set.run().ok().stderr_has(&["C v1"]);
}

#[test]
fn a_link_of_ours_is_followed_and_stays_and_one_of_others_is_refused() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let (vault, real) = (sandbox.vault(), sandbox.path("home/real.json"));
    fs::rename(&vault, &real).unwrap();
    symlink(&real, &vault).unwrap();
    sandbox
        .secrets(["get", "A"])
        .run()
        .ok()
        .stdout_is("value-of-a");
    sandbox.set("B", "value-of-b");
    assert!(fs::symlink_metadata(&vault).unwrap().is_symlink());
    if !root() {
        skip!(
            "a_link_of_ours_is_followed_and_stays_and_one_of_others_is_refused",
            "only root can make a link of another user"
        );
    }
    std::os::unix::fs::lchown(&vault, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    sandbox.secrets(["get", "B"]).run().fails(6, &["54321"]);
}

#[test]
fn a_key_file_that_others_can_read_is_refused_on_a_disk() {
    let Some(sandbox) = on_disk() else {
        skip!(
            "a_key_file_that_others_can_read_is_refused_on_a_disk",
            "no disk for temporary files"
        );
    };
    let key = sandbox.key_file();
    assert_eq!(mode(&key), 0o600);
    set_mode(&key, 0o400);
    sandbox
        .secrets(["get", "A"])
        .run()
        .ok()
        .stdout_is("value-of-a");
    set_mode(&key, 0o644);
    sandbox
        .secrets(["get", "A"])
        .run()
        .fails(6, &["0644", "chmod 600"]);
}

#[test]
fn a_key_file_reads_from_memory_through_a_link_and_from_a_descriptor() {
    let memory = Path::new("/dev/shm");
    if !is_memory(memory) {
        skip!(
            "a_key_file_reads_from_memory_through_a_link_and_from_a_descriptor",
            "/dev/shm is no tmpfs"
        );
    }
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let dir = tempfile::tempdir_in(memory).unwrap();
    let (real, link) = (dir.path().join("..data-key"), dir.path().join("key"));
    fs::copy(sandbox.key_file(), &real).unwrap();
    set_mode(&real, 0o644);
    symlink(&real, &link).unwrap();
    let get = |path: &str| sandbox.secrets(["get", "A"]).env("SECRETS_KEY_FILE", path);
    get(link.to_str().unwrap())
        .run()
        .ok()
        .stdout_is("value-of-a");
    let key = fs::read(sandbox.key_file()).unwrap();
    for path in ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] {
        get(path).stdin(&key).run().ok().stdout_is("value-of-a");
    }
}

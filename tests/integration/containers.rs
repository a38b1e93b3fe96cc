//! Places without a home, without a disk, without a name for the user.
//!
//! In each of them a command works, or refuses with a hint that makes it work
//! when it is followed to the letter.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::acquaintance::identity;
use crate::command::Run;
use crate::harness::Sandbox;
use crate::output::Status;
use crate::twin::Twin;

/// A user without a name on any machine.
const SOMEBODY: u32 = 10_001;

const NO_LOG: &str = "the audit log cannot be written, so nothing is revealed or changed";
const STATE_HINT: &str = "secrets: hint: another place for it: set SECRETS_STATE_DIR to a directory that can be written\n";
const STDERR_HINT: &str = "secrets: hint: with a key or a token, entries can go to standard error: set SECRETS_AUDIT=stderr\n";
/// An entry as it goes to standard error.
const LINE: &str = "{\"e\":{\"i\":0,\"t\":";

/// A machine that is made by mounts, seen by one process and its children only.
pub struct Place {
    pub sandbox: Sandbox,
    /// Lines for the shell that make it, as root.
    mounts: String,
    /// Who lives there.
    uid: Option<u32>,
    /// The variables there, and no others.
    env: Vec<(String, String)>,
    /// Where commands start.
    cwd: PathBuf,
}

impl Place {
    /// A vault with one value in a sandbox that everybody may look into, or `None` and a notice.
    pub fn new(name: &str) -> Option<Self> {
        let Some(sandbox) = Sandbox::on_disk() else {
            crate::skip::note(name, "no disk for temporary files");
            return None;
        };
        let question = "unshare --mount --propagation private mount -t tmpfs tmpfs /mnt && \
                        setpriv --reuid 1 --regid 1 --clear-groups true";
        let asked = sandbox
            .shell(question)
            .run()
            .stderr_any("a question")
            .ended();
        if asked != Status::Code(0) {
            crate::skip::note(name, "nothing can be mounted here, or setpriv is missing");
            return None;
        }
        sandbox.init();
        sandbox.set("A", "value-of-a");
        for dir in ["", "project", "project/.vault"] {
            set_mode(&sandbox.path(dir), 0o755);
        }
        let program = sandbox.path("secrets");
        fs::copy(env!("CARGO_BIN_EXE_secrets"), &program).unwrap();
        set_mode(&program, 0o755);
        Some(Place {
            mounts: String::new(),
            uid: None,
            env: Vec::new(),
            cwd: sandbox.project(),
            sandbox,
        })
    }

    pub fn mount(mut self, lines: &str) -> Self {
        let lines = lines.replace("[TMP]", self.sandbox.root().to_str().unwrap());
        self.mounts.push_str(&lines);
        self.mounts.push('\n');
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let value = value.as_ref();
        let value = value.replace("[TMP]", self.sandbox.root().to_str().unwrap());
        self.env.push((name.to_owned(), value));
        self
    }

    pub fn uid(mut self, uid: u32) -> Self {
        self.uid = Some(uid);
        self
    }

    /// A command of the program there, with further variables.
    pub fn secrets(&self, env: &[(&str, &str)], args: &str) -> Run<'_> {
        let mut words = "exec".to_owned();
        if let Some(uid) = self.uid {
            words.push_str(&format!(
                " setpriv --reuid {uid} --regid {uid} --clear-groups --inh-caps=-all"
            ));
        }
        words.push_str(" env -i");
        let own = self
            .env
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.chain(env.iter().copied()) {
            words.push_str(&format!(" '{name}={value}'"));
        }
        let program = self.sandbox.path("secrets");
        let script = format!(
            "set -e\n{}cd '{}'\n{words} {} {args}",
            self.mounts,
            self.cwd.display(),
            program.display()
        );
        let shell = self.sandbox.shell(&script);
        let shell = shell.through(["unshare", "--mount", "--propagation", "private"]);
        shell.label(&format!("secrets {args}"))
    }

    /// The value comes, and a child gets it; every line on standard error is an entry.
    fn works(&self, env: &[(&str, &str)], entries: usize) {
        let lines = |text: String| {
            assert_eq!(text.lines().count(), entries, "{text}");
            assert!(text.lines().all(|line| line.starts_with(LINE)), "{text}");
        };
        let get = self.secrets(env, "get A").run().ok();
        lines(
            get.stdout_is("value-of-a")
                .stderr_any("read here")
                .stderr_text(),
        );
        let run = self.secrets(env, "run -- /usr/bin/env").run().ok();
        let run = run.stderr_any("read here");
        assert!(
            run.stdout_text().contains("\nA=value-of-a\n")
                || run.stdout_text().starts_with("A=value-of-a\n")
        );
        assert!(!run.stdout_text().contains("SECRETS_KEY"));
        lines(run.stderr_text());
    }

    /// Nothing comes where no log can be written, and the hints say why.
    fn fails_closed(&self, cause: &str) {
        let get = self.secrets(&[], "get A").run();
        get.fails(1, &[NO_LOG, cause, STATE_HINT, STDERR_HINT]);
        let run = self.secrets(&[], "run -- /usr/bin/env").run();
        run.fails(125, &[NO_LOG, cause, STATE_HINT, STDERR_HINT]);
    }

    /// The key, as text.
    pub fn key(&self) -> String {
        let key = fs::read_to_string(self.sandbox.key_file()).unwrap();
        key.trim_end().to_owned()
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn without_a_home_and_without_any_variable_but_the_key() {
    let name = "without_a_home_and_without_any_variable_but_the_key";
    let Some(place) = Place::new(name) else {
        return;
    };
    let place = place.env("SECRETS_KEY_FILE", "[TMP]/home/key");
    place.fails_closed("HOME is not set");
    place.works(&[("SECRETS_AUDIT", "stderr")], 1);
    let state = place.sandbox.path("tmp/state");
    place.works(&[("SECRETS_STATE_DIR", state.to_str().unwrap())], 0);
    assert!(state.join("secrets/known").is_file());
    for home in ["", "relative", "."] {
        let get = place.secrets(&[("HOME", home)], "get A").run();
        get.fails(1, &[NO_LOG]);
    }
    // What reveals nothing needs no place for a log.
    place.secrets(&[], "list --names").run().ok();
    let verify = place.secrets(&[], "verify").run();
    verify.ok().stderr_has(&["is whole"]);
}

#[test]
fn on_a_root_file_system_that_is_read_only() {
    let Some(place) = Place::new("on_a_root_file_system_that_is_read_only") else {
        return;
    };
    let place = place
        .mount("mount --bind '[TMP]' '[TMP]'\nmount -o remount,bind,ro '[TMP]'")
        .env("HOME", "[TMP]/home")
        .env("SECRETS_KEY_FILE", "[TMP]/home/key");
    place.fails_closed("read-only file system");
    place.works(&[("SECRETS_AUDIT", "stderr")], 1);
    place.works(
        &[("SECRETS_STATE_DIR", "/dev/shm/../shm/secrets-test-ro")],
        0,
    );
    fs::remove_dir_all("/dev/shm/secrets-test-ro").unwrap();
    // A memory that cannot be written can be read: an older file is one.
    let set = place.secrets(&[("SECRETS_AUDIT", "stderr")], "set B --generate");
    set.run().fails(1, &["read-only file system"]);
}

#[test]
fn as_a_service_of_systemd_with_a_dynamic_user() {
    let name = "as_a_service_of_systemd_with_a_dynamic_user";
    let Some(place) = Place::new(name) else {
        return;
    };
    set_mode(&place.sandbox.vault(), 0o644);
    // What DynamicUser, StateDirectory and LoadCredential make of it.
    let place = place
        .mount(
            "mkdir '[TMP]/var' '[TMP]/credentials' 2>/dev/null || :\n\
             mount -t tmpfs -o mode=0755 tmpfs '[TMP]/var'\n\
             mkdir -p '[TMP]/var/lib/private/x'\n\
             ln -s private/x '[TMP]/var/lib/x'\n\
             chown 61234:61234 '[TMP]/var/lib/private/x'\n\
             mount -t ramfs -o mode=0700 ramfs '[TMP]/credentials'\n\
             cp '[TMP]/home/key' '[TMP]/credentials/key'\n\
             chown -R 61234 '[TMP]/credentials'\n\
             chmod 0400 '[TMP]/credentials/key'\n\
             chmod 0500 '[TMP]/credentials'\n\
             mount -o remount,bind,ro '[TMP]/credentials'",
        )
        .uid(61_234)
        .env("PATH", "/usr/bin:/bin")
        .env("STATE_DIRECTORY", "[TMP]/var/lib/x")
        .env("CREDENTIALS_DIRECTORY", "[TMP]/credentials")
        .env("SECRETS_KEY_FILE", "[TMP]/credentials/key");
    place.works(&[], 0);
    // Where systemd lets the user in by an access list, the file is root's and
    // its mode shows a group that may read.
    let place = place.mount(
        "mount -t tmpfs -o mode=0755 tmpfs '[TMP]/credentials'\n\
         cp '[TMP]/home/key' '[TMP]/credentials/key'\n\
         chown 0:61234 '[TMP]/credentials/key'\n\
         chmod 0440 '[TMP]/credentials/key'",
    );
    place.works(&[], 0);
    let wrong = place.secrets(&[("SECRETS_KEY_FILE", "/nonexistent/key")], "get A");
    wrong
        .run()
        .fails(4, &["SECRETS_KEY_FILE: no file or directory"]);
}

#[test]
fn in_an_image_of_docker_as_a_user_without_a_name() {
    let name = "in_an_image_of_docker_as_a_user_without_a_name";
    let Some(place) = Place::new(name) else {
        return;
    };
    set_mode(&place.sandbox.vault(), 0o644);
    let key = place.key();
    let place = place
        .mount("mount -t tmpfs -o mode=1777 tmpfs '[TMP]/tmp'")
        .uid(SOMEBODY)
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/")
        .env("SECRETS_KEY", &key);
    place.fails_closed("cannot make \"/.local\": permission denied");
    place.works(&[("SECRETS_AUDIT", "stderr")], 1);
    let state = place.sandbox.path("tmp/state");
    place.works(&[("SECRETS_STATE_DIR", state.to_str().unwrap())], 0);
    // The directory that everybody writes, itself.
    let tmp = place.sandbox.path("tmp");
    place.works(&[("SECRETS_STATE_DIR", tmp.to_str().unwrap())], 0);
    // What somebody else made there first is no memory.
    let planted = place.mount("mkdir -p '[TMP]/tmp/secrets'\nchown 4242 '[TMP]/tmp/secrets'");
    let get = planted.secrets(&[("SECRETS_STATE_DIR", tmp.to_str().unwrap())], "get A");
    get.run().fails(6, &["[TMP]/tmp/secrets"]);
}

#[test]
fn in_a_pod_of_kubernetes_with_the_vault_and_the_key_in_volumes() {
    let name = "in_a_pod_of_kubernetes_with_the_vault_and_the_key_in_volumes";
    let Some(place) = Place::new(name) else {
        return;
    };
    // As the kubelet writes them: links of root through ..data, a directory
    // that everybody may write, sticky, and the mount read-only.
    let place = place
        .mount(
            "mkdir '[TMP]/volume' 2>/dev/null || :\n\
             mount -t tmpfs -o mode=1777 tmpfs '[TMP]/volume'\n\
             mkdir -m 0755 '[TMP]/volume/..2026_01_31'\n\
             cp '[TMP]/home/key' '[TMP]/project/.vault/vault.json' '[TMP]/volume/..2026_01_31'\n\
             chmod 0444 '[TMP]'/volume/..2026_01_31/*\n\
             ln -s ..2026_01_31 '[TMP]/volume/..data'\n\
             ln -s ..data/key '[TMP]/volume/key'\n\
             ln -s ..data/vault.json '[TMP]/volume/vault.json'\n\
             mount -o remount,bind,ro '[TMP]/volume'\n\
             mount -t tmpfs -o mode=1777 tmpfs '[TMP]/tmp'",
        )
        .uid(SOMEBODY)
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/")
        .env("KUBERNETES_SERVICE_HOST", "10.0.0.1")
        .env("SECRETS_VAULT", "[TMP]/volume/vault.json")
        .env("SECRETS_KEY_FILE", "[TMP]/volume/key");
    place.fails_closed("cannot make \"/.local\": permission denied");
    place.works(&[("SECRETS_AUDIT", "stderr")], 1);
    let state = place.sandbox.path("tmp/state");
    place.works(&[("SECRETS_STATE_DIR", state.to_str().unwrap())], 0);
    let (_, fingerprint) = identity(&place.sandbox);
    let audit = ("SECRETS_AUDIT", "stderr");
    place.works(&[audit, ("SECRETS_ADMIN", &fingerprint)], 1);
    let older = place.secrets(&[audit, ("SECRETS_EXPECT", "head:2")], "get A");
    older.run().fails(6, &["SECRETS_EXPECT"]);
    let write = place.secrets(&[audit], "set B --generate").run();
    assert_eq!(write.stdout(), b"");
    let mut write = write.stderr_any("a place that cannot be written");
    assert!(matches!(write.ended(), Status::Code(1 | 6)), "{write}");
}

#[test]
fn in_a_job_of_github_actions_with_a_token() {
    let name = "in_a_job_of_github_actions_with_a_token";
    let Some(twin) = Twin::start() else {
        skip!(name, "the twin does not run");
    };
    let Some(place) = Place::new(name) else {
        return;
    };
    let sandbox = &place.sandbox;
    let rights = serde_json::json!([{"env": "development", "m": "r"}]);
    let token = twin.token(sandbox, "ci", rights, 0);
    sandbox.set("MULTI", "::add-mask::value-of-multi\n::error::x");
    set_mode(&sandbox.vault(), 0o644);
    fs::create_dir(sandbox.path("project/.git")).unwrap();
    let runner = sandbox.path("tmp/runner");
    fs::create_dir(&runner).unwrap();
    set_mode(&sandbox.path("tmp"), 0o755);
    for path in [
        "project",
        "project/.git",
        "project/.vault",
        "project/.vault/vault.json",
        "tmp/runner",
    ] {
        chown(sandbox.path(path), Some(1001), Some(1001)).unwrap();
    }
    let place = place
        .uid(1001)
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "[TMP]/tmp/runner")
        .env("CI", "true")
        .env("GITHUB_ACTIONS", "true")
        .env("SECRETS_TOKEN", &token);
    for _ in 0..2 {
        let get = place.secrets(&[], "get A").run();
        get.ok().stdout_is("value-of-a").stderr_is("");
    }
    // In a job the value is masked where it is the value, byte for byte.
    let run = place.secrets(&[], "run -- /usr/bin/env").run().ok();
    let text = run.stdout_text();
    assert!(
        text.contains("A=***\n") && !text.contains("value-of-a") && !text.contains("sct1_"),
        "{text}"
    );
    // A value in the words of the runner appears where it was asked for and nowhere else.
    for args in [
        "list",
        "list --json",
        "status",
        "verify -v",
        "run -- /usr/bin/true",
        "get NONE",
    ] {
        let mut seen = place.secrets(&[], args).run().stderr_any("read here");
        seen.ended();
        let all = seen.stdout_text() + &seen.stderr_text();
        assert!(!all.contains("::"), "{args}: {all}");
    }
    let forks = place.secrets(&[("SECRETS_TOKEN", "")], "get A").run();
    forks.fails(
        4,
        &["SECRETS_TOKEN is set but empty: pull requests from forks get no secrets"],
    );
    // Nobody is asked, and who has nothing is told what would do.
    let none = place.secrets(&[("SECRETS_ADMIN", &"0".repeat(32))], "get A");
    none.run().fails(6, &["SECRETS_ADMIN expects"]);
    let state = sandbox_files(&runner);
    assert!(
        state.iter().any(|path| path.ends_with("audit.jsonl")),
        "{state:?}"
    );
}

/// All files below a directory.
fn sandbox_files(root: &Path) -> Vec<PathBuf> {
    let (mut files, mut left) = (Vec::new(), vec![root.to_owned()]);
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => left.push(path),
                false => files.push(path),
            }
        }
    }
    files
}

//! A world of its own for one test: directories, environment, and the checks at its end.
//!
//! [`Sandbox::secrets`] builds a command of the real program. Nothing of the
//! environment of the person who runs the tests reaches it. When a sandbox is
//! dropped, the registered canaries are searched for in everything the
//! program wrote, and the twin verifies the vault.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

use crate::canary::Canaries;
use crate::command::Run;
use crate::twin::{Refusal, Twin};

/// Where the tests look for `sh`, `cat` and other commands of the system.
pub const SYSTEM_PATH: &str = "/usr/bin:/bin:/usr/sbin:/sbin";

/// One temporary directory that holds all a run of the program may see.
pub struct Sandbox {
    root: TempDir,
    canaries: Canaries,
    defaults: Mutex<Vec<(String, String)>>,
    twin_verifies: AtomicBool,
    keep_work: AtomicBool,
    passphrase: Mutex<Option<String>>,
}

impl Sandbox {
    /// An empty project, an empty home, no vault.
    pub fn new() -> Self {
        Self::below(&std::env::temp_dir())
    }

    /// As [`Sandbox::new`], inside `base`.
    pub fn below(base: &Path) -> Self {
        let root = tempfile::Builder::new()
            .prefix("secrets-test-")
            .tempdir_in(base)
            .unwrap();
        for name in ["project", "home", "run", "tmp", "state", "harness"] {
            let dir = root.path().join(name);
            fs::create_dir(&dir).unwrap();
            fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).unwrap();
        }
        Sandbox {
            root,
            canaries: Canaries::default(),
            defaults: Mutex::default(),
            twin_verifies: AtomicBool::new(true),
            keep_work: AtomicBool::new(false),
            passphrase: Mutex::default(),
        }
    }

    /// A sandbox whose files lie on a disk: on tmpfs the modes of files are no finding.
    ///
    /// `None` when neither `/tmp` nor `/var/tmp` is one.
    pub fn on_disk() -> Option<Self> {
        let base = [std::env::temp_dir(), PathBuf::from("/var/tmp")]
            .into_iter()
            .find(|dir| dir.is_dir() && !is_memory(dir))?;
        Some(Self::below(&base))
    }

    /// A vault made with a key file that every later command uses.
    ///
    /// A key costs no derivation, so this is the ordinary start of a test.
    pub fn with_vault() -> Self {
        let sandbox = Self::new();
        sandbox.init();
        sandbox
    }

    /// Makes the vault of [`Sandbox::with_vault`].
    pub fn init(&self) {
        let key = self.key_file();
        self.secrets(["init", "--key-file"])
            .arg(&key)
            .run()
            .ok()
            .stderr_any("the greeting is the business of the transcripts");
        let text = fs::read_to_string(&key).unwrap();
        self.canary(text.trim_end());
        // The same as bytes: a key might be written in hex.
        self.canary(
            data_encoding::BASE64
                .decode(text.trim_end().as_bytes())
                .unwrap(),
        );
        self.allow(&key);
        self.set_default("SECRETS_KEY_FILE", key.to_str().unwrap());
    }

    /// Writes a vault with a passphrase slot: one derivation (0.2 to 0.5 s) here and at each use.
    pub fn init_with_passphrase(&self, passphrase: &str) {
        self.canary(passphrase);
        *self.passphrase.lock().unwrap() = Some(passphrase.to_owned());
        self.secrets(["init"])
            .env("SECRETS_PASSPHRASE", passphrase)
            .run()
            .ok()
            .stderr_any("the greeting is the business of the transcripts");
    }

    /// A command of the program, in the project directory, with a cleared environment.
    pub fn secrets<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run<'_> {
        Run::new(self, Path::new(env!("CARGO_BIN_EXE_secrets"))).args(args)
    }

    /// A line for `/bin/sh` in which `secrets` is on the path.
    pub fn shell(&self, line: &str) -> Run<'_> {
        Run::new(self, Path::new("/bin/sh")).args(["-c", line])
    }

    /// Stores one value, given on standard input as it is, and registers it as a canary.
    pub fn set(&self, address: &str, value: impl AsRef<[u8]>) {
        let value = value.as_ref();
        self.canary_if_long(value);
        self.secrets(["set", address, "--raw"])
            .stdin(value)
            .run()
            .ok()
            .stderr_any("the report of a write is the business of the transcripts");
    }

    /// The exact bytes of one value.
    pub fn get(&self, address: &str) -> Vec<u8> {
        self.secrets(["get", address]).run().ok().stdout().to_vec()
    }

    /// Sets a variable of every later command.
    pub fn set_default(&self, name: &str, value: &str) {
        let mut defaults = self.defaults.lock().unwrap();
        defaults.retain(|(known, _)| known != name);
        defaults.push((name.to_owned(), value.to_owned()));
    }

    /// Every variable a command starts with.
    pub fn environment(&self) -> Vec<(String, String)> {
        let dir = |name: &str| self.path(name).to_str().unwrap().to_owned();
        let program = Path::new(env!("CARGO_BIN_EXE_secrets")).parent().unwrap();
        let mut all = vec![
            (
                "PATH".to_owned(),
                format!("{}:{SYSTEM_PATH}", program.display()),
            ),
            ("HOME".to_owned(), dir("home")),
            ("XDG_RUNTIME_DIR".to_owned(), dir("run")),
            ("TMPDIR".to_owned(), dir("tmp")),
            ("SECRETS_STATE_DIR".to_owned(), dir("state")),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            // A panic must keep what it knows to itself however much is asked for.
            ("RUST_BACKTRACE".to_owned(), "full".to_owned()),
        ];
        all.extend(self.defaults.lock().unwrap().iter().cloned());
        all
    }

    /// The sandbox itself; messages show it as `[TMP]`.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// A path below the sandbox.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.path().join(relative)
    }

    /// The directory that commands start in.
    pub fn project(&self) -> PathBuf {
        self.path("project")
    }

    /// The vault of the project, there or not.
    pub fn vault(&self) -> PathBuf {
        self.path("project/.vault/vault.json")
    }

    /// The bytes of the vault.
    pub fn vault_bytes(&self) -> Vec<u8> {
        fs::read(self.vault()).unwrap()
    }

    /// The key file of [`Sandbox::with_vault`], outside of the project.
    pub fn key_file(&self) -> PathBuf {
        self.path("home/key")
    }

    /// Writes a file of mode 0600 below the sandbox and returns its path.
    pub fn write(&self, relative: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// Registers bytes that may appear nowhere but where a command reveals them.
    pub fn canary(&self, bytes: impl AsRef<[u8]>) {
        self.canaries.add(bytes.as_ref());
    }

    /// As [`Sandbox::canary`], but a value too short to be one is not searched for.
    pub fn canary_if_long(&self, bytes: &[u8]) {
        if bytes.len() >= crate::canary::MIN_CANARY_BYTES {
            self.canary(bytes);
        }
    }

    /// Names a file that may hold a canary, because the test put it there.
    pub fn allow(&self, path: &Path) {
        self.canaries.allow(path);
    }

    /// Where a canary is and may not be, so far; at the end of a test there must be none.
    pub fn leaks(&self) -> Vec<String> {
        let harness = self.path("harness");
        self.canaries.search(self.root.path(), &harness)
    }

    /// What was captured; called for every finished command.
    pub fn saw(&self, command: &str, stream: &'static str, bytes: &[u8]) {
        self.canaries.saw(command, stream, bytes);
    }

    /// Says that the vault is damaged on purpose, so the twin need not accept it at the end.
    pub fn vault_is_damaged(&self) {
        self.twin_verifies.store(false, Ordering::Relaxed);
    }

    /// Leaves the directory behind, for a person who looks into a failure.
    pub fn keep(&self) {
        self.keep_work.store(true, Ordering::Relaxed);
    }

    /// The key of [`Sandbox::with_vault`] as the twin wants it.
    pub fn twin_credential(&self) -> serde_json::Value {
        let key = fs::read_to_string(self.key_file()).unwrap();
        serde_json::json!({"key": key.trim_end()})
    }

    /// Everything in the vault as the twin reads it with a credential, or its refusal.
    ///
    /// `None` when there is no interpreter for the twin.
    pub fn twin_opens(
        &self,
        credential: serde_json::Value,
    ) -> Option<Result<serde_json::Value, Refusal>> {
        Some(Twin::start()?.open(&self.vault(), credential))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.keep_work.load(Ordering::Relaxed) {
            self.root.disable_cleanup(true);
        }
        if std::thread::panicking() {
            return;
        }
        let hits = self.leaks();
        assert!(hits.is_empty(), "secrets leaked:\n{}", hits.join("\n"));
        if self.twin_verifies.load(Ordering::Relaxed)
            && self.vault().is_file()
            && let Some(twin) = Twin::start()
            && let Err(refusal) = twin.verify(&self.vault())
        {
            panic!("the twin refuses the vault that this test wrote: {refusal}");
        }
        let passphrase = self.passphrase.lock().unwrap().take();
        if self.twin_verifies.load(Ordering::Relaxed)
            && self.vault().is_file()
            && let Some(passphrase) = passphrase
            && let Some(Err(refusal)) =
                self.twin_opens(serde_json::json!({"passphrase": passphrase}))
        {
            panic!("the twin cannot open the vault that this test wrote: {refusal}");
        }
        // With the key of the sandbox it opens every record; another key is no failure.
        if self.twin_verifies.load(Ordering::Relaxed)
            && self.vault().is_file()
            && self.key_file().is_file()
            && let Some(Err(refusal)) = self.twin_opens(self.twin_credential())
            && refusal.class != "auth"
        {
            panic!("the twin cannot open the vault that this test wrote: {refusal}");
        }
    }
}

/// Whether a directory lies on tmpfs or ramfs.
#[cfg(target_os = "linux")]
pub fn is_memory(dir: &Path) -> bool {
    const TMPFS: i64 = 0x0102_1994;
    const RAMFS: i64 = 0x8584_58f6;
    rustix::fs::statfs(dir).is_ok_and(|fs| [TMPFS, RAMFS].contains(&fs.f_type))
}

/// Whether a directory lies on tmpfs or ramfs: there is none.
#[cfg(not(target_os = "linux"))]
pub fn is_memory(_dir: &Path) -> bool {
    false
}

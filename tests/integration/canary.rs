//! The canary: values, passphrases and keys that a test uses are searched for afterwards.
//!
//! They may be neither in the standard error of any command, nor in the
//! standard output of a command whose job is not to reveal, nor in any file of
//! the sandbox: raw, in base64 of either alphabet at any alignment, in hex, or
//! as it stands in a URL. The sandbox holds all the program writes to: project
//! and vault, state directory (log, its state, pins), runtime directory,
//! temporary files. The key of a log's chain is searched for as well, wherever
//! it is not at home.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

/// Least length of a canary: shorter bytes are found by chance.
pub const MIN_CANARY_BYTES: usize = 8;

/// Words that make a command one whose job is to reveal; the two flags are those of `key add`.
const REVEALING: [&str; 10] = [
    "get",
    "run",
    "exec",
    "generate",
    "export",
    "inject",
    "cat",
    "--recovery",
    "--passphrase",
    "--reveal",
];

/// Words after which none of [`REVEALING`] makes a command reveal: `audit export`, `help get`.
const TELLING: [&str; 6] = ["audit", "audit-logs", "completions", "help", "list", "log"];

/// The file that the key of a chain is at home in, and those it must never be found in.
const STATE: &str = "audit.state";
const BESIDE: [&str; 7] = [
    "audit.jsonl",
    "device",
    "known",
    "last",
    "lock",
    "pin",
    "vault.json",
];

/// Whether the job of a command, as it would be typed, is to reveal.
pub fn reveals(command: &str) -> bool {
    let lines = command.split([';', '|', '&', '\n', '(', ')', '`']);
    let telling = |line: &str| {
        let words = line.split([' ', '\t', '\'', '"']);
        let mut words = words.map(|word| word.rsplit('/').next().unwrap_or_default());
        let first = words.find(|word| REVEALING.contains(word) || TELLING.contains(word));
        first.is_some_and(|word| REVEALING.contains(&word))
    };
    lines.into_iter().any(telling)
}

#[derive(Default)]
pub struct Canaries {
    values: Mutex<Vec<Vec<u8>>>,
    allowed: Mutex<Vec<PathBuf>>,
    captured: Mutex<Vec<(String, Vec<u8>)>>,
}

impl Canaries {
    pub fn add(&self, bytes: &[u8]) {
        assert!(
            bytes.len() >= MIN_CANARY_BYTES,
            "a canary has at least {MIN_CANARY_BYTES} bytes, or it is found by chance"
        );
        let mut values = self.values.lock().unwrap();
        if !values.iter().any(|known| known == bytes) {
            values.push(bytes.to_vec());
        }
    }

    pub fn allow(&self, path: &Path) {
        self.allowed.lock().unwrap().push(path.to_owned());
    }

    /// Keeps what a command wrote, unless it is the output of one that reveals.
    pub fn saw(&self, command: &str, stream: &'static str, bytes: &[u8]) {
        if bytes.is_empty() || (stream != "stderr" && reveals(command)) {
            return;
        }
        let what = format!("{stream} of: {command}");
        self.captured.lock().unwrap().push((what, bytes.to_vec()));
    }

    /// Where a canary is and may not be. `skip` is a directory of the harness itself.
    pub fn search(&self, root: &Path, skip: &Path) -> Vec<String> {
        let files = files(root, skip);
        let values = self.values.lock().unwrap();
        let needles: Vec<(String, Vec<u8>)> = values.iter().flat_map(|v| forms(v)).collect();
        let keys: Vec<(String, Vec<u8>)> = files
            .iter()
            .filter(|file| file.ends_with(STATE))
            .flat_map(|file| chain_keys(&fs::read(file).unwrap_or_default()))
            .flat_map(|key| forms(&key))
            .map(|(form, needle)| (form.replace('"', ""), needle))
            .map(|(form, needle)| (format!("the key of a chain, {form}"), needle))
            .collect();
        let mut hits = Vec::new();
        let mut look = |place: &str, hay: &[u8], needles: &[(String, Vec<u8>)]| {
            for (form, needle) in needles {
                if contains(hay, needle) {
                    hits.push(format!("{place} holds a canary ({form})"));
                }
            }
        };
        for (what, bytes) in self.captured.lock().unwrap().iter() {
            look(what, bytes, &needles);
            look(what, bytes, &keys);
        }
        let allowed = self.allowed.lock().unwrap();
        for path in files {
            let place = path.display().to_string();
            // A name is found where a value would be hidden from a search of contents.
            let name = path.strip_prefix(root).unwrap_or(&path);
            look(
                &format!("the name {place}"),
                name.as_os_str().as_bytes(),
                &needles,
            );
            let bytes = fs::read(&path).unwrap_or_default();
            if !allowed.iter().any(|allowed| path.starts_with(allowed)) {
                look(&place, &bytes, &needles);
            }
            if BESIDE.iter().any(|name| path.ends_with(name)) {
                look(&place, &bytes, &keys);
            }
        }
        hits
    }
}

/// Every file below `root` and not below `skip`.
fn files(root: &Path, skip: &Path) -> Vec<PathBuf> {
    let (mut files, mut dirs) = (Vec::new(), vec![root.to_owned()]);
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if path == skip {
                continue;
            }
            if kind.is_dir() {
                dirs.push(path);
            } else if kind.is_file() {
                files.push(path);
            }
        }
    }
    files
}

/// The keys in the two slots of the state of a log.
pub fn chain_keys(state: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(state);
    let keys = text.split("\"key\":\"").skip(1);
    let mut keys: Vec<Vec<u8>> = keys
        .filter_map(|rest| BASE64_NOPAD.decode(rest.get(..43)?.as_bytes()).ok())
        .collect();
    keys.dedup();
    keys
}

/// Every form in which a value would be a leak, each with its name.
fn forms(value: &[u8]) -> Vec<(String, Vec<u8>)> {
    // A long value is recognised by its beginning: whoever writes it encodes it from there or whole.
    let value = value.get(..value.len().min(4096)).unwrap_or_default();
    let shown: String = String::from_utf8_lossy(value).chars().take(12).collect();
    let mut all = vec![
        (format!("{shown:?}… raw"), value.to_vec()),
        (
            format!("{shown:?}… hex"),
            HEXLOWER.encode(value).into_bytes(),
        ),
        (
            format!("{shown:?}… HEX"),
            HEXUPPER.encode(value).into_bytes(),
        ),
    ];
    let in_url: String = value.iter().map(|b| in_url(*b)).collect();
    if in_url.as_bytes() != value {
        all.push((format!("{shown:?}… in a URL"), in_url.into_bytes()));
    }
    for lead in 0..3 {
        // In front of the value stand `lead` unknown bytes: drop the digits that mix with them,
        // and those at the end that mix with what follows.
        let mut padded = vec![0; lead];
        padded.extend_from_slice(value);
        let first = (lead * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        for (name, text) in [
            ("base64", BASE64_NOPAD.encode(&padded)),
            ("base64url", BASE64URL_NOPAD.encode(&padded)),
        ] {
            let middle = text.get(first..last).unwrap_or_default();
            all.push((format!("{shown:?}… {name}"), middle.as_bytes().to_vec()));
        }
    }
    all
}

/// A byte as RFC 3986 has it in a query.
fn in_url(byte: u8) -> String {
    match byte {
        b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    }
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    // Searching for the first byte first makes this fast enough for the vaults of tests.
    let Some((first, rest)) = needle.split_first() else {
        return false;
    };
    let mut from = 0;
    while let Some(at) = hay
        .get(from..)
        .and_then(|h| h.iter().position(|b| b == first))
    {
        from += at + 1;
        if hay.get(from..).is_some_and(|h| h.starts_with(rest)) {
            return true;
        }
    }
    false
}

#[test]
fn a_canary_is_found_in_every_form_and_at_every_alignment() {
    let value = b"hunter2-hunter2";
    let found = |hay: &[u8]| forms(value).iter().any(|(_, needle)| contains(hay, needle));
    assert!(found(b"xx hunter2-hunter2 yy"));
    assert!(found(HEXLOWER.encode(value).as_bytes()));
    assert!(found(HEXUPPER.encode(value).as_bytes()));
    for lead in ["", "a", "ab", "abc"] {
        for tail in ["", "z", "zz", "zzz"] {
            let text = [lead.as_bytes(), value, tail.as_bytes()].concat();
            assert!(
                found(BASE64_NOPAD.encode(&text).as_bytes()),
                "{lead} {tail}"
            );
            assert!(
                found(BASE64URL_NOPAD.encode(&text).as_bytes()),
                "{lead} {tail}"
            );
        }
    }
    assert!(!found(b"hunter2-hunter3"));
    let in_url = |hay: &[u8]| forms(b"pass/ word").iter().any(|(_, n)| contains(hay, n));
    assert!(in_url(b"?p=pass%2F%20word&"));
}

#[test]
fn only_the_output_of_a_command_whose_job_it_is_may_hold_a_value() {
    for command in [
        "secrets get A",
        "secrets -e staging get A",
        "/t/secrets run -- env",
        "sh -c 'secrets generate'",
        "secrets audit; x=$(secrets get A); echo $x",
        "/bin/cat value",
        "secrets diff A B --reveal",
    ] {
        assert!(reveals(command), "{command}");
    }
    for command in [
        "secrets list",
        "secrets diff A B",
        "secrets audit export --format json",
        "secrets audit list --verb get",
        "secrets -v log --verb run",
        "secrets help get",
        "secrets --passphrase-file /tmp/run/words status",
        "secrets set get.x",
        "secrets key add --label x --key-file k",
    ] {
        assert!(!reveals(command), "{command}");
    }
}

#[test]
fn a_planted_leak_is_reported_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let leak = dir.path().join("leak");
    fs::write(&leak, "…hunter2-hunter2…").unwrap();
    let canaries = Canaries::default();
    canaries.add(b"hunter2-hunter2");
    canaries.saw("secrets list", "stdout", b"hunter2-hunter2");
    canaries.saw("secrets get A", "stdout", b"hunter2-hunter2");
    canaries.saw("secrets get A", "stderr", b"hunter2-hunter2");
    let nowhere = dir.path().join("harness");
    assert_eq!(canaries.search(dir.path(), &nowhere).len(), 3);
    canaries.allow(&leak);
    assert_eq!(canaries.search(dir.path(), &nowhere).len(), 2);
}

#[test]
fn a_leak_is_found_wherever_the_program_writes() {
    let sandbox = crate::harness::Sandbox::with_vault();
    let value = b"value-that-was-planted";
    sandbox.set("A", value);
    sandbox.get("A");
    assert_eq!(sandbox.leaks(), Vec::<String>::new());
    let directory = fs::read_dir(sandbox.path("state/secrets")).unwrap();
    let directory = directory.map(|entry| entry.unwrap().path());
    let directory = directory.filter(|path| path.is_dir()).last().unwrap();
    let written = ["audit.jsonl", "audit.state", "pin", "lock"].map(|name| directory.join(name));
    let beside = ["state/secrets/known", "state/secrets/device"].map(|name| sandbox.path(name));
    let others = [sandbox.vault(), sandbox.project().join(".vault/.gitignore")];
    let all: Vec<PathBuf> = written.into_iter().chain(beside).chain(others).collect();
    for path in &all {
        assert!(path.is_file(), "the program makes no {}", path.display());
    }
    let new = ["run/secrets/session", "tmp/editor", "project/core"].map(|name| sandbox.path(name));
    for path in all.iter().chain(&new) {
        let before = fs::read(path).ok();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let leak = BASE64_NOPAD.encode(value);
        fs::write(
            path,
            [before.as_deref().unwrap_or_default(), leak.as_bytes()].concat(),
        )
        .unwrap();
        let hits = sandbox.leaks();
        let here = hits
            .iter()
            .all(|hit| hit.starts_with(path.to_str().unwrap()));
        assert!(here && !hits.is_empty(), "{}: {hits:?}", path.display());
        match before {
            Some(before) => fs::write(path, before).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
    }
    // The key of the chain in the log, and on a stream.
    let keys = chain_keys(&fs::read(directory.join(STATE)).unwrap());
    let log = directory.join("audit.jsonl");
    let before = fs::read(&log).unwrap();
    fs::write(&log, [before.as_slice(), keys[0].as_slice()].concat()).unwrap();
    assert_eq!(sandbox.leaks().len(), 1, "{:?}", sandbox.leaks());
    fs::write(&log, before).unwrap();
    let canaries = Canaries::default();
    canaries.saw(
        "secrets get A",
        "stderr",
        HEXLOWER.encode(&keys[0]).as_bytes(),
    );
    let found = canaries.search(sandbox.root(), &sandbox.path("harness"));
    assert_eq!(found.len(), 1, "{found:?}");
    let name = sandbox.path("project/value-that-was-planted");
    fs::write(&name, "").unwrap();
    assert_eq!(sandbox.leaks().len(), 1);
    fs::remove_file(name).unwrap();
}

//! The canary: values, passphrases and keys that a test uses are searched for afterwards.
//!
//! They may be neither in the standard error of any command, nor in the
//! standard output of a command whose job is not to reveal, nor in any file of
//! the sandbox: raw, in base64 of either alphabet at any alignment, or in hex.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

/// Least length of a canary: shorter bytes are found by chance.
pub const MIN_CANARY_BYTES: usize = 8;

/// Words that make a command one whose job is to reveal.
const REVEALING: [&str; 7] = ["get", "run", "exec", "generate", "export", "inject", "cat"];

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
        let reveals = command
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
            .any(|word| REVEALING.contains(&word));
        if bytes.is_empty() || (stream != "stderr" && reveals) {
            return;
        }
        let what = format!("{stream} of: {command}");
        self.captured.lock().unwrap().push((what, bytes.to_vec()));
    }

    /// Where a canary is and may not be. `skip` is a directory of the harness itself.
    pub fn search(&self, root: &Path, skip: &Path) -> Vec<String> {
        let needles: Vec<(String, Vec<u8>)> = self
            .values
            .lock()
            .unwrap()
            .iter()
            .flat_map(|value| forms(value))
            .collect();
        if needles.is_empty() {
            return Vec::new();
        }
        let mut hits = Vec::new();
        let mut look = |place: &str, hay: &[u8]| {
            for (form, needle) in &needles {
                if contains(hay, needle) {
                    hits.push(format!("{place} holds a canary ({form})"));
                }
            }
        };
        for (what, bytes) in self.captured.lock().unwrap().iter() {
            look(what, bytes);
        }
        let allowed = self.allowed.lock().unwrap();
        let mut dirs = vec![root.to_owned()];
        while let Some(dir) = dirs.pop() {
            for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
                let path = entry.path();
                if path == skip || allowed.contains(&path) {
                    continue;
                }
                let Ok(kind) = entry.file_type() else {
                    continue;
                };
                if kind.is_dir() {
                    dirs.push(path);
                } else if kind.is_file() {
                    look(
                        &path.display().to_string(),
                        &fs::read(&path).unwrap_or_default(),
                    );
                }
            }
        }
        hits
    }
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

//! No text of the program names a verb or a flag that this version answers with
//! "not in this version".

use std::fs;
use std::path::{Path, PathBuf};

/// The words of a list in the room that refuses them.
fn list(source: &str, name: &str) -> Vec<String> {
    let (_, behind) = source.split_once(&format!("const {name}:")).unwrap();
    let (items, _) = behind.split_once("];").unwrap();
    let quoted = items.split('"').skip(1).step_by(2);
    quoted
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Every file whose text a person may read, without tests.
fn texts() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = [
        "README.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "man/secrets-audit.5",
        "man/secrets-vault.5",
    ]
    .map(|f| root.join(f))
    .into();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path
                .iter()
                .any(|part| part == "tests" || part == "tests.rs");
            match path.is_dir() {
                true if !is_test => folders.push(path),
                false if !is_test && !path.ends_with("cli/later.rs") => files.push(path),
                _ => {}
            }
        }
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let text = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap()
            .to_owned();
        (path, text)
    };
    files
        .into_iter()
        .filter(|path| path.extension().is_some())
        .map(read)
        .collect()
}

/// Where `secrets WORD` stands in a text for one of the words.
fn named<'a>(text: &str, words: &'a [String]) -> Option<&'a String> {
    let behind = |(at, _): (usize, &str)| {
        let rest = &text[at + "secrets ".len()..];
        let word = rest
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .next();
        word.unwrap_or("").to_owned()
    };
    let said: Vec<String> = text.match_indices("secrets ").map(behind).collect();
    words.iter().find(|word| said.contains(word))
}

#[test]
fn no_text_names_what_is_not_in_this_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let later = fs::read_to_string(root.join("src/cli/later.rs")).unwrap();
    // Words that are ordinary English behind "secrets", and no command there.
    let english = [
        "check", "lock", "scan", "sync", "log", "key", "report", "which", "same",
    ];
    let mut words = list(&later, "WORDS");
    assert!(words.len() > 25, "{words:?}");
    assert!(named("run `secrets merge` first", &words).is_some());
    words.retain(|word| !english.contains(&word.as_str()));
    let mut found = Vec::new();
    for (path, text) in texts() {
        if let Some(word) = named(&text, &words) {
            found.push(format!("{}: secrets {word}", path.display()));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

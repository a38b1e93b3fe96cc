//! The doors to plaintext: who opens values of the vault, and who asks for them.

use std::collections::BTreeMap;

use crate::floors::files;
use crate::lexer::{Token, strip, tokens, without_tests};
use crate::source::read;

/// A file, what it may do how often, and why.
type Rule = (&'static str, usize, &'static str);

/// Calls of a method `value`. Only the first eight are of the vault.
const VALUE: [Rule; 23] = [
    (
        "src/custody/recognise.rs",
        1,
        "compares with a text that was given, and lets out a name",
    ),
    (
        "src/custody/reveal.rs",
        1,
        "the door: after the entry in the log",
    ),
    (
        "src/custody/compare.rs",
        1,
        "tells whether two are equal, after the entry in the log",
    ),
    (
        "src/vault/browse.rs",
        1,
        "verify opens every value and drops it",
    ),
    (
        "src/vault/likeness.rs",
        1,
        "compares what is to be imported with what is there",
    ),
    (
        "src/vault/write.rs",
        1,
        "compares a new value with the one before",
    ),
    (
        "src/vault/holders.rs",
        1,
        "compares a value with the current ones",
    ),
    (
        "src/vault/rotate.rs",
        2,
        "compares a new value with the one before, and that with older ones",
    ),
    ("src/vault/copy.rs", 1, "seals it again under another name"),
    (
        "src/vault/proof.rs",
        1,
        "compares what was sealed under new keys with the old",
    ),
    (
        "src/vault/pending.rs",
        1,
        "seals it again as the current version",
    ),
    ("src/vault/rekey.rs", 1, "seals it again under a new key"),
    (
        "src/vault/metadata.rs",
        1,
        "seals it again beside new metadata",
    ),
    (
        "src/vault/relocate.rs",
        1,
        "seals it again under a new name",
    ),
    ("src/vault/restore.rs", 1, "seals it again as a new version"),
    ("src/commands/export.rs", 1, "the terminal prints them"),
    ("src/commands/get/show.rs", 1, "the terminal prints one"),
    ("src/commands/inject.rs", 1, "the terminal prints the text"),
    ("src/process/capture.rs", 1, "a variable"),
    ("src/process/editor.rs", 1, "a variable"),
    ("src/process/exec.rs", 1, "a variable"),
    ("src/process/feed.rs", 1, "a variable"),
    ("src/process/viewer.rs", 1, "a variable"),
];

/// Who names `custody::reveal`, the function or its module.
const REVEAL: [(&str, &str); 7] = [
    ("src/commands/diff.rs", "shows what differs, if told to"),
    ("src/commands/edit/folder.rs", "lets a person edit them"),
    ("src/commands/edit/one.rs", "lets a person edit it"),
    ("src/commands/get.rs", "shows what was asked for"),
    ("src/custody/injected.rs", "fills a template"),
    (
        "src/custody/masked.rs",
        "makes patterns of values, to take them out of a stream",
    ),
    ("src/custody/selected.rs", "hands values to a command"),
];

/// Who calls `Selection::reveal`.
const SELECTION: [Rule; 2] = [
    ("src/commands/export.rs", 1, "the variables of a file"),
    (
        "src/commands/run/prepare.rs",
        1,
        "the variables of the command",
    ),
];

/// Who decrypts within the vault. None but `read.rs` opens what a user stored.
const OPEN: [Rule; 7] = [
    ("src/vault/access.rs", 1, "the root key of an admin's slot"),
    (
        "src/vault/admin.rs",
        2,
        "keys of scopes and slots, for an admin",
    ),
    (
        "src/vault/proof.rs",
        2,
        "opens the file before and after, to compare them",
    ),
    (
        "src/vault/rights.rs",
        1,
        "keys of scopes, for grants to be made",
    ),
    ("src/vault/log_key.rs", 1, "the log key of the own slot"),
    (
        "src/vault/open.rs",
        1,
        "the grant of the own slot: keys of scopes",
    ),
    (
        "src/vault/read.rs",
        2,
        "metadata of a version, and its value",
    ),
];

/// Functions of the vault that return a secret.
const RETURNED: [Rule; 5] = [
    ("src/vault/read.rs: value", 1, "the door of the vault"),
    ("src/vault/grant.rs: write", 1, "a grant to be encrypted"),
    ("src/vault/padding.rs: pad", 1, "what is to be encrypted"),
    (
        "src/vault/proof.rs: digests",
        1,
        "digests of values, compared and wiped",
    ),
    (
        "src/vault/session.rs: write",
        1,
        "the keys of a session, and no value",
    ),
];

/// The words of a file, without its tests.
fn words(text: &str) -> Vec<Token> {
    without_tests(tokens(&strip(text)))
}

/// How often a method is called with arguments.
fn calls(text: &str, method: &str) -> usize {
    let tokens = words(text);
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.1 == word);
    (0..tokens.len())
        .filter(|&at| is(at, ".") && is(at + 1, method) && is(at + 2, "(") && !is(at + 3, ")"))
        .count()
}

/// The functions whose result names a type that holds a secret.
fn returning(text: &str, kept: &[&str]) -> Vec<String> {
    let tokens = words(text);
    let at = |at: usize| tokens.get(at).map_or("", |token| token.1.as_str());
    let mut found = Vec::new();
    for start in (0..tokens.len()).filter(|start| at(*start) == "fn") {
        let head = (start..tokens.len()).take_while(|i| !["{", ";"].contains(&at(*i)));
        let head: Vec<&str> = head.map(at).collect();
        let arrow = head.windows(2).rposition(|pair| pair == ["-", ">"]);
        let result = arrow.map_or(&[][..], |arrow| &head[arrow..]);
        if result.iter().any(|word| kept.contains(word)) {
            found.push(at(start + 1).to_owned());
        }
    }
    found
}

/// What differs between what is found and what is written down.
fn differences(found: &BTreeMap<String, usize>, rules: &[Rule]) -> Vec<String> {
    assert!(rules.iter().all(|(_, _, why)| !why.is_empty()));
    let listed: BTreeMap<String, usize> = rules
        .iter()
        .map(|(file, count, _)| ((*file).to_owned(), *count))
        .collect();
    let new = found
        .iter()
        .filter(|(file, count)| listed.get(*file) != Some(count));
    let gone = listed.keys().filter(|file| !found.contains_key(*file));
    new.map(|(file, count)| format!("new: {file}, {count} times"))
        .chain(gone.map(|file| format!("gone: {file}")))
        .collect()
}

/// A count for each file that has any.
fn counted(count: impl Fn(&str, &str) -> usize) -> BTreeMap<String, usize> {
    files()
        .into_iter()
        .map(|(file, _, _, text)| (file.clone(), count(&file, &text)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// Whether a file of a module names `custody::reveal` by a path, or everything in `custody`.
fn names_reveal(module: &str, text: &str) -> bool {
    let door = |path: &String| {
        let path = path.replacen("secrets::", "crate::", 1);
        path.starts_with("crate::custody::reveal") && !path.ends_with("::Wanted")
            || path == "crate::custody::*"
    };
    read(module, text).paths.iter().any(|(_, path)| door(path))
}

#[test]
fn a_value_of_the_vault_is_opened_by_the_door_alone() {
    let found = counted(|_, text| calls(text, "value"));
    assert_eq!(differences(&found, &VALUE), Vec::<String>::new());
    for (file, module, _, text) in files() {
        let paths = read(&module, &text).paths;
        let by_path = paths
            .iter()
            .find(|(_, path)| path.ends_with("Vault::value"));
        assert!(by_path.is_none(), "{file}: {by_path:?}");
    }
}

#[test]
fn a_value_is_asked_for_only_where_a_reason_is_written() {
    let found: Vec<String> = files()
        .into_iter()
        .filter(|(file, module, _, text)| {
            file != "src/custody/reveal.rs" && names_reveal(module, text)
        })
        .map(|(file, ..)| file)
        .collect();
    let listed: Vec<&str> = REVEAL.iter().map(|(file, _)| *file).collect();
    assert_eq!(found, listed);
    let found = counted(|_, text| calls(text, "reveal"));
    assert_eq!(differences(&found, &SELECTION), Vec::<String>::new());
}

#[test]
fn the_vault_yields_plaintext_by_no_other_function() {
    let of_vault = |file: &str| file.starts_with("src/vault");
    let found = counted(|file, text| {
        if of_vault(file) {
            calls(text, "open") + calls(text, "open_in_place")
        } else {
            0
        }
    });
    assert_eq!(differences(&found, &OPEN), Vec::<String>::new());
    let kept = ["SecretValue", "Zeroizing"];
    let mut found = BTreeMap::new();
    for (file, _, _, text) in files().into_iter().filter(|(file, ..)| of_vault(file)) {
        for name in returning(&text, &kept) {
            *found.entry(format!("{file}: {name}")).or_insert(0) += 1;
        }
    }
    assert_eq!(differences(&found, &RETURNED), Vec::<String>::new());
}

#[test]
fn a_door_that_is_planted_is_found() {
    let verb = "fn f(open: &Open) { let v = open.vault.value(&entry, version)?; }";
    assert_eq!(calls(verb, "value"), 1);
    let broken = BTreeMap::from([("src/commands/get.rs".to_owned(), 2)]);
    let rules: [Rule; 1] = [("src/commands/get.rs", 1, "the terminal")];
    assert_eq!(differences(&broken, &rules).len(), 1);
    assert_eq!(differences(&BTreeMap::new(), &rules).len(), 1);
    for text in [
        "use crate::custody::reveal; fn f() { reveal(ctx) }",
        "use crate::custody::{self, Open}; fn f() { custody::reveal(ctx, open) }",
        "use crate::custody as c; fn f() { c::reveal(ctx, open) }",
        "use crate::custody::reveal as show;",
        "use crate::custody::*;",
        "fn f() { crate::custody::reveal(ctx) }",
    ] {
        assert!(names_reveal("crate::commands::planted", text), "{text}");
    }
    assert!(!names_reveal(
        "crate::commands::planted",
        "use crate::custody::{self, Wanted}; fn f() { custody::open(c) }"
    ));
    let vault = "impl Vault { pub fn peek(&self, e: &Entry) -> Result<SecretValue, Error> { todo } \
                 fn set(&self, v: &SecretValue) -> Result<(), Error> {} }";
    assert_eq!(returning(vault, &["SecretValue"]), ["peek"]);
}

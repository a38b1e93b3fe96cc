//! The plan of the program as a test: rooms, floors, and who may name what.
//!
//! A room is a module directly below the crate. It may use the rooms of lower
//! floors and none of its own or a higher one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::lexer::code_lines;
use crate::source::{Source, read};

mod planted;

/// Every room and its floor.
const FLOORS: [(&str, u8); 27] = [
    ("secret", 0),
    ("name", 0),
    ("time", 0),
    ("file", 0),
    ("escape", 0),
    ("order", 0),
    ("crypto", 1),
    ("masking", 1),
    ("vault", 2),
    ("store", 3),
    ("audit", 3),
    ("session", 3),
    ("scratch", 3),
    ("rotation", 3),
    ("exchange", 3),
    ("process", 3),
    ("terminal", 3),
    ("config", 3),
    ("generator", 3),
    // These five may use each other from left to right, so each has its own floor here.
    ("failure", 4),
    ("context", 5),
    ("input", 6),
    ("custody", 7),
    ("summary", 8),
    ("commands", 9),
    ("cli", 10),
    ("main", 11),
];

/// Paths and the rooms that alone may name them.
const PATHS: [(&[&str], &[&str]); 13] = [
    (&["std::fs", "std::os::unix::fs", "tempfile"], &["file"]),
    // The terminal is opened by its name; a command's right to be executed is asked for.
    (&["rustix::fs"], &["file", "process", "terminal"]),
    (
        &[
            "std::env::var",
            "std::env::vars",
            "std::env::var_os",
            "std::env::vars_os",
            "std::env::args",
            "std::env::args_os",
        ],
        &["config", "main"],
    ),
    (
        &[
            "std::io::stdout",
            "std::io::stderr",
            "std::io::stdin",
            "std::io::Stdout",
            "std::io::Stderr",
            "std::io::Stdin",
            "rustix::stdio",
            "rustix::termios",
        ],
        &["terminal"],
    ),
    (&["std::process::Command"], &["process"]),
    (
        &[
            "aes_gcm",
            "sha2",
            "hmac",
            "hkdf",
            "pbkdf2",
            "ed25519_dalek",
            "getrandom",
            "subtle",
        ],
        &["crypto"],
    ),
    // Everybody else says `crate::crypto`.
    (&["secrets_crypto"], &["lib"]),
    (&["jiff"], &["time"]),
    (&["linux_keyutils"], &["session"]),
    // How old a left-over file is, behind the seam of the file system.
    (&["std::time::SystemTime::now"], &["time", "file"]),
    (&["std::process::exit", "std::process::abort"], &[]),
    (&["std::env::set_var", "std::env::remove_var"], &[]),
    (&["std::backtrace"], &[]),
];

const MACROS: [(&[&str], &[&str]); 2] = [
    (&["println", "eprintln", "print", "eprint"], &["terminal"]),
    (&["dbg", "todo", "unimplemented"], &[]),
];

/// Without an argument these are the methods of `Path` that ask the file system.
const METHODS: [(&[&str], &[&str]); 2] = [
    (
        &[
            "canonicalize()",
            "exists()",
            "read_dir()",
            "read_link()",
            "symlink_metadata()",
            "try_exists()",
        ],
        &["file"],
    ),
    // Each use of the standard sort is 5 to 8 kB of the program.
    (&["sort()", "sort_unstable()"], &["order", "secret"]),
];

/// What a type that holds a secret must not be.
const TOO_OPEN: [&str; 7] = [
    "Clone",
    "Copy",
    "Debug",
    "Deserialize",
    "Display",
    "LowerHex",
    "Serialize",
];

/// The files that touch the bytes of a secret by `expose()`, and why.
///
/// A new line here is a new door: it wants a reason that a reviewer believes.
const EXPOSES: [(&str, &str); 63] = [
    (
        "src/commands/inject.rs",
        "cuts the template, which lies in a buffer that is wiped",
    ),
    (
        "src/commands/diff/row.rs",
        "puts what was to be shown into JSON",
    ),
    (
        "src/commands/edit/folder.rs",
        "compares edited lines with those before",
    ),
    (
        "src/commands/edit/one.rs",
        "compares an edited text with the one before",
    ),
    (
        "src/custody/env_file.rs",
        "tells a reference from a plain value",
    ),
    (
        "src/custody/edit.rs",
        "looks whether an editor changed a text",
    ),
    ("src/commands/export.rs", "writes a file of values"),
    ("src/commands/generate.rs", "prints what it made"),
    (
        "src/commands/get/show.rs",
        "puts what was asked for into JSON",
    ),
    ("src/input/pairs.rs", "has the pairs of a file read"),
    ("src/exchange/dotenv.rs", "writes values as a .env file"),
    (
        "src/exchange/read.rs",
        "tells an encrypted value by how it begins",
    ),
    ("src/exchange/read/csv.rs", "reads the names of columns"),
    (
        "src/exchange/read/items.rs",
        "puts what is known of a secret where it belongs",
    ),
    (
        "src/exchange/read/shape.rs",
        "decodes what stands in base64",
    ),
    (
        "src/exchange/read/tree.rs",
        "reads texts by which a shape is known",
    ),
    ("src/exchange/shell.rs", "writes values for a shell"),
    (
        "src/exchange/kubernetes.rs",
        "writes values into a Secret of Kubernetes",
    ),
    (
        "src/exchange/template.rs",
        "puts values where a template refers to them",
    ),
    ("src/exchange/text.rs", "has a value judged as text"),
    (
        "src/commands/export/target.rs",
        "adds variables to the file of a job",
    ),
    ("src/masking/patterns.rs", "spells out what is to be masked"),
    (
        "src/input/flags.rs",
        "checks that JSON is JSON and text is text",
    ),
    (
        "src/config/snapshot.rs",
        "variables may be secrets; this is where they are read",
    ),
    ("src/custody/compare.rs", "compares two values"),
    (
        "src/custody/clipboard.rs",
        "hashes what is copied, and what the clipboard holds later",
    ),
    (
        "src/custody/contract.rs",
        "a pattern of the contract is looked for in it",
    ),
    (
        "src/custody/credential.rs",
        "reads keys, tokens and passphrases from their bytes",
    ),
    (
        "src/custody/doctor/program.rs",
        "reads the version that a program printed",
    ),
    (
        "src/custody/key_command.rs",
        "reads what a helper printed as a credential",
    ),
    (
        "src/custody/opener.rs",
        "judges a new passphrase, writes a new key",
    ),
    (
        "src/custody/prompt.rs",
        "reads what was typed as a passphrase",
    ),
    ("src/custody/session.rs", "reads a session that was kept"),
    ("src/custody/tracked.rs", "reads what git printed"),
    ("src/custody/place.rs", "writes a file of the user"),
    (
        "src/custody/recognise.rs",
        "compares a value with the one that was given",
    ),
    (
        "src/custody/recognise/pieces.rs",
        "takes a text that was given apart",
    ),
    ("src/input/pasted.rs", "looks whether anything was given"),
    ("src/custody/tracked.rs", "reads what git printed"),
    (
        "src/input/field.rs",
        "cuts one field out of a value that is JSON",
    ),
    (
        "src/input/guard.rs",
        "looks for slips of pasting, and says none of the bytes",
    ),
    ("src/input.rs", "compares two answers"),
    (
        "src/process/capture.rs",
        "hands a value to a helper on its standard input",
    ),
    (
        "src/process/environment.rs",
        "puts values into the child's environment",
    ),
    (
        "src/process/feed.rs",
        "hands a value to the hook of a rotation",
    ),
    ("src/scratch.rs", "writes values to files for one command"),
    (
        "src/session/directory.rs",
        "writes a session to a file in memory",
    ),
    ("src/session/keyring.rs", "hands a session to the kernel"),
    ("src/terminal.rs", "prints a value to standard output"),
    ("src/terminal/prompt.rs", "reads yes or no"),
    ("src/terminal/source.rs", "takes the trailing newline away"),
    ("src/terminal/escape.rs", "escapes a value for a terminal"),
    (
        "src/vault/wrap.rs",
        "makes the wrap of a slot from a key or passphrase",
    ),
    ("src/vault/bound.rs", "seals a value"),
    (
        "src/vault/passphrase.rs",
        "tries whether a passphrase is the old one",
    ),
    (
        "src/vault/proof.rs",
        "compares values under old and new keys",
    ),
    (
        "src/summary/secret_text.rs",
        "prints a new key or passphrase, once",
    ),
    (
        "src/vault/likeness.rs",
        "compares a value with the one that is there",
    ),
    (
        "src/vault/holders.rs",
        "compares a value with the current ones",
    ),
    (
        "src/vault/rotate.rs",
        "compares a new value with the one before",
    ),
    ("src/vault/token.rs", "reads a token"),
    ("src/vault/unlock.rs", "derives the key of a slot"),
    ("src/vault/write.rs", "compares a value with the one before"),
];

/// Files longer than 300 lines without their tests, and why that is right.
const LONG: [(&str, &str); 4] = [
    (
        "src/file/error.rs",
        "one list of facts with their sentences",
    ),
    (
        "src/file/kernel.rs",
        "one trait, a few lines for each system call",
    ),
    (
        "src/process/environment.rs",
        "one function and the types it speaks in",
    ),
    (
        "src/vault/error.rs",
        "one list of facts, each with its class",
    ),
];

/// Every file of the program that is no file of tests: name, module, room, text.
pub fn files() -> Vec<(String, String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut all, mut dirs) = (Vec::new(), vec![root.join("src"), root.join("crypto/src")]);
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                if is_tests(&name) {
                    continue;
                }
                let (module, room) = place(&name);
                all.push((name, module, room, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

/// Whether a file is a module `tests`, which its parent declares under `#[cfg(test)]` (checked below).
fn is_tests(name: &str) -> bool {
    name.split('/')
        .any(|part| part == "tests" || part == "tests.rs")
}

/// `src/name/address.rs` is the module `crate::name::address` of the room `name`.
///
/// The room `crypto` is a package; its files are read as if they stood in `src/crypto`.
fn place(file: &str) -> (String, String) {
    let file = &match file.strip_prefix("crypto/src/") {
        Some("lib.rs") => "src/crypto.rs".to_owned(),
        Some(inner) => format!("src/crypto/{inner}"),
        None => file.to_owned(),
    };
    let inner = file
        .trim_start_matches("src/")
        .trim_end_matches(".rs")
        .trim_end_matches("/mod");
    let room = inner.split('/').next().unwrap().to_owned();
    if ["lib", "main"].contains(&room.as_str()) {
        return ("crate".to_owned(), room);
    }
    (format!("crate::{}", inner.replace('/', "::")), room)
}

fn floor(room: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, floor)| *floor)
}

/// Whether `path` is `prefix` or lies in it.
fn within(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Every broken rule in one file.
fn broken(module: &str, room: &str, source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut say = |line: usize, what: String| found.push(format!("{line}: {what}"));
    let free = room == "lib" || room == "main";
    let own = floor(room);
    if own.is_none() && room != "lib" {
        say(1, format!("the room \"{room}\" has no floor"));
    }
    for (line, path) in &source.paths {
        let mut names = path.split("::");
        let first = names.next().unwrap();
        let target = names.next().unwrap_or_default();
        if (first == "crate" || first == "secrets") && !free {
            match floor(target) {
                Some(floor) if target != room && Some(floor) >= own => {
                    say(
                        *line,
                        format!("{room} may not use {path}: it is not on a lower floor"),
                    );
                }
                None if target.is_empty() || target == "*" => {
                    say(*line, format!("{room} takes the whole crate by {path}"));
                }
                _ => {}
            }
            let verb = |m: &str| {
                m.strip_prefix("crate::commands::")
                    .and_then(|m| m.split("::").next().map(str::to_owned))
            };
            if let (Some(mine), Some(other)) = (verb(module), verb(path))
                && mine != other
                && is_command(&other)
            {
                say(
                    *line,
                    format!("the command {mine} may not use the command {other}"),
                );
            }
        }
        for (paths, rooms) in &PATHS {
            if paths.iter().any(|p| within(path, p)) && !rooms.contains(&room) {
                say(*line, format!("{path} belongs to {rooms:?}"));
            }
        }
    }
    for (seen, rules) in [
        (&source.macros, &MACROS[..]),
        (&source.methods, &METHODS[..]),
    ] {
        for (line, name) in seen {
            for (names, rooms) in rules {
                if names.contains(&name.as_str()) && !rooms.contains(&room) {
                    say(*line, format!("{name} belongs to {rooms:?}"));
                }
            }
        }
    }
    for (line, word) in &source.words {
        if word == "unsafe" || (word == "SecretValue" && room == "audit") {
            say(*line, format!("{word} is forbidden here"));
        }
    }
    for (line, name, holder) in &source.traits {
        if room == "secret" && holder != "Error" && TOO_OPEN.contains(&name.as_str()) {
            say(
                *line,
                format!("{holder} holds a secret and must not be {name}"),
            );
        }
    }
    found
}

/// Whether a name is a file of `src/commands`, and not a helper in the file above them.
fn is_command(name: &str) -> bool {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands");
    dir.join(format!("{name}.rs")).is_file()
        || dir.join(name).is_dir()
        || cfg!(test) && name == "planted"
}

#[test]
fn every_room_keeps_to_its_floor_and_its_words() {
    let mut report = String::new();
    for (file, module, room, text) in files() {
        for line in broken(&module, &room, &read(&module, &text)) {
            report.push_str(&format!("{file}:{line}\n"));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn secrets_are_exposed_only_where_a_reason_is_written() {
    let touches = |source: &Source| {
        source
            .methods
            .iter()
            .any(|(_, name)| name.starts_with("expose"))
            || source
                .paths
                .iter()
                .any(|(_, path)| path.ends_with("::expose"))
    };
    let found: BTreeSet<String> = files()
        .into_iter()
        .filter(|(_, module, _, text)| touches(&read(module, text)))
        .map(|(file, ..)| file)
        .collect();
    let listed: BTreeSet<String> = EXPOSES.iter().map(|(file, _)| (*file).to_owned()).collect();
    let new: Vec<_> = found
        .difference(&listed)
        .map(|f| format!("    (\"{f}\", \"\"),"))
        .collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        gone.is_empty(),
        "these files expose nothing any more: {gone:?}"
    );
    assert!(
        new.is_empty(),
        "new doors; give each a reason in EXPOSES:\n{}",
        new.join("\n")
    );
    assert!(EXPOSES.iter().all(|(_, reason)| !reason.is_empty()));
}

#[test]
fn modules_of_tests_are_compiled_for_tests_only() {
    for (file, _, _, text) in files() {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            if line.starts_with("mod tests") || line.starts_with("pub mod tests") {
                let above = &lines[at.saturating_sub(4)..at];
                assert!(above.contains(&"#[cfg(test)]"), "{file}:{}", at + 1);
            }
        }
    }
}

#[test]
fn files_stay_short() {
    let long: BTreeSet<String> = files()
        .into_iter()
        .filter(|(file, _, _, text)| {
            code_lines(text) > if file == "src/main.rs" { 25 } else { 300 }
        })
        .map(|(file, ..)| file)
        .collect();
    let listed: BTreeSet<String> = LONG.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(
        long, listed,
        "left: over 300 lines (main.rs: 25) without tests; right: those in LONG"
    );
}

#[test]
fn a_command_is_short_beside_its_arguments() {
    let long: Vec<String> = files()
        .into_iter()
        .filter(|(file, ..)| file.starts_with("src/commands/"))
        .filter_map(|(file, _, _, text)| {
            let (_, behind) = text.split_once("pub struct Args {")?;
            let (_, body) = behind.split_once("\n}\n")?;
            let lines = code_lines(body);
            (lines > 150).then(|| format!("{file}: {lines} lines"))
        })
        .collect();
    assert!(
        long.is_empty(),
        "over 150 lines beside the arguments: {long:?}"
    );
}

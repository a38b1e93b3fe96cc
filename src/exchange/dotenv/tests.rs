//! Both readings against answers of the packages themselves; what is written,
//! read back.

use super::*;
use crate::name::VarName;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Where `tests/dotenv/oracle.sh` puts fresh answers, and takes files from.
const FRESH_VECTORS: &str = "SECRETS_DOTENV_VECTORS";
const WRITTEN_FILES: &str = "SECRETS_DOTENV_WRITTEN";

type Map = BTreeMap<String, String>;

struct Vector {
    input: String,
    python: Map,
    node: Map,
}

fn vectors() -> Vec<Vector> {
    let path = std::env::var(FRESH_VECTORS).unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dotenv/vectors.jsonl").to_owned()
    });
    let text = std::fs::read_to_string(path).unwrap();
    let vector = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let map = |value: &Value| serde_json::from_value::<Map>(value.clone()).unwrap();
        let python = map(&line[1]);
        let node = if line[2].is_null() {
            python.clone()
        } else {
            map(&line[2])
        };
        Vector {
            input: line[0].as_str().unwrap().to_owned(),
            python,
            node,
        }
    };
    text.lines().map(vector).collect()
}

fn map(assignments: Vec<Assignment<'_>>) -> Map {
    last(assignments)
        .into_iter()
        .filter_map(|(name, one)| Some((name.to_owned(), one.value?.to_string())))
        .collect()
}

fn text(value: &SecretValue) -> String {
    String::from_utf8(value.expose().to_vec()).unwrap()
}

fn ours(input: &str) -> (Map, Vec<Note>) {
    let reading = read(input.as_bytes()).unwrap();
    let found = reading.found.iter();
    let map = found.map(|one| (one.name.clone(), text(&one.value)));
    (map.collect(), reading.notes)
}

#[test]
fn both_readings_are_those_of_the_packages() {
    let all = vectors();
    assert!(all.len() >= 300, "{}", all.len());
    let mut wrong = Vec::new();
    for Vector {
        input,
        python,
        node,
    } in &all
    {
        let text = with_line_feeds(input);
        if map(python::read(&text).assignments) != *python {
            wrong.push(format!("python-dotenv: {input:?}: {python:?}"));
        }
        if map(node::read(&text)) != *node {
            wrong.push(format!("dotenv: {input:?}: {node:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_file_that_both_read_alike_is_read_so_and_every_difference_is_told() {
    for Vector {
        input,
        python,
        node,
    } in vectors()
    {
        let (found, notes) = ours(&input);
        assert_eq!(found, python, "{input:?}");
        let names = python.keys().chain(node.keys());
        let differing = names.filter(|name| python.get(*name) != node.get(*name));
        let differing: std::collections::BTreeSet<_> = differing.collect();
        let told = notes
            .iter()
            .filter(|note| !matches!(note.what, Remark::Again | Remark::Unread));
        assert_eq!(told.count(), differing.len(), "{input:?}: {notes:?}");
        for note in notes.iter().filter(|note| note.what != Remark::Unread) {
            let lines = with_line_feeds(&input);
            let line = lines.split('\n').nth(note.line - 1).unwrap();
            assert!(note.name.iter().all(|name| line.contains(name.as_str())));
        }
    }
}

/// The remarks with their lines and names, as `N NAME Remark`.
fn remarks(input: &str) -> Vec<String> {
    let shown = |note: Note| {
        let name = note.name.unwrap_or_else(|| "-".to_owned());
        format!("{} {name} {:?}", note.line, note.what)
    };
    ours(input).1.into_iter().map(shown).collect()
}

#[test]
fn what_is_remarkable_is_told_by_line_and_name() {
    for (input, expected) in [
        ("A=1\nB='x\ny'\nC=pa$$word\n", &[][..]),
        ("A=1\n\nB=2\nA=3\n", &["4 A Again"]),
        ("A=1\nB=x#y\n", &["2 B Differs"]),
        ("A=1\r\nB=x#y\r\n", &["2 B Differs"]),
        ("\n\nA: 1\n", &["3 A LeftOut"]),
        ("A B=1\nC/D=2\n", &["1 - Unread", "2 - Extra"]),
        (
            "no assignment at all\nA=1\nB\n",
            &["1 - Unread", "3 - Unread"],
        ),
        ("# A comment\n\n", &[]),
    ] {
        assert_eq!(remarks(input), expected, "{input:?}");
    }
}

#[test]
fn a_line_of_a_key_is_not_repeated_as_a_name() {
    let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";
    let input = format!("A=-----BEGIN\n{line}\n{line}=='x\nMIIa+b/c==\n");
    let shown = format!("{:?}", remarks(&input));
    assert!(!shown.contains("MII"), "{shown}");
    assert_eq!(remarks(&input).len(), 2);
}

#[test]
fn what_is_no_text_is_refused_by_its_line() {
    let error = |input: &[u8]| read(input).err().map(|error| error.to_string());
    let no_text = "line 2 is no UTF-8 text".to_owned();
    assert_eq!(error(b"A=1\nB=\xff\n"), Some(no_text));
    let nul = "line 3 holds a NUL byte".to_owned();
    assert_eq!(error(b"A=1\n\nB=\0\n"), Some(nul));
    assert_eq!(
        error(b"\xff\xfeA\0=\x001\0"),
        Some("line 1 is no UTF-8 text".to_owned())
    );
    assert_eq!(error(b""), None);
}

/// A small generator, so that a failure can be told by its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const PIECES: [&str; 38] = [
    "a",
    "b",
    "word",
    "é",
    "\u{1F511}",
    "=",
    "#",
    " #",
    "# ",
    "'",
    "\"",
    "`",
    "\\",
    "\\n",
    "\\r",
    "\\t",
    "\\\\",
    "\\'",
    "\\\"",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "  ",
    "$x",
    "${x}",
    "$(id)",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{85}",
    "\u{1c}",
    "\u{b}",
    "export ",
    "A=",
    ": ",
    "",
];

#[test]
fn hostile_files_neither_panic_nor_hang() {
    let mut dice = Dice(0x5eed);
    for _ in 0..20_000 {
        let len = dice.below(24);
        let input: String = (0..len).map(|_| dice.pick(&PIECES)).collect();
        let _ = ours(&input);
    }
}

#[test]
fn reading_takes_time_in_proportion_to_the_length() {
    let hard = [
        "A='",
        "A=\"\\\"",
        "A=`\\`",
        "A=\n",
        "\n",
        " ",
        "export\n",
        "export ",
        "A\n",
        "'",
        "''\n",
        "A=# ",
        "A= ",
        "A='\u{2028}'x",
        "'x\u{2028}",
        "A=x \u{2028}",
        "A: \n",
        "A=\"x\" y\n",
        "\\\"",
        "A=1\n",
        "A",
        "#\n",
        "`\\`\n",
        "A\\'='",
        "A='\\'\\\"\nB=\"",
        "\u{feff}",
    ];
    let spent = |input: &str| {
        let once = |_| {
            let start = Instant::now();
            let _ = ours(input);
            start.elapsed()
        };
        (0..3).map(once).min().unwrap_or_default()
    };
    for piece in hard {
        for start in ["", "A='", "A=\"", "A=`", "A=", "export"] {
            let input = |bytes: usize| format!("{start}{}", piece.repeat(bytes / piece.len()));
            // Eight times as much may take thirty times as long on a busy machine, not sixty-four.
            let small = spent(&input(1 << 15)).max(Duration::from_millis(2));
            let large = spent(&input(1 << 18));
            assert!(
                large < small * 30,
                "{start:?} {piece:?}: {small:?}, {large:?}"
            );
        }
    }
}

fn written(pairs: &[(&str, &str)]) -> Result<String, Vec<String>> {
    let owned: Vec<(VarName, SecretValue)> = pairs
        .iter()
        .map(|(name, value)| {
            let value = SecretValue::copy_from(value.as_bytes());
            (VarName::parse(name).unwrap(), value)
        })
        .collect();
    let pairs: Vec<Pair<'_>> = owned
        .iter()
        .map(|(variable, value)| Pair { variable, value })
        .collect();
    match write(&pairs) {
        Ok(writing) => Ok(text(&writing.text)),
        Err(refusals) => Err(refusals
            .iter()
            .map(|one| one.variable.to_string())
            .collect()),
    }
}

#[test]
fn a_value_is_written_in_the_plainest_form_that_both_read() {
    for (value, line) in [
        ("", "A=\n"),
        ("x", "A=x\n"),
        ("postgres://u:p@h/db", "A=postgres://u:p@h/db\n"),
        ("two words", "A='two words'\n"),
        (" x ", "A=' x '\n"),
        ("pa$$word", "A='pa$$word'\n"),
        ("a#b", "A='a#b'\n"),
        ("{\"a\":1}", "A='{\"a\":1}'\n"),
        ("it's", "A=\"it's\"\n"),
        ("a\nb\n", "A='a\nb\n'\n"),
        ("a\r\nb", "A=\"a\\r\\nb\"\n"),
        ("C:\\new", "A='C:\\new'\n"),
        ("C:\\", "A=C:\\\n"),
        ("say \"it's\"", "A=say \"it's\"\n"),
    ] {
        assert_eq!(written(&[("A", value)]).as_deref(), Ok(line), "{value:?}");
    }
}

#[test]
fn what_no_form_carries_is_refused_by_name_all_at_once() {
    let refused = written(&[
        ("A", "fine"),
        ("B", "'\n\""),
        ("C", "a\0b"),
        ("D", "\"\r"),
        ("E", " '\" "),
        ("__proto__", "x"),
    ]);
    let names = ["B", "C", "D", "E", "__proto__"].map(str::to_owned);
    assert_eq!(refused, Err(names.to_vec()));
}

/// With the directory of `oracle.sh` in the environment, what is written is
/// left there for the packages to read.
#[test]
fn what_is_written_is_read_back_whatever_it_is() {
    let out = std::env::var_os(WRITTEN_FILES).map(std::path::PathBuf::from);
    let mut dice = Dice(0xd07e);
    let (mut carried, mut refused) = (0, 0);
    for number in 0..2_000 {
        let count = dice.below(6) + 1;
        let mut meant = Map::new();
        for at in 0..count {
            let len = dice.below(7);
            let value: String = (0..len).map(|_| dice.pick(&PIECES)).collect();
            let name = ["A", "B", "export", "LONG_name_1", "_", "z"][at];
            match written(&[(name, &value)]) {
                Ok(_) => {
                    carried += 1;
                    meant.insert(name.to_owned(), value);
                }
                Err(_) => refused += 1,
            }
        }
        let pairs: Vec<(&str, &str)> = meant
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let file = written(&pairs).unwrap();
        let (found, notes) = ours(&file);
        assert_eq!((&found, notes), (&meant, Vec::new()), "{file:?}");
        if let Some(out) = &out {
            std::fs::write(out.join(format!("{number}.env")), &file).unwrap();
            let meant = serde_json::to_string(&meant).unwrap();
            std::fs::write(out.join(format!("{number}.json")), meant).unwrap();
        }
    }
    assert!(carried > refused);
}

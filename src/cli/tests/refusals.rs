//! What is said of a wrong line.

use super::super::{family, later, parse, verbs};
use super::{line, refused};

/// Wrong lines, and what is said of them.
pub(super) const REFUSED: &[(&str, &str)] = &[
    (
        "secrets",
        "2 no command is given | see: secrets --help | begin with: secrets init",
    ),
    (
        "secrets -q",
        "2 no command is given | see: secrets --help | begin with: secrets init",
    ),
    (
        "secrets --foo",
        r#"2 secrets has no flag "--foo" | see: secrets --help"#,
    ),
    (
        "secrets gte A",
        r#"2 "gte" is no command | similar command: secrets get"#,
    ),
    (
        "secrets foo",
        r#"2 "foo" is no command | see: secrets --help"#,
    ),
    (
        "secrets help foo",
        r#"2 "foo" is no command | see: secrets --help"#,
    ),
    (
        "secrets help exit-sttus",
        r#"2 "exit-sttus" is no command | similar topic: secrets help exit-status"#,
    ),
    (
        "secrets man gte",
        r#"2 the manual has no page "gte" | similar page: secrets man get"#,
    ),
    (
        "secrets man secrets-valut",
        r#"2 the manual has no page "secrets-valut" | similar page: secrets man secrets-vault"#,
    ),
    (
        "secrets man env craete",
        r#"2 the manual has no page "env craete" | similar page: secrets man env create"#,
    ),
    (
        "secrets man key",
        r#"2 the manual has no page "key" | secrets man key list | secrets man key add | secrets man key remove"#,
    ),
    (
        "secrets man nonsense",
        r#"2 the manual has no page "nonsense" | to see every command: secrets man"#,
    ),
    ("secrets man token", r#"2 "token" is not in this version"#),
    (
        "secrets help get set",
        "2 help takes one command or topic | see: secrets --help",
    ),
    (
        "secrets env",
        "2 env needs a command | secrets env list | secrets env create | secrets env remove",
    ),
    (
        "secrets env crate x",
        r#"2 "crate" is no command of env | similar command: secrets env create"#,
    ),
    (
        "secrets env x",
        r#"2 "x" is no command of env | see: secrets env --help"#,
    ),
    (
        "secrets --jsn get A",
        r#"2 get has no flag "--jsn" | similar flag: --json | see: secrets help get"#,
    ),
    ("secrets get", "2 get needs ADDRESS | see: secrets help get"),
    (
        "secrets get A --env",
        "2 --env needs a value | see: secrets help get",
    ),
    (
        "secrets verify x",
        r#"2 verify does not take "x" | see: secrets help verify"#,
    ),
    // What may be a passphrase or a value is not repeated.
    (
        "secrets passwd hunter2",
        "2 passwd has no place for one of the arguments | see: secrets help passwd",
    ),
    (
        "secrets passwd --iterations hunter2",
        "2 --iterations does not take this value: it is no number | see: secrets help passwd",
    ),
    (
        "secrets passwd --hunter2",
        "2 passwd has no such flag | see: secrets help passwd",
    ),
    (
        "secrets meta A hunter2",
        "2 meta has no place for one of the arguments | see: secrets help meta",
    ),
    (
        "secrets key add hunter2",
        "2 key add has no place for one of the arguments | see: secrets help key add",
    ),
    (
        "secrets key add --role hunter2",
        "2 --role does not take this value | one of: member, admin | see: secrets help key add",
    ),
    (
        "secrets undo hunter2",
        "2 undo has no place for one of the arguments | see: secrets help undo",
    ),
    (
        "secrets rollback A hunter2",
        "2 rollback has no place for one of the arguments | see: secrets help rollback",
    ),
    (
        "secrets list --color blue",
        r#"2 --color does not take "blue" | one of: auto, always, never | see: secrets help list"#,
    ),
    (
        "secrets completions csh",
        r#"2 SHELL does not take "csh" | one of: bash, elvish, fish, powershell, zsh | see: secrets help completions"#,
    ),
    (
        "secrets set A 1 --if-version z",
        r#"2 --if-version does not take "z": it is no number | see: secrets help set"#,
    ),
    (
        "secrets list -g --vault x",
        "2 --vault and --global exclude each other | see: secrets help list",
    ),
    (
        "secrets run --shell x y",
        "125 COMMAND and --shell exclude each other | see: secrets help run",
    ),
    (
        "secrets exec --foo x",
        r#"125 run has no flag "--foo" | see: secrets help run"#,
    ),
    // Words of other programs.
    (
        "secrets read A",
        r#"2 "read" is no command | here it is: secrets get NAME"#,
    ),
    (
        "secrets write A",
        r#"2 "write" is no command | here it is: secrets set NAME"#,
    ),
    (
        "secrets kv get A",
        r#"2 "kv" is no command | here it is: secrets get NAME | here it is: secrets set NAME"#,
    ),
    (
        "secrets setup",
        r#"2 "setup" is no command | here it is: secrets init"#,
    ),
    (
        "secrets deploy",
        r#"2 "deploy" is no command | here it is: secrets run -- COMMAND"#,
    ),
    // Traps.
    (
        "secrets get db -version=2",
        "2 a version is part of the address | secrets get db@2",
    ),
    (
        "secrets get -version=2 db",
        "2 a version is part of the address | secrets get NAME@2",
    ),
    (
        "secrets get db@1 -version 2",
        "2 a version is part of the address | secrets get db@N",
    ),
    (
        "secrets get A -env prod",
        r#"2 "-env" has two dashes here | --env"#,
    ),
    (
        "secrets run -e A=1 x",
        "125 -e names an environment and sets no variable | A=VALUE secrets run -- COMMAND",
    ),
    (
        "secrets set A -abc",
        r#"2 a value that begins with "-" would be taken for a flag | secrets set A -- -VALUE | see: secrets help set"#,
    ),
    (
        "secrets set A --abc",
        r#"2 a value that begins with "-" would be taken for a flag | secrets set A -- -VALUE | see: secrets help set"#,
    ),
    (
        "secrets set A --tgas x",
        "2 set has no such flag | similar flag: --tags | see: secrets help set",
    ),
    (
        "secrets set A --generate hex:8",
        "2 --generate stands beside a value | secrets set NAME --generate=SPEC",
    ),
    (
        "secrets set --generate hex:8 A",
        "2 --generate stands beside a value | secrets set NAME --generate=SPEC",
    ),
    // Later versions.
    ("secrets scan A", r#"2 "scan" is not in this version"#),
    ("secrets help token", r#"2 "token" is not in this version"#),
    (
        "secrets list --reveal",
        r#"2 "--reveal" is not in this version"#,
    ),
];

#[test]
fn a_wrong_line_is_refused_with_the_way_out() {
    for (line, expected) in REFUSED {
        assert_eq!(refused(line), *expected, "{line}");
    }
}

#[test]
fn every_word_of_the_grammar_is_a_verb_or_refused() {
    assert!(later::WORDS.is_sorted());
    for word in later::WORDS {
        assert!(verbs::named(word).is_none() && family::named(word).is_none());
        let expected = format!("2 {word:?} is not in this version");
        for line in [
            format!("secrets {word}"),
            format!("secrets -e prod {word} A --json"),
            format!("secrets help {word}"),
        ] {
            assert_eq!(refused(&line), expected);
        }
    }
}

#[test]
fn a_value_in_the_wrong_place_is_not_repeated() {
    for text in [
        "secrets set A -canary",
        "secrets set A --canary",
        "secrets set A --canary=canary",
        "secrets set -canary A",
        "secrets set --canary A",
        "secrets set A --generate canary",
        "secrets set A --raw=canary",
        "secrets set A --json=canary canary",
        "secrets set A canary --if-version=x",
        "secrets set A=canary -canary",
        "secrets run -e A=canary x",
        "secrets run -e canary=1=canary --map x y",
    ] {
        if let Err(failure) = parse(line(text)) {
            let shown = format!("{failure:?}").replace("canary=VALUE", "");
            assert!(!shown.contains("canary"), "{text}: {shown}");
        }
    }
}

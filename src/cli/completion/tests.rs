//! Which words follow a line, without a vault.

use std::ffi::OsString;

use super::super::{Verb, parse};
use super::script;
use crate::commands::completions::Shell;
use crate::custody::{Kind, Which};

/// What `completions` answers for a line whose last word is being typed.
fn asked(shell: &str, line: &str) -> super::Parsed {
    let mut words: Vec<&str> = line.split(' ').collect();
    let typed = format!("--words={}", words.pop().unwrap());
    let args = ["secrets", "completions", shell, &typed, "--"];
    let args = args.into_iter().chain(words).map(OsString::from).collect();
    parse(args).ok().unwrap()
}

fn words(line: &str) -> Vec<String> {
    match asked("bash", line).verb {
        Verb::Text(text) => text.lines().map(str::to_owned).collect(),
        _ => panic!("{line}"),
    }
}

/// Kind, the text before, the word that is begun, and the globals.
fn question(line: &str) -> (Kind, String, String, crate::context::Globals) {
    let asked = asked("bash", line);
    match asked.verb {
        Verb::Complete(question) => (
            question.kind,
            question.before,
            question.typed,
            asked.globals,
        ),
        _ => panic!("{line}"),
    }
}

#[test]
fn verbs_flags_and_their_values_follow_a_line() {
    for (line, expected) in [
        ("secrets ge", "get generate"),
        ("secrets del", "delete"),
        ("secrets -qe prod --json hist", "history"),
        ("A=1 secrets hist", "history"),
        ("secrets audit v", "verify"),
        ("secrets log u", "usage"),
        ("secrets env c", "create"),
        ("secrets key ", "list add remove"),
        ("secrets env -e x r", "remove"),
        ("secrets get --fie", "--field"),
        ("secrets get -o", "-o"),
        ("secrets --acc", "--accept-older"),
        ("secrets --json --js", ""),
        ("secrets -p a --pat", "--path"),
        ("secrets set X --type b", "binary"),
        ("secrets set X --type=j", "--type=json"),
        ("secrets --color a", "auto always"),
        ("secrets completions f", "fish"),
        ("secrets help und", "undelete undo"),
        ("secrets run -- ls -", "\tfiles"),
        ("secrets run l", "\tcommands"),
        ("secrets run --keep-env -r -- l", "\tcommands"),
        ("secrets get --key-file ./", "\tfiles"),
        ("secrets import ", "\tfiles"),
        ("secrets set X Y", ""),
        ("secrets env create q", ""),
        ("secrets wat ", ""),
        ("secrets env wat ", ""),
        ("secrets get --words", ""),
        ("secrets completions --wo", ""),
        ("secrets get --note=x", ""),
    ] {
        assert_eq!(words(line).join(" "), expected, "{line}");
    }
    assert!(words("secrets ").iter().all(|word| word != "delete"));
    assert!(words("secrets init ").contains(&"--environments".to_owned()));
}

#[test]
fn the_vault_is_asked_for_what_only_it_knows() {
    let address = |which, folders| Kind::Address { which, folders };
    let live = address(Which::Live, false);
    for (line, kind, before, typed) in [
        ("secrets get DA", live, "", "DA"),
        ("secrets get X 'DA", live, "", "DA"),
        ("secrets set ", live, "", ""),
        (
            "secrets undelete A",
            address(Which::Deleted, false),
            "",
            "A",
        ),
        ("secrets history A", address(Which::All, false), "", "A"),
        ("secrets rm A", address(Which::Live, true), "", "A"),
        ("secrets audit D", address(Which::Live, true), "", "D"),
        ("secrets get -e ", Kind::Environment, "", ""),
        ("secrets --env=p", Kind::Environment, "--env=", "p"),
        ("secrets env remove p", Kind::Environment, "", "p"),
        ("secrets rotate --key p", Kind::Environment, "", "p"),
        ("secrets list -p in", Kind::Folder, "", "in"),
        ("secrets --slot o", Kind::Label, "", "o"),
        ("secrets key remove o", Kind::Label, "", "o"),
        ("secrets run --only A,B", Kind::Name, "A,", "B"),
        ("secrets run --map V=D", live, "V=", "D"),
        ("secrets get -- -e", live, "", "-e"),
    ] {
        let found = question(line);
        let found = (found.0, found.1.as_str(), found.2.as_str());
        assert_eq!(found, (kind, before, typed), "{line}");
    }
}

#[test]
fn the_flags_of_the_line_say_which_vault_is_asked() {
    let line =
        "secrets -eprod get -p a --path=b --vault v --slot me --key-file k --reason r --json X";
    let globals = question(line).3;
    assert_eq!(globals.env.as_deref(), Some("prod"));
    assert_eq!(globals.path, ["a", "b"]);
    assert_eq!(globals.vault.as_deref(), Some("v".as_ref()));
    assert_eq!(globals.slot.as_deref(), Some("me"));
    assert_eq!(globals.key_file.as_deref(), Some("k".as_ref()));
    assert!(!globals.json && globals.reason.is_none());
    assert!(question("secrets get -g X").3.global);
    // Flags that contradict each other: nobody is asked.
    assert!(words("secrets get -g --vault v X").is_empty());
    assert!(words("secrets get --passphrase-fd x X").is_empty());
}

#[test]
fn a_word_is_told_with_what_it_is_where_the_shell_shows_it() {
    for (shell, told) in [
        ("bash", false),
        ("elvish", false),
        ("fish", true),
        ("powershell", true),
        ("zsh", true),
    ] {
        match asked(shell, "secrets hist").verb {
            Verb::Text(text) if told => {
                assert_eq!(
                    text,
                    "history\tShow the versions of a secret, never their values\n"
                )
            }
            Verb::Text(text) => assert_eq!(text, "history\n"),
            _ => panic!("{shell}"),
        }
    }
}

#[test]
fn each_script_calls_the_program_for_its_own_shell() {
    for (shell, name) in [
        (Shell::Bash, "bash"),
        (Shell::Elvish, "elvish"),
        (Shell::Fish, "fish"),
        (Shell::PowerShell, "powershell"),
        (Shell::Zsh, "zsh"),
    ] {
        let call = format!("completions {name} ");
        assert_eq!(script(shell).matches(&call).count(), 1, "{name}");
    }
}

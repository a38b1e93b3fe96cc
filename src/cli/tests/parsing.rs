//! What a right line means.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::super::{Line, Parsed, Verb, parse};
use super::{failure, line, parsed, printed};

#[test]
fn aliases_are_the_verb() {
    assert!(matches!(parsed("secrets ls").verb, Verb::List(_)));
    assert!(matches!(parsed("secrets add A 1").verb, Verb::Set(_)));
    assert!(matches!(parsed("secrets exec x").verb, Verb::Run(_)));
    assert!(printed("secrets completion fish").contains("complete -c secrets"));
    assert!(parsed("secrets list --confirm").globals.yes);
    assert!(Line::read(line("secrets exec x")).is_run());
}

#[test]
fn a_global_flag_means_the_same_on_either_side_of_the_verb() {
    let before = parsed("secrets -qe prod -p /a --json get X").globals;
    let after = parsed("secrets get X -qe prod -p /a --json").globals;
    assert_eq!(before, after);
    assert_eq!(before.env.as_deref(), Some("prod"));
    let both = parsed("secrets -p /a -e dev -v get -p /b X -e prod -q").globals;
    assert_eq!(both.path, ["/a", "/b"]);
    assert_eq!(both.env.as_deref(), Some("prod"));
    assert!(both.quiet && !both.verbose);
    let middle = parsed("secrets env --no-input list --color=never");
    assert!(middle.globals.no_input && matches!(middle.verb, Verb::EnvList(_)));
}

#[test]
fn the_value_of_a_flag_is_no_second_word() {
    let audit = |text: &str| match parsed(text).verb {
        Verb::AuditList(args) => (args.filters.action, args.filters.verb, args.target),
        _ => panic!("{text}"),
    };
    let note = || vec!["note".to_owned()];
    assert_eq!(audit("secrets audit --action note"), (note(), None, None));
    let both = audit("secrets log --verb list --action note X");
    let (list, x) = (Some("list".to_owned()), Some("X".to_owned()));
    assert_eq!(both, (note(), list, x));
    let after = audit("secrets audit --action note list X");
    assert_eq!((after.0, after.2.as_deref()), (note(), Some("X")));
    assert!(matches!(
        parsed("secrets audit -e a note --type b").verb,
        Verb::AuditNote(_)
    ));
}

#[test]
fn what_follows_the_command_of_run_is_its_own() {
    let command = |text: &str| match parsed(text) {
        Parsed {
            verb: Verb::Run(args),
            globals,
            ..
        } => (
            args.command
                .into_iter()
                .map(|arg| arg.into_string().unwrap())
                .collect::<Vec<_>>()
                .join(" "),
            globals,
        ),
        _ => panic!("{text}"),
    };
    for (text, expected) in [
        ("secrets run cmd -e x --json -- -h", "cmd -e x --json -- -h"),
        ("secrets run -- cmd -- --help", "cmd -- --help"),
        ("secrets run -- -odd --mask", "-odd --mask"),
        ("secrets run --only A cmd --mask", "cmd --mask"),
        (
            "secrets run --keep-env --allow-expired=A,B cmd -V",
            "cmd -V",
        ),
        ("secrets run", ""),
    ] {
        let (found, globals) = command(text);
        assert_eq!(found, expected, "{text}");
        assert!(!globals.json && globals.env.is_none(), "{text}");
    }
    assert!(command("secrets -e prod run -q cmd").1.quiet);
}

#[test]
fn a_list_is_given_by_commas_or_by_repeating() {
    let Verb::Run(args) =
        parsed("secrets run --only A,B --only C --keep-env --allow-expired=A,B x").verb
    else {
        panic!()
    };
    assert_eq!(args.selector.only, ["A", "B", "C"]);
    assert_eq!(args.keep_env, Some(vec![]));
    assert_eq!(
        args.selector.allow_expired,
        Some(vec!["A".to_owned(), "B".to_owned()])
    );
    let Verb::Set(args) = parsed("secrets set A --tags a,b --generate").verb else {
        panic!()
    };
    assert_eq!(args.tags, Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(args.generate, Some(None));
    let Verb::Set(args) = parsed("secrets set A --generate=hex:8 --tags=").verb else {
        panic!()
    };
    assert_eq!(args.generate, Some(Some("hex:8".to_owned())));
    assert_eq!(args.tags, Some(vec![String::new()]));
}

#[test]
fn json_and_run_are_known_of_a_line_that_does_not_parse() {
    for (text, json, run) in [
        ("secrets --json run --foo x", true, true),
        ("secrets run --foo --json x", true, true),
        ("secrets run --foo x --json", false, true),
        ("secrets run -- x --json", false, true),
        ("secrets run --only --json", false, true),
        ("secrets get --foo --json", true, false),
        ("secrets foo --json", true, false),
        ("secrets --json", true, false),
        ("secrets set A -- --json", false, false),
        ("secrets env remove --json", true, false),
    ] {
        let read = Line::read(line(text));
        assert_eq!((read.json(), read.is_run()), (json, run), "{text}");
    }
    let failure = failure("secrets run --foo --json x");
    assert_eq!((failure.code(), failure.exit_status()), ("usage", 125));
}

#[test]
fn bytes_that_are_not_text_are_values_and_no_names() {
    let odd = OsString::from_vec(vec![b'a', 0xff]);
    let with = |words: &[&str]| {
        let words = words.iter().map(OsString::from);
        parse(words.chain([odd.clone()]).collect())
    };
    let Ok(Parsed {
        verb: Verb::Set(args),
        ..
    }) = with(&["secrets", "set", "A"])
    else {
        panic!()
    };
    assert_eq!(args.operands[1], odd);
    let Ok(Parsed {
        verb: Verb::Run(args),
        ..
    }) = with(&["secrets", "run", "x"])
    else {
        panic!()
    };
    assert_eq!(args.command[1], odd);
    for words in [
        ["secrets", "get"].as_slice(),
        &["secrets", "get", "A", "-e"],
    ] {
        let failure = with(words).err().unwrap();
        assert_eq!(
            failure.message,
            "an argument that must be text is not UTF-8"
        );
    }
    assert!(with(&["secrets"]).is_err());
}

#[test]
fn the_version_is_one_line() {
    for text in [
        "secrets -V",
        "secrets --version",
        "secrets get --version",
        "secrets -V ls",
    ] {
        assert_eq!(printed(text), "secrets 0.1.0\n", "{text}");
    }
}

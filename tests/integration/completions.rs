//! Completions in real shells: TAB is pressed, and the words are looked at.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::command::{Run, find};
use crate::harness::Sandbox;
use crate::pty::available;

/// What is typed, and the words after TAB.
const TYPED: [(&str, &str); 16] = [
    ("secrets undel", "secrets undelete"),
    ("secrets unse", "secrets unset"),
    ("secrets audit ver", "secrets audit verify"),
    ("secrets env cre", "secrets env create"),
    ("secrets get --fie", "secrets get --field"),
    ("secrets set X --type bi", "secrets set X --type binary"),
    ("secrets set X --type=bi", "secrets set X --type=binary"),
    ("secrets -e prod", "secrets -e production"),
    ("secrets --env=prod", "secrets --env=production"),
    ("secrets --slot ow", "secrets --slot owner"),
    ("secrets get DATAB", "secrets get DATABASE_URL"),
    ("secrets get 'DATAB", "secrets get DATABASE_URL"),
    (
        "secrets get production:/A",
        "secrets get production:/API-KEY.v2",
    ),
    (
        "secrets get -e production AP",
        "secrets get -e production API-KEY.v2",
    ),
    (
        "secrets get X -p infra DB",
        "secrets get X -p infra DB_PASSWORD",
    ),
    ("secrets list -p inf", "secrets list -p infra"),
];

/// A vault with names in two environments and in a folder.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("DATABASE_URL", "canary/value A?");
    sandbox.set("infra/DB_PASSWORD", "canary/value B?");
    sandbox.set("production:/API-KEY.v2", "canary/value C?");
    sandbox
}

/// The words that the program gives a script.
fn asked<'a>(sandbox: &'a Sandbox, line: &str) -> Run<'a> {
    let mut words: Vec<&str> = line.split(' ').collect();
    let typed = format!("--words={}", words.pop().unwrap());
    sandbox
        .secrets(["completions", "bash", &typed, "--"])
        .args(words)
}

fn words(sandbox: &Sandbox, line: &str) -> String {
    let output = asked(sandbox, line).run().ok();
    let text = String::from_utf8(output.stdout().to_vec()).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every file below a directory with its bytes.
fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            all.insert(
                path.display().to_string(),
                fs::read(&path).unwrap_or_default(),
            );
            if path.is_dir() {
                dirs.push(path);
            }
        }
    }
    all
}

#[test]
fn names_folders_environments_and_labels_come_from_the_vault() {
    let sandbox = sandbox();
    for (line, expected) in [
        ("secrets get ", "DATABASE_URL infra/DB_PASSWORD"),
        ("secrets get /", "/DATABASE_URL /infra/DB_PASSWORD"),
        ("secrets get production:", "production:/API-KEY.v2"),
        ("secrets get production:A", "production:API-KEY.v2"),
        ("secrets get prod:/", "prod:/API-KEY.v2"),
        ("secrets get stag", "staging:"),
        ("secrets get -p infra ", "DB_PASSWORD"),
        ("secrets get -p /infra ", "DB_PASSWORD"),
        ("secrets get -p nowhere ", ""),
        ("secrets get -e staging ", ""),
        ("secrets get -e nowhere ", ""),
        ("secrets get nowhere:", ""),
        ("secrets rm in", "infra/ infra/DB_PASSWORD"),
        ("secrets list -p ", "/infra"),
        ("secrets list -p in", "infra"),
        (
            "secrets run --only DATABASE_URL,D",
            "DATABASE_URL,DATABASE_URL DATABASE_URL,DB_PASSWORD",
        ),
        ("secrets run --map X=DA", "X=DATABASE_URL"),
        ("secrets env remove ", "development production staging"),
        ("secrets key remove ", "owner"),
        ("secrets get --vault .vault DA", "DATABASE_URL"),
        ("secrets get --vault elsewhere DA", ""),
        ("secrets get -g DA", ""),
        ("secrets undelete ", ""),
    ] {
        assert_eq!(words(&sandbox, line), expected, "{line}");
    }
}

#[test]
fn what_is_in_the_way_of_a_name_is_silent_and_leaves_no_trace() {
    let sandbox = sandbox();
    let marker = sandbox.path("home/ran");
    let settings = format!("key_command = [\"touch\", \"{}\"]\n", marker.display());
    sandbox.write("home/.config/secrets/config.toml", settings);
    sandbox.write("home/wrong", [9; 32]);
    let pipe = sandbox.path("home/pipe");
    let made = sandbox.shell(&format!("mkfifo -m 600 {}", pipe.display()));
    made.run().ok();
    let before = (tree(&sandbox.path("state")), tree(&sandbox.project()));
    let names = "secrets get DA";
    let key = sandbox.key_file();
    let with_key = |line: &str| asked(&sandbox, line).env("SECRETS_KEY_FILE", &key);
    let locked = |line: &str| asked(&sandbox, line).without("SECRETS_KEY_FILE");
    let ways = [
        ("locked", locked(names), ""),
        (
            "wrong key",
            locked("secrets get --key-file ../home/wrong DA"),
            "",
        ),
        (
            "no key",
            locked("secrets get --key-file ../home/none DA"),
            "",
        ),
        ("pipe", locked("secrets get --key-file ../home/pipe DA"), ""),
        (
            "descriptor",
            locked("secrets get --key-file /dev/stdin DA")
                .stdin_file(fs::File::open(&key).unwrap()),
            "",
        ),
        (
            "number",
            locked("secrets get --passphrase-fd 0 DA").stdin("passphrase\n"),
            "",
        ),
        ("empty variable", locked(names).env("SECRETS_KEY", ""), ""),
        (
            "wrong token",
            locked(names).env("SECRETS_TOKEN", "sct_none"),
            "",
        ),
        (
            "settings",
            with_key("secrets -v get DA").env("SECRETS_ENV", "nowhere"),
            "",
        ),
        ("folder", with_key("secrets get -p a//b DA"), ""),
        ("no vault", with_key(names).cwd(sandbox.path("home")), ""),
        (
            "guard",
            with_key(names).env("SECRETS_EXPECT", "head:99"),
            "",
        ),
        (
            "admin",
            with_key(names).env("SECRETS_ADMIN", "0".repeat(32)),
            "",
        ),
        // Nothing of this needs a key.
        ("environment", locked("secrets get -e dev"), "development\n"),
        ("label", locked("secrets key remove o"), "owner\n"),
        // And this is what one of them in the way looks like otherwise.
        ("open", with_key(names), "DATABASE_URL\n"),
    ];
    for (way, run, expected) in ways {
        let output = run.timeout(std::time::Duration::from_secs(20)).run().ok();
        assert_eq!(String::from_utf8_lossy(output.stdout()), expected, "{way}");
    }
    assert!(!marker.exists(), "key_command was run");
    let after = (tree(&sandbox.path("state")), tree(&sandbox.project()));
    assert!(before == after, "completing left a trace");

    // A machine that never saw the vault keeps no record of it now.
    let fresh = sandbox.path("tmp/state");
    let output = with_key(names).env("SECRETS_STATE_DIR", &fresh).run().ok();
    assert_eq!(output.stdout(), b"DATABASE_URL\n");
    assert!(!fresh.exists(), "completing made a record of the vault");

    // A damaged vault, and one that others may write.
    let whole = sandbox.vault_bytes();
    fs::write(sandbox.vault(), &whole[..whole.len() - 100]).unwrap();
    assert_eq!(with_key(names).run().ok().stdout(), b"");
    fs::write(sandbox.vault(), b"{}").unwrap();
    assert_eq!(locked("secrets get -e dev").run().ok().stdout(), b"");
    fs::write(sandbox.vault(), &whole).unwrap();
}

#[test]
fn a_passphrase_completes_names_unless_it_would_take_long() {
    let sandbox = Sandbox::new();
    sandbox.init_with_passphrase("a long enough phrase to open it");
    sandbox.set_default("SECRETS_PASSPHRASE", "a long enough phrase to open it");
    sandbox.set("DATABASE_URL", "canary/value A?");
    assert_eq!(words(&sandbox, "secrets get DA"), "DATABASE_URL");
    let slow = sandbox.path("slow");
    fs::create_dir(&slow).unwrap();
    let made = sandbox
        .secrets(["init", "--iterations", "1300000"])
        .cwd(&slow);
    made.run()
        .ok()
        .stderr_any("the greeting is the business of the transcripts");
    let set = sandbox
        .secrets(["set", "DATABASE_URL", "-"])
        .stdin("x")
        .cwd(&slow);
    set.run()
        .ok()
        .stderr_any("the report of a write is the business of the transcripts");
    assert_eq!(
        asked(&sandbox, "secrets get DA")
            .cwd(&slow)
            .run()
            .ok()
            .stdout(),
        b""
    );
}

/// Types each line in an interactive shell, presses TAB, and has `printf` show
/// the words: Ctrl-A goes to the beginning of the line.
fn type_all(
    sandbox: &Sandbox,
    name: &'static str,
    arguments: &[&str],
    begin: &str,
    key: bool,
    table: &[(&str, &str)],
) {
    let program = find(name).unwrap();
    let mut run = Run::new(sandbox, &program).args(arguments);
    run = run
        .env("PS1", "> ")
        .env("HISTFILE", "/dev/null")
        .label(name);
    if !key {
        run = run.without("SECRETS_KEY_FILE");
    }
    let mut terminal = run.on_terminal();
    terminal
        .send(format!("{begin}; echo be''gun\r"))
        .expect("begun");
    for (at, (typed, expected)) in table.iter().enumerate() {
        terminal.send(format!("{typed}\t\x01printf '<%s>' {at} \r"));
        let shown: String = expected
            .split(' ')
            .map(|word| format!("<{word}>"))
            .collect();
        terminal.expect(&format!("<{at}>{shown}"));
    }
    terminal.send("exit 7\r");
    let ended = terminal.wait().status(7);
    ended.screen_lacks("error").screen_lacks("warning");
}

const BASH: (&str, [&str; 3], &str) = (
    "bash",
    ["--norc", "--noprofile", "-i"],
    "source <(secrets completions bash)",
);
const ZSH: (&str, [&str; 2], &str) = (
    "zsh",
    ["-f", "-i"],
    "autoload -Uz compinit; compinit -u -D; source <(secrets completions zsh)",
);

/// What a vault that is closed completes: everything but names.
fn locked() -> Vec<(&'static str, &'static str)> {
    let names = ["DATAB", "'DATAB", "production:/A", "AP", " DB", "-p inf"];
    let closed = |typed: &str| names.iter().any(|name| typed.ends_with(name));
    let table = TYPED.iter().filter(|(typed, _)| !closed(typed)).copied();
    table
        .chain([("secrets get DATAB", "secrets get DATAB")])
        .collect()
}

#[test]
fn bash_completes_on_tab() {
    if find("bash").is_none() || !available() {
        skip!("bash_completes_on_tab", "bash or setsid is missing");
    }
    let sandbox = sandbox();
    let (name, arguments, begin) = BASH;
    type_all(&sandbox, name, &arguments, begin, true, &TYPED);
    let before = tree(&sandbox.path("state"));
    type_all(&sandbox, name, &arguments, begin, false, &locked());
    assert!(before == tree(&sandbox.path("state")));
    // `M-*` inserts all of them.
    let sorted = [("secrets key \x1b*", "secrets key add list remove")];
    type_all(&sandbox, name, &arguments, begin, true, &sorted);
    // Commands and files are a matter of bash.
    let plain = [
        ("secrets run -- printen", "secrets run -- printenv"),
        (
            "secrets get --key-file ../home/.con",
            "secrets get --key-file ../home/.config/",
        ),
    ];
    fs::create_dir_all(sandbox.path("home/.config")).unwrap();
    type_all(&sandbox, name, &arguments, begin, true, &plain);
}

#[test]
fn zsh_completes_on_tab() {
    if find("zsh").is_none() || !available() {
        skip!("zsh_completes_on_tab", "zsh or setsid is missing");
    }
    let sandbox = sandbox();
    let (name, arguments, begin) = ZSH;
    type_all(&sandbox, name, &arguments, begin, true, &TYPED);
    let before = tree(&sandbox.path("state"));
    type_all(&sandbox, name, &arguments, begin, false, &locked());
    assert!(before == tree(&sandbox.path("state")));
    // As a function that `compinit` finds.
    let run = sandbox.secrets(["completions", "zsh"]).run().ok();
    sandbox.write("home/functions/_secrets", run.stdout());
    let begin = "fpath=(~/functions $fpath); autoload -Uz compinit; compinit -u -D";
    type_all(&sandbox, name, &arguments, begin, true, &TYPED[9..12]);
}

#[test]
fn fish_completes_on_tab() {
    let Some(fish) = find("fish") else {
        skip!("fish_completes_on_tab", "fish is missing");
    };
    let sandbox = sandbox();
    let script =
        "secrets completions fish | source; for line in $argv; complete -C \"$line\"; echo .; end";
    let complete = |key: bool, lines: &[&str]| -> Vec<Vec<String>> {
        let mut run = Run::new(&sandbox, &fish)
            .args(["--no-config", "-c", script])
            .args(lines);
        run = run.label("fish");
        if !key {
            run = run.without("SECRETS_KEY_FILE");
        }
        let output = run.run().ok();
        let text = String::from_utf8(output.stdout().to_vec()).unwrap();
        let answers = text.split(".\n").take(lines.len());
        let word = |line: &str| line.split('\t').next().unwrap().to_owned();
        answers
            .map(|answer| answer.lines().map(word).collect())
            .collect()
    };
    let typed: Vec<&str> = TYPED.iter().map(|(typed, _)| *typed).collect();
    for (answer, (typed, expected)) in complete(true, &typed).iter().zip(TYPED) {
        let last = expected.rsplit(' ').next().unwrap();
        assert!(answer.contains(&last.to_owned()), "{typed}: {answer:?}");
        assert_eq!(answer.len(), 1, "{typed}: {answer:?}");
    }
    let before = tree(&sandbox.path("state"));
    let closed = locked();
    let typed: Vec<&str> = closed.iter().map(|(typed, _)| *typed).collect();
    let answers = complete(false, &typed);
    assert_eq!(answers.last(), Some(&Vec::new()));
    for (answer, (typed, _)) in answers.iter().zip(&closed).rev().skip(1) {
        assert_eq!(answer.len(), 1, "{typed}: {answer:?}");
    }
    assert!(before == tree(&sandbox.path("state")));
    fs::create_dir_all(sandbox.path("home/.config")).unwrap();
    let more = complete(
        true,
        &[
            "secrets run -- printen",
            "secrets get --key-file ../home/.con",
            "secrets get --key-file=../home/.con",
        ],
    );
    assert!(more[0].contains(&"printenv".to_owned()), "{more:?}");
    assert_eq!(more[1], ["../home/.config/"]);
    assert_eq!(more[2], ["--key-file=../home/.config/"]);
}

#[test]
fn two_thousand_names_are_completed() {
    let sandbox = Sandbox::with_vault();
    let pairs = (0..2000).map(|n| format!("NAME_{n:04}=x"));
    sandbox
        .secrets(["set"])
        .args(pairs.chain(["ZEBRA=x".to_owned()]))
        .run()
        .ok()
        .stderr_any("the report of a write is the business of the transcripts");
    let all = words(&sandbox, "secrets get ");
    assert_eq!(all.split(' ').count(), 2001);
    assert_eq!(
        words(&sandbox, "secrets get NAME_199"),
        (1990..2000)
            .map(|n| format!("NAME_{n}"))
            .collect::<Vec<_>>()
            .join(" ")
    );
    if find("bash").is_none() || !available() {
        skip!(
            "two_thousand_names_are_completed",
            "bash or setsid is missing"
        );
    }
    let (name, arguments, begin) = BASH;
    let typed = [
        ("secrets get ZE", "secrets get ZEBRA"),
        ("secrets get dev", "secrets get development:"),
        (
            "secrets get development:/NAME_1999",
            "secrets get development:/NAME_1999",
        ),
    ];
    type_all(&sandbox, name, &arguments, begin, true, &typed);
}

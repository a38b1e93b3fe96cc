//! Lines for a shell, evaluated by the shells themselves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use secrets::exchange::{Format, Pair, is_shell_variable};
use secrets::name::VarName;
use secrets::process::DENIED_VARIABLES;
use secrets::secret::SecretValue;

use crate::harness::{SYSTEM_PATH, Sandbox};

const VALUES: usize = 10_000;
const BATCH: usize = 250;

/// What has gone wrong in one shell or another.
const PIECES: [&[u8]; 40] = [
    b"'",
    b"''",
    b"\"",
    b"\\",
    b"\\\\",
    b"\\'",
    b"\\\"",
    b"\n",
    b"\r",
    b"\t",
    b"$(touch x)",
    b"`touch x`",
    b"$HOME",
    b"${HOME}",
    b"$",
    b"!",
    b"!!",
    b"#",
    b" #",
    b";touch x;",
    b"|",
    b"&",
    b"(",
    b")",
    b"{a,b}",
    b"*",
    b"?",
    b"~",
    b"-n",
    b"%s",
    b"^",
    b"word",
    b" ",
    b"\xff",
    b"\x81",
    b"\xc3",
    "é".as_bytes(),
    "\u{1F511}".as_bytes(),
    "\u{f600}\u{f6ff}".as_bytes(),
    b"\\\n",
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    /// Pieces, and bytes of any value but NUL.
    fn value(&mut self) -> Vec<u8> {
        let mut value = Vec::new();
        for _ in 0..self.below(9) {
            match self.below(4) {
                0 => value.push(u8::try_from(self.below(255) + 1).unwrap()),
                _ => value.extend_from_slice(PIECES[self.below(PIECES.len())]),
            }
        }
        value
    }
}

fn lines(values: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let owned: Vec<(VarName, SecretValue)> = values
        .iter()
        .map(|(name, value)| (VarName::parse(name).unwrap(), SecretValue::copy_from(value)))
        .collect();
    let pairs: Vec<Pair<'_>> = owned
        .iter()
        .map(|(variable, value)| Pair { variable, value })
        .collect();
    let written = Format::Shell.write(&pairs);
    written.ok().unwrap().text.expose().to_vec()
}

/// What `shell` has in its environment after it evaluated the lines in `file`.
fn evaluated(shell: &[&str], locale: &str, dir: &Path, file: &Path) -> BTreeMap<String, Vec<u8>> {
    let out = Command::new(shell[0])
        .args(&shell[1..])
        .args(["-c", "eval \"$(cat \"$LINES_OF_TEST\")\"; exec env -0"])
        .env_clear()
        .envs([
            ("PATH", SYSTEM_PATH),
            ("LC_ALL", locale),
            ("HOME", "/dev/null"),
        ])
        .env("LINES_OF_TEST", file)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && text.is_empty(), "{shell:?}: {text}");
    out.stdout
        .split(|b| *b == 0)
        .filter_map(|entry| {
            let at = entry.iter().position(|b| *b == b'=')?;
            let name = std::str::from_utf8(&entry[..at]).ok()?;
            Some((name.to_owned(), entry[at + 1..].to_vec()))
        })
        .filter(|(name, _)| name.starts_with("TEST_"))
        .collect()
}

fn is_there(shell: &str) -> bool {
    let dirs = SYSTEM_PATH.split(':');
    dirs.map(Path::new).any(|dir| dir.join(shell).exists())
}

/// 10,000 values through one shell; nothing in them is executed.
fn carries_every_value(name: &str, shell: &[&str]) {
    if !is_there(shell[0]) {
        crate::skip::note(name, shell[0]);
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("work");
    let file = scratch.path().join("lines");
    fs::create_dir(&dir).unwrap();
    let mut dice = Dice(0x5e11);
    for batch in 0..VALUES / BATCH {
        let mut values = BTreeMap::new();
        for at in 0..BATCH {
            // fish splits variables of this end at colons, and joins them again.
            let end = if at % 10 == 0 { "_PATH" } else { "" };
            values.insert(format!("TEST_{at}{end}"), dice.value());
        }
        fs::write(&file, lines(&values)).unwrap();
        let locale = ["C", "C.UTF-8"][batch % 2];
        let read = evaluated(shell, locale, &dir, &file);
        for (name, value) in &values {
            let found = read.get(name);
            assert_eq!(
                found,
                Some(value),
                "{shell:?} {locale} {name} in batch {batch}"
            );
        }
        let made: Vec<_> = fs::read_dir(&dir).unwrap().collect();
        assert!(made.is_empty(), "{shell:?} executed something: {made:?}");
    }
}

#[test]
fn sh_reads_every_value_as_it_is() {
    carries_every_value("sh_reads_every_value_as_it_is", &["sh"]);
}

#[test]
fn bash_reads_every_value_as_it_is() {
    carries_every_value("bash_reads_every_value_as_it_is", &["bash", "--norc"]);
}

#[test]
fn dash_reads_every_value_as_it_is() {
    carries_every_value("dash_reads_every_value_as_it_is", &["dash"]);
}

#[test]
fn zsh_reads_every_value_as_it_is() {
    carries_every_value("zsh_reads_every_value_as_it_is", &["zsh", "-f"]);
}

#[test]
fn fish_reads_every_value_as_it_is() {
    carries_every_value("fish_reads_every_value_as_it_is", &["fish", "-N"]);
}

/// What a shell gives a meaning to is refused: bash evaluates what `RANDOM` is
/// given, `$(…)` in it included, and zsh's `path` is `PATH`.
#[test]
fn the_variables_of_the_shells_are_known() {
    let special = "zmodload zsh/parameter; for k v in ${(kv)parameters}; do \
                   [[ $v == *special* || $v == *readonly* ]] && print -r -- \"$k\"; done; true";
    for (shell, script) in [
        (&["bash", "--norc"][..], "compgen -v"),
        (&["zsh", "-f"], special),
        (&["fish", "-N"], "set -n"),
    ] {
        if !is_there(shell[0]) {
            crate::skip::note("the_variables_of_the_shells_are_known", shell[0]);
            continue;
        }
        let mut command = Command::new(shell[0]);
        let out = command.args(&shell[1..]).args(["-c", script]).env_clear();
        let out = out.env("PATH", SYSTEM_PATH).output().unwrap();
        let names = String::from_utf8(out.stdout).unwrap();
        assert!(names.lines().count() > 10, "{shell:?}: {names}");
        for name in names.lines().filter_map(|name| VarName::parse(name).ok()) {
            let known = is_shell_variable(&name) || DENIED_VARIABLES.contains(&name.as_str());
            assert!(known, "{shell:?} has a variable {name}");
        }
    }
}

#[test]
fn a_name_cannot_become_a_command_and_a_failure_reaches_the_shell() {
    let sandbox = Sandbox::with_vault();
    let pairs = [
        "set",
        "A=one",
        "RANDOM=x[$(touch random)]",
        "LD_PRELOAD=/x.so",
        "fine-name=two",
    ];
    sandbox
        .secrets(pairs)
        .run()
        .ok()
        .stderr_any("set says what it did");
    for args in [
        &["--map", "B;touch x=A"][..],
        &["--map", "$(touch x)=A"],
        &["--only", "A", "--prefix", "X;touch x;"],
        &["--only", "A", "--prefix", "-n "],
        &["--only", "RANDOM"],
        &["--only", "A", "--map", "path=A"],
        &["--only", "LD_PRELOAD"],
        &["--only", "NOT_THERE"],
        &["--no-such-flag"],
        &["--only", "A", "--map", "SECRETS_KEY=A"],
    ] {
        let refused = sandbox
            .secrets(["export", "--format", "shell"])
            .args(args)
            .run();
        let status = if args.contains(&"NOT_THERE") { 3 } else { 2 };
        refused
            .status(status)
            .stdout_is("false\n")
            .stderr_any("said elsewhere");
        let line = args
            .iter()
            .map(|arg| format!(" '{arg}'"))
            .collect::<String>();
        let line = format!("eval \"$(secrets export --format=shell{line})\"");
        sandbox.shell(&line).run().status(1).stderr_any("as above");
    }
    let line = "eval \"$(secrets export --format shell --except RANDOM,LD_PRELOAD)\"; \
                echo \"$A $FINE_NAME\"";
    sandbox.shell(line).run().ok().stdout_is("one two\n");
    for made in ["x", "random"] {
        assert!(!sandbox.project().join(made).exists());
    }
}

#[test]
fn a_second_import_writes_nothing_and_what_is_exported_is_imported_again() {
    let sandbox = Sandbox::with_vault();
    let file = "export A=pa$$word\nB='line one\nline two\n' # c\nC=\"$(touch x)\"\nD=\n";
    sandbox.canary("line one\nline two");
    sandbox.allow(&sandbox.project().join(".env"));
    sandbox.write("project/.env", file);
    let first = sandbox.secrets(["import", ".env", "--expires"]).run();
    first.status(2).stderr_any("there is no such flag");
    let first = sandbox.secrets(["import", ".env"]).run();
    first
        .ok()
        .stderr_has(&["development:/A v1", "development:/D v1", "rm .env"]);
    let vault = sandbox.project().join(".vault/vault.json");
    let before = fs::read(&vault).unwrap();
    let second = sandbox.secrets(["import", ".env"]).run();
    second.ok().stderr_has(&["development:/A v1 (unchanged)"]);
    assert_eq!(fs::read(&vault).unwrap(), before);
    let exported = sandbox.secrets(["export"]).run();
    let text = "A='pa$$word'\nB='line one\nline two\n'\nC='$(touch x)'\nD=\n";
    exported.ok().stdout_is(text);
    let again = sandbox.secrets(["import", "-"]).stdin(text).run();
    again.ok().stderr_has(&["development:/C v1 (unchanged)"]);
    assert_eq!(fs::read(&vault).unwrap(), before);
    assert!(!sandbox.project().join("x").exists());
}

#[test]
fn a_file_of_values_is_for_its_owner_alone_and_not_for_git() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::with_vault();
    sandbox
        .secrets(["set", "A=one"])
        .run()
        .ok()
        .stderr_any("set says what it did");
    sandbox
        .secrets(["export", "-o", "out.env"])
        .after("umask 0")
        .run()
        .ok();
    let out = sandbox.project().join("out.env");
    assert_eq!(fs::read(&out).unwrap(), b"A=one\n");
    assert_eq!(
        fs::metadata(&out).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::create_dir(sandbox.project().join(".git")).unwrap();
    let refused = sandbox.secrets(["export", "-o", "new.env"]).run();
    refused
        .status(2)
        .stderr_has(&["git does not ignore it", "--force"]);
    assert!(!sandbox.project().join("new.env").exists());
}

//! What is printed on request.

use super::super::verbs::{self, Group, VERBS};
use super::super::{Verb, family, later};
use super::refusals::REFUSED;
use super::{parsed, printed};

/// Every help text, under the line that prints it.
fn help_texts() -> Vec<(String, String)> {
    let mut lines = vec![
        "secrets --help".to_owned(),
        "secrets help exit-status".to_owned(),
        "secrets help agents".to_owned(),
    ];
    lines.extend(family::all().map(|family| format!("secrets {} --help", family.name)));
    for entry in VERBS {
        lines.push(format!("secrets {} -h", entry.name));
        lines.push(format!("secrets {} --help", entry.name));
    }
    let text = |line: String| (line.clone(), printed(&line));
    lines.into_iter().map(text).collect()
}

/// Every page of the manual that is written from the verbs, its hyphens plain.
fn pages() -> Vec<(String, String)> {
    let verbs = VERBS.iter().map(|entry| entry.name);
    let page = |name: &str| match parsed(&format!("secrets man {name}")).verb {
        Verb::Page(page) => (format!("man {name}"), page.source.replace("\\-", "-")),
        _ => panic!("{name} is no page"),
    };
    verbs.chain(["secrets"]).map(page).collect()
}

#[test]
fn the_first_screen_fits_a_terminal_and_begins_with_the_daily_verbs() {
    let text = printed("secrets --help");
    assert!(text.lines().count() <= 24, "{}", text.lines().count());
    let at = |start: &str| text.find(&format!("\n  {start}")).expect(start);
    let daily: Vec<_> = VERBS.iter().take(5).map(|entry| entry.name).collect();
    assert_eq!(daily, ["init", "set", "get", "list", "run"]);
    let places = daily.into_iter().map(at);
    let titles = Group::AFTER_DAILY.iter().map(|group| at(group.title()));
    let places: Vec<_> = places.chain(titles).collect();
    assert!(places.is_sorted());
    for (name, place) in ["init", "set", "get", "list", "run"].iter().zip(&places) {
        let summary = verbs::named(name).unwrap().summary();
        assert!(text[*place..].lines().nth(1).unwrap().ends_with(&summary));
    }
    // Every other verb once, in its group, by the first word that is typed.
    let groups = &text[places[5]..];
    for entry in VERBS.iter().filter(|entry| entry.group != Group::Daily) {
        let word = entry.first_word();
        let words = groups.split_once("\n\n").unwrap().0.split_whitespace();
        assert_eq!(words.filter(|other| *other == word).count(), 1, "{word}");
    }
    assert!(text.contains("\nsecrets help exit-status: "));
    assert_eq!(text, printed("secrets -h"));
    assert_eq!(text, printed("secrets help"));
}

#[test]
fn every_help_text_is_at_most_80_columns_wide() {
    for (line, text) in help_texts() {
        for row in text.lines() {
            assert!(row.chars().count() <= 80, "{line}: {row}");
        }
        assert!(text.ends_with('\n') && !text.contains('\u{1b}'), "{line}");
    }
}

#[test]
fn every_verb_has_examples_and_each_of_them_parses() {
    for entry in VERBS {
        let text = printed(&format!("secrets help {}", entry.name));
        let (_, examples) = text.split_once("Examples:\n").expect(entry.name);
        let lines: Vec<_> = examples
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("secrets"))
            .collect();
        assert!(lines.len() >= 2, "{}", entry.name);
        for line in lines {
            assert!(
                line.starts_with(&format!("secrets {}", entry.name)),
                "{line}"
            );
            parsed(line);
        }
    }
}

#[test]
fn the_flags_are_those_of_the_contract() {
    for (verb, expected) in [
        ("init", "environments label iterations if-missing dry-run"),
        (
            "set",
            "from-file generate tags note owner expires rotate-every type if-version allow-empty raw dry-run",
        ),
        (
            "get",
            "default field allow-expired output force raw copy clear-copied",
        ),
        ("list", "tags expiring stale all-envs names active pattern"),
        (
            "run",
            "recursive only except map prefix allow-expired allow-empty env-file at dry-run shell \
             keep-env clean-env pass allow-env file mount mount-format allow-disk mask timeout watch",
        ),
        ("verify", ""),
        ("status", "short"),
        ("trust", ""),
        (
            "audit list",
            "since until action verb actor failed limit follow from",
        ),
        ("audit verify", ""),
        (
            "audit export",
            "since until action verb actor failed limit format",
        ),
        ("audit usage", "since"),
        ("audit note", "type data"),
        ("audit accept-loss", ""),
        ("env list", ""),
        ("env create", "dry-run"),
        ("rm", "dry-run"),
        ("undelete", "dry-run"),
        ("destroy", "versions all dry-run"),
        ("history", ""),
        ("diff", "reveal check"),
        ("rollback", "to dry-run"),
        ("mv", "dry-run"),
        ("cp", "dry-run"),
        ("undo", "dry-run"),
        ("meta", "tags note owner expires rotate-every dry-run"),
        (
            "rotate",
            "key from-file generate grace expire-old expires if-version allow-empty raw dry-run",
        ),
        ("import", "format prefix overwrite skip-existing dry-run"),
        (
            "export",
            "format include-values name namespace label output force reveal recursive only except map prefix allow-expired allow-empty allow-env",
        ),
        (
            "inject",
            "input output force format list only allow-expired reveal",
        ),
        ("edit", "allow-disk"),
        ("same", ""),
        ("which", ""),
        ("refs", ""),
        ("redact", ""),
        ("check", ""),
        ("key list", ""),
        ("key add", "label passphrase recovery role dry-run"),
        ("key remove", "dry-run"),
        ("passwd", "new-passphrase-file iterations"),
        ("unlock", "for idle"),
        ("lock", "all"),
        ("env remove", "dry-run"),
        ("doctor", "fix"),
        ("allow", ""),
        ("man", ""),
        ("generate", ""),
        ("completions", "words"),
        ("help", ""),
    ] {
        let globals: Vec<String> = verbs::long_flags(&verbs::global_command())
            .map(str::to_owned)
            .collect();
        assert_eq!(
            globals.join(" "),
            "version help env path vault global slot key-file passphrase-fd passphrase-file \
             reason accept-older json quiet verbose yes no-input color"
        );
        let command = verbs::named(verb).unwrap().command();
        let own: Vec<_> = verbs::long_flags(&command)
            .filter(|flag| !globals.iter().any(|global| global == flag))
            .collect();
        assert_eq!(own.join(" "), expected, "{verb}");
        command.debug_assert();
    }
    assert_eq!(VERBS.len(), 49);
}

#[test]
fn no_text_names_a_verb_of_a_later_version() {
    // English words that are verbs too, where they name no verb.
    const ENGLISH: &[&str] = &[
        "access", "allow", "check", "delete", "export", "rotate", "unlock", "config", "folder",
        "backup", "git", "key", "lock", "member", "policy", "slot", "token", "which",
    ];
    let refusals = REFUSED
        .iter()
        .filter(|(_, text)| !text.contains("not in this version"))
        .map(|(line, text)| ((*line).to_owned(), (*text).to_owned()));
    let mut seen = 0;
    for (line, text) in help_texts().into_iter().chain(pages()).chain(refusals) {
        let words: Vec<&str> = text
            .split(|c: char| !(c.is_ascii_lowercase() || c == '-'))
            .collect();
        let later = |word: &&&str| later::WORDS.contains(*word);
        let named: Vec<_> = words
            .iter()
            .filter(later)
            .filter(|word| !ENGLISH.contains(word))
            .collect();
        assert!(named.is_empty(), "{line} names {named:?}");
        let in_one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in later::WORDS {
            let verb = format!("secrets {word}");
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '-');
            let mut rests = in_one_line.split(&verb).skip(1);
            assert!(!rests.any(ends), "{line} names {verb:?}");
        }
        seen += words.len();
    }
    assert!(seen > 3000, "{seen}");
}

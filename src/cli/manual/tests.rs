use std::path::Path;

use super::super::verbs::VERBS;
use super::notes::NOTES;
use super::*;
use crate::failure::STATUSES;

/// Every page that is written here: file name and source.
fn generated() -> Vec<(String, String)> {
    let verbs = overview::verb_pages().map(|(name, entry)| (name, verb::page(entry)));
    std::iter::once(("secrets".to_owned(), overview::page()))
        .chain(verbs)
        .map(|(name, source)| (format!("{name}.1"), source))
        .collect()
}

/// `SECRETS_BLESS=1 cargo test` writes the files anew.
#[test]
fn the_pages_in_man_are_what_the_program_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let bless = std::env::var_os("SECRETS_BLESS").is_some();
    let pages = generated();
    for (file, now) in &pages {
        let path = folder.join(file);
        if bless {
            std::fs::write(&path, now).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == *now, "{file} is stale: SECRETS_BLESS=1 cargo test");
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let by_hand = BY_HAND
            .iter()
            .any(|(page, section, _)| name == format!("{page}.{section}"));
        let is_known = by_hand || pages.iter().any(|(file, _)| *file == name);
        assert!(is_known, "man/{name} is the page of nothing");
    }
}

#[test]
fn no_page_lacks_a_verb_or_a_flag() {
    let overview = overview::page();
    for flag in verbs::long_flags(&verbs::global_command()) {
        assert!(
            overview.contains(&roff::bold(&format!("--{flag}"))),
            "{flag}"
        );
    }
    for entry in VERBS {
        let name = roff::bold(&format!("secrets {}", entry.name));
        let line = format!("\n.TP\n{name}\n");
        assert_eq!(overview.matches(&line).count(), 1, "{}", entry.name);
        let page = verb::page(entry);
        let global = verbs::global_command();
        let command = entry.command();
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            if global
                .get_arguments()
                .any(|other| other.get_id() == arg.get_id())
            {
                continue;
            }
            let tag = match (arg.get_long(), arg.get_value_names()) {
                (Some(long), _) => roff::bold(&format!("--{long}")),
                (None, Some([name, ..])) => format!("\n.TP\n{}", roff::italic(name)),
                _ => panic!("{}: {}", entry.name, arg.get_id()),
            };
            assert!(page.contains(&tag), "{}: {tag}", entry.name);
        }
        for title in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES"] {
            assert!(page.contains(&format!("\n.SH {title}\n")), "{}", entry.name);
        }
        assert!(page.contains("\n.SH EXIT STATUS\n"));
        assert!(page.contains("\n.SH SEE ALSO\n.BR secrets (1)"));
    }
    for status in STATUSES {
        let tag = format!("\n.TP\n{}\n", roff::bold(&status.exit.to_string()));
        assert!(overview.contains(&tag), "{}", status.exit);
    }
    assert!(
        !overview.contains('@') || !overview.contains("S@"),
        "a place is not filled"
    );
}

#[test]
fn each_verb_has_notes_that_name_real_statuses_and_verbs() {
    let verbs: Vec<&str> = VERBS.iter().map(|entry| entry.name).collect();
    let mut noted: Vec<&str> = NOTES.iter().map(|notes| notes.verb).collect();
    noted.sort();
    let mut sorted = verbs.clone();
    sorted.sort();
    assert_eq!(noted, sorted);
    for notes in NOTES {
        for (status, meaning) in notes.statuses {
            assert!(STATUSES.iter().any(|known| known.exit == *status));
            assert!(!meaning.ends_with('.'), "{}", notes.verb);
        }
        for related in notes.related {
            assert!(
                verbs.contains(related) && *related != notes.verb,
                "{related}"
            );
        }
    }
}

#[test]
fn a_reference_leads_to_a_page() {
    let mut seen = 0;
    for (file, source) in generated() {
        let references = source
            .lines()
            .filter_map(|line| line.strip_prefix(".BR secrets"));
        for rest in references.filter(|rest| rest.contains(" (")) {
            let (name, section) = rest.split_once(" (").unwrap();
            let name = format!("secrets{}", name.replace("\\-", "-"));
            let section = section.chars().next().unwrap();
            let is_page = match section {
                '1' => name == "secrets" || overview::verb_pages().any(|(page, _)| page == name),
                _ => BY_HAND
                    .iter()
                    .any(|page| (page.0, page.1) == (name.as_str(), section)),
            };
            assert!(is_page, "{file}: {name}({section})");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn all_pages_bear_the_date_of_the_release() {
    let changes = concat!(env!("CARGO_MANIFEST_DIR"), "/CHANGELOG.md");
    let changes = std::fs::read_to_string(changes).unwrap();
    let heading = format!("\n## [{}] - ", env!("CARGO_PKG_VERSION"));
    if let Some((_, rest)) = changes.split_once(&heading) {
        assert_eq!(rest.lines().next(), Some(RELEASE_DATE));
    }
    for (name, section, source) in BY_HAND {
        let title = source
            .lines()
            .find(|line| line.starts_with(".TH "))
            .unwrap();
        let start = format!(
            ".TH {} {section} \"{RELEASE_DATE}\" ",
            roff::escape(&name.to_uppercase())
        );
        assert!(title.starts_with(&start), "{title}");
    }
}

#[test]
fn a_page_has_the_name_of_its_verb_or_its_own() {
    let title = |words: &str| {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let page = page(&words).unwrap_or_else(|failure| panic!("{words:?}: {failure:?}"));
        let line = page.source.lines().find(|line| line.starts_with(".TH "));
        let line = line.unwrap().replace("\\-", "-");
        line.split(' ')
            .skip(1)
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (words, expected) in [
        ("", "SECRETS 1"),
        ("secrets", "SECRETS 1"),
        ("set", "SECRETS-SET 1"),
        ("add", "SECRETS-SET 1"),
        ("env create", "SECRETS-ENV-CREATE 1"),
        ("env-create", "SECRETS-ENV-CREATE 1"),
        ("secrets-env-create(1)", "SECRETS-ENV-CREATE 1"),
        ("audit", "SECRETS-AUDIT-LIST 1"),
        ("log", "SECRETS-AUDIT-LIST 1"),
        ("secrets-audit", "SECRETS-AUDIT 5"),
        ("secrets-vault.5", "SECRETS-VAULT 5"),
        ("vault", "SECRETS-VAULT 5"),
        ("recipes", "SECRETS-RECIPES 7"),
    ] {
        assert_eq!(title(words), expected, "{words}");
    }
}

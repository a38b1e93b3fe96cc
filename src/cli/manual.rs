//! The manual: one page for the program and one for each verb, written from
//! the clap commands when they are asked for; and the pages written by hand.
//!
//! `man/` holds what this prints, so that packages can install it.

mod notes;
mod options;
mod overview;
mod roff;
mod verb;

use super::{family, help, later, verbs};
use crate::commands::man::Page;
use crate::failure::{Failure, quoted, similar};
use roff::Roff;

/// The date at the foot of the pages: that of the release, so that the same
/// sources give the same bytes on any day.
const RELEASE_DATE: &str = "2026-11-24";

/// The pages that are written by hand: name, section, source.
const BY_HAND: [(&str, char, &str); 3] = [
    (
        "secrets-audit",
        '5',
        include_str!("../../man/secrets-audit.5"),
    ),
    (
        "secrets-recipes",
        '7',
        include_str!("../../man/secrets-recipes.7"),
    ),
    (
        "secrets-vault",
        '5',
        include_str!("../../man/secrets-vault.5"),
    ),
];

/// The page that the words of `secrets man` ask for; no words, `secrets(1)`.
///
/// A page is a verb, of one word or two, or a page's own name, with or without
/// its section: `env create`, `secrets-env-create`, `secrets-vault.5`.
///
/// # Errors
/// No such page; the near miss is a hint.
pub(super) fn page(words: &[String]) -> Result<Page, Failure> {
    let joined = words.join("-");
    let bare = without_section(&joined);
    let name = match bare {
        "" | "secrets" => "secrets".to_owned(),
        _ if bare.starts_with("secrets-") => bare.to_owned(),
        _ => format!("secrets-{bare}"),
    };
    if name == "secrets" {
        return Ok(Page {
            source: overview::page(),
            plain: Some(help::screen()),
        });
    }
    if let Some((_, entry)) = overview::verb_pages().find(|(page, entry)| {
        *page == name || entry.aliases.iter().any(|alias| page_name(alias) == name)
    }) {
        return Ok(Page {
            source: verb::page(entry),
            plain: Some(help::verb(entry, true)),
        });
    }
    // `secrets-audit` is a page of its own; the word `audit` means the verb.
    if let (Some(family), [_]) = (family::named(&words.join(" ")), words)
        && let Some(entry) = family.default.and_then(verbs::named)
    {
        return Ok(Page {
            source: verb::page(entry),
            plain: Some(help::verb(entry, true)),
        });
    }
    match BY_HAND.iter().find(|(page, ..)| *page == name) {
        Some((_, _, source)) => Ok(Page {
            source: (*source).to_owned(),
            plain: None,
        }),
        None => Err(unknown(&words.join(" "), &name)),
    }
}

/// The answer to a page that is none.
fn unknown(words: &str, name: &str) -> Failure {
    if later::WORDS.contains(&words) {
        return Failure::not_in_this_version(words);
    }
    let failure = Failure::usage(format!("the manual has no page {}", quoted(words)));
    let family = family::all().find(|family| page_name(family.name) == name);
    if let Some(family) = family {
        return verbs::members(family.name).fold(failure, |failure, (_, entry)| {
            failure.hint(format!("secrets man {}", entry.name))
        });
    }
    let pages: Vec<(String, String)> = overview::verb_pages()
        .map(|(page, entry)| (page, entry.name.to_owned()))
        .chain(BY_HAND.map(|(page, ..)| (page.to_owned(), page.to_owned())))
        .collect();
    match similar(name, pages.iter().map(|(page, _)| page.as_str())) {
        Some(near) => {
            let word = pages.iter().find(|(page, _)| page == near);
            let word = word.map_or(near, |(_, word)| word);
            failure.hint(format!("similar page: secrets man {word}"))
        }
        None => failure.hint("to see every command: secrets man"),
    }
}

/// `secrets-vault.5` and `secrets-vault(5)` are `secrets-vault`.
fn without_section(name: &str) -> &str {
    let name = name.trim_end_matches(')');
    let number = name.strip_suffix(['1', '5', '7']);
    let bare = number.and_then(|name| name.strip_suffix(['.', '(']));
    bare.unwrap_or(name)
}

/// The name of a verb's page.
fn page_name(verb: &str) -> String {
    format!("secrets-{}", verb.replace(' ', "-"))
}

/// The first line of a page of section 1.
fn title(name: &str) -> Roff {
    let source = concat!("secrets ", env!("CARGO_PKG_VERSION"));
    Roff::page(name, '1', RELEASE_DATE, source, "User Commands")
}

#[cfg(test)]
mod tests;

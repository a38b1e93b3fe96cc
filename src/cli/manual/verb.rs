//! The page of one verb, from its clap command.

use crate::order;
use clap::{Arg, Command};

use super::super::family;
use super::super::verbs::{self, Entry};
use super::notes::{NOTES, Notes};
use super::options;
use super::roff::{Roff, bold};
use super::{page_name, title};

/// `secrets-env-create(1)` and the like.
pub(super) fn page(entry: &Entry) -> String {
    let mut command = entry.command();
    command.build();
    let name = page_name(entry.name);
    let mut roff = title(&name);
    roff.section("NAME");
    let summary = options::lower(&entry.summary());
    roff.prose(&format!("{name} - {summary}"));
    roff.section("SYNOPSIS");
    synopsis(&mut roff, &mut command, entry);
    roff.section("DESCRIPTION");
    description(&mut roff, &command);
    roff.section("OPTIONS");
    let global = verbs::global_command();
    let is_own = |arg: &Arg| {
        !arg.is_hide_set()
            && !global
                .get_arguments()
                .any(|other| other.get_id() == arg.get_id())
    };
    let has_own = command.get_arguments().any(is_own);
    options::write(&mut roff, &command, is_own);
    if has_own {
        roff.raw(".PP\n");
    }
    roff.raw("The options that every command takes are in\n.BR secrets (1).\n");
    let behind = command.get_after_long_help().or(command.get_after_help());
    after(
        &mut roff,
        &behind.map(ToString::to_string).unwrap_or_default(),
    );
    let notes = NOTES.iter().find(|notes| notes.verb == entry.name);
    statuses(&mut roff, notes.map_or(&[], |notes| notes.statuses));
    roff.section("SEE ALSO");
    roff.references(&see_also(entry, notes));
    roff.finish()
}

/// Every way to write it, and its other names.
fn synopsis(roff: &mut Roff, command: &mut Command, entry: &Entry) {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:");
    let lines: Vec<String> = usage
        .lines()
        .map(|line| options::usage(line.trim()))
        .collect();
    roff.raw(&format!("{}\n", lines.join("\n.br\n")));
    let family = family::all().find(|family| family.default == Some(entry.name));
    let family = family.map_or(&[][..], |family| family.aliases);
    let others: Vec<String> = entry
        .aliases
        .iter()
        .chain(family)
        .map(|alias| bold(&format!("secrets {alias}")))
        .collect();
    if !others.is_empty() {
        roff.raw(&format!(".PP\nAlso: {}\n", others.join(", ")));
    }
}

/// What it does: all but the first line of its help, if there is more.
fn description(roff: &mut Roff, command: &Command) {
    let short = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    let long = command.get_long_about().map(ToString::to_string);
    let long = long.unwrap_or_else(|| short.clone());
    let rest = long
        .strip_prefix(&short)
        .unwrap_or(&long)
        .trim_start_matches('\n');
    match rest.trim() {
        "" => roff.prose(&format!("{short}.")),
        _ => roff.paragraphs(rest),
    }
}

/// What stands below the options in the help. A line `Examples:` begins a
/// section, as any line of that form does; the rest are paragraphs.
fn after(roff: &mut Roff, text: &str) {
    let mut sections: Vec<(&str, Vec<&str>)> = vec![("NOTES", Vec::new())];
    for line in text.lines() {
        match line
            .strip_suffix(':')
            .filter(|title| !title.is_empty() && !title.starts_with(' ') && !title.contains(' '))
        {
            Some(title) => sections.push((title, Vec::new())),
            None => {
                if let Some((_, lines)) = sections.last_mut() {
                    lines.push(line);
                }
            }
        }
    }
    for (title, lines) in sections {
        let text = lines.join("\n");
        if !text.trim().is_empty() {
            roff.section(&title.to_uppercase());
            roff.paragraphs(&text);
        }
    }
}

fn statuses(roff: &mut Roff, statuses: &[(u8, &str)]) {
    roff.section("EXIT STATUS");
    roff.raw("The statuses of all commands are in\n.BR secrets (1).\n");
    if statuses.is_empty() {
        return;
    }
    roff.raw("Of them, here:\n");
    for (status, meaning) in statuses {
        roff.entry(&bold(&status.to_string()), &format!("{meaning}."));
    }
}

fn see_also(entry: &Entry, notes: Option<&Notes>) -> Vec<(String, char)> {
    let related = notes.map_or(&[][..], |notes| notes.related);
    let mut pages = vec![("secrets".to_owned(), '1')];
    let mut names: Vec<String> = related.iter().map(|verb| page_name(verb)).collect();
    order::sort(&mut names);
    pages.extend(names.into_iter().map(|name| (name, '1')));
    match entry.first_word() {
        "audit" => pages.push(("secrets-audit".to_owned(), '5')),
        "run" => pages.push(("secrets-recipes".to_owned(), '7')),
        "init" | "key" | "passwd" | "verify" => pages.push(("secrets-vault".to_owned(), '5')),
        _ => {}
    }
    pages
}

//! `secrets(1)`: prose of ours around the tables that the code keeps.

use super::super::family;
use super::super::verbs::{self, Entry, Group, VERBS};
use super::roff::{Roff, bold};
use super::{options, page_name, title};
use crate::failure::{STATUSES, Status};

/// The prose, in roff, without the title. A line `@WORD@` is the place of a table.
const PROSE: &str = include_str!("secrets.roff");

/// The page.
pub(super) fn page() -> String {
    let mut roff = title("secrets");
    for line in PROSE.split_inclusive('\n') {
        match line.trim_end() {
            "@COMMANDS@" => commands(&mut roff),
            "@OPTIONS@" => options(&mut roff),
            "@STATUSES@" => statuses(&mut roff),
            _ => roff.raw(line),
        }
    }
    roff.finish()
}

/// A subsection for each group, an entry for each verb.
fn commands(roff: &mut Roff) {
    for group in std::iter::once(&Group::Daily).chain(Group::AFTER_DAILY) {
        roff.subsection(group.title());
        for entry in VERBS.iter().filter(|entry| entry.home() == *group) {
            let also = match entry.aliases {
                [] => String::new(),
                aliases => format!(" Also: {}.", aliases.join(", ")),
            };
            let tag = bold(&format!("secrets {}", entry.name));
            roff.entry(&tag, &format!("{}.{also}", entry.summary()));
        }
    }
    roff.raw(".PP\nEach has a page of its own:\n.BR secrets\\-set (1),\n.BR secrets\\-env\\-create (1)\nand so on.\n");
    for family in family::all().filter(|family| family.default.is_some()) {
        let default = family.default.unwrap_or_default();
        let names = std::iter::once(&family.name).chain(family.aliases);
        let names: Vec<String> = names.map(|name| format!("secrets {name}")).collect();
        roff.prose(&format!("{} alone: secrets {default}.", names.join(", ")));
    }
}

/// The flags that every verb takes.
fn options(roff: &mut Roff) {
    let mut command = verbs::global_command();
    command.build();
    options::write(roff, &command, |_| true);
}

fn statuses(roff: &mut Roff) {
    for Status {
        exit,
        code,
        meaning,
    } in STATUSES
    {
        let code = code.map_or_else(String::new, |code| format!(" [{code}]"));
        roff.entry(&bold(&exit.to_string()), &format!("{meaning}{code}"));
    }
}

/// The names of all pages of verbs.
pub(super) fn verb_pages() -> impl Iterator<Item = (String, &'static Entry)> {
    VERBS.iter().map(|entry| (page_name(entry.name), entry))
}

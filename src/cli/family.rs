//! First words of verbs of two words: `env`, `key`.

/// The first word of verbs of two words.
pub(super) struct Family {
    pub(super) name: &'static str,
    /// Other words for it.
    pub(super) aliases: &'static [&'static str],
    /// Its line in `secrets --help`.
    pub(super) summary: &'static str,
    /// The verb that it stands for where no second word follows.
    pub(super) default: Option<&'static str>,
}

/// Every first word, in the order of `secrets --help`.
const FAMILIES: &[Family] = &[
    Family {
        name: "audit",
        aliases: &["log", "audit-logs"],
        summary: "Show who read or changed what, and check that record",
        default: Some("audit list"),
    },
    Family {
        name: "key",
        aliases: &[],
        summary: "List, add and remove what opens the vault",
        default: None,
    },
    Family {
        name: "env",
        aliases: &[],
        summary: "List, make and remove environments",
        default: None,
    },
];

/// The first words of verbs of two words.
pub(super) fn all() -> impl Iterator<Item = &'static Family> {
    FAMILIES.iter()
}

/// The family of this name or alias.
pub(super) fn named(word: &str) -> Option<&'static Family> {
    FAMILIES
        .iter()
        .find(|family| family.name == word || family.aliases.contains(&word))
}

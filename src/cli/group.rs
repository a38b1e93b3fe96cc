//! The groups of verbs, on the first screen and in the manual.

/// Under which title of `secrets --help` a verb stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Daily,
    Secrets,
    Exchange,
    Access,
    Vault,
    Tools,
}

impl Group {
    /// Those that share a line each on the first screen, in its order.
    pub(super) const AFTER_DAILY: &[Group] = &[
        Group::Secrets,
        Group::Exchange,
        Group::Access,
        Group::Vault,
        Group::Tools,
    ];

    /// Its title there and in the manual.
    pub(super) fn title(self) -> &'static str {
        match self {
            Group::Daily => "Every day",
            Group::Secrets => "Secrets",
            Group::Exchange => "Exchange",
            Group::Access => "Access",
            Group::Vault => "Vault",
            Group::Tools => "Tools",
        }
    }
}

//! What is public about a slot.

use super::format::{Role, Slot};
use super::id::SlotId;

/// What is public about a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotSummary {
    /// Its id.
    pub id: SlotId,
    /// Its label.
    pub label: String,
    /// `pass`, `secret` or another kind.
    pub kind: String,
    /// Whether it is an admin's.
    pub admin: bool,
    /// When it ends, Unix seconds, or 0.
    pub expires: u64,
    /// How often its passphrase is stretched; 0 for other kinds.
    pub iterations: u64,
    /// Whether its passphrase was handed out and not changed since.
    pub handed_out: bool,
}

/// What anybody sees of a slot.
pub(super) fn summary(slot: &Slot) -> SlotSummary {
    SlotSummary {
        id: slot.entry.id,
        label: slot.entry.label.clone(),
        kind: slot.wrap.kind.clone(),
        admin: slot.entry.role == Role::Admin,
        expires: slot.entry.expires,
        iterations: slot.wrap.iterations,
        handed_out: slot.is_handed_out(),
    }
}

//! The words by which parsers of other tools' logs know an event.

use crate::audit::{Action, Event};

const AUTH_FAILURE: &str = "auth_failure";
const AUTH_SUCCESS: &str = "auth_success";
const CREDENTIAL_ROTATION: &str = "credential_rotation";
const POLICY_CHANGE: &str = "policy_change";
const SECRET_ACCESS: &str = "secret_access";
const SECRET_CHECK: &str = "secret_check";
const SECRET_UPDATE: &str = "secret_update";
const TOKEN_USE: &str = "token_use";
/// Events of the log itself: `audit_gap`.
const AUDIT_PREFIX: &str = "audit_";

/// Every word that only an entry of ours has, beside those that begin with `audit_`.
pub const EVENT_TYPES: [&str; 8] = [
    AUTH_FAILURE,
    AUTH_SUCCESS,
    CREDENTIAL_ROTATION,
    POLICY_CHANGE,
    SECRET_ACCESS,
    SECRET_CHECK,
    SECRET_UPDATE,
    TOKEN_USE,
];

/// Whether a word is one of [`EVENT_TYPES`] or begins with `audit_`, in capitals or not.
///
/// A note must not bear it: those who parse an export by `event_type` alone
/// would take an application's word for a read or a change.
pub fn is_event_type(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.starts_with(AUDIT_PREFIX) || EVENT_TYPES.contains(&word.as_str())
}

/// The word for an event.
///
/// A note bears the type that its application gave it; that it is a note
/// stands in `action`. A word of ours in a note, which other software may have
/// written, is passed over.
pub(super) fn event_type(event: &Event) -> String {
    let word = match &event.action {
        Action::Read if event.credential.as_deref() == Some("token") => TOKEN_USE,
        Action::Read => SECRET_ACCESS,
        Action::Write | Action::Delete => SECRET_UPDATE,
        Action::Rotate => CREDENTIAL_ROTATION,
        Action::Access => POLICY_CHANGE,
        Action::Unlock if event.is_done() => AUTH_SUCCESS,
        Action::Unlock => AUTH_FAILURE,
        Action::Check => SECRET_CHECK,
        Action::Note => {
            let own = event
                .data
                .as_ref()
                .and_then(|data| data.get("type")?.as_str());
            own.filter(|own| !is_event_type(own)).unwrap_or("note")
        }
        action @ (Action::Abort | Action::Chain | Action::Gap | Action::Torn) => {
            return format!("{AUDIT_PREFIX}{}", action.as_str());
        }
        Action::Other(word) => word,
    };
    word.to_owned()
}

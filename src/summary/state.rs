//! What `status` says of the record: how far the log is, what the pin says,
//! whether a session is open.

use crate::config::AuditSink;
use crate::context::Context;
use crate::custody::{self, Journal, Pinned};
use crate::failure::{Failure, Kind};
use crate::vault::VaultId;
use serde_json::{Value, json};

/// What is said of a session.
pub struct SessionState {
    /// The object `session` of the JSON.
    pub json: Value,
    /// One line for a person.
    pub text: String,
}

impl SessionState {
    /// Of a vault's session, or that there is none, and why there cannot be one.
    ///
    /// # Errors
    /// A clock that cannot be right.
    pub fn of(ctx: &Context, vault: &VaultId) -> Result<Self, Failure> {
        let (open, why_not) = custody::open_session(ctx, vault)?;
        let text = match (&open, why_not) {
            (Some(open), _) => {
                let until = super::instant(open.until).unwrap_or_default();
                format!("open until {until}, if it is used ({})", open.place)
            }
            (None, Some(why)) => format!("none, and no place for one: {why}"),
            (None, None) => "none".to_owned(),
        };
        Ok(SessionState {
            json: super::session(open.as_ref()),
            text,
        })
    }
}

/// What is said of the log.
pub struct AuditState {
    /// The object `audit` of the JSON.
    pub json: Value,
    /// One line for a person.
    pub text: String,
}

impl AuditState {
    /// Of the journal, or of what keeps it from being read, and of the vault's
    /// policy, where the vault is open.
    pub fn of(ctx: &Context, journal: &Result<Journal, Failure>, policy: Option<&str>) -> Self {
        if let Ok(AuditSink::Descriptor(number)) = AuditSink::decide(&ctx.snapshot) {
            let policy_text = policy.map_or(String::new(), |policy| format!("{policy}, "));
            return AuditState {
                json: json!({"path": null, "policy": policy, "entries": null}),
                text: format!("{policy_text}entries go to descriptor {number} (SECRETS_AUDIT)"),
            };
        }
        let lines = |log: &[u8]| log.iter().filter(|b| **b == b'\n').count();
        let read = journal.as_ref().ok();
        let entries = read.map(|journal| lines(&journal.content.log));
        let path = read.map(|journal| journal.path.display().to_string());
        let place = match (&path, entries, journal) {
            (Some(path), Some(entries), _) => {
                let source = ctx.directories.state_source;
                format!("{entries} entries in {path} ({source})")
            }
            (_, _, Err(failure)) if failure.kind != Kind::Io => {
                format!("not read: {}", failure.message)
            }
            _ => "no log can be kept here".to_owned(),
        };
        let text = match policy {
            Some(policy) => format!("{policy}, {place}"),
            None => place,
        };
        AuditState {
            json: json!({"path": path, "policy": policy, "entries": entries}),
            text,
        }
    }
}

/// What the pin says of the vault, for a person.
pub fn seen(pinned: Pinned) -> &'static str {
    match pinned {
        Pinned::FirstUse => "first use on this machine",
        Pinned::Older => "older than what this machine has seen",
        Pinned::Seen => "as far as this machine has seen, or further",
        Pinned::Unknown => "this machine keeps no record",
    }
}

/// The same for a program.
pub fn pin(pinned: Pinned) -> Option<&'static str> {
    match pinned {
        Pinned::FirstUse => Some("first_use"),
        Pinned::Older => Some("older"),
        Pinned::Seen => Some("ok"),
        Pinned::Unknown => None,
    }
}

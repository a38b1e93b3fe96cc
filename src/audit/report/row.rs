//! An event with its place, and one line about one secret of it.

use std::rc::Rc;

use serde_json::{Value, json};

use super::event_type::event_type;
use crate::audit::Event;
use crate::time::Timestamp;
use crate::vault::{ChainId, DeviceId};

/// An entry of a log and where it stands.
///
/// Chain and device are those of the `chain` entry above it; `None` where the
/// log has none above, because its beginning is lost or because it was written
/// without a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number in its chain.
    pub seq: u64,
    /// The chain.
    pub chain: Option<ChainId>,
    /// The machine.
    pub device: Option<DeviceId>,
    /// What happened.
    pub event: Event,
}

/// Gives the events of one log, in the order of the file, their places.
pub fn entries(events: impl IntoIterator<Item = Event>) -> impl Iterator<Item = Entry> {
    let (mut chain, mut device) = (None, None);
    events.into_iter().map(move |event| {
        if let Some(start) = &event.start {
            (chain, device) = (Some(start.chain), Some(start.device));
        }
        Entry {
            seq: event.index,
            chain,
            device,
            event,
        }
    })
}

impl Entry {
    /// One row for each name, or a single one without a path.
    pub(super) fn rows(self) -> impl Iterator<Item = Row> {
        let names = self.event.names.len();
        let entry = Rc::new(self);
        let numbers = (0..names).map(Some);
        let none = (names == 0).then_some(None);
        numbers.chain(none).map(move |name| Row {
            entry: Rc::clone(&entry),
            name,
        })
    }

    /// Who did it: the accessor that the caller named, else the label of the
    /// slot, else the user of the operating system.
    pub(super) fn actor(&self) -> Option<&str> {
        let event = &self.event;
        let names = [&event.accessor, &event.label, &event.user];
        names.into_iter().find_map(Option::as_deref)
    }

    /// Where it was done from: the machine's alias, or its id, then the address
    /// of the SSH client, the CI system and the coding agent where there are any.
    pub(super) fn origin(&self) -> Option<String> {
        let event = &self.event;
        let machine = event.host.clone();
        let machine = machine.or_else(|| self.device.map(|device| device.hex()));
        let others = [event.ip.clone(), event.ci.clone(), event.agent.clone()];
        let parts: Vec<String> = [machine].into_iter().chain(others).flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// One secret of an entry, or an entry that is about none: what a report
/// counts, filters and shows. A `run` with three secrets is three rows.
#[derive(Debug, Clone)]
pub struct Row {
    entry: Rc<Entry>,
    name: Option<usize>,
}

impl Row {
    /// The entry that it belongs to.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The path, with its leading slash.
    pub fn path(&self) -> Option<&str> {
        self.name().map(|(path, _)| path.as_str())
    }

    /// The version, where one is known.
    pub fn version(&self) -> Option<u64> {
        self.name().map(|(_, n)| *n).filter(|n| *n != 0)
    }

    /// `env:/folder/NAME`, or `env:` for what concerns an environment as a whole.
    pub fn address(&self) -> Option<String> {
        match (self.entry.event.env.as_deref(), self.path()) {
            (None, None) => None,
            (None, Some(path)) => Some(path.to_owned()),
            (Some(env), path) => Some(format!("{env}:{}", path.unwrap_or_default())),
        }
    }

    fn name(&self) -> Option<&(String, u64)> {
        self.name.and_then(|n| self.entry.event.names.get(n))
    }

    /// Everything that is exported of it.
    pub fn record(&self) -> Record<'_> {
        let event = &self.entry.event;
        let text = |key: &str| event.data.as_ref()?.get(key)?.as_str();
        let id = event.label.as_deref().or(event.user.as_deref());
        Record {
            seq: self.entry.seq,
            device: self.entry.device.map(|device| device.hex()),
            timestamp: Timestamp::clamped(event.time).to_string(),
            event_type: event_type(event),
            action: event.action.as_str(),
            verb: event.verb.as_deref(),
            user_id: id,
            user_email: event.label.as_deref().filter(|label| label.contains('@')),
            ip_address: event.ip.as_deref(),
            actor_kind: match event.credential.as_deref() {
                Some("token") => "token",
                Some("key") => "key",
                Some("passphrase") => "person",
                _ => "unknown",
            },
            actor_name: self.entry.actor(),
            path: self.path(),
            environment: event.env.as_deref(),
            version: self.version(),
            result: if event.is_done() {
                "success"
            } else {
                "failure"
            },
            error: event.error.as_deref(),
            reason: event.reason.as_deref(),
            command: event.command.as_deref(),
            agent: event.agent.as_deref(),
            client: event.accessor.as_deref(),
            request_id: text("request_id"),
        }
    }
}

/// The fields of a row, as they stand in objects and columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<'a> {
    /// Number in the chain.
    pub seq: u64,
    /// The machine's id, 16 lower-case hex digits.
    pub device: Option<String>,
    /// RFC 3339, UTC.
    pub timestamp: String,
    /// What it is in the words of other tools.
    pub event_type: String,
    /// What it is in ours.
    pub action: &'a str,
    /// The verb.
    pub verb: Option<&'a str>,
    /// Label of the slot, else the user of the operating system.
    pub user_id: Option<&'a str>,
    /// The label where it is an address of mail.
    pub user_email: Option<&'a str>,
    /// The SSH client.
    pub ip_address: Option<&'a str>,
    /// `token`, `key`, `person` or `unknown`.
    pub actor_kind: &'static str,
    /// Accessor, else label, else user.
    pub actor_name: Option<&'a str>,
    /// With its leading slash.
    pub path: Option<&'a str>,
    /// The environment.
    pub environment: Option<&'a str>,
    /// At least 1.
    pub version: Option<u64>,
    /// `success` or `failure`.
    pub result: &'static str,
    /// A code of the JSON error object.
    pub error: Option<&'a str>,
    /// The reason that was given.
    pub reason: Option<&'a str>,
    /// What `run` became.
    pub command: Option<&'a str>,
    /// The coding agent.
    pub agent: Option<&'a str>,
    /// The accessor.
    pub client: Option<&'a str>,
    /// Of an application's note.
    pub request_id: Option<&'a str>,
}

impl Record<'_> {
    /// The object of one event: every key always, `null` for what is absent.
    pub fn object(&self) -> Value {
        json!({
            "seq": self.seq,
            "device": self.device,
            "timestamp": self.timestamp,
            "event_type": self.event_type,
            "action": self.action,
            "verb": self.verb,
            "user": {"id": self.user_id, "email": self.user_email, "ip_address": self.ip_address},
            "actor": {"kind": self.actor_kind, "name": self.actor_name},
            "secret": {
                "path": self.path,
                "environment": self.environment,
                "version": self.version,
            },
            "result": self.result,
            "error": self.error,
            "reason": self.reason,
            "command": self.command,
            "agent": self.agent,
            "metadata": {"client": self.client, "request_id": self.request_id},
        })
    }
}

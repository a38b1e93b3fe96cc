//! An [`Event`] as the JSON of its entry, and back.
//!
//! Whoever reads takes members in any order behind `i`; the program writes
//! them in one order, ASCII alone: other characters are `\u` escapes, so that
//! no control character or look-alike reaches a terminal or a log shipper.

use super::event::{Action, ChainStart, Event};
use super::json::{self, MAX_NUMBER};
use crate::crypto::Hash;
use crate::vault::{Anchor, ChainId, DeviceId, SlotId, VaultId};
use data_encoding::BASE64_NOPAD;
use serde_json::{Map, Value};
use std::fmt::Write;

/// Begins every entry; its index follows.
pub(super) const FIRST: &str = "{\"i\":";

impl Event {
    /// The raw entry, `{"i":N,…}`, ASCII without control characters.
    pub fn raw(&self) -> String {
        self.raw_at(self.index)
    }

    /// The same with another index.
    pub(super) fn raw_at(&self, index: u64) -> String {
        // As long as most entries, so that it need not move.
        let mut out = Members(String::with_capacity(512));
        out.0.push_str(FIRST);
        out.digits(index);
        out.number("t", self.time);
        out.text("a", Some(self.action.as_str()));
        if let Some(start) = &self.start {
            out.text("vault", Some(&start.vault.text()));
            out.text("device", Some(&start.device.text()));
            out.text("chain", Some(&start.chain.text()));
            out.text("slot", Some(&start.slot.text()));
            out.member("prev", &anchors(&start.previous));
        }
        if let Some(ok) = self.ok {
            out.number("ok", ok.into());
        }
        out.text("err", self.error.as_deref());
        out.text("env", self.env.as_deref());
        out.names(&self.names);
        out.text("verb", self.verb.as_deref());
        out.text("cmd", self.command.as_deref());
        out.text("why", self.reason.as_deref());
        out.text("cred", self.credential.as_deref());
        if self.start.is_none() {
            out.text("slot", self.slot.map(|slot| slot.text()).as_deref());
        }
        out.text("label", self.label.as_deref());
        out.text("user", self.user.as_deref());
        out.text("host", self.host.as_deref());
        out.text("ip", self.ip.as_deref());
        if let Some(pid) = self.pid {
            out.number("pid", pid.into());
        }
        out.text("tty", self.tty.as_deref());
        out.text("ci", self.ci.as_deref());
        out.text("agent", self.agent.as_deref());
        out.text("as", self.accessor.as_deref());
        if !self.seals.is_empty() {
            let seals = self.seals.iter().map(|seal| BASE64_NOPAD.encode(seal));
            out.member("seals", &seals.collect());
        }
        if let Some(data) = &self.data {
            out.member("data", data);
        }
        out.0.push('}');
        out.0
    }

    /// Whether a reader takes it: what cannot be read is never written.
    ///
    /// Texts are escaped, and each member is written once, so without the data
    /// that somebody else composed only a number can be what no reader takes.
    pub(super) fn is_readable(&self) -> bool {
        let versions = self.names.iter().map(|(_, version)| *version);
        let mut numbers = versions.chain([self.index, self.time]);
        if self.data.is_none() && numbers.all(|number| number <= MAX_NUMBER) {
            return true;
        }
        let raw = self.raw();
        index(raw.as_bytes())
            .and(json::check(raw.as_bytes()))
            .is_some()
    }

    /// Reads a raw entry; unknown members are passed over.
    ///
    /// `None` for anything but a strict entry (ASCII, unique names, bounded
    /// numbers) whose known members have their types.
    pub fn parse(raw: &[u8]) -> Option<Self> {
        let index = index(raw)?;
        json::check(raw)?;
        let Value::Object(mut members) = serde_json::from_slice(raw).ok()? else {
            return None;
        };
        let mut event = Event::new(Action::Note, members.get("t")?.as_u64()?);
        event.index = index;
        event.action = Action::parse(members.get("a")?.as_str()?);
        event.ok = match members.get("ok").map(Value::as_u64) {
            None => None,
            Some(Some(ok @ 0..=1)) => Some(ok == 1),
            Some(_) => return None,
        };
        event.names = list(&members, "names", |pair| {
            match pair.as_array()?.as_slice() {
                [path, version] => Some((path.as_str()?.to_owned(), version.as_u64()?)),
                _ => None,
            }
        })?;
        event.slot = match members.get("slot") {
            None => None,
            Some(slot) => Some(SlotId::parse(slot.as_str()?)?),
        };
        if event.action == Action::Chain {
            event.start = Some(ChainStart {
                vault: VaultId::parse(members.get("vault")?.as_str()?)?,
                device: DeviceId::parse(members.get("device")?.as_str()?)?,
                chain: ChainId::parse(members.get("chain")?.as_str()?)?,
                slot: event.slot.take()?,
                previous: list(&members, "prev", |anchor| Anchor::parse(anchor.as_str()?))?,
            });
        }
        event.pid = match members.get("pid") {
            None => None,
            Some(pid) => Some(u32::try_from(pid.as_u64()?).ok()?),
        };
        event.seals = list(&members, "seals", |seal| hash(seal.as_str()?))?;
        event.data = members.shift_remove("data");
        for (name, field) in [
            ("err", &mut event.error),
            ("env", &mut event.env),
            ("verb", &mut event.verb),
            ("cmd", &mut event.command),
            ("why", &mut event.reason),
            ("cred", &mut event.credential),
            ("label", &mut event.label),
            ("user", &mut event.user),
            ("host", &mut event.host),
            ("ip", &mut event.ip),
            ("tty", &mut event.tty),
            ("ci", &mut event.ci),
            ("agent", &mut event.agent),
            ("as", &mut event.accessor),
        ] {
            *field = match members.shift_remove(name) {
                None => None,
                Some(Value::String(text)) => Some(text),
                Some(_) => return None,
            };
        }
        Some(event)
    }
}

/// The index of a raw entry, which must be ASCII without control characters.
pub(super) fn index(raw: &[u8]) -> Option<u64> {
    if !raw.iter().all(|byte| (0x20..=0x7E).contains(byte)) || !raw.ends_with(b"}") {
        return None;
    }
    let rest = raw.strip_prefix(FIRST.as_bytes())?;
    let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, behind) = rest.split_at_checked(len)?;
    // Behind the number comes the next member; that the rest is JSON is checked elsewhere.
    if len > 16 || (len > 1 && digits.starts_with(b"0")) || !behind.starts_with(b",") {
        return None;
    }
    let index: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (index <= MAX_NUMBER).then_some(index)
}

/// Anchors as an array of texts.
pub(super) fn anchors(anchors: &[Anchor]) -> Value {
    anchors.iter().map(Anchor::text).collect()
}

/// Reads 32 bytes of unpadded, canonical base64.
pub(super) fn hash(text: &str) -> Option<Hash> {
    BASE64_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// An array of things, empty if it is not there.
fn list<T>(
    members: &Map<String, Value>,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Option<Vec<T>> {
    match members.get(name) {
        None => Some(Vec::new()),
        Some(list) => list.as_array()?.iter().map(read).collect(),
    }
}

/// An object that is being written.
struct Members(String);

impl Members {
    fn text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.name(name);
            self.quoted(text);
        }
    }

    fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        self.digits(number);
    }

    /// Pairs of path and version, if there are any.
    fn names(&mut self, names: &[(String, u64)]) {
        if names.is_empty() {
            return;
        }
        self.name("names");
        let mut before = "[[";
        for (path, version) in names {
            self.0.push_str(before);
            self.quoted(path);
            self.0.push(',');
            self.digits(*version);
            before = "],[";
        }
        self.0.push_str("]]");
    }

    fn member(&mut self, name: &str, value: &Value) {
        self.name(name);
        self.json(value);
    }

    fn name(&mut self, name: &str) {
        self.0.push_str(",\"");
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    fn digits(&mut self, number: u64) {
        // A string takes all that is written to it.
        let _ = write!(self.0, "{number}");
    }

    /// A string; nearly every one stands in JSON as it is.
    fn quoted(&mut self, text: &str) {
        if text
            .bytes()
            .any(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))
        {
            return self.json(&text.into());
        }
        self.0.push('"');
        self.0.push_str(text);
        self.0.push('"');
    }

    fn json(&mut self, value: &Value) {
        // What is not ASCII in JSON stands in a string, so an escape fits there.
        for c in value.to_string().chars() {
            if matches!(c, ' '..='~') {
                self.0.push(c);
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(self.0, "\\u{unit:04x}");
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! The metadata of one version (`secrets-vault(5)`, RECORDS).

use super::Error;
use super::format::{Extra, Extras, JsonCursor, write_number, write_string};
use super::id::SlotId;
use crate::name::SecretPath;
use data_encoding::HEXLOWER;

/// Greatest length of note, owner and reason, in bytes.
pub const MAX_TEXT_BYTES: usize = 1024;
/// Greatest number of tags.
pub const MAX_TAGS: usize = 16;
/// Greatest length of a tag, in bytes.
pub const MAX_TAG_BYTES: usize = 64;
/// Greatest length of the metadata's JSON, in bytes.
pub(super) const MAX_META_BYTES: usize = 65_536;

/// What a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A value.
    Live,
    /// A value that an unfinished rotation has not yet promoted.
    Pending,
    /// Hidden; older versions come back with a later live one.
    Deleted,
    /// Its value is gone.
    Destroyed,
}

/// How a version came from a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The rotation's id.
    pub id: [u8; 8],
    /// The version it replaces.
    pub from: u64,
    /// Until when that one stays readable, Unix seconds, or 0 for no end.
    pub until: u64,
}

/// The metadata of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The secret's path.
    pub path: SecretPath,
    /// When the version was made, Unix seconds.
    pub created: u64,
    /// The slot that says it made it.
    pub by: SlotId,
    /// `text`, `binary`, `json`, `cert` or another word of `[a-z0-9-]{1,16}`.
    pub kind: String,
    /// What the version is.
    pub state: State,
    /// When the value expires, Unix seconds, or 0.
    pub expires: u64,
    /// The value's length in bytes.
    pub len: u64,
    /// Tags, in the order given.
    pub tags: Vec<String>,
    /// A note.
    pub note: String,
    /// Who answers for it.
    pub owner: String,
    /// Why this version was made (`--reason`).
    pub why: String,
    /// How often it should be rotated, in seconds, or 0.
    pub every: u64,
    /// The rotation it belongs to.
    pub rotation: Option<Rotation>,
    /// Extensions: `verb`, `of`, `vt`.
    pub x: Extras,
}

/// Whether a text names a type.
pub fn is_kind(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=16).contains(&text.len()) && text.bytes().all(allowed)
}

impl Meta {
    /// Whether the value has expired at `now`.
    pub fn is_expired(&self, now: u64) -> bool {
        self.expires != 0 && now >= self.expires
    }

    /// The verb that wrote it.
    pub fn verb(&self) -> &str {
        self.x.text("verb").unwrap_or("")
    }

    /// When the value was set: `created`, unless the version only changed
    /// what stands beside it.
    pub fn value_time(&self) -> u64 {
        self.x.number("vt").unwrap_or(self.created)
    }

    /// Checks the bounds of what a person gives.
    ///
    /// # Errors
    /// [`Error::FieldTooLarge`].
    pub fn check(&self) -> Result<(), Error> {
        let too_large = |field| Err(Error::FieldTooLarge { field });
        if self.tags.len() > MAX_TAGS {
            return too_large("at most 16 tags");
        }
        if self.tags.iter().any(|tag| tag.len() > MAX_TAG_BYTES) {
            return too_large("a tag has at most 64 bytes");
        }
        for (text, field) in [
            (&self.note, "a note has at most 1024 bytes"),
            (&self.owner, "an owner has at most 1024 bytes"),
            (&self.why, "a reason has at most 1024 bytes"),
        ] {
            if text.len() > MAX_TEXT_BYTES {
                return too_large(field);
            }
        }
        Ok(())
    }

    /// Writes the JSON.
    pub fn write(&self) -> String {
        let mut out = String::with_capacity(512);
        self.append_to(&mut out);
        out
    }

    fn append_to(&self, out: &mut String) {
        let state = match self.state {
            State::Live => 0,
            State::Pending => 1,
            State::Deleted => 2,
            State::Destroyed => 3,
        };
        out.push_str("{\"p\":");
        write_string(self.path.as_str(), out);
        out.push_str(",\"t\":");
        write_number(self.created, out);
        out.push_str(",\"by\":");
        self.by.write(out);
        out.push_str(",\"ty\":");
        write_string(&self.kind, out);
        out.push_str(",\"st\":");
        write_number(state, out);
        out.push_str(",\"exp\":");
        write_number(self.expires, out);
        out.push_str(",\"len\":");
        write_number(self.len, out);
        out.push_str(",\"tags\":[");
        for (index, tag) in self.tags.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_string(tag, out);
        }
        out.push_str("],\"note\":");
        write_string(&self.note, out);
        out.push_str(",\"owner\":");
        write_string(&self.owner, out);
        out.push_str(",\"why\":");
        write_string(&self.why, out);
        out.push_str(",\"every\":");
        write_number(self.every, out);
        out.push_str(",\"rot\":{");
        if let Some(rotation) = &self.rotation {
            out.push_str("\"id\":\"");
            HEXLOWER.encode_append(&rotation.id, out);
            out.push_str("\",\"from\":");
            write_number(rotation.from, out);
            out.push_str(",\"until\":");
            write_number(rotation.until, out);
        }
        out.push_str("},\"x\":");
        self.x.write(out);
        out.push('}');
    }

    /// Reads the JSON; `None` unless it is in its one writing. It is written
    /// `again` to be compared, into a buffer that serves for many.
    pub fn parse(raw: &[u8], again: &mut String) -> Option<Self> {
        if raw.len() > MAX_META_BYTES {
            return None;
        }
        let text = std::str::from_utf8(raw).ok()?;
        let meta = Self::parse_loosely(text)?;
        again.clear();
        meta.append_to(again);
        match meta.check().is_ok() && again == text {
            true => Some(meta),
            false => None,
        }
    }

    fn parse_loosely(text: &str) -> Option<Self> {
        let mut c = JsonCursor::new(text);
        c.literal("{\"p\":")?;
        let path = SecretPath::parse(c.plain()?).ok()?;
        c.literal(",\"t\":")?;
        let created = c.number()?;
        c.literal(",\"by\":")?;
        let by = SlotId(c.id()?);
        c.literal(",\"ty\":")?;
        let kind = c.plain().filter(|kind| is_kind(kind))?.to_owned();
        c.literal(",\"st\":")?;
        let state = match c.number()? {
            0 => State::Live,
            1 => State::Pending,
            2 => State::Deleted,
            3 => State::Destroyed,
            _ => return None,
        };
        c.literal(",\"exp\":")?;
        let expires = c.number()?;
        c.literal(",\"len\":")?;
        let len = c.number()?;
        c.literal(",\"tags\":[")?;
        let mut tags = Vec::new();
        while !c.take("]") {
            if !tags.is_empty() {
                c.literal(",")?;
            }
            if tags.len() == MAX_TAGS {
                return None;
            }
            tags.push(c.string()?);
        }
        c.literal(",\"note\":")?;
        let note = c.string()?;
        c.literal(",\"owner\":")?;
        let owner = c.string()?;
        c.literal(",\"why\":")?;
        let why = c.string()?;
        c.literal(",\"every\":")?;
        let every = c.number()?;
        c.literal(",\"rot\":{")?;
        let rotation = if c.take("}") {
            None
        } else {
            Some(parse_rotation(&mut c)?)
        };
        c.literal(",\"x\":")?;
        let mut inner = super::format::cursor(c.rest());
        let x = Extras::parse(&mut inner).ok()?;
        c.advance(inner.position())?;
        c.literal("}")?;
        c.end()?;
        if !x.has_form(&["of", "vt"], &["verb"]) {
            return None;
        }
        let hidden = matches!(state, State::Deleted | State::Destroyed);
        if (hidden && len != 0) || len > super::MAX_VALUE_BYTES as u64 {
            return None;
        }
        Some(Meta {
            path,
            created,
            by,
            kind,
            state,
            expires,
            len,
            tags,
            note,
            owner,
            why,
            every,
            rotation,
            x,
        })
    }

    /// Whether an extension asks for a newer program.
    pub fn needs_newer_version(&self) -> bool {
        self.x.has_unknown_critical()
    }
}

fn parse_rotation(c: &mut JsonCursor<'_>) -> Option<Rotation> {
    c.literal("\"id\":")?;
    let id = HEXLOWER.decode(c.plain()?.as_bytes()).ok()?;
    let id = id.try_into().ok()?;
    c.literal(",\"from\":")?;
    let from = c.number()?;
    c.literal(",\"until\":")?;
    let until = c.number()?;
    c.literal("}")?;
    Some(Rotation { id, from, until })
}

/// The extension that names the verb which writes a version.
pub fn verb_extension(verb: &str) -> Extras {
    let mut x = Extras::default();
    x.insert("verb", Extra::Text(verb.to_owned()));
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Meta> {
        Meta::parse(text.as_bytes(), &mut String::from("of another"))
    }

    fn sample() -> Meta {
        Meta {
            path: SecretPath::parse("infra/DB").unwrap(),
            created: 1_700_000_000,
            by: SlotId([1; 8]),
            kind: "text".into(),
            state: State::Live,
            expires: 0,
            len: 3,
            tags: vec!["a".into(), "é\"".into()],
            note: "line\none".into(),
            owner: String::new(),
            why: String::new(),
            every: 86_400,
            rotation: Some(Rotation {
                id: [0xab; 8],
                from: 1,
                until: 0,
            }),
            x: verb_extension("set"),
        }
    }

    #[test]
    fn metadata_survives_and_has_one_writing() {
        let meta = sample();
        let text = meta.write();
        assert_eq!(parse(&text), Some(meta));
        for (from, to) in [
            ("\"st\":0", "\"st\":4"),
            ("\"st\":0", "\"st\":00"),
            (",\"exp\"", ", \"exp\""),
            ("\\n", "\\u000a"),
            ("\"ty\":\"text\"", "\"ty\":\"Text\""),
            ("infra/DB", "infra\\/DB"),
            ("{\"p\"", "{\"p\":\"x\",\"p\""),
            ("abababab", "ABABABAB"),
        ] {
            let altered = text.replacen(from, to, 1);
            assert_ne!(altered, text);
            assert_eq!(parse(&altered), None, "{from} -> {to}");
        }
    }

    #[test]
    fn bounds_of_what_people_give_are_checked() {
        let mut meta = sample();
        meta.note = "n".repeat(1025);
        assert!(meta.check().is_err());
        assert_eq!(parse(&meta.write()), None);
        let mut meta = sample();
        meta.tags = vec!["t".into(); 17];
        assert!(meta.check().is_err());
    }
}

//! JSON as a tree.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::MAX_DEPTH;
use super::tree::{Content, Node};
use crate::exchange::Error;
use crate::secret::SecretValue;

/// Reads a whole text. Numbers, `true` and `false` stay as they are written.
///
/// # Errors
/// No JSON (RFC 8259), or too deep.
pub(super) fn read(text: &str) -> Result<Node, Error> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| wrong(error.line()))?;
    let ends = text.match_indices('\n').map(|(at, _)| at);
    let document = Document {
        text,
        line_ends: ends.collect(),
    };
    document.node(raw, 0)
}

fn wrong(line: usize) -> Error {
    Error::Syntax("JSON", line)
}

struct Document<'a> {
    text: &'a str,
    line_ends: Vec<usize>,
}

impl Document<'_> {
    /// The line of a part of the text, from 1.
    fn line(&self, part: &str) -> usize {
        let at = part.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
        self.line_ends.partition_point(|end| *end < at) + 1
    }

    fn node(&self, raw: &RawValue, depth: usize) -> Result<Node, Error> {
        let text = raw.get();
        let line = self.line(text);
        if depth > MAX_DEPTH {
            return Err(Error::Deep(line));
        }
        let failed = |_| wrong(line);
        let content = match text.as_bytes().first() {
            Some(b'{') => {
                let members: Members<'_> = serde_json::from_str(text).map_err(failed)?;
                let mut entries = Vec::with_capacity(members.0.len());
                for (key, value) in members.0 {
                    entries.push((key, self.node(value, depth + 1)?));
                }
                return Ok(Node::map(line, entries));
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(failed)?;
                let items = items.into_iter().map(|item| self.node(item, depth + 1));
                Content::List(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => {
                let text: String = serde_json::from_str(text).map_err(failed)?;
                Content::Text(SecretValue::new(text.into_bytes()))
            }
            Some(b'n') => Content::Null,
            _ => Content::Text(SecretValue::copy_from(text.as_bytes())),
        };
        Ok(Node { line, content })
    }
}

/// The members of an object in their order, each as often as it stands there.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

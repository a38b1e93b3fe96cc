//! The extension maps `x`: what a reader does not know it keeps.

use super::cursor::Cursor;
use super::json::write_number;
use crate::vault::Error;
use std::collections::BTreeMap;

/// A value in an extension map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extra {
    /// An integer.
    Number(u64),
    /// Printable ASCII without `"` and `\`.
    Text(String),
}

/// An extension map: keys in ascending order, kept as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extras(BTreeMap<String, Extra>);

impl Extras {
    /// The number under a key.
    pub fn number(&self, key: &str) -> Option<u64> {
        match self.0.get(key) {
            Some(Extra::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(Extra::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Sets a key.
    pub fn insert(&mut self, key: &str, value: Extra) {
        self.0.insert(key.to_owned(), value);
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Whether a key says that a reader must understand it. This version
    /// knows no such key.
    pub fn has_unknown_critical(&self) -> bool {
        self.0.keys().any(|key| key.starts_with('!'))
    }

    /// Whether the keys that are known in this place have values of their form.
    pub fn has_form(&self, numbers: &[&str], texts: &[&str]) -> bool {
        self.0.iter().all(|(key, value)| match value {
            Extra::Number(_) => !texts.contains(&key.as_str()),
            Extra::Text(_) => !numbers.contains(&key.as_str()),
        })
    }

    /// Reads a map.
    pub fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        const KEY: &str = "an extension's name";
        cursor.literal("{")?;
        let mut map = BTreeMap::new();
        let mut last = String::new();
        while !cursor.take("}") {
            if !map.is_empty() {
                cursor.literal(",")?;
            }
            let critical = if cursor.take("\"!") {
                "!"
            } else if cursor.take("\"") {
                ""
            } else {
                return cursor.expected(KEY);
            };
            let name = cursor.run(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
            if !starts || name.len() > 32 {
                return cursor.expected(KEY);
            }
            let key = format!("{critical}{name}");
            if !map.is_empty() && key <= last {
                return cursor.expected("extensions in ascending order");
            }
            cursor.literal("\":")?;
            let value = if cursor.sees("\"") {
                let allowed = |b: u8| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\';
                let text = cursor.text("an extension's text", 0, usize::MAX, allowed)?;
                Extra::Text(text.to_owned())
            } else {
                Extra::Number(cursor.number()?)
            };
            last.clone_from(&key);
            map.insert(key, value);
        }
        Ok(Extras(map))
    }

    /// Writes the map.
    pub fn write(&self, out: &mut String) {
        out.push('{');
        for (index, (key, value)) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push('"');
            out.push_str(key);
            out.push_str("\":");
            match value {
                Extra::Number(number) => write_number(*number, out),
                Extra::Text(text) => {
                    out.push('"');
                    out.push_str(text);
                    out.push('"');
                }
            }
        }
        out.push('}');
    }
}

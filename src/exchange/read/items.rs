//! One secret with what is known of it: a row, or an object of a list.

use data_encoding::BASE64;

use super::tree::{Content, Node};
use crate::exchange::{Found, Reading};
use crate::secret::SecretValue;

/// What a column or a key says, by the names that programs give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Encoding,
    Environment,
    Expires,
    Folder,
    Name,
    Note,
    Owner,
    Tags,
    Type,
    Value,
}

impl Column {
    /// Upper and lower case, spaces and `_` do not count.
    pub fn of(name: &str) -> Option<Self> {
        let plain: String = name
            .chars()
            .filter(|c| !matches!(c, ' ' | '_' | '-'))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        Some(match plain.as_str() {
            "encoding" => Column::Encoding,
            "environment" | "env" => Column::Environment,
            "expires" => Column::Expires,
            "folder" | "path" | "secretpath" => Column::Folder,
            "name" | "key" | "secretkey" | "secretname" | "variable" => Column::Name,
            "note" | "notes" | "comment" | "secretcomment" => Column::Note,
            "owner" => Column::Owner,
            "tags" => Column::Tags,
            "type" => Column::Type,
            "value" | "secretvalue" => Column::Value,
            _ => return None,
        })
    }
}

/// A secret that is being put together.
#[derive(Default)]
pub(super) struct Item {
    pub line: usize,
    pub encoding: String,
    pub name: Option<String>,
    pub value: Option<SecretValue>,
    pub found: Found,
}

impl Item {
    /// Takes what a column says of it; an empty text says nothing.
    pub fn take(&mut self, column: Column, value: SecretValue) {
        if column == Column::Value {
            self.value = Some(value);
            return;
        }
        let Ok(text) = std::str::from_utf8(value.expose()) else {
            return;
        };
        if text.is_empty() {
            return;
        }
        let known = &mut self.found.known;
        let owned = || Some(text.to_owned());
        match column {
            Column::Encoding => self.encoding = text.to_owned(),
            Column::Environment => self.found.env = owned(),
            Column::Expires => known.expires = owned(),
            Column::Folder => self.found.folders = folders(text),
            Column::Name => self.name = owned(),
            Column::Note => known.note = owned(),
            Column::Owner => known.owner = owned(),
            Column::Tags => known.tags = text.split(',').map(str::to_owned).collect(),
            Column::Type => known.kind = owned(),
            Column::Value => {}
        }
    }

    /// Adds it to what was found, or says why it is no secret.
    pub fn end(self, reading: &mut Reading) {
        let line = self.line;
        let Some(name) = self.name else {
            return reading.refused.push((line, String::new(), "has no name"));
        };
        let Some(value) = self.value else {
            let why = "has no value; an export of secrets has values with --include-values";
            return reading.refused.push((line, name, why));
        };
        let value = match self.encoding.as_str() {
            "base64" => match BASE64.decode(value.expose()) {
                Ok(bytes) => SecretValue::new(bytes),
                Err(_) => return reading.refused.push((line, name, "is no base64")),
            },
            _ => value,
        };
        reading.found.push(Found {
            line,
            name,
            value,
            ..self.found
        });
    }
}

/// The folders of `/a/b`.
pub(super) fn folders(text: &str) -> Vec<String> {
    let segments = text.split('/').filter(|segment| !segment.is_empty());
    segments.map(str::to_owned).collect()
}

/// Adds one object of a list.
///
/// `has_type` is said of a list that we wrote: others mean something else by it.
pub(super) fn object(reading: &mut Reading, node: Node, has_type: bool) {
    let mut item = Item {
        line: node.line,
        ..Item::default()
    };
    for (key, child) in node.into_entries() {
        let Some(column) = Column::of(&key) else {
            continue;
        };
        match child.content {
            Content::Text(_) if column == Column::Type && !has_type => {}
            Content::Text(value) => item.take(column, value),
            Content::List(tags) if column == Column::Tags => {
                let tags = tags.iter().filter_map(|tag| tag.text());
                item.found.known.tags = tags.map(str::to_owned).collect();
            }
            Content::Refused(why) => {
                reading.refused.push((child.line, key, why));
                return;
            }
            _ => {}
        }
    }
    item.end(reading);
}

//! A document as a tree. Texts are wiped; keys are names, and are not.

use std::collections::HashSet;

use crate::exchange::{Found, Reading};
use crate::secret::SecretValue;

/// A value, a list or a map.
pub(super) struct Node {
    /// The line on which it begins, from 1.
    pub line: usize,
    pub content: Content,
}

pub(super) enum Content {
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<(String, Node)>),
    Null,
    /// What is no value that could be taken, and why.
    Refused(&'static str),
    /// A text, or anything else as it is written.
    Text(SecretValue),
}

impl Node {
    /// A map; a key that stands twice is refused, as nobody knows which is meant.
    pub fn map(line: usize, mut entries: Vec<(String, Node)>) -> Self {
        let mut seen = HashSet::new();
        let twice: Vec<bool> = entries
            .iter()
            .map(|(key, _)| !seen.insert(key.as_str()))
            .collect();
        for ((_, node), _) in entries.iter_mut().zip(twice).filter(|(_, twice)| *twice) {
            node.content = Content::Refused("stands twice in the same map");
        }
        let content = Content::Map(entries);
        Node { line, content }
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        let Content::Map(entries) = &self.content else {
            return None;
        };
        let mut entries = entries.iter();
        entries.find_map(|(name, node)| (name == key).then_some(node))
    }

    /// Takes the value of a key out.
    pub fn take(&mut self, key: &str) -> Option<Node> {
        let Content::Map(entries) = &mut self.content else {
            return None;
        };
        let at = entries.iter().position(|(name, _)| name == key)?;
        Some(entries.remove(at).1)
    }

    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(value) => std::str::from_utf8(value.expose()).ok(),
            _ => None,
        }
    }

    /// The text of a key, where there is one that is not empty.
    pub fn said(&self, key: &str) -> Option<String> {
        let text = self.get(key)?.text()?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub fn items(&self) -> &[Node] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    pub fn is_map(&self) -> bool {
        matches!(self.content, Content::Map(_))
    }

    pub fn into_items(self) -> Vec<Node> {
        match self.content {
            Content::List(items) => items,
            _ => Vec::new(),
        }
    }

    pub fn into_entries(self) -> Vec<(String, Node)> {
        match self.content {
            Content::Map(entries) => entries,
            _ => Vec::new(),
        }
    }
}

/// Adds one value under a name, or says why it is none.
pub(super) fn put(reading: &mut Reading, folders: &[String], name: String, node: Node) {
    let why = match node.content {
        Content::Text(value) => {
            let mut found = Found::new(node.line, name, value);
            found.folders = folders.to_vec();
            reading.found.push(found);
            return;
        }
        Content::List(_) => "is a list; a secret is one value",
        Content::Map(_) => "is a map; a secret is one value",
        Content::Null => "is null, which is no value",
        Content::Refused(why) => why,
    };
    let mut shown = folders.join("/");
    if !shown.is_empty() {
        shown.push('/');
    }
    reading.refused.push((node.line, shown + &name, why));
}

/// Adds everything below a map; a map in it is a folder.
pub(super) fn flatten(reading: &mut Reading, folders: &mut Vec<String>, node: Node) {
    for (name, child) in node.into_entries() {
        if child.is_map() {
            folders.push(name);
            flatten(reading, folders, child);
            folders.pop();
        } else {
            put(reading, folders, name, child);
        }
    }
}

//! What in a document are secrets.

use data_encoding::BASE64;

use super::Maker;
use super::items::{folders, object};
use super::known::{DOPPLER_OWN, MAKERS, is as is_one};
use super::tree::{Content, Node, flatten, put};
use crate::exchange::{Error, Note, Reading, Remark};
use crate::secret::SecretValue;

/// Documents, and whose they are.
pub(super) struct Shape {
    documents: Vec<Node>,
    maker: Option<Maker>,
}

impl Shape {
    /// Finds out whose documents they are, unless that is said.
    ///
    /// # Errors
    /// [`Error::Encrypted`]; none, or several that are no Secrets of
    /// Kubernetes; not what was said.
    pub fn of(documents: Vec<Node>, said: Option<Maker>) -> Result<Self, Error> {
        let is =
            |maker: Maker| !documents.is_empty() && documents.iter().all(|one| is_one(maker, one));
        let maker = match said {
            Some(Maker::Sops) if !is(Maker::Sops) => return Err(Error::Shape(NOT_SOPS)),
            Some(Maker::Doppler | Maker::Dotenvx | Maker::Infisical) => said,
            Some(maker) if is(maker) => said,
            Some(_) => return Err(Error::Shape("it is not what --format says")),
            None => MAKERS.into_iter().find(|maker| is(*maker)),
        };
        if is(Maker::Sops) {
            return Err(Error::Encrypted);
        }
        match documents.len() {
            1 => {}
            0 => return Err(Error::Shape("it holds nothing")),
            _ if maker == Some(Maker::Kubernetes) => {}
            _ => return Err(Error::Shape("it holds several documents")),
        }
        Ok(Shape { documents, maker })
    }

    /// The secrets.
    ///
    /// # Errors
    /// A document that is no map of names and values.
    pub fn read(self) -> Result<Reading, Error> {
        let maker = self.maker;
        let mut reading = Reading {
            maker,
            ..Reading::default()
        };
        for document in self.documents {
            take(&mut reading, maker, document)?;
        }
        Ok(reading)
    }
}

fn take(reading: &mut Reading, maker: Option<Maker>, mut node: Node) -> Result<(), Error> {
    match maker {
        Some(Maker::Kubernetes) => kubernetes(reading, node),
        Some(Maker::Secrets) => {
            let list = node.take("secrets").map(Node::into_items);
            for item in list.unwrap_or_default() {
                object(reading, item, true);
            }
        }
        Some(Maker::Infisical) if !node.is_map() => {
            for item in node.into_items() {
                object(reading, item, false);
            }
        }
        Some(Maker::Vault) => {
            let data = node.take("data");
            // The second version of the engine wraps what the first has at once.
            let data = data.map(|mut data| match data.get("metadata").is_some() {
                true => data.take("data").unwrap_or(data),
                false => data,
            });
            let data = data.filter(Node::is_map).ok_or(Error::Shape(NO_MAP))?;
            flatten(reading, &mut Vec::new(), data);
        }
        Some(Maker::Bitwarden) => bitwarden(reading, node)?,
        Some(Maker::OnePassword) => match node.is_map() {
            true => one_password(reading, node, Vec::new()),
            false => {
                for item in node.into_items() {
                    let title = item.said("title").into_iter().collect();
                    one_password(reading, item, title);
                }
            }
        },
        Some(Maker::Doppler) if node.is_map() => doppler(reading, node),
        _ if node.is_map() => flatten(reading, &mut Vec::new(), node),
        _ => return Err(Error::Shape(NO_MAP)),
    }
    Ok(())
}

/// About a file that was said to be one of sops.
pub(super) const NOT_SOPS: &str = "it is not encrypted by sops";
const NO_MAP: &str = "it is no map of names and values";

/// `data` is base64; `stringData` is written over it, as the server does.
fn kubernetes(reading: &mut Reading, mut node: Node) {
    if let Some(list) = node.take("items") {
        list.into_items()
            .into_iter()
            .for_each(|item| kubernetes(reading, item));
        return;
    }
    if node.get("kind").and_then(Node::text) != Some("Secret") {
        let name = node.said("kind").unwrap_or_default();
        return reading
            .refused
            .push((node.line, name, "is no Secret of Kubernetes"));
    }
    let texts = node.take("stringData").map(Node::into_entries);
    let texts = texts.unwrap_or_default();
    for (name, mut value) in node
        .take("data")
        .map(Node::into_entries)
        .unwrap_or_default()
    {
        if texts.iter().any(|(other, _)| *other == name) {
            continue;
        }
        if let Content::Text(text) = &value.content {
            let plain: zeroize::Zeroizing<Vec<u8>> = text
                .expose()
                .iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect::<Vec<u8>>()
                .into();
            value.content = match BASE64.decode(&plain) {
                Ok(bytes) => Content::Text(SecretValue::new(bytes)),
                Err(_) => Content::Refused("is no base64, which stands in data"),
            };
        }
        put(reading, &[], name, value);
    }
    for (name, value) in texts {
        put(reading, &[], name, value);
    }
}

/// Logins, cards and notes lie in a folder of their name.
fn bitwarden(reading: &mut Reading, mut node: Node) -> Result<(), Error> {
    if node.get("encrypted").and_then(Node::text) != Some("false") {
        return Err(Error::Shape(
            "it is encrypted; export it with: bw export --format json",
        ));
    }
    let names: Vec<(String, String)> = node
        .get("folders")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|folder| Some((folder.said("id")?, folder.said("name")?)))
        .collect();
    for mut item in node.take("items").map(Node::into_items).unwrap_or_default() {
        let id = item.said("folderId");
        let folder = names.iter().find(|(known, _)| Some(known) == id.as_ref());
        let mut at = folder.map_or(Vec::new(), |(_, name)| folders(name));
        at.push(item.said("name").unwrap_or_default());
        if let Some(notes) = item.take("notes") {
            present(reading, &at, "notes", notes);
        }
        for part in ["login", "card", "identity", "sshKey"] {
            for (name, value) in item.take(part).map(Node::into_entries).unwrap_or_default() {
                // Addresses and keys of the browser are no secrets.
                if !matches!(value.content, Content::List(_)) {
                    present(reading, &at, &name, value);
                }
            }
        }
        for mut field in item
            .take("fields")
            .map(Node::into_items)
            .unwrap_or_default()
        {
            let name = field.said("name").unwrap_or_default();
            if let Some(value) = field.take("value") {
                present(reading, &at, &name, value);
            }
        }
    }
    Ok(())
}

/// Every field that has a value; those of a section lie in a folder.
fn one_password(reading: &mut Reading, mut node: Node, at: Vec<String>) {
    for mut field in node
        .take("fields")
        .map(Node::into_items)
        .unwrap_or_default()
    {
        let mut at = at.clone();
        at.extend(
            field
                .get("section")
                .and_then(|section| section.said("label")),
        );
        let name = field.said("label").or_else(|| field.said("id"));
        if let Some(value) = field.take("value") {
            present(reading, &at, &name.unwrap_or_default(), value);
        }
    }
}

/// Programs write every field of a form, filled in or not.
fn present(reading: &mut Reading, at: &[String], name: &str, value: Node) {
    let is_empty = match &value.content {
        Content::Null => true,
        Content::Text(value) => value.is_empty(),
        _ => false,
    };
    if !is_empty {
        put(reading, at, name.to_owned(), value);
    }
}

fn doppler(reading: &mut Reading, node: Node) {
    for (name, mut value) in node.into_entries() {
        if DOPPLER_OWN.contains(&name.as_str()) {
            let line = value.line;
            let name = Some(name);
            let what = Remark::Own;
            reading.notes.push(Note { line, name, what });
            continue;
        }
        let note = value.said("note");
        let computed = value.take("computed");
        let before = reading.found.len();
        put(reading, &[], name, computed.unwrap_or(value));
        if let Some(found) = reading.found.get_mut(before) {
            found.known.note = note;
        }
    }
}

//! YAML as a tree.

use data_encoding::BASE64;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use zeroize::Zeroizing;

use super::MAX_DEPTH;
use super::tree::{Content, Node};
use crate::exchange::Error;
use crate::secret::SecretValue;

/// What YAML 1.2 takes for null where it stands without quotes.
const NULLS: [&str; 5] = ["", "~", "null", "Null", "NULL"];

/// Line ends of YAML 1.1, and ordinary characters of YAML 1.2: a value with one
/// that is not written as an escape is two values.
const BREAKS_OF_OLD: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// A list or a map that is not at its end yet.
enum Open {
    List(usize, Vec<Node>),
    /// The key comes before its value.
    Map(usize, Vec<(String, Node)>, Option<String>),
}

/// Reads every document of a text. What stands without quotes stays as it is
/// written: nothing becomes a number, a date or a truth value.
///
/// # Errors
/// No YAML, or too deep.
pub(super) fn read(text: &str) -> Result<Vec<Node>, Error> {
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let has_old_breaks = text.contains(BREAKS_OF_OLD);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| wrong(error.marker().line()))?;
        let line = span.start.line();
        let node = match event {
            Event::Alias(_) => refused(line, "is an alias; write its value out"),
            Event::Scalar(text, style, _, tag) => {
                let plain = style == ScalarStyle::Plain;
                let text = Zeroizing::new(text.into_owned());
                if has_old_breaks && text.contains(BREAKS_OF_OLD) {
                    let why = "holds a line end of YAML 1.1, which YAML 1.2 reads as a character; \
                               write it as an escape between double quotes";
                    place(&mut open, &mut documents, refused(line, why))?;
                    continue;
                }
                scalar(line, text, plain, tag.as_deref())
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(line, Vec::new()));
                if open.len() > MAX_DEPTH {
                    return Err(Error::Deep(line));
                }
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(line, Vec::new(), None));
                if open.len() > MAX_DEPTH {
                    return Err(Error::Deep(line));
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(line, items)) => Node {
                    line,
                    content: Content::List(items),
                },
                Some(Open::Map(line, entries, None)) => Node::map(line, entries),
                _ => return Err(wrong(line)),
            },
            _ => continue,
        };
        place(&mut open, &mut documents, node)?;
    }
    Ok(documents)
}

fn wrong(line: usize) -> Error {
    Error::Syntax("YAML", line)
}

fn refused(line: usize, why: &'static str) -> Node {
    Node {
        line,
        content: Content::Refused(why),
    }
}

/// Puts a whole node where it belongs.
fn place(open: &mut [Open], documents: &mut Vec<Node>, node: Node) -> Result<(), Error> {
    match open.last_mut() {
        None => documents.push(node),
        Some(Open::List(_, items)) => items.push(node),
        Some(Open::Map(_, entries, key)) => match key.take() {
            Some(name) if name == "<<" => {
                let why = "is a merge key; write its values out";
                entries.push((name, refused(node.line, why)));
            }
            Some(name) => entries.push((name, node)),
            None => {
                let null = matches!(node.content, Content::Null).then_some("");
                let name = node.text().or(null);
                *key = Some(name.ok_or(wrong(node.line))?.to_owned());
            }
        },
    }
    Ok(())
}

fn scalar(line: usize, mut text: Zeroizing<String>, plain: bool, tag: Option<&Tag>) -> Node {
    let core = tag.filter(|tag| tag.handle == "tag:yaml.org,2002:");
    let content = match (tag, core.map(|tag| tag.suffix.as_str())) {
        (None, _) if plain && NULLS.contains(&text.as_str()) => Content::Null,
        (Some(_), Some("null")) => Content::Null,
        (Some(_), Some("binary")) => {
            text.retain(|c| !c.is_ascii_whitespace());
            match BASE64.decode(text.as_bytes()) {
                Ok(bytes) => Content::Text(SecretValue::new(bytes)),
                Err(_) => Content::Refused("is tagged !!binary and is no base64"),
            }
        }
        // `!` alone says that it is no number.
        (None, _) | (Some(_), Some("str" | "int" | "float" | "bool" | "timestamp" | "merge")) => {
            Content::Text(SecretValue::new(std::mem::take(&mut *text).into_bytes()))
        }
        (Some(tag), _) if tag.handle.is_empty() && tag.suffix == "!" => {
            Content::Text(SecretValue::new(std::mem::take(&mut *text).into_bytes()))
        }
        (Some(_), _) => Content::Refused("has a tag that says nothing here"),
    };
    Node { line, content }
}

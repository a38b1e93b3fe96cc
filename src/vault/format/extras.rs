//! The extension maps `x`: what a reader does not know it keeps.

use super::cursor::Cursor;
use super::json::write_number;
use crate::order;
use crate::vault::Error;

/// A value in an extension map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extra {
    /// An integer.
    Number(u64),
    /// Printable ASCII without `"` and `\`.
    Text(String),
}

/// An extension map: keys in ascending order, kept as they are.
///
/// It is the text of its members, which has one writing: a map is read far
/// more often than it is asked anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extras(String);

/// A value where it stands.
#[derive(Clone, Copy)]
enum Member<'a> {
    Number(u64),
    Text(&'a str),
}

impl Extras {
    /// The number under a key.
    pub fn number(&self, key: &str) -> Option<u64> {
        match self.member(key) {
            Some(Member::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.member(key) {
            Some(Member::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Sets a key.
    pub fn insert(&mut self, key: &str, value: Extra) {
        self.remove(key);
        let value = match &value {
            Extra::Number(number) => Member::Number(*number),
            Extra::Text(text) => Member::Text(text),
        };
        let mut members: Vec<_> = self.members().collect();
        members.push((key, value));
        order::sort_by_key(&mut members, |(key, _)| *key);
        self.0 = written(&members);
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) {
        let kept: Vec<_> = self.members().filter(|(other, _)| *other != key).collect();
        self.0 = written(&kept);
    }

    /// Whether a key says that a reader must understand it: it would be the
    /// first. This version knows no such key.
    pub fn has_unknown_critical(&self) -> bool {
        self.0.starts_with("\"!")
    }

    /// Whether the keys that are known in this place have values of their form.
    pub fn has_form(&self, numbers: &[&str], texts: &[&str]) -> bool {
        self.members().all(|(key, value)| match value {
            Member::Number(_) => !texts.contains(&key),
            Member::Text(_) => !numbers.contains(&key),
        })
    }

    fn member(&self, key: &str) -> Option<Member<'_>> {
        let found = self.members().find(|(other, _)| *other == key);
        found.map(|(_, value)| value)
    }

    /// Keys and values, ascending.
    fn members(&self) -> impl Iterator<Item = (&str, Member<'_>)> {
        let mut cursor = Cursor::new(self.0.as_bytes(), 0);
        std::iter::from_fn(move || {
            cursor.take(",");
            let key = parse_key(&mut cursor).ok()?;
            Some((key, parse_value(&mut cursor).ok()?))
        })
    }

    /// Reads a map.
    pub fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        cursor.literal("{")?;
        let start = cursor.position();
        let mut last = None;
        while !cursor.sees("}") {
            if last.is_some() {
                cursor.literal(",")?;
            }
            let key = parse_key(cursor)?;
            if last >= Some(key) {
                return cursor.expected("extensions in ascending order");
            }
            parse_value(cursor)?;
            last = Some(key);
        }
        let members = std::str::from_utf8(cursor.since(start)).unwrap_or_default();
        cursor.literal("}")?;
        Ok(Extras(members.to_owned()))
    }

    /// Writes the map.
    pub fn write(&self, out: &mut String) {
        out.push('{');
        out.push_str(&self.0);
        out.push('}');
    }
}

/// A key in quotation marks.
fn parse_key<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, Error> {
    const KEY: &str = "an extension's name";
    if !cursor.take("\"") {
        return cursor.expected(KEY);
    }
    let start = cursor.position();
    cursor.take("!");
    let name = cursor.run(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if name.len() > 32 || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return cursor.expected(KEY);
    }
    Ok(std::str::from_utf8(cursor.since(start)).unwrap_or_default())
}

/// What stands behind a key.
fn parse_value<'a>(cursor: &mut Cursor<'a>) -> Result<Member<'a>, Error> {
    cursor.literal("\":")?;
    if !cursor.sees("\"") {
        return cursor.number().map(Member::Number);
    }
    let allowed = |b: u8| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\';
    let text = cursor.text("an extension's text", 0, usize::MAX, allowed)?;
    Ok(Member::Text(text))
}

/// Members as they stand in the file.
fn written(members: &[(&str, Member<'_>)]) -> String {
    let mut out = String::new();
    for (index, (key, value)) in members.iter().enumerate() {
        out.push_str(if index > 0 { ",\"" } else { "\"" });
        out.push_str(key);
        out.push_str("\":");
        match value {
            Member::Number(number) => write_number(*number, &mut out),
            Member::Text(text) => {
                out.push('"');
                out.push_str(text);
                out.push('"');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Extras, Error> {
        let mut cursor = Cursor::new(text.as_bytes(), 1);
        let extras = Extras::parse(&mut cursor)?;
        cursor.end().map(|()| extras)
    }

    #[test]
    fn a_map_is_kept_as_it_is_and_answers() {
        for text in ["{}", "{\"!new\":1,\"a\":0,\"b_2\":\"some text, {}\"}"] {
            let mut out = String::new();
            parse(text).unwrap().write(&mut out);
            assert_eq!(out, text);
        }
        let map = parse("{\"!new\":1,\"a\":7,\"b\":\"\\u\"}");
        assert!(map.is_err());
        let map = parse("{\"!new\":1,\"a\":7,\"b\":\"x,\"}").unwrap();
        assert_eq!((map.number("a"), map.number("b")), (Some(7), None));
        assert_eq!((map.text("b"), map.text("a")), (Some("x,"), None));
        assert!(map.has_unknown_critical() && map.has_form(&["a"], &["b"]));
        assert!(!map.has_form(&["b"], &[]) && !map.has_form(&[], &["a"]));
    }

    #[test]
    fn keys_stand_in_order_each_once() {
        for bad in [
            "{\"b\":1,\"a\":1}",
            "{\"a\":1,\"a\":1}",
            "{\"a\":1,\"!a\":1}",
            "{\"a\":1,}",
            "{,\"a\":1}",
            "{\"A\":1}",
            "{\"1\":1}",
            "{\"\":1}",
            "{\"a\":01}",
            "{\"a\":\"\u{7f}\"}",
            "{\"a\":1 }",
            "{\"a\"1}",
            "{\"a\":1",
            "\"a\":1}",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        let long = |len| format!("{{\"{}\":1}}", "a".repeat(len));
        assert!(parse(&long(32)).is_ok() && parse(&long(33)).is_err());
    }

    #[test]
    fn what_is_set_takes_its_place() {
        let mut map = Extras::default();
        map.insert("verb", Extra::Text("set".to_owned()));
        map.insert("of", Extra::Number(3));
        map.insert("vt", Extra::Number(4));
        map.insert("of", Extra::Number(5));
        assert_eq!(map, parse("{\"of\":5,\"verb\":\"set\",\"vt\":4}").unwrap());
        map.remove("verb");
        map.remove("none");
        assert_eq!(map, parse("{\"of\":5,\"vt\":4}").unwrap());
    }
}

//! The JSON of an entry, checked without building it.
//!
//! Two programs that read one text must not see two things in it. So member
//! names are unique at every depth, as they are after their escapes are taken
//! away, numbers are integers of 0 to 2^53 - 1, and the depth is bounded.

mod plain;

use crate::order;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Greatest number in an entry: what a double holds exactly.
pub(super) const MAX_NUMBER: u64 = (1 << 53) - 1;
/// Greatest depth of objects and arrays; the entry itself is the first.
const MAX_DEPTH: u8 = 16;

/// What the log itself looks at in an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Member `t`.
    pub time: u64,
    /// Member `a`, as far as it matters here.
    pub kind: Kind,
}

/// Actions that the log itself acts upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `chain`
    Chain,
    /// `gap`
    Gap,
    /// All others.
    Other,
}

/// Checks an entry; `None` for anything but one strict object with `t` and `a`,
/// without white space between its parts.
pub(super) fn check(raw: &[u8]) -> Option<Mark> {
    plain::mark(raw).or_else(|| full(raw))
}

fn full(raw: &[u8]) -> Option<Mark> {
    if has_space(raw) {
        return None;
    }
    let mut json = serde_json::Deserializer::from_slice(raw);
    let mark = Entry.deserialize(&mut json).ok()?;
    json.end().ok()?;
    Some(mark)
}

/// Whether there is white space outside of strings.
fn has_space(raw: &[u8]) -> bool {
    let (mut inside, mut escaped) = (false, false);
    raw.iter().any(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'"' => inside = !inside,
            b'\\' => escaped = inside,
            _ => return !inside && byte.is_ascii_whitespace(),
        }
        false
    })
}

/// The object of an entry.
struct Entry;

impl<'de> DeserializeSeed<'de> for Entry {
    type Value = Mark;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Mark, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Entry {
    type Value = Mark;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Mark, A::Error> {
        let (mut time, mut kind) = (None, None);
        members(map, MAX_DEPTH - 1, |name, map| {
            match name {
                "t" => {
                    let number: u64 = map.next_value()?;
                    time = Some(bounded(number)?);
                }
                "a" => {
                    kind = Some(match &*map.next_value_seed(Text)? {
                        "chain" => Kind::Chain,
                        "gap" => Kind::Gap,
                        _ => Kind::Other,
                    });
                }
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        match (time, kind) {
            (Some(time), Some(kind)) => Ok(Mark { time, kind }),
            _ => Err(A::Error::custom("no time or no action")),
        }
    }
}

/// Goes through an object; `take` says whether it took the value of a name.
fn members<'de, A: MapAccess<'de>>(
    mut map: A,
    depth: u8,
    mut take: impl FnMut(&str, &mut A) -> Result<bool, A::Error>,
) -> Result<(), A::Error> {
    let mut names: Vec<Cow<'de, str>> = Vec::with_capacity(map.size_hint().unwrap_or(16));
    while let Some(name) = map.next_key_seed(Text)? {
        if !take(&name, &mut map)? {
            map.next_value_seed(Any { depth })?;
        }
        names.push(name);
    }
    order::sort(&mut names);
    let twice = names.windows(2).any(|pair| match pair {
        [one, other] => one == other,
        _ => false,
    });
    if twice {
        return Err(A::Error::custom("a name that is there twice"));
    }
    Ok(())
}

fn bounded<E: Error>(number: u64) -> Result<u64, E> {
    if number > MAX_NUMBER {
        return Err(E::custom("a number over 2^53 - 1"));
    }
    Ok(number)
}

/// A string, borrowed where it has no escapes.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Any value, with so many levels left below it.
struct Any {
    depth: u8,
}

impl Any {
    fn below<E: Error>(&self) -> Result<u8, E> {
        self.depth
            .checked_sub(1)
            .ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Any {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        bounded(number).map(drop)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let depth = self.below()?;
        while seq.next_element_seed(Any { depth })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        members(map, self.below()?, |_, _| Ok(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(member: &str) -> Option<Mark> {
        check(format!("{{\"i\":1,\"t\":5,\"a\":\"read\",{member}}}").as_bytes())
    }

    #[test]
    fn an_entry_is_one_object_with_time_and_action() {
        assert!(with("\"x\":[1,true,null,\"s\",{\"y\":{}}]").is_some());
        for text in [
            "{}",
            "[]",
            "{\"t\":1}",
            "{\"a\":\"read\"}",
            "{\"t\":1,\"a\":1}",
            "{\"t\":\"1\",\"a\":\"read\"}",
            "{\"t\":1,\"a\":\"read\"}{}",
            "{\"t\":1,\"a\":\"read\",}",
            "{\"t\":-1,\"a\":\"read\"}",
            "{\"t\":9007199254740992,\"a\":\"read\"}",
        ] {
            assert_eq!(check(text.as_bytes()), None, "{text}");
        }
        let mark = check(b"{\"t\":9007199254740991,\"a\":\"g\\u0061p\"}").unwrap();
        assert_eq!((mark.time, mark.kind), (MAX_NUMBER, Kind::Gap));
    }

    #[test]
    fn white_space_stands_in_strings_alone() {
        for inside in [r#""x":" a b ""#, r#""x":"\" ""#, r#""x":"\\","y z":" ""#] {
            assert!(with(inside).is_some(), "{inside}");
        }
        for outside in [
            r#" "x":1"#,
            r#""x" :1"#,
            r#""x": 1"#,
            r#""x":1 "#,
            r#""x":[1, 2]"#,
            r#""x":"\\" "#,
            "\"x\":\t1",
        ] {
            assert_eq!(with(outside), None, "{outside}");
        }
    }

    #[test]
    fn names_are_unique_at_every_depth_behind_their_escapes() {
        for twice in [
            "\"a\":\"write\"",
            "\"\\u0061\":\"write\"",
            "\"x\":1,\"\\u0078\":2",
            "\"x\":[{\"y\":1,\"z\":2,\"y\":3}]",
        ] {
            assert_eq!(with(twice), None, "{twice}");
        }
    }

    #[test]
    fn numbers_and_depth_are_bounded() {
        for number in ["-1", "-0", "1.0", "1e3", "9007199254740992", "01", "1e999"] {
            assert_eq!(with(&format!("\"x\":[{number}]")), None, "{number}");
        }
        let nested = |depth: usize| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            with(&format!("\"x\":{open}{close}"))
        };
        assert!(nested(15).is_some());
        assert_eq!(nested(16), None);
    }
}

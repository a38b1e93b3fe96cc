//! One field of a value that is JSON.

use crate::failure::{Failure, quoted};
use crate::secret::SecretValue;
use serde::de::Error as _;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Cuts one field out: by pointer (RFC 6901), or by the key of an object.
///
/// A text comes without its quotation marks, everything else exactly as it is
/// written: no number changes its digits. Only the way to the field is taken
/// apart; the rest of the value is never copied.
///
/// # Errors
/// A value that is not JSON, a field that is not there.
pub fn field(value: &SecretValue, pointer: &str) -> Result<SecretValue, Failure> {
    let mut here: &RawValue = serde_json::from_slice(value.expose())
        .map_err(|_| Failure::usage("--field needs a value that is JSON"))?;
    let missing = || Failure::not_found(format!("there is no field {}", quoted(pointer)));
    let whole = pointer.is_empty();
    let steps: Vec<Cow<'_, str>> = match pointer.strip_prefix('/') {
        Some(path) => path.split('/').map(unescape).collect(),
        None if whole => Vec::new(),
        None => vec![Cow::Borrowed(pointer)],
    };
    for step in steps {
        here = below(here, &step).map_err(|_| missing())?;
    }
    let text = here.get();
    if !text.starts_with('"') {
        return Ok(SecretValue::copy_from(text.as_bytes()));
    }
    let text: Zeroizing<String> = serde_json::from_str(text)
        .map(Zeroizing::new)
        .map_err(|_| missing())?;
    Ok(SecretValue::copy_from(text.as_bytes()))
}

/// `~1` is `/` and `~0` is `~`.
fn unescape(step: &str) -> Cow<'_, str> {
    match step.contains('~') {
        true => Cow::Owned(step.replace("~1", "/").replace("~0", "~")),
        false => Cow::Borrowed(step),
    }
}

/// One step down.
fn below<'a>(value: &'a RawValue, step: &str) -> Result<&'a RawValue, serde_json::Error> {
    let none = || serde_json::Error::custom("nothing there");
    if value.get().starts_with('[') {
        let index: Option<usize> = match step {
            "0" => Some(0),
            step if step.starts_with('0') || step.starts_with('+') => None,
            step => step.parse().ok(),
        };
        let items: Vec<&RawValue> = serde_json::from_str(value.get())?;
        return index
            .and_then(|index| items.get(index).copied())
            .ok_or_else(none);
    }
    let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(value.get())?;
    members.get(step).copied().ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_comes_out_as_it_is_written() {
        let json = r#"{"id": 12345678901234567890123, "price": 1.10, "e": 1e2, "t": "a\"b",
            "list": [true, {"x/y": null, "m~n": "deep"}], "": "empty key"}"#;
        let value = SecretValue::copy_from(json.as_bytes());
        for (pointer, wanted) in [
            ("id", "12345678901234567890123"),
            ("/price", "1.10"),
            ("/e", "1e2"),
            ("t", "a\"b"),
            ("/list/0", "true"),
            ("/list/1/x~1y", "null"),
            ("/list/1/m~0n", "deep"),
            ("/", "empty key"),
            ("", json),
        ] {
            let found = field(&value, pointer).ok().unwrap();
            assert_eq!(
                std::str::from_utf8(found.expose()).unwrap(),
                wanted,
                "{pointer}"
            );
        }
        for missing in [
            "nope", "/list/2", "/list/00", "/list/+0", "/list/-", "/id/x", "x/y",
        ] {
            assert!(field(&value, missing).is_err(), "{missing}");
        }
        assert!(field(&SecretValue::copy_from(b"no json"), "x").is_err());
    }
}

//! Paths in the records: text where they are text, else base64 of their bytes.

use data_encoding::BASE64_NOPAD;
use serde_json::{Map, Value};

/// Adds `"path":"…"`, or for what is no UTF-8 `"path64"` with unpadded base64.
pub(super) fn insert(object: &mut Map<String, Value>, path: &[u8]) {
    match std::str::from_utf8(path) {
        Ok(path) => object.insert("path".to_owned(), path.into()),
        Err(_) => object.insert("path64".to_owned(), BASE64_NOPAD.encode(path).into()),
    };
}

/// The path of an object that has one and not two.
pub(super) fn of(object: &Map<String, Value>) -> Option<Vec<u8>> {
    let member = |key: &str| object.get(key).and_then(Value::as_str);
    match (member("path"), member("path64")) {
        (Some(path), None) => Some(path.as_bytes().to_vec()),
        (None, Some(path)) => BASE64_NOPAD.decode(path.as_bytes()).ok(),
        _ => None,
    }
}

/// Whether no path is there twice.
pub(super) fn are_unique<'a>(paths: impl Iterator<Item = &'a [u8]>) -> bool {
    let mut paths: Vec<&[u8]> = paths.collect();
    paths.sort_unstable();
    paths.windows(2).all(|pair| pair.first() != pair.last())
}

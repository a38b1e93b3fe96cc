//! Paths in the records: text where they are text, else base64 of their bytes.
//!
//! A line of a record is an object whose first member is a path, and whose
//! other members have a fixed length, so it is taken apart without a map of
//! its members: every command reads one.

use crate::order;
use data_encoding::BASE64_NOPAD;

/// Begins a line: `{"path":"…"`, or for what is no UTF-8 `{"path64":"…"` with
/// unpadded base64.
pub(super) fn begin(path: &[u8]) -> String {
    match std::str::from_utf8(path) {
        Ok(path) => format!("{TEXT}{}", quoted(path)),
        Err(_) => format!("{BASE64}\"{}\"", BASE64_NOPAD.encode(path)),
    }
}

/// The path of what [`begin`] writes; what is written in another way may be
/// taken too.
pub(super) fn of(begin: &str) -> Option<Vec<u8>> {
    if let Some(text) = begin.strip_prefix(TEXT) {
        let path: String = serde_json::from_str(text).ok()?;
        return Some(path.into_bytes());
    }
    let text = begin.strip_prefix(BASE64)?;
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    BASE64_NOPAD.decode(text.as_bytes()).ok()
}

/// The path of what [`begin`] writes, where none of it is escaped: then there is
/// one writing of it.
pub(super) fn plain(begin: &str) -> Option<&str> {
    let text = begin.strip_prefix(TEXT)?;
    let path = text.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    path.bytes().all(is_plain).then_some(path)
}

const TEXT: &str = "{\"path\":";
const BASE64: &str = "{\"path64\":";

/// A JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether no path is there twice.
pub(super) fn are_unique<'a>(paths: impl Iterator<Item = &'a [u8]>) -> bool {
    let mut paths: Vec<&[u8]> = paths.collect();
    order::sort(&mut paths);
    paths.windows(2).all(|pair| pair.first() != pair.last())
}

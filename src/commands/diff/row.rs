//! A secret of one side beside that of the other.

use super::side::Secret;
use crate::order;
use crate::summary;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is said of a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Changed,
    OnlyA,
    OnlyB,
    Same,
}

impl Status {
    pub fn text(self) -> &'static str {
        match self {
            Status::Changed => "changed",
            Status::OnlyA => "only in A",
            Status::OnlyB => "only in B",
            Status::Same => "same",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Status::OnlyA => "only_a",
            Status::OnlyB => "only_b",
            status => status.text(),
        }
    }
}

/// A pair, of which one may be missing.
pub(super) struct Row {
    /// The path below the two folders; the name of the first of two secrets.
    pub path: String,
    pub a: Option<Secret>,
    pub b: Option<Secret>,
    pub status: Status,
}

/// The secrets of both sides by their paths.
pub(super) fn paired(a: BTreeMap<String, Secret>, mut b: BTreeMap<String, Secret>) -> Vec<Row> {
    let row = |path: String, a: Option<Secret>, b: Option<Secret>| {
        let name = a.as_ref().map(|secret| secret.entry.path.name().to_owned());
        Row {
            path: match path.is_empty() {
                true => name.unwrap_or_default(),
                false => path,
            },
            a,
            b,
            status: Status::Changed,
        }
    };
    let mut rows = Vec::new();
    for (path, secret) in a {
        let other = b.remove(&path);
        rows.push(row(path, Some(secret), other));
    }
    rows.extend(
        b.into_iter()
            .map(|(path, secret)| row(path, None, Some(secret))),
    );
    order::sort_by(&mut rows, |one, other| one.path.cmp(&other.path));
    rows
}

impl Row {
    /// The JSON object; with `reveal` every side has the keys of a value.
    pub fn object(&self, reveal: bool) -> Value {
        let side = |secret: &Option<Secret>| match secret {
            None => Value::Null,
            Some(secret) => {
                let mut object = Map::new();
                object.insert("address".to_owned(), json!(summary::address(&secret.entry)));
                object.insert("version".to_owned(), json!(secret.version));
                match &secret.value {
                    Some(value) => summary::add_value(&mut object, value.expose(), false),
                    None if reveal => {
                        object.insert("value".to_owned(), Value::Null);
                        object.insert("encoding".to_owned(), Value::Null);
                    }
                    None => {}
                }
                object.remove("from_default");
                Value::Object(object)
            }
        };
        json!({
            "path": self.path,
            "status": self.status.code(),
            "a": side(&self.a),
            "b": side(&self.b),
        })
    }
}

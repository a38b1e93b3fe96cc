//! Secrets with what is known of them, as a document.

use crate::exchange;
use crate::summary::SCHEMA_VERSION;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// A document for people and scripts, and not for an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    Csv,
    Json,
    Yaml,
}

impl Document {
    /// The whole text; every secret has the same keys.
    pub fn write(self, secrets: Vec<Map<String, Value>>) -> String {
        match self {
            Document::Csv => csv(&secrets),
            Document::Json => {
                let object = json!({"schema_version": SCHEMA_VERSION, "secrets": secrets});
                format!("{object}\n")
            }
            Document::Yaml => yaml(&secrets),
        }
    }
}

/// The document of [`Document::Json`] in YAML: every text between double
/// quotes, so that no reader takes one for something else.
fn yaml(secrets: &[Map<String, Value>]) -> String {
    let mut out = format!("schema_version: {SCHEMA_VERSION}\nsecrets:");
    if secrets.is_empty() {
        out.push_str(" []");
    }
    out.push('\n');
    for secret in secrets {
        for (at, (key, value)) in secret.iter().enumerate() {
            let mark = if at == 0 { "  - " } else { "    " };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{mark}{key}: {}", scalar(value));
        }
    }
    out
}

/// A scalar, or a list of them on one line.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => exchange::yaml(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(scalar).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// Rows with a header (RFC 4180), every field between quotes; a list is joined
/// by commas, and what is absent is empty.
fn csv(secrets: &[Map<String, Value>]) -> String {
    let mut out = String::new();
    let mut row = |fields: &mut dyn Iterator<Item = String>| {
        let fields: Vec<String> = fields
            .map(|field| format!("\"{}\"", field.replace('"', "\"\"")))
            .collect();
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    };
    if let Some(first) = secrets.first() {
        row(&mut first.keys().cloned());
    }
    for secret in secrets {
        row(&mut secret.values().map(cell));
    }
    out
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(cell).collect();
            items.join(",")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Map<String, Value> {
        let object = json!({
            "name": "A", "version": 3, "expired": false, "expires": null,
            "tags": ["a", "b\"c"], "value": "=1+\"x\"\n\u{1}\u{85}\u{2028}\u{1f600}, no",
        });
        match object {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    #[test]
    fn yaml_and_json_say_the_same() {
        assert_eq!(
            Document::Yaml.write(vec![secret()]),
            "schema_version: 1\nsecrets:\n  - name: \"A\"\n    version: 3\n    expired: false\n    \
             expires: null\n    tags: [\"a\", \"b\\\"c\"]\n    \
             value: \"=1+\\\"x\\\"\\n\\u0001\\u0085\\u2028\u{1f600}, no\"\n"
        );
        assert_eq!(
            Document::Yaml.write(Vec::new()),
            "schema_version: 1\nsecrets: []\n"
        );
        let json: Value = serde_json::from_str(&Document::Json.write(vec![secret()])).unwrap();
        assert_eq!(json["secrets"][0]["value"], secret()["value"]);
    }

    #[test]
    fn csv_quotes_every_field_and_changes_none() {
        assert_eq!(
            Document::Csv.write(vec![secret()]),
            "\"name\",\"version\",\"expired\",\"expires\",\"tags\",\"value\"\r\n\
             \"A\",\"3\",\"false\",\"\",\"a,b\"\"c\",\
             \"=1+\"\"x\"\"\n\u{1}\u{85}\u{2028}\u{1f600}, no\"\r\n"
        );
    }
}

//! A Secret of Kubernetes, as YAML.

use super::{Pair, Refusal, Writing, quote, text};
use data_encoding::BASE64;

/// Most bytes that the values of one Secret have (kubernetes.io, "Secrets").
const MAX_DATA_BYTES: usize = 1 << 20;
/// Longest name of an object: a DNS subdomain (RFC 1123), in bytes.
const MAX_NAME_BYTES: usize = 253;
/// Longest label of DNS, and longest name and value of a label, in bytes.
const MAX_LABEL_BYTES: usize = 63;

/// What a Secret is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    name: String,
    namespace: Option<String>,
    labels: Vec<(String, String)>,
}

impl Manifest {
    /// Checks the names; a label is `KEY=VALUE`.
    ///
    /// # Errors
    /// What is wrong with which, without a period.
    pub fn new(name: &str, namespace: Option<&str>, labels: &[String]) -> Result<Self, String> {
        if !is_subdomain(name) {
            return Err(format!(
                "{name:?} is no name of an object: lower-case letters, digits, - and . only"
            ));
        }
        if let Some(namespace) = namespace.filter(|namespace| !is_dns_label(namespace)) {
            return Err(format!(
                "{namespace:?} is no namespace: lower-case letters, digits and - only"
            ));
        }
        let mut all: Vec<(String, String)> = Vec::new();
        for label in labels {
            let (key, value) = label
                .split_once('=')
                .filter(|(key, value)| is_label_key(key) && is_label_value(value))
                .ok_or_else(|| format!("{label:?} is no label: KEY=VALUE"))?;
            if all.iter().any(|(other, _)| other == key) {
                return Err(format!("the label {key:?} is given twice"));
            }
            all.push((key.to_owned(), value.to_owned()));
        }
        Ok(Manifest {
            name: name.to_owned(),
            namespace: namespace.map(str::to_owned),
            labels: all,
        })
    }

    /// Writes the Secret; its keys are the variables.
    ///
    /// # Errors
    /// The values from the one on that no longer fits.
    pub(super) fn write(&self, pairs: &[Pair<'_>]) -> Result<Writing, Vec<Refusal>> {
        let mut head = String::from("apiVersion: v1\nkind: Secret\nmetadata:\n");
        head.push_str(&format!("  name: {}\n", quote::yaml(&self.name)));
        if let Some(namespace) = &self.namespace {
            head.push_str(&format!("  namespace: {}\n", quote::yaml(namespace)));
        }
        for (at, (key, value)) in self.labels.iter().enumerate() {
            let title = if at == 0 { "  labels:\n" } else { "" };
            head.push_str(&format!(
                "{title}    {}: {}\n",
                quote::yaml(key),
                quote::yaml(value)
            ));
        }
        head.push_str("type: Opaque\n");
        head.push_str(if pairs.is_empty() {
            "data: {}\n"
        } else {
            "data:\n"
        });
        let line = |pair: &Pair<'_>| {
            pair.variable.as_str().len() + BASE64.encode_len(pair.value.len()) + 8
        };
        let first = pairs.first().map(|pair| pair.variable);
        let is_first = |pair: &Pair<'_>| first.is_some_and(|first| first == pair.variable);
        let bound = |pair: &Pair<'_>| line(pair) + if is_first(pair) { head.len() } else { 0 };
        let mut total = 0_usize;
        let mut writing = text::written(pairs, bound, |pair, out| {
            total = total.saturating_add(pair.value.len());
            if total > MAX_DATA_BYTES {
                return Err("makes the Secret larger than the 1048576 bytes of Kubernetes");
            }
            if is_first(pair) {
                out.extend_from_slice(head.as_bytes());
            }
            out.extend_from_slice(b"  ");
            out.extend_from_slice(pair.variable.as_str().as_bytes());
            out.extend_from_slice(b": \"");
            let start = out.len();
            out.resize(start + BASE64.encode_len(pair.value.len()), 0);
            if let Some(place) = out.get_mut(start..) {
                BASE64.encode_mut(pair.value.expose(), place);
            }
            out.extend_from_slice(b"\"\n");
            Ok(())
        })?;
        if pairs.is_empty() {
            writing.text = crate::secret::SecretValue::new(head.into_bytes());
        }
        Ok(writing)
    }
}

/// `[a-z0-9]([-a-z0-9]*[a-z0-9])?`, at most 63 bytes.
fn is_dns_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.len() <= MAX_LABEL_BYTES
        && text.bytes().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.is_empty()
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= MAX_NAME_BYTES
        && text.split('.').all(|part| {
            // A part of a subdomain may be longer than a label.
            let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            !part.is_empty()
                && part.bytes().all(inner)
                && !part.starts_with('-')
                && !part.ends_with('-')
        })
}

/// `[prefix/]name`.
fn is_label_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => is_subdomain(prefix) && !name.is_empty() && is_label_value(name),
        None => !text.is_empty() && is_label_value(text),
    }
}

/// Empty, or letters, digits, `-`, `_` and `.` between letters or digits.
fn is_label_value(text: &str) -> bool {
    let ends = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    text.len() <= MAX_LABEL_BYTES
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && ends(text.chars().next())
        && ends(text.chars().next_back())
}

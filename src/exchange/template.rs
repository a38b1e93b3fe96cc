//! Templates: a text with references to secrets in it.
//!
//! `${secret:ADDRESS}` stands for a value, `${secret:ADDRESS:DEFAULT}` for a
//! value or the default, and `$${` for `${`. Everything else is itself, byte
//! for byte. What a value holds is never looked at again.

mod reader;
mod strings;

use reader::Reader;
use std::borrow::Cow;
use std::ops::Range;

use zeroize::Zeroizing;

use super::quote;
use crate::name::Address;
use crate::secret::SecretValue;

/// How a reference begins.
const OPENS: &[u8] = b"${secret:";
/// What stands for `${`.
const LITERAL: &[u8] = b"$${";

/// What the text around the references is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// References stand in strings, which are encoded anew (RFC 8259).
    Json,
    /// Any bytes.
    Text,
    /// As in JSON (TOML 1.1).
    Toml,
    /// As in JSON; what stands without quotes is a string (YAML 1.2).
    Yaml,
}

/// Something wrong with a template: the line, from 1, and what.
pub type Fault = (usize, String);

/// A reference to a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The line on which it stands, or its string begins, from 1.
    pub line: usize,
    /// The address, as it is written.
    pub text: String,
    /// The same, read.
    pub address: Address,
    /// What stands in where the secret is not there.
    pub default: Option<String>,
}

/// A template, cut into what is copied and what is replaced.
pub struct Template<'a> {
    parts: Vec<Part<'a>>,
    /// In the order of the text.
    pub references: Vec<Reference>,
}

/// Pieces that are written as they are, or together as one string.
struct Part<'a> {
    pieces: Vec<Piece<'a>>,
    is_string: bool,
}

enum Piece<'a> {
    Reference(usize),
    Text(Cow<'a, [u8]>),
}

/// A string of a document: where it stands, and what it says.
struct StringAt {
    place: Range<usize>,
    line: usize,
    text: String,
}

impl<'a> Template<'a> {
    /// Reads a template. `is_environment` says which names, before a `:/`, are
    /// environments.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(
        text: &'a [u8],
        markup: Markup,
        is_environment: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader {
            is_environment,
            references: Vec::new(),
            faults: Vec::new(),
        };
        let mut parts = Vec::new();
        if markup == Markup::Text {
            let pieces = reader.pieces(text, 1, true);
            parts.push(Part {
                pieces,
                is_string: false,
            });
        } else {
            let mut at = 0;
            let copied = |range: Range<usize>| Part {
                pieces: vec![Piece::Text(text.get(range).unwrap_or_default().into())],
                is_string: false,
            };
            for string in strings::find(text, markup).map_err(|fault| vec![fault])? {
                let inner = reader.pieces(string.text.as_bytes(), string.line, false);
                let pieces = inner.into_iter().map(Piece::into_owned).collect();
                parts.push(copied(at..string.place.start));
                parts.push(Part {
                    pieces,
                    is_string: true,
                });
                at = string.place.end;
            }
            parts.push(copied(at..text.len()));
        }
        match reader.faults.is_empty() {
            true => Ok(Template {
                parts,
                references: reader.references,
            }),
            false => Err(reader.faults),
        }
    }

    /// The whole text; a value for every reference, or none for its default.
    ///
    /// # Errors
    /// Every value that its string cannot carry.
    pub fn fill(&self, values: &[Option<&SecretValue>]) -> Result<SecretValue, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut strings = Vec::new();
        let mut len = 0;
        for part in &self.parts {
            let size = part
                .pieces
                .iter()
                .map(|piece| self.bytes(piece, values).len());
            let size: usize = size.sum();
            if !part.is_string {
                len += size;
                continue;
            }
            let mut bytes = Zeroizing::new(Vec::with_capacity(size));
            for piece in &part.pieces {
                let own = self.bytes(piece, values);
                if let (Piece::Reference(at), Err(_)) = (piece, std::str::from_utf8(own))
                    && let Some(reference) = self.references.get(*at)
                {
                    let what = format!("the value of {} is no text", reference.text);
                    faults.push((reference.line, what));
                }
                bytes.extend_from_slice(own);
            }
            let text = std::str::from_utf8(&bytes).unwrap_or_default();
            let string = Zeroizing::new(quote::yaml(text));
            len += string.len();
            strings.push(string);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        // Its length is known, so that it never moves.
        let mut out = Vec::with_capacity(len);
        let mut strings = strings.iter();
        for part in &self.parts {
            if part.is_string {
                out.extend(strings.next().into_iter().flat_map(|text| text.bytes()));
                continue;
            }
            for piece in &part.pieces {
                out.extend_from_slice(self.bytes(piece, values));
            }
        }
        Ok(SecretValue::new(out))
    }

    fn bytes<'b>(&'b self, piece: &'b Piece<'_>, values: &[Option<&'b SecretValue>]) -> &'b [u8] {
        let at = match piece {
            Piece::Text(text) => return text,
            Piece::Reference(at) => *at,
        };
        let default = || {
            let default = self.references.get(at).and_then(|one| one.default.as_ref());
            default.map_or(&[][..], |text| text.as_bytes())
        };
        match values.get(at) {
            Some(Some(value)) => value.expose(),
            _ => default(),
        }
    }
}

impl Piece<'_> {
    fn into_owned(self) -> Piece<'static> {
        match self {
            Piece::Reference(at) => Piece::Reference(at),
            Piece::Text(text) => Piece::Text(Cow::Owned(text.into_owned())),
        }
    }
}

/// Whether a text holds anything that a template replaces.
fn is_marked(text: &str) -> bool {
    let text = text.as_bytes();
    memchr::memmem::find(text, OPENS).is_some() || memchr::memmem::find(text, LITERAL).is_some()
}

#[cfg(test)]
mod tests;

//! Cuts a text at its references.

use super::{Fault, OPENS, Piece, Reference};
use crate::escape::escape;
use crate::name::Address;

pub(super) struct Reader<'a> {
    pub is_environment: &'a dyn Fn(&str) -> bool,
    pub references: Vec<Reference>,
    pub faults: Vec<Fault>,
}

impl Reader<'_> {
    /// Cuts a text; `counts` says whether lines are counted on in it.
    pub fn pieces<'t>(&mut self, text: &'t [u8], mut line: usize, counts: bool) -> Vec<Piece<'t>> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = memchr::memmem::find(rest, b"${") {
            let is_literal = at > 0 && rest.get(at - 1) == Some(&b'$');
            let (before, behind) = rest.split_at(at);
            if counts {
                line += memchr::memchr_iter(b'\n', before).count();
            }
            if is_literal {
                let before = before.split_last().map_or(before, |(_, before)| before);
                pieces.push(Piece::Text(before.into()));
                pieces.push(Piece::Text(b"${".into()));
                rest = behind.get(2..).unwrap_or_default();
                continue;
            }
            let Some(inner) = behind.strip_prefix(OPENS) else {
                let (own, behind) = rest.split_at(at + 2);
                pieces.push(Piece::Text(own.into()));
                rest = behind;
                continue;
            };
            pieces.push(Piece::Text(before.into()));
            let end = memchr::memchr2(b'}', b'\n', inner).unwrap_or(inner.len());
            let (body, behind) = inner.split_at(end);
            if behind.first() != Some(&b'}') {
                let what = "a reference that begins here has no } on its line".to_owned();
                self.faults.push((line, what));
                rest = behind;
                continue;
            }
            match self.reference(body, line) {
                Ok(reference) => {
                    pieces.push(Piece::Reference(self.references.len()));
                    self.references.push(reference);
                }
                Err(what) => self.faults.push((line, what)),
            }
            rest = behind.get(1..).unwrap_or_default();
        }
        pieces.push(Piece::Text(rest.into()));
        pieces
    }

    /// The inside of the braces: an address, and a default behind the first
    /// colon that is no part of it.
    fn reference(&self, body: &[u8], line: usize) -> Result<Reference, String> {
        let body = std::str::from_utf8(body).map_err(|_| "a reference is no text".to_owned())?;
        let shown = |why: &str| format!("\"${{secret:{}}}\" {why}", escape(body));
        let uri = body.strip_prefix("secret:").unwrap_or(body);
        let (text, default) = match body.split_once(':') {
            // secret://env/folder/NAME, whose scheme may be left out.
            _ if uri.starts_with("//") => match uri.split_once(':') {
                None => (uri.to_owned(), None),
                Some((uri, default)) => (uri.to_owned(), Some(default)),
            },
            None => (body.to_owned(), None),
            Some((env, rest)) if (self.is_environment)(env) => {
                if !rest.starts_with('/') {
                    let why = format!("names an environment; a secret in it is {env}:/NAME");
                    return Err(shown(&why));
                }
                match rest.split_once(':') {
                    None => (body.to_owned(), None),
                    Some((path, default)) => (format!("{env}:{path}"), Some(default)),
                }
            }
            Some((name, default)) => (name.to_owned(), Some(default)),
        };
        let full = match text.strip_prefix("//") {
            Some(_) => format!("secret:{text}"),
            None => text.clone(),
        };
        let address =
            Address::parse(&full).map_err(|error| shown(&format!("is no address: {error}")))?;
        Ok(Reference {
            line,
            text,
            address,
            default: default.map(str::to_owned),
        })
    }
}

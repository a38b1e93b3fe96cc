//! The strings of a document that hold references.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::value::RawValue;
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::{Fault, Markup, StringAt, is_marked};

/// All of them, in the order of the text.
///
/// # Errors
/// A text that is no document of this markup; a reference where no string can
/// take its place.
pub(super) fn find(text: &[u8], markup: Markup) -> Result<Vec<StringAt>, Fault> {
    let text = std::str::from_utf8(text).map_err(|_| (1, "it is no UTF-8 text".to_owned()))?;
    let mut found = match markup {
        Markup::Json => json(text)?,
        Markup::Toml => toml(text)?,
        Markup::Yaml => yaml(text)?,
        Markup::Text => Vec::new(),
    };
    found.retain(|string| is_marked(&string.text));
    Ok(found)
}

fn no(markup: &str, line: usize) -> Fault {
    let what = format!("it is no {markup}; a reference stands between quotes");
    (line, what)
}

fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    memchr::memchr_iter(b'\n', before).count() + 1
}

/// In JSON a quote outside of strings begins one.
fn json(text: &str) -> Result<Vec<StringAt>, Fault> {
    let whole: Result<&RawValue, _> = serde_json::from_str(text);
    whole.map_err(|error| no("JSON", error.line()))?;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('"')) {
        let start = at + start;
        let inner = text.get(start + 1..).unwrap_or_default();
        let end = start + 2 + quoted_len(inner);
        let literal = text.get(start..end).unwrap_or_default();
        if literal.contains(['$', '\\']) {
            let line = line(text, start);
            let text = serde_json::from_str(literal).map_err(|_| no("JSON", line))?;
            let place = start..end;
            found.push(StringAt { place, line, text });
        }
        at = end;
    }
    Ok(found)
}

/// Bytes up to the closing quote; a backslash takes what follows it along.
fn quoted_len(inner: &str) -> usize {
    let mut escaped = false;
    let end = inner.bytes().position(|byte| match (escaped, byte) {
        (true, _) => {
            escaped = false;
            false
        }
        (false, b'\\') => {
            escaped = true;
            false
        }
        (false, byte) => byte == b'"',
    });
    end.unwrap_or(inner.len())
}

fn toml(text: &str) -> Result<Vec<StringAt>, Fault> {
    let whole: Result<toml::Table, _> = toml::from_str(text);
    whole.map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        no("TOML", line(text, at))
    })?;
    let mut found = Vec::new();
    for token in Source::new(text).lex() {
        let is_string = matches!(
            token.kind(),
            TokenKind::BasicString
                | TokenKind::LiteralString
                | TokenKind::MlBasicString
                | TokenKind::MlLiteralString
        );
        let place = token.span().start()..token.span().end();
        let literal = text.get(place.clone()).unwrap_or_default();
        if !is_string || !literal.contains(['$', '\\']) {
            continue;
        }
        let line = line(text, place.start);
        let alone: Result<toml::Table, _> = toml::from_str(&format!("x = {literal}"));
        let alone = alone.map_err(|_| no("TOML", line))?;
        if let Some(toml::Value::String(text)) = alone.into_iter().next().map(|(_, value)| value) {
            found.push(StringAt { place, line, text });
        }
    }
    Ok(found)
}

fn yaml(text: &str) -> Result<Vec<StringAt>, Fault> {
    // The parser counts characters.
    let starts = text.char_indices().map(|(at, _)| at);
    let starts: Vec<usize> = starts.chain([text.len()]).collect();
    let byte = |character: usize| starts.get(character).copied().unwrap_or(text.len());
    let mut found = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| no("YAML", error.marker().line()))?;
        let Event::Scalar(value, style, anchor, tag) = event else {
            continue;
        };
        if !is_marked(&value) {
            continue;
        }
        let line = span.start.line();
        if anchor != 0 || tag.is_some() {
            let what = "a string with an anchor or a tag cannot hold a reference";
            return Err((line, what.to_owned()));
        }
        let start = byte(span.start.index());
        let end = match style {
            ScalarStyle::Plain | ScalarStyle::SingleQuoted => byte(span.end.index()),
            // Its span goes on to the end of the line.
            ScalarStyle::DoubleQuoted => {
                start + 2 + quoted_len(text.get(start + 1..).unwrap_or_default())
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let what = "a block (| or >) cannot hold a reference; write it between quotes";
                return Err((line, what.to_owned()));
            }
        };
        let place = start..end;
        let text = value.into_owned();
        found.push(StringAt { place, line, text });
    }
    Ok(found)
}

//! The parts of a text that may be a value.

use crate::secret::SecretValue;
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use zeroize::Zeroizing;

/// What separates values within a word: `a=b&c=d`, `{a,b}`.
const SEPARATORS: &[u8] = b"=&;,()[]{}<>|";

/// How a value stood in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In base64, of either alphabet.
    Base64,
    /// With `%41` for letters, as in a URL.
    Percent,
    /// Alone.
    Whole,
    /// Among other words.
    Word,
}

impl Form {
    /// The form as output has it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Form::Base64 => "base64",
            Form::Percent => "percent",
            Form::Whole => "whole",
            Form::Word => "word",
        }
    }
}

/// Hands over every part, some of them more than once; their number and their
/// length together grow as the text does.
///
/// The whole text with and without its line end; its words between white space
/// and quotation marks; what follows the first `=` of a word, and what lies
/// between separators; and what base64 and percent signs of each stand for.
pub(super) fn each(text: &[u8], give: &mut dyn FnMut(&[u8], Form)) {
    decoded(text, Form::Whole, give);
    decoded(without_line_end(text), Form::Whole, give);
    // Base64 comes in lines of 64 or 76 letters, too.
    if text.trim_ascii().contains(&b'\n') {
        let joined: Vec<u8> = text
            .iter()
            .copied()
            .filter(|b| !b.is_ascii_whitespace())
            .collect();
        base64(SecretValue::new(joined).expose(), give);
    }
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`".contains(byte);
    for word in text.split(ends).filter(|word| !word.is_empty()) {
        decoded(word, Form::Word, give);
        let mut halves = word.splitn(2, |byte| *byte == b'=').skip(1);
        if let Some(behind) = halves.next() {
            decoded(behind, Form::Word, give);
        }
        if word.iter().any(|byte| SEPARATORS.contains(byte)) {
            for part in word.split(|byte| SEPARATORS.contains(byte)) {
                decoded(part, Form::Word, give);
            }
        }
    }
}

fn decoded(piece: &[u8], form: Form, give: &mut dyn FnMut(&[u8], Form)) {
    give(piece, form);
    base64(piece, give);
    if piece.contains(&b'%')
        && let Some(plain) = percent(piece)
    {
        give(&plain, Form::Percent);
    }
}

/// `echo value | base64` holds a line end that is nobody's.
fn base64(piece: &[u8], give: &mut dyn FnMut(&[u8], Form)) {
    let end = piece.iter().rev().take_while(|byte| **byte == b'=').count();
    let bare = piece.get(..piece.len() - end).unwrap_or_default();
    for alphabet in [&BASE64_NOPAD, &BASE64URL_NOPAD] {
        if let Ok(plain) = alphabet.decode(bare) {
            let plain = SecretValue::new(plain);
            give(plain.expose(), Form::Base64);
            give(without_line_end(plain.expose()), Form::Base64);
        }
    }
}

/// The bytes behind percent signs; `None` where one stands for none. A `+`
/// stays one.
fn percent(piece: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut plain = Zeroizing::new(Vec::with_capacity(piece.len()));
    let mut rest = piece;
    loop {
        rest = match rest {
            [] => return Some(plain),
            [b'%', high, low, rest @ ..] => {
                let byte = digit(*high)? * 16 + digit(*low)?;
                plain.push(u8::try_from(byte).ok()?);
                rest
            }
            [b'%', ..] => return None,
            [byte, rest @ ..] => {
                plain.push(*byte);
                rest
            }
        };
    }
}

fn without_line_end(text: &[u8]) -> &[u8] {
    let line = text.strip_suffix(b"\n").unwrap_or(text);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, piece: &str) -> Option<Form> {
        let mut found = None;
        each(text.as_bytes(), &mut |part, form| {
            if part == piece.as_bytes() {
                found.get_or_insert(form);
            }
        });
        found
    }

    #[test]
    fn a_value_is_found_alone_among_words_and_encoded() {
        for (text, piece, form) in [
            ("va lue\n", "va lue", Form::Whole),
            ("va lue\n", "va lue\n", Form::Whole),
            ("a\nb\r\n", "a\nb", Form::Whole),
            ("x 'value' y", "value", Form::Word),
            ("{\"k\":\"value\"}", "value", Form::Word),
            ("export A=val=ue;", "val=ue;", Form::Word),
            ("https://h/?a=1&t=value#x", "value#x", Form::Word),
            ("https://h/?a=1&t=value&b", "value", Form::Word),
            ("(value)", "value", Form::Word),
            ("Basic dmFsdWU=", "value", Form::Base64),
            ("dmFsdWUK", "value", Form::Base64),
            ("dmFs\ndWU=\n", "value", Form::Base64),
            ("k=fn5-Pz8_", "~~~???", Form::Base64),
            ("fn5+Pz8/", "~~~???", Form::Base64),
            ("t=va%20l%2fue", "va l/ue", Form::Percent),
        ] {
            assert_eq!(has(text, piece), Some(form), "{text}");
        }
        for (text, piece) in [
            ("values", "value"),
            ("va%2", "va%2x"),
            ("dmFsdWVz", "value"),
        ] {
            assert_eq!(has(text, piece), None, "{text}");
        }
    }

    #[test]
    fn the_parts_grow_as_the_text_does() {
        for unit in ["=", "a=", "a ", "%41", "\"=&"] {
            let text = unit.repeat(10_000);
            let mut bytes = 0;
            each(text.as_bytes(), &mut |part, _| bytes += part.len());
            assert!(bytes < 12 * text.len(), "{unit}: {bytes}");
        }
    }
}

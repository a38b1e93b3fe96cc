//! The JSON inside seals: one writing only.

use super::cursor::{self, MAX_NUMBER, run_len};
use data_encoding::BASE64_NOPAD;

/// Appends a string with the escapes of the format: `"`, `\` and U+0000 to
/// U+001F (`\b \t \n \f \r`, else `\u00xx` in lower case).
pub fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some((plain, behind)) = rest.split_at_checked(run_len(rest.as_bytes(), is_plain)) {
        out.push_str(plain);
        let mut chars = behind.chars();
        match chars.next() {
            None => break,
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\t') => out.push_str("\\t"),
            Some('\n') => out.push_str("\\n"),
            Some('\u{c}') => out.push_str("\\f"),
            Some('\r') => out.push_str("\\r"),
            Some(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
        rest = chars.as_str();
    }
    out.push('"');
}

/// Appends a number in its one writing.
pub fn write_number(number: u64, out: &mut String) {
    if number >= 10 {
        write_number(number / 10, out);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// Whether a byte of a string stands for itself; those of longer characters do.
fn is_plain(byte: u8) -> bool {
    (byte != b'"') & (byte != b'\\') & (byte >= b' ')
}

/// Reads JSON without white space from left to right. Every method answers
/// `None` when something else stands there.
///
/// That there is one writing only is checked by the callers: they write what
/// they read and compare.
pub struct JsonCursor<'a> {
    text: &'a str,
}

impl<'a> JsonCursor<'a> {
    /// Begins at the first byte.
    pub fn new(text: &'a str) -> Self {
        JsonCursor { text }
    }

    /// Takes a literal, if it stands here.
    #[inline(always)]
    pub fn take(&mut self, literal: &str) -> bool {
        match self.text.strip_prefix(literal) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a literal.
    #[inline(always)]
    pub fn literal(&mut self, literal: &str) -> Option<()> {
        self.take(literal).then_some(())
    }

    /// Takes the end.
    pub fn end(&self) -> Option<()> {
        self.text.is_empty().then_some(())
    }

    /// What is left.
    pub fn rest(&self) -> &'a str {
        self.text
    }

    /// Skips bytes that another reader took from [`JsonCursor::rest`].
    pub fn advance(&mut self, bytes: usize) -> Option<()> {
        self.text = self.text.get(bytes..)?;
        Some(())
    }

    /// An integer of 0 to 2^53 - 1.
    pub fn number(&mut self) -> Option<u64> {
        let (number, len) = cursor::number(self.text.as_bytes())?;
        self.advance(len)?;
        (number <= MAX_NUMBER).then_some(number)
    }

    /// A string without an escape, where it stands.
    pub fn plain(&mut self) -> Option<&'a str> {
        let rest = self.text.strip_prefix('"')?;
        let (plain, behind) = rest.split_at_checked(run_len(rest.as_bytes(), is_plain))?;
        self.text = behind.strip_prefix('"')?;
        Some(plain)
    }

    /// Decodes a string of base64 into `bytes`, which may be a key's and so are
    /// the caller's to wipe; `None` unless there are as many.
    pub fn bytes(&mut self, bytes: &mut [u8]) -> Option<()> {
        let text = self.plain()?.as_bytes();
        let fits = BASE64_NOPAD.decode_len(text.len()) == Ok(bytes.len());
        (fits && BASE64_NOPAD.decode_mut(text, bytes).is_ok()).then_some(())
    }

    /// An id in base64.
    pub fn id<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut id = [0; N];
        self.bytes(&mut id).map(|()| id)
    }

    /// A string. It is no secret: keys are read by [`JsonCursor::bytes`].
    pub fn string(&mut self) -> Option<String> {
        // Most strings hold no escape.
        if let Some(plain) = self.plain() {
            return Some(plain.to_owned());
        }
        let mut rest = self.text.strip_prefix('"')?;
        let mut out = String::with_capacity(written_len(rest));
        loop {
            let c = rest.chars().next()?;
            rest = rest.get(c.len_utf8()..)?;
            match c {
                '"' => break,
                '\\' => {
                    let escape = rest.chars().next()?;
                    rest = rest.get(escape.len_utf8()..)?;
                    out.push(match escape {
                        '"' | '\\' => escape,
                        'b' => '\u{8}',
                        't' => '\t',
                        'n' => '\n',
                        'f' => '\u{c}',
                        'r' => '\r',
                        'u' => {
                            let (digits, behind) = rest.split_at_checked(4)?;
                            rest = behind;
                            char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
                        }
                        _ => return None,
                    });
                }
                c if c < ' ' => return None,
                c => out.push(c),
            }
        }
        self.text = rest;
        Some(out)
    }
}

/// Bytes up to the quotation mark that ends a string, escapes included.
fn written_len(rest: &str) -> usize {
    let mut escaped = false;
    let ends = |byte: u8| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    };
    rest.bytes().position(ends).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_canonical_base64_of_their_number_and_nothing_else() {
        let bytes = |text| JsonCursor::new(text).id::<2>();
        assert_eq!(bytes("\"AAE\","), Some([0, 1]));
        for bad in [
            "\"AAB\"",
            "\"AA\"",
            "\"AAAA\"",
            "\"AA\\u0045\"",
            "AAE\"",
            "\"AAE",
        ] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        for number in [0, 9, 10, 11, 99, 100, 1_234_567_890, MAX_NUMBER, u64::MAX] {
            let mut out = String::from("n");
            write_number(number, &mut out);
            assert_eq!(out, format!("n{number}"));
        }
    }

    #[test]
    fn strings_survive_and_have_one_writing() {
        let long = format!("{}\n{}\"", "é".repeat(40), "x".repeat(40));
        for text in [
            "",
            "plain",
            long.as_str(),
            "\"\\\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}é😀",
        ] {
            let mut out = String::new();
            write_string(text, &mut out);
            let mut cursor = JsonCursor::new(&out);
            assert_eq!(cursor.string().unwrap(), text);
            assert!(cursor.end().is_some());
        }
        let mut out = String::new();
        write_string("\u{1}/", &mut out);
        assert_eq!(out, "\"\\u0001/\"");
        for cut in ["\"", "\"plain", "\"pla\nin\"", "\"é\\\""] {
            assert!(JsonCursor::new(cut).string().is_none(), "{cut}");
        }
    }
}

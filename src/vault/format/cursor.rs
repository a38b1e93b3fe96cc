//! The grammar of one line: literals, integers, base64, bounded texts.

use super::base64::{decoded_len, is_base64};
use super::find;
use crate::vault::Error;
use data_encoding::BASE64_NOPAD;

/// Greatest integer of the format.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;
/// What sealing adds to its plaintext; the least length of a sealed text.
const MIN_SEAL_BYTES: usize = 28;
/// What every base64 of the format must be.
const CANONICAL: &str = "canonical base64 without padding";

/// Reads one line from left to right.
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Cursor<'a> {
    /// Begins at the first byte; `line` is for messages.
    pub fn new(bytes: &'a [u8], line: usize) -> Self {
        Cursor { bytes, at: 0, line }
    }

    /// The error that something else was expected here.
    pub fn expected<T>(&self, expected: &'static str) -> Result<T, Error> {
        Err(Error::Format {
            line: self.line,
            expected,
        })
    }

    /// An error about a bound of the format.
    pub fn over<T>(&self, limit: &'static str) -> Result<T, Error> {
        Err(Error::Limit {
            limit,
            line: self.line,
        })
    }

    /// What is left.
    #[inline(always)]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    /// Whether the literal stands here.
    #[inline(always)]
    pub fn sees(&self, literal: &str) -> bool {
        self.rest().starts_with(literal.as_bytes())
    }

    /// Takes a literal if it stands here. The literals are short and known:
    /// in its place each is compared as one number.
    #[inline(always)]
    pub fn take(&mut self, literal: &str) -> bool {
        let there = self.sees(literal);
        if there {
            self.at += literal.len();
        }
        there
    }

    /// Takes a literal.
    #[inline(always)]
    pub fn literal(&mut self, literal: &'static str) -> Result<(), Error> {
        if self.take(literal) {
            Ok(())
        } else {
            self.expected(literal)
        }
    }

    /// Takes the end of the line.
    pub fn end(&self) -> Result<(), Error> {
        if self.rest().is_empty() {
            Ok(())
        } else {
            self.expected("the end of the line")
        }
    }

    /// Where the cursor is, to cut raw bytes later.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The raw bytes from a position to here.
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or(&[])
    }

    /// An integer of 0 to 2^53 - 1, in its one writing.
    pub fn number(&mut self) -> Result<u64, Error> {
        let Some((value, digits)) = number(self.rest()) else {
            return self.expected("a whole number");
        };
        self.at += digits;
        match value {
            0..=MAX_NUMBER => Ok(value),
            _ => Err(Error::Number { line: self.line }),
        }
    }

    /// An integer of at least 1.
    pub fn positive(&mut self) -> Result<u64, Error> {
        match self.number()? {
            0 => self.expected("a number of at least 1"),
            number => Ok(number),
        }
    }

    /// Characters of a set, without quotation marks around them.
    pub fn run(&mut self, allowed: impl Fn(u8) -> bool) -> &'a str {
        let len = run_len(self.rest(), allowed);
        let text = self.rest().get(..len).unwrap_or(&[]);
        self.at += len;
        std::str::from_utf8(text).unwrap_or("")
    }

    /// A quoted text of `min..=max` characters of a set.
    pub fn text(
        &mut self,
        what: &'static str,
        min: usize,
        max: usize,
        allowed: impl Fn(u8) -> bool,
    ) -> Result<&'a str, Error> {
        if !self.take("\"") {
            return self.expected(what);
        }
        let text = self.run(allowed);
        if !self.take("\"") || text.len() < min || text.len() > max {
            return self.expected(what);
        }
        Ok(text)
    }

    /// Quoted base64 of exactly `N` bytes.
    pub fn bytes<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        // What decodes into N bytes is right; only what does not is judged.
        if let Some(text) = self.quoted()
            && BASE64_NOPAD.decode_len(text.len()) == Ok(N)
            && BASE64_NOPAD.decode_mut(text, &mut bytes).is_ok()
        {
            self.at += text.len() + 2;
            return Ok(bytes);
        }
        match BASE64_NOPAD.decode(self.base64_text(what)?) {
            Ok(_) => self.expected(what),
            Err(_) => self.expected(CANONICAL),
        }
    }

    /// Quoted base64 of any length, canonical and unpadded.
    pub fn base64(&mut self, what: &'static str) -> Result<Vec<u8>, Error> {
        if let Some(text) = self.quoted()
            && let Ok(bytes) = BASE64_NOPAD.decode(text)
        {
            self.at += text.len() + 2;
            return Ok(bytes);
        }
        self.base64_text(what)?;
        self.expected(CANONICAL)
    }

    /// Quoted lower-case hex of exactly `N` bytes.
    pub fn hex<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Error> {
        let digit = |byte: u8| HEX.get(usize::from(byte)).copied().unwrap_or(16);
        let (mut bytes, mut all) = ([0; N], 0);
        let quoted = self.take("\"");
        let (pairs, _) = self.rest().as_chunks::<2>();
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let (high, low) = (digit(*high), digit(*low));
            all |= high | low;
            *byte = high << 4 | low;
        }
        self.at += 2 * N;
        // Where too few digits are left there is no quotation mark behind them.
        match quoted && all < 16 && self.take("\"") {
            true => Ok(bytes),
            false => self.expected(what),
        }
    }

    /// What stands between a quotation mark here and the next one.
    fn quoted(&self) -> Option<&'a [u8]> {
        let inner = self.rest().strip_prefix(b"\"")?;
        inner.get(..find(b'"', inner)?)
    }

    /// Quoted base64 as text, not decoded.
    fn base64_text(&mut self, what: &'static str) -> Result<&'a [u8], Error> {
        match self.quoted().filter(|text| is_base64(text)) {
            Some(text) => {
                self.at += text.len() + 2;
                Ok(text)
            }
            None => self.expected(what),
        }
    }

    /// Quoted base64 of something sealed: at least 28 bytes. It is checked
    /// to be canonical but not decoded.
    pub fn sealed_text(&mut self) -> Result<&'a [u8], Error> {
        const WHAT: &str = "a sealed text in canonical base64";
        let text = self.base64_text(WHAT)?;
        match decoded_len(text) {
            Some(len) if len >= MIN_SEAL_BYTES => Ok(text),
            _ => self.expected(WHAT),
        }
    }
}

/// The whole number that bytes begin with, and its length; one with a 0 too many
/// is none. Of more digits than any
/// number of the format has, as many are read as take it beyond the bound.
pub fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let (mut value, mut len) = (0_u64, 0);
    while let Some(digit @ b'0'..=b'9') = bytes.get(len)
        && len < 17
    {
        value = value * 10 + u64::from(digit - b'0');
        len += 1;
    }
    let in_one_writing = len == 1 || (len > 0 && bytes.first() != Some(&b'0'));
    in_one_writing.then_some((value, len))
}

/// How many of the first bytes are allowed.
pub fn run_len(bytes: &[u8], allowed: impl Fn(u8) -> bool) -> usize {
    let end = bytes.iter().position(|byte| !allowed(*byte));
    end.unwrap_or(bytes.len())
}

/// How many bytes stand before the first line feed; all where there is none.
pub fn line_len(bytes: &[u8]) -> usize {
    find(b'\n', bytes).unwrap_or(bytes.len())
}

/// The value of each digit of lower-case hex, by its byte; of all else 16.
#[expect(
    clippy::indexing_slicing,
    reason = "a byte is an index of the table, and this runs at compile time"
)]
static HEX: [u8; 256] = {
    let mut table = [16; 256];
    let mut digits: &[u8] = b"fedcba9876543210";
    while let [digit, lower @ ..] = digits {
        table[*digit as usize] = lower.len() as u8;
        digits = lower;
    }
    table
};

#[cfg(test)]
mod tests;

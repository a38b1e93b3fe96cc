//! The quick way through an entry as this program writes nearly all of them.
//!
//! It says yes or nothing: texts without escapes, numbers, and lists of such, no
//! list deeper than those of an entry's names. Everything else is looked at by the
//! full check, of which this takes a part.

use super::{Kind, MAX_NUMBER, Mark};

/// Depth of lists: that of `names`.
const MAX_LISTS: u8 = 2;
/// Members that an entry of this version can have, and some more.
const MAX_MEMBERS: usize = 32;

/// What the full check says of an entry, if it is as plain as that.
pub(super) fn mark(raw: &[u8]) -> Option<Mark> {
    let mut rest = Rest(raw.strip_prefix(b"{")?.strip_suffix(b"}")?);
    let mut names: [&[u8]; MAX_MEMBERS] = [&[]; MAX_MEMBERS];
    let (mut time, mut kind) = (None, None);
    for count in 0.. {
        let name = rest.text()?;
        if names.get(..count)?.contains(&name) {
            return None;
        }
        *names.get_mut(count)? = name;
        rest.byte(b':')?;
        match name {
            b"t" => time = Some(rest.number()?),
            b"a" => {
                kind = Some(match rest.text()? {
                    b"chain" => Kind::Chain,
                    b"gap" => Kind::Gap,
                    _ => Kind::Other,
                });
            }
            _ => rest.pass(MAX_LISTS)?,
        }
        if rest.0.is_empty() {
            break;
        }
        rest.byte(b',')?;
    }
    Some(Mark {
        time: time?,
        kind: kind?,
    })
}

/// What is left of the members.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn byte(&mut self, wanted: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        (*first == wanted).then(|| self.0 = rest)
    }

    /// The text between two quotation marks, in which nothing is escaped.
    fn text(&mut self) -> Option<&'a [u8]> {
        self.byte(b'"')?;
        let is_end = |byte: &u8| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\');
        let (text, rest) = self.0.split_at_checked(self.0.iter().position(is_end)?)?;
        self.0 = rest;
        self.byte(b'"')?;
        Some(text)
    }

    fn number(&mut self) -> Option<u64> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit());
        let (digits, rest) = self.0.split_at_checked(digits.count())?;
        if !(1..=16).contains(&digits.len()) || (digits.len() > 1 && digits.starts_with(b"0")) {
            return None;
        }
        self.0 = rest;
        let add = |number: u64, digit: &u8| number * 10 + u64::from(digit - b'0');
        let number = digits.iter().fold(0, add);
        (number <= MAX_NUMBER).then_some(number)
    }

    /// Passes over a value, with so many lists left below it.
    fn pass(&mut self, lists: u8) -> Option<()> {
        match self.0.first()? {
            b'"' => self.text().map(drop),
            b'[' => self.list(lists.checked_sub(1)?),
            _ => self.number().map(drop),
        }
    }

    fn list(&mut self, lists: u8) -> Option<()> {
        self.byte(b'[')?;
        if self.byte(b']').is_some() {
            return Some(());
        }
        loop {
            self.pass(lists)?;
            if self.byte(b']').is_some() {
                return Some(());
            }
            self.byte(b',')?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::json::full;

    /// Parts of entries, sound and not.
    const PARTS: [&str; 30] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        " ",
        "\n",
        "\u{7f}",
        "é",
        "0",
        "1",
        "9007199254740991",
        "9007199254740992",
        "-",
        ".5",
        "e1",
        "true",
        "null",
        "\"t\":1",
        "\"a\":\"read\"",
        "\"a\":\"gap\"",
        "\"x\":",
        "\"x\":[",
        "\"\\u0061\":1",
        "[\"/A\",1]",
        "\"i\":7",
        "{\"t\":1,\"a\":\"read\",",
    ];

    #[test]
    fn an_entry_as_it_is_written_is_plain() {
        let raw = b"{\"i\":1,\"t\":5,\"a\":\"chain\",\"names\":[[\"/A\",1],[\"/b/C\",0]],\"ok\":0,\"x\":[]}";
        let mark = mark(raw).unwrap();
        assert_eq!((mark.time, mark.kind), (5, Kind::Chain));
    }

    #[test]
    fn what_is_plain_is_what_the_full_check_takes() {
        let mut plain = 0;
        let mut draw = 1_u64;
        let mut next = |below: usize| {
            draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (draw >> 33) as usize % below
        };
        for _ in 0..200_000 {
            // A sound entry with a few parts put in, taken out or doubled.
            let mut parts = vec![
                "{",
                "\"i\":7",
                ",",
                "\"t\":1",
                ",",
                "\"a\":\"read\"",
                ",",
                "\"x\":",
                "[",
                "[\"/A\",1]",
                ",",
                "[\"/A\",1]",
                "]",
                "}",
            ];
            for _ in 0..next(4) {
                let at = next(parts.len());
                match next(3) {
                    0 => parts.insert(at, PARTS[next(PARTS.len())]),
                    1 => parts[at] = PARTS[next(PARTS.len())],
                    _ => drop(parts.remove(at)),
                }
            }
            let raw = parts.concat();
            if let Some(mark) = mark(raw.as_bytes()) {
                plain += 1;
                assert_eq!(full(raw.as_bytes()), Some(mark), "{raw}");
            }
        }
        assert!(plain > 10_000, "{plain}");
    }
}

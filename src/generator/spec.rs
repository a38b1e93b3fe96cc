//! Which value to make.

use std::ops::RangeInclusive;

use data_encoding::{BASE64, Encoding, HEXLOWER};
use zeroize::Zeroizing;

use super::{Error, MAX_PASSPHRASE_WORDS, MAX_PASSWORD_CHARS, MAX_RANDOM_BYTES, draw, words};
use crate::crypto::{Random, RandomError};
use crate::secret::SecretValue;

/// A description of a value: `password[:LEN[:CHARSET]]`, `base64:N`, `hex:N`,
/// `uuid` or `passphrase[:WORDS]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// So many random bytes, in padded standard base64.
    Base64 { bytes: usize },
    /// So many random bytes, in lower-case hex.
    Hex { bytes: usize },
    /// Words of the EFF long list with `-` between them.
    Passphrase { words: usize },
    /// So many characters of a set without duplicates, at least two.
    Password { length: usize, charset: Vec<char> },
    /// Version 4 of RFC 9562, section 5.4.
    Uuid,
}

impl Spec {
    /// Reads a description.
    ///
    /// A password has 32 characters of `A-Z a-z 0-9` unless told otherwise; a
    /// passphrase has six words, which is 77.5 bits. CHARSET is `alnum`,
    /// `alpha`, `digits`, `hex` (lower case), `ascii` (0x21 to 0x7E), or literal
    /// characters after `=`, where `:` is a character like any other.
    ///
    /// # Errors
    /// What [`Error`] lists.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut parts = text.splitn(3, ':');
        let kind = parts.next().unwrap_or_default();
        let (length, rest) = (parts.next(), parts.next());
        if rest.is_some() && kind != "password" {
            return Err(Error::TooManyParts);
        }
        let bytes = || {
            parse_length(
                length.ok_or(Error::LengthMissing)?,
                MAX_RANDOM_BYTES,
                "bytes",
            )
        };
        Ok(Spec(match kind {
            "base64" => Kind::Base64 { bytes: bytes()? },
            "hex" => Kind::Hex { bytes: bytes()? },
            "passphrase" => Kind::Passphrase {
                words: parse_length(length.unwrap_or("6"), MAX_PASSPHRASE_WORDS, "words")?,
            },
            "password" => Kind::Password {
                length: parse_length(length.unwrap_or("32"), MAX_PASSWORD_CHARS, "characters")?,
                charset: parse_charset(rest.unwrap_or("alnum"))?,
            },
            "uuid" if length.is_some() => return Err(Error::TooManyParts),
            "uuid" => Kind::Uuid,
            _ => return Err(Error::Kind),
        }))
    }

    /// Makes a new value. It has no line feed at its end.
    ///
    /// Everything in between is wiped, on failure too.
    ///
    /// # Errors
    /// [`RandomError`] of the source.
    pub fn generate(&self, random: &mut dyn Random) -> Result<SecretValue, RandomError> {
        let mut text = self.generate_text(random)?;
        Ok(SecretValue::new(std::mem::take(&mut text)))
    }

    /// None of these buffers grows while it is filled, so no copy is left behind.
    fn generate_text(&self, random: &mut dyn Random) -> Result<Zeroizing<Vec<u8>>, RandomError> {
        match &self.0 {
            Kind::Base64 { bytes } => encoded(random, *bytes, &BASE64),
            Kind::Hex { bytes } => encoded(random, *bytes, &HEXLOWER),
            Kind::Passphrase { words } => words::passphrase(random, *words),
            Kind::Password { length, charset } => password(random, *length, charset),
            Kind::Uuid => uuid(random),
        }
    }
}

impl Default for Spec {
    /// `password`.
    fn default() -> Self {
        Spec(Kind::Password {
            length: 32,
            charset: alphanumeric(),
        })
    }
}

fn parse_length(text: &str, max: u32, unit: &'static str) -> Result<usize, Error> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::LengthNotANumber);
    }
    match text.parse::<u32>() {
        Ok(length) if (1..=max).contains(&length) => Ok(length as usize),
        _ => Err(Error::LengthOutOfBounds { max, unit }),
    }
}

fn parse_charset(text: &str) -> Result<Vec<char>, Error> {
    let of = |ranges: &[RangeInclusive<char>]| ranges.iter().cloned().flatten().collect();
    let Some(literal) = text.strip_prefix('=') else {
        return Ok(match text {
            "alnum" => alphanumeric(),
            "alpha" => of(&['A'..='Z', 'a'..='z']),
            "ascii" => of(&['\x21'..='\x7e']),
            "digits" => of(&['0'..='9']),
            "hex" => of(&['0'..='9', 'a'..='f']),
            _ => return Err(Error::Charset),
        });
    };
    let mut charset: Vec<char> = Vec::new();
    for c in literal.chars() {
        match c {
            _ if c.is_control() => return Err(Error::CharsetControl),
            _ if charset.contains(&c) => return Err(Error::CharsetDuplicate(c)),
            _ => charset.push(c),
        }
    }
    match charset.len() {
        0 | 1 => Err(Error::CharsetTooSmall),
        _ => Ok(charset),
    }
}

fn alphanumeric() -> Vec<char> {
    ('A'..='Z').chain('a'..='z').chain('0'..='9').collect()
}

fn encoded(
    random: &mut dyn Random,
    bytes: usize,
    encoding: &Encoding,
) -> Result<Zeroizing<Vec<u8>>, RandomError> {
    let mut raw = Zeroizing::new(vec![0; bytes]);
    random.fill(&mut raw)?;
    let mut text = Zeroizing::new(vec![0; encoding.encode_len(bytes)]);
    encoding.encode_mut(&raw, &mut text);
    Ok(text)
}

fn password(
    random: &mut dyn Random,
    length: usize,
    charset: &[char],
) -> Result<Zeroizing<Vec<u8>>, RandomError> {
    let widest = charset.iter().map(|c| c.len_utf8()).max().unwrap_or(1);
    let mut text = Zeroizing::new(Vec::with_capacity(length.saturating_mul(widest)));
    for _ in 0..length {
        let mut utf8 = Zeroizing::new([0; 4]);
        let c = draw::one_of(random, charset)?;
        text.extend_from_slice(c.encode_utf8(utf8.as_mut()).as_bytes());
    }
    Ok(text)
}

fn uuid(random: &mut dyn Random) -> Result<Zeroizing<Vec<u8>>, RandomError> {
    let mut bits = Zeroizing::new([0; 16]);
    random.fill(bits.as_mut())?;
    // Octets 6 and 8 hold the version, 0100, and the variant, 10.
    if let [_, _, _, _, _, _, version, _, variant, ..] = bits.as_mut() {
        *version = *version & 0x0f | 0x40;
        *variant = *variant & 0x3f | 0x80;
    }
    let mut hex = Zeroizing::new([0; 32]);
    HEXLOWER.encode_mut(bits.as_ref(), hex.as_mut());
    let mut text = Zeroizing::new(Vec::with_capacity(36));
    for (i, digit) in hex.iter().enumerate() {
        if matches!(i, 8 | 12 | 16 | 20) {
            text.push(b'-');
        }
        text.push(*digit);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::draw::tests::{Counter, Sequence};
    use super::*;

    fn generate(spec: &str, random: &mut dyn Random) -> String {
        let spec = Spec::parse(spec).unwrap();
        let value = spec.generate(random).ok().unwrap();
        String::from_utf8(value.expose().to_vec()).unwrap()
    }

    #[test]
    fn bytes_are_written_as_base64_or_hex() {
        let random = || Sequence::of(&[0, 1, 0xfe, 0xff]);
        assert_eq!(generate("base64:4", &mut random()), "AAH+/w==");
        assert_eq!(generate("hex:4", &mut random()), "0001feff");
        assert_eq!(
            generate("hex:65536", &mut Counter::default()).len(),
            131_072
        );
    }

    #[test]
    fn a_uuid_is_of_version_4() {
        let ones = generate("uuid", &mut Sequence::of(&[0xff; 16]));
        assert_eq!(ones, "ffffffff-ffff-4fff-bfff-ffffffffffff");
        let zeros = generate("uuid", &mut Sequence::of(&[0; 16]));
        assert_eq!(zeros, "00000000-0000-4000-8000-000000000000");
        let count: Vec<u8> = (0..16).collect();
        let counted = generate("uuid", &mut Sequence::of(&count));
        assert_eq!(counted, "00010203-0405-4607-8809-0a0b0c0d0e0f");
    }

    #[test]
    fn a_password_uses_all_of_its_characters_and_no_other() {
        for (spec, length, kinds) in [
            ("password", 32, 62),
            ("password:4096", 4096, 62),
            ("password:4096:alnum", 4096, 62),
            ("password:4096:alpha", 4096, 52),
            ("password:4096:digits", 4096, 10),
            ("password:4096:hex", 4096, 16),
            ("password:4096:ascii", 4096, 94),
            ("password:4096:=:=é ", 4096, 4),
        ] {
            let text = generate(spec, &mut Counter::default());
            assert_eq!(text.chars().count(), length, "{spec}");
            let mut found: Vec<char> = text.chars().collect();
            found.sort_unstable();
            found.dedup();
            assert!(found.len() == kinds || length < 4096, "{spec}: {found:?}");
            let ascii = found.iter().all(|c| c.is_ascii_graphic());
            assert_eq!(ascii, !spec.ends_with("é "), "{spec}");
        }
        assert_eq!(Spec::parse("password:32:alnum"), Ok(Spec::default()));
    }

    #[test]
    fn no_buffer_grows_while_it_is_filled() {
        for (spec, capacity) in [
            ("password:100:=a€", 300),
            ("password:7", 7),
            ("uuid", 36),
            ("passphrase:64", 640),
            ("base64:100", 136),
        ] {
            let spec = Spec::parse(spec).unwrap();
            let text = spec.generate_text(&mut Counter::default()).ok().unwrap();
            assert_eq!(text.capacity(), capacity, "{spec:?}");
        }
    }

    #[test]
    fn a_bad_description_says_what_is_wrong() {
        let bounds = |max, unit| Error::LengthOutOfBounds { max, unit };
        for (text, error) in [
            ("", Error::Kind),
            ("Password", Error::Kind),
            ("pin:4", Error::Kind),
            ("password:", Error::LengthNotANumber),
            ("password:x", Error::LengthNotANumber),
            ("password:+8", Error::LengthNotANumber),
            ("password:0", bounds(4096, "characters")),
            ("password:4097", bounds(4096, "characters")),
            ("password:65536", bounds(4096, "characters")),
            ("password:8:latin", Error::Charset),
            ("password:8:", Error::Charset),
            ("password:8:=", Error::CharsetTooSmall),
            ("password:8:=a", Error::CharsetTooSmall),
            ("password:8:=aba", Error::CharsetDuplicate('a')),
            ("password:8:=a\n", Error::CharsetControl),
            ("base64", Error::LengthMissing),
            ("base64:0", bounds(65_536, "bytes")),
            ("hex:65537", bounds(65_536, "bytes")),
            ("hex:99999999999999999999", bounds(65_536, "bytes")),
            ("hex:8:x", Error::TooManyParts),
            ("uuid:4", Error::TooManyParts),
            ("passphrase:65", bounds(64, "words")),
            ("passphrase:6:7", Error::TooManyParts),
        ] {
            assert_eq!(Spec::parse(text).err(), Some(error), "{text}");
        }
        assert!(Spec::parse("base64:65536").is_ok() && Spec::parse("passphrase:64").is_ok());
    }
}

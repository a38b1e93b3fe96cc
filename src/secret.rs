//! What must never be printed: values, passphrases, keys and tokens.
//!
//! Every type here is wiped when it is dropped and has no `Debug`, `Display`,
//! `Clone` or serde implementation. The bytes come out through `expose()`
//! alone, so one search finds each place that touches them. Buffers are not
//! locked into memory: swap is out of reach (see `SECURITY.md`).

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Greatest length of a passphrase after normalisation, in bytes.
pub const MAX_PASSPHRASE_BYTES: usize = 1024;
/// Least length of a new passphrase, in characters (NIST SP 800-63B-4, single factor).
pub const MIN_NEW_PASSPHRASE_CHARS: usize = 15;
/// Least number of different characters in a new passphrase.
pub const MIN_NEW_PASSPHRASE_KINDS: usize = 6;
/// Length of a key, in bytes.
pub const KEY_BYTES: usize = 32;

/// Why a passphrase, key or token text is refused. It never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Nothing is left after the white space around it is taken away.
    Empty,
    /// A key that is neither 32 raw bytes, 64 hex digits nor base64 of 32 bytes.
    KeyForm,
    /// Not UTF-8, or a control character.
    PassphraseCharacters,
    /// Over [`MAX_PASSPHRASE_BYTES`].
    PassphraseTooLong,
    /// Wrapped in quotation marks, as an environment file of Docker leaves them.
    Quoted,
    /// A new passphrase with too few different characters.
    TooFewKinds {
        /// How many different characters it has.
        found: usize,
    },
    /// A new passphrase with too few characters.
    TooShort {
        /// How many characters it has.
        found: usize,
    },
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Empty => write!(f, "it is empty"),
            Error::KeyForm => {
                write!(
                    f,
                    "it is no key: 32 raw bytes, 64 hex digits or base64 of 32 bytes"
                )
            }
            Error::PassphraseCharacters => {
                write!(f, "a passphrase is UTF-8 text without control characters")
            }
            Error::PassphraseTooLong => {
                write!(
                    f,
                    "the passphrase is longer than {MAX_PASSPHRASE_BYTES} bytes"
                )
            }
            Error::Quoted => write!(f, "it is wrapped in quotation marks"),
            Error::TooFewKinds { found } => write!(
                f,
                "the passphrase has {found} different characters; at least \
                 {MIN_NEW_PASSPHRASE_KINDS} are needed"
            ),
            Error::TooShort { found } => write!(
                f,
                "the passphrase has {found} characters; at least {MIN_NEW_PASSPHRASE_CHARS} are \
                 needed"
            ),
        }
    }
}

/// The bytes of one value: text, binary, a certificate. Any length, wiped on drop.
#[derive(Default)]
pub struct SecretValue(Zeroizing<Vec<u8>>);

impl SecretValue {
    /// Takes the buffer over; its spare capacity is wiped with it.
    pub fn new(bytes: Vec<u8>) -> Self {
        SecretValue(Zeroizing::new(bytes))
    }

    /// Copies the bytes into a buffer of exactly their length.
    pub fn copy_from(bytes: &[u8]) -> Self {
        SecretValue(Zeroizing::new(bytes.to_vec()))
    }

    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no byte at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Cuts the value to its first `len` bytes and wipes the rest.
    pub fn truncate(&mut self, len: usize) {
        use zeroize::Zeroize;
        if let Some(rest) = self.0.get_mut(len..) {
            rest.zeroize();
        }
        self.0.truncate(len);
    }
}

/// A human's passphrase: NFC, without control characters, 1 to 1,024 bytes.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Reads a passphrase that exists already.
    ///
    /// Normalises to NFC (Unicode Annex 15), so that two keyboards that write
    /// "é" differently open the same slot.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::PassphraseCharacters`], [`Error::PassphraseTooLong`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes).map_err(|_| Error::PassphraseCharacters)?;
        if text.chars().any(|c| c < '\u{20}' || c == '\u{7f}') {
            return Err(Error::PassphraseCharacters);
        }
        // NFC grows a text at most threefold (Unicode Annex 15, table of expansion factors).
        let mut normal = Zeroizing::new(String::with_capacity(text.len().saturating_mul(3)));
        normal.extend(text.nfc());
        match normal.len() {
            0 => Err(Error::Empty),
            n if n > MAX_PASSPHRASE_BYTES => Err(Error::PassphraseTooLong),
            _ => Ok(Passphrase(normal)),
        }
    }

    /// Reads a passphrase that is about to protect a slot, and refuses a weak one.
    ///
    /// # Errors
    /// Those of [`Passphrase::parse`], [`Error::TooShort`], [`Error::TooFewKinds`].
    pub fn new_for_creation(bytes: &[u8]) -> Result<Self, Error> {
        let passphrase = Self::parse(bytes)?;
        let mut kinds: Zeroizing<Vec<char>> = Zeroizing::new(passphrase.0.chars().collect());
        let found = kinds.len();
        if found < MIN_NEW_PASSPHRASE_CHARS {
            return Err(Error::TooShort { found });
        }
        kinds.sort_unstable();
        kinds.dedup();
        match kinds.len() {
            found if found < MIN_NEW_PASSPHRASE_KINDS => Err(Error::TooFewKinds { found }),
            _ => Ok(passphrase),
        }
    }

    /// The normalised UTF-8 bytes.
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A key that opens a `secret` slot: 32 random bytes.
pub struct KeyBytes(Box<Zeroizing<[u8; KEY_BYTES]>>);

impl KeyBytes {
    /// Takes over 32 bytes. The caller's copy is not wiped here.
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        KeyBytes(Box::new(Zeroizing::new(*bytes)))
    }

    /// Takes over a key that was drawn.
    pub fn from_drawn(bytes: Box<Zeroizing<[u8; KEY_BYTES]>>) -> Self {
        KeyBytes(bytes)
    }

    /// Reads a key from the content of a file: exactly 32 bytes are raw and
    /// never trimmed, everything else is text as in [`KeyBytes::parse_text`].
    ///
    /// # Errors
    /// Those of [`KeyBytes::parse_text`].
    pub fn parse_file(content: &[u8]) -> Result<Self, Error> {
        match <&[u8; KEY_BYTES]>::try_from(content) {
            Ok(raw) => Ok(Self::new(raw)),
            Err(_) => Self::parse_text(content),
        }
    }

    /// Reads a key from text: white space around it is trimmed, then 64 hex
    /// digits, then base64 of either alphabet, padded or not.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Quoted`], [`Error::KeyForm`].
    pub fn parse_text(text: &[u8]) -> Result<Self, Error> {
        let text = text.trim_ascii();
        check_not_quoted(text)?;
        let mut url = Zeroizing::new(text.to_vec());
        while url.last() == Some(&b'=') && url.len() > 43 {
            url.pop();
        }
        let decoded = match text.len() {
            64 => HEXLOWER_PERMISSIVE.decode(text),
            _ if url.iter().any(|b| matches!(b, b'-' | b'_')) => BASE64URL_NOPAD.decode(&url),
            44 => BASE64.decode(text),
            _ => BASE64_NOPAD.decode(&url),
        };
        let decoded = Zeroizing::new(decoded.map_err(|_| Error::KeyForm)?);
        <&[u8; KEY_BYTES]>::try_from(decoded.as_slice())
            .map(Self::new)
            .map_err(|_| Error::KeyForm)
    }

    /// The form we write to a key file: padded standard base64 and a line feed.
    pub fn to_text(&self) -> SecretValue {
        let mut out = Zeroizing::new(String::with_capacity(45));
        BASE64.encode_append(self.0.as_slice(), &mut out);
        out.push('\n');
        SecretValue::copy_from(out.as_bytes())
    }

    /// The 32 bytes.
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

/// The text of a token, trimmed and not yet checked.
pub struct TokenText(Zeroizing<String>);

impl TokenText {
    /// Takes the text without the white space around it.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Quoted`], [`Error::KeyForm`] for text that is not ASCII.
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let text = text.trim_ascii();
        check_not_quoted(text)?;
        match std::str::from_utf8(text) {
            Ok(text) if text.is_ascii() => Ok(TokenText(Zeroizing::new(text.to_owned()))),
            _ => Err(Error::KeyForm),
        }
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What opens a slot.
pub enum Credential {
    /// A raw key.
    Key(KeyBytes),
    /// A person's passphrase.
    Passphrase(Passphrase),
    /// A scoped token, which names its slot.
    Token(TokenText),
}

/// Refuses emptiness and quotation marks around a text.
fn check_not_quoted(text: &[u8]) -> Result<(), Error> {
    match (text.first(), text.last()) {
        (None, _) => Err(Error::Empty),
        (Some(b'"' | b'\''), Some(b'"' | b'\'')) => Err(Error::Quoted),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_normalised_and_bounded() {
        assert_eq!(
            Passphrase::parse("e\u{301}".as_bytes())
                .ok()
                .unwrap()
                .expose(),
            "é".as_bytes()
        );
        assert_eq!(Passphrase::parse(b"").err(), Some(Error::Empty));
        assert_eq!(
            Passphrase::parse(b"a\tb").err(),
            Some(Error::PassphraseCharacters)
        );
        assert_eq!(
            Passphrase::parse(b"\xff").err(),
            Some(Error::PassphraseCharacters)
        );
        assert!(Passphrase::parse(&[b'a'; 1024]).is_ok());
        assert_eq!(
            Passphrase::parse(&[b'a'; 1025]).err(),
            Some(Error::PassphraseTooLong)
        );
    }

    #[test]
    fn a_weak_new_passphrase_is_refused() {
        assert_eq!(
            Passphrase::new_for_creation(b"short").err(),
            Some(Error::TooShort { found: 5 })
        );
        assert_eq!(
            Passphrase::new_for_creation(b"aaaaaaaaaaaaaaabc").err(),
            Some(Error::TooFewKinds { found: 3 })
        );
        assert!(Passphrase::new_for_creation(b"correct horse battery").is_ok());
    }

    #[test]
    fn a_key_is_read_in_every_documented_form() {
        let raw: Vec<u8> = (0..32).map(|i| i * 7 + 251).map(|i: u32| i as u8).collect();
        let hex = data_encoding::HEXUPPER.encode(&raw);
        let forms = [
            raw.clone(),
            hex.into_bytes(),
            BASE64.encode(&raw).into_bytes(),
            BASE64_NOPAD.encode(&raw).into_bytes(),
            BASE64URL_NOPAD.encode(&raw).into_bytes(),
            data_encoding::BASE64URL.encode(&raw).into_bytes(),
            format!("  {}\r\n", BASE64.encode(&raw)).into_bytes(),
        ];
        for form in forms {
            let key = KeyBytes::parse_file(&form).ok().unwrap();
            assert_eq!(key.expose().as_slice(), raw.as_slice());
        }
        assert_eq!(KeyBytes::parse_text(b" \n").err(), Some(Error::Empty));
        assert_eq!(KeyBytes::parse_text(b"\"abc\"").err(), Some(Error::Quoted));
        assert_eq!(KeyBytes::parse_text(b"abc").err(), Some(Error::KeyForm));
    }

    #[test]
    fn the_key_we_write_is_read_back() {
        let key = KeyBytes::new(&[9; 32]);
        let text = key.to_text();
        assert_eq!(text.expose().last(), Some(&b'\n'));
        assert_eq!(
            KeyBytes::parse_file(text.expose()).ok().unwrap().expose(),
            &[9; 32]
        );
    }
}

//! How programs spell a value.

use super::patterns::LEAST_BYTES;
use data_encoding::{BASE64, BASE64URL, Encoding};
use zeroize::Zeroizing;

/// A spelling, in a buffer that was made long enough.
pub(super) type Form = Zeroizing<Vec<u8>>;

/// Values that every program prints for reasons of its own.
const TRIVIAL: &[&str] = &["false", "none", "null", "true"];

/// Bytes that stand for themselves in a URL (RFC 3986, section 2.3).
const UNRESERVED: &[u8] = b"-._~";
/// What is left as it is beside letters and digits: by strict encoders, by
/// JavaScript's `encodeURIComponent` and `encodeURI`, by Python's `quote`, and
/// in forms (WHATWG URL, application/x-www-form-urlencoded).
const LEFT: &[&[u8]] = &[
    UNRESERVED,
    b"-._~!'()*",
    b"-._~!'()*;/?:@&=+$,#",
    b"-._~/",
    b"-._*",
];
/// A character of JSON takes at most six (`\u001f`), a byte of a URL three.
const LONGEST: usize = 6;

/// Spellings as they are found: each in a buffer of its length.
pub(super) struct Forms {
    all: Vec<Form>,
    /// Where the spellings of the same text begin.
    first: usize,
}

impl Forms {
    /// None.
    pub(super) fn new() -> Self {
        Forms {
            all: Vec::new(),
            first: 0,
        }
    }

    /// All of them, in the order in which they were found.
    pub(super) fn into_all(self) -> Vec<Form> {
        self.all
    }

    /// Adds each spelling of `value`.
    pub(super) fn add(&mut self, value: &[u8]) {
        self.begin(value);
        base64(value, self);
        percent(value, self);
        json(value, self);
        if value.contains(&b'\'') {
            self.push(&replaced(value, |byte, form| match byte {
                b'\'' => form.extend_from_slice(b"'\\''"),
                byte => form.push(byte),
            }));
        }
        if value.contains(&b'\n') || value.contains(&b'\r') {
            let lines = value.split(|byte| matches!(byte, b'\n' | b'\r'));
            for line in lines.filter(|line| !is_trivial(line)) {
                self.begin(line);
                json(line, self);
                let text = line.trim_ascii();
                if text.len() < line.len() {
                    self.begin(text);
                    json(text, self);
                }
            }
        }
    }

    /// Begins with a text as it is.
    fn begin(&mut self, text: &[u8]) {
        self.first = self.all.len();
        self.push(text);
    }

    /// Adds a spelling that this text does not have yet.
    fn push(&mut self, form: &[u8]) {
        let same = self.all.get(self.first..).unwrap_or_default();
        if form.len() >= LEAST_BYTES && !same.iter().any(|other| other.as_slice() == form) {
            let mut own = Zeroizing::new(Vec::with_capacity(form.len()));
            own.extend_from_slice(form);
            self.all.push(own);
        }
    }
}

/// Every byte as `write` spells it, in at most [`LONGEST`] bytes.
fn replaced(value: &[u8], mut write: impl FnMut(u8, &mut Vec<u8>)) -> Form {
    let mut form = Zeroizing::new(Vec::with_capacity(value.len() * LONGEST));
    value.iter().for_each(|byte| write(*byte, &mut form));
    form
}

/// Base64 of both alphabets, at each of the three places where a value may
/// begin in a group of three bytes.
///
/// In the middle of other bytes only the characters that are all ours are known;
/// at the end the last one is known too, with its padding.
fn base64(value: &[u8], forms: &mut Forms) {
    for alphabet in [&BASE64, &BASE64URL] {
        for before in 0..3 {
            base64_behind(value, before, alphabet, forms);
        }
    }
}

/// The same behind `before` other bytes.
fn base64_behind(value: &[u8], before: usize, alphabet: &Encoding, forms: &mut Forms) {
    let mut bytes = Zeroizing::new(Vec::with_capacity(before + value.len()));
    bytes.resize(before, 0);
    bytes.extend_from_slice(value);
    let mut text = Zeroizing::new(vec![0; alphabet.encode_len(bytes.len())]);
    alphabet.encode_mut(&bytes, &mut text);
    // A character has six bits: those with a bit of another byte are not ours.
    let first = (before * 8).div_ceil(6);
    let inner = bytes.len() * 8 / 6;
    let known = text.iter().take_while(|byte| **byte != b'=').count();
    for end in [inner, known, text.len()] {
        forms.push(text.get(first..end).unwrap_or_default());
    }
}

/// Percent-encoding (RFC 3986, section 2.1), in both cases, by each convention
/// of what needs none.
fn percent(value: &[u8], forms: &mut Forms) {
    if value.iter().all(u8::is_ascii_alphanumeric) {
        return;
    }
    for (at, left) in LEFT.iter().enumerate() {
        let is_form = at + 1 == LEFT.len();
        for digits in [b"0123456789ABCDEF", b"0123456789abcdef"] {
            forms.push(&replaced(value, |byte, form| match byte {
                b' ' if is_form => form.push(b'+'),
                byte if byte.is_ascii_alphanumeric() || left.contains(&byte) => form.push(byte),
                byte => {
                    form.push(b'%');
                    form.extend(hex(byte, digits));
                }
            }));
        }
    }
}

/// A byte as two digits.
fn hex(byte: u8, digits: &[u8; 16]) -> impl Iterator<Item = u8> {
    [byte >> 4, byte & 15]
        .into_iter()
        .filter_map(|half| digits.get(usize::from(half)).copied())
}

/// How a writer of JSON spells what it may spell in two ways.
#[derive(Clone, Copy)]
struct Style {
    digits: &'static [u8; 16],
    /// Everything beyond ASCII as `\uXXXX`, as Python does.
    is_ascii: bool,
    /// `\/`, as PHP does.
    escapes_slash: bool,
    /// `<`, `>` and `&` as `\u003c` and so on, as Go does.
    escapes_html: bool,
}

/// The inside of a JSON string (RFC 8259, section 7), by the habits of common
/// writers. A value that is no UTF-8 is in no JSON as it is.
fn json(value: &[u8], forms: &mut Forms) {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !b"\"\\/<>&".contains(byte);
    let Ok(text) = std::str::from_utf8(value) else {
        return;
    };
    if value.iter().all(plain) {
        return;
    }
    for digits in [b"0123456789abcdef", b"0123456789ABCDEF"] {
        for choice in 0..8_u8 {
            let style = Style {
                digits,
                is_ascii: choice & 1 != 0,
                escapes_slash: choice & 2 != 0,
                escapes_html: choice & 4 != 0,
            };
            let mut form = Zeroizing::new(Vec::with_capacity(value.len() * LONGEST));
            text.chars().for_each(|char| style.write(char, &mut form));
            forms.push(&form);
        }
    }
}

impl Style {
    fn write(self, char: char, form: &mut Vec<u8>) {
        let short = match char {
            '"' => Some(b'"'),
            '\\' => Some(b'\\'),
            '\u{8}' => Some(b'b'),
            '\u{c}' => Some(b'f'),
            '\n' => Some(b'n'),
            '\r' => Some(b'r'),
            '\t' => Some(b't'),
            '/' if self.escapes_slash => Some(b'/'),
            _ => None,
        };
        if let Some(short) = short {
            form.extend([b'\\', short]);
        } else if char < ' '
            || (self.escapes_html && matches!(char, '<' | '>' | '&'))
            || (self.is_ascii && !char.is_ascii())
        {
            let mut units = [0_u16; 2];
            for unit in char.encode_utf16(&mut units) {
                form.extend_from_slice(b"\\u");
                unit.to_be_bytes()
                    .iter()
                    .for_each(|byte| form.extend(hex(*byte, self.digits)));
            }
        } else {
            let mut bytes = [0; 4];
            form.extend_from_slice(char.encode_utf8(&mut bytes).as_bytes());
        }
    }
}

/// Whether a value, or a line of one, is too short or too common to be looked for.
pub(super) fn is_trivial(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.len() < LEAST_BYTES
        || TRIVIAL
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

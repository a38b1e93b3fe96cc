//! What base64 of the format is, judged without decoding it.

/// Whether bytes are the one writing of `len` bytes in base64.
pub fn is_base64_of(text: &[u8], len: usize) -> bool {
    is_base64(text) && decoded_len(text) == Some(len)
}

/// How many bytes a run of base64 characters stands for; none if it is not
/// their canonical writing.
pub fn decoded_len(text: &[u8]) -> Option<usize> {
    let bits = text.last().and_then(|last| value_of(*last)).unwrap_or(0);
    let canonical = match text.len() % 4 {
        0 => true,
        2 => bits & 0x0f == 0,
        3 => bits & 0x03 == 0,
        _ => false,
    };
    canonical.then_some(text.len() / 4 * 3 + text.len() % 4 * 3 / 4)
}

/// 1 for each character of base64, by its byte.
#[expect(
    clippy::indexing_slicing,
    reason = "a byte is an index of the table, and this runs at compile time"
)]
static BASE64: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        table[byte as usize] = value_of(byte).is_some() as u8;
        byte -= 1;
    }
    table
};

/// Whether all bytes are characters of base64.
///
/// Most of a vault is: eight are looked up at a time, and asked about together.
pub fn is_base64(bytes: &[u8]) -> bool {
    let is = |byte: u8| BASE64.get(usize::from(byte)).copied().unwrap_or(0);
    let (blocks, rest) = bytes.as_chunks::<8>();
    let whole = blocks.iter().all(|[a, b, c, d, e, f, g, h]| {
        is(*a) & is(*b) & is(*c) & is(*d) & is(*e) & is(*f) & is(*g) & is(*h) == 1
    });
    whole && rest.iter().all(|byte| is(*byte) == 1)
}

/// The six bits of a base64 character.
const fn value_of(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A'),
        b'a'..=b'z' => Some(character - b'a' + 26),
        b'0'..=b'9' => Some(character - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

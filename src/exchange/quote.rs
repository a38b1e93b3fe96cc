//! Quoting, for every format that needs it.

use zeroize::Zeroizing;

/// A word of a command line that a person can paste, in any of the shells.
///
/// What needs no quotes has none.
pub fn word(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_./:@%+,-".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    let mut out = Zeroizing::new(Vec::new());
    shell(text.as_bytes(), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Greatest length of `value` between the quotes of [`shell`], in bytes.
pub(super) fn shell_bound(value: &[u8]) -> usize {
    let special = value.iter().filter(|b| is_special(**b)).count();
    value.len() + special * 6 + 2
}

/// Writes `value` so that sh, bash, dash, zsh and fish read the same bytes.
///
/// Everything stands between single quotes, where nothing is expanded and no
/// byte but the quote is special to the POSIX shells; fish takes `\\` and `\'`
/// for one character there. So quotes and backslashes stand between double
/// quotes, where `'` is itself and `\\` one backslash in all of them.
pub(super) fn shell(value: &[u8], out: &mut Vec<u8>) {
    if value.is_empty() {
        out.extend_from_slice(b"''");
    }
    for run in value.chunk_by(|a, b| is_special(*a) == is_special(*b)) {
        let special = run.first().is_some_and(|b| is_special(*b));
        let quote = if special { b'"' } else { b'\'' };
        out.push(quote);
        for byte in run {
            if *byte == b'\\' {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(quote);
    }
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'\'' | b'\\')
}

/// The ways to write a value behind `NAME=` in a .env file, the plainest first.
///
/// Not every one of them means the value: readers differ, and which one is
/// right is for the caller to find out. Between single quotes a backslash is
/// left alone in front of most characters, between double quotes `\n` and `\r`
/// are line ends to every reader.
pub(super) fn dotenv(value: &str) -> impl Iterator<Item = Zeroizing<String>> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_./:@%+,-".contains(&b);
    let is_plain = value.bytes().all(plain);
    let forms: [fn(&str) -> Zeroizing<String>; 4] = [
        |value| between(value, "'", false),
        |value| between(value, "\"", false),
        |value| between(value, "\"", true),
        |value| between(value, "", false),
    ];
    let bare = is_plain.then(|| between(value, "", false));
    bare.into_iter()
        .chain(forms.into_iter().map(move |form| form(value)))
}

/// The value between quotes, in a buffer that never moves.
fn between(value: &str, quote: &str, escape: bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(value.len() * 2 + 2));
    out.push_str(quote);
    for c in value.chars() {
        match c {
            '\n' if escape => out.push_str("\\n"),
            '\r' if escape => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push_str(quote);
    out
}

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

/// Writes `value` between double quotes as systemd reads them (systemd.exec(5),
/// `EnvironmentFile=`): a backslash takes its meaning from `"`, `\\`, `` ` `` and
/// `$`, and every other character is itself, a line feed too.
pub(super) fn systemd(value: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in value.bytes() {
        if matches!(byte, b'"' | b'\\' | b'`' | b'$') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Greatest length that [`hcl`] makes of a byte.
pub(super) const HCL_LONGEST: usize = 6;

/// Writes `value` as a quoted template of HCL (HCL native syntax specification,
/// "Template Literals"). `${` and `%{` begin something there, so their first
/// character is written as its number, which begins nothing.
pub(super) fn hcl(value: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => escape_number(c, out),
            c if c.is_control() => escape_number(c, out),
            c => push_char(c, out),
        }
    }
    out.push(b'"');
}

/// Writes `value` between single quotes as PowerShell reads them
/// (about_Quoting_Rules): it takes four typographic quotes for that quote too,
/// and two of them for one.
pub(super) fn powershell(value: &str, out: &mut Vec<u8>) {
    out.push(b'\'');
    for c in value.chars() {
        push_char(c, out);
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            push_char(c, out);
        }
    }
    out.push(b'\'');
}

/// A double-quoted scalar that YAML 1.1 and 1.2 read alike: what is not
/// printable in one of them is a number.
pub fn yaml(text: &str) -> String {
    // The longest escape is of six bytes: a value never moves while it grows.
    let mut out = Vec::with_capacity(6 * text.len() + 2);
    out.push(b'"');
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\u{7f}'..='\u{a0}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                escape_number(c, &mut out);
            }
            c if c < ' ' => escape_number(c, &mut out),
            c => push_char(c, &mut out),
        }
    }
    out.push(b'"');
    String::from_utf8(out).unwrap_or_default()
}

/// `\uXXXX`; for characters below 65,536.
fn escape_number(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\\u{:04x}", u32::from(c)).as_bytes());
}

fn push_char(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
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

//! A secret's value made harmless for a terminal.

use crate::escape::{Layout, render};
use crate::secret::SecretValue;

/// Writes a secret's value for a terminal: like [`crate::escape::escape`], but line feed and
/// tab stay, so that a certificate still looks like one.
///
/// Returns the text, wiped on drop, and whether anything was escaped.
pub fn escape_value(value: &SecretValue) -> (SecretValue, bool) {
    escape_in(value, Layout::Kept)
}

/// Writes a secret's value as one line: line feed and tab are escaped, too.
/// The text is wiped on drop.
pub fn escape_value_line(value: &SecretValue) -> SecretValue {
    escape_in(value, Layout::Escaped).0
}

fn escape_in(value: &SecretValue, layout: Layout) -> (SecretValue, bool) {
    let mut len = 0_usize;
    render(value.expose(), layout, &mut |piece| {
        len = len.saturating_add(piece.len());
    });
    // The exact length first: a buffer that grows leaves its old bytes behind.
    let mut out = Vec::with_capacity(len);
    render(value.expose(), layout, &mut |piece| {
        out.extend_from_slice(piece.as_bytes());
    });
    // Every escape is longer than what it stands for.
    (SecretValue::new(out), len != value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_lines_and_says_whether_it_was_changed() {
        let show = |bytes: &[u8]| {
            let (text, escaped) = escape_value(&SecretValue::copy_from(bytes));
            (String::from_utf8(text.expose().to_vec()).unwrap(), escaped)
        };
        assert_eq!(show(b"a\n\tb"), ("a\n\tb".to_owned(), false));
        assert_eq!(show(b"C:\\x1b"), ("C:\\x1b".to_owned(), false));
        assert_eq!(show(b"a\r\n"), ("a\\r\n".to_owned(), true));
        assert_eq!(
            show(b"\x1b]52;c;QQ==\x07\n"),
            ("\\x1b]52;c;QQ==\\x07\n".to_owned(), true)
        );
        assert_eq!(show(b""), (String::new(), false));
        let line = escape_value_line(&SecretValue::copy_from(b"a\n\tb\x1b[m"));
        assert_eq!(line.expose(), b"a\\n\\tb\\x1b[m");
    }
}

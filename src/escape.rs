//! Foreign text made harmless for a terminal.
//!
//! Names, notes, reasons and values come from whoever may write the vault or
//! the log. Raw, they could move the cursor, set the clipboard (`ESC ]52`) or
//! turn the reading order of a line around ("Trojan Source", CVE-2021-42574).
//! What shows a text on a terminal, and what writes it into a file that
//! somebody will `cat`, use the same few functions.

use std::fmt::Write;

use zeroize::Zeroizing;

/// Writes `text` without anything a terminal obeys.
///
/// C0, DEL and bytes that are no UTF-8 become `\x1b`; line feed, carriage
/// return and tab become `\n`, `\r`, `\t`; C1 (U+0080 to U+009F) and the
/// controls of writing direction become `\u{202e}`. A backslash stays as it
/// is, so escaping twice changes nothing; the result is for eyes, not for
/// reading back.
pub fn escape(text: impl AsRef<[u8]>) -> String {
    let mut out = String::with_capacity(text.as_ref().len());
    escape_into(text, &mut out);
    out
}

/// Appends `text` to `out` as [`escape`] writes it.
pub fn escape_into(text: impl AsRef<[u8]>, out: &mut String) {
    render(text.as_ref(), Layout::Escaped, &mut |piece| {
        out.push_str(piece)
    });
}

/// Writes JSON with what a terminal obeys as `\\u009b`: the same text for every
/// reader of JSON, and the same bytes on a terminal and in a pipe. (C0 is
/// escaped in JSON anyway, and these stand in strings alone.)
pub fn escape_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let is_obeyed = |c| c == '\u{7f}' || is_hidden_control(c);
    each_run(json, is_obeyed, &mut |run, obeyed| {
        out.push_str(run);
        if let Some(c) = obeyed {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
    });
    out
}

/// What becomes of line feed and tab.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// They are escaped: the text is one line.
    Escaped,
    /// They stay.
    Kept,
}

/// Hands `bytes` to `emit` in pieces: a whole escape, or a run of harmless text.
///
/// For values, whose buffers the caller wipes: a run is lent from `bytes`, and
/// the escapes are wiped here.
pub fn render(bytes: &[u8], layout: Layout, emit: &mut dyn FnMut(&str)) {
    let mut escape = Zeroizing::new(String::new());
    // Most bytes are text, and a whole text is checked faster than its chunks.
    if let Ok(text) = std::str::from_utf8(bytes) {
        return render_text(text, layout, &mut escape, emit);
    }
    for chunk in bytes.utf8_chunks() {
        render_text(chunk.valid(), layout, &mut escape, emit);
        for byte in chunk.invalid() {
            escape.clear();
            // Writing to a String cannot fail.
            let _ = write!(escape, "\\x{byte:02x}");
            emit(&escape);
        }
    }
}

/// Hands `text` to `emit`; every escape is written into `escape` first.
fn render_text(text: &str, layout: Layout, escape: &mut String, emit: &mut dyn FnMut(&str)) {
    // Nearly every text of a screen is this, and bytes are looked at faster than characters.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return emit(text);
    }
    let is_obeyed = |c| match c {
        ' '..='~' => false,
        '\n' | '\t' => layout == Layout::Escaped,
        '\0'..='\u{1f}' | '\u{7f}' => true,
        _ => is_hidden_control(c),
    };
    each_run(text, is_obeyed, &mut |run, obeyed| {
        emit(run);
        let Some(c) = obeyed else { return };
        escape.clear();
        // Writing to a String cannot fail.
        let _ = match c {
            '\n' => write!(escape, "\\n"),
            '\r' => write!(escape, "\\r"),
            '\t' => write!(escape, "\\t"),
            '\0'..='\u{7f}' => write!(escape, "\\x{:02x}", u32::from(c)),
            _ => write!(escape, "\\u{{{:x}}}", u32::from(c)),
        };
        emit(escape);
    });
}

/// Hands `text` to `emit` in runs of what `is_obeyed` does not mean, which may
/// be empty, each with the character that ends it.
fn each_run(
    text: &str,
    is_obeyed: impl Fn(char) -> bool,
    emit: &mut dyn FnMut(&str, Option<char>),
) {
    let mut rest = text;
    while let Some((run, behind)) = rest.find(&is_obeyed).map(|at| rest.split_at(at)) {
        let mut behind = behind.chars();
        emit(run, behind.next());
        rest = behind.as_str();
    }
    emit(rest, None);
}

/// C1 controls and the controls of writing direction (Unicode Annex 9).
fn is_hidden_control(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_the_same_text_without_anything_a_terminal_obeys() {
        let text = "a\u{9b}31m\u{7f}\u{202e}b\u{2069}\u{61c}é😀";
        let json = serde_json::json!({ "k": text }).to_string();
        let escaped = escape_json(&json);
        assert!(
            escaped.contains("\\u009b") && escaped.contains("\\u202e"),
            "{escaped}"
        );
        assert_eq!(escape(&escaped), escaped);
        let read: serde_json::Value = serde_json::from_str(&escaped).unwrap();
        assert_eq!(read["k"], text);
    }

    #[test]
    fn nothing_a_terminal_obeys_is_left() {
        for (raw, shown) in [
            (&b"\x1b]52;c;AAAA\x07"[..], "\\x1b]52;c;AAAA\\x07"),
            (b"a\nb\tc\rd\0\x7f", "a\\nb\\tc\\rd\\x00\\x7f"),
            ("\u{9b}31m".as_bytes(), "\\u{9b}31m"),
            (b"\x9b31m", "\\x9b31m"),
            (b"\xff\xc3", "\\xff\\xc3"),
            (b"a\xffb\nc\xc3", "a\\xffb\\nc\\xc3"),
            (
                "a\u{202e}b\u{2066}c\u{61c}\u{200f}".as_bytes(),
                "a\\u{202e}b\\u{2066}c\\u{61c}\\u{200f}",
            ),
            ("é \\ 日本 🦀".as_bytes(), "é \\ 日本 🦀"),
            (b"", ""),
        ] {
            assert_eq!(escape(raw), shown);
            assert_eq!(escape(escape(raw)), shown, "escaping twice changes nothing");
        }
    }

    #[test]
    fn every_control_and_every_stray_byte_is_escaped() {
        for byte in 0..=255_u8 {
            let shown = escape([byte]);
            assert_eq!(shown.len() > 1, !(0x20..0x7f).contains(&byte), "{byte:#x}");
        }
        let hidden = (0..=0x10_ffff_u32)
            .filter_map(char::from_u32)
            .filter(|c| escape(c.to_string()) != c.to_string());
        assert_eq!(hidden.count(), 32 + 1 + 32 + 1 + 2 + 5 + 4);
    }
}

//! A file for `EnvironmentFile=` of systemd: `NAME="value"`.

use super::{Pair, Refusal, Writing, quote, text};

/// Writes the lines.
///
/// # Errors
/// Values that are no UTF-8 text, or hold control characters other than tab
/// and line feed, which systemd drops with the whole variable.
pub(super) fn write(pairs: &[Pair<'_>]) -> Result<Writing, Vec<Refusal>> {
    let bound = |pair: &Pair<'_>| pair.variable.as_str().len() + pair.value.len() * 2 + 4;
    text::written(pairs, bound, |pair, out| {
        let value = text::text(pair)?;
        if value
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\t' | '\n'))
        {
            return Err("holds a control character, which systemd does not take");
        }
        out.extend_from_slice(pair.variable.as_str().as_bytes());
        out.push(b'=');
        quote::systemd(value, out);
        out.push(b'\n');
        Ok(())
    })
}

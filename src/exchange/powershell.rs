//! Lines for PowerShell: `$Env:NAME = 'value'`.

use super::{Pair, Refusal, Writing, quote, text};

/// Writes the lines.
///
/// # Errors
/// Values that are no UTF-8 text, or hold a NUL byte. An empty value is
/// refused too: assigning one removes the variable.
pub(super) fn write(pairs: &[Pair<'_>]) -> Result<Writing, Vec<Refusal>> {
    let bound = |pair: &Pair<'_>| pair.variable.as_str().len() + pair.value.len() * 2 + 16;
    text::written(pairs, bound, |pair, out| {
        let value = text::text(pair)?;
        if value.is_empty() {
            return Err("is empty, and PowerShell would remove the variable");
        }
        out.extend_from_slice(b"$Env:");
        out.extend_from_slice(pair.variable.as_str().as_bytes());
        out.extend_from_slice(b" = ");
        quote::powershell(value, out);
        out.push(b'\n');
        Ok(())
    })
}

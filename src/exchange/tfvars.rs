//! Values of Terraform variables: `NAME = "value"` in HCL.

use super::{Pair, Refusal, Writing, quote, text};
use unicode_normalization::is_nfc;

/// Writes the lines.
///
/// # Errors
/// Values that are no UTF-8 text, and such as Terraform would change: it
/// normalises every string to Unicode's form C.
pub(super) fn write(pairs: &[Pair<'_>]) -> Result<Writing, Vec<Refusal>> {
    let longest = quote::HCL_LONGEST;
    let bound = |pair: &Pair<'_>| pair.variable.as_str().len() + pair.value.len() * longest + 6;
    text::written(pairs, bound, |pair, out| {
        let value = text::text(pair)?;
        if !is_nfc(value) {
            return Err("is text that Terraform would normalise to other bytes");
        }
        out.extend_from_slice(pair.variable.as_str().as_bytes());
        out.extend_from_slice(b" = ");
        quote::hcl(value, out);
        out.push(b'\n');
        Ok(())
    })
}

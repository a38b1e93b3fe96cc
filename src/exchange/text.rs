//! What the formats of variables have in common.

use super::{Pair, Refusal, Writing};
use crate::secret::SecretValue;
use zeroize::Zeroizing;

/// Writes something for each variable, all of it or nothing.
///
/// `bound` is the greatest length that `write` makes of a pair, so that the
/// buffer never moves and leaves no copy behind.
///
/// # Errors
/// Every value that `write` refuses, with its reason.
pub(super) fn written(
    pairs: &[Pair<'_>],
    bound: impl Fn(&Pair<'_>) -> usize,
    mut write: impl FnMut(&Pair<'_>, &mut Vec<u8>) -> Result<(), &'static str>,
) -> Result<Writing, Vec<Refusal>> {
    let mut out = Zeroizing::new(Vec::with_capacity(pairs.iter().map(bound).sum()));
    let mut refusals = Vec::new();
    for pair in pairs {
        if let Err(reason) = write(pair, &mut out) {
            refusals.push(Refusal {
                variable: pair.variable.clone(),
                reason,
            });
        }
    }
    match refusals.is_empty() {
        true => Ok(Writing {
            text: SecretValue::new(std::mem::take(&mut *out)),
            expandable: Vec::new(),
        }),
        false => Err(refusals),
    }
}

/// The value as text without NUL bytes.
///
/// # Errors
/// Why it is none.
pub(super) fn text<'a>(pair: &Pair<'a>) -> Result<&'a str, &'static str> {
    let value = pair.value.expose();
    if value.contains(&0) {
        return Err("holds a NUL byte, which no variable can carry");
    }
    std::str::from_utf8(value).map_err(|_| "is no UTF-8 text")
}

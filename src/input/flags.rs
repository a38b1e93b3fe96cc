//! What flags say of a value: how it is made, when it ends.

use crate::failure::{Failure, quoted};
use crate::generator::Spec;
use crate::secret::SecretValue;
use crate::time::{self, Span, Timestamp};

/// `--generate=SPEC`, or the SPEC of `generate`; none is a password.
///
/// # Errors
/// A description that is none.
pub fn spec(text: Option<&str>) -> Result<Spec, Failure> {
    let Some(text) = text else {
        return Ok(Spec::default());
    };
    Spec::parse(text).map_err(|error| Failure::usage(format!("{}: {error}", quoted(text))))
}

/// `--expires` in Unix seconds, counted from the vault's `now`; 0 for never.
///
/// # Errors
/// No instant, or one that has passed.
pub fn expiry(now: u64, text: &str) -> Result<u64, Failure> {
    let at = time::parse_instant(text, Timestamp::from_seconds(now)?);
    let at = at.map_err(|error| Failure::usage(format!("--expires {}: {error}", quoted(text))))?;
    Ok(at.map_or(0, |at| at.seconds()))
}

/// `--rotate-every` in seconds; 0 for never.
///
/// # Errors
/// No duration, or one of nothing.
pub fn period(text: &str) -> Result<u64, Failure> {
    if text == "never" {
        return Ok(0);
    }
    let wrong =
        |error: time::Error| Failure::usage(format!("--rotate-every {}: {error}", quoted(text)));
    match Span::parse(text).map_err(wrong)?.seconds() {
        0 => Err(Failure::usage(format!(
            "--rotate-every {}: it must be more than nothing",
            quoted(text)
        ))),
        seconds => Ok(seconds),
    }
}

/// `--grace` in seconds, counted from the vault's `now`; nothing ends at once.
///
/// # Errors
/// No duration, or an end that cannot be written.
pub fn grace(now: u64, text: &str) -> Result<u64, Failure> {
    let wrong = |error: time::Error| Failure::usage(format!("--grace {}: {error}", quoted(text)));
    let span = Span::parse(text).map_err(wrong)?;
    let end = Timestamp::from_seconds(now)?.plus(span).map_err(wrong)?;
    Ok(end.seconds().saturating_sub(now))
}

/// What a value of a type has to be and this one is not: JSON that parses, text
/// that is UTF-8 without NUL. The other types take every value.
pub fn misfit(kind: &str, value: &SecretValue) -> Option<&'static str> {
    let bytes = value.expose();
    let (fits, form) = match kind {
        "json" => (
            serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok(),
            "JSON",
        ),
        "text" => {
            let text = std::str::from_utf8(bytes);
            (text.is_ok_and(|text| !text.contains('\0')), "UTF-8 text")
        }
        _ => (true, ""),
    };
    (!fits).then_some(form)
}

/// Checks that a value fits the type that its secret keeps from the version
/// before; `address` is in double quotes.
///
/// # Errors
/// It does not.
pub fn check_kept(address: &str, kind: &str, value: &SecretValue) -> Result<(), Failure> {
    match misfit(kind, value) {
        None => Ok(()),
        Some(form) => Err(Failure::usage(format!(
            "{address} is of type {kind}, and the new value is not {form}"
        ))),
    }
}

//! No keyring: an operating system where sessions are not kept.

use super::error::Error;
use crate::secret::SecretValue;

const REASON: &str = "sessions are not kept on macOS in this version";

/// No session is ever held here.
pub(super) type Held = std::convert::Infallible;

/// What every call says.
pub(super) struct Refused;

impl Refused {
    pub(super) fn reason(self) -> String {
        REASON.to_owned()
    }

    pub(super) fn during(self, action: &'static str) -> Error {
        Error::Keyring {
            action,
            cause: self.reason(),
        }
    }
}

pub(super) fn load(_name: &str) -> Result<Option<(SecretValue, Held)>, Refused> {
    Ok(None)
}

pub(super) fn keep(_name: &str, _bytes: &SecretValue, _lasts: u64) -> Result<(), Refused> {
    Err(Refused)
}

pub(super) fn renew(
    held: Held,
    _name: &str,
    _bytes: &SecretValue,
    _lasts: u64,
) -> Result<bool, Refused> {
    match held {}
}

pub(super) fn touch(held: Held, _lasts: u64) -> Result<(), Refused> {
    match held {}
}

pub(super) fn remove(_name: &str) -> Result<bool, Refused> {
    Ok(false)
}

pub(super) fn remove_all() -> Result<usize, Refused> {
    Ok(0)
}

pub(super) fn available() -> Result<(), Refused> {
    Err(Refused)
}

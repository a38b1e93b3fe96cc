//! Tokens: a scoped credential that names its slot (`secrets-vault(5)`, TOKENS).

use super::Error;
use super::id::{Fingerprint, SlotId};
use crate::crypto::{equal, sha256};
use crate::secret::{KeyBytes, TokenText};
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

/// What every token begins with, for scanners.
pub const PREFIX: &str = "sct1_";
/// Length of a token's text, in characters.
pub const TOKEN_CHARS: usize = PREFIX.len() + BODY_CHARS + CHECK_CHARS;
/// Characters of the body: slot id 8 ‖ secret 32 ‖ fingerprint 16, base64url.
const BODY_CHARS: usize = 75;
/// Characters of the checksum behind it.
const CHECK_CHARS: usize = 6;

/// A token, parsed.
pub(super) struct Token {
    /// The slot it opens.
    pub slot: SlotId,
    /// The key that opens it.
    pub key: KeyBytes,
    /// The fingerprint of the vault's admin key.
    pub fingerprint: Fingerprint,
}

impl Token {
    /// Reads a token and checks its checksum.
    ///
    /// # Errors
    /// [`Error::Token`].
    pub fn parse(text: &TokenText) -> Result<Self, Error> {
        Self::read(text.expose()).ok_or(Error::Token)
    }

    fn read(text: &str) -> Option<Self> {
        let rest = text
            .strip_prefix(PREFIX)
            .filter(|_| text.len() == TOKEN_CHARS)?;
        let (body, check) = rest.split_at_checked(BODY_CHARS)?;
        if !equal(checksum(body).as_bytes(), check.as_bytes()) {
            return None;
        }
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(body.as_bytes()).ok()?);
        let (slot, rest) = bytes.split_first_chunk::<8>()?;
        let (key, fingerprint) = rest.split_first_chunk::<32>()?;
        Some(Token {
            slot: SlotId(*slot),
            key: KeyBytes::new(key),
            fingerprint: Fingerprint(fingerprint.try_into().ok()?),
        })
    }
}

/// The first six characters of a hash over the body.
fn checksum(body: &str) -> String {
    let text = Zeroizing::new([b"secrets/v1/token", body.as_bytes()].concat());
    let mut check = BASE64URL_NOPAD.encode(&sha256(&text));
    check.truncate(CHECK_CHARS);
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_token_is_noticed() {
        let mut bytes = vec![1; 8];
        bytes.extend([2; 32]);
        bytes.extend([3; 16]);
        let body = BASE64URL_NOPAD.encode(&bytes);
        assert_eq!(body.len(), BODY_CHARS);
        let text = format!("{PREFIX}{body}{}", checksum(&body));
        let token = Token::read(&text).unwrap();
        assert_eq!(token.slot, SlotId([1; 8]));
        assert_eq!(token.key.expose(), &[2; 32]);
        assert_eq!(token.fingerprint, Fingerprint([3; 16]));
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert!(
                Token::read(std::str::from_utf8(&altered).unwrap()).is_none(),
                "{at}"
            );
        }
    }
}

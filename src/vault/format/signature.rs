//! Signatures as the file has them.

use crate::crypto::Signature;
use data_encoding::BASE64_NOPAD;

/// A signature that compares and prints as what it is: 64 public bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SignatureBytes(pub [u8; 64]);

impl std::fmt::Debug for SignatureBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&BASE64_NOPAD.encode(&self.0))
    }
}

impl From<SignatureBytes> for Signature {
    fn from(bytes: SignatureBytes) -> Self {
        Signature(bytes.0)
    }
}

impl From<Signature> for SignatureBytes {
    fn from(signature: Signature) -> Self {
        SignatureBytes(signature.0)
    }
}

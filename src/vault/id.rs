//! Identifiers of the format: raw bytes in keys and hashes, base64 in the file.

use data_encoding::{BASE64_NOPAD, HEXLOWER};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// Unpadded base64, as it stands in the file.
            pub fn text(&self) -> String {
                BASE64_NOPAD.encode(&self.0)
            }

            /// The same as bytes: what ids that stand in order are ordered by.
            pub fn order(&self) -> [u8; ($bytes * 4_usize).div_ceil(3)] {
                let mut text = [0; ($bytes * 4_usize).div_ceil(3)];
                BASE64_NOPAD.encode_mut(&self.0, &mut text);
                text
            }

            /// Appends [`Self::text`] in quotation marks.
            pub fn write(&self, out: &mut String) {
                out.push('"');
                BASE64_NOPAD.encode_append(&self.0, out);
                out.push('"');
            }

            /// Reads what [`Self::text`] writes, and no other writing of it.
            pub fn parse(text: &str) -> Option<Self> {
                let bytes = BASE64_NOPAD.decode(text.as_bytes()).ok()?;
                bytes.try_into().ok().map($name)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.text())
            }
        }
    };
}

/// Ids that people see, too.
macro_rules! hex {
    ($($name:ident),*) => {$(
        impl $name {
            /// Lower-case hex.
            pub fn hex(&self) -> String {
                HEXLOWER.encode(&self.0)
            }

            /// Reads what [`Self::hex`] writes.
            pub fn parse_hex(text: &str) -> Option<Self> {
                let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
                bytes.try_into().ok().map($name)
            }
        }
    )*};
}

id!(/// A vault's id: 16 random bytes.
    VaultId, 16);
id!(/// A slot's id: 8 random bytes, never used again.
    SlotId, 8);
id!(/// A scope's id: 8 random bytes.
    ScopeId, 8);
id!(/// A record's id: the first 16 bytes of an HMAC over its path.
    RecordId, 16);
id!(/// An audit chain's id: 16 random bytes.
    ChainId, 16);
id!(/// A machine's id in audit logs: 8 random bytes, made once.
    DeviceId, 8);
id!(/// The fingerprint of an admin key: the first 16 bytes of its SHA-256.
    Fingerprint, 16);

hex!(VaultId, RecordId, DeviceId, Fingerprint);

impl RecordId {
    /// The page it lies in when there are 2^`bits` pages: its first bits.
    pub fn page(&self, bits: u32) -> usize {
        let first = u16::from_be_bytes([self.0[0], self.0[1]]);
        // At most 12 bits are asked for; no bits is page 0.
        usize::from(first.checked_shr(16_u32.saturating_sub(bits)).unwrap_or(0))
    }
}

impl Fingerprint {
    /// Of an admin's public key.
    pub fn of(key: &crate::crypto::PublicKey) -> Self {
        let hash = crate::crypto::sha256(&key.0);
        let mut out = [0; 16];
        out.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Fingerprint(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ordered_as_their_texts_are() {
        for id in [VaultId([0; 16]), VaultId([0xfb; 16]), VaultId([0xff; 16])] {
            let mut out = String::new();
            id.write(&mut out);
            assert_eq!(id.text().as_bytes(), id.order());
            assert_eq!(out, format!("\"{}\"", id.text()));
        }
        let (plus, letter) = (SlotId([0xfb; 8]), SlotId([0; 8]));
        assert!(plus > letter && plus.order() < letter.order());
    }

    #[test]
    fn a_page_is_the_first_bits_of_a_record_id() {
        let mut id = RecordId([0; 16]);
        id.0[0] = 0b1010_0000;
        id.0[1] = 0b0001_0000;
        assert_eq!(id.page(0), 0);
        assert_eq!(id.page(1), 1);
        assert_eq!(id.page(3), 0b101);
        assert_eq!(id.page(12), 0b1010_0000_0001);
    }
}

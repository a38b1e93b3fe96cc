//! A slot: who may open the vault (`secrets-vault(5)`, SLOTS).

use super::cursor::Cursor;
use super::extras::Extras;
use super::signature::SignatureBytes;
use crate::crypto::{Hash, PublicKey};
use crate::vault::Error;
use crate::vault::id::SlotId;
use data_encoding::BASE64_NOPAD;

/// Greatest length of the kind-specific data of a wrap, in bytes.
const MAX_KIND_DATA_BYTES: usize = 4096;

/// What a slot may do with the vault itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Holds the root key.
    Admin,
    /// Holds a grant.
    Member,
}

/// `adm`: what the admin says of a slot; covered by the head's slot hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotEntry {
    /// Its id.
    pub id: SlotId,
    /// What people call it, unique.
    pub label: String,
    /// Its role.
    pub role: Role,
    /// The public half of its signing key.
    pub public: PublicKey,
    /// When it ends, Unix seconds, or 0.
    pub expires: u64,
    /// The number of its grant; from 1.
    pub grant_seq: u64,
    /// The hash of its key object.
    pub key_hash: Hash,
    /// Extensions: `nbf`, `audit`, `once`.
    pub x: Extras,
}

/// `key`: what a slot holds, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotKeys {
    /// Its key in escrow, 60 bytes.
    pub escrow: [u8; 60],
    /// Its grant, sealed; at least 28 bytes.
    pub grant: Vec<u8>,
    /// Its audit key, sealed: 60 bytes.
    pub audit_key: [u8; 60],
    /// The root key, sealed, for admins: 60 bytes.
    pub root_key: Option<[u8; 60]>,
}

/// `wrap`: how the holder's passphrase or key opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotWrap {
    /// +1 at every change; from 1.
    pub seq: u64,
    /// `pass`, `secret`, or something this version does not open.
    pub kind: String,
    /// PBKDF2 iterations, for `pass`.
    pub iterations: u64,
    /// Salt of the derivation.
    pub salt: [u8; 32],
    /// Public data of other kinds; empty for `pass` and `secret`.
    pub kind_data: Vec<u8>,
    /// The commitment to the key-encryption key.
    pub commitment: [u8; 32],
    /// The slot key and the admin's public key, sealed: 92 bytes.
    pub sealed: [u8; 92],
}

/// One slot with its raw objects, as hashes and signatures see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The admin's entry.
    pub entry: SlotEntry,
    /// Its raw object.
    pub entry_raw: Vec<u8>,
    /// The sealed keys.
    pub keys: SlotKeys,
    /// Their raw object.
    pub keys_raw: Vec<u8>,
    /// The wrap.
    pub wrap: SlotWrap,
    /// Its raw object.
    pub wrap_raw: Vec<u8>,
    /// The slot's signature over the wrap.
    pub wrap_signature: SignatureBytes,
}

/// Whether a text is a label: `[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}`.
pub fn is_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b"._@+-".contains(&b);
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= 64
        && text.bytes().all(inner)
}

impl SlotEntry {
    /// Reads the raw object.
    pub fn parse(raw: &[u8], line: usize) -> Result<Self, Error> {
        const LABEL: &str = "a slot's label";
        let mut c = Cursor::new(raw, line);
        c.literal("{\"id\":")?;
        let id = SlotId(c.bytes("a slot's id")?);
        c.literal(",\"label\":")?;
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._@+-".contains(&b);
        let label = c.text(LABEL, 1, 64, allowed)?.to_owned();
        if !is_label(&label) {
            return c.expected(LABEL);
        }
        c.literal(",\"role\":\"")?;
        let role = if c.take("admin") {
            Role::Admin
        } else if c.take("member") {
            Role::Member
        } else {
            return c.expected("admin or member");
        };
        c.literal("\",\"pk\":")?;
        let public = PublicKey(c.bytes("a public key")?);
        c.literal(",\"exp\":")?;
        let expires = c.number()?;
        c.literal(",\"g\":")?;
        let grant_seq = c.positive()?;
        c.literal(",\"kh\":")?;
        let key_hash = c.bytes("a hash")?;
        c.literal(",\"x\":")?;
        let x = Extras::parse(&mut c)?;
        c.literal("}")?;
        c.end()?;
        Ok(SlotEntry {
            id,
            label,
            role,
            public,
            expires,
            grant_seq,
            key_hash,
            x,
        })
    }

    /// Writes the raw object.
    pub fn write(&self) -> String {
        let role = match self.role {
            Role::Admin => "admin",
            Role::Member => "member",
        };
        let mut out = format!(
            "{{\"id\":\"{}\",\"label\":\"{}\",\"role\":\"{role}\",\"pk\":\"{}\",\"exp\":{},\
             \"g\":{},\"kh\":\"{}\",\"x\":",
            self.id.text(),
            self.label,
            BASE64_NOPAD.encode(&self.public.0),
            self.expires,
            self.grant_seq,
            BASE64_NOPAD.encode(&self.key_hash)
        );
        self.x.write(&mut out);
        out.push('}');
        out
    }
}

impl SlotKeys {
    /// Reads the raw object.
    pub fn parse(raw: &[u8], line: usize) -> Result<Self, Error> {
        let mut c = Cursor::new(raw, line);
        c.literal("{\"esc\":")?;
        let escrow = c.bytes("a sealed key")?;
        c.literal(",\"grant\":")?;
        let grant = c.base64("a sealed grant")?;
        if grant.len() < 28 {
            return c.expected("a sealed grant");
        }
        c.literal(",\"ak\":")?;
        let audit_key = c.bytes("a sealed key")?;
        c.literal(",\"rk\":")?;
        let root_key = if c.take("\"\"") {
            None
        } else {
            Some(c.bytes("a sealed key or nothing")?)
        };
        c.literal("}")?;
        c.end()?;
        Ok(SlotKeys {
            escrow,
            grant,
            audit_key,
            root_key,
        })
    }

    /// Writes the raw object.
    pub fn write(&self) -> String {
        let root = self
            .root_key
            .map_or(String::new(), |key| BASE64_NOPAD.encode(&key));
        format!(
            "{{\"esc\":\"{}\",\"grant\":\"{}\",\"ak\":\"{}\",\"rk\":\"{root}\"}}",
            BASE64_NOPAD.encode(&self.escrow),
            BASE64_NOPAD.encode(&self.grant),
            BASE64_NOPAD.encode(&self.audit_key)
        )
    }
}

impl SlotWrap {
    /// Reads the raw object.
    pub fn parse(raw: &[u8], line: usize) -> Result<Self, Error> {
        let mut c = Cursor::new(raw, line);
        c.literal("{\"n\":")?;
        let seq = c.positive()?;
        c.literal(",\"kind\":")?;
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'+';
        let kind = c.text("a slot's kind", 1, 24, allowed)?.to_owned();
        c.literal(",\"it\":")?;
        let iterations = c.number()?;
        c.literal(",\"salt\":")?;
        let salt = c.bytes("a salt")?;
        c.literal(",\"kd\":")?;
        let kind_data = c.base64("the data of a slot's kind")?;
        if kind_data.len() > MAX_KIND_DATA_BYTES {
            return c.over("4096 bytes of a slot's kind");
        }
        c.literal(",\"cm\":")?;
        let commitment = c.bytes("a commitment")?;
        c.literal(",\"ct\":")?;
        let sealed = c.bytes("a sealed slot key")?;
        c.literal("}")?;
        c.end()?;
        Ok(SlotWrap {
            seq,
            kind,
            iterations,
            salt,
            kind_data,
            commitment,
            sealed,
        })
    }

    /// Writes the raw object.
    pub fn write(&self) -> String {
        format!(
            "{{\"n\":{},\"kind\":\"{}\",\"it\":{},\"salt\":\"{}\",\"kd\":\"{}\",\"cm\":\"{}\",\
             \"ct\":\"{}\"}}",
            self.seq,
            self.kind,
            self.iterations,
            BASE64_NOPAD.encode(&self.salt),
            BASE64_NOPAD.encode(&self.kind_data),
            BASE64_NOPAD.encode(&self.commitment),
            BASE64_NOPAD.encode(&self.sealed)
        )
    }
}

impl Slot {
    /// Whether its passphrase was handed out and not changed since.
    pub fn is_handed_out(&self) -> bool {
        let once = self.entry.x.number("once");
        once.is_some_and(|once| self.wrap.seq <= once)
    }

    /// Builds a slot from its three objects and the wrap's signature.
    pub fn assemble(
        entry: SlotEntry,
        keys: SlotKeys,
        wrap: SlotWrap,
        wrap_signature: SignatureBytes,
    ) -> Self {
        let (entry_raw, keys_raw, wrap_raw) = (entry.write(), keys.write(), wrap.write());
        Slot {
            entry,
            entry_raw: entry_raw.into_bytes(),
            keys,
            keys_raw: keys_raw.into_bytes(),
            wrap,
            wrap_raw: wrap_raw.into_bytes(),
            wrap_signature,
        }
    }
}

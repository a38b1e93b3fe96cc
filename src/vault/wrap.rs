//! What opens a slot: the wrap of a key or a passphrase (`secrets-vault(5)`, SLOTS).

use super::Error;
use super::enrol::exact;
use super::format::{SignatureBytes, SlotWrap};
use super::id::{SlotId, VaultId};
use super::unlock::wrap_aad;
use crate::crypto::{Iterations, Message, Nonce, PublicKey, Random, SlotInput, SlotKey};
use crate::secret::{KeyBytes, Passphrase};

/// What opens a slot.
pub enum NewSlot<'a> {
    /// A key: a slot of kind `secret`.
    Key(&'a KeyBytes),
    /// A passphrase: a slot of kind `pass`.
    Passphrase(&'a Passphrase, Iterations),
}

impl NewSlot<'_> {
    /// A wrap of the slot's key and the admin's public key, and the slot's
    /// signature over it. `seq` is its number.
    pub(super) fn wrap(
        &self,
        (vault, slot): (&VaultId, &SlotId),
        seq: u64,
        key: &SlotKey,
        admin: &PublicKey,
        random: &mut dyn Random,
    ) -> Result<(SlotWrap, SignatureBytes), Error> {
        let salt = random.draw()?;
        let (kind, iterations, input) = match self {
            NewSlot::Key(key) => ("secret", 0, SlotInput::from_key(key.expose())),
            NewSlot::Passphrase(passphrase, iterations) => (
                "pass",
                u64::from(iterations.get()),
                SlotInput::from_passphrase(passphrase.expose(), &salt, *iterations),
            ),
        };
        let (kek, commitment) = input.kek(&salt, &vault.0, &slot.0, kind, iterations);
        let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(64));
        plain.extend(key.bytes());
        plain.extend(admin.0);
        let sealed = kek.seal(
            Nonce::draw(random)?,
            &wrap_aad(&vault.0, &slot.0, seq),
            &plain,
        )?;
        let wrap = SlotWrap {
            seq,
            kind: kind.to_owned(),
            iterations,
            salt,
            kind_data: Vec::new(),
            commitment,
            sealed: exact(sealed)?,
        };
        let message = Message::new("wrap", &[&vault.0, &slot.0, wrap.write().as_bytes()]);
        let signature = key.signer(&vault.0, &slot.0).sign(&message);
        Ok((wrap, signature.into()))
    }
}

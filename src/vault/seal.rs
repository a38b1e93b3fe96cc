//! How a changed vault becomes the bytes of a new file.

use super::draft::ScopeDraft;
use super::error::integrity;
use super::format::{Sealer, SignatureBytes, Slot};
use super::open::Vault;
use super::paging::SealDraft;
use super::{Error, LockedVault, MAX_FILE_BYTES, ReadAt};
use crate::crypto::{Message, Signer, hash};
use data_encoding::BASE64_NOPAD;
use std::sync::Arc;

impl Vault {
    /// Builds the new file, signs what changed and verifies the whole of it.
    ///
    /// # Errors
    /// No write right for a changed scope, a bound of the format, or a result
    /// that does not verify (which is then not written).
    pub fn seal(mut self) -> Result<Arc<Vec<u8>>, Error> {
        let mut parts = Vec::new();
        for index in 0..self.locked.doc.head.scopes.len() {
            parts.push(match self.draft.scopes.remove(&index) {
                Some(draft) => self.seal_scope(index, &draft)?,
                None => self.copy_scope(index)?,
            });
        }
        let doc = &mut self.locked.doc;
        if let Some(root) = &self.draft.root {
            let entries: Vec<&[u8]> = doc
                .slots
                .iter()
                .map(|slot| slot.entry_raw.as_slice())
                .collect();
            doc.head.slots_hash = hash("slots", &entries);
            doc.head_raw = doc.head.write().into_bytes();
            let message = Message::new("head", &[&doc.vault.0, &doc.head_raw]);
            doc.head_signature = root.signer().sign(&message).into();
        }
        let vault = doc.vault.text();
        let bytes = assemble(
            &vault,
            &doc.head_raw,
            doc.head_signature,
            &doc.slots,
            &parts,
        )?;
        verified(bytes)
    }

    /// An unchanged scope, byte for byte.
    fn copy_scope(&self, index: usize) -> Result<Vec<u8>, Error> {
        let scope = self.locked.scope(index)?;
        let len = usize::try_from(scope.end - scope.start).unwrap_or(usize::MAX);
        let mut raw = vec![0; len];
        self.locked.source.read_at(scope.start, &mut raw)?;
        Ok(raw)
    }

    /// A changed scope: pages, root and a new seal.
    fn seal_scope(&self, index: usize, draft: &ScopeDraft) -> Result<Vec<u8>, Error> {
        let doc = &self.locked.doc;
        let Some(entry) = doc.head.scopes.get(index) else {
            return integrity("a scope is missing in the head");
        };
        let old = if self.is_new(index) {
            None
        } else {
            Some(self.locked.scope(index)?)
        };
        let lines = draft.lines();
        let (signer, by) = self.sealer(index)?;
        let seal = SealDraft {
            seq: old.as_ref().map_or(1, |old| old.seal.seq.saturating_add(1)),
            by,
            head_seq: doc.head.seq,
            time: self.now,
            anchors: old.map(|old| old.seal.anchors.clone()).unwrap_or_default(),
        };
        Ok(seal.write(&doc.vault.0, &entry.id.0, entry.epoch, &lines, &signer))
    }

    /// Whether a scope was staged and is not in the file that was read.
    fn is_new(&self, index: usize) -> bool {
        index >= self.stored
    }

    /// Who seals a scope: the slot if the head lists it, else an admin.
    fn sealer(&self, index: usize) -> Result<(Signer, Sealer), Error> {
        let doc = &self.locked.doc;
        let (Some(entry), Some(slot)) = (doc.head.scopes.get(index), doc.slots.get(self.slot))
        else {
            return integrity("a scope or a slot is missing");
        };
        let id = slot.entry.id;
        if entry.writers.contains(&id) && !self.is_new(index) {
            return Ok((self.key.signer(&doc.vault.0, &id.0), Sealer::Slot(id)));
        }
        match self.root() {
            Ok(root) => Ok((root.signer(), Sealer::Admin)),
            Err(Error::NotPermitted(_)) => Err(Error::NotPermitted(format!(
                "the slot \"{}\" may not write to {}",
                slot.entry.label,
                entry.title()
            ))),
            Err(error) => Err(error),
        }
    }
}

/// Puts a file together.
pub(super) fn assemble(
    vault: &str,
    head_raw: &[u8],
    head_signature: SignatureBytes,
    slots: &[Slot],
    scopes: &[Vec<u8>],
) -> Result<Vec<u8>, Error> {
    let size = scopes.iter().map(Vec::len).sum::<usize>() + head_raw.len() + slots.len() * 2048;
    let mut out = Vec::with_capacity(size + 512);
    out.extend(format!("{{\"secrets\":1,\"vault\":\"{vault}\",\n\"head\":").into_bytes());
    out.extend(head_raw);
    let signature = BASE64_NOPAD.encode(&head_signature.0);
    out.extend(format!(",\n\"hsig\":\"{signature}\",\n\"slots\":[\n").into_bytes());
    for slot in slots {
        out.extend(b"{\"adm\":");
        out.extend(&slot.entry_raw);
        out.extend(b",\n\"key\":");
        out.extend(&slot.keys_raw);
        out.extend(b",\n\"wrap\":");
        out.extend(&slot.wrap_raw);
        let signature = BASE64_NOPAD.encode(&slot.wrap_signature.0);
        out.extend(format!(",\n\"wsig\":\"{signature}\"}},\n").into_bytes());
    }
    out.extend(b"0],\n\"scopes\":[\n");
    scopes.iter().for_each(|scope| out.extend_from_slice(scope));
    out.extend(b"0]}\n");
    if out.len() as u64 > MAX_FILE_BYTES {
        return Err(Error::Limit {
            limit: "268435456 bytes (256 MiB)",
            line: 0,
        });
    }
    Ok(out)
}

/// Verifies bytes that are about to be written.
pub(super) fn verified(bytes: Vec<u8>) -> Result<Arc<Vec<u8>>, Error> {
    let bytes = Arc::new(bytes);
    LockedVault::read(Box::new(Arc::clone(&bytes)))?.verify()?;
    Ok(bytes)
}

impl ReadAt for Arc<Vec<u8>> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.as_slice().read_at(offset, buffer)
    }
}

//! How a changed vault becomes the bytes of a new file.

use super::draft::ScopeDraft;
use super::error::integrity;
use super::format::{Anchor, Sealer, SignatureBytes, Slot};
use super::id::ScopeId;
use super::open::Vault;
use super::paging::SealDraft;
use super::pin::Seen;
use super::proof::Reader;
use super::text::Text;
use super::woven::Woven;
use super::{Error, LockedVault, MAX_ANCHORS, MAX_FILE_BYTES, Progress, ReadAt};
use crate::crypto::{Hash, Message, Signer, hash};
use crate::name::EnvName;
use data_encoding::BASE64_NOPAD;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A new file, verified and not yet anywhere.
#[derive(Debug)]
pub struct Sealed {
    /// Its text.
    pub text: Arc<Text>,
    /// All of it, as a pin takes it.
    pub seen: Seen,
    /// The SHA-256 of each new raw seal, in the order of the head.
    pub seals: Vec<Hash>,
    /// Whether a new seal holds no anchor of the own chain, because it holds
    /// the most that a seal may: 64 of others.
    pub anchor_left_out: bool,
}

impl Sealed {
    /// Its bytes in one piece.
    pub fn bytes(&self) -> Arc<Vec<u8>> {
        Arc::new(self.text.pieces().concat())
    }
}

impl Vault {
    /// Builds the new file, signs what changed and verifies the whole of it;
    /// after a change of data keys it opens every record by the new ones and
    /// compares it with the old.
    ///
    /// `anchor` is how far the own audit chain is. A new seal keeps the
    /// anchors of the one it replaces and raises or adds this one alone: no
    /// sealer can speak for the logs of others, and none can drop them unseen.
    /// Its number is above every one of its epoch that was seen here.
    ///
    /// # Errors
    /// No write right for a changed scope, a bound of the format, or a result
    /// that does not verify (which is then not written).
    pub fn seal(mut self, anchor: Option<&Anchor>) -> Result<Sealed, Error> {
        let indexes = 0..self.locked.doc.head.scopes.len();
        let removed = &self.draft.removed;
        let indexes: Vec<usize> = indexes.filter(|index| !removed.contains(index)).collect();
        let envs = self.rekeyed_environments();
        self.sign_head();
        let doc = &self.locked.doc;
        let mut text = begin(
            &doc.vault.text(),
            &doc.head_raw,
            doc.head_signature,
            &doc.slots,
        );
        let (mut changed, mut left_out) = (Vec::new(), false);
        for index in indexes {
            let Some(draft) = self.draft.scopes.remove(&index) else {
                let scope = self.locked.scope(index)?;
                let len = scope.end - scope.start;
                text.copy(self.locked.source.as_ref(), scope.start, len)?;
                continue;
            };
            let mut anchors = match self.is_new(index) {
                true => Vec::new(),
                false => self.locked.scope(index)?.seal.anchors.clone(),
            };
            left_out |= anchor.is_some_and(|own| !add_anchor(&mut anchors, own));
            self.seal_scope(index, &draft, anchors, &mut text)?;
            let entry = self.locked.doc.head.scopes.get(index);
            changed.extend(entry.map(|entry| entry.id));
        }
        let sealed = verified(
            end(text)?,
            &changed,
            left_out,
            Some(&self.locked),
            self.locked.progress.clone(),
        )?;
        if let Some(root) = self.draft.root.as_ref().filter(|_| !envs.is_empty()) {
            let reader = Reader {
                root,
                key: &self.key,
                now: self.now,
            };
            let progress = self.locked.progress.clone();
            let old = LockedVault::read(self.locked.source)?.watched(progress.clone());
            let new = LockedVault::read(Box::new(Arc::clone(&sealed.text)))?.watched(progress);
            reader.compare(old, new, &envs)?;
        }
        Ok(sealed)
    }

    /// The environments with a scope whose records are under a new key.
    fn rekeyed_environments(&self) -> BTreeSet<EnvName> {
        let scopes = &self.locked.doc.head.scopes;
        let rekeyed = self.draft.rekeyed.iter();
        let env = |index: &usize| scopes.get(*index).map(|scope| scope.env.clone());
        rekeyed.filter_map(env).collect()
    }

    /// The head as it will be, where it was changed, without the scopes that
    /// go, and its signature.
    fn sign_head(&mut self) {
        let Some(root) = &self.draft.root else {
            return;
        };
        let doc = &mut self.locked.doc;
        let entries = doc.slots.iter().map(|slot| slot.entry_raw.as_slice());
        let entries: Vec<&[u8]> = entries.collect();
        doc.head.slots_hash = hash("slots", &entries);
        // The draft goes by the indexes that the scopes had.
        let mut head = doc.head.clone();
        let mut index = 0..;
        let removed = &self.draft.removed;
        head.scopes
            .retain(|_| index.next().is_none_or(|index| !removed.contains(&index)));
        doc.head_raw = head.write().into_bytes();
        let message = Message::new("head", &[&doc.vault.0, &doc.head_raw]);
        doc.head_signature = root.signer().sign(&message).into();
    }

    /// A changed scope: pages, root and a new seal.
    fn seal_scope(
        &self,
        index: usize,
        draft: &ScopeDraft,
        anchors: Vec<Anchor>,
        out: &mut Text,
    ) -> Result<(), Error> {
        let doc = &self.locked.doc;
        let Some(entry) = doc.head.scopes.get(index) else {
            return integrity("a scope is missing in the head");
        };
        let last = match self.is_new(index) || self.draft.rekeyed.contains(&index) {
            true => 0,
            false => self.locked.scope(index)?.seal.seq,
        };
        let pin = self.locked.guard.pin.as_ref();
        let seen = pin.and_then(|pin| pin.scopes.get(&entry.id));
        let seen = seen.filter(|(epoch, ..)| *epoch == entry.epoch);
        let last = last.max(seen.map_or(0, |(_, seal, _)| *seal));
        let records = Woven::new(&self.locked, index, draft)?;
        let (signer, by) = self.sealer(index)?;
        let seal = SealDraft {
            seq: last.saturating_add(1),
            by,
            head_seq: doc.head.seq,
            time: self.now,
            anchors,
        };
        let (vault, scope) = (&doc.vault.0, &entry.id.0);
        seal.write(vault, scope, entry.epoch, &records, &signer, out)
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
        let draft = &self.draft;
        let by_admin = draft.rekeyed.contains(&index) || draft.by_admin.contains(&index);
        if entry.writers.contains(&id) && !self.is_new(index) && !by_admin {
            return Ok((self.key.signer(&doc.vault, slot)?, Sealer::Slot(id)));
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

/// Begins a file: all that comes before the first scope.
pub(super) fn begin(
    vault: &str,
    head_raw: &[u8],
    head_signature: SignatureBytes,
    slots: &[Slot],
) -> Text {
    let mut out = Vec::with_capacity(head_raw.len() + (slots.len() + 1) * 2048);
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
    let mut text = Text::default();
    text.push(&out);
    text
}

/// Ends a file behind its last scope.
///
/// # Errors
/// [`Error::Limit`] above 256 MiB.
pub(super) fn end(mut text: Text) -> Result<Arc<Text>, Error> {
    text.push(b"0]}\n");
    let text = Arc::new(text);
    if text.size() > MAX_FILE_BYTES {
        return Err(Error::Limit {
            limit: "268435456 bytes (256 MiB)",
            line: 0,
        });
    }
    Ok(text)
}

/// Raises the anchor of a chain, or adds it in its place; `false` if there is none.
fn add_anchor(anchors: &mut Vec<Anchor>, own: &Anchor) -> bool {
    let chain = own.chain.text();
    match anchors.binary_search_by(|anchor| anchor.chain.text().cmp(&chain)) {
        Ok(at) => {
            if let Some(old) = anchors.get_mut(at).filter(|old| old.entries < own.entries) {
                *old = own.clone();
            }
            true
        }
        Err(_) if anchors.len() >= MAX_ANCHORS => false,
        Err(at) => {
            anchors.insert(at, own.clone());
            true
        }
    }
}

/// Verifies a text that is about to be written; `changed` are the scopes with
/// a new seal, and `before` is the vault that they were made out of.
///
/// What is proved: head, slot table and seals say what they must and are
/// signed, and every byte of a record hashes, page by page, to what its seal
/// signs. Left out is what was done before, and nothing else: a signature of the
/// same message by the same key, which a memo names (of this process, or of the
/// session that it works in), and the hash and the grammar of a page that is,
/// byte for byte, one of `before` ([`LockedVault::verify_records`]).
pub(super) fn verified(
    text: Arc<Text>,
    changed: &[ScopeId],
    anchor_left_out: bool,
    before: Option<&LockedVault>,
    progress: Option<Progress>,
) -> Result<Sealed, Error> {
    let mut locked = LockedVault::read(Box::new(Arc::clone(&text)))?.watched(progress);
    if let Some(before) = before {
        locked.own = before.own;
        locked.memo.recall(&before.memo.names());
        locked.wraps.recall(&before.wraps.names());
    }
    locked.verify_after(before)?;
    let seen = locked.seen().ok_or(Error::HeadSignature)?;
    let hash = |id: &ScopeId| seen.scopes.get(id).map(|(_, _, hash)| *hash);
    let seals = changed.iter().filter_map(hash).collect();
    Ok(Sealed {
        text,
        seen,
        seals,
        anchor_left_out,
    })
}

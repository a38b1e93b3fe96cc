//! Staged changes, and how they become the bytes of a new file.

use super::error::integrity;
use super::format::{Page, RecordLine, Seal, Sealer, SignatureBytes, Slot};
use super::id::RecordId;
use super::open::Vault;
use super::{Error, LockedVault, MAX_FILE_BYTES, MAX_PAGE_BITS, ReadAt};
use crate::crypto::{Hash, Message, RootKey, Signer, hash};
use data_encoding::BASE64_NOPAD;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of records a page should hold at most; writers take the least number
/// of pages that keeps to it on average.
const PAGE_BYTES: u64 = 24_576;

/// A record line of a scope that is being changed, with its line feed.
pub(super) struct Line(Arc<[u8]>);

impl Line {
    /// Copies a verified line.
    pub fn copied(text: &[u8]) -> Self {
        Line(text.into())
    }

    /// Its fields.
    pub fn parse(&self) -> Result<RecordLine<'_>, Error> {
        RecordLine::parse(self.0.strip_suffix(b"\n").unwrap_or(&self.0), 0)
    }
}

/// The records of one scope while it is changed, in order.
#[derive(Default)]
pub(super) struct ScopeDraft(BTreeMap<(RecordId, u64), Line>);

impl ScopeDraft {
    /// The lines of one record.
    pub fn lines_of(&self, rid: &RecordId) -> Vec<Line> {
        let range = self.0.range((*rid, 0)..=(*rid, u64::MAX));
        range.map(|(_, line)| Line(Arc::clone(&line.0))).collect()
    }

    /// Puts a line.
    pub fn insert(&mut self, rid: RecordId, version: u64, line: Line) {
        self.0.insert((rid, version), line);
    }

    /// Drops a line.
    pub fn remove(&mut self, rid: RecordId, version: u64) {
        self.0.remove(&(rid, version));
    }
}

/// What is about to change.
#[derive(Default)]
pub(super) struct Draft {
    /// Changed scopes by their index.
    scopes: BTreeMap<usize, ScopeDraft>,
    /// The root key, once the head or a slot was changed.
    pub root: Option<RootKey>,
}

impl Draft {
    /// The changed scope of an index.
    pub fn scope(&self, index: usize) -> Option<&ScopeDraft> {
        self.scopes.get(&index)
    }

    /// Whether nothing is staged.
    pub fn is_empty(&self) -> bool {
        self.scopes.is_empty() && self.root.is_none()
    }

    /// Stages a scope.
    pub fn stage(&mut self, index: usize, scope: ScopeDraft) -> &mut ScopeDraft {
        self.scopes.entry(index).or_insert(scope)
    }
}

impl Vault {
    /// Whether no change is staged.
    pub fn is_unchanged(&self) -> bool {
        self.draft.is_empty()
    }

    /// Forgets what is staged.
    pub fn discard(&mut self) {
        self.draft = Draft::default();
    }

    /// The draft of a scope, loaded when it is first changed.
    pub(super) fn draft_scope(&mut self, index: usize) -> Result<&mut ScopeDraft, Error> {
        let mut draft = ScopeDraft::default();
        if self.draft.scope(index).is_none() {
            self.verify_seal(index)?;
            self.locked.pages(index, |_, raw| {
                for text in raw.split_inclusive(|b| *b == b'\n') {
                    let line = Line::copied(text);
                    let (rid, version) = {
                        let fields = line.parse()?;
                        (fields.rid, fields.version)
                    };
                    draft.insert(rid, version, line);
                }
                Ok(())
            })?;
        }
        Ok(self.draft.stage(index, draft))
    }

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
        let lines: Vec<(RecordId, &[u8])> = draft
            .0
            .iter()
            .map(|((rid, _), line)| (*rid, line.0.as_ref()))
            .collect();
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

/// A seal about to be signed.
pub(super) struct SealDraft {
    pub seq: u64,
    pub by: Sealer,
    pub head_seq: u64,
    pub time: u64,
    pub anchors: Vec<super::format::Anchor>,
}

impl SealDraft {
    /// Cuts sorted lines into pages, signs, and writes the whole scope.
    pub fn write(
        self,
        vault: &[u8; 16],
        scope: &[u8; 8],
        epoch: u64,
        lines: &[(RecordId, &[u8])],
        signer: &Signer,
    ) -> Vec<u8> {
        let records_len: u64 = lines.iter().map(|(_, text)| text.len() as u64).sum();
        let table = page_table(lines, page_bits(records_len));
        let seal = Seal {
            seq: self.seq,
            pages_len: table.len() as u64,
            records_len,
            root: hash("pages", &[table.as_bytes()]),
            by: self.by,
            head_seq: self.head_seq,
            time: self.time,
            anchors: self.anchors,
        };
        let raw = seal.write();
        let epoch = epoch.to_le_bytes();
        let message = Message::new("seal", &[vault, scope, &epoch, raw.as_bytes()]);
        let signature = BASE64_NOPAD.encode(&signer.sign(&message).0);
        let id = BASE64_NOPAD.encode(scope);
        let mut out = Vec::with_capacity(table.len() + raw.len() + 256);
        out.extend(format!("{{\"id\":\"{id}\",\n\"seal\":{raw},\n").into_bytes());
        out.extend(format!("\"ssig\":\"{signature}\",\n\"pages\":[\n{table}0],\n").into_bytes());
        out.extend(b"\"rec\":[\n");
        lines
            .iter()
            .for_each(|(_, text)| out.extend_from_slice(text));
        out.extend(b"0]},\n");
        out
    }
}

/// The least k for which 2^k pages hold the records, at most 12.
fn page_bits(records_len: u64) -> u32 {
    (0..MAX_PAGE_BITS)
        .find(|bits| records_len <= PAGE_BYTES << bits)
        .unwrap_or(MAX_PAGE_BITS)
}

/// The page lines over sorted record lines.
fn page_table(lines: &[(RecordId, &[u8])], bits: u32) -> String {
    let mut table = String::new();
    let mut rest = lines;
    for number in 0..1_usize << bits {
        let count = rest
            .iter()
            .take_while(|(rid, _)| rid.page(bits) == number)
            .count();
        let (own, behind) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        rest = behind;
        let texts: Vec<&[u8]> = own.iter().map(|(_, text)| *text).collect();
        table.push_str(
            &Page {
                len: total(&texts),
                hash: page_hash(number, &texts),
            }
            .write(),
        );
    }
    table
}

fn total(texts: &[&[u8]]) -> u64 {
    texts.iter().map(|text| text.len() as u64).sum()
}

/// The hash of a page's lines and its number.
fn page_hash(number: usize, texts: &[&[u8]]) -> Hash {
    let number = (number as u64).to_le_bytes();
    let mut hasher = crate::crypto::PieceHasher::new("page", &[&number], total(texts));
    texts.iter().for_each(|text| hasher.update(text));
    hasher.finish()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_pages_is_the_least_that_holds_the_records() {
        assert_eq!(page_bits(0), 0);
        assert_eq!(page_bits(PAGE_BYTES), 0);
        assert_eq!(page_bits(PAGE_BYTES + 1), 1);
        assert_eq!(page_bits(PAGE_BYTES * 4096), 12);
        assert_eq!(page_bits(u64::MAX), 12);
    }
}

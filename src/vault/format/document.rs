//! The file as a whole: head and slots at once, scopes when they are needed.

use super::cursor::Cursor;
use super::head::Head;
use super::lines::Lines;
use super::scope::{Page, Seal};
use super::slot::{Role, SignatureBytes, Slot, SlotEntry, SlotKeys, SlotWrap};
use crate::vault::error::integrity;
use crate::vault::id::{ScopeId, VaultId};
use crate::vault::{Error, MAX_FILE_BYTES, MAX_PAGE_BITS, MAX_SLOTS, ReadAt};
use data_encoding::BASE64_NOPAD;
use std::collections::BTreeSet;

/// Greatest length of a page line: `[`, 16 digits, `,"`, 43 characters, `"],` and a line feed.
const MAX_PAGE_LINE_BYTES: u64 = 66;

/// Head, slots and where the scopes begin. Grammar only: nothing is verified.
pub struct Document {
    /// The vault's id.
    pub vault: VaultId,
    /// The head.
    pub head: Head,
    /// Its raw object.
    pub head_raw: Vec<u8>,
    /// The admin's signature over it.
    pub head_signature: SignatureBytes,
    /// The slots in file order.
    pub slots: Vec<Slot>,
    /// Offset of the first scope.
    scopes_at: u64,
    /// Lines before it.
    scopes_line: usize,
}

/// One scope of the file: its seal, and where its pages and records lie.
pub struct ScopeText {
    /// Its id; equal to the head's at the same index.
    pub id: ScopeId,
    /// The seal.
    pub seal: Seal,
    /// Its raw object.
    pub seal_raw: Vec<u8>,
    /// The signature over it.
    pub signature: SignatureBytes,
    /// Offset of the first page line.
    pub pages_at: u64,
    /// Offset of the first record line.
    pub records_at: u64,
    /// Offset behind the scope.
    pub end: u64,
    /// Offset of its first line.
    pub start: u64,
}

impl Document {
    /// Reads head and slots, and that the file ends as it must.
    ///
    /// # Errors
    /// Grammar and bounds, each naming its line.
    pub fn read(source: &dyn ReadAt) -> Result<Self, Error> {
        if source.size() > MAX_FILE_BYTES {
            return Err(Error::Limit {
                limit: "268435456 bytes (256 MiB)",
                line: 0,
            });
        }
        let mut lines = Lines::new(source, 0, Some(0));
        let vault = parse_first(&mut lines)?;
        let head_raw = lines.framed("\"head\":", ",")?;
        let head = Head::parse(&head_raw, lines.line())?;
        let signature = lines.framed("\"hsig\":", ",")?;
        let head_signature = parse_signature(&signature, lines.line())?;
        lines.literal("\"slots\":[")?;
        let mut slots = Vec::new();
        while let Some(slot) = parse_slot(&mut lines)? {
            if slots.len() == MAX_SLOTS {
                return Err(Error::Limit {
                    limit: "1000 slots",
                    line: lines.line(),
                });
            }
            slots.push(slot);
        }
        lines.literal("\"scopes\":[")?;
        let (scopes_at, scopes_line) = (lines.offset(), lines.line());
        check_end(source)?;
        let document = Document {
            vault,
            head,
            head_raw,
            head_signature,
            slots,
            scopes_at,
            scopes_line,
        };
        document.check_tables()?;
        Ok(document)
    }

    /// Where the scopes begin, for a walk over them.
    pub fn first_scope(&self) -> (u64, usize) {
        (self.scopes_at, self.scopes_line)
    }

    /// What must be unique and what must exist.
    fn check_tables(&self) -> Result<(), Error> {
        let (head, slots) = (&self.head, &self.slots);
        let ids: BTreeSet<_> = slots.iter().map(|slot| slot.entry.id).collect();
        let labels: BTreeSet<_> = slots.iter().map(|slot| slot.entry.label.as_str()).collect();
        if ids.len() != slots.len() || labels.len() != slots.len() {
            return integrity("two slots have the same id or label");
        }
        let scopes: BTreeSet<_> = head.scopes.iter().map(|scope| scope.id).collect();
        let places: BTreeSet<_> = head.scopes.iter().map(|s| (&s.env, &s.prefix)).collect();
        if scopes.len() != head.scopes.len() || places.len() != head.scopes.len() {
            return integrity("two scopes have the same id or place");
        }
        Ok(())
    }

    /// What can be said of the tables once the head's signature holds.
    ///
    /// # Errors
    /// A writer that is no slot, a role without its root key, an extension
    /// that needs a newer program or has the wrong form.
    pub fn check_meaning(&self) -> Result<(), Error> {
        let (head, slots) = (&self.head, &self.slots);
        let ids: BTreeSet<_> = slots.iter().map(|slot| slot.entry.id).collect();
        for scope in &head.scopes {
            if !scope.writers.iter().all(|writer| ids.contains(writer)) {
                return integrity(format!(
                    "a writer of {} is no slot of this vault",
                    scope.title()
                ));
            }
        }
        for slot in slots {
            if (slot.entry.role == Role::Admin) != slot.keys.root_key.is_some() {
                let label = &slot.entry.label;
                return integrity(format!(
                    "the slot \"{label}\" has a role without its root key"
                ));
            }
        }
        for slot in slots {
            let x = &slot.entry.x;
            let local = x.text("audit").is_none_or(|audit| audit == "local");
            if !x.has_form(&["nbf", "once"], &["audit"]) || !local {
                let label = &slot.entry.label;
                return integrity(format!("an extension of slot \"{label}\" is malformed"));
            }
        }
        let archive = head
            .x
            .text("arc")
            .map(|text| BASE64_NOPAD.decode(text.as_bytes()));
        let sealed = archive.is_none_or(|arc| arc.is_ok_and(|bytes| bytes.len() >= 28));
        if !head.x.has_form(&[], &["arc", "label", "sync"]) || !sealed {
            return integrity("an extension of the head is malformed");
        }
        let extensions = slots
            .iter()
            .map(|slot| &slot.entry.x)
            .chain(head.scopes.iter().map(|scope| &scope.x))
            .chain([&head.x]);
        for x in extensions {
            if x.has_unknown_critical() {
                return Err(Error::NewerVersion);
            }
        }
        Ok(())
    }
}

impl ScopeText {
    /// Reads the scope at an offset and skips over its lines.
    ///
    /// # Errors
    /// Grammar, bounds, and lengths that do not fit the file.
    /// `line` is the number of lines before it, where that is known.
    pub fn read(source: &dyn ReadAt, offset: u64, line: Option<usize>) -> Result<Self, Error> {
        let mut lines = Lines::new(source, offset, line);
        let id = lines.framed("{\"id\":", ",")?;
        let id = {
            let mut c = Cursor::new(&id, lines.line());
            let id = ScopeId(c.bytes("a scope's id")?);
            c.end()?;
            id
        };
        let seal_raw = lines.framed("\"seal\":", ",")?;
        let seal = Seal::parse(&seal_raw, lines.line())?;
        let signature = lines.framed("\"ssig\":", ",")?;
        let signature = parse_signature(&signature, lines.line())?;
        lines.literal("\"pages\":[")?;
        let pages_at = lines.offset();
        lines.skip(seal.pages_len)?;
        lines.literal("0],")?;
        lines.literal("\"rec\":[")?;
        let records_at = lines.offset();
        lines.skip(seal.records_len)?;
        lines.literal("0]},")?;
        let end = lines.offset();
        Ok(ScopeText {
            id,
            seal,
            seal_raw,
            signature,
            pages_at,
            records_at,
            end,
            start: offset,
        })
    }

    /// Reads the page table and checks it against the seal's hash and lengths.
    ///
    /// # Errors
    /// A sentence without the scope's name; the caller adds it.
    pub fn pages(&self, source: &dyn ReadAt) -> Result<Vec<Page>, &'static str> {
        let most = MAX_PAGE_LINE_BYTES << MAX_PAGE_BITS;
        if self.seal.pages_len > most {
            return Err("the page table is too long");
        }
        let raw = self.bytes(source, self.pages_at, self.seal.pages_len)?;
        if crate::crypto::hash("pages", &[&raw]) != self.seal.root {
            return Err("the page table was altered");
        }
        let mut pages = Vec::new();
        let mut sum = 0_u64;
        for line in raw.split_inclusive(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let page = Page::parse(line, 0).map_err(|_| "a page line is malformed")?;
            sum = sum.checked_add(page.len).ok_or("page lengths overflow")?;
            pages.push(page);
        }
        if !pages.len().is_power_of_two() || pages.len() > 1 << MAX_PAGE_BITS {
            return Err("the number of pages is no power of two up to 4096");
        }
        if sum != self.seal.records_len {
            return Err("page lengths do not add up");
        }
        Ok(pages)
    }

    /// Reads the record lines of one page and checks their hash.
    ///
    /// # Errors
    /// As [`ScopeText::pages`].
    pub fn page(
        &self,
        source: &dyn ReadAt,
        pages: &[Page],
        index: usize,
    ) -> Result<Vec<u8>, &'static str> {
        let before: u64 = pages.iter().take(index).map(|page| page.len).sum();
        let page = pages.get(index).ok_or("there is no such page")?;
        let raw = self.bytes(source, self.records_at + before, page.len)?;
        let number = (index as u64).to_le_bytes();
        if crate::crypto::hash("page", &[&number, &raw]) != page.hash {
            return Err("a page of records was altered");
        }
        Ok(raw)
    }

    fn bytes(&self, source: &dyn ReadAt, offset: u64, len: u64) -> Result<Vec<u8>, &'static str> {
        // `read` checked that the lengths lie within the file.
        let mut raw = vec![0; usize::try_from(len).map_err(|_| "a length is too large")?];
        source
            .read_at(offset, &mut raw)
            .map_err(|_| "the records cannot be read")?;
        Ok(raw)
    }
}

/// `{"secrets":1,"vault":"<22>",`
fn parse_first(lines: &mut Lines<'_>) -> Result<VaultId, Error> {
    let line = lines.next()?.to_vec();
    let mut c = Cursor::new(&line, 1);
    c.literal("{\"secrets\":")?;
    if !c.sees("1,") {
        c.number()?;
        return Err(Error::NewerVersion);
    }
    c.literal("1,\"vault\":")?;
    let vault = VaultId(c.bytes("a vault's id")?);
    c.literal(",")?;
    c.end()?;
    Ok(vault)
}

fn parse_signature(raw: &[u8], line: usize) -> Result<SignatureBytes, Error> {
    let mut c = Cursor::new(raw, line);
    let signature = SignatureBytes(c.bytes("a signature")?);
    c.end()?;
    Ok(signature)
}

/// Four lines, or the sentinel that ends the table.
fn parse_slot(lines: &mut Lines<'_>) -> Result<Option<Slot>, Error> {
    let first = lines.next()?.to_vec();
    if first == b"0]," {
        return Ok(None);
    }
    let entry_raw = first
        .strip_prefix(b"{\"adm\":")
        .and_then(|raw| raw.strip_suffix(b","));
    let Some(entry_raw) = entry_raw.map(<[u8]>::to_vec) else {
        return Err(Error::Format {
            line: lines.line(),
            expected: "a slot or the end of slots",
        });
    };
    let entry = SlotEntry::parse(&entry_raw, lines.line())?;
    let keys_raw = lines.framed("\"key\":", ",")?;
    let keys = SlotKeys::parse(&keys_raw, lines.line())?;
    let wrap_raw = lines.framed("\"wrap\":", ",")?;
    let wrap = SlotWrap::parse(&wrap_raw, lines.line())?;
    let signature = lines.framed("\"wsig\":", "},")?;
    let wrap_signature = parse_signature(&signature, lines.line())?;
    Ok(Some(Slot {
        entry,
        entry_raw,
        keys,
        keys_raw,
        wrap,
        wrap_raw,
        wrap_signature,
    }))
}

/// The file ends in the sentinel line and its line feed.
fn check_end(source: &dyn ReadAt) -> Result<(), Error> {
    const END: &[u8; 5] = b"\n0]}\n";
    let mut tail = [0; END.len()];
    let at = source.size().saturating_sub(END.len() as u64);
    source.read_at(at, &mut tail)?;
    if &tail == END {
        Ok(())
    } else {
        Err(Error::Format {
            line: 0,
            expected: "the end of the vault: the file is cut off",
        })
    }
}

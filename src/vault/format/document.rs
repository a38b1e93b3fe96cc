//! The file as a whole: head and slots at once, scopes when they are needed.

use super::cursor::Cursor;
use super::head::Head;
use super::lines::Lines;
use super::signature::SignatureBytes;
use super::slot::{Role, Slot, SlotEntry, SlotKeys, SlotWrap};
use crate::order;
use crate::vault::error::integrity;
use crate::vault::id::VaultId;
use crate::vault::{Error, MAX_FILE_BYTES, MAX_SLOTS, ReadAt};
use data_encoding::BASE64_NOPAD;
use std::collections::BTreeSet;

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
        let ids = slots.iter().map(|slot| slot.entry.id);
        let labels = slots.iter().map(|slot| slot.entry.label.as_str());
        if repeats(ids) || repeats(labels) {
            return integrity("two slots have the same id or label");
        }
        let scopes = head.scopes.iter().map(|scope| scope.id);
        let places = head.scopes.iter().map(|s| (&s.env, &s.prefix));
        if repeats(scopes) || repeats(places) {
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
        let ids: BTreeSet<_> = order::set(slots.iter().map(|slot| slot.entry.id));
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
        if !head.x.has_form(&[], &["arc", "label"]) || !sealed {
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

/// Whether an item is there twice.
fn repeats<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut sorted: Vec<T> = items.collect();
    order::sort(&mut sorted);
    sorted.array_windows().any(|[one, next]| one == next)
}

/// `{"secrets":1,"vault":"<22>",`
fn parse_first(lines: &mut Lines<'_>) -> Result<VaultId, Error> {
    let mut c = Cursor::new(lines.next()?, 1);
    c.literal("{\"secrets\":")?;
    if c.number()? != 1 {
        return Err(Error::NewerVersion);
    }
    c.literal(",\"vault\":")?;
    let vault = VaultId(c.bytes("a vault's id")?);
    c.literal(",")?;
    c.end()?;
    Ok(vault)
}

pub(super) fn parse_signature(raw: &[u8], line: usize) -> Result<SignatureBytes, Error> {
    let mut c = Cursor::new(raw, line);
    let signature = SignatureBytes(c.bytes("a signature")?);
    c.end()?;
    Ok(signature)
}

/// Four lines, or the sentinel that ends the table.
fn parse_slot(lines: &mut Lines<'_>) -> Result<Option<Slot>, Error> {
    let first = lines.next()?;
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
        Err(Error::LastLine)
    }
}

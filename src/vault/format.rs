//! The line grammar: from bytes to fields and back, without any key.

mod base64;
mod cursor;
mod document;
mod extras;
mod find;
mod head;
mod json;
mod lines;
mod page_table;
mod rollback;
mod scope;
mod scope_text;
mod signature;
mod slot;

pub use cursor::{Cursor, line_len};
pub use document::Document;
pub use extras::{Extra, Extras};
use find::find;
pub use head::{AuditPolicy, Head, Policy, ScopeEntry};
pub use json::{JsonCursor, write_number, write_string};
pub use page_table::Place;
pub use rollback::RollbackPolicy;
pub use scope::{Anchor, Page, RecordLine, Seal, Sealer};
pub use scope_text::{ALTERED_PAGE, PageError, ScopeError, ScopeText, is_page};
pub use signature::SignatureBytes;
pub use slot::{Role, Slot, SlotEntry, SlotKeys, SlotWrap, is_label};

/// A cursor over a piece of JSON inside a seal, for its extension map.
pub fn cursor(text: &str) -> Cursor<'_> {
    Cursor::new(text.as_bytes(), 0)
}

//! CSV: rows below a header that says what is in them.

use csv_core::{ReadFieldResult, Reader};
use zeroize::Zeroizing;

use super::items::{Column, Item};
use crate::exchange::{Error, Reading};
use crate::secret::SecretValue;

/// Reads a whole text. Every row has as many fields as the header.
///
/// # Errors
/// No column of names or of values, a row of another length, a quote that
/// stays open: what follows it would be one value.
pub(super) fn read(text: &str) -> Result<Reading, Error> {
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        return Err(Error::Shape("it is no CSV: a quote is not closed"));
    }
    let mut rows = Rows {
        reader: Reader::new(),
        rest: text.as_bytes(),
        // No field is longer than the text, so the buffer never moves.
        field: Zeroizing::new(vec![0; text.len()]),
        ended: false,
    };
    let mut header = Vec::new();
    rows.next(&mut |_, field| {
        let name = std::str::from_utf8(field.expose()).unwrap_or_default();
        header.push(Column::of(name.trim()));
    });
    for wanted in [Column::Name, Column::Value] {
        if !header.contains(&Some(wanted)) {
            return Err(Error::Shape(
                "its first row names no columns \"name\" (or \"key\") and \"value\"",
            ));
        }
    }
    let mut reading = Reading::default();
    loop {
        let (mut item, mut count) = (Item::default(), 0);
        let mut is_blank = true;
        item.line = usize::try_from(rows.reader.line()).unwrap_or(usize::MAX);
        let has_row = rows.next(&mut |at, field| {
            count = at + 1;
            is_blank &= field.is_empty();
            if let Some(Some(column)) = header.get(at) {
                item.take(*column, field);
            }
        });
        if !has_row {
            return Ok(reading);
        }
        if count == 1 && is_blank {
            continue;
        }
        if count != header.len() {
            return Err(Error::Syntax("CSV", item.line));
        }
        item.end(&mut reading);
    }
}

struct Rows<'a> {
    reader: Reader,
    rest: &'a [u8],
    field: Zeroizing<Vec<u8>>,
    ended: bool,
}

impl Rows<'_> {
    /// Hands out the fields of the next row; false when there is none.
    fn next(&mut self, take: &mut dyn FnMut(usize, SecretValue)) -> bool {
        let (mut at, mut len) = (0, 0);
        while !self.ended {
            let room = self.field.get_mut(len..).unwrap_or_default();
            let (result, read, written) = self.reader.read_field(self.rest, room);
            self.rest = self.rest.get(read..).unwrap_or_default();
            len += written;
            match result {
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::OutputFull | ReadFieldResult::End => self.ended = true,
                ReadFieldResult::Field { record_end } => {
                    let field = self.field.get(..len).unwrap_or_default();
                    take(at, SecretValue::copy_from(field));
                    (at, len) = (at + 1, 0);
                    if record_end {
                        return true;
                    }
                }
            }
        }
        false
    }
}

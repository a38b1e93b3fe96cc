//! Events as files: JSON lines, one JSON object, CSV.

use serde_json::{Value, json};

use crate::escape::{escape, escape_json};
use crate::vault::Anchor;

use super::totals::devices;
use super::{Record, Row, SCHEMA_VERSION, Totals};

/// How much is gathered before the sink gets it.
const BUFFER_BYTES: usize = 1 << 16;

/// The columns of the CSV, in their order.
pub const CSV_HEADER: &str = "seq,device,timestamp,event_type,action,verb,user_id,user_email,\
    ip_address,actor_kind,actor_name,path,environment,version,result,error,reason,command,agent,\
    client,request_id";

/// What an export looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180: a header, CRLF after every line, quotes where they are needed.
    ///
    /// For spreadsheets, so it does not give every text back as it was: what a
    /// terminal obeys is escaped, and a field that a spreadsheet would take
    /// for a formula has an apostrophe before it (`'=1+1`).
    Csv,
    /// One object with everything, on one line.
    Json,
    /// An object a line.
    Jsonl,
}

/// An export that is written row by row.
///
/// At no time is more than a part of it in memory. What a terminal obeys is
/// escaped in every format; in JSON, so that every reader gets the text itself.
pub struct Export<'a, E> {
    format: Format,
    sink: &'a mut dyn FnMut(&[u8]) -> Result<(), E>,
    buffer: String,
    totals: Totals,
}

impl<'a, E> Export<'a, E> {
    /// Begins an export; `sink` gets its bytes, some 64 KiB at a time.
    ///
    /// # Errors
    /// Those of `sink`, here and below.
    pub fn new(format: Format, sink: &'a mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut export = Export {
            format,
            sink,
            buffer: String::new(),
            totals: Totals::default(),
        };
        match format {
            Format::Csv => export.write(&format!("{CSV_HEADER}\r\n"))?,
            Format::Json => {
                export.write(&format!(
                    "{{\"schema_version\":{SCHEMA_VERSION},\"events\":["
                ))?;
            }
            Format::Jsonl => {}
        }
        Ok(export)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn row(&mut self, row: &Row) -> Result<(), E> {
        let is_first = self.totals.events == 0;
        self.totals.count(row);
        let record = row.record();
        match self.format {
            Format::Csv => self.write(&csv(&record)),
            Format::Json => {
                self.write(if is_first { "" } else { "," })?;
                self.json(&record.object())
            }
            Format::Jsonl => {
                self.json(&record.object())?;
                self.write("\n")
            }
        }
    }

    /// Ends it. `limited` says that older rows were left out, and `totals`,
    /// which are those of the rows unless given, may count them too.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finish(
        mut self,
        totals: Option<&Totals>,
        others: &[Anchor],
        limited: bool,
    ) -> Result<(), E> {
        if self.format == Format::Json {
            self.write("]")?;
            let totals = totals.unwrap_or(&self.totals).object();
            let (others, limited) = (devices(others), json!(limited));
            for (key, value) in [
                ("totals", totals),
                ("other_devices", others),
                ("limited", limited),
            ] {
                self.write(&format!(",\"{key}\":"))?;
                self.json(&value)?;
            }
            self.write("}\n")?;
        }
        (self.sink)(self.buffer.as_bytes())
    }

    fn json(&mut self, value: &Value) -> Result<(), E> {
        self.write(&escape_json(&value.to_string()))
    }

    fn write(&mut self, text: &str) -> Result<(), E> {
        self.buffer.push_str(text);
        if self.buffer.len() >= BUFFER_BYTES {
            (self.sink)(self.buffer.as_bytes())?;
            self.buffer.clear();
        }
        Ok(())
    }
}

/// A line of the CSV, in the order of [`CSV_HEADER`].
fn csv(record: &Record<'_>) -> String {
    let version = record.version.map(|version| version.to_string());
    let cells = [
        Some(cell(&record.seq.to_string())),
        record.device.as_deref().map(cell),
        Some(cell(&record.timestamp)),
        Some(cell(&record.event_type)),
        Some(cell(record.action)),
        record.verb.map(cell),
        record.user_id.map(cell),
        record.user_email.map(cell),
        record.ip_address.map(cell),
        Some(cell(record.actor_kind)),
        record.actor_name.map(cell),
        record.path.map(cell),
        record.environment.map(cell),
        version.as_deref().map(cell),
        Some(cell(record.result)),
        record.error.map(cell),
        record.reason.map(cell),
        record.command.map(cell),
        record.agent.map(cell),
        record.client.map(cell),
        record.request_id.map(cell),
    ];
    cells.map(Option::unwrap_or_default).join(",") + "\r\n"
}

/// A field of the CSV.
///
/// Spreadsheets run what begins with `=`, `+`, `-`, `@`, a tab or a line end,
/// the full-width signs too (OWASP, "CSV Injection"), some of them behind spaces;
/// some split fields at a
/// semicolon, so that is quoted as well.
fn cell(text: &str) -> String {
    let is_formula = text.trim_start_matches(' ').starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    let guard = if is_formula { "'" } else { "" };
    let plain = format!("{guard}{}", escape(text));
    if plain.contains([',', ';', '"']) || plain.starts_with(' ') || plain.ends_with(' ') {
        format!("\"{}\"", plain.replace('"', "\"\""))
    } else {
        plain
    }
}

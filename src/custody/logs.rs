//! Entries of logs for the verbs that show them.

use super::Journal;
use crate::audit::report::{Entry, Export, Format, Selection, entries};
use crate::audit::{Event, events};
use crate::context::Context;
use crate::failure::{Failure, quoted};
use crate::file::{Forms, Walk};
use crate::order;
use crate::vault::{Anchor, VaultId};
use std::cell::Cell;
use std::io;
use std::path::Path;

/// Greatest log that is collected, in bytes (1 GiB).
const MAX_LOG_BYTES: u64 = 1 << 30;

impl Journal {
    /// The entries, in the order of the file. What is no entry is left out,
    /// and that is said once: only `audit verify` says what it means.
    pub fn entries<'a>(&'a self, ctx: &'a Context) -> impl Iterator<Item = Entry> + 'a {
        entries(readable(ctx, &self.content.log, None))
    }

    /// The entries that are appended from now on.
    pub fn tail(&self) -> Tail<'_> {
        Tail {
            journal: self,
            offset: self.content.log.len() as u64,
            last: self.entries_quietly().last(),
        }
    }

    fn entries_quietly(&self) -> impl Iterator<Item = Entry> + '_ {
        entries(events(&self.content.log).flatten())
    }
}

/// The events of a log; the first line that is none is told.
fn readable<'a>(
    ctx: &'a Context,
    log: &'a [u8],
    collected: Option<String>,
) -> impl Iterator<Item = Event> + 'a {
    let told = Cell::new(false);
    events(log).filter_map(move |event| match event {
        Ok(event) => Some(event),
        Err(bad) => {
            if !told.replace(true) {
                ctx.terminal.warn(&match &collected {
                    Some(file) => format!("{}: {bad}", quoted(file)),
                    None => format!("{bad}; to see what it means: secrets audit verify"),
                });
            }
            None
        }
    })
}

/// The end of a log that grows.
pub struct Tail<'a> {
    journal: &'a Journal,
    offset: u64,
    /// The entry before, which says which chain goes on.
    last: Option<Entry>,
}

impl Tail<'_> {
    /// What was appended since the last call.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn entries(&mut self, ctx: &Context) -> Result<Vec<Entry>, Failure> {
        let Some(log) = &self.journal.log else {
            return Ok(Vec::new());
        };
        let bytes = log.after(self.offset)?;
        self.offset += bytes.len() as u64;
        let before = self.last.clone();
        let fresh = entries(readable(ctx, &bytes, None)).map(|mut entry| {
            if let (None, Some(before)) = (entry.chain, &before) {
                entry.chain = before.chain;
                entry.device = before.device;
            }
            entry
        });
        let fresh: Vec<Entry> = fresh.collect();
        self.last = fresh.last().cloned().or(before);
        Ok(fresh)
    }
}

/// The logs of this vault in a directory where they were collected: every
/// `*.jsonl` in it, and `audit.jsonl` one level below.
///
/// # Errors
/// A directory or a file that cannot be read, no log of this vault.
pub fn collected(
    ctx: &Context,
    directory: &Path,
    vault: &VaultId,
) -> Result<Vec<Vec<Entry>>, Failure> {
    let path = ctx.working_directory.join(directory);
    let found = ctx.files.directory(&path, Walk::Read)?;
    let mut names = found.names()?;
    order::sort(&mut names);
    let mut logs = Vec::new();
    for name in names {
        let one = path.join(&name);
        let file = match Path::new(&name)
            .extension()
            .is_some_and(|ext| ext == "jsonl")
        {
            true => one,
            false => one.join("audit.jsonl"),
        };
        if !ctx.files.status(&file).is_ok_and(|status| status.is_some()) {
            continue;
        }
        let bytes = ctx.files.read(&file, MAX_LOG_BYTES, Forms::Files)?;
        let log: Vec<Entry> =
            entries(readable(ctx, &bytes, Some(file.display().to_string()))).collect();
        let is_ours = |entry: &Entry| {
            let start = entry.event.start.as_ref();
            start.is_some_and(|start| start.vault == *vault)
        };
        match log.iter().any(is_ours) {
            true => logs.push(log),
            false => ctx.terminal.warn(&format!(
                "{} is no log of this vault; it is left out",
                quoted(&file.display().to_string())
            )),
        }
    }
    if logs.is_empty() {
        return Err(Failure::not_found(format!(
            "no log of this vault in {}",
            quoted(&directory.display().to_string())
        )));
    }
    Ok(logs)
}

/// Writes rows to standard output, for other programs.
///
/// # Errors
/// Standard output.
pub fn export(
    ctx: &Context,
    format: Format,
    selection: &Selection,
    others: &[Anchor],
) -> Result<(), Failure> {
    let mut sink = |bytes: &[u8]| ctx.terminal.data(bytes);
    let write = |sink: &mut dyn FnMut(&[u8]) -> io::Result<()>| -> io::Result<()> {
        let mut export = Export::new(format, sink)?;
        for row in selection.rows() {
            export.row(row)?;
        }
        export.finish(Some(selection.totals()), others, selection.is_limited())
    };
    Ok(write(&mut sink)?)
}

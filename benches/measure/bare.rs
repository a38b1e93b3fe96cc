//! What `set` is held against: it writes and flushes, and does nothing else.
//!
//! `bare FILE BYTES LOG ENTRY FLUSHES` replaces FILE by that many bytes as a
//! durable program does (a temporary file, flushed, renamed, its directory
//! flushed), then appends ENTRY bytes to LOG and flushes them until it has
//! flushed as often as it was told. Without arguments it ends at once.
use std::fs::{File, OpenOptions, rename};
use std::io::{Error, Write};
use std::path::Path;

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, bytes, log, entry, flushes] = arguments.as_slice() else {
        return Ok(());
    };
    let count = |text: &str| text.parse::<usize>().map_err(Error::other);
    let temporary = format!("{file}.tmp");
    let mut new = File::create(&temporary)?;
    new.write_all(&vec![b'x'; count(bytes)?])?;
    new.sync_all()?;
    rename(&temporary, file)?;
    if let Some(directory) = Path::new(file).parent() {
        File::open(directory)?.sync_all()?;
    }
    let mut log = OpenOptions::new().create(true).append(true).open(log)?;
    for _ in 2..count(flushes)? {
        log.write_all(&vec![b'x'; count(entry)?])?;
        log.sync_data()?;
    }
    Ok(())
}

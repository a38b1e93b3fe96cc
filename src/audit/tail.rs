//! What was appended to a log since it was read.

use super::error::Error;
use super::log::{LOG, Log, MAX_LOG_BYTES};
use crate::file;

impl Log {
    /// The whole lines of the log from `offset` on. No lock is taken: an
    /// append is one write, and half a line is left for the next call.
    ///
    /// # Errors
    /// `File`.
    pub fn after(&self, offset: u64) -> Result<Vec<u8>, Error> {
        let file = match self.directory.open(LOG) {
            Err(file::Error::NotFound { .. }) => return Ok(Vec::new()),
            other => other?,
        };
        if file.status().size < offset {
            return Err(Error::Broken {
                what: "the log became shorter while it was read".to_owned(),
            });
        }
        let mut bytes = file.read_from(offset, MAX_LOG_BYTES)?;
        let whole = bytes
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        bytes.truncate(whole);
        Ok(bytes)
    }
}

//! `docker run --env-file`: `NAME=value`, a line each, nothing quoted.

use super::{Pair, Refusal, Writing, text};

/// Longest line, in bytes: the buffer of Go's `bufio.Scanner`, by which docker
/// and podman read the file, holds 65,536 with the line feed.
const MAX_LINE_BYTES: usize = 65_534;

/// Writes the lines.
///
/// # Errors
/// Values with line ends, which the format has no way to write, values that
/// are no UTF-8 text, lines that are longer than docker reads.
pub(super) fn write(pairs: &[Pair<'_>]) -> Result<Writing, Vec<Refusal>> {
    let bound = |pair: &Pair<'_>| pair.variable.as_str().len() + pair.value.len() + 2;
    text::written(pairs, bound, |pair, out| {
        let value = text::text(pair)?;
        if value.contains(['\n', '\r']) {
            return Err("holds a line end, which an env-file of docker cannot carry");
        }
        if bound(pair) > MAX_LINE_BYTES {
            return Err("makes a line that is longer than docker reads");
        }
        out.extend_from_slice(pair.variable.as_str().as_bytes());
        out.push(b'=');
        out.extend_from_slice(value.as_bytes());
        out.push(b'\n');
        Ok(())
    })
}

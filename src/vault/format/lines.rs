//! Lines of a file that is read at offsets, never whole unless asked.

use super::cursor::line_len;
use crate::vault::{Error, MAX_LINE_BYTES, ReadAt};

/// How much is read at a time, at least: a scope's first lines fit, and mostly
/// head and slots.
const CHUNK_BYTES: usize = 4096;
/// How much is read behind lines that were skipped: only sentinels are wanted.
const BEHIND_BYTES: usize = 64;

/// Walks over lines from an offset on.
pub struct Lines<'a> {
    source: &'a dyn ReadAt,
    /// Offset of `buffer[0]` in the file.
    base: u64,
    buffer: Vec<u8>,
    at: usize,
    /// Number of the line last read, from 1; `None` once lines were skipped.
    line: Option<usize>,
}

impl<'a> Lines<'a> {
    /// Begins at an offset; `line` lines lie before it, if that is known.
    pub fn new(source: &'a dyn ReadAt, offset: u64, line: Option<usize>) -> Self {
        Lines {
            source,
            base: offset,
            buffer: Vec::new(),
            at: 0,
            line,
        }
    }

    /// Offset of the next line.
    pub fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Number of the line last read, for messages; 0 if unknown.
    pub fn line(&self) -> usize {
        self.line.unwrap_or(0)
    }

    /// The file ends where a line should be.
    fn ended(&self) -> Error {
        match self.source.size() {
            0 => Error::Empty,
            _ => Error::CutOff { line: self.line() },
        }
    }

    /// Reads more of the file behind what is buffered, `least` bytes if it has
    /// so many.
    fn grow(&mut self, least: usize) -> Result<(), Error> {
        let end = self.base + self.buffer.len() as u64;
        let left = usize::try_from(self.source.size().saturating_sub(end)).unwrap_or(usize::MAX);
        if left == 0 {
            return Err(self.ended());
        }
        self.buffer.drain(..self.at);
        self.base += self.at as u64;
        self.at = 0;
        let have = self.buffer.len();
        let more = left.min(least.max(have));
        match have {
            // Zeroes come from the allocator at once; growing writes them one by one.
            0 => self.buffer = vec![0; more],
            _ => self.buffer.resize(have + more, 0),
        }
        match self.buffer.get_mut(have..) {
            Some(room) => Ok(self.source.read_at(end, room)?),
            None => Ok(()),
        }
    }

    /// The next line without its line feed.
    pub fn next(&mut self) -> Result<&[u8], Error> {
        self.line = self.line.map(|line| line + 1);
        let mut searched = 0;
        let len = loop {
            let rest = self.buffer.get(self.at..).unwrap_or(&[]);
            let new = rest.get(searched..).unwrap_or(&[]);
            let found = line_len(new);
            if found < new.len() {
                break searched + found;
            }
            searched = rest.len();
            if searched > MAX_LINE_BYTES {
                return Err(Error::Limit {
                    limit: "2097152 bytes (2 MiB) a line",
                    line: self.line(),
                });
            }
            self.grow(CHUNK_BYTES)?;
        };
        let number = self.line();
        if len > MAX_LINE_BYTES {
            return Err(Error::Limit {
                limit: "2097152 bytes (2 MiB) a line",
                line: number,
            });
        }
        let start = self.at;
        self.at += len + 1;
        let line = self.buffer.get(start..start + len).unwrap_or(&[]);
        let markers: [&[u8]; 3] = [b"<<<<<<<", b"=======", b">>>>>>>"];
        if markers.iter().any(|marker| line.starts_with(marker)) {
            return Err(Error::ConflictMarkers(number));
        }
        if line.ends_with(b"\r") {
            return Err(Error::CarriageReturns { line: number });
        }
        Ok(line)
    }

    /// Takes a line that must be this text.
    pub fn literal(&mut self, text: &'static str) -> Result<(), Error> {
        if self.next()? == text.as_bytes() {
            return Ok(());
        }
        Err(Error::Format {
            line: self.line(),
            expected: text,
        })
    }

    /// Takes a line and cuts what stands before and behind its raw part.
    pub fn framed(&mut self, before: &'static str, behind: &'static str) -> Result<Vec<u8>, Error> {
        let inner = self.next()?.strip_prefix(before.as_bytes());
        let inner = inner.and_then(|inner| inner.strip_suffix(behind.as_bytes()));
        let inner = inner.map(<[u8]>::to_vec);
        inner.ok_or(Error::Format {
            line: self.line(),
            expected: before,
        })
    }

    /// Skips bytes that a signature will vouch for; they end in a line feed.
    pub fn skip(&mut self, bytes: u64) -> Result<(), Error> {
        let damaged = Error::Format {
            line: self.line(),
            expected: "a length within the file",
        };
        let Some(target) = self.offset().checked_add(bytes) else {
            return Err(damaged);
        };
        if target >= self.source.size() || target == 0 {
            return Err(damaged);
        }
        let buffered = target
            .checked_sub(self.base)
            .and_then(|at| usize::try_from(at).ok());
        match buffered.filter(|at| *at > 0 && *at <= self.buffer.len()) {
            Some(at) => self.at = at,
            None => {
                // One read brings the last byte that is skipped, too.
                (self.base, self.at) = (target - 1, 0);
                self.buffer.clear();
                self.grow(BEHIND_BYTES)?;
                self.at = 1;
            }
        }
        if self.buffer.get(self.at - 1) != Some(&b'\n') {
            return Err(damaged);
        }
        if bytes > 0 {
            self.line = None;
        }
        Ok(())
    }
}

//! Takes secrets out of a stream of bytes.
//!
//! A [`Masker`] puts [`MASK`] in the place of every pattern of its [`Patterns`];
//! every other byte passes as it is, text or not. What may be the start of a
//! secret is held back until it is known whether it is one, and nothing else.
//!
//! Which spellings of a value are known stands with [`Patterns`]. Anything else,
//! such as a hash of the value, or base64 that is broken into lines, passes.

mod finder;
mod forms;
mod patterns;

pub use patterns::Patterns;

use zeroize::Zeroizing;

/// What stands in the place of a secret: neither its name nor its length.
pub const MASK: &[u8] = b"***";

/// The state of one stream.
pub struct Masker<'a> {
    patterns: &'a Patterns,
    /// What came and is not passed on yet.
    held: Zeroizing<Vec<u8>>,
    /// How many bytes of `held`, from its start, a mask stands for already.
    covered: usize,
}

impl<'a> Masker<'a> {
    /// The start of a stream.
    pub fn new(patterns: &'a Patterns) -> Self {
        Masker {
            patterns,
            held: Zeroizing::new(Vec::new()),
            covered: 0,
        }
    }

    /// Takes the next bytes of the stream, and appends to `out` what is certain.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        if self.held.is_empty() {
            self.pass(chunk, false, out);
            return;
        }
        let all = joined(&self.held, chunk);
        self.pass(&all, false, out);
    }

    /// Appends what is held back: the stream has ended.
    pub fn flush(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::replace(&mut self.held, Zeroizing::new(Vec::new()));
        self.pass(&held, true, out);
    }

    /// Passes `bytes` on as far as they are certain, and holds the rest.
    fn pass(&mut self, bytes: &[u8], is_last: bool, out: &mut Vec<u8>) {
        // Up to here all is passed on or masked, and from here on a pattern may start.
        let (mut done, mut from) = (self.covered, 0);
        let mut scan = self.patterns.scan(bytes);
        while let Some(start) = scan.next(from) {
            let here = self.patterns.judge(bytes.get(start..).unwrap_or_default());
            if here.is_open && !is_last {
                return self.hold(bytes, done, start, out);
            }
            if let Some(length) = here.longest {
                if start >= done {
                    out.extend_from_slice(bytes.get(done..start).unwrap_or_default());
                    out.extend_from_slice(MASK);
                }
                done = done.max(start + length);
            }
            from = start + 1;
        }
        let open = if is_last {
            None
        } else {
            self.patterns.open_end(bytes, from)
        };
        self.hold(bytes, done, open.unwrap_or(bytes.len()), out);
    }

    /// Passes on what stands before `start`, and holds the rest.
    fn hold(&mut self, bytes: &[u8], done: usize, start: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(bytes.get(done..start).unwrap_or_default());
        self.covered = done.saturating_sub(start);
        self.held = joined(bytes.get(start..).unwrap_or_default(), &[]);
    }
}

/// Both, one behind the other, in a buffer of their length.
fn joined(one: &[u8], other: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut all = Zeroizing::new(Vec::with_capacity(one.len() + other.len()));
    all.extend_from_slice(one);
    all.extend_from_slice(other);
    all
}

#[cfg(test)]
mod tests;

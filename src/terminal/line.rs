//! The line that is being typed at a prompt.

use zeroize::Zeroizing;

/// The control characters that edit, as the terminal has them set.
///
/// A code of 0 is a function that is switched off (`_POSIX_VDISABLE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keys {
    /// Ends the input on an empty line; `^D`.
    pub(super) end: u8,
    /// Takes the last character away, beside `^H` and DEL.
    pub(super) erase: u8,
    /// Takes everything away, beside `^U`.
    pub(super) kill: u8,
}

/// What one byte did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It was added.
    Added,
    /// Enter: the line is whole.
    Complete,
    /// End of input on an empty line.
    End,
    /// So many characters were taken away; maybe none.
    Erased(usize),
    /// The line is over its limit.
    TooLong,
}

/// Bytes typed so far, in one buffer that never moves and is wiped on drop.
pub(super) struct Line {
    bytes: Zeroizing<Vec<u8>>,
    keys: Keys,
    limit: usize,
}

impl Line {
    /// An empty line of at most `limit` bytes.
    pub(super) fn new(keys: Keys, limit: usize) -> Self {
        Line {
            bytes: Zeroizing::new(Vec::with_capacity(limit)),
            keys,
            limit,
        }
    }

    /// The bytes typed so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets everything typed so far.
    pub(super) fn clear(&mut self) {
        // Zeroize clears a vector and keeps its buffer.
        zeroize::Zeroize::zeroize(&mut *self.bytes);
    }

    /// Takes one byte from the terminal.
    pub(super) fn feed(&mut self, byte: u8) -> Step {
        let set = |code: u8| code != 0 && byte == code;
        match byte {
            b'\r' | b'\n' => Step::Complete,
            _ if set(self.keys.end) && self.bytes.is_empty() => Step::End,
            _ if set(self.keys.end) => Step::Erased(0),
            0x08 | 0x7f => Step::Erased(self.erase_char()),
            _ if set(self.keys.erase) => Step::Erased(self.erase_char()),
            0x15 => Step::Erased(self.erase_while(|_| true)),
            _ if set(self.keys.kill) => Step::Erased(self.erase_while(|_| true)),
            0x17 => {
                let spaces = self.erase_while(|byte| byte == b' ');
                Step::Erased(spaces + self.erase_while(|byte| byte != b' '))
            }
            _ if self.bytes.len() >= self.limit => Step::TooLong,
            _ => {
                self.bytes.push(byte);
                Step::Added
            }
        }
    }

    /// Takes characters away while their last byte pleases.
    fn erase_while(&mut self, pleases: impl Fn(u8) -> bool) -> usize {
        let mut count = 0;
        while self.bytes.last().is_some_and(|byte| pleases(*byte)) {
            count += self.erase_char();
        }
        count
    }

    /// Takes one UTF-8 character away, or one byte where it is no UTF-8.
    fn erase_char(&mut self) -> usize {
        let start = self.bytes.utf8_chunks().last().map_or(0, |chunk| {
            match (chunk.invalid(), chunk.valid()) {
                ([], text) => text.chars().next_back().map_or(0, char::len_utf8),
                _ => 1,
            }
        });
        let left = self.bytes.len().saturating_sub(start);
        self.bytes.truncate(left);
        usize::from(start > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: Keys = Keys {
        end: 4,
        erase: 0x7f,
        kill: 0x15,
    };

    /// Feeds everything; the line, and the last step.
    fn typed(keys: Keys, limit: usize, input: &[u8]) -> (Vec<u8>, Step) {
        let mut line = Line::new(keys, limit);
        let mut last = Step::Added;
        for byte in input {
            last = line.feed(*byte);
        }
        (line.bytes().to_vec(), last)
    }

    #[test]
    fn keys_edit_the_line() {
        for (input, line) in [
            (&b"abc\x7f\x08d"[..], &b"ad"[..]),
            (b"\x7f\x7fa", b"a"),
            (b"abc\x15d", b"d"),
            (
                "naïve é\u{7f}\u{7f}\u{7f}\u{7f}".as_bytes(),
                "naï".as_bytes(),
            ),
            ("日本\u{7f}".as_bytes(), "日".as_bytes()),
            (b"a\xff\x7f", b"a"),
            (b"a\xc3\x7f", b"a"),
            (b"a\x80\x80\x7f", b"a\x80"),
            (b"one two  \x17x", b"one x"),
            (b"\x17a", b"a"),
            (b"a\x04b", b"ab"),
            (b"tab\tesc\x1b[D", b"tab\tesc\x1b[D"),
        ] {
            assert_eq!(typed(KEYS, 100, input).0, line, "{input:?}");
        }
    }

    #[test]
    fn enter_completes_and_end_of_input_counts_on_an_empty_line_only() {
        assert_eq!(typed(KEYS, 9, b"a\r"), (b"a".to_vec(), Step::Complete));
        assert_eq!(typed(KEYS, 9, b"\n"), (vec![], Step::Complete));
        assert_eq!(typed(KEYS, 9, b"\x04").1, Step::End);
        assert_eq!(typed(KEYS, 9, b"a\x04").1, Step::Erased(0));
        assert_eq!(typed(KEYS, 9, b"a\x7f\x04").1, Step::End);
    }

    #[test]
    fn keys_the_user_has_set_or_switched_off_are_respected() {
        let keys = Keys {
            end: 0,
            erase: b'#',
            kill: b'@',
        };
        assert_eq!(typed(keys, 9, b"ab#").0, b"a");
        assert_eq!(typed(keys, 9, b"ab@c").0, b"c");
        assert_eq!(typed(keys, 9, b"\0").1, Step::Added);
    }

    #[test]
    fn the_limit_holds_and_the_buffer_never_moves() {
        let mut line = Line::new(KEYS, 5);
        let place = line.bytes.as_ptr();
        for _ in 0..5 {
            assert_eq!(line.feed(b'x'), Step::Added);
        }
        assert_eq!(line.feed(b'x'), Step::TooLong);
        assert_eq!(line.feed(0x7f), Step::Erased(1));
        assert_eq!(line.feed(b'y'), Step::Added);
        line.clear();
        assert!(line.bytes().is_empty());
        assert_eq!(line.feed(b'z'), Step::Added);
        assert_eq!(line.bytes.as_ptr(), place);
    }
}

//! A .env file as python-dotenv 1.2 reads it, without interpolation.
//!
//! Its parser is a row of regular expressions, each matched where the one
//! before ended and none undone, so one pass over the text is the same.

use zeroize::Zeroizing;

use super::Assignment;

/// Everything that is assigned, in order, and where a line could not be read.
#[derive(Default)]
pub(super) struct Reading<'a> {
    pub(super) assignments: Vec<Assignment<'a>>,
    pub(super) errors: Vec<usize>,
}

/// Reads `text`, whose line ends are all `\n`.
pub(super) fn read(text: &str) -> Reading<'_> {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader { text, at };
    let mut reading = Reading::default();
    loop {
        reader.take(is_space);
        if reader.rest().is_empty() {
            return reading;
        }
        let start = reader.at;
        match reader.binding() {
            Some(assignment) => reading.assignments.extend(assignment),
            None => {
                reading.errors.push(start);
                reader.take(|c| c != '\n');
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes over all characters of a kind.
    fn take(&mut self, kind: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !kind(c)).unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or_default()
    }

    /// One line, or several where a quoted value has some: an assignment, or
    /// `Some(None)` for a comment. `None` is an error, behind what was read.
    fn binding(&mut self) -> Option<Option<Assignment<'a>>> {
        if let Some(rest) = self.rest().strip_prefix("export")
            && rest.starts_with(is_blank)
        {
            self.at += "export".len();
            self.take(is_blank);
        }
        let at = self.at;
        let name = match self.peek() {
            Some('#') => None,
            Some('\'') => Some(self.quoted_name()?),
            _ => Some(self.take(|c| !(is_space(c) || matches!(c, '=' | '#')))),
        };
        if name == Some("") {
            return None;
        }
        self.take(is_blank);
        let mut value = None;
        if self.peek() == Some('=') {
            self.at += 1;
            let apart = !self.take(is_blank).is_empty();
            value = Some(match self.peek() {
                Some('#') if apart => Zeroizing::default(),
                _ => self.assigned()?,
            });
        }
        self.take(is_blank);
        if self.peek() == Some('#') {
            self.take(|c| c != '\n');
        }
        match self.peek() {
            None | Some('\n') => Some(name.map(|name| Assignment { at, name, value })),
            Some(_) => None,
        }
    }

    /// `'NAME'`, of one character at least; it may hold line ends.
    fn quoted_name(&mut self) -> Option<&'a str> {
        let inner = self.rest().get(1..)?;
        let len = inner.find('\'').filter(|len| *len > 0)?;
        self.at += len + 2;
        inner.get(..len)
    }

    fn assigned(&mut self) -> Option<Zeroizing<String>> {
        match self.peek() {
            Some('\'') => self.quoted('\'', |c| matches!(c, '\\' | '\'').then_some(c)),
            Some('"') => self.quoted('"', escape),
            _ => {
                let line = self.take(|c| c != '\n');
                let value = comment(line).and_then(|at| line.get(..at)).unwrap_or(line);
                Some(Zeroizing::new(value.trim_end_matches(is_space).to_owned()))
            }
        }
    }

    /// A value between quotes; a backslash keeps the character behind it from
    /// ending it. What `escape` does not know keeps its backslash.
    fn quoted(
        &mut self,
        quote: char,
        escape: fn(char) -> Option<char>,
    ) -> Option<Zeroizing<String>> {
        let inner = self.rest().get(1..)?;
        let mut backslash = false;
        let end = inner.find(|c| {
            let ends = c == quote && !backslash;
            backslash = c == '\\' && !backslash;
            ends
        })?;
        let raw = inner.get(..end)?;
        // Never longer than it is written, so that the buffer never moves.
        let mut value = Zeroizing::new(String::with_capacity(raw.len()));
        let mut chars = raw.chars();
        while let Some(c) = chars.next() {
            let next = (c == '\\').then(|| chars.next()).flatten();
            match (next, next.and_then(escape)) {
                (_, Some(meant)) => value.push(meant),
                (next, None) => {
                    value.push(c);
                    value.extend(next);
                }
            }
        }
        self.at += end + 2;
        Some(value)
    }
}

/// Where a comment begins in a value without quotes: at a `#` behind white space.
fn comment(line: &str) -> Option<usize> {
    let mut before = None;
    for (at, c) in line.char_indices() {
        if c == '#' && before.is_some_and(is_space) {
            return Some(at);
        }
        before = Some(c);
    }
    None
}

/// What a backslash makes of a character between double quotes.
fn escape(c: char) -> Option<char> {
    Some(match c {
        '\\' | '\'' | '"' => c,
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        _ => return None,
    })
}

/// `\s` in Python: white space of Unicode and four separators of ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn is_blank(c: char) -> bool {
    is_space(c) && c != '\n'
}

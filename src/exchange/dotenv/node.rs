//! A .env file as the Node package dotenv 18 reads it.
//!
//! Its parser is one regular expression that is searched for again and again:
//!
//! ```text
//! ^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)
//!   (\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?
//!   \s*(?:#.*)?$
//! ```
//!
//! Here it is matched by hand, in the order in which a backtracking matcher
//! tries: the last quote that can end a value goes before earlier ones, and a
//! value without an end is a line without quotes. No part of the text is gone
//! over more than a few times. The tests hold it to the package itself.

use zeroize::Zeroizing;

use super::Assignment;

/// Everything that is assigned, in order. `text` has no `\r`.
pub(super) fn read(text: &str) -> Vec<Assignment<'_>> {
    let mut found = Vec::new();
    let mut line = Some(0);
    while let Some(at) = line {
        let start = skip(text, at, is_space);
        let Some(first) = from(text, start).chars().next() else {
            break;
        };
        line = match assignment(text, start) {
            Some((assignment, end)) => {
                // A property of that name is no ordinary one in JavaScript.
                found.extend((assignment.name != "__proto__").then_some(assignment));
                line_start(text, end)
            }
            None => line_start(text, start + first.len_utf8()),
        };
    }
    found
}

fn from(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

fn between(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

/// Behind all characters of a kind.
fn skip(text: &str, at: usize, kind: impl Fn(char) -> bool) -> usize {
    let rest = from(text, at);
    at + rest.find(|c| !kind(c)).unwrap_or(rest.len())
}

/// The first place at or behind `at` where `^` matches.
fn line_start(text: &str, at: usize) -> Option<usize> {
    if text.get(..at)?.ends_with(ends_line) {
        return Some(at);
    }
    let end = skip(text, at, |c| !ends_line(c));
    let c = from(text, end).chars().next()?;
    Some(end + c.len_utf8())
}

/// The assignment that begins at `start`, and where the match ends.
fn assignment(text: &str, start: usize) -> Option<(Assignment<'_>, usize)> {
    if let Some(rest) = from(text, start).strip_prefix("export")
        && rest.starts_with(is_space)
    {
        let name = skip(text, start + "export".len(), is_space);
        if let Some(found) = named(text, name) {
            return Some(found);
        }
    }
    named(text, start)
}

/// Name, `=` or `: `, value, comment.
fn named(text: &str, at: usize) -> Option<(Assignment<'_>, usize)> {
    let end = skip(text, at, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
    });
    let name = Some(between(text, at, end)).filter(|name| !name.is_empty())?;
    let value = match from(text, end).strip_prefix(':') {
        Some(rest) => {
            let c = rest.chars().next().filter(|c| is_space(*c))?;
            end + 1 + c.len_utf8()
        }
        None => {
            let equals = skip(text, end, is_space);
            from(text, equals).strip_prefix('=')?;
            equals + 1
        }
    };
    let (value, end) = quoted(text, value).or_else(|| unquoted(text, value))?;
    let value = Some(value);
    Some((Assignment { at, name, value }, end))
}

/// A value between quotes, perhaps on later lines, with nothing but a comment
/// between its end and the line's.
fn quoted(text: &str, at: usize) -> Option<(Zeroizing<String>, usize)> {
    let open = skip(text, at, is_space);
    let quote = from(text, open).chars().next()?;
    if !matches!(quote, '\'' | '"' | '`') {
        return None;
    }
    let start = open + 1;
    let mut ends = Vec::new();
    let mut before = '\0';
    for (at, c) in from(text, start).char_indices() {
        if c == quote {
            ends.push(start + at);
            if before != '\\' {
                break;
            }
        }
        before = c;
    }
    let found = |close: usize| Some((close, tail(text, close + 1)?));
    let (close, end) = ends.into_iter().rev().find_map(found)?;
    let value = copied(between(text, start, close), quote == '"');
    Some((value, end))
}

/// The line up to a `#`; quotes around it are no part of it.
fn unquoted(text: &str, at: usize) -> Option<(Zeroizing<String>, usize)> {
    let end = skip(text, at, |c| !matches!(c, '#' | '\n'));
    let value = between(text, at, end).trim_matches(is_space);
    let mut bare = Zeroizing::new(String::with_capacity(value.len()));
    strip(value, &mut bare);
    Some((copied(&bare, value.starts_with('"')), tail(text, end)?))
}

/// White space and a comment up to the end of a line: the last one that is
/// reached without anything else.
fn tail(text: &str, at: usize) -> Option<usize> {
    let end = skip(text, at, is_space);
    match from(text, end).chars().next() {
        None => Some(end),
        Some('#') => Some(skip(text, end, |c| !ends_line(c))),
        Some(_) => between(text, at, end)
            .rfind(ends_line)
            .map(|last| at + last),
    }
}

/// Takes away the quotes of ``/^(['"`])([\s\S]*)\1$/mg``: from one at the start
/// of a line to the last of its kind at the end of one. There are several
/// lines where U+2028 and U+2029 are in a value.
fn strip(value: &str, out: &mut String) {
    let closes = |quote: char| {
        let ends = |(at, _): &(usize, &str)| {
            let rest = from(value, at + 1);
            rest.is_empty() || rest.starts_with(ends_line)
        };
        let last = value.rmatch_indices(quote).find(ends);
        (quote, last.map_or(0, |(at, _)| at))
    };
    let closes = ['\'', '"', '`'].map(closes);
    let mut done = 0;
    let mut line = Some(0);
    while let Some(at) = line {
        let first = from(value, at).chars().next();
        let close = closes
            .iter()
            .find(|(quote, close)| Some(*quote) == first && *close > at);
        line = match (close, first) {
            (Some((_, close)), _) => {
                out.push_str(between(value, done, at));
                out.push_str(between(value, at + 1, *close));
                done = close + 1;
                line_start(value, done)
            }
            (None, Some(c)) => line_start(value, at + c.len_utf8()),
            (None, None) => None,
        };
    }
    out.push_str(from(value, done));
}

/// A copy, line ends made of `\n` and `\r` where `escapes` says so.
fn copied(raw: &str, escapes: bool) -> Zeroizing<String> {
    let mut value = Zeroizing::new(String::with_capacity(raw.len()));
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let meant = match chars.peek() {
            Some('n') if escapes && c == '\\' => Some('\n'),
            Some('r') if escapes && c == '\\' => Some('\r'),
            _ => None,
        };
        if meant.is_some() {
            chars.next();
        }
        value.push(meant.unwrap_or(c));
    }
    value
}

/// `\s` in JavaScript, and what `trim` takes away.
fn is_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

/// A line terminator of JavaScript; `\r` is none that is left.
fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

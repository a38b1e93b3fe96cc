//! One line of an ignore file.

/// A pattern of gitignore(5).
#[derive(Debug)]
pub(super) struct Pattern {
    line: usize,
    text: Vec<u8>,
    /// The components between slashes; a `**` stands for any number of them.
    components: Vec<Vec<u8>>,
    is_anchored: bool,
    is_negated: bool,
    needs_directory: bool,
}

impl Pattern {
    /// The patterns of a file. Blank lines and comments count as lines.
    pub(super) fn parse_all(bytes: &[u8]) -> Vec<Self> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let lines = bytes.split(|b| *b == b'\n').enumerate();
        lines
            .filter_map(|(index, line)| Self::parse(index + 1, line))
            .collect()
    }

    fn parse(line: usize, text: &[u8]) -> Option<Self> {
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.starts_with(b"#") {
            return None;
        }
        let text = trim_end(text);
        let (is_negated, rest) = text
            .strip_prefix(b"!")
            .map_or((false, text), |rest| (true, rest));
        let (needs_directory, rest) = rest
            .strip_suffix(b"/")
            .map_or((false, rest), |rest| (true, rest));
        // A slash at the start or in the middle ties it to the file's directory.
        let is_anchored = rest.contains(&b'/');
        let rest = rest.strip_prefix(b"/").unwrap_or(rest);
        if rest.is_empty() {
            return None;
        }
        Some(Pattern {
            line,
            text: text.to_vec(),
            components: rest.split(|b| *b == b'/').map(<[u8]>::to_vec).collect(),
            is_anchored,
            is_negated,
            needs_directory,
        })
    }

    /// Whether it ignores what it matches; otherwise it takes it back in.
    pub(super) fn ignores(&self) -> bool {
        !self.is_negated
    }

    /// Its line, from 1.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// The line as it stands in the file.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    /// Whether it matches `path`, the components below the ignore file's directory.
    pub(super) fn matches(&self, path: &[&[u8]], is_directory: bool) -> bool {
        if self.needs_directory && !is_directory {
            return false;
        }
        if self.is_anchored {
            return matches_path(&self.components, path);
        }
        match (self.components.first(), path.last()) {
            (Some(pattern), Some(name)) => matches_name(pattern, name),
            _ => false,
        }
    }
}

/// Takes trailing blanks away, unless a backslash keeps one.
fn trim_end(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = text.strip_suffix(b" ") {
        let backslashes = rest.iter().rev().take_while(|b| **b == b'\\').count();
        if backslashes % 2 == 1 {
            break;
        }
        text = rest;
    }
    text
}

fn matches_path(pattern: &[Vec<u8>], path: &[&[u8]]) -> bool {
    let Some((first, rest)) = pattern.split_first() else {
        return path.is_empty();
    };
    if first.len() > 1 && first.iter().all(|b| *b == b'*') {
        // At the end it stands for everything inside, so for one component at least.
        let least = usize::from(rest.is_empty());
        return (least..=path.len()).any(|skip| {
            matches_path(rest, path.get(skip..).unwrap_or_default()) || rest.is_empty()
        });
    }
    match path.split_first() {
        Some((name, below)) => matches_name(first, name) && matches_path(rest, below),
        None => false,
    }
}

/// `*`, `?`, `[…]` and the backslash, within one component.
fn matches_name(pattern: &[u8], name: &[u8]) -> bool {
    // Where to go on after the last `*`: one more byte belongs to it.
    let (mut pattern, mut name) = (pattern, name);
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        let step = match (pattern.split_first(), name.split_first()) {
            (None, None) => return true,
            (Some((b'*', rest)), _) => {
                star = Some((rest, name));
                pattern = rest;
                continue;
            }
            (Some((b'?', rest)), Some((_, below))) => Some((rest, below)),
            (Some((b'[', rest)), Some((byte, below))) => match class(rest, *byte) {
                Some((true, rest)) => Some((rest, below)),
                _ => None,
            },
            (Some((b'\\', rest)), Some((byte, below))) => rest
                .split_first()
                .filter(|(b, _)| *b == byte)
                .map(|(_, rest)| (rest, below)),
            (Some((b, rest)), Some((byte, below))) if b == byte => Some((rest, below)),
            _ => None,
        };
        match (step, star) {
            (Some((rest, below)), _) => (pattern, name) = (rest, below),
            (None, Some((rest, from))) => {
                let Some((_, below)) = from.split_first() else {
                    return false;
                };
                star = Some((rest, below));
                (pattern, name) = (rest, below);
            }
            (None, None) => return false,
        }
    }
}

/// Whether `byte` is in the class that starts after `[`, and what follows the
/// class. `None` when it is not closed: then nothing matches, as in git.
fn class(pattern: &[u8], byte: u8) -> Option<(bool, &[u8])> {
    let (negated, mut rest) = match pattern.split_first() {
        Some((b'!' | b'^', rest)) => (true, rest),
        _ => (false, pattern),
    };
    let mut found = false;
    let mut first = true;
    loop {
        if let Some((matches, after)) = named_class(rest, byte) {
            found |= matches;
            first = false;
            rest = after;
            continue;
        }
        let (mut low, mut after) = rest.split_first().map(|(b, after)| (*b, after))?;
        if low == b']' && !first {
            return Some((found != negated, after));
        }
        first = false;
        if low == b'\\' {
            (low, after) = after.split_first().map(|(b, after)| (*b, after))?;
        }
        let mut high = low;
        if let Some((b'-', range)) = after.split_first()
            && range.first().is_some_and(|end| *end != b']')
        {
            (high, after) = range.split_first().map(|(b, after)| (*b, after))?;
            if high == b'\\' {
                (high, after) = after.split_first().map(|(b, after)| (*b, after))?;
            }
        }
        found |= (low..=high).contains(&byte);
        rest = after;
    }
}

/// Whether `byte` is in the class `[:name:]` that `pattern` starts with, and
/// what follows it. `None` when no such class is there.
fn named_class(pattern: &[u8], byte: u8) -> Option<(bool, &[u8])> {
    let rest = pattern.strip_prefix(b"[:")?;
    let end = rest.windows(2).position(|pair| pair == b":]")?;
    let after = rest.get(end + 2..)?;
    let matches = match rest.get(..end)? {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"blank" => byte == b' ' || byte == b'\t',
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte == b' ' || byte.is_ascii_graphic(),
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => byte.is_ascii_whitespace() || byte == 0x0B,
        b"upper" => byte.is_ascii_uppercase(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => return None,
    };
    Some((matches, after))
}

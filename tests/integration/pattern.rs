//! Placeholders: what an expected text says where two runs differ.
//!
//! `[TIME]` an instant as `2027-01-31T12:00:00Z` · `[DATE]` `2027-01-31` ·
//! `[HEX]` lower-case hexadecimal digits · `[ID]` letters, digits, `+/_-` ·
//! `[HOST]` the alias of a machine, `warm-turtle-31` ·
//! `[PATH]` an absolute path without white space and quotation marks ·
//! `[VERSION]` `1.2.3` · `[TMP]` the directory of the sandbox.

use std::path::Path;

/// A name and what it stands for.
type Placeholder = (&'static str, fn(&str) -> bool);

const PLACEHOLDERS: [Placeholder; 7] = [
    ("[TIME]", |t| shape(t, "dddd-dd-ddTdd:dd:ddZ")),
    ("[DATE]", |t| shape(t, "dddd-dd-dd")),
    ("[HEX]", |t| {
        !t.is_empty()
            && t.bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }),
    ("[ID]", |t| {
        !t.is_empty()
            && t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+/_-".contains(&b))
    }),
    ("[HOST]", is_alias),
    ("[PATH]", |t| {
        t.starts_with('/') && !t.contains(['"', '\'', ' ', '\n', '\t'])
    }),
    ("[VERSION]", |t| {
        t.split('.').count() == 3
            && t.split('.')
                .all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    }),
];

/// Whether a text has a shape in which `d` is a digit and everything else itself.
fn shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(t, s)| {
            if s == b'd' {
                t.is_ascii_digit()
            } else {
                t == s
            }
        })
}

/// Whether a text is the alias of a machine: two words and a number.
fn is_alias(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, second, number] = parts.as_slice() else {
        return false;
    };
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_word(first) && is_word(second) && is_number
}

/// Whether a text is 16 or 32 bytes in base64: an id or a hash.
fn is_base64(text: &str) -> bool {
    let has = |what: fn(&u8) -> bool| text.bytes().any(|b| what(&b));
    let length = [22, 43].contains(&text.len());
    length && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
}

/// Whether `text` is what `pattern` describes, whole.
pub fn matches(pattern: &str, text: &str) -> bool {
    let next = PLACEHOLDERS
        .iter()
        .filter_map(|p| pattern.find(p.0).map(|at| (at, p)))
        .min_by_key(|(at, _)| *at);
    let Some((at, (name, accepts))) = next else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(&pattern[..at]) else {
        return false;
    };
    let after = &pattern[at + name.len()..];
    // The longest first; no placeholder reaches over the end of a line.
    let line = rest.find('\n').unwrap_or(rest.len());
    (0..=line)
        .rev()
        .filter(|end| rest.is_char_boundary(*end))
        .any(|end| accepts(&rest[..end]) && matches(after, &rest[end..]))
}

/// Bytes as text with the sandbox written as `[TMP]`; bytes that are no UTF-8 become U+FFFD.
pub fn shown(bytes: &[u8], root: &Path) -> String {
    String::from_utf8_lossy(bytes).replace(root.to_str().unwrap(), "[TMP]")
}

/// A new expected line from an actual one: instants, dates, long hexadecimal
/// numbers, ids and aliases become placeholders.
pub fn generalise(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let long_hex = rest
            .bytes()
            .take_while(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
            .count();
        let run = |more: &[u8]| {
            let fits = |b: &u8| b.is_ascii_alphanumeric() || more.contains(b);
            // In the middle of a word nothing begins.
            let inside = out.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
            if inside {
                0
            } else {
                rest.bytes().take_while(fits).count()
            }
        };
        let (base64, word) = (run(b"+/"), run(b"-"));
        let (len, name) = if rest
            .get(..20)
            .is_some_and(|t| shape(t, "dddd-dd-ddTdd:dd:ddZ"))
        {
            (20, "[TIME]")
        } else if rest.get(..10).is_some_and(|t| shape(t, "dddd-dd-dd")) {
            (10, "[DATE]")
        } else if long_hex >= 16 {
            (long_hex, "[HEX]")
        } else if is_base64(&rest[..base64]) {
            (base64, "[ID]")
        } else if is_alias(&rest[..word]) {
            (word, "[HOST]")
        } else {
            let first = rest.chars().next().unwrap();
            out.push(first);
            (first.len_utf8(), "")
        };
        out.push_str(name);
        rest = &rest[len..];
    }
    out
}

/// The lines of two texts beside each other: ` ` same, `-` expected, `+` found.
pub fn diff(expected: &[String], found: &[String]) -> String {
    let same = |i: usize, j: usize| matches(&expected[i], &found[j]);
    let (n, m) = (expected.len(), found.len());
    let mut common = vec![vec![0_usize; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            common[i][j] = if same(i, j) {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, String::new());
    while i < n || j < m {
        let (sign, line) = if i < n && j < m && same(i, j) {
            j += 1;
            (' ', &expected[i])
        } else if j >= m || (i < n && common[i + 1][j] >= common[i][j + 1]) {
            ('-', &expected[i])
        } else {
            j += 1;
            ('+', &found[j - 1])
        };
        if sign != '+' {
            i += 1;
        }
        out.push_str(&format!("{sign} {line}\n"));
    }
    out
}

#[test]
fn placeholders_match_what_they_say_and_nothing_else() {
    assert!(matches("at [TIME]\n", "at 2027-01-31T12:00:00Z\n"));
    assert!(!matches("at [TIME]\n", "at 2027-01-31 12:00:00Z\n"));
    assert!(matches("[ID] [HEX].", "aB+/ 00ff."));
    assert!(!matches("[HEX]", "00FF"));
    assert!(!matches("[HEX]", ""));
    assert!(matches("in \"[PATH]\": [VERSION]", "in \"/tmp/x\": 0.1.0"));
    assert!(!matches("[PATH]", "/a\n/b"));
    assert!(matches("on [HOST].", "on warm-turtle-31."));
    assert!(!matches("[HOST]", "warm-turtle"));
    assert!(!matches("plain", "plain "));
}

#[test]
fn a_new_line_keeps_no_instant_and_no_number_of_this_run() {
    let line = "id 00112233445566778899aabbccddeeff of 2027-01-31T12:00:00Z until 2028-01-31: ünchanged beef";
    assert_eq!(
        generalise(line),
        "id [HEX] of [TIME] until [DATE]: ünchanged beef"
    );
    let line = "chain QN8UIaTCKvZ+OuUwT3/4Zw by warm-turtle-31, not accept-loss, in /a/DB_URL";
    let said = "chain [ID] by [HOST], not accept-loss, in /a/DB_URL";
    assert_eq!(generalise(line), said);
}

#[test]
fn a_diff_shows_both_sides_of_a_difference() {
    let lines = |t: &str| t.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        diff(&lines("a b c"), &lines("a x c")),
        "  a\n- b\n+ x\n  c\n"
    );
}

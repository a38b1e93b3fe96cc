//! Cuts Rust source into words and signs.

/// A word or a sign, and the line it is on.
pub type Token = (usize, String);

/// Text with comments and the inside of literals taken away, line by line the same.
pub fn strip(text: &str) -> String {
    let b: Vec<char> = text.chars().collect();
    let at = |i: usize| b.get(i).copied().unwrap_or('\0');
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    let (mut out, mut i) = (String::new(), 0);
    while i < b.len() {
        let c = b[i];
        let word_before = i > 0 && (b[i - 1].is_alphanumeric() || b[i - 1] == '_');
        let hashes = (i + 1..).take_while(|&j| at(j) == '#').count();
        let end = if c == '/' && at(i + 1) == '/' {
            (i..).find(|&j| j >= b.len() || b[j] == '\n').unwrap()
        } else if c == '/' && at(i + 1) == '*' {
            let (mut depth, mut j) = (1, i + 2);
            while depth > 0 && j < b.len() {
                match (at(j), at(j + 1)) {
                    ('/', '*') => (depth, j) = (depth + 1, j + 2),
                    ('*', '/') => (depth, j) = (depth - 1, j + 2),
                    _ => j += 1,
                }
            }
            j
        } else if c == 'r'
            && at(i + 1 + hashes) == '"'
            && (!word_before || (i > 0 && "bc".contains(b[i - 1])))
        {
            let close = |j: usize| at(j) == '"' && (1..=hashes).all(|k| at(j + k) == '#');
            (i + 2 + hashes..)
                .find(|&j| j >= b.len() || close(j))
                .unwrap()
                + 1
                + hashes
        } else if c == '"' {
            let mut j = i + 1;
            while j < b.len() && b[j] != '"' {
                j += if b[j] == '\\' { 2 } else { 1 };
            }
            j + 1
        } else if c == '\'' && at(i + 1) == '\\' {
            (i + 3..).find(|&j| j >= b.len() || b[j] == '\'').unwrap() + 1
        } else if c == '\'' && at(i + 2) == '\'' {
            i + 3
        } else {
            i
        };
        if end == i {
            out.push(c);
            i += 1;
        } else {
            // One sign is left, so that a macro call keeps an argument.
            out.push(if c == '/' { ' ' } else { '"' });
            out.extend(b[i + 1..end.min(b.len())].iter().map(|&c| blank(c)));
            i = end;
        }
    }
    out
}

/// The words and signs of stripped text; `::` is one.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut line = 1;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        } else if c.is_alphanumeric() || c == '_' {
            let mut word = String::from(c);
            while let Some(&c) = chars.peek().filter(|c| c.is_alphanumeric() || **c == '_') {
                word.push(c);
                chars.next();
            }
            out.push((line, word));
        } else if c == ':' && chars.peek() == Some(&':') {
            chars.next();
            out.push((line, "::".to_owned()));
        } else if !c.is_whitespace() {
            out.push((line, c.to_string()));
        }
    }
    out
}

/// Drops every item under `#[cfg(test)]`, up to its closing brace or semicolon.
pub fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let is = |i: usize, text: &str| tokens.get(i).is_some_and(|t| t.1 == text);
    let (mut out, mut i) = (Vec::new(), 0);
    while i < tokens.len() {
        if !mark.iter().enumerate().all(|(k, m)| is(i + k, m)) {
            out.push(tokens[i].clone());
            i += 1;
            continue;
        }
        let mut depth = 0_i32;
        i += mark.len();
        while i < tokens.len() {
            let text = tokens[i].1.as_str();
            depth += i32::from(["{", "(", "["].contains(&text))
                - i32::from(["}", ")", "]"].contains(&text));
            i += 1;
            if depth == 0 && (text == "}" || text == ";") {
                break;
            }
        }
    }
    out
}

/// How many lines a file has before the module of its tests.
pub fn code_lines(text: &str) -> usize {
    let stripped = strip(text);
    let lines: Vec<&str> = stripped.lines().collect();
    lines
        .iter()
        .zip(lines.iter().skip(1))
        .position(|(mark, item)| mark.trim() == "#[cfg(test)]" && item.starts_with("mod "))
        .unwrap_or(lines.len())
}

/// Whether a token is a name or a number and no sign.
pub fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[test]
fn lines_are_counted_up_to_the_tests() {
    assert_eq!(
        code_lines("a\n#[cfg(test)]\nuse b;\nc\n#[cfg(test)]\nmod tests {\n}\n"),
        4
    );
    assert_eq!(code_lines("a\nb\n"), 2);
}

//! Pages in the man macros of roff, kept to what groff and mandoc agree on.

use crate::failure::wrapped;

/// How wide a line of a page's source is, in columns, before escapes.
const SOURCE_COLUMNS: usize = 76;

/// One page that grows from its title downwards.
pub(super) struct Roff(String);

impl Roff {
    /// A page with its title line. `date` is that of the release.
    pub(super) fn page(name: &str, section: char, date: &str, source: &str, manual: &str) -> Self {
        let title = escape(&name.to_uppercase());
        Roff(format!(
            ".TH {title} {section} \"{date}\" \"{source}\" \"{manual}\"\n"
        ))
    }

    /// Roff that is right already.
    pub(super) fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// A heading.
    pub(super) fn section(&mut self, title: &str) {
        self.0.push_str(&format!(".SH {}\n", escape(title)));
    }

    /// A heading below a heading.
    pub(super) fn subsection(&mut self, title: &str) {
        self.0.push_str(&format!(".SS {}\n", escape(title)));
    }

    /// Paragraphs, parted by blank lines. One whose first line is indented is
    /// shown as it is.
    pub(super) fn paragraphs(&mut self, text: &str) {
        let mut is_first = true;
        for paragraph in text.split("\n\n").filter(|text| !text.trim().is_empty()) {
            if !is_first {
                self.raw(".PP\n");
            }
            is_first = false;
            match paragraph.trim_start_matches('\n').starts_with("  ") {
                true => self.shown(paragraph),
                false => self.prose(paragraph),
            }
        }
    }

    /// Text that is filled, with its flags in bold.
    pub(super) fn prose(&mut self, text: &str) {
        let words: Vec<&str> = text.split_whitespace().collect();
        for line in wrapped(&words.join(" "), SOURCE_COLUMNS) {
            let words: Vec<String> = line.split(' ').map(word).collect();
            let line = words.join(" ");
            // A line that begins like this would be a request.
            let guard = if line.starts_with(['.', '\'']) {
                "\\&"
            } else {
                ""
            };
            self.0.push_str(&format!("{guard}{line}\n"));
        }
    }

    /// Lines that are shown as they are, without what all of them are indented by.
    pub(super) fn shown(&mut self, text: &str) {
        let lines = || text.lines().filter(|line| !line.trim().is_empty());
        let indent = |line: &str| line.len() - line.trim_start().len();
        let shared = lines().map(indent).min().unwrap_or(0);
        self.raw(".EX\n");
        for line in lines() {
            let line = escape(line.get(shared..).unwrap_or_default());
            let guard = if line.starts_with('.') { "\\&" } else { "" };
            self.0.push_str(&format!("{guard}{line}\n"));
        }
        self.raw(".EE\n");
    }

    /// An entry of a list: `tag` is roff.
    pub(super) fn entry(&mut self, tag: &str, text: &str) {
        self.0.push_str(&format!(".TP\n{tag}\n"));
        self.prose(text);
    }

    /// References to other pages, as `name(section)` each.
    pub(super) fn references(&mut self, pages: &[(String, char)]) {
        for (at, (name, section)) in pages.iter().enumerate() {
            let comma = if at + 1 == pages.len() { "" } else { " ," };
            let name = escape(name);
            self.0.push_str(&format!(".BR {name} ({section}){comma}\n"));
        }
    }

    /// The whole page.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Text for roff: what would be markup or become another character is named.
pub(super) fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '`' => out.push_str("\\(ga"),
            '"' => out.push_str("\\(dq"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&format!("\\[u{:04X}]", u32::from(c))),
        }
        out
    })
}

/// In bold.
pub(super) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escape(text))
}

/// In italics: a word in whose place another one stands.
pub(super) fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escape(text))
}

/// A word of prose: a flag is bold.
fn word(text: &str) -> String {
    let core = text.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | '.' | ';' | ':'));
    let name = core.trim_start_matches('-');
    let dashes = core.len() - name.len();
    let is_flag = matches!(dashes, 1 | 2)
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && (dashes == 2 || name.len() == 1);
    match text.split_once(core) {
        Some((before, after)) if is_flag => {
            format!("{}{}{}", escape(before), bold(core), escape(after))
        }
        _ => escape(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(write: impl FnOnce(&mut Roff)) -> String {
        let mut roff = Roff(String::new());
        write(&mut roff);
        roff.finish()
    }

    #[test]
    fn text_cannot_become_markup() {
        let text = page(|roff| roff.prose(".SH it's \\fB a \"x\" ~^` …"));
        assert_eq!(
            text,
            "\\&.SH it\\(aqs \\efB a \\(dqx\\(dq \\(ti\\(ha\\(ga \\[u2026]\n"
        );
        let text = page(|roff| roff.shown("  .a\n    'b'\n"));
        assert_eq!(text, ".EX\n\\&.a\n  \\(aqb\\(aq\n.EE\n");
    }

    #[test]
    fn flags_in_prose_are_bold_and_other_dashes_are_not() {
        let text = page(|roff| roff.prose("(--raw), -n. a-b - -1 --"));
        assert_eq!(
            text,
            "(\\fB\\-\\-raw\\fR), \\fB\\-n\\fR. a\\-b \\- \\-1 \\-\\-\n"
        );
    }

    #[test]
    fn what_is_indented_stays_as_it_is() {
        let text = page(|roff| roff.paragraphs("One\ntwo.\n\n  a  b\n    c\n\nThree."));
        assert_eq!(text, "One two.\n.PP\n.EX\na  b\n  c\n.EE\n.PP\nThree.\n");
    }
}

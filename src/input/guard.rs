//! What is usually a slip when a value is pasted.
//!
//! Only warnings come of it: whoever means it is not kept from it, and no
//! sentence holds the value or a part of it that is not published.

use crate::name::{EnvName, SecretPath};
use crate::secret::SecretValue;

/// Quotation marks that a shell, an `.env` file or a chat leaves around a
/// value: how it begins, how it ends.
const QUOTES: [(char, char); 9] = [
    ('\'', '\''),
    ('"', '"'),
    ('`', '`'),
    ('\u{2018}', '\u{2019}'),
    ('\u{201a}', '\u{2018}'),
    ('\u{201c}', '\u{201d}'),
    ('\u{201e}', '\u{201c}'),
    ('\u{201d}', '\u{201d}'),
    ('\u{ab}', '\u{bb}'),
];

/// What stands where a value has yet to come; compared without case.
const PLACEHOLDERS: [&str; 15] = [
    "change-me",
    "change_me",
    "changeit",
    "changeme",
    "changethis",
    "dummy",
    "fixme",
    "placeholder",
    "replace-me",
    "replace_me",
    "replaceme",
    "tbd",
    "todo",
    "xxx",
    "your-api-key",
];

/// How test keys begin, as those who issue them publish it.
///
/// `sk_ pk_ rk_test_`: Stripe, <https://docs.stripe.com/keys> (Paystack and
/// Clerk issue keys of the same form) · `sk_ pk_sbox_`: Checkout.com,
/// <https://www.checkout.com/docs/developer-resources/api/manage-api-keys> ·
/// `rzp_test_`: Razorpay, <https://razorpay.com/docs/api/authentication> ·
/// `xnd_development_`: Xendit, <https://docs.xendit.co/docs/api-keys> ·
/// `FLW…_TEST-`: Flutterwave,
/// <https://developer.flutterwave.com/docs/authentication>.
const TEST_KEYS: [&str; 9] = [
    "FLWPUBK_TEST-",
    "FLWSECK_TEST-",
    "pk_sbox_",
    "pk_test_",
    "rk_test_",
    "rzp_test_",
    "sk_sbox_",
    "sk_test_",
    "xnd_development_",
];

/// What a terminal puts around what is pasted: ESC `[200~` and ESC `[201~`.
const PASTE_MARKS: [&str; 2] = ["\u{1b}[200~", "\u{1b}[201~"];

/// What is said of a value beside its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Pasted<'a> {
    /// The environment that it goes to.
    pub env: &'a EnvName,
    /// Where it lies there.
    pub path: &'a SecretPath,
    /// Its type.
    pub kind: &'a str,
    /// Whether `--raw` says that every byte is meant.
    pub raw: bool,
}

impl Pasted<'_> {
    /// What looks like a slip: ends of sentences that begin with "the value
    /// of …". Bytes that are no text, and types that are none, are not judged
    /// by their form.
    pub fn slips(&self, value: &SecretValue) -> Vec<String> {
        let Ok(text) = std::str::from_utf8(value.expose()) else {
            return Vec::new();
        };
        let mut slips = Vec::new();
        if self.kind == "text" {
            if !self.raw {
                slips.extend(white_space(text).map(str::to_owned));
            }
            if !self.raw && PASTE_MARKS.iter().any(|mark| text.contains(mark)) {
                slips.push("holds the marks that a terminal puts around what is pasted".to_owned());
            }
            let text = text.trim();
            if is_assignment(text, self.path.name()) {
                slips.push("begins with the secret's own name and \"=\"".to_owned());
            }
            if is_quoted(text) {
                slips.push("is wrapped in quotation marks, which are stored with it".to_owned());
            }
            let bare = text.trim_matches(|c| is_mark(c) || matches!(c, '<' | '>'));
            if PLACEHOLDERS
                .iter()
                .any(|word| word.eq_ignore_ascii_case(bare))
            {
                slips.push("is a placeholder".to_owned());
            }
        }
        let bare = text.trim_start().trim_start_matches(is_mark);
        if is_production(self.env)
            && let Some(prefix) = TEST_KEYS.iter().find(|prefix| bare.starts_with(**prefix))
        {
            slips.push(format!("is a test key: it begins with {prefix}"));
        }
        slips
    }
}

/// The environment that the outside world uses, by its name.
fn is_production(env: &EnvName) -> bool {
    env.as_str() == "production" || env.stands_for() == Some("production")
}

/// `NAME=…` and `export NAME=…`, as in a shell or a `.env` file: the secret's
/// own name, or the variable that it becomes.
fn is_assignment(text: &str, name: &str) -> bool {
    let rest = text.strip_prefix("export").unwrap_or(text);
    let text = match rest.starts_with([' ', '\t']) {
        true => rest.trim_start(),
        false => text,
    };
    text.split_once('=').is_some_and(|(variable, _)| {
        let variable = variable.trim_end();
        variable.len() == name.len()
            && variable
                .chars()
                .zip(name.chars())
                .all(|(a, b)| a.eq_ignore_ascii_case(&b) || a == '_' && matches!(b, '-' | '.'))
    })
}

fn is_mark(c: char) -> bool {
    QUOTES.iter().any(|(open, close)| c == *open || c == *close)
}

fn is_quoted(text: &str) -> bool {
    let mut inner = text.chars();
    let ends = inner.next().zip(inner.next_back());
    ends.is_some_and(|ends| QUOTES.contains(&ends))
}

/// White space around a value. A text of several lines ends in a line feed by
/// rights, and one of white space alone is meant.
fn white_space(text: &str) -> Option<&'static str> {
    let lines = text.trim_end_matches(['\n', '\r']);
    let text = if lines.contains('\n') { lines } else { text };
    let (start, end) = (text.trim_start() != text, text.trim_end() != text);
    match (start, end) {
        _ if text.trim().is_empty() => None,
        (true, true) => Some("begins and ends with white space"),
        (true, false) => Some("begins with white space"),
        (false, true) => Some("ends with white space"),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slips(env: &str, kind: &str, raw: bool, value: &str) -> String {
        let env = &EnvName::parse(env).unwrap();
        let value = SecretValue::copy_from(value.as_bytes());
        let path = &SecretPath::parse("web/api-key").unwrap();
        let pasted = Pasted {
            env,
            path,
            kind,
            raw,
        };
        pasted.slips(&value).join("; ")
    }

    #[test]
    fn each_slip_of_a_pasted_value_is_named_and_nothing_else() {
        let said = |value| slips("development", "text", false, value);
        const QUOTED: &str = "is wrapped in quotation marks, which are stored with it";
        for value in [
            "'a'",
            "\"a b\"",
            "`a`",
            "\u{201c}a\u{201d}",
            "\u{2018}a\u{2019}",
            "\u{ab}a\u{bb}",
        ] {
            assert_eq!(said(value), QUOTED, "{value}");
        }
        for value in [
            "changeme",
            "CHANGEME",
            "ChangeMe",
            "change-me",
            "todo",
            "<placeholder>",
        ] {
            assert_eq!(said(value), "is a placeholder", "{value}");
        }
        assert_eq!(said(" a"), "begins with white space");
        assert_eq!(said("a\t"), "ends with white space");
        assert_eq!(said("\u{a0}a "), "begins and ends with white space");
        assert_eq!(said("a\n"), "ends with white space");
        assert_eq!(said("one\ntwo \n"), "ends with white space");
        assert_eq!(said("'changeme'"), format!("{QUOTED}; is a placeholder"));
        for value in [
            "",
            "a",
            "'",
            "\"",
            "a'",
            "'a\"",
            "it's",
            "changeme2",
            "a b",
            " ",
            "\n",
            "one\ntwo\n",
            "one\r\ntwo\r\n",
            "sk_test_4eC39",
            "{\"a\": \"b\"}",
        ] {
            assert_eq!(said(value), "", "{value:?}");
        }
    }

    #[test]
    fn marks_of_a_paste_and_an_assignment_to_the_own_name_are_named() {
        let said = |value| slips("development", "text", false, value);
        const MARKS: &str = "holds the marks that a terminal puts around what is pasted";
        for value in ["\x1b[200~a\x1b[201~", "\x1b[200~a", "a\x1b[201~"] {
            assert_eq!(said(value), MARKS, "{value:?}");
            assert_eq!(slips("development", "text", true, value), "");
        }
        assert_eq!(said("\x1b[2Ja [200~"), "");
        const OWN: &str = "begins with the secret's own name and \"=\"";
        for value in [
            "API_KEY=1",
            "api-key=1",
            "export API_KEY=1",
            "export  api_key = 1",
        ] {
            assert_eq!(said(value), OWN, "{value}");
        }
        for value in [
            "API_KEY",
            "OTHER=1",
            "export OTHER=1",
            "exportAPI_KEY=1",
            "my API_KEY=1",
            "KEY=1",
            "=1",
            "c2VjcmV0=",
        ] {
            assert_eq!(said(value), "", "{value}");
        }
    }

    #[test]
    fn a_test_key_is_named_in_production_alone() {
        for prefix in TEST_KEYS {
            let key = format!("{prefix}4eC39HqLyjWDarjtT1zdp7dc");
            let said = format!("is a test key: it begins with {prefix}");
            assert_eq!(slips("production", "text", false, &key), said);
            assert_eq!(slips("prod", "json", true, &key), said);
            assert_eq!(slips("staging", "text", false, &key), "");
        }
        assert_eq!(slips("production", "text", false, "sk_live_4eC39"), "");
        assert_eq!(slips("production", "text", false, "my sk_test_4eC39"), "");
    }

    #[test]
    fn what_is_no_text_is_not_judged_by_its_form() {
        for kind in ["json", "binary", "cert"] {
            assert_eq!(slips("development", kind, false, "\"changeme\" "), "");
        }
        assert_eq!(slips("development", "text", true, "a\n"), "");
        let bytes = SecretValue::copy_from(b" \xff ");
        let env = &EnvName::parse("production").unwrap();
        let path = &SecretPath::parse("A").unwrap();
        let pasted = Pasted {
            env,
            path,
            kind: "text",
            raw: false,
        };
        assert!(pasted.slips(&bytes).is_empty());
    }
}

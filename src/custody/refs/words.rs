//! The words that a secret goes by in a text.

use crate::config::Settings;
use crate::name::{SecretPath, VarName};
use crate::order;

/// What an address that names its environment begins with.
const REFERENCE: &[u8] = b"secret://";

/// The words of one secret.
pub(super) struct Words {
    path: Vec<u8>,
    words: Vec<Vec<u8>>,
}

impl Words {
    /// Its name, its variable, and the variables that the project's settings
    /// give it.
    pub(super) fn of(path: &SecretPath, project: &Settings) -> Self {
        let prefix = project.run.prefix.as_deref().unwrap_or_default();
        let folder = project.path.clone().unwrap_or_default();
        let mapped = project.run.map.iter().filter(|(_, address)| {
            let meant = address.path(&folder);
            meant.is_ok_and(|meant| meant == *path)
        });
        let mut words = vec![path.name().as_bytes().to_vec()];
        let variables = ["", prefix].map(|prefix| VarName::of(path, prefix).ok());
        let variables = variables
            .iter()
            .flatten()
            .chain(mapped.map(|(name, _)| name));
        words.extend(variables.map(|name| name.as_str().as_bytes().to_vec()));
        order::sort(&mut words);
        words.dedup();
        Words {
            path: path.as_str().as_bytes().to_vec(),
            words,
        }
    }

    /// The lines of a text that hold one of the words, from 1, ascending.
    pub(super) fn lines(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        let mut places: Vec<usize> = self
            .words
            .iter()
            .flat_map(|word| occurrences(text, word))
            .filter(|at| !self.is_another(text, *at))
            .collect();
        order::sort(&mut places);
        let (mut line, mut from) = (1, 0);
        let mut lines: Vec<usize> = Vec::new();
        for at in places {
            let between = text.get(from..at).unwrap_or_default();
            line += between.iter().filter(|byte| **byte == b'\n').count();
            from = at;
            lines.push(line);
        }
        lines.dedup();
        lines.into_iter()
    }

    /// Whether the word at `at` belongs to a `secret://` address of another
    /// secret: the same name in another folder, or the name of an environment.
    fn is_another(&self, text: &[u8], at: usize) -> bool {
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-/:".contains(byte);
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        let begin = at - before.iter().rev().take_while(|byte| part(byte)).count();
        let end = at + after.iter().take_while(|byte| part(byte)).count();
        let token = text.get(begin..end).unwrap_or_default();
        let Some(start) = token.windows(REFERENCE.len()).position(|w| w == REFERENCE) else {
            return false;
        };
        let address = token.get(start + REFERENCE.len()..).unwrap_or_default();
        let Some(slash) = address.iter().position(|byte| *byte == b'/') else {
            return false;
        };
        let path = address.get(slash + 1..).unwrap_or_default();
        let is_own = |path: &[u8]| path == self.path.as_slice();
        // A full stop or a colon may be the sentence's and not the address's.
        let bare = path.trim_ascii_end();
        let bare = bare.strip_suffix(b".").or(bare.strip_suffix(b":"));
        !is_own(path) && !bare.is_some_and(is_own)
    }
}

/// Where a word stands alone: no letter, digit or `_` before or behind it.
fn occurrences<'a>(text: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let in_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let first = word.first().copied();
    let starts = text.iter().enumerate();
    starts
        .filter(move |(_, byte)| Some(**byte) == first)
        .map(|(at, _)| at)
        .filter(move |at| {
            let before = at.checked_sub(1).and_then(|before| text.get(before));
            let behind = text.get(at + word.len());
            text.get(*at..at + word.len()) == Some(word) && !in_word(before) && !in_word(behind)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Kind;

    fn lines(secret: &str, settings: &str, text: &str) -> Vec<usize> {
        let path = SecretPath::parse(secret).unwrap();
        let project = Settings::parse(settings, "config.toml", Kind::Project).unwrap();
        Words::of(&path, &project).lines(text.as_bytes()).collect()
    }

    #[test]
    fn a_name_counts_as_a_whole_word_alone() {
        let text = "KEY\nMY_KEY KEYS KEY2\n$KEY\n${KEY:-x}\nprocess.env.KEY;KEY\nkey\n\nKEY-old\nxKEY\nKEY";
        assert_eq!(lines("infra/KEY", "", text), [1, 3, 4, 5, 8, 10]);
        assert_eq!(lines("KEY", "", ""), [0; 0]);
    }

    #[test]
    fn a_secret_goes_by_its_variables_too() {
        let text = "api-key\nAPI_KEY\nAPP_API_KEY\nOTHER\nAPI-KEY";
        assert_eq!(lines("x/api-key", "", text), [1, 2]);
        let settings = "[run]\nprefix = \"APP_\"\nmap = { OTHER = \"/x/api-key\" }\n";
        assert_eq!(lines("x/api-key", settings, text), [1, 2, 3, 4]);
        assert_eq!(lines("y/api-key", settings, text), [1, 2, 3]);
        assert_eq!(lines("2fa", "", "2fa 2FA"), [1]);
    }

    #[test]
    fn every_form_of_an_address_counts_and_another_secret_does_not() {
        let text = "secret://dev/db/URL\nsecret://prod/db/URL@3\ndev:/db/URL\n${secret:db/URL:x}\n\
                    see secret://dev/db/URL.\nsecret://dev/other/URL\nsecret://URL/db/X\n\
                    secret://dev/db/URL-old";
        assert_eq!(lines("db/URL", "", text), [1, 2, 3, 4, 5]);
    }
}

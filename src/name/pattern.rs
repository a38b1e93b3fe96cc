//! Globs over secrets.

use super::{Error, SecretPath};

/// A glob of `list`, `run --only` and `run --except`.
///
/// `*` and `?` do not cross `/`. Without a `/` it matches a secret's name,
/// with one the whole path in the environment (a leading `/` is allowed).
#[derive(Debug, Clone)]
pub struct Pattern {
    glob: glob::Pattern,
    whole_path: bool,
}

impl Pattern {
    /// Whether the text holds one of `*`, `?` and `[`.
    pub fn is_glob(text: &str) -> bool {
        text.contains(['*', '?', '['])
    }

    /// Reads a pattern; a plain name is a pattern that matches itself.
    ///
    /// # Errors
    /// [`Error::Pattern`], [`Error::Empty`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let whole_path = text.contains('/');
        let glob = text.strip_prefix('/').unwrap_or(text);
        if glob.is_empty() {
            return Err(Error::Empty);
        }
        // `**` would cross folders in the crate; here it is one star.
        let mut plain = String::with_capacity(glob.len());
        for c in glob.chars() {
            if c != '*' || !plain.ends_with('*') {
                plain.push(c);
            }
        }
        let glob = glob::Pattern::new(&plain).map_err(|_| Error::Pattern)?;
        Ok(Pattern { glob, whole_path })
    }

    /// Whether the secret at `path` is meant.
    pub fn matches(&self, path: &SecretPath) -> bool {
        let text = if self.whole_path {
            path.as_str()
        } else {
            path.name()
        };
        self.matches_text(text)
    }

    /// Whether it matches a text as a whole (a branch's name).
    pub fn matches_text(&self, text: &str) -> bool {
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: false,
        };
        self.glob.matches_with(text, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_its_folder() {
        let path = |s| SecretPath::parse(s).unwrap();
        let glob = |s| Pattern::parse(s).unwrap();
        assert!(glob("DB_*").matches(&path("infra/DB_URL")));
        assert!(glob("infra/*").matches(&path("infra/DB_URL")));
        assert!(!glob("infra/*").matches(&path("infra/deep/DB_URL")));
        assert!(glob("/infra/D?_URL").matches(&path("infra/DB_URL")));
        assert!(glob("[A-D]B_URL").matches(&path("DB_URL")));
        assert!(!glob("db_*").matches(&path("DB_URL")));
        assert!(!glob("infra/**").matches(&path("infra/deep/DB_URL")));
        assert!(glob("D**L").matches(&path("DB_URL")));
        assert_eq!(Pattern::parse("a[").err(), Some(Error::Pattern));
    }
}

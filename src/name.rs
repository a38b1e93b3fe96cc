//! Names of things: environments, folders, secrets, addresses, variables.
//!
//! Text is parsed once into a type that can hold nothing else. Everything is
//! ASCII, so a name is safe on a terminal and needs no quoting in a message
//! beyond its own double quotes. The rules are those of `secrets-vault(5)`,
//! RECORDS; what the program refuses to make but the format allows (a leading
//! `-` or `.`) is told apart by [`SecretPath::parse`] and [`Address::parse`].

mod address;
mod environment;
mod pattern;
mod variable;

pub use address::{Address, MAX_VERSION, Version};
pub use environment::EnvName;
pub use pattern::Pattern;
pub use variable::VarName;

use std::rc::Rc;

/// Greatest length of a path or of a folder, in bytes.
pub const MAX_PATH_BYTES: usize = 512;
/// Greatest length of one segment of a path, in bytes.
pub const MAX_SEGMENT_BYTES: usize = 128;

/// Why a name is refused. The text that was given is quoted by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// No name at all, or an empty segment (`a//b`).
    Empty,
    /// An environment's name is `[a-z0-9-]`, 1 to 32 characters.
    Environment,
    /// A segment is `.` or `..`.
    Dots,
    /// A character outside `[A-Za-z0-9_.-]`.
    Character(char),
    /// A new name that begins with `-` or `.`.
    Leading(char),
    /// A pattern that is no glob.
    Pattern,
    /// A segment over [`MAX_SEGMENT_BYTES`].
    SegmentTooLong,
    /// A path over [`MAX_PATH_BYTES`].
    TooLong,
    /// The text after `@` is no version.
    Version,
    /// A variable's name is `[A-Za-z_][A-Za-z0-9_]*`.
    Variable,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Empty => write!(f, "a name or one of its parts is empty"),
            Error::Environment => {
                write!(f, "an environment is 1 to 32 characters of a-z, 0-9 and -")
            }
            Error::Dots => write!(f, "\".\" and \"..\" are no names"),
            Error::Character(c) => write!(
                f,
                "the character \"{}\" is not allowed; a name is made of A-Z a-z 0-9 _ . -",
                c.escape_default()
            ),
            Error::Leading(c) => write!(f, "a name may not begin with \"{c}\""),
            Error::Pattern => write!(f, "a \"[\" is not closed"),
            Error::SegmentTooLong => {
                write!(f, "a name is at most {MAX_SEGMENT_BYTES} characters")
            }
            Error::TooLong => write!(f, "a path is at most {MAX_PATH_BYTES} characters"),
            Error::Version => {
                write!(
                    f,
                    "after \"@\" stands a version number, \"previous\" or \"pending\""
                )
            }
            Error::Variable => {
                write!(
                    f,
                    "a variable is letters, digits and \"_\" and does not begin with a digit"
                )
            }
        }
    }
}

/// Checks one segment by the rule of the format.
fn check_segment(segment: &str) -> Result<(), Error> {
    if segment.is_empty() {
        return Err(Error::Empty);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if let Some(c) = segment.chars().find(|c| !allowed(*c)) {
        return Err(Error::Character(c));
    }
    match segment {
        "." | ".." => Err(Error::Dots),
        _ if segment.len() > MAX_SEGMENT_BYTES => Err(Error::SegmentTooLong),
        _ => Ok(()),
    }
}

/// Checks segments joined by `/`.
fn check_path(path: &str) -> Result<(), Error> {
    path.split('/').try_for_each(check_segment)?;
    if path.len() > MAX_PATH_BYTES {
        Err(Error::TooLong)
    } else {
        Ok(())
    }
}

/// A secret's place within its environment, as the vault stores it:
/// `infra/DB_URL`, without a leading `/`, at most 512 bytes. A clone is the same
/// text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretPath(Rc<str>);

impl SecretPath {
    /// Reads a stored path by the rule of the format.
    ///
    /// # Errors
    /// What [`Error`] lists for segments and lengths.
    pub fn parse(text: &str) -> Result<Self, Error> {
        check_path(text)?;
        Ok(SecretPath(text.into()))
    }

    /// Whether the program would make it: no segment begins with `-` or `.`.
    ///
    /// # Errors
    /// [`Error::Leading`].
    pub fn check_new(&self) -> Result<(), Error> {
        let leading = self.0.split('/').filter_map(|s| s.chars().next());
        match leading.into_iter().find(|c| matches!(c, '-' | '.')) {
            Some(c) => Err(Error::Leading(c)),
            None => Ok(()),
        }
    }

    /// The stored text, `infra/DB_URL`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment, `DB_URL`.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder it lies in.
    pub fn folder(&self) -> FolderPath {
        FolderPath(
            self.0
                .rsplit_once('/')
                .map_or(String::new(), |(folder, _)| folder.to_owned()),
        )
    }
}

impl std::fmt::Display for SecretPath {
    /// `/infra/DB_URL`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{}", self.0)
    }
}

/// A folder within an environment: empty for the root, else `infra/db`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FolderPath(String);

impl FolderPath {
    /// The root folder, `/`.
    pub fn root() -> Self {
        FolderPath::default()
    }

    /// Reads `/`, `/infra`, `infra/` or `infra`.
    ///
    /// # Errors
    /// What [`Error`] lists for segments and lengths.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let inner = text.strip_prefix('/').unwrap_or(text);
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        match inner {
            "" if text == "/" => Ok(FolderPath::root()),
            _ => check_path(inner).map(|()| FolderPath(inner.to_owned())),
        }
    }

    /// The stored text: empty or `infra/db`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of `relative` under this folder.
    ///
    /// # Errors
    /// What [`Error`] lists for segments and lengths.
    pub fn join(&self, relative: &str) -> Result<SecretPath, Error> {
        match self.0.as_str() {
            "" => SecretPath::parse(relative),
            folder => SecretPath::parse(&format!("{folder}/{relative}")),
        }
    }

    /// The folder `inner` below this one.
    ///
    /// # Errors
    /// [`Error::TooLong`].
    pub fn below(&self, inner: &FolderPath) -> Result<FolderPath, Error> {
        match (self.0.as_str(), inner.0.as_str()) {
            ("", inner) => Ok(FolderPath(inner.to_owned())),
            (folder, "") => Ok(FolderPath(folder.to_owned())),
            (_, inner) => self
                .join(inner)
                .map(|path| FolderPath(path.as_str().to_owned())),
        }
    }

    /// Whether this folder lies below another one.
    pub fn is_below(&self, other: &FolderPath) -> bool {
        match (self.0.as_str(), other.0.as_str()) {
            ("", _) => false,
            (_, "") => true,
            (own, other) => own
                .strip_prefix(other)
                .is_some_and(|rest| rest.starts_with('/')),
        }
    }

    /// Whether `path` lies in this folder or anywhere below it.
    pub fn contains(&self, path: &SecretPath) -> bool {
        self.relative(path).is_some()
    }

    /// Whether `path` lies directly in this folder.
    pub fn holds(&self, path: &SecretPath) -> bool {
        self.relative(path).is_some_and(|rest| !rest.contains('/'))
    }

    /// What is left of `path` after this folder: `db/URL`; `None` if it lies elsewhere.
    pub fn relative<'a>(&self, path: &'a SecretPath) -> Option<&'a str> {
        match self.0.as_str() {
            "" => Some(path.as_str()),
            folder => path.as_str().strip_prefix(folder)?.strip_prefix('/'),
        }
    }
}

impl std::fmt::Display for FolderPath {
    /// `/` or `/infra/db`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_the_rule_of_the_format() {
        for good in [
            "A",
            "api-key-stripe",
            "infra/db/URL",
            "-x",
            ".hidden",
            "a..b",
        ] {
            assert!(SecretPath::parse(good).is_ok(), "{good}");
        }
        for (bad, error) in [
            ("", Error::Empty),
            ("/A", Error::Empty),
            ("a//b", Error::Empty),
            ("a/", Error::Empty),
            ("a/../b", Error::Dots),
            ("a b", Error::Character(' ')),
            ("clé", Error::Character('é')),
        ] {
            assert_eq!(SecretPath::parse(bad).err(), Some(error), "{bad}");
        }
        assert!(SecretPath::parse(&"a".repeat(128)).is_ok());
        assert_eq!(
            SecretPath::parse(&"a".repeat(129)).err(),
            Some(Error::SegmentTooLong)
        );
        let long = vec!["abcdefg"; 64].join("/");
        assert_eq!(long.len(), 511);
        assert!(SecretPath::parse(&format!("{long}b")).is_ok());
        assert_eq!(
            SecretPath::parse(&format!("{long}bc")).err(),
            Some(Error::TooLong)
        );
        assert_eq!(
            SecretPath::parse("a/.b").unwrap().check_new(),
            Err(Error::Leading('.'))
        );
    }

    #[test]
    fn folders_hold_and_contain() {
        let infra = FolderPath::parse("/infra/").unwrap();
        let deep = SecretPath::parse("infra/db/URL").unwrap();
        assert!(infra.contains(&deep) && !infra.holds(&deep));
        assert!(deep.folder().holds(&deep));
        assert!(!infra.contains(&SecretPath::parse("infrared/A").unwrap()));
        assert!(FolderPath::root().holds(&SecretPath::parse("A").unwrap()));
        let db = FolderPath::parse("/infra/db").unwrap();
        assert!(db.is_below(&infra) && db.is_below(&FolderPath::root()) && !infra.is_below(&db));
        assert!(!infra.is_below(&infra) && !FolderPath::root().is_below(&FolderPath::root()));
        assert_eq!(infra.to_string(), "/infra");
        assert_eq!(FolderPath::root().to_string(), "/");
        assert!(FolderPath::parse("").is_err() && FolderPath::parse("//").is_err());
    }
}

//! Lower bounds for a vault that a CI job is given (`secrets-vault(5)`, PINS).

use super::format::{Cursor, ScopeEntry};
use super::{LockedVault, Vault};
use crate::name::{EnvName, SecretPath};

/// What `SECRETS_EXPECT` says: `head:7,production:2:41,production/infra:1:3`.
///
/// A machine without memory can still refuse a vault older than the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// The least number of the head.
    pub head: Option<u64>,
    /// Environment, folder (empty, or with a `/` behind it), and the least
    /// epoch and number of the seal.
    pub scopes: Vec<(EnvName, String, u64, u64)>,
}

/// A text that says no bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectError {
    /// It is empty.
    Empty,
    /// A part that is none.
    Part(String),
    /// A part that is there twice.
    Twice(String),
}

impl std::fmt::Display for ExpectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ExpectError::Empty => write!(f, "SECRETS_EXPECT is set but empty"),
            ExpectError::Part(part) => write!(
                f,
                "SECRETS_EXPECT: \"{}\" is neither head:NUMBER nor ENVIRONMENT[/FOLDER]:EPOCH:SEAL",
                part.escape_debug()
            ),
            ExpectError::Twice(part) => {
                write!(
                    f,
                    "SECRETS_EXPECT: \"{}\" is given twice",
                    part.escape_debug()
                )
            }
        }
    }
}

impl std::error::Error for ExpectError {}

impl Expect {
    /// Reads the value of `SECRETS_EXPECT`.
    ///
    /// # Errors
    /// [`ExpectError`].
    pub fn parse(text: &str) -> Result<Self, ExpectError> {
        if text.is_empty() {
            return Err(ExpectError::Empty);
        }
        let mut expect = Expect {
            head: None,
            scopes: Vec::new(),
        };
        for part in text.split(',') {
            let bad = || ExpectError::Part(part.to_owned());
            let twice = |what: &str| ExpectError::Twice(what.to_owned());
            let fields: Vec<&str> = part.split(':').collect();
            match fields.as_slice() {
                ["head", number] => {
                    let number = number_of(number).ok_or_else(bad)?;
                    if expect.head.replace(number).is_some() {
                        return Err(twice("head"));
                    }
                }
                [place, epoch, seal] => {
                    let (env, prefix) = place_of(place).ok_or_else(bad)?;
                    let epoch = number_of(epoch).ok_or_else(bad)?;
                    let seal = number_of(seal).ok_or_else(bad)?;
                    let mut known = expect.scopes.iter();
                    if known.any(|(e, p, _, _)| (e, p) == (&env, &prefix)) {
                        return Err(twice(place));
                    }
                    expect.scopes.push((env, prefix, epoch, seal));
                }
                _ => return Err(bad()),
            }
        }
        Ok(expect)
    }
}

/// What [`Expect::parse`] reads, the head first.
impl std::fmt::Display for Expect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let head = self.head.map(|number| format!("head:{number}"));
        let scopes =
            self.scopes.iter().map(
                |(env, prefix, epoch, seal)| match prefix.strip_suffix('/') {
                    Some(folder) => format!("{env}/{folder}:{epoch}:{seal}"),
                    None => format!("{env}:{epoch}:{seal}"),
                },
            );
        let parts: Vec<String> = head.into_iter().chain(scopes).collect();
        f.write_str(&parts.join(","))
    }
}

fn number_of(text: &str) -> Option<u64> {
    let mut c = Cursor::new(text.as_bytes(), 0);
    let number = c.positive().ok()?;
    c.end().ok().map(|()| number)
}

fn place_of(text: &str) -> Option<(EnvName, String)> {
    let (env, prefix) = match text.split_once('/') {
        Some((env, folder)) => {
            let folder = SecretPath::parse(folder)
                .ok()
                .filter(|path| path.as_str() == folder)?;
            (env, format!("{}/", folder.as_str()))
        }
        None => (text, String::new()),
    };
    let env = EnvName::parse(env)
        .ok()
        .filter(|name| name.as_str() == env)?;
    Some((env, prefix))
}

impl LockedVault {
    /// How far the parts are that were verified, as bounds for a later look.
    pub fn expectation(&self) -> Option<Expect> {
        let seen = self.seen()?;
        let bound = |scope: &ScopeEntry| {
            let (epoch, seal, _) = seen.scopes.get(&scope.id)?;
            Some((scope.env.clone(), scope.prefix.clone(), *epoch, *seal))
        };
        Some(Expect {
            head: Some(seen.head.0),
            scopes: self.doc.head.scopes.iter().filter_map(bound).collect(),
        })
    }
}

impl Vault {
    /// As [`LockedVault::expectation`].
    pub fn expectation(&self) -> Option<Expect> {
        self.locked.expectation()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_have_one_writing() {
        for text in [
            "head:7",
            "production:2:41",
            "head:7,production:2:41,production/infra:1:3,dev/a/b:9:9007199254740991",
            // An environment may be called head: its bound has two numbers.
            "head:1,head:2:3",
        ] {
            assert_eq!(Expect::parse(text).unwrap().to_string(), text);
        }
        let later = Expect::parse("dev:1:1,head:2").unwrap();
        assert_eq!(later.to_string(), "head:2,dev:1:1");
        let folder = Expect::parse("dev/a/b:2:3").unwrap();
        let dev = EnvName::parse("dev").unwrap();
        assert_eq!(folder.scopes, [(dev, "a/b/".to_owned(), 2, 3)]);
    }

    #[test]
    fn what_is_no_bound_is_refused() {
        assert_eq!(Expect::parse(""), Err(ExpectError::Empty));
        for bad in [
            ",",
            "head",
            "head:",
            "head:0",
            "head:07",
            "head:+7",
            "head: 7",
            "dev:1",
            "dev:1:0",
            "dev:0:1",
            "dev:1:1:1",
            "dev:1:1,",
            ",dev:1:1",
            "Dev:1:1",
            "dev/:1:1",
            "dev/a/:1:1",
            "dev//a:1:1",
            "dev/../a:1:1",
            "/a:1:1",
            "head:9007199254740992",
            "dev:1:1 ",
            "\n",
        ] {
            assert!(
                matches!(Expect::parse(bad), Err(ExpectError::Part(_))),
                "{bad:?}"
            );
        }
        for twice in [
            "head:1,head:1",
            "dev:1:1,head:1,dev:2:2",
            "dev/a:1:1,dev/a:1:1",
        ] {
            assert!(
                matches!(Expect::parse(twice), Err(ExpectError::Twice(_))),
                "{twice}"
            );
        }
        let error = Expect::parse("dev\n").unwrap_err().to_string();
        assert!(error.contains("\"dev\\n\" is neither"), "{error}");
    }
}

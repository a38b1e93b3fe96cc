//! Names of environments.

use super::Error;
use std::rc::Rc;

/// The name of an environment: `[a-z0-9-]{1,32}`. Every secret bears it, so a
/// clone is the same text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvName(Rc<str>);

impl EnvName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Error::Environment`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        match text.len() {
            1..=32 if text.bytes().all(allowed) => Ok(EnvName(text.into())),
            _ => Err(Error::Environment),
        }
    }

    /// Whether the program would make it: it does not begin with `-`.
    ///
    /// # Errors
    /// [`Error::Leading`].
    pub fn check_new(&self) -> Result<(), Error> {
        if self.0.starts_with('-') {
            Err(Error::Leading('-'))
        } else {
            Ok(())
        }
    }

    /// The environment that a short name stands for, if this is one.
    pub fn stands_for(&self) -> Option<&'static str> {
        match self.as_str() {
            "dev" => Some("development"),
            "stg" | "stage" => Some("staging"),
            "prod" => Some("production"),
            _ => None,
        }
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Finds what a person means among the `existing` environments.
    ///
    /// That very name wins; else `dev`, `stg`, `stage` and `prod` stand for
    /// `development`, `staging` and `production`. Nothing else is guessed.
    pub fn resolve<'a>(&self, existing: impl Iterator<Item = &'a EnvName>) -> Option<&'a EnvName> {
        let long = self.stands_for().unwrap_or(self.as_str());
        let mut meant = None;
        for name in existing {
            if name == self {
                return Some(name);
            }
            if name.as_str() == long {
                meant = Some(name);
            }
        }
        meant
    }
}

impl std::fmt::Display for EnvName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_stands_for_the_long_one_unless_it_exists() {
        let env = |s| EnvName::parse(s).unwrap();
        let usual = [env("development"), env("staging"), env("production")];
        assert_eq!(env("prod").resolve(usual.iter()), Some(&usual[2]));
        assert_eq!(env("stage").resolve(usual.iter()), Some(&usual[1]));
        assert_eq!(env("produ").resolve(usual.iter()), None);
        let both = [env("production"), env("prod")];
        assert_eq!(env("prod").resolve(both.iter()), Some(&both[1]));
    }
}

//! Addresses: where a secret is, as a person writes it.

use super::{EnvName, Error, FolderPath, SecretPath};
use std::rc::Rc;

/// Greatest version number (2^53 - 1, exact in every JSON reader).
pub const MAX_VERSION: u64 = (1 << 53) - 1;

/// Which version of a secret is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// The highest that is not pending.
    #[default]
    Current,
    /// `@N`.
    Number(u64),
    /// `@pending`, of an unfinished rotation.
    Pending,
    /// `@previous`, the one before the current.
    Previous,
}

impl Version {
    /// Reads what stands after the `@`.
    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "pending" => Ok(Version::Pending),
            "previous" => Ok(Version::Previous),
            _ if text.starts_with('0') || !text.bytes().all(|b| b.is_ascii_digit()) => {
                Err(Error::Version)
            }
            _ => match text.parse() {
                Ok(number) if (1..=MAX_VERSION).contains(&number) => Ok(Version::Number(number)),
                _ => Err(Error::Version),
            },
        }
    }
}

impl std::fmt::Display for Version {
    /// Empty for the current one, else with its `@`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Version::Current => Ok(()),
            Version::Number(number) => write!(f, "@{number}"),
            Version::Pending => write!(f, "@pending"),
            Version::Previous => write!(f, "@previous"),
        }
    }
}

/// `NAME`, `/folder/NAME`, `folder/NAME`, `env:/folder/NAME`, `env:NAME` or
/// `secret://env/folder/NAME`, each with an optional `@VERSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The environment, where the address names one.
    pub env: Option<EnvName>,
    /// The version after the `@`.
    pub version: Version,
    /// From the environment's root rather than below `--path`.
    absolute: bool,
    path: Rc<str>,
}

impl Address {
    /// Reads an address. 512 bytes of path at most.
    ///
    /// # Errors
    /// What [`Error`] lists for names, environments and versions.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (rest, version) = match text.rsplit_once('@') {
            Some((rest, version)) => (rest, Version::parse(version)?),
            None => (text, Version::Current),
        };
        let (env, path) = if let Some(reference) = rest.strip_prefix("secret://") {
            let (env, path) = reference.split_once('/').ok_or(Error::Empty)?;
            return Self::absolute(Some(EnvName::parse(env)?), path, version);
        } else {
            match rest.split_once(':') {
                Some((env, path)) => (Some(EnvName::parse(env)?), path),
                None => (None, rest),
            }
        };
        match path.strip_prefix('/') {
            Some(path) => Self::absolute(env, path, version),
            None => {
                let path = SecretPath::parse(path)?.0;
                Ok(Address {
                    env,
                    version,
                    absolute: false,
                    path,
                })
            }
        }
    }

    fn absolute(env: Option<EnvName>, path: &str, version: Version) -> Result<Self, Error> {
        let path = SecretPath::parse(path)?.0;
        Ok(Address {
            env,
            version,
            absolute: true,
            path,
        })
    }

    /// The path in its environment, with `folder` (`--path`) as the place
    /// where a relative one begins.
    ///
    /// # Errors
    /// [`Error::TooLong`].
    pub fn path(&self, folder: &FolderPath) -> Result<SecretPath, Error> {
        if self.absolute {
            SecretPath::parse(&self.path)
        } else {
            folder.join(&self.path)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<String>, String, Version) {
        let address = Address::parse(text).unwrap();
        let path = address.path(&FolderPath::parse("/f").unwrap()).unwrap();
        (
            address.env.map(|e| e.to_string()),
            path.to_string(),
            address.version,
        )
    }

    #[test]
    fn every_form_of_an_address_is_read() {
        let prod = Some("prod".to_owned());
        assert_eq!(parts("A"), (None, "/f/A".into(), Version::Current));
        assert_eq!(parts("/a/B"), (None, "/a/B".into(), Version::Current));
        assert_eq!(parts("a/B@2"), (None, "/f/a/B".into(), Version::Number(2)));
        assert_eq!(
            parts("prod:/a/B@previous"),
            (prod.clone(), "/a/B".into(), Version::Previous)
        );
        assert_eq!(
            parts("prod:B@pending"),
            (prod.clone(), "/f/B".into(), Version::Pending)
        );
        assert_eq!(
            parts("secret://prod/a/B@7"),
            (prod, "/a/B".into(), Version::Number(7))
        );
    }

    #[test]
    fn a_bad_address_says_what_is_wrong() {
        for (text, error) in [
            ("", Error::Empty),
            ("A@", Error::Version),
            ("A@0", Error::Version),
            ("A@01", Error::Version),
            ("A@+1", Error::Version),
            ("A@9007199254740992", Error::Version),
            ("A@latest", Error::Version),
            ("Prod:A", Error::Environment),
            (":A", Error::Environment),
            ("secret://prod", Error::Empty),
            ("a/../B", Error::Dots),
            ("$(id)", Error::Character('$')),
        ] {
            assert_eq!(Address::parse(text).err(), Some(error), "{text}");
        }
    }
}

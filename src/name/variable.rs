//! Names of environment variables, and how a secret gets one.

use super::{Error, SecretPath};

/// The name of an environment variable: `[A-Za-z_][A-Za-z0-9_]*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VarName(String);

impl VarName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Error::Variable`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let goes_on = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if starts && goes_on {
            Ok(VarName(text.to_owned()))
        } else {
            Err(Error::Variable)
        }
    }

    /// The variable that carries the secret at `path`.
    ///
    /// `-` and `.` become `_`; a name with any capital keeps its case, an
    /// all-lower-case one is written in capitals; `prefix` stands in front.
    ///
    /// # Errors
    /// [`Error::Variable`] when the result begins with a digit.
    pub fn of(path: &SecretPath, prefix: &str) -> Result<Self, Error> {
        let name = path.name().replace(['-', '.'], "_");
        let name = if name.bytes().any(|b| b.is_ascii_uppercase()) {
            name
        } else {
            name.to_ascii_uppercase()
        };
        Self::parse(&format!("{prefix}{name}"))
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for VarName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_names_its_variable() {
        let of = |s, p| VarName::of(&SecretPath::parse(s).unwrap(), p).map(|v| v.0);
        assert_eq!(of("TF_VAR_db_password", "").unwrap(), "TF_VAR_db_password");
        assert_eq!(of("x/api-key-stripe", "").unwrap(), "API_KEY_STRIPE");
        assert_eq!(of("a.b", "APP_").unwrap(), "APP_A_B");
        assert_eq!(of("2fa", "").err(), Some(Error::Variable));
        assert_eq!(of("2fa", "X_").unwrap(), "X_2FA");
    }
}

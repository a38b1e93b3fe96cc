//! Settings and environment variables.
//!
//! The only room that reads the environment, once, into a [`Snapshot`], and the
//! one that knows what the settings files say. It opens no file: [`Settings`],
//! [`parse_head`] and [`parse_gitdir`] are given their content.

mod actor;
mod choice;
mod directories;
mod document;
mod git;
mod preference;
mod rules;
mod settings;
mod snapshot;

pub use actor::{agent, ci, ssh_client, user};
pub use choice::{Choice, ChoiceError, Inputs, Source, choose_environment};
pub use directories::Directories;
pub use git::{parse_gitdir, parse_head};
pub use preference::{Agents, AuditSink, Color};
pub use rules::{Check, Rotation, Target};
pub use settings::{Branch, Kind, RunSettings, Session, Settings, VaultSettings};
pub use snapshot::{Given, Snapshot};

/// Why a settings file or a variable is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A variable that is not UTF-8.
    NotUtf8 {
        /// Its name.
        variable: String,
    },
    /// A variable that must hold an absolute path.
    Relative {
        /// Its name.
        variable: &'static str,
    },
    /// A settings file.
    Setting {
        /// The file, as the caller called it.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        problem: Problem,
    },
    /// A variable with one of a few values that holds another.
    Variable {
        /// Its name.
        variable: &'static str,
        /// What it may hold.
        expected: &'static str,
    },
}

impl Error {
    /// The key that was probably meant, for a hint.
    pub fn similar(&self) -> Option<&str> {
        match self {
            Error::Setting {
                problem: Problem::UnknownKey { similar, .. },
                ..
            } => similar.as_deref(),
            _ => None,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::NotUtf8 { variable } => write!(f, "\"{variable}\" is not UTF-8"),
            Error::Relative { variable } => write!(f, "\"{variable}\" must be an absolute path"),
            Error::Setting {
                path,
                line,
                problem,
            } => write!(f, "\"{path}\" line {line}: {problem}"),
            Error::Variable { variable, expected } => {
                write!(f, "\"{variable}\" must be {expected}")
            }
        }
    }
}

impl std::error::Error for Error {}

/// What is wrong in a settings file. Keys are whole: `run.only`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A key that a project's file must not set: a cloned repository decides
    /// nothing about the safety of the one who cloned it.
    NeverFromProject {
        /// The key.
        key: String,
    },
    /// A key of project settings in the user's file.
    OnlyInProject {
        /// The key.
        key: String,
    },
    /// It is no TOML.
    Syntax {
        /// What the parser says.
        message: String,
    },
    /// No key has that name here.
    UnknownKey {
        /// The key as it was written.
        key: String,
        /// The one that was probably meant.
        similar: Option<String>,
    },
    /// A value of the right type that is refused.
    Value {
        /// The key.
        key: String,
        /// Why.
        reason: String,
    },
    /// A value of another type.
    WrongType {
        /// The key.
        key: String,
        /// The type that it must have, with its article.
        expected: &'static str,
    },
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Problem::NeverFromProject { key } => write!(
                f,
                "\"{key}\" is never taken from a project's file, only from your own settings or \
                 the command line"
            ),
            Problem::OnlyInProject { key } => write!(
                f,
                "\"{key}\" belongs in the project's settings, \".vault/config.toml\""
            ),
            Problem::Syntax { message } => write!(f, "{message}"),
            Problem::UnknownKey { key, .. } => write!(f, "unknown key \"{key}\""),
            Problem::Value { key, reason } => write!(f, "\"{key}\": {reason}"),
            Problem::WrongType { key, expected } => write!(f, "\"{key}\" must be {expected}"),
        }
    }
}

/// The one of `candidates` that `word` is nearly: at most two slips of the
/// finger, and fewer than half of its letters.
fn similar<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let distance = |other: &str| strsim::damerau_levenshtein(&word, other);
    candidates
        .into_iter()
        .map(|other| (distance(other), other))
        .filter(|(slips, other)| *slips <= 2 && slips * 2 < other.chars().count())
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_near_miss_is_suggested() {
        let names = ["development", "production", "dev"];
        assert_eq!(similar("prodcution", names), Some("production"));
        assert_eq!(similar("Production", names), Some("production"));
        assert_eq!(similar("dve", names), Some("dev"));
        assert_eq!(similar("xyz", names), None);
        assert_eq!(similar("dvelpmnt", names), None);
        assert_eq!(similar("", names), None);
        assert_eq!(similar("d", names), None);
    }
}

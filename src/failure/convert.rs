//! From the errors of the rooms below to kinds and hints: the one place where
//! an error gets its exit status.

use super::{Failure, Kind, quoted};
use crate::{
    audit, config, file, generator, name, process, scratch, secret, session, store, terminal, time,
    vault,
};

impl From<vault::Class> for Kind {
    fn from(class: vault::Class) -> Self {
        use vault::Class;
        match class {
            Class::Conflict => Kind::Conflict,
            Class::Denied => Kind::Denied,
            Class::Expired => Kind::Expired,
            Class::Integrity => Kind::Integrity,
            Class::Io => Kind::Io,
            Class::Locked => Kind::Locked,
            Class::NotFound => Kind::NotFound,
            Class::Usage => Kind::Usage,
        }
    }
}

impl From<vault::Error> for Failure {
    fn from(error: vault::Error) -> Self {
        use vault::Error as E;
        let failure = Failure::new(error.class().into(), error.to_string());
        match error {
            E::ConflictMarkers(_) => failure
                .hint("to keep your side: git checkout --ours .vault/vault.json")
                .hint("to take the other side: git checkout --theirs .vault/vault.json"),
            E::Older(vault::Older::Wrap { .. }) => {
                failure.hint("if you put the older file back on purpose: secrets trust")
            }
            E::Older(_) => failure
                .hint("if you switched branch on purpose: --accept-older")
                .hint("for good: secrets trust"),
            E::Occupied(address) => {
                let hint = format!("to make room: secrets rm {address}");
                failure.hint(hint)
            }
            E::OtherAdmin { .. } => {
                failure.hint("if the admin key was changed on purpose: secrets trust")
            }
            E::NewerVersion => failure.hint("install the latest release of secrets"),
            E::SlotTime(_) | E::TokenSlot => {
                failure.hint("ask an admin of the vault for a new one")
            }
            E::PassphraseHandedOut { .. } => failure.hint("to choose one: secrets passwd"),
            E::RightsChanged { .. } => failure.hint("to begin another session: secrets unlock"),
            E::SessionOfOtherSlot { .. } | E::SessionSlot | E::SlotKeyNeeded => {
                failure.hint("to end the session: secrets lock")
            }
            E::SlotChanged { .. } => failure.hint("run the command again"),
            _ => failure,
        }
    }
}

impl From<vault::ExpectError> for Failure {
    fn from(error: vault::ExpectError) -> Self {
        Failure::usage(error.to_string())
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        use store::Class;
        let kind = match error.class() {
            Class::Conflict | Class::Exists => Kind::Conflict,
            Class::Integrity => Kind::Integrity,
            Class::Io => Kind::Io,
            Class::NotFound => Kind::NotFound,
            Class::Usage => Kind::Usage,
        };
        let hints = error.hints();
        hints
            .into_iter()
            .fold(Failure::new(kind, error.to_string()), Failure::hint)
    }
}

impl From<audit::Error> for Failure {
    fn from(error: audit::Error) -> Self {
        use audit::Class;
        let kind = match error.class() {
            Class::Conflict => Kind::Conflict,
            Class::Integrity => Kind::Integrity,
            Class::Io => Kind::Io,
            Class::Locked => Kind::Locked,
            Class::Usage => Kind::Usage,
        };
        match error {
            audit::Error::File(error) => Failure::from(store::Error::File(error)),
            audit::Error::Broken { .. } => Failure::new(kind, error.to_string())
                .hint("to see what is wrong: secrets audit verify")
                .hint("to go on with a log that says so: secrets audit accept-loss --reason WHY"),
            error => Failure::new(kind, error.to_string()),
        }
    }
}

impl From<session::Error> for Failure {
    fn from(error: session::Error) -> Self {
        match error {
            session::Error::File(error) => Failure::from(store::Error::File(error)),
            error => Failure::io(error.to_string()),
        }
    }
}

impl From<scratch::Error> for Failure {
    fn from(error: scratch::Error) -> Self {
        match error {
            scratch::Error::File(error) => Failure::from(store::Error::File(error)),
            scratch::Error::Name { .. } => Failure::usage(error.to_string()),
            scratch::Error::Nowhere { disk: false, .. } => {
                Failure::io(error.to_string()).hint("to put them on a disk: --allow-disk")
            }
            error => Failure::io(error.to_string()),
        }
    }
}

impl From<file::Error> for Failure {
    /// Files that the user names: values, settings, output. What is wrong with
    /// a vault or a credential is judged where those are read.
    fn from(error: file::Error) -> Self {
        use file::Error as E;
        let usage = matches!(error, E::TooLarge { .. } | E::NotRegular { .. });
        let absent = matches!(error, E::NotFound { .. });
        let mut failure = Failure::from(store::Error::File(error));
        if usage {
            failure.kind = Kind::Usage;
        } else if absent {
            failure.kind = Kind::Io;
        }
        failure
    }
}

impl From<config::Error> for Failure {
    fn from(error: config::Error) -> Self {
        let failure = Failure::usage(error.to_string());
        match error.similar() {
            Some(key) => failure.hint(format!("similar key: {}", quoted(key))),
            None => failure,
        }
    }
}

impl From<config::ChoiceError> for Failure {
    fn from(error: config::ChoiceError) -> Self {
        use config::ChoiceError as E;
        let message = error.to_string();
        match error {
            E::NoBranch => {
                Failure::usage(message).hint("say which: -e ENVIRONMENT, or SECRETS_ENV")
            }
            E::NoEnvironment => Failure::not_found(message).hint("secrets env create NAME"),
            E::Unknown { name, similar, .. } => {
                let failure = Failure::not_found(message);
                match similar {
                    Some(env) => failure.hint(format!("similar name: \"{env}\"")),
                    None if name::EnvName::parse(&name).is_err() => failure,
                    None => failure.hint(format!("to make one: secrets env create {name}")),
                }
            }
        }
    }
}

impl From<terminal::PromptError> for Failure {
    fn from(error: terminal::PromptError) -> Self {
        use terminal::PromptError as E;
        let message = error.to_string();
        let kind = match error {
            E::Interrupted(signal) => Kind::Interrupted(u8::try_from(signal).unwrap_or(0)),
            E::Io(_) => Kind::Io,
            E::Eof | E::ManyLines | E::NoTerminal | E::TooLong { .. } => Kind::Usage,
        };
        Failure::new(kind, message)
    }
}

impl From<terminal::InputError> for Failure {
    fn from(error: terminal::InputError) -> Self {
        let kind = match error {
            terminal::InputError::Io(_) => Kind::Io,
            terminal::InputError::TooLong { .. } => Kind::Usage,
        };
        Failure::new(kind, error.to_string())
    }
}

impl From<process::ExecError> for Failure {
    fn from(error: process::ExecError) -> Self {
        use process::ExecError as E;
        let kind = match error {
            E::Failed { .. } => Kind::CannotStart,
            E::NotExecutable { .. } => Kind::NotExecutable,
            E::NotFound { .. } => Kind::CommandNotFound,
        };
        Failure::new(kind, error.to_string())
    }
}

impl From<process::CaptureError> for Failure {
    /// Helper commands print credentials: without them the vault stays locked.
    fn from(error: process::CaptureError) -> Self {
        Failure::locked(error.to_string())
    }
}

impl From<generator::Error> for Failure {
    fn from(error: generator::Error) -> Self {
        Failure::usage(error.to_string())
    }
}

impl From<time::Error> for Failure {
    fn from(error: time::Error) -> Self {
        Failure::usage(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    /// Standard output: everything else has an error of its own.
    fn from(error: std::io::Error) -> Self {
        Failure::io(format!(
            "cannot write to standard output: {}",
            file::cause_text(&error)
        ))
    }
}

impl Failure {
    /// A name of a secret, folder, environment or variable that is none.
    pub fn bad_name(what: &str, text: &str, error: name::Error) -> Self {
        Failure::usage(format!("{} is no {what}: {error}", quoted(text)))
    }

    /// One failure for several problems of a kind, each with its address where
    /// it has one; `many` is the message where there is more than one.
    pub fn several(kind: Kind, problems: Vec<(Option<String>, String)>, many: &str) -> Self {
        let message = match problems.as_slice() {
            [(_, only)] => only.clone(),
            all => format!("{} {many}", all.len()),
        };
        let code = kind.code();
        problems
            .into_iter()
            .fold(Self::new(kind, message), |failure, (address, message)| {
                failure.problem(code, address, message)
            })
    }

    /// A credential whose text is refused; `from` says where it was given.
    pub fn bad_credential(from: &str, error: secret::Error) -> Self {
        let failure = Failure::locked(format!("{from}: {error}"));
        match error {
            secret::Error::Quoted => failure.hint("take the quotation marks away"),
            _ => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_state_says_how_to_go_on() {
        let older = |older| Failure::from(vault::Error::Older(older));
        let head = older(vault::Older::Head { found: 7, seen: 12 });
        assert_eq!((head.kind, head.exit_status()), (Kind::Integrity, 6));
        assert_eq!(
            head.hints,
            [
                "if you switched branch on purpose: --accept-older",
                "for good: secrets trust"
            ]
        );
        // A flag would not help: a wrap is refused whatever is accepted.
        let wrap = older(vault::Older::Wrap {
            label: "owner".to_owned(),
            found: 1,
            seen: 2,
        });
        assert_eq!(wrap.kind, Kind::Integrity);
        assert!(!wrap.hints.concat().contains("--accept-older"));
        let other = Failure::from(vault::Error::OtherAdmin {
            found: "a".to_owned(),
            seen: "b".to_owned(),
        });
        assert_eq!(other.kind, Kind::Integrity);
        assert!(other.hints.concat().ends_with("secrets trust"));
        let expect = Failure::from(vault::ExpectError::Empty);
        assert_eq!(expect.exit_status(), 2);
    }
}

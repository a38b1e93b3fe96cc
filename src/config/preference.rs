//! Settings of a few words that a flag or a variable overrides.

use super::{Error, Settings, Snapshot};

/// What coding agents may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Agents {
    /// As much as a person.
    #[default]
    Full,
    /// `run`, and nothing that shows a value.
    RunOnly,
}

impl Agents {
    /// What a setting or variable may hold, for messages.
    pub(super) const EXPECTED: &str = "\"full\" or \"run-only\"";

    /// Reads `full` or `run-only`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "full" => Some(Agents::Full),
            "run-only" => Some(Agents::RunOnly),
            _ => None,
        }
    }

    /// What holds: `SECRETS_AGENTS`, else the user's setting, else all.
    ///
    /// # Errors
    /// [`Error::Variable`], because a guard with a typo must not be none.
    pub fn decide(snapshot: &Snapshot, user: &Settings) -> Result<Self, Error> {
        let variable = "SECRETS_AGENTS";
        match snapshot.text(variable)? {
            None => Ok(user.agents.unwrap_or_default()),
            Some(text) => Agents::parse(text).ok_or(Error::Variable {
                variable,
                expected: Agents::EXPECTED,
            }),
        }
    }
}

/// Where the entries of the audit log go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditSink {
    /// To a descriptor that the caller opened, as bare lines; 2 is standard error.
    Descriptor(i32),
    /// To this machine's log.
    Local,
}

impl AuditSink {
    /// What `SECRETS_AUDIT` says: `stderr`, `fd:N`, or nothing.
    ///
    /// # Errors
    /// [`Error::Variable`] for anything else: entries must not go astray.
    pub fn decide(snapshot: &Snapshot) -> Result<Self, Error> {
        let variable = "SECRETS_AUDIT";
        let wrong = Error::Variable {
            variable,
            expected: "\"stderr\" or \"fd:N\", N from 2 on",
        };
        match snapshot.text(variable)? {
            None => Ok(AuditSink::Local),
            Some("stderr") => Ok(AuditSink::Descriptor(2)),
            Some(text) => {
                let digits = text.strip_prefix("fd:").filter(|digits| {
                    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
                });
                match digits.and_then(|digits| digits.parse().ok()) {
                    // Values come out of 1, and entries among them would be taken for one.
                    Some(0 | 1) | None => Err(wrong),
                    Some(number) => Ok(AuditSink::Descriptor(number)),
                }
            }
        }
    }
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// Always.
    Always,
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Never.
    Never,
}

impl Color {
    /// What a setting may hold, for messages.
    pub(super) const EXPECTED: &str = "\"auto\", \"always\" or \"never\"";

    /// Reads `always`, `auto` or `never`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "always" => Some(Color::Always),
            "auto" => Some(Color::Auto),
            "never" => Some(Color::Never),
            _ => None,
        }
    }

    /// What holds: the flag, else `NO_COLOR`, else the user's setting.
    pub fn decide(flag: Option<Self>, snapshot: &Snapshot, user: &Settings) -> Self {
        let variable = snapshot.no_color().then_some(Color::Never);
        flag.or(variable).or(user.color).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::super::snapshot::snapshot;
    use super::*;

    fn user(text: &str) -> Settings {
        Settings::parse(text, "config.toml", Kind::User).unwrap()
    }

    #[test]
    fn agents_are_bound_by_the_variable_then_by_the_setting() {
        let (bound, free) = (user("agents = \"run-only\""), user(""));
        let decide = |value, user| Agents::decide(&snapshot(&[("SECRETS_AGENTS", value)]), user);
        assert_eq!(decide("", &bound), Ok(Agents::RunOnly));
        assert_eq!(decide("full", &bound), Ok(Agents::Full));
        assert_eq!(decide("run-only", &free), Ok(Agents::RunOnly));
        assert_eq!(decide("", &free), Ok(Agents::Full));
        assert_eq!(
            decide("runonly", &bound).unwrap_err().to_string(),
            "\"SECRETS_AGENTS\" must be \"full\" or \"run-only\""
        );
    }

    #[test]
    fn entries_go_where_the_variable_says_and_nowhere_by_a_typo() {
        let decide = |value| AuditSink::decide(&snapshot(&[("SECRETS_AUDIT", value)]));
        assert_eq!(decide(""), Ok(AuditSink::Local));
        assert_eq!(decide("stderr"), Ok(AuditSink::Descriptor(2)));
        assert_eq!(decide("fd:3"), Ok(AuditSink::Descriptor(3)));
        for wrong in [
            "stdout",
            "fd:",
            "fd:0",
            "fd:1",
            "fd:-1",
            "fd:+3",
            "fd:99999999999",
            "Stderr",
        ] {
            assert!(decide(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn colour_is_decided_by_flag_variable_and_setting() {
        let (always, none) = (user("color = \"always\""), user(""));
        let (set, unset) = (snapshot(&[("NO_COLOR", "1")]), snapshot(&[]));
        let flag = Some(Color::Auto);
        assert_eq!(Color::decide(flag, &set, &always), Color::Auto);
        assert_eq!(Color::decide(None, &set, &always), Color::Never);
        assert_eq!(Color::decide(None, &unset, &always), Color::Always);
        assert_eq!(Color::decide(None, &unset, &none), Color::Auto);
        for color in ["always", "auto", "never"] {
            assert!(Color::parse(color).is_some());
        }
    }
}

//! Which environment is meant.

use super::{Settings, similar};
use crate::name::EnvName;

/// Everything that may say which environment is meant.
pub struct Inputs<'a> {
    /// `-e`, as it was written.
    pub flag: Option<&'a str>,
    /// `SECRETS_ENV`, as it was written.
    pub variable: Option<&'a str>,
    /// The only environment that the token in use may read.
    pub token: Option<&'a EnvName>,
    /// The branch that git's HEAD names.
    pub head: Option<&'a str>,
    /// The branch that a CI job says it is on (`Snapshot::branch`).
    pub ci_branch: Option<&'a str>,
    /// The project's settings.
    pub project: &'a Settings,
    /// The user's settings.
    pub user: &'a Settings,
    /// The environments of the verified vault, in the order of its head.
    pub existing: &'a [EnvName],
}

/// What decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An address that names it.
    Address,
    /// The project's branch map.
    Branch,
    /// Nothing: it is the vault's first.
    First,
    /// `-e`.
    Flag,
    /// `environment` of the project's settings.
    Project,
    /// The token opens nothing else.
    Token,
    /// `environment` of the user's settings.
    User,
    /// `SECRETS_ENV`.
    Variable,
}

impl Source {
    /// The word of `status --json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Address => "address",
            Source::Branch => "branch",
            Source::First => "first",
            Source::Flag => "flag",
            Source::Project => "project",
            Source::Token => "token",
            Source::User => "user",
            Source::Variable => "variable",
        }
    }
}

impl std::fmt::Display for Source {
    /// What a person calls it: `SECRETS_ENV`, `the branch map`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Source::Address => "the address",
            Source::Branch => "the branch map of the project's settings",
            Source::First => "the first of the vault",
            Source::Flag => "-e",
            Source::Project => "the project's settings",
            Source::Token => "the token",
            Source::User => "your settings",
            Source::Variable => "SECRETS_ENV",
        })
    }
}

/// The environment, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// One of the vault's environments.
    pub env: EnvName,
    /// What decided.
    pub source: Source,
}

/// Why there is no choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChoiceError {
    /// A branch map, and no branch to look up in it (a usage error: say `-e`).
    NoBranch,
    /// The vault has no environment at all.
    NoEnvironment,
    /// The vault has no environment of that name.
    Unknown {
        /// The name, as it was written.
        name: String,
        /// Where it was written.
        source: Source,
        /// Those that there are.
        existing: Vec<EnvName>,
        /// The one that was probably meant; never used in its place.
        similar: Option<EnvName>,
    },
}

impl std::fmt::Display for ChoiceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ChoiceError::NoBranch => write!(
                f,
                "the project maps branches to environments, but no branch is checked out"
            ),
            ChoiceError::NoEnvironment => write!(f, "the vault has no environment"),
            ChoiceError::Unknown {
                name,
                source,
                existing,
                ..
            } => {
                write!(f, "no environment named \"{name}\"")?;
                if *source != Source::Address {
                    write!(f, " (from {source})")?;
                }
                write!(f, "; there are: ")?;
                for (i, env) in existing.iter().enumerate() {
                    write!(f, "{}{env}", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for ChoiceError {}

impl ChoiceError {
    /// A name that no environment has, and the one that was perhaps meant.
    pub fn unknown(name: &str, source: Source, existing: &[EnvName]) -> Self {
        let near = similar(name, existing.iter().map(EnvName::as_str));
        ChoiceError::Unknown {
            name: name.to_owned(),
            source,
            existing: existing.to_vec(),
            similar: existing.iter().find(|e| Some(e.as_str()) == near).cloned(),
        }
    }
}

/// Chooses the environment: `-e` › `SECRETS_ENV` › the token's only one › the
/// branch map › the project's setting › the user's › the vault's first.
///
/// The first that says anything decides, even where the vault has no such
/// environment; a source below it is never a way out. A branch that matches no
/// entry of the map says nothing. `dev`, `stg`, `stage` and `prod` are
/// understood wherever a name is written ([`EnvName::resolve`]).
///
/// # Errors
/// What [`ChoiceError`] lists.
pub fn choose_environment(inputs: &Inputs<'_>) -> Result<Choice, ChoiceError> {
    let (name, source) = if let Some(name) = inputs.flag {
        (name, Source::Flag)
    } else if let Some(name) = inputs.variable {
        (name, Source::Variable)
    } else if let Some(env) = inputs.token {
        (env.as_str(), Source::Token)
    } else if let Some(env) = of_branch(inputs)? {
        (env.as_str(), Source::Branch)
    } else if let Some(env) = &inputs.project.environment {
        (env.as_str(), Source::Project)
    } else if let Some(env) = &inputs.user.environment {
        (env.as_str(), Source::User)
    } else {
        let first = inputs.existing.first().ok_or(ChoiceError::NoEnvironment)?;
        (first.as_str(), Source::First)
    };
    let found = EnvName::parse(name).ok();
    match found
        .as_ref()
        .and_then(|env| env.resolve(inputs.existing.iter()))
    {
        Some(env) => Ok(Choice {
            env: env.clone(),
            source,
        }),
        None => Err(ChoiceError::unknown(name, source, inputs.existing)),
    }
}

/// What the branch map says: the entry of exactly that name, else the longest
/// glob that matches (the first of equals).
fn of_branch<'a>(inputs: &Inputs<'a>) -> Result<Option<&'a EnvName>, ChoiceError> {
    let map = &inputs.project.branches;
    if map.is_empty() {
        return Ok(None);
    }
    let branch = inputs.head.or(inputs.ci_branch);
    let branch = branch.ok_or(ChoiceError::NoBranch)?;
    let exact = map.iter().find(|entry| entry.name == branch);
    let globs = map.iter().rev().filter(|entry| {
        let pattern = entry.pattern.as_ref();
        pattern.is_some_and(|pattern| pattern.matches_text(branch))
    });
    let found = exact.or_else(|| globs.max_by_key(|entry| entry.name.len()));
    Ok(found.map(|entry| &entry.env))
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn env(text: &str) -> EnvName {
        EnvName::parse(text).unwrap()
    }

    fn usual() -> [EnvName; 3] {
        ["development", "staging", "production"].map(env)
    }

    fn project(text: &str) -> Settings {
        Settings::parse(text, "config.toml", Kind::Project).unwrap()
    }

    /// The choice of `inputs` as `name source`.
    fn choose(inputs: &Inputs<'_>) -> String {
        let choice = choose_environment(inputs).unwrap();
        format!("{} {}", choice.env, choice.source.as_str())
    }

    #[test]
    fn each_source_gives_way_to_those_above_it() {
        let existing = ["a", "b", "c", "d", "e", "f", "g"].map(env);
        let with_map = project("environment = \"e\"\n[branches]\nmain = \"d\"");
        let without = project("environment = \"e\"");
        let (empty, token) = (Settings::default(), env("c"));
        let user = Settings::parse("environment = \"f\"", "", Kind::User).unwrap();
        let mut inputs = Inputs {
            flag: Some("a"),
            variable: Some("b"),
            token: Some(&token),
            head: Some("main"),
            ci_branch: None,
            project: &with_map,
            user: &user,
            existing: &existing,
        };
        assert_eq!(choose(&inputs), "a flag");
        inputs.flag = None;
        assert_eq!(choose(&inputs), "b variable");
        inputs.variable = None;
        assert_eq!(choose(&inputs), "c token");
        inputs.token = None;
        assert_eq!(choose(&inputs), "d branch");
        inputs.head = Some("other");
        assert_eq!(choose(&inputs), "e project");
        (inputs.head, inputs.project) = (None, &without);
        assert_eq!(choose(&inputs), "e project");
        inputs.project = &empty;
        assert_eq!(choose(&inputs), "f user");
        inputs.user = &empty;
        assert_eq!(choose(&inputs), "a first");
        inputs.existing = &[];
        assert_eq!(choose_environment(&inputs), Err(ChoiceError::NoEnvironment));
    }

    fn on_branch(
        map: &str,
        head: Option<&str>,
        ci_branch: Option<&str>,
    ) -> Result<String, ChoiceError> {
        let (project, user) = (project(&format!("[branches]\n{map}")), Settings::default());
        let choice = choose_environment(&Inputs {
            flag: None,
            variable: None,
            token: None,
            head,
            ci_branch,
            project: &project,
            user: &user,
            existing: &usual(),
        });
        choice.map(|choice| choice.env.to_string())
    }

    #[test]
    fn a_branch_is_looked_up_by_name_then_by_the_longest_glob() {
        let map = "\"*\" = \"development\"\n\"release/*\" = \"staging\"\n\"release/1*\" = \"prod\"\n\"release/1.0\" = \"dev\"";
        let find = |branch| on_branch(map, Some(branch), None).unwrap();
        assert_eq!(find("main"), "development");
        assert_eq!(find("release/2"), "staging");
        assert_eq!(find("release/1.1"), "production");
        assert_eq!(find("release/1.0"), "development");
        let equal = "\"a*\" = \"staging\"\n\"*a\" = \"production\"";
        assert_eq!(on_branch(equal, Some("aa"), None).unwrap(), "staging");
    }

    #[test]
    fn head_goes_before_the_variables_and_no_branch_is_an_error() {
        let map = "main = \"production\"\ntopic = \"staging\"";
        let find = |head, ci| on_branch(map, head, ci);
        assert_eq!(find(Some("topic"), Some("main")).unwrap(), "staging");
        assert_eq!(find(None, Some("main")).unwrap(), "production");
        assert_eq!(find(Some("x"), Some("main")).unwrap(), "development");
        assert_eq!(find(None, None), Err(ChoiceError::NoBranch));
    }

    #[test]
    fn an_unknown_environment_is_an_error_and_never_another_one() {
        let empty = Settings::default();
        let find = |name| {
            choose_environment(&Inputs {
                flag: Some(name),
                variable: Some("staging"),
                token: None,
                head: None,
                ci_branch: None,
                project: &empty,
                user: &empty,
                existing: &usual(),
            })
        };
        for (name, near) in [
            ("prodcution", Some("production")),
            ("Staging", Some("staging")),
            ("qa", None),
            ("", None),
        ] {
            let Err(ChoiceError::Unknown { similar, .. }) = find(name) else {
                panic!("{name} was found");
            };
            assert_eq!(similar, near.map(env), "{name}");
        }
        assert_eq!(find("prod").map(|c| c.env), Ok(env("production")));
        assert_eq!(
            find("qa").unwrap_err().to_string(),
            "no environment named \"qa\" (from -e); there are: development, staging, production"
        );
    }
}

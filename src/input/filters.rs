//! Which entries of the audit log are asked for.

use crate::audit::Action;
use crate::audit::report::{Actor, Filter, Named, Paths};
use crate::context::Context;
use crate::failure::{Failure, quoted};
use crate::name::{Address, EnvName, Pattern, Version};
use crate::time::{self, Timestamp};

// No doc comment on the struct: clap would take it for the help of the verb.
#[expect(
    missing_docs,
    reason = "a doc comment would replace the verb's own help"
)]
#[derive(clap::Args)]
pub struct Filters {
    /// From this time on: 24h (ago), 2027-01-31, RFC 3339
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,

    /// Before this time
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,

    /// Only these actions: read, write, delete, rotate, access, unlock, note
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub action: Vec<String>,

    /// Only this verb: get, run, set
    #[arg(long, value_name = "VERB")]
    pub verb: Option<String>,

    /// Only what this slot, user or accessor did
    #[arg(long, value_name = "WHO")]
    pub actor: Option<String>,

    /// Only attempts that failed
    #[arg(long)]
    pub failed: bool,

    /// Only the newest N
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

impl Filters {
    /// The filter, with `-e`, `-p` and the secret that is named.
    ///
    /// # Errors
    /// What is no time, action, address or pattern.
    pub fn read(
        &self,
        ctx: &Context,
        target: Option<&str>,
        existing: &[EnvName],
    ) -> Result<Filter, Failure> {
        let now = ctx.clock.now()?;
        let since = past("--since", self.since.as_deref(), now)?;
        let until = past("--until", self.until.as_deref(), now)?;
        if since.zip(until).is_some_and(|(since, until)| since > until) {
            return Err(Failure::usage("--since is after --until"));
        }
        let actor = self.actor.as_deref().map(Actor::parse).transpose();
        Ok(Filter {
            since,
            until,
            actions: self.actions()?,
            verb: self.verb.clone(),
            actor: actor.map_err(|error| {
                let text = self.actor.as_deref().unwrap_or_default();
                Failure::bad_name("actor", text, error)
            })?,
            failed: self.failed,
            limit: self.limit,
            ..place(ctx, target, existing)?
        })
    }
}

impl Filters {
    /// `--action`: a word that is none would match nothing, and say so of nobody.
    fn actions(&self) -> Result<Vec<Action>, Failure> {
        let action = |word: &String| match Action::parse(word) {
            Action::Other(word) => {
                let words: Vec<&str> = Action::words().collect();
                let words = words.join(", ");
                let said = format!("no action is called {}; there are: {words}", quoted(&word));
                Err(Failure::usage(said))
            }
            action => Ok(action),
        };
        self.action.iter().map(action).collect()
    }
}

/// `--since` and `--until`: a span ago, a date, a timestamp.
///
/// # Errors
/// A text that is none of them.
pub fn past(flag: &str, text: Option<&str>, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let at = text.map(|text| {
        time::parse_past(text, now).map_err(|error| {
            let error = match error {
                // Its sentence offers what lies ahead.
                time::Error::NotAnInstant => "it is no date: 2027-01-31, 2027-01-31T12:00:00Z, or \
                                              how long ago: 30s 15m 24h 7d 12w 1y"
                    .to_owned(),
                error => error.to_string(),
            };
            Failure::usage(format!("{flag} {}: {error}", quoted(text)))
        })
    });
    at.transpose()
}

/// A filter for the environment of `-e`, the folder of `-p` and an operand: a
/// secret below that folder, a glob, or a folder with a trailing slash. An
/// environment that does not exist (any more) may have entries all the same.
///
/// # Errors
/// Names and patterns that are none, two environments, several folders.
pub fn place(ctx: &Context, target: Option<&str>, existing: &[EnvName]) -> Result<Filter, Failure> {
    let meant = |name: EnvName| name.resolve(existing.iter()).cloned().unwrap_or(name);
    let env = match &ctx.globals.env {
        None => None,
        Some(text) => {
            let name = EnvName::parse(text);
            let name = name.map_err(|error| Failure::bad_name("environment", text, error))?;
            Some(meant(name))
        }
    };
    let folder = match ctx.folders.as_slice() {
        [] => None,
        [folder] => Some(folder),
        _ => return Err(Failure::usage("the log is searched below one folder")),
    };
    let mut filter = Filter {
        env: env.as_ref().map(EnvName::to_string),
        ..Filter::default()
    };
    let bad = |text: &str, error| Failure::bad_name("address", text, error);
    match (target, folder) {
        (None, None) => {}
        (None, Some(folder)) => {
            let text = format!("{}/", folder.to_string().trim_end_matches('/'));
            filter.path = Some(Paths::parse(&text).map_err(|error| bad(&text, error))?);
        }
        (Some(text), _) if Pattern::is_glob(text) || text.ends_with('/') => {
            filter.path = Some(Paths::parse(text).map_err(|error| bad(text, error))?);
        }
        (Some(text), folder) => {
            let address = Address::parse(text).map_err(|error| bad(text, error))?;
            if address.version != Version::Current {
                return Err(Failure::usage(
                    "the log is searched by secret, not by version",
                ));
            }
            let base = folder.cloned().unwrap_or_default();
            let path = address.path(&base).map_err(|error| bad(text, error))?;
            let named = address.env.clone().map(meant);
            if let (Some(named), Some(flag)) = (&named, &env)
                && named != flag
            {
                return Err(Failure::usage(format!(
                    "\"{text}\" and -e {flag} name two environments"
                )));
            }
            filter.name = Some(Named { env: named, path });
        }
    }
    Ok(filter)
}

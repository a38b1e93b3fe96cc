//! Which rows are wanted.

use crate::audit::Action;
use crate::name::{Address, EnvName, Error, FolderPath, Pattern, SecretPath, Version};
use crate::time::Timestamp;

use super::{Entry, Row};

/// What must be true of a row; the default asks for nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Not before this second.
    pub since: Option<Timestamp>,
    /// Not after this second.
    pub until: Option<Timestamp>,
    /// One of these; none means any.
    pub actions: Vec<Action>,
    /// This verb.
    pub verb: Option<String>,
    /// This environment.
    pub env: Option<String>,
    /// A secret at one of these places.
    pub path: Option<Paths>,
    /// This secret.
    pub name: Option<Named>,
    /// Done by this one.
    pub actor: Option<Actor>,
    /// Failed attempts alone.
    pub failed: bool,
    /// The newest so many rows ([`super::Selection`]).
    pub limit: Option<usize>,
}

impl Filter {
    /// The rows of an entry that are wanted, in the order of its names.
    /// [`Filter::limit`] is not looked at.
    pub fn rows(&self, entry: Entry) -> impl Iterator<Item = Row> {
        let wanted = self.wants(&entry).then_some(entry);
        let rows = wanted.into_iter().flat_map(Entry::rows);
        rows.filter(|row| self.wants_name(row))
    }

    fn wants(&self, entry: &Entry) -> bool {
        let event = &entry.event;
        let at = Timestamp::clamped(event.time);
        self.since.is_none_or(|since| at >= since)
            && self.until.is_none_or(|until| at <= until)
            && (self.actions.is_empty() || self.actions.contains(&event.action))
            && (self.verb.is_none() || self.verb == event.verb)
            && (self.env.is_none() || self.env == event.env)
            && self.actor.as_ref().is_none_or(|actor| actor.is(entry))
            && !(self.failed && event.is_done())
    }

    fn wants_name(&self, row: &Row) -> bool {
        let env = row.entry().event.env.as_deref();
        self.path.as_ref().is_none_or(|p| p.hold(env, row.path()))
            && self.name.as_ref().is_none_or(|n| n.is(env, row.path()))
    }
}

/// One secret: in any environment where none is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The environment.
    pub env: Option<EnvName>,
    /// The path in it.
    pub path: SecretPath,
}

impl Named {
    /// Whether an entry's environment and path are its own.
    pub(super) fn is(&self, env: Option<&str>, path: Option<&str>) -> bool {
        let own = path.and_then(|path| path.strip_prefix('/'));
        is_env(self.env.as_ref(), env) && own == Some(self.path.as_str())
    }
}

/// `--path`: a glob, a folder with a trailing slash, or an address.
#[derive(Debug, Clone)]
pub struct Paths {
    env: Option<EnvName>,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(FolderPath),
    Glob(Pattern),
}

impl Paths {
    /// Reads `DB_*`, `infra/*`, `infra/`, `NAME`, `/folder/NAME`, each with an
    /// environment before it perhaps (`staging:infra/`). Without a `/` it is
    /// the name, in whatever folder; `*` and `?` do not cross a `/`.
    ///
    /// # Errors
    /// What [`Error`] lists for names, environments and patterns;
    /// [`Error::Character`] for an `@`: all versions are meant.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (env, rest) = match text.split_once(':') {
            Some((env, rest)) if !env.contains('/') => (Some(EnvName::parse(env)?), rest),
            _ => (None, text),
        };
        let place = if Pattern::is_glob(rest) {
            Place::Glob(Pattern::parse(rest)?)
        } else if rest.ends_with('/') {
            Place::Folder(FolderPath::parse(rest)?)
        } else if Address::parse(rest)?.version == Version::Current {
            Place::Glob(Pattern::parse(rest)?)
        } else {
            return Err(Error::Character('@'));
        };
        Ok(Paths { env, place })
    }

    /// Whether an entry's environment and path are meant. A path that is none
    /// by our rules is not.
    fn hold(&self, env: Option<&str>, path: Option<&str>) -> bool {
        let inner = path.and_then(|path| path.strip_prefix('/'));
        let path = inner.and_then(|path| SecretPath::parse(path).ok());
        is_env(self.env.as_ref(), env)
            && path.is_some_and(|path| match &self.place {
                Place::Folder(folder) => folder.contains(&path),
                Place::Glob(pattern) => pattern.matches(&path),
            })
    }
}

fn is_env(wanted: Option<&EnvName>, env: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| env == Some(wanted.as_str()))
}

/// `--actor`: a label, a user, a coding agent or an accessor, exact or a glob.
#[derive(Debug, Clone)]
pub struct Actor {
    exact: String,
    glob: Option<Pattern>,
}

impl Actor {
    /// Reads the name; `*` and `?` do not cross a `/`.
    ///
    /// # Errors
    /// [`Error::Pattern`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let glob = Pattern::is_glob(text).then(|| Pattern::parse(text));
        Ok(Actor {
            exact: text.to_owned(),
            glob: glob.transpose()?,
        })
    }

    fn is(&self, entry: &Entry) -> bool {
        let event = &entry.event;
        let names = [&event.label, &event.user, &event.agent, &event.accessor];
        names.into_iter().flatten().any(|name| {
            let glob = self.glob.as_ref();
            *name == self.exact || glob.is_some_and(|glob| glob.matches_text(name))
        })
    }
}

//! A folder as an operand: what a trailing `/` or `:` means.

use super::Open;
use crate::context::Context;
use crate::failure::Failure;
use crate::name::{EnvName, FolderPath};

/// `folder/`, `/folder/`, `env:folder/`, `env:/folder/`, or `env:` for all of
/// an environment.
pub struct Folder {
    env: Option<EnvName>,
    folder: FolderPath,
    /// From the environment's root rather than below `-p`.
    absolute: bool,
    text: String,
}

impl Folder {
    /// Reads an operand; `None` if it is no folder but an address.
    ///
    /// # Errors
    /// A name of an environment or folder that is none.
    pub fn parse(text: &str) -> Result<Option<Self>, Failure> {
        if !text.ends_with(['/', ':']) {
            return Ok(None);
        }
        let bad = |error| Failure::bad_name("folder", text, error);
        let (env, rest) = match text.split_once(':') {
            Some((env, rest)) => (Some(EnvName::parse(env).map_err(bad)?), rest),
            None => (None, text),
        };
        let rest = if rest.is_empty() { "/" } else { rest };
        Ok(Some(Folder {
            env,
            folder: FolderPath::parse(rest).map_err(bad)?,
            absolute: rest.starts_with('/'),
            text: text.to_owned(),
        }))
    }

    /// The environment and the folder in it.
    ///
    /// # Errors
    /// An unknown environment, another one than `-e` names, a path that is too long.
    pub fn resolve(&self, ctx: &Context, open: &Open) -> Result<(EnvName, FolderPath), Failure> {
        let env = open.environment_of(ctx, self.env.as_ref(), &self.text)?;
        let folder = match self.absolute {
            true => Ok(self.folder.clone()),
            false => open.folder(ctx).below(&self.folder),
        };
        let bad = |error| Failure::bad_name("folder", &self.text, error);
        Ok((env, folder.map_err(bad)?))
    }
}

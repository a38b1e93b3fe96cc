//! Which vault is meant.

use std::path::{Path, PathBuf};

use super::{DIRECTORY_NAME, Error, FILE_NAME, Files, Location, Source};
use crate::file::Status;

/// What the user and the environment say about the vault.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The value of `SECRETS_VAULT`; empty is as unset.
    pub environment: Option<PathBuf>,
    /// The value of `--vault`.
    pub flag: Option<PathBuf>,
    /// Whether `--global` is given.
    pub global: bool,
    /// The user's data directory, `$XDG_DATA_HOME` or `~/.local/share`.
    pub data_directory: Option<PathBuf>,
    /// The home directory, where the search upwards ends.
    pub home: Option<PathBuf>,
    /// The working directory, absolute.
    pub working_directory: PathBuf,
}

/// The vault that is meant: `--vault` or `--global`, then `SECRETS_VAULT`, then
/// the search from the working directory upwards.
///
/// The search looks into the working directory always, then upwards up to but
/// not including the home directory or another file system.
///
/// # Errors
/// `NotFound`, `TwoVaults`, `NoDataDirectory`, `File`.
pub fn locate(files: &Files, request: &Request) -> Result<Location, Error> {
    if let Some(location) = named(files, request)? {
        return match files.status(&location.path)? {
            Some(_) => Ok(location),
            None => Err(Error::NotFound {
                path: location.shown,
                source: location.source,
            }),
        };
    }
    let from = &request.working_directory;
    match search(files, request, false)? {
        Some(path) => Ok(Location {
            shown: path.clone(),
            path,
            source: Source::Project,
        }),
        None => Err(Error::NotFound {
            path: from.clone(),
            source: Source::Project,
        }),
    }
}

/// Where `init` makes the vault: the place that is named, or `.vault` in the
/// working directory.
///
/// # Errors
/// `TwoVaults`, `NoDataDirectory`, `File`.
pub fn place(files: &Files, request: &Request) -> Result<Location, Error> {
    if let Some(location) = named(files, request)? {
        return Ok(location);
    }
    let path = request
        .working_directory
        .join(DIRECTORY_NAME)
        .join(FILE_NAME);
    Ok(Location {
        shown: path.clone(),
        path,
        source: Source::Project,
    })
}

/// The project vault above the working directory, which one made here would hide.
///
/// # Errors
/// `File`.
pub fn vault_above(files: &Files, request: &Request) -> Result<Option<PathBuf>, Error> {
    search(files, request, true)
}

fn named(files: &Files, request: &Request) -> Result<Option<Location>, Error> {
    let environment = request
        .environment
        .as_ref()
        .filter(|path| !path.as_os_str().is_empty());
    let (path, source) = match (&request.flag, request.global, environment) {
        (Some(_), true, _) => return Err(Error::TwoVaults),
        (Some(path), false, _) => (path, Source::Flag),
        (None, true, _) => {
            let data = request
                .data_directory
                .as_ref()
                .ok_or(Error::NoDataDirectory)?;
            let path = data.join("secrets").join(FILE_NAME);
            return Ok(Some(Location {
                shown: path.clone(),
                path,
                source: Source::Global,
            }));
        }
        (None, false, Some(path)) => (path, Source::Environment),
        (None, false, None) => return Ok(None),
    };
    let rest = inside(files, request, path)?;
    let shown = path.join(&rest);
    // `join("")` would add a slash to a file's name.
    let shown = if rest.as_os_str().is_empty() {
        path.clone()
    } else {
        shown
    };
    Ok(Some(Location {
        path: request.working_directory.join(&shown),
        shown,
        source,
    }))
}

/// What is to be added to a path that the user gave.
fn inside(files: &Files, request: &Request, path: &Path) -> Result<PathBuf, Error> {
    if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        return Ok(PathBuf::new());
    }
    let absolute = request.working_directory.join(path);
    let is_vault_directory = absolute
        .file_name()
        .is_some_and(|name| name == DIRECTORY_NAME);
    if is_vault_directory || files.status(&absolute.join(FILE_NAME))?.is_some() {
        return Ok(PathBuf::from(FILE_NAME));
    }
    Ok(Path::new(DIRECTORY_NAME).join(FILE_NAME))
}

/// Looks for a project vault; with `above`, not in the working directory itself.
fn search(files: &Files, request: &Request, above: bool) -> Result<Option<PathBuf>, Error> {
    let from = &request.working_directory;
    // The usual answer needs one look.
    let here = match above {
        true => Look::Nothing,
        false => look_in(files, from)?,
    };
    if let Look::Vault(path) = here {
        return Ok(Some(path));
    }
    let home = match &request.home {
        Some(home) if home.is_absolute() => files.status(home).unwrap_or(None),
        _ => None,
    };
    let is_home = |path: &Path, status: &Status| {
        request.home.as_deref() == Some(path) || home.is_some_and(|home| home.is_same_inode(status))
    };
    let Some(start) = files.status(from)? else {
        return Ok(None);
    };
    if here == Look::Barred || is_home(from, &start) {
        return Ok(None);
    }
    for directory in from.ancestors().skip(1) {
        // A directory that we may not look into bounds the search too.
        let Ok(Some(status)) = files.status(directory) else {
            return Ok(None);
        };
        if is_home(directory, &status) || status.device != start.device {
            return Ok(None);
        }
        match look_in(files, directory)? {
            Look::Barred => return Ok(None),
            Look::Nothing => {}
            Look::Vault(path) => return Ok(Some(path)),
        }
    }
    Ok(None)
}

/// What a directory says of a vault.
#[derive(PartialEq, Eq)]
enum Look {
    /// We may not look into it.
    Barred,
    /// There is none in it.
    Nothing,
    /// It has one, a file at this path.
    Vault(PathBuf),
}

fn look_in(files: &Files, directory: &Path) -> Result<Look, Error> {
    let path = directory.join(DIRECTORY_NAME).join(FILE_NAME);
    match files.status(&path) {
        Ok(Some(_)) => Ok(Look::Vault(path)),
        Ok(None) => Ok(Look::Nothing),
        Err(error) => match files.status(&directory.join(DIRECTORY_NAME)) {
            Ok(Some(_)) => Err(error.into()),
            Ok(None) => Ok(Look::Nothing),
            Err(_) => Ok(Look::Barred),
        },
    }
}

#[cfg(test)]
mod tests;

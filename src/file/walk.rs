//! The way to a directory, component by component.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use rustix::io::Errno;

use super::directory::{Directory, above};
use super::disk::{Fd, Kind, Open, Status};
use super::error::{Error, is_one_of, is_unsupported};
use super::{Files, open};

/// Links that one path may lead through (as many as Linux allows).
const MAX_LINKS: usize = 40;

/// How the components of a path are judged.
///
/// A link is followed only if root or we own it, whatever the purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// For a file that the user asked us to write somewhere: no component is
    /// writable by everyone, unless it is sticky.
    Output,
    /// For reading: nothing more.
    Read,
    /// For a file that we keep there: as `Output`, and the directory is ours,
    /// or we are root.
    Write,
}

enum Step {
    Name(OsString),
    Root,
    Up,
}

fn push_steps(pending: &mut Vec<Step>, path: &Path) {
    for component in path.components().rev() {
        match component {
            Component::Normal(name) => pending.push(Step::Name(name.to_os_string())),
            Component::ParentDir => pending.push(Step::Up),
            Component::RootDir => pending.push(Step::Root),
            Component::CurDir | Component::Prefix(_) => {}
        }
    }
}

/// Opens the directory `path`; with `make`, makes what is missing, 0700.
pub(super) fn directory(
    files: &Files,
    path: &Path,
    walk: Walk,
    make: bool,
) -> Result<Directory, Error> {
    if let Some(directory) = straight(files, path, walk) {
        return Ok(directory);
    }
    let mut pending = Vec::new();
    push_steps(&mut pending, path);
    let (start, shown) = match pending.pop_if(|first| matches!(first, Step::Root)) {
        Some(_) => (Path::new("/"), PathBuf::from("/")),
        None => (Path::new("."), PathBuf::new()),
    };
    let here = step(files, None, start, shown, walk, Open::Directory)?;
    go(here, pending, path, walk, make)
}

/// Opens the directory `name` in one that was walked to; as [`directory`].
pub(super) fn below(
    from: &Directory,
    name: &Path,
    walk: Walk,
    make: bool,
) -> Result<Directory, Error> {
    if let Some(directory) = near(from, name, walk) {
        return Ok(directory);
    }
    let mut pending = Vec::new();
    push_steps(&mut pending, name);
    go(from.clone(), pending, &from.at(name), walk, make)
}

/// Opens a directory in one call, where no component of its absolute path is a
/// link, and judges the directories that it lies in through `..`.
///
/// They are those that it really lies in, so this is no weaker than the walk.
/// It says yes or nothing: whatever is missing, a link, or refused is found
/// again by the walk, which says what it is.
fn straight(files: &Files, path: &Path, walk: Walk) -> Option<Directory> {
    let mut components = path.components();
    if components.next() != Some(Component::RootDir) {
        return None;
    }
    let mut depth = 0;
    for component in components {
        let Component::Normal(_) = component else {
            return None;
        };
        depth += 1;
    }
    let how = last(walk);
    let fd = open::retry(|| files.disk.open_straight(path, how)).ok()?;
    let status = files.disk.stat(&fd).ok()?;
    if walk != Walk::Read {
        let above = "../".repeat(depth);
        let mut refused = is_world_writable(&status);
        for depth in 1..=depth {
            let above = above.get(..3 * depth - 1)?;
            let above = files.disk.stat_at(Some(&fd), Path::new(above), false);
            refused |= is_world_writable(&above.ok()?);
        }
        if refused || (walk == Walk::Write && !files.identity.may_write(status.owner)) {
            return None;
        }
    }
    let mut shown = PathBuf::with_capacity(path.as_os_str().len());
    shown.extend(path.components());
    Some(Directory::new(files.clone(), fd, shown, status))
}

/// As [`straight`], for one name in a directory that was walked to.
fn near(from: &Directory, name: &Path, walk: Walk) -> Option<Directory> {
    let mut components = name.components();
    let (Some(Component::Normal(name)), None) = (components.next(), components.next()) else {
        return None;
    };
    // Without what may stand behind it: with a slash the kernel follows a link.
    let name = Path::new(name);
    let files = from.files();
    let there = step(files, Some(from), name, from.at(name), walk, last(walk)).ok()?;
    let is_owner = walk != Walk::Write || files.identity.may_write(there.status().owner);
    is_owner.then_some(there)
}

/// How the directory is opened where a walk ends.
fn last(walk: Walk) -> Open {
    match walk {
        Walk::Output | Walk::Write => Open::DirectoryToSync,
        Walk::Read => Open::Directory,
    }
}

/// Whether everyone may exchange what lies in a directory.
fn is_world_writable(status: &Status) -> bool {
    status.mode & 0o1002 == 0o0002
}

/// Takes the steps from `here` on, and judges where they end. `path` is what
/// was asked for.
fn go(
    mut here: Directory,
    mut pending: Vec<Step>,
    path: &Path,
    walk: Walk,
    make: bool,
) -> Result<Directory, Error> {
    let files = &here.files().clone();
    let mut links = 0;
    // Whether `here` can be listed and synced, as the last one is to be.
    let mut whole = false;
    while let Some(next) = pending.pop() {
        let how = match pending.is_empty() {
            true => last(walk),
            false => Open::Directory,
        };
        whole = how == Open::DirectoryToSync;
        here = match next {
            Step::Root => step(files, None, Path::new("/"), PathBuf::from("/"), walk, how)?,
            Step::Up => {
                let shown = above(here.path());
                step(files, Some(&here), Path::new(".."), shown, walk, how)?
            }
            Step::Name(name) => {
                let name = Path::new(&name);
                let shown = here.at(name);
                match step(files, Some(&here), name, shown.clone(), walk, how) {
                    Err(Error::NotFound { .. }) if make => {
                        make_one(files, &here, name)?;
                        step(files, Some(&here), name, shown, walk, how)?
                    }
                    Err(Error::NotRegular {
                        kind: Kind::Link, ..
                    }) => {
                        links += 1;
                        if links > MAX_LINKS {
                            return Err(Error::TooManyLinks {
                                path: path.to_path_buf(),
                            });
                        }
                        push_steps(&mut pending, &here.follow(name)?);
                        whole = false;
                        here
                    }
                    other => other?,
                }
            }
        };
    }
    if walk == Walk::Read {
        return Ok(here);
    }
    if walk == Walk::Write && !files.identity.may_write(here.status().owner) {
        return Err(Error::Owner {
            path: here.path().to_path_buf(),
            owner: here.status().owner,
        });
    }
    if whole { Ok(here) } else { here.to_sync() }
}

impl Directory {
    /// The directory `name` in this one; a link is not followed.
    ///
    /// # Errors
    /// `NotFound`, `NotRegular` (a link too), `WorldWritable`, `Os`.
    pub fn child(&self, name: impl AsRef<Path>) -> Result<Directory, Error> {
        let name = name.as_ref();
        let shown = self.at(name);
        step(
            self.files(),
            Some(self),
            name,
            shown,
            Walk::Output,
            Open::Directory,
        )
    }

    /// As [`Directory::child`], and makes it if it is missing, 0700.
    ///
    /// # Errors
    /// As [`Directory::child`].
    pub fn make_child(&self, name: impl AsRef<Path>) -> Result<Directory, Error> {
        match self.child(&name) {
            Err(Error::NotFound { .. }) => {
                make_one(self.files(), self, name.as_ref())?;
                self.child(name)
            }
            other => other,
        }
    }
}

/// Opens one component and judges it. A link is `NotRegular`.
pub(super) fn step(
    files: &Files,
    from: Option<&Directory>,
    name: &Path,
    shown: PathBuf,
    walk: Walk,
    how: Open,
) -> Result<Directory, Error> {
    let at: Option<&Fd> = from.map(Directory::fd);
    let fd = match open::open(files, at, name, how) {
        Ok(fd) => fd,
        Err(cause) if is_one_of(&cause, &[Errno::LOOP, Errno::NOTDIR]) => {
            return Err(match files.disk.stat_at(at, name, false) {
                Ok(status) => Error::NotRegular {
                    path: shown,
                    kind: status.kind,
                },
                Err(cause) => Error::os("open", &shown, cause),
            });
        }
        Err(cause) => return Err(Error::os("open", &shown, cause)),
    };
    let status = files
        .disk
        .stat(&fd)
        .map_err(|cause| Error::os("look at", &shown, cause))?;
    if walk != Walk::Read && is_world_writable(&status) {
        return Err(Error::WorldWritable { path: shown });
    }
    Ok(Directory::new(files.clone(), fd, shown, status))
}

/// Makes one directory, 0700 whatever the umask, and syncs its entry.
///
/// Made by root it is given to the owner of the directory that it lies in.
fn make_one(files: &Files, at: &Directory, name: &Path) -> Result<(), Error> {
    let disk = &files.disk;
    let shown = at.at(name);
    let fail = |cause| Error::os("make", &shown, cause);
    match disk.make_directory(at.fd(), name) {
        Err(cause) if is_one_of(&cause, &[Errno::EXIST]) => return Ok(()),
        other => other.map_err(fail)?,
    }
    let fd = open::open(files, Some(at.fd()), name, Open::DirectoryToSync).map_err(fail)?;
    disk.set_mode(&fd, 0o700).map_err(fail)?;
    let status = disk.stat(&fd).map_err(fail)?;
    at.give(&fd, || shown.clone(), &status)?;
    match at.to_sync()?.sync() {
        Err(cause) if !is_unsupported(&cause) => Err(fail(cause)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;

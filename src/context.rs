//! The parts a command may use, built once.

mod globals;

pub use globals::{Color, Globals};

use crate::config::{self, Directories, Settings, Snapshot};
use crate::failure::{Failure, quoted};
use crate::file::{self, Files, Identity, Status, cause_text};
use crate::name::FolderPath;
use crate::terminal::{self, Terminal};
use crate::time::Clock;
use std::path::{Path, PathBuf};

/// Greatest length of a settings file, in bytes (1 MiB).
const MAX_SETTINGS_BYTES: u64 = 1 << 20;

/// Everything from outside that a command may use.
pub struct Context {
    /// The time, read when an act happens.
    pub clock: Clock,
    /// Where the user's files lie.
    pub directories: Directories,
    /// Files and directories.
    pub files: Files,
    /// The folders of `-p`, in the order given.
    pub folders: Vec<FolderPath>,
    /// The flags that every verb takes.
    pub globals: Globals,
    /// The environment variables as they were at the start.
    pub snapshot: Snapshot,
    /// Standard streams and prompts.
    pub terminal: Terminal,
    /// The user's settings.
    pub user: Settings,
    /// The verb that works: `get`, `env create`.
    pub verb: &'static str,
    /// Where we are.
    pub working_directory: PathBuf,
}

impl Context {
    /// Reads the user's settings and puts the parts together.
    ///
    /// # Errors
    /// Settings that are wrong, a folder that is none, no working directory.
    pub fn new(
        mut globals: Globals,
        snapshot: Snapshot,
        verb: &'static str,
    ) -> Result<Self, Failure> {
        if globals.reason.is_none() {
            globals.reason = snapshot.text("SECRETS_REASON")?.map(str::to_owned);
        }
        let files = Files::kernel();
        let directories = Directories::of(&snapshot)?;
        let user = directories
            .config
            .as_deref()
            .map(|config| config.join("secrets/config.toml"));
        let user = match user {
            Some(path) => settings(&files, &path, config::Kind::User)?,
            None => Settings::default(),
        };
        let folder = |text: &String| {
            FolderPath::parse(text).map_err(|error| Failure::bad_name("folder", text, error))
        };
        let folders = globals.path.iter().map(folder).collect::<Result<_, _>>()?;
        let color = match globals.color {
            Color::Auto => config::Color::decide(None, &snapshot, &user),
            Color::Always => config::Color::Always,
            Color::Never => config::Color::Never,
        };
        let is_dumb = snapshot.get("TERM").is_some_and(|term| term == "dumb");
        let terminal = Terminal::new(terminal::Options {
            color: match color {
                config::Color::Always => terminal::Color::Always,
                config::Color::Auto => terminal::Color::Auto,
                config::Color::Never => terminal::Color::Never,
            },
            no_color: snapshot.no_color() || is_dumb,
            no_input: globals.no_input || snapshot.ci(),
            progress: !(globals.json || globals.quiet || is_dumb),
            quiet: globals.quiet,
            verbose: globals.verbose,
        });
        let working_directory = std::env::current_dir().map_err(|error| {
            Failure::io(format!(
                "there is no working directory: {}",
                cause_text(&error)
            ))
        })?;
        Ok(Context {
            clock: Clock::System,
            directories,
            files,
            folders,
            globals,
            snapshot,
            terminal,
            user,
            verb,
            working_directory,
        })
    }
}

/// Reads a settings file; one that is not there says nothing.
///
/// # Errors
/// A file that cannot be read, is no text, or says something wrong.
pub fn settings(files: &Files, path: &Path, kind: config::Kind) -> Result<Settings, Failure> {
    let shown = path.display().to_string();
    let judge = |status: &Status, identity: Identity| judge(path, kind, status, identity);
    let bytes = match files.read_judged(path, MAX_SETTINGS_BYTES, judge) {
        Ok(bytes) => bytes,
        Err(file::Error::NotFound { .. }) => return Ok(Settings::default()),
        Err(error) => return Err(error.into()),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Settings::parse(&text, &shown, kind)?),
        Err(_) => Err(Failure::usage(format!(
            "{} is no UTF-8 text",
            quoted(&shown)
        ))),
    }
}

/// Who may have written settings: a project's may be anybody's work, but not
/// everybody's; the user's can name a command, so they are his own or root's.
fn judge(
    path: &Path,
    kind: config::Kind,
    status: &Status,
    identity: Identity,
) -> Result<(), file::Error> {
    let path = path.to_path_buf();
    let others = match kind {
        config::Kind::Project => 0o002,
        config::Kind::User => 0o022,
    };
    if status.mode & others != 0 {
        return Err(file::Error::Mode {
            path,
            mode: status.mode,
        });
    }
    match kind {
        config::Kind::User if !identity.trusts(status.owner) => Err(file::Error::Owner {
            path,
            owner: status.owner,
        }),
        _ => Ok(()),
    }
}

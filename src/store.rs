//! Where the bytes of a vault live, and what this machine remembers of it.
//!
//! It finds the file, says whether its permissions allow reading or writing
//! it, locks it, and replaces it whole. It does not know what the bytes mean:
//! whoever loads them verifies them, and verifies them again under the lock.
//! [`Machine`] keeps the pins and the other records beside the audit log.

mod create;
mod error;
mod ignore;
mod locate;
mod machine;
mod open;
mod replace;

use std::path::{Path, PathBuf};

pub use create::{Created, create, git_files};
pub use error::{Class, Error, Record, shell_word};
pub use ignore::{Ignored, ignored_by, in_work_tree, work_tree_root};
pub use locate::{Request, locate, place, vault_above};
pub use machine::{Device, Known, Machine};
pub use open::{Opened, open};
pub use replace::{Locked, Prepared, left_over, lock};

pub use crate::file::{Files, Warning};

/// Name of the directory of a project's vault.
pub const DIRECTORY_NAME: &str = ".vault";
/// Name of a vault file in a directory.
pub const FILE_NAME: &str = "vault.json";

/// Who said where the vault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `SECRETS_VAULT`.
    Environment,
    /// `--vault`.
    Flag,
    /// `--global`.
    Global,
    /// The search from the working directory upwards.
    Project,
}

impl Source {
    /// The name as the user knows it.
    pub fn name(self) -> &'static str {
        match self {
            Source::Environment => "SECRETS_VAULT",
            Source::Flag => "--vault",
            Source::Global => "--global",
            Source::Project => "project",
        }
    }
}

/// A vault file, there or to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file, absolute if the request's working directory is.
    pub path: PathBuf,
    /// The file as messages show it: relative if the user said so.
    pub shown: PathBuf,
    /// Who said so.
    pub source: Source,
}

impl Location {
    /// The directory of the file, as the path says, links not resolved.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Whether the directory is a `.vault`, whose settings and git files are ours.
    pub fn is_in_vault_directory(&self) -> bool {
        self.directory()
            .file_name()
            .is_some_and(|name| name == DIRECTORY_NAME)
    }
}

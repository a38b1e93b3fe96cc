//! The flags that every verb takes, before or after its name.

use std::path::PathBuf;

// No doc comment on the struct: clap would take it for the help of the verb.
#[expect(
    missing_docs,
    reason = "a doc comment would replace the verb's own help"
)]
#[derive(clap::Args, Debug, Clone, Default, PartialEq, Eq)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Use this environment
    #[arg(short, long, value_name = "NAME")]
    pub env: Option<String>,

    /// Look in this folder instead of /
    #[arg(short, long, value_name = "FOLDER")]
    pub path: Vec<String>,

    /// Use this vault: its file, or a directory that holds one
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with = "global",
        hide_short_help = true
    )]
    pub vault: Option<PathBuf>,

    /// Use the vault of this user instead of the project's
    #[arg(short, long, hide_short_help = true)]
    pub global: bool,

    /// Open the vault with the slot of this label
    #[arg(long, value_name = "LABEL", hide_short_help = true)]
    pub slot: Option<String>,

    /// Open the vault with the key in this file
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub key_file: Option<PathBuf>,

    /// Read the passphrase from this file descriptor
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(i32).range(0..),
        conflicts_with = "key_file",
        hide_short_help = true
    )]
    pub passphrase_fd: Option<i32>,

    /// Read the passphrase from this file
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["key_file", "passphrase_fd"],
        hide_short_help = true
    )]
    pub passphrase_file: Option<PathBuf>,

    /// Record why this is done
    #[arg(long, value_name = "TEXT", hide_short_help = true)]
    pub reason: Option<String>,

    /// Use the vault even if it is older than what this machine has seen
    #[arg(long, hide_short_help = true)]
    pub accept_older: bool,

    /// Print JSON, and errors as JSON
    #[arg(long)]
    pub json: bool,

    /// Print only warnings and errors on standard error
    #[arg(short, long, overrides_with = "verbose", hide_short_help = true)]
    pub quiet: bool,

    /// Say more on standard error, never a value
    #[arg(short, long, overrides_with = "quiet", hide_short_help = true)]
    pub verbose: bool,

    /// Answer every question with yes
    #[arg(short, long, alias = "confirm", hide_short_help = true)]
    pub yes: bool,

    /// Never ask; fail where a question would be needed
    #[arg(long, hide_short_help = true)]
    pub no_input: bool,

    /// Colour the output
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_short_help = true
    )]
    pub color: Color,
}

/// When output is coloured.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

//! `run`: runs a command with secrets in its environment.

use std::ffi::OsString;

/// Run a command with secrets in its environment
///
/// The command takes the place of this process: no shell, and its own exit
/// status. It starts with all secrets of the folder or not at all. The first
/// word that is no flag begins the command; what follows is the command's own.
#[derive(clap::Args)]
#[command(override_usage = "secrets run [OPTIONS] [--] COMMAND [ARGS]...")]
#[command(after_help = "Examples:
  secrets run -- npm start
  secrets run -e production --only 'DB_*,STRIPE_KEY' -- ./deploy.sh
  secrets run -p /infra -r -- terraform apply
  secrets run --map DATABASE_URL=/db/URL -- psql
  secrets run --shell 'echo \"$HOST:$PORT\"'")]
pub struct Args {
    /// Take the folders below too
    #[arg(short, long)]
    pub recursive: bool,

    /// Take only these secrets
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub only: Vec<String>,

    /// Leave these secrets out
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub except: Vec<String>,

    /// Add a secret as this variable
    #[arg(long, value_name = "VAR=NAME")]
    pub map: Vec<String>,

    /// Begin the name of each variable with this
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,

    /// Run this text with /bin/sh -c
    #[arg(long, value_name = "STRING", conflicts_with = "command")]
    pub shell: Option<OsString>,

    /// Let variables that are set already win; all, or these
    #[arg(long, value_name = "A", num_args = 0.., require_equals = true, value_delimiter = ',')]
    pub keep_env: Option<Vec<String>>,

    /// Start from a small environment: HOME, PATH, TERM, LANG and the like
    #[arg(long)]
    pub clean_env: bool,

    /// Pass this variable on with --clean-env
    #[arg(long, value_name = "VAR", value_delimiter = ',')]
    pub pass: Vec<String>,

    /// Allow a variable that changes how programs load or run
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub allow_env: Vec<String>,

    /// Allow expired secrets; all, or these
    #[arg(long, value_name = "A", num_args = 0.., require_equals = true, value_delimiter = ',')]
    pub allow_expired: Option<Vec<String>>,

    /// Run even if no secret is selected
    #[arg(long)]
    pub allow_empty: bool,

    /// The command and its arguments; without one, your shell on a terminal
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    pub command: Vec<OsString>,
}

//! `list`: lists secrets.

/// List secrets, never their values
///
/// Lists the folder and all below it. In a pipe: tab-separated and without a
/// header.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets list
  secrets list infra/
  secrets list 'STRIPE_*' --all-envs
  secrets list --expiring 14d
  secrets list --names --tags web,payment")]
pub struct Args {
    /// A glob over names (or over paths, if it holds /), a folder with a trailing /, or a name
    #[arg(value_name = "GLOB|FOLDER/|NAME")]
    pub target: Option<String>,

    /// List only secrets with all of these tags
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub tags: Vec<String>,

    /// List only secrets that expire within this time
    #[arg(long, value_name = "TIME")]
    pub expiring: Option<String>,

    /// List only secrets that were not changed for this long
    #[arg(long, value_name = "TIME")]
    pub stale: Option<String>,

    /// List the secrets of every environment
    #[arg(long)]
    pub all_envs: bool,

    /// Print addresses only, one a line
    #[arg(long)]
    pub names: bool,

    /// List only secrets that are neither deleted nor expired
    #[arg(long)]
    pub active: bool,

    /// Another way to give the glob
    #[arg(long, value_name = "GLOB", conflicts_with = "target")]
    pub pattern: Option<String>,
}

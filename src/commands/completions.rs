//! `completions`: prints completions for a shell.

use clap_complete::Shell;

/// Print completions for a shell
#[derive(clap::Args)]
#[command(after_help = "Examples:
  source <(secrets completions bash)
  secrets completions zsh > ~/.zfunc/_secrets
  secrets completions fish > ~/.config/fish/completions/secrets.fish")]
pub struct Args {
    /// Which shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

//! `help`: explains a command or a topic.

/// Explain a command, or the exit status
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets help
  secrets help set
  secrets help exit-status")]
pub struct Args {
    /// A command, or exit-status
    #[arg(value_name = "COMMAND|TOPIC")]
    pub topic: Vec<String>,
}

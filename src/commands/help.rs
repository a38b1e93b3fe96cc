//! `help`: explains a command or a topic.

/// Explain a command, the exit status, or what agents should know
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets help
  secrets help set
  secrets help exit-status
  secrets help agents")]
pub struct Args {
    /// A command, exit-status or agents
    #[arg(value_name = "COMMAND|TOPIC")]
    pub topic: Vec<String>,
}

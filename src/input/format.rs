//! The formats that can be asked for.

use crate::exchange;

/// A format that values are written in.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A .env file
    #[default]
    Dotenv,
    /// An env-file of docker run
    Docker,
    /// Lines for a shell to evaluate
    Shell,
    /// Lines for PowerShell
    Powershell,
    /// A file for EnvironmentFile= of systemd
    Systemd,
    /// Values of Terraform variables
    Tfvars,
    /// A Secret of Kubernetes; needs --name
    K8s,
    /// The variables of a job in GitHub Actions
    Github,
    /// Secrets with all that is known of them
    Json,
    /// The same in YAML
    Yaml,
    /// The same in rows
    Csv,
}

impl Format {
    /// The same as what writes it, where that is all it takes.
    pub fn exchange(self) -> Option<exchange::Format> {
        match self {
            Format::Docker => Some(exchange::Format::Docker),
            Format::Dotenv => Some(exchange::Format::Dotenv),
            Format::Powershell => Some(exchange::Format::Powershell),
            Format::Shell => Some(exchange::Format::Shell),
            Format::Systemd => Some(exchange::Format::Systemd),
            Format::Tfvars => Some(exchange::Format::Tfvars),
            Format::Csv | Format::Github | Format::Json | Format::K8s | Format::Yaml => None,
        }
    }
}

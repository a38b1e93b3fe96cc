//! The formats that can be asked for.

use crate::exchange;

/// A format that values are written in.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A .env file
    #[default]
    Dotenv,
    /// Lines for a shell to evaluate
    Shell,
}

impl Format {
    /// The same as what writes it.
    pub fn exchange(self) -> exchange::Format {
        match self {
            Format::Dotenv => exchange::Format::Dotenv,
            Format::Shell => exchange::Format::Shell,
        }
    }
}

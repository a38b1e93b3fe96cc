//! The verbs, one file each: `Args`, whose doc comments are the help, and what it does.

pub mod audit;
pub mod completions;
pub mod env;
pub mod generate;
pub mod get;
pub mod help;
pub mod init;
pub mod list;
pub mod run;
pub mod set;
pub mod status;
pub mod trust;
pub mod verify;

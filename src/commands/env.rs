//! `env list`, `env create`: the environments of a vault.

pub mod create;
pub mod list;
pub mod remove;

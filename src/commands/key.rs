//! `key`: what opens the vault.

pub mod add;
pub mod list;
pub mod remove;

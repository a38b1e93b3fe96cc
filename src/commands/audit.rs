//! `audit list`, `verify`, `export`, `usage`, `note`, `accept-loss`: the log of
//! a vault on this machine.

pub mod accept_loss;
pub mod export;
pub mod list;
pub mod note;
pub mod usage;
pub mod verify;

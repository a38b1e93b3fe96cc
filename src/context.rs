//! The parts a command may use, built once.

mod globals;

pub use globals::{Color, Globals};

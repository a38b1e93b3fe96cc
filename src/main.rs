//! The program `secrets`.

use std::process::ExitCode;

fn main() -> ExitCode {
    secrets::run(std::env::args_os().collect())
}

//! The program `secrets`.

use std::process::ExitCode;

// musl's own maps and unmaps memory for every odd size: 68 system calls of a `get`.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    secrets::run(std::env::args_os().collect())
}

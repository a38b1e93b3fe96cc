//! The program `secrets`.

fn main() {}

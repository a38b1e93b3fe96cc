//! The rules of the floors can fail: small files that break each of them, and some that do not.

use super::{broken, place};
use crate::source::read;

#[test]
fn a_planted_violation_is_found() {
    let count = |file: &str, text: &str| {
        let (module, room) = place(file);
        broken(&module, &room, &read(&module, text)).len()
    };
    for (file, text) in [
        ("src/vault/slot.rs", "fn f() { crate::store::load() }"),
        ("src/vault.rs", "use super::store;"),
        (
            "src/vault/slot.rs",
            "use crate::{crypto, store::{self, Local}};",
        ),
        (
            "src/vault/a/b.rs",
            "fn f() { super::super::super::terminal::ask() }",
        ),
        ("src/store.rs", "use crate::audit::Event;"),
        ("src/store.rs", "use crate as c; fn f() { c::cli::x() }"),
        ("src/failure.rs", "use crate::context::Context;"),
        ("src/commands/set.rs", "use super::planted::open;"),
        ("src/custody.rs", "use secrets::cli::Cli;"),
        ("src/nowhere.rs", ""),
        ("src/store.rs", "use std::{fs, io};"),
        ("src/store.rs", "use rustix::fs::OFlags;"),
        (
            "src/context.rs",
            "use std::env; fn f() { env::var_os(HOME); }",
        ),
        ("src/vault.rs", "fn f() { ::std::println!(); }"),
        ("src/vault.rs", "fn f() { eprintln!(); }"),
        ("src/context.rs", "use std::io::stdin;"),
        ("src/config.rs", "fn f() { std::process::Command::new(x) }"),
        ("src/vault.rs", "use sha2::Sha256;"),
        ("src/cli.rs", "fn f() { std::process::exit(1) }"),
        ("src/file.rs", "unsafe fn f() {}"),
        ("src/secret.rs", "#[derive(Debug)] pub struct KeyBytes(u8);"),
        ("src/secret.rs", "impl Clone for KeyBytes {}"),
        (
            "src/vault.rs",
            "use std::time::SystemTime; fn f() { SystemTime::now() }",
        ),
        ("src/audit.rs", "use crate::secret::SecretValue;"),
        ("src/config.rs", "fn f(p: &Path) { p.canonicalize() }"),
    ] {
        assert!(count(file, text) > 0, "{file}: {text}");
    }
    for (file, text) in [
        (
            "src/vault.rs",
            "use crate::{crypto, name, secret::SecretValue}; fn f() { self::x(); crate::vault::y() }",
        ),
        (
            "src/custody.rs",
            "use crate::context::Context; use crate::failure::Failure;",
        ),
        (
            "src/commands/set.rs",
            "use super::shared; use crate::custody;",
        ),
        (
            "src/store.rs",
            "use std::time::SystemTime; fn f(d: &dyn Disk, at: SystemTime) { d.read_link(path) }",
        ),
        (
            "src/lib.rs",
            "pub fn run() { cli::parse(); crate::terminal::x() }",
        ),
        (
            "src/main.rs",
            "fn main() { secrets::run(std::env::args_os()) }",
        ),
        (
            "src/secret.rs",
            "#[derive(Debug, Clone)] pub enum Error { A } #[derive(Default)] pub struct V;",
        ),
        (
            "src/vault.rs",
            "#[cfg(test)] mod tests { use crate::store; }",
        ),
    ] {
        assert_eq!(count(file, text), 0, "{file}: {text}");
    }
}

//! Which program the word `secrets` starts.

use super::Diagnosis;
use crate::context::Context;
use crate::process::{Environment, Rules, capture_quietly, find};
use crate::store::shell_word;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The name that people type.
const NAME: &str = "secrets";
/// Greatest length of what `--version` prints, in bytes.
const MAX_VERSION_BYTES: usize = 4096;

/// Another program that comes first in `PATH`: an older one of ours, or none
/// of ours at all.
pub(super) fn check(ctx: &Context, found: &mut Diagnosis) {
    let first = find(OsStr::new(NAME), ctx.snapshot.get("PATH"));
    let (Some(first), Ok(own)) = (first, std::env::current_exe()) else {
        return;
    };
    let status = |path: &Path| ctx.files.status(path).ok().flatten();
    let (there, here) = (status(Path::new(&first)), status(&own));
    if there
        .zip(here)
        .is_none_or(|(there, here)| there.is_same_inode(&here))
    {
        return;
    }
    let shown = Path::new(&first).display();
    let version = version_of(ctx, &first);
    let ours = env!("CARGO_PKG_VERSION");
    let message = match version.as_deref().map(|text| (text, numbers(text))) {
        Some((_, theirs)) if theirs >= numbers(ours) => return,
        Some((text, _)) => {
            format!("\"{shown}\" comes first in PATH and is older: {text}, this is {ours}")
        }
        None => format!("\"{shown}\" comes first in PATH and is another program"),
    };
    let directory = own.parent().unwrap_or(Path::new("/"));
    let remedy = format!("export PATH={}:\"$PATH\"", shell_word(directory));
    found.add("program", Some(Path::new(&first)), message, remedy);
}

/// What stands behind our name in the first line of its `--version`.
fn version_of(ctx: &Context, program: &OsString) -> Option<String> {
    let inherited = ctx.snapshot.pairs();
    let environment = Environment::build(inherited, Vec::new(), &Rules::default());
    let argv = [program.clone(), "--version".into()];
    let output = capture_quietly(&argv, &environment.ok()?, MAX_VERSION_BYTES).ok()?;
    version(output.expose())
}

fn version(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let number = text.lines().next()?.strip_prefix(NAME)?.strip_prefix(' ')?;
    let is_version = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    let fits = number.starts_with(|c: char| c.is_ascii_digit()) && number.chars().all(is_version);
    fits.then(|| number.to_owned())
}

/// The three numbers of a version; what a `-` begins is left out.
fn numbers(version: &str) -> Vec<u64> {
    let bare = version.split(['-', '+']).next().unwrap_or_default();
    let number = |part: &str| part.parse().unwrap_or(0);
    bare.split('.').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_only_from_a_program_of_ours() {
        assert_eq!(version(b"secrets 0.1.0\nmore").as_deref(), Some("0.1.0"));
        for text in [
            "",
            "secrets",
            "secrets \x1b[2J",
            "secrets-cli 1.0",
            "usage: secrets 1",
            "secrets x",
        ] {
            assert_eq!(version(text.as_bytes()), None, "{text}");
        }
        assert!(numbers("0.9.12") < numbers("0.10.0"));
        assert!(numbers("1.0.0-rc1") == numbers("1.0.0"));
        assert!(numbers("0.1.0") < numbers("1"));
    }
}

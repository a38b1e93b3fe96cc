//! Where secret files of one command lie, and what is said of it.

use crate::context::Context;
use crate::failure::Failure;
use crate::scratch::{Places, Scratch};
use std::path::Path;

/// Where temporary files lie when nothing names another place.
const TEMPORARY: &str = "/tmp";

/// A directory for secret files, in memory.
///
/// With `allow_disk` it may lie on a disk where no file system in memory is;
/// elsewhere than on Linux there is none, so the user's own `TMPDIR` does.
/// That it is on a disk is said.
///
/// # Errors
/// No place for it.
pub fn scratch(ctx: &Context, allow_disk: bool) -> Result<Scratch, Failure> {
    let own = ctx
        .snapshot
        .get("TMPDIR")
        .filter(|_| !cfg!(target_os = "linux"));
    let disk = match own {
        Some(own) => Some(Path::new(own)),
        None => allow_disk.then(|| temporary(ctx)),
    };
    let made = Scratch::create(&ctx.files, ctx.directories.runtime.as_deref(), disk)?;
    if made.is_on_disk() {
        let shown = made.path().display();
        ctx.terminal.warn(&format!(
            "the secrets lie on a disk for a while, in \"{shown}\""
        ));
    }
    Ok(made)
}

/// All places where such directories can have been left.
pub(super) fn places(ctx: &Context) -> Places {
    let runtime = ctx.directories.runtime.as_deref();
    Places::new(&ctx.files, runtime, Some(temporary(ctx)))
}

fn temporary(ctx: &Context) -> &Path {
    let named = ctx.snapshot.get("TMPDIR").map(Path::new);
    let named = named.filter(|path| path.is_absolute());
    named.unwrap_or(Path::new(TEMPORARY))
}

//! What is said of a version that was made out of another one.

use super::{SCHEMA_VERSION, written_object};
use crate::context::Context;
use crate::failure::Failure;
use crate::vault::Written;
use serde_json::json;

/// As [`super::written`], with what each was made from behind it:
/// `development:/B v4 (from development:/A)`.
///
/// # Errors
/// Standard output cannot be written.
pub fn written_from(
    ctx: &Context,
    dry: bool,
    written: &[(Written, String)],
) -> Result<(), Failure> {
    let note = match dry {
        true => " (dry run: nothing was written)",
        false => "",
    };
    for (done, from) in written {
        ctx.terminal.say(&format!(
            "{}:{} v{} (from {from}){note}",
            done.env, done.path, done.version
        ));
    }
    if ctx.globals.json {
        let written: Vec<_> = written
            .iter()
            .map(|(done, _)| written_object(done))
            .collect();
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "written": written}))?;
    }
    Ok(())
}

//! The question before what cannot be taken back.

use crate::context::Context;
use crate::failure::Failure;

/// Asks on the terminal whether to go on; `--yes` has answered already.
///
/// The question is a sentence without its question mark and names the count:
/// `Hide 3 secrets in staging:/tmp/`. No is what Enter alone means. After a
/// no it is said that nothing was changed, and the verb ends with status 0: it
/// did what its user wished.
///
/// # Errors
/// Nobody can be asked, or the terminal fails.
pub fn confirm(ctx: &Context, question: &str) -> Result<bool, Failure> {
    if ctx.globals.yes {
        return Ok(true);
    }
    if !ctx.terminal.may_prompt() {
        return Err(
            Failure::usage(format!("nobody can be asked: {question}?")).hint("to go on: --yes")
        );
    }
    let go_on = ctx.terminal.confirm(question, true)?;
    if !go_on {
        ctx.terminal.say("nothing was changed");
    }
    Ok(go_on)
}

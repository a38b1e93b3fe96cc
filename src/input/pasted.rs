//! A value that somebody found, to be compared and never stored.

use crate::context::Context;
use crate::failure::Failure;
use crate::secret::SecretValue;
use crate::terminal::{MAX_VALUE_BYTES, read_stdin};

/// Reads it from standard input, at most 1 MiB, exactly as it came; typed or
/// pasted on a terminal it is not echoed. The operand is `-`, and may be left
/// out where standard input is no terminal. `form` is the command in its right
/// form, for the hint.
///
/// # Errors
/// A value on the command line, which is not repeated; no operand on a
/// terminal; nothing at all, or too much.
pub fn pasted(ctx: &Context, operand: Option<&str>, form: &str) -> Result<SecretValue, Failure> {
    let is_terminal = ctx.terminal.stdin_is_terminal();
    match operand {
        Some("-") => {}
        None if !is_terminal => {}
        None => return Err(Failure::usage("nothing says where the value is").hint(form)),
        Some(_) => {
            return Err(Failure::usage(
                "a value on the command line can be seen by other programs, so it is not taken",
            )
            .hint(format!("on standard input: {form}")));
        }
    }
    let value = match is_terminal && ctx.terminal.may_prompt() {
        true => ctx.terminal.prompt_hidden("The value")?,
        false => read_stdin(MAX_VALUE_BYTES)?,
    };
    match value.expose() {
        [] | b"\n" | b"\r\n" => Err(Failure::usage("the input is empty")),
        _ => Ok(value),
    }
}

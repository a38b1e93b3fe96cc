//! Where the value of a secret comes from: the command line, a file, a
//! generator, standard input or a person.

mod confirm;
mod field;
mod filters;
mod flags;
mod format;
mod guard;
mod operands;
mod pairs;
mod pasted;
mod source;
mod tags;

pub use confirm::confirm;
pub use field::field;
pub use filters::{Filters, past, place};
pub use flags::{check_kept, expiry, grace, misfit, period, spec};
pub use format::Format;
pub use guard::Pasted;
pub use operands::Operands;
pub use pairs::{pair_names, read_pairs, read_source};
pub use pasted::pasted;
pub use source::SourceFormat;
pub use tags::tags;

use crate::context::Context;
use crate::crypto::SystemRandom;
use crate::failure::Failure;
use crate::file::{Forms, descriptor_number};
use crate::generator::Spec;
use crate::secret::SecretValue;
use crate::terminal::{MAX_VALUE_BYTES, PromptError, read_stdin, strip_one_newline};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

/// What a person said of a value's origin.
pub struct Origin<'a> {
    /// The secret's address, for the prompt.
    pub address: String,
    /// `--from-file`.
    pub from_file: Option<&'a Path>,
    /// The value on the command line; `-` is standard input.
    pub operand: Option<OsString>,
    /// `--raw`: input is kept byte for byte.
    pub raw: bool,
    /// `--generate`.
    pub spec: Option<&'a Spec>,
}

/// The file of `-o`; `-` is standard output.
pub fn output_file(given: Option<&Path>) -> Option<&Path> {
    given.filter(|path| *path != Path::new("-"))
}

/// A value on the command line is seen by others; said once a command.
pub fn warn_of_command_line(ctx: &Context) {
    ctx.terminal.warn(
        "a value on the command line can be seen by other programs and is kept by the shell's \
         history",
    );
}

/// Whether a value will be read from standard input.
pub fn takes_stdin(
    ctx: &Context,
    operands: &Operands,
    from_file: Option<&Path>,
    generated: bool,
) -> bool {
    match (from_file, operands) {
        (Some(file), _) => descriptor_number(file) == Some(0),
        (None, Operands::One(_, Some(value))) => value == "-",
        (None, Operands::One(_, None)) => !generated && !ctx.terminal.stdin_is_terminal(),
        (None, Operands::Pairs(_)) => false,
    }
}

impl Origin<'_> {
    /// Obtains the value, at most 1 MiB: made, read or asked for.
    ///
    /// Input of one line loses its one trailing newline, and that is said;
    /// with an inner newline it is kept byte for byte.
    ///
    /// # Errors
    /// A file or a stream that cannot be read, two answers that differ.
    pub fn obtain(self, ctx: &Context) -> Result<SecretValue, Failure> {
        if let Some(spec) = self.spec {
            return Ok(spec
                .generate(&mut SystemRandom)
                .map_err(crate::vault::Error::from)?);
        }
        if let Some(path) = self.from_file {
            let limit = MAX_VALUE_BYTES as u64;
            return Ok(SecretValue::new(ctx.files.read(
                path,
                limit,
                Forms::Descriptors,
            )?));
        }
        match self.operand {
            Some(value) if value != "-" => {
                warn_of_command_line(ctx);
                Ok(SecretValue::new(value.into_vec()))
            }
            None if ctx.terminal.stdin_is_terminal() => typed(ctx, &self.address),
            _ => {
                let mut value = read_stdin(MAX_VALUE_BYTES)?;
                if !self.raw && strip_one_newline(&mut value) && !value.is_empty() {
                    ctx.terminal
                        .say("the trailing newline was left out; --raw keeps it");
                }
                Ok(value)
            }
        }
    }
}

/// Asks for a value on the terminal, twice.
///
/// # Errors
/// Two answers that differ, and whatever the terminal says.
pub fn typed(ctx: &Context, address: &str) -> Result<SecretValue, Failure> {
    let first = ctx.terminal.prompt_hidden(&format!("Value of {address}"));
    let first = first.map_err(|error| match error {
        PromptError::ManyLines => Failure::from(error)
            .hint("a value of several lines: --from-file FILE, or standard input"),
        error => error.into(),
    })?;
    let again = ctx.terminal.prompt_hidden("The same value again")?;
    if first.expose() != again.expose() {
        return Err(Failure::usage("the two values differ; nothing was changed"));
    }
    Ok(first)
}

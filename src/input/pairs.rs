//! The pairs of a file that another program reads too.

use crate::context::Context;
use crate::exchange::{self, Reading};
use crate::failure::{Failure, Kind, quoted};
use crate::file::Forms;
use crate::name::{self, SecretPath};
use crate::secret::SecretValue;
use crate::terminal::{MAX_VALUE_BYTES, read_stdin};
use std::path::Path;

/// Greatest length of a file, in bytes (64 MiB).
const MAX_FILE_BYTES: usize = 64 << 20;

/// Reads the file and tells what is to be known of its lines.
///
/// # Errors
/// A file that cannot be read or is none of the format.
pub fn read_pairs(
    ctx: &Context,
    file: &Path,
    stdin: bool,
    shown: &str,
) -> Result<Reading, Failure> {
    let bytes = match stdin {
        true => read_stdin(MAX_FILE_BYTES)?,
        false => SecretValue::new(ctx.files.read(
            file,
            MAX_FILE_BYTES as u64,
            Forms::Descriptors,
        )?),
    };
    let reading = exchange::Format::Dotenv.read(bytes.expose());
    let reading = reading.map_err(|error| Failure::usage(format!("{shown}: {error}")))?;
    for note in &reading.notes {
        let name = note.name.as_deref().map_or(String::new(), quoted);
        let space = if name.is_empty() { "" } else { " " };
        ctx.terminal.warn(&format!(
            "{shown} line {}:{space}{name} {}",
            note.line, note.what
        ));
    }
    Ok(reading)
}

/// The names of the secrets, all of them names of one segment.
///
/// # Errors
/// Every name that is none and every value that is too long.
pub fn pair_names(prefix: &str, reading: &Reading, shown: &str) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let mut refused = Vec::new();
    for found in &reading.found {
        let name = format!("{}{}", prefix, found.name);
        let line = found.line;
        // A `/` would be a folder: -p says which.
        let path = SecretPath::parse(&name).and_then(|path| path.check_new());
        let path = match name.contains('/') {
            true => Err(name::Error::Character('/')),
            false => path,
        };
        if let Err(error) = path {
            let what = format!(
                "{shown} line {line}: {} is no secret's name: {error}",
                quoted(&name)
            );
            refused.push((None, what));
        } else if found.value.len() > MAX_VALUE_BYTES {
            let bytes = found.value.len();
            let what = format!(
                "{shown} line {line}: the value of {} has {bytes} bytes; at most {MAX_VALUE_BYTES} \
                 are possible",
                quoted(&name)
            );
            refused.push((None, what));
        }
        names.push(name);
    }
    match refused.is_empty() {
        true => Ok(names),
        false => Err(Failure::several(
            Kind::Usage,
            refused,
            "pairs are refused; nothing was changed",
        )),
    }
}

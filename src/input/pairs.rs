//! The pairs of a file that another program reads or wrote.

use super::source::{SourceFormat, decrypted};
use crate::context::Context;
use crate::exchange::{self, Found, Maker, Reading, Syntax};
use crate::failure::{Failure, Kind, quoted};
use crate::file::Forms;
use crate::name::{self, SecretPath};
use crate::secret::SecretValue;
use crate::terminal::{MAX_VALUE_BYTES, read_stdin};
use std::path::Path;

/// Greatest length of a file, in bytes (64 MiB).
const MAX_FILE_BYTES: usize = 64 << 20;

/// Reads a .env file and tells what is to be known of its lines.
///
/// # Errors
/// A file that cannot be read or is none of the format.
pub fn read_pairs(ctx: &Context, file: &Path, shown: &str) -> Result<Reading, Failure> {
    let bytes = content(ctx, file, false)?;
    let reading = exchange::read_dotenv(bytes.expose());
    let reading = reading.map_err(|error| Failure::usage(format!("{shown}: {error}")))?;
    tell(ctx, &reading, shown);
    Ok(reading)
}

/// Reads a file in any format. What it was taken for is said where nobody
/// named the format and it is no plain .env file.
///
/// # Errors
/// As [`read_pairs`]; a file of sops that cannot be decrypted.
pub fn read_source(
    ctx: &Context,
    (file, stdin): (&Path, bool),
    shown: &str,
    format: Option<SourceFormat>,
) -> Result<Reading, Failure> {
    let bytes = content(ctx, file, stdin)?;
    let name = if stdin {
        "".into()
    } else {
        file.to_string_lossy()
    };
    let guess = Syntax::guess(&name, bytes.expose());
    let (syntax, maker) = format.map_or((guess, None), |format| format.form(guess));
    let wrong = |error: exchange::Error| {
        let failure = Failure::usage(format!("{shown}: {error}"));
        match format {
            None => failure.hint(format!(
                "it was read as {}; to say what it is: --format FORMAT",
                syntax.name()
            )),
            Some(_) => failure,
        }
    };
    let reading = match exchange::read(bytes.expose(), syntax, maker) {
        Err(exchange::Error::Encrypted) if stdin => {
            return Err(Failure::usage(format!("{shown} is encrypted by sops"))
                .hint("sops reads files only: secrets import FILE")
                .hint("or let it decrypt: sops --decrypt FILE | secrets import -"));
        }
        Err(exchange::Error::Encrypted) => {
            let plain = decrypted(ctx, file, syntax, MAX_FILE_BYTES)?;
            let mut reading = exchange::read(plain.expose(), syntax, None).map_err(wrong)?;
            reading.maker = Some(Maker::Sops);
            reading
        }
        read => read.map_err(wrong)?,
    };
    let said = match (reading.maker, syntax) {
        (Some(maker), _) => Some(maker.name()),
        (None, Syntax::Dotenv) => None,
        (None, syntax) => Some(syntax.name()),
    };
    if let (Some(said), None) = (said, format) {
        ctx.terminal.say(&format!("{shown} is read as {said}"));
    }
    tell(ctx, &reading, shown);
    Ok(reading)
}

fn content(ctx: &Context, file: &Path, stdin: bool) -> Result<SecretValue, Failure> {
    Ok(match stdin {
        true => read_stdin(MAX_FILE_BYTES)?,
        false => SecretValue::new(ctx.files.read(
            file,
            MAX_FILE_BYTES as u64,
            Forms::Descriptors,
        )?),
    })
}

fn tell(ctx: &Context, reading: &Reading, shown: &str) {
    for note in &reading.notes {
        let name = note.name.as_deref().map_or(String::new(), quoted);
        let space = if name.is_empty() { "" } else { " " };
        ctx.terminal.warn(&format!(
            "{shown} line {}:{space}{name} {}",
            note.line, note.what
        ));
    }
}

/// The paths of the secrets below the folder that is meant: `folder/NAME`.
///
/// # Errors
/// Every name that is none, every value that is too long, and whatever in the
/// file is no value.
pub fn pair_names(prefix: &str, reading: &Reading, shown: &str) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let mut refused = Vec::new();
    for (line, name, why) in &reading.refused {
        let what = format!("{shown} line {line}: {} {why}", quoted(name));
        refused.push((None, what));
    }
    for found in &reading.found {
        let name = format!("{}{}", prefix, found.name);
        let line = found.line;
        if let Err((wrong, error)) = checked(found, &name) {
            let like = like(&wrong).map_or(String::new(), |like| {
                format!("; {} would be one", quoted(&like))
            });
            let what = format!(
                "{shown} line {line}: {} is no secret's name: {error}{like}",
                quoted(&wrong)
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

/// Every segment of the path, or the first that is no name.
fn checked(found: &Found, name: &str) -> Result<(), (String, name::Error)> {
    let segments = found.folders.iter().map(String::as_str).chain([name]);
    for segment in segments {
        // A `/` would be a folder, which the file does not say.
        let path = match segment.contains('/') {
            true => Err(name::Error::Character('/')),
            false => SecretPath::parse(segment).and_then(|path| path.check_new()),
        };
        path.map_err(|error| (segment.to_owned(), error))?;
    }
    Ok(())
}

/// A name that is like a text that is none.
fn like(text: &str) -> Option<String> {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c
        } else {
            '_'
        }
    };
    let like: String = text.trim().chars().map(plain).collect();
    let like = like.trim_start_matches('.');
    let path = SecretPath::parse(like).ok()?;
    path.check_new().ok()?;
    Some(like.to_owned())
}

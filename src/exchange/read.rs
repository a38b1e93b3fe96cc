//! What files of other programs hold.
//!
//! JSON and YAML become a tree, in which every value keeps its source text: a
//! number keeps its digits, `no` stays `no`. Shapes that only one program
//! writes are known by what stands in them; every other map is names and
//! values, and a map in it is a folder.

mod csv;
mod items;
mod json;
mod known;
mod shape;
mod tree;
mod yaml;

use super::{Error, Note, Reading, Remark, dotenv};
use shape::Shape;

/// How deep lists and maps may lie in each other.
const MAX_DEPTH: usize = 32;
/// How every value that sops encrypted begins.
const SOPS_VALUE: &[u8] = b"ENC[AES256_GCM,";
/// How every value that dotenvx encrypted begins.
const DOTENVX_VALUE: &[u8] = b"encrypted:";
/// The name, or its beginning, of the public keys that dotenvx writes into its files.
const DOTENVX_KEY: &str = "DOTENV_PUBLIC_KEY";

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Rows with a header (RFC 4180).
    Csv,
    /// Lines of NAME=VALUE.
    Dotenv,
    /// RFC 8259.
    Json,
    /// YAML 1.2.
    Yaml,
}

impl Syntax {
    /// As a person calls it.
    pub fn name(self) -> &'static str {
        match self {
            Syntax::Csv => "CSV",
            Syntax::Dotenv => ".env",
            Syntax::Json => "JSON",
            Syntax::Yaml => "YAML",
        }
    }

    /// What a file seems to be by its name, else by its first byte.
    pub fn guess(name: &str, content: &[u8]) -> Self {
        let end = name.rsplit('.').next().unwrap_or_default();
        let is = |other: &str| end.eq_ignore_ascii_case(other);
        let first = content.trim_ascii_start().first();
        match first {
            _ if is("json") => Syntax::Json,
            _ if is("yaml") || is("yml") => Syntax::Yaml,
            _ if is("csv") => Syntax::Csv,
            Some(b'{' | b'[') => Syntax::Json,
            _ => Syntax::Dotenv,
        }
    }
}

/// The program that wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// `bw export --format json`, `bws secret list`.
    Bitwarden,
    /// A config of Doppler, as JSON or as a .env file.
    Doppler,
    /// `dotenvx decrypt`.
    Dotenvx,
    /// `infisical export`.
    Infisical,
    /// A manifest of Secrets.
    Kubernetes,
    /// `op item get --format json`.
    OnePassword,
    /// `secrets export`, and `secrets get --json`.
    Secrets,
    /// `sops`.
    Sops,
    /// `vault kv get -format=json`.
    Vault,
}

impl Maker {
    /// As a person calls it.
    pub fn name(self) -> &'static str {
        match self {
            Maker::Bitwarden => "an export of Bitwarden",
            Maker::Doppler => "an export of Doppler",
            Maker::Dotenvx => "a file of dotenvx",
            Maker::Infisical => "an export of Infisical",
            Maker::Kubernetes => "a Secret of Kubernetes",
            Maker::OnePassword => "an item of 1Password",
            Maker::Secrets => "an export of secrets",
            Maker::Sops => "a file of sops",
            Maker::Vault => "a secret of Vault",
        }
    }
}

/// Reads a whole file. Without a maker it is the one that the file shows; a
/// file that shows none is plain names and values.
///
/// # Errors
/// No file of this syntax, or not of this maker; [`Error::Encrypted`].
pub fn read(input: &[u8], syntax: Syntax, maker: Option<Maker>) -> Result<Reading, Error> {
    let input = input.strip_prefix("\u{feff}".as_bytes()).unwrap_or(input);
    let mut reading = match syntax {
        Syntax::Csv => csv::read(text(input)?)?,
        Syntax::Dotenv => dotenv::read(input)?,
        Syntax::Json => Shape::of(vec![json::read(text(input)?)?], maker)?.read()?,
        Syntax::Yaml => Shape::of(yaml::read(text(input)?)?, maker)?.read()?,
    };
    if matches!(syntax, Syntax::Csv | Syntax::Dotenv) {
        reading.maker = maker.or(reading.maker);
    }
    if syntax == Syntax::Dotenv {
        lines(&mut reading, maker)?;
    }
    encrypted(&mut reading);
    Ok(reading)
}

/// UTF-8 without NUL.
fn text(input: &[u8]) -> Result<&str, Error> {
    let line = |at: usize| {
        let before = input.get(..at).unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    };
    let text = std::str::from_utf8(input).map_err(|e| Error::NotText(line(e.valid_up_to())))?;
    match text.find('\0') {
        Some(at) => Err(Error::Nul(line(at))),
        None => Ok(text),
    }
}

/// What sops, dotenvx and Doppler write into their files beside the values.
fn lines(reading: &mut Reading, maker: Option<Maker>) -> Result<(), Error> {
    let is_encrypted = |value: &[u8]| value.starts_with(SOPS_VALUE);
    let mut found = reading.found.iter();
    if found.any(|one| one.name == "sops_mac" && is_encrypted(one.value.expose())) {
        return Err(Error::Encrypted);
    }
    if maker == Some(Maker::Sops) {
        return Err(Error::Shape(shape::NOT_SOPS));
    }
    let mut found = reading.found.iter();
    if found.any(|one| one.name.starts_with(DOTENVX_KEY)) {
        reading.maker = maker.or(Some(Maker::Dotenvx));
    }
    if maker == Some(Maker::Doppler)
        || known::is_doppler(reading.found.iter().map(|one| &*one.name))
    {
        reading.maker = maker.or(Some(Maker::Doppler));
    }
    let of = reading.maker;
    let is_own = |name: &str| match of {
        Some(Maker::Dotenvx) => name.starts_with(DOTENVX_KEY),
        Some(Maker::Doppler) => known::DOPPLER_OWN.contains(&name),
        _ => false,
    };
    let notes = &mut reading.notes;
    reading.found.retain(|one| {
        if is_own(&one.name) {
            notes.push(Note {
                line: one.line,
                name: Some(one.name.clone()),
                what: Remark::Own,
            });
        }
        !is_own(&one.name)
    });
    Ok(())
}

/// Values that are still encrypted are refused, by name: they are no values.
fn encrypted(reading: &mut Reading) {
    let dotenvx = reading.maker == Some(Maker::Dotenvx);
    let refused = &mut reading.refused;
    reading.found.retain(|one| {
        let value = one.value.expose();
        let why = if value.starts_with(SOPS_VALUE) {
            "is encrypted by sops"
        } else if dotenvx && value.starts_with(DOTENVX_VALUE) {
            "is encrypted by dotenvx; decrypt the file first: dotenvx decrypt"
        } else {
            return true;
        };
        refused.push((one.line, one.name.clone(), why));
        false
    });
}

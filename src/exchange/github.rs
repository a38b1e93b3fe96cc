//! The environment file of a step in GitHub Actions, and masks for its log.
//!
//! docs.github.com: "Workflow commands for GitHub Actions", multiline strings
//! and masking. A name is followed by a delimiter that is drawn at random, so
//! that no value can end its own block and begin another.

use super::{Pair, Refusal, Writing, text};
use crate::crypto::{Random, RandomError};
use data_encoding::HEXLOWER;

/// Names that the runner keeps for itself or does not let a step set.
const RESERVED: &[&str] = &["CI", "GITHUB_*", "NODE_OPTIONS", "RUNNER_*"];
/// Random bytes of a delimiter.
const DELIMITER_BYTES: usize = 16;
/// A line is masked from this length, in bytes: `}` and `1` are in every log.
const LEAST_LINE_BYTES: usize = 4;

/// What ends a value; nobody can have known it when the value was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delimiter(String);

impl Delimiter {
    /// Draws one.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn draw(random: &mut dyn Random) -> Result<Self, RandomError> {
        let mut drawn = [0; DELIMITER_BYTES];
        random.fill(&mut drawn)?;
        Ok(Delimiter(format!("secrets_{}", HEXLOWER.encode(&drawn))))
    }
}

/// Writes a block for each variable.
///
/// # Errors
/// Values that are no UTF-8 text or hold a carriage return, which the runner
/// takes for a part of the line end; names that the runner does not take.
pub(super) fn write(
    pairs: &[Pair<'_>],
    Delimiter(delimiter): &Delimiter,
) -> Result<Writing, Vec<Refusal>> {
    let bound =
        |pair: &Pair<'_>| pair.variable.as_str().len() + pair.value.len() + delimiter.len() * 2 + 5;
    text::written(pairs, bound, |pair, out| {
        let name = pair.variable.as_str();
        let is_reserved = |known: &&str| match known.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == *known,
        };
        if RESERVED.iter().any(is_reserved) {
            return Err("has a name that GitHub Actions keeps for itself");
        }
        let value = text::text(pair)?;
        if value.contains('\r') {
            return Err("holds a carriage return, which GitHub Actions does not keep");
        }
        for part in [name, "<<", delimiter, "\n", value, "\n", delimiter, "\n"] {
            out.extend_from_slice(part.as_bytes());
        }
        Ok(())
    })
}

/// The commands that have the runner mask each line of each value in its log,
/// but for lines that are too short.
///
/// # Errors
/// As [`write`], which is asked first.
pub(super) fn masks(pairs: &[Pair<'_>]) -> Result<Writing, Vec<Refusal>> {
    const COMMAND: &str = "::add-mask::";
    // A byte becomes three at most, and at worst every other one ends a line.
    let bound = |pair: &Pair<'_>| pair.value.len() * (3 + COMMAND.len()) + COMMAND.len() + 1;
    text::written(pairs, bound, |pair, out| {
        let value = text::text(pair)?;
        for line in value.split('\n') {
            if line.trim_ascii().len() < LEAST_LINE_BYTES {
                continue;
            }
            out.extend_from_slice(COMMAND.as_bytes());
            for byte in line.bytes() {
                match byte {
                    b'%' => out.extend_from_slice(b"%25"),
                    byte => out.push(byte),
                }
            }
            out.push(b'\n');
        }
        Ok(())
    })
}

//! A file of variables for a command: secrets by their addresses, and plain values.

use super::mapped::Mapped;
use super::{Open, Selection, Selector};
use crate::context::Context;
use crate::failure::{Failure, quoted};
use crate::input::read_pairs;
use crate::name::{Address, VarName};
use crate::process::Pair;
use std::path::Path;

/// What begins a value that stands for a secret.
const REFERENCE: &[u8] = b"secret://";

/// What the file lists.
#[derive(Default)]
pub struct EnvFile {
    secrets: Vec<Mapped>,
    plain: Vec<Pair>,
}

impl EnvFile {
    /// Reads the file: `NAME=secret://env/folder/NAME[@V]` is a secret, every
    /// other value is itself.
    ///
    /// # Errors
    /// A file that cannot be read, a line that is no pair, a name that is no
    /// variable, a reference that is no address.
    pub fn read(ctx: &Context, file: &Path) -> Result<Self, Failure> {
        let shown = quoted(&file.to_string_lossy());
        let reading = read_pairs(ctx, file, &shown)?;
        if reading.notes.iter().any(|note| note.what.is_loss()) {
            let message = format!("{shown} has lines that are no NAME=VALUE");
            return Err(Failure::usage(message));
        }
        let mut read = EnvFile::default();
        for found in reading.found {
            let name = VarName::parse(&found.name)
                .map_err(|error| Failure::bad_name("variable", &found.name, error))?;
            let text = std::str::from_utf8(found.value.expose());
            match text
                .ok()
                .filter(|text| text.as_bytes().starts_with(REFERENCE))
            {
                Some(text) => {
                    let address = Address::parse(text)
                        .map_err(|error| Failure::bad_name("address", text, error))?;
                    read.secrets.push((name, address, text.to_owned()));
                }
                None => read.plain.push(Pair {
                    address: format!("line {} of {}", found.line, file.display()),
                    value: found.value,
                    var: name,
                }),
            }
        }
        Ok(read)
    }

    /// Whether it lists nothing.
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty() && self.plain.is_empty()
    }

    /// Adds its secrets to what is selected, and gives its plain values.
    ///
    /// # Errors
    /// An unknown environment, whatever the vault says.
    pub fn add(
        self,
        ctx: &Context,
        open: &Open,
        selector: &Selector,
        at: Option<u64>,
        selection: &mut Selection,
    ) -> Result<Vec<Pair>, Failure> {
        selector.add(ctx, open, at, self.secrets, selection)?;
        Ok(self.plain)
    }
}

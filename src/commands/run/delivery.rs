//! How secrets reach the command where it is not by a variable.

use crate::context::Context;
use crate::custody::{self, Delivered, Delivery, Open, Selection, Selector};
use crate::failure::Failure;
use crate::input::Format;
use crate::process::Rules;
use crate::secret::SecretValue;
use std::path::PathBuf;

// No doc comment on the struct: clap would take it for the help of the verb.
#[expect(
    missing_docs,
    reason = "a doc comment would replace the verb's own help"
)]
#[derive(clap::Args, Default)]
pub struct DeliveryArgs {
    /// Deliver this secret as a file in memory, while the command runs, with its path in VAR [default: NAME_FILE]
    #[arg(long, value_name = "NAME[:VAR]")]
    pub file: Vec<String>,

    /// Deliver all secrets as one file, a link at PATH while the command runs, and not as variables
    #[arg(long, value_name = "PATH")]
    pub mount: Option<PathBuf>,

    /// The format of that file
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        requires = "mount",
        default_value_t
    )]
    pub mount_format: Format,

    /// Let files of --file and --mount lie on a disk where there is no memory for them
    #[arg(long)]
    pub allow_disk: bool,
}

impl DeliveryArgs {
    /// Whether there are files, which somebody has to remove at the end.
    pub fn has_files(&self) -> bool {
        !self.file.is_empty() || self.mount.is_some()
    }

    /// Adds the secrets of `--file`, and marks what goes into a file.
    ///
    /// # Errors
    /// Names that are none, whatever the vault says.
    pub fn mark(
        &self,
        ctx: &Context,
        open: &Open,
        selector: &Selector,
        at: Option<u64>,
        selection: &mut Selection,
    ) -> Result<(), Failure> {
        if self.mount.is_some() {
            let selected = selection.selected.iter_mut();
            selected.for_each(|one| one.delivery = Delivery::Mount);
        }
        selector.add_files(ctx, open, at, &self.file, selection)
    }

    /// Writes the files; see [`custody::deliver`].
    ///
    /// # Errors
    /// As there.
    pub fn deliver(
        &self,
        ctx: &Context,
        selection: &mut Selection,
        values: Vec<SecretValue>,
        rules: &Rules,
    ) -> Result<Delivered, Failure> {
        let format = self.mount_format.exchange().ok_or_else(|| {
            Failure::usage(
                "--mount-format is one of dotenv, docker, shell, powershell, systemd, tfvars",
            )
        })?;
        let mount = self.mount.as_deref().map(|path| (path, &format));
        custody::deliver(ctx, selection, values, mount, rules, self.allow_disk)
    }
}

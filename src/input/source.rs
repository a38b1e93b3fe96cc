//! The formats that `import` reads.

use crate::context::Context;
use crate::exchange::{Maker, Syntax};
use crate::failure::{Failure, quoted};
use crate::process::{CaptureError, Environment, Rules, capture};
use crate::secret::SecretValue;
use std::ffi::OsString;
use std::path::Path;

/// A format that pairs are read from.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceFormat {
    /// A .env file
    Dotenv,
    /// A map in JSON; a map in it is a folder
    Json,
    /// A map in YAML; a map in it is a folder
    Yaml,
    /// Rows with a header: name, value and more
    Csv,
    /// Secrets of Kubernetes
    K8s,
    /// A file that sops encrypted; sops decrypts it
    Sops,
    /// What Doppler gives of a config, as JSON or as a .env file
    Doppler,
    /// What infisical export writes
    Infisical,
    /// What vault kv get -format=json writes
    Vault,
    /// What op item get --format json writes
    #[value(name = "1password")]
    OnePassword,
    /// What dotenvx decrypt writes
    Dotenvx,
    /// What bw export --format json or bws secret list writes
    Bitwarden,
}

impl SourceFormat {
    /// How such a file is written, where its name and its first bytes say
    /// `guess`, and whose it must be.
    pub(super) fn form(self, guess: Syntax) -> (Syntax, Option<Maker>) {
        match self {
            SourceFormat::Dotenv => (Syntax::Dotenv, None),
            SourceFormat::Json => (Syntax::Json, None),
            SourceFormat::Yaml => (Syntax::Yaml, None),
            SourceFormat::Csv => (Syntax::Csv, None),
            SourceFormat::K8s if guess == Syntax::Json => (guess, Some(Maker::Kubernetes)),
            SourceFormat::K8s => (Syntax::Yaml, Some(Maker::Kubernetes)),
            SourceFormat::Sops => (guess, Some(Maker::Sops)),
            SourceFormat::Doppler => (guess, Some(Maker::Doppler)),
            SourceFormat::Infisical => (guess, Some(Maker::Infisical)),
            SourceFormat::Vault => (Syntax::Json, Some(Maker::Vault)),
            SourceFormat::OnePassword => (Syntax::Json, Some(Maker::OnePassword)),
            SourceFormat::Dotenvx => (Syntax::Dotenv, Some(Maker::Dotenvx)),
            SourceFormat::Bitwarden => (Syntax::Json, Some(Maker::Bitwarden)),
        }
    }
}

/// Has sops decrypt a file, which it reads itself. Its keys are where it looks
/// for them; the credentials of this vault are not handed on.
///
/// # Errors
/// No sops, one that fails, more than `limit` bytes.
pub(super) fn decrypted(
    ctx: &Context,
    file: &Path,
    syntax: Syntax,
    limit: usize,
) -> Result<SecretValue, Failure> {
    let kind = match syntax {
        Syntax::Dotenv => "dotenv",
        Syntax::Json => "json",
        Syntax::Yaml => "yaml",
        Syntax::Csv => "binary",
    };
    // A name that begins with - would be a flag.
    let file = ctx.working_directory.join(file);
    let words = [
        "sops",
        "--decrypt",
        "--input-type",
        kind,
        "--output-type",
        kind,
    ];
    let mut argv: Vec<OsString> = words.iter().map(OsString::from).collect();
    argv.push(file.clone().into_os_string());
    let environment = Environment::build(ctx.snapshot.pairs(), Vec::new(), &Rules::default());
    let environment =
        environment.map_err(|_| Failure::io("the environment of sops cannot be built"))?;
    let shown = quoted(&file.to_string_lossy());
    capture(&argv, &environment, None, limit).map_err(|error| match error {
        CaptureError::NotFound { .. } => Failure::usage(format!(
            "{shown} is encrypted by sops, and there is no sops here"
        ))
        .hint("nothing was taken; to decrypt it, install sops"),
        error => Failure::io(format!("{shown} is encrypted by sops: {error}"))
            .hint("nothing was taken; what sops says of it stands above"),
    })
}

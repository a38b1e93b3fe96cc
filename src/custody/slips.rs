//! What is warned of when a value is written.

use crate::input::Pasted;
use crate::secret::SecretValue;
use crate::vault::{Error, Vault, Written};

/// Where a value came from.
pub struct Source {
    /// `--from-file`.
    pub from_file: bool,
    /// A generator made it.
    pub generated: bool,
    /// `--raw`: every byte is meant.
    pub raw: bool,
}

/// What looks like a slip in a value that was just staged: whole sentences,
/// which never hold the value. What a generator made, and a file that
/// is binary or a certificate, is not judged.
///
/// Values of other environments are compared inside the vault. Nobody sees
/// them, so the log has no entry of it beside that of the write.
///
/// # Errors
/// Whatever does not verify.
pub fn slips(
    vault: &Vault,
    written: &Written,
    source: &Source,
    value: &SecretValue,
) -> Result<Vec<String>, Error> {
    let Written { env, path, .. } = written;
    let (kind, raw) = (written.kind.as_str(), source.raw);
    let is_made = source.generated || source.from_file && matches!(kind, "binary" | "cert");
    if written.unchanged || is_made || value.is_empty() {
        return Ok(Vec::new());
    }
    let pasted = Pasted {
        env,
        path,
        kind,
        raw,
    };
    let mut said: Vec<String> = pasted
        .slips(value)
        .into_iter()
        .map(|slip| format!("the value of {env}:{path} {slip}"))
        .collect();
    for other in vault.same_value_in(env, path, value)? {
        said.push(format!(
            "the value of {env}:{path} is that of {other}:{path} too"
        ));
    }
    Ok(said)
}

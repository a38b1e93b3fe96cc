//! What will open a new slot: a key, or a passphrase that is strong enough.

use super::credential::{MAX_CREDENTIAL_BYTES, given};
use super::place::is_committable;
use crate::context::Context;
use crate::crypto::{Iterations, Random, SystemRandom};
use crate::failure::{Failure, quoted};
use crate::file;
use crate::generator::Spec;
use crate::secret::{Credential, KeyBytes, Passphrase, SecretValue};
use crate::vault::{self, is_label};
use std::path::Path;
use zeroize::Zeroizing;

/// How often a new passphrase is asked for.
const MAX_TRIES: usize = 3;

/// What will open the vault.
pub enum Opener {
    /// A key: a slot of kind `secret`.
    Key(KeyBytes),
    /// A passphrase: a slot of kind `pass`.
    Passphrase(Passphrase),
}

/// A key or passphrase that is given, else a new passphrase from the terminal.
///
/// # Errors
/// A weak passphrase, a credential that is none, nobody to ask.
pub fn new_opener(ctx: &Context) -> Result<Opener, Failure> {
    if let Some(path) = &ctx.globals.key_file {
        return key_file(ctx, path);
    }
    match given(ctx)? {
        Some((Credential::Key(key), _)) => Ok(Opener::Key(key)),
        Some((Credential::Passphrase(passphrase), from)) => {
            match Passphrase::new_for_creation(passphrase.expose()) {
                Ok(passphrase) => Ok(Opener::Passphrase(passphrase)),
                Err(error) => Err(Failure::usage(format!("{from}: {error}"))
                    .hint("six random words: secrets generate passphrase")),
            }
        }
        Some((Credential::Token(_), from)) => Err(Failure::usage(format!(
            "{from}: a token opens a vault and cannot make one"
        ))),
        None => typed(ctx),
    }
}

/// Uses the key in the file, or makes both.
fn key_file(ctx: &Context, path: &Path) -> Result<Opener, Failure> {
    let shown = path.display().to_string();
    match ctx.files.read_private(path, MAX_CREDENTIAL_BYTES) {
        Ok(content) => {
            let content = SecretValue::new(content);
            let key = KeyBytes::parse_file(content.expose());
            key.map(Opener::Key)
                .map_err(|error| Failure::bad_credential(&quoted(&shown), error))
        }
        Err(file::Error::NotFound { .. }) => {
            let random: &mut dyn Random = &mut SystemRandom;
            let key = random.key().map_err(vault::Error::from)?;
            for warning in ctx.files.write_new(path, key.to_text().expose())? {
                ctx.terminal.warn(&warning.to_string());
            }
            ctx.terminal.say(&format!(
                "made the key \"{shown}\"; keep a copy where you keep such things"
            ));
            if is_committable(ctx, path) {
                ctx.terminal.warn(&format!(
                    "the key \"{shown}\" lies in a git work tree; whoever has it and the vault reads everything: do not commit it"
                ));
            }
            Ok(Opener::Key(key))
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks for a new passphrase, twice; weak ones are refused up to three times.
fn typed(ctx: &Context) -> Result<Opener, Failure> {
    if !ctx.terminal.may_prompt() {
        return Err(
            Failure::locked("a passphrase is needed but there is no terminal")
                .hint("with a key instead: secrets init --key-file FILE"),
        );
    }
    let words = Spec::parse("passphrase")?.generate(&mut SystemRandom);
    let words = words.map_err(vault::Error::from)?;
    let words = String::from_utf8_lossy(words.expose());
    let mut question = Zeroizing::new(String::with_capacity(64 + words.len()));
    for part in [
        "New passphrase, 15 characters or more (at random: ",
        &words,
        ")",
    ] {
        question.push_str(part);
    }
    for left in (0..MAX_TRIES).rev() {
        let first = ctx.terminal.prompt_hidden(&question)?;
        let refused = match Passphrase::new_for_creation(first.expose()) {
            Err(error) => error.to_string(),
            Ok(passphrase) => {
                let again = ctx.terminal.prompt_hidden("The same passphrase again")?;
                if again.expose() == first.expose() {
                    return Ok(Opener::Passphrase(passphrase));
                }
                "the two passphrases differ".to_owned()
            }
        };
        if left == 0 {
            return Err(Failure::usage(refused));
        }
        ctx.terminal.warn(&format!("{refused}; try again"));
    }
    Err(Failure::usage("no passphrase was chosen"))
}

/// How often a new passphrase is stretched: the flag, else the user's setting.
///
/// # Errors
/// A number out of bounds, or one for a key, which needs none.
pub fn iterations(ctx: &Context, flag: Option<u32>) -> Result<Iterations, Failure> {
    let Some(asked) = flag.or(ctx.user.iterations) else {
        return Ok(Iterations::default());
    };
    let iterations = Iterations::new(u64::from(asked)).map_err(|_| {
        Failure::usage(format!(
            "{asked} iterations are out of bounds: {} to {}",
            Iterations::MIN,
            Iterations::MAX
        ))
    })?;
    // Before a key is made for nothing.
    match flag.is_some() && ctx.globals.key_file.is_some() {
        true => Err(Failure::usage("a key needs no --iterations")),
        false => Ok(iterations),
    }
}

/// The label of a new slot: `--label`, else the user's name where it fits,
/// else `owner`.
///
/// # Errors
/// A text that is no label.
pub fn label(ctx: &Context, flag: Option<&str>) -> Result<String, Failure> {
    if let Some(label) = flag {
        return match is_label(label) {
            true => Ok(label.to_owned()),
            false => Err(Failure::usage(format!(
                "{} is no label: letters, digits and . _ @ + -, at most 64",
                quoted(label)
            ))),
        };
    }
    let name = |variable| ctx.snapshot.get(variable).and_then(|name| name.to_str());
    let user = [name("USER"), name("LOGNAME")]
        .into_iter()
        .flatten()
        .find(|name| is_label(name));
    Ok(user.unwrap_or("owner").to_owned())
}

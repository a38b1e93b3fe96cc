//! What will open a new slot: a key, or a passphrase that is strong enough.

use super::credential::{MAX_CREDENTIAL_BYTES, given, one_line};
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
        return key_at(ctx, path).map(Opener::Key);
    }
    match given(ctx)? {
        Some((Credential::Key(key), _)) => Ok(Opener::Key(key)),
        Some((Credential::Passphrase(passphrase), from)) => {
            strong(passphrase.expose(), &from).map(Opener::Passphrase)
        }
        Some((Credential::Token(_), from)) => Err(Failure::usage(format!(
            "{from}: a token opens a vault and cannot make one"
        ))),
        None if !ctx.terminal.may_prompt() => Err(Failure::locked(
            "a passphrase is needed but there is no terminal",
        )
        .hint("with a key instead: secrets init --key-file FILE")),
        None => typed(ctx).map(Opener::Passphrase),
    }
}

/// A new passphrase for a slot: from a file, else from the terminal.
///
/// # Errors
/// A weak passphrase, a file that others may read, nobody to ask.
pub fn new_passphrase(ctx: &Context, path: Option<&Path>) -> Result<Passphrase, Failure> {
    let Some(path) = path else {
        return match ctx.terminal.may_prompt() {
            true => typed(ctx),
            false => Err(
                Failure::usage("a new passphrase is needed and nobody can be asked")
                    .hint("from a file: --new-passphrase-file FILE"),
            ),
        };
    };
    let about = "--new-passphrase-file";
    let content = ctx.files.read_private(path, MAX_CREDENTIAL_BYTES);
    let content = content.map_err(|error| Failure::from(error).about(about))?;
    let content = SecretValue::new(content);
    strong(one_line(content.expose()), about)
}

/// Six random words to be handed over, as text and as what opens a slot.
///
/// # Errors
/// The random numbers.
pub fn handout() -> Result<(SecretValue, Passphrase), Failure> {
    let words = Spec::parse("passphrase")?.generate(&mut SystemRandom);
    let words = words.map_err(vault::Error::from)?;
    let passphrase = Passphrase::new_for_creation(words.expose());
    let passphrase = passphrase.map_err(|error| Failure::io(error.to_string()))?;
    Ok((words, passphrase))
}

/// A passphrase that is strong enough for a new slot.
fn strong(text: &[u8], from: &str) -> Result<Passphrase, Failure> {
    Passphrase::new_for_creation(text).map_err(|error| {
        Failure::usage(format!("{from}: {error}"))
            .hint("six random words: secrets generate passphrase")
    })
}

/// The key in the file, which is made with a new one if it is not there.
///
/// # Errors
/// A file that others may read, or that holds no key; the disk.
pub fn key_at(ctx: &Context, path: &Path) -> Result<KeyBytes, Failure> {
    let shown = path.display().to_string();
    match ctx.files.read_private(path, MAX_CREDENTIAL_BYTES) {
        Ok(content) => {
            let content = SecretValue::new(content);
            let key = KeyBytes::parse_file(content.expose());
            key.map_err(|error| Failure::bad_credential(&quoted(&shown), error))
        }
        Err(file::Error::NotFound { .. }) => {
            let random: &mut dyn Random = &mut SystemRandom;
            let key = KeyBytes::from_drawn(random.key().map_err(vault::Error::from)?);
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
            Ok(key)
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks for a new passphrase, twice; weak ones are refused up to three times.
pub(super) fn typed(ctx: &Context) -> Result<Passphrase, Failure> {
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
                    return Ok(passphrase);
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
/// A number out of bounds.
pub fn iterations(ctx: &Context, flag: Option<u32>) -> Result<Iterations, Failure> {
    let Some(asked) = flag.or(ctx.user.iterations) else {
        return Ok(Iterations::default());
    };
    Iterations::new(u64::from(asked)).map_err(|_| {
        Failure::usage(format!(
            "{asked} iterations are out of bounds: {} to {}",
            Iterations::MIN,
            Iterations::MAX
        ))
    })
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
            false => Err(vault::Error::Label(label.to_owned()).into()),
        };
    }
    let name = |variable| ctx.snapshot.get(variable).and_then(|name| name.to_str());
    let user = [name("USER"), name("LOGNAME")]
        .into_iter()
        .flatten()
        .find(|name| is_label(name));
    Ok(user.unwrap_or("owner").to_owned())
}

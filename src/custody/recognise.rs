//! Whether a text is a secret, and which, without showing any.
//!
//! Values are opened here, compared and dropped; what comes out is a name or
//! a yes. That too is knowledge, so it is recorded before it is told.

mod pieces;

use super::record::Recorder;
use super::{Open, actor, missing, settle};
use crate::audit::{Action, Event};
use crate::context::Context;
use crate::crypto::{Hash, Random, SystemRandom, equal, hash};
use crate::failure::Failure;
use crate::name::{EnvName, SecretPath, Version};
use crate::secret::SecretValue;
use crate::terminal::strip_one_newline;
use crate::vault::{Entry, State, Vault, VersionEntry};
use pieces::Form;
use std::collections::{HashMap, HashSet};
use zeroize::Zeroizing;

/// A version whose value was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Its environment.
    pub env: EnvName,
    /// Its path.
    pub path: SecretPath,
    /// Its number.
    pub version: u64,
    /// What it is by now: `current`, `expired`, `superseded`, `deleted`, `pending`.
    pub state: &'static str,
    /// How it stood in the text: `whole`, `word`, `base64`, `percent`.
    pub form: &'static str,
}

/// Looks for a text among the kept versions of every environment that can be
/// read: as a whole, word by word, and decoded.
///
/// Only values of a length that a part of the text has are opened. Values and
/// parts meet as hashes under a random prefix, so that neither the time nor
/// the order of a look-up says how nearly one is the other.
///
/// # Errors
/// Whatever does not verify, a log that cannot be written.
pub fn which(ctx: &Context, open: &Open, text: &SecretValue) -> Result<Vec<Sighting>, Failure> {
    let vault = &open.vault;
    let blame = |error| open.blame(error);
    let mut entries = Vec::new();
    for env in open.environments.iter().filter(|env| env.readable) {
        entries.extend(vault.entries(&env.name).map_err(blame)?);
    }
    let versions = || {
        let each = |entry: &'_ Entry| {
            entry
                .versions
                .iter()
                .filter(|kept| kept.meta.len > 0)
                .count()
        };
        entries.iter().filter(move |entry| each(entry) > 0)
    };
    let lengths: HashSet<u64> = versions()
        .flat_map(|entry| entry.versions.iter().map(|version| version.meta.len))
        .collect();
    let mut prefix = Zeroizing::new([0; 32]);
    let random: &mut dyn Random = &mut SystemRandom;
    random
        .fill(prefix.as_mut_slice())
        .map_err(crate::vault::Error::from)?;
    let mark = |bytes: &[u8]| hash("which", &[prefix.as_slice(), bytes]);
    let mut marks: HashMap<Hash, Form> = HashMap::new();
    let mut present: HashSet<u64> = HashSet::new();
    pieces::each(text.expose(), &mut |piece, form| {
        let length = piece.len() as u64;
        if length > 0 && lengths.contains(&length) {
            present.insert(length);
            marks.entry(mark(piece)).or_insert(form);
        }
    });
    let mut found = Vec::new();
    for entry in versions() {
        let kept = entry.versions.iter();
        for version in kept.filter(|version| present.contains(&version.meta.len)) {
            let value = opened(open, entry, version)?;
            if let Some(form) = marks.get(&mark(value.expose())) {
                found.push(Sighting {
                    env: entry.env.clone(),
                    path: entry.path.clone(),
                    version: version.version,
                    state: state(vault, entry, version),
                    form: form.as_str(),
                });
            }
        }
    }
    let names = found.iter().map(|one| (&one.env, &one.path, one.version));
    record(ctx, open, actor::events(ctx, open, Action::Check, names)?)?;
    Ok(found)
}

/// Whether a value is the current one of a secret, recorded before it is
/// told. One line loses its line end, as in `set`. That the value expired
/// does not matter.
///
/// # Errors
/// A secret that is not there; as [`which`].
pub fn same(
    ctx: &Context,
    open: &Open,
    (env, path): (&EnvName, &SecretPath),
    mut value: SecretValue,
) -> Result<bool, Failure> {
    let entry = open.vault.find(env, path).map_err(|e| open.blame(e))?;
    let Some(entry) = entry else {
        return Err(missing(open, env, path, Version::Current, None));
    };
    let version = entry
        .select(Version::Current, open.vault.now(), true)
        .map_err(|why| missing(open, env, path, Version::Current, Some((&entry, why))))?;
    let name = std::iter::once((env, path, version.version));
    record(ctx, open, actor::events(ctx, open, Action::Check, name)?)?;
    strip_one_newline(&mut value);
    let stored = opened(open, &entry, version)?;
    Ok(equal(stored.expose(), value.expose()))
}

fn opened(open: &Open, entry: &Entry, version: &VersionEntry) -> Result<SecretValue, Failure> {
    let value = open.vault.value(entry, version);
    value.map_err(|error| open.blame(error))
}

/// What a version is by now.
fn state(vault: &Vault, entry: &Entry, version: &VersionEntry) -> &'static str {
    match (version.meta.state, entry.live()) {
        (State::Pending, _) => "pending",
        (_, None) => "deleted",
        (_, Some(current)) if current.version != version.version => "superseded",
        _ if version.meta.is_expired(vault.now()) => "expired",
        _ => "current",
    }
}

/// Writes the entries, one without a name where nothing was found: a guess is
/// an act, too.
fn record(ctx: &Context, open: &Open, mut events: Vec<Event>) -> Result<(), Failure> {
    if events.is_empty() {
        events.push(actor::event(ctx, open, Action::Check)?);
    }
    let recorder = Recorder::of(ctx, open)?;
    recorder.write(events, recorder.flushes_reads())?;
    settle(ctx, open, recorder.chain());
    Ok(())
}

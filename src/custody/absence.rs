//! What to say when a secret is not there, and where it is instead.

use super::Open;
use crate::failure::Failure;
use crate::name::{EnvName, FolderPath, SecretPath, Version};
use crate::time::Timestamp;
use crate::vault::{Absence, Entry, State, VersionEntry};

/// How many other environments are named.
const MAX_ENVIRONMENTS: usize = 3;

/// Why a secret or a version of it cannot be read.
///
/// A near miss is a suggestion and never another secret. Where there is no
/// secret of that name, the other environments that hold one at the very same
/// path are named, as far as the slot reads them.
pub fn missing(
    open: &Open,
    env: &EnvName,
    path: &SecretPath,
    version: Version,
    found: Option<(&Entry, Absence)>,
) -> Failure {
    let address = format!("{env}:{path}");
    let at = |seconds| Timestamp::from_seconds(seconds).map_or(String::new(), |at| at.to_string());
    let failure = match found {
        None => unknown(open, env, path),
        Some((entry, Absence::Deleted)) => {
            let word = hidden_by(entry.current());
            let failure = Failure::not_found(format!("\"{address}\" is {word}"));
            let failure =
                match entry.hidden().is_some() && open.vault.check_write(env, path).is_ok() {
                    true => failure.hint(format!("to bring it back: secrets undelete {address}")),
                    false => failure.hint(format!("secrets set {address}")),
                };
            in_others(open, env, path, failure)
        }
        Some((_, Absence::Expired(when))) => {
            let failure =
                Failure::expired(format!("\"{address}{version}\" expired at {}", at(when)));
            let failure = match open.vault.check_write(env, path) {
                Ok(()) => failure.hint(format!("secrets set {address}")),
                Err(_) => failure,
            };
            failure.hint("to read it all the same: --allow-expired")
        }
        Some((entry, Absence::Gone)) => {
            let word = match version {
                Version::Number(number) => hidden_by(entry.version(number)),
                _ => hidden_by(entry.current()),
            };
            Failure::not_found(format!("\"{address}{version}\" is {word}"))
        }
        Some((_, Absence::GraceOver(when))) => Failure::expired(format!(
            "\"{address}{version}\" was replaced, and its grace time ended at {}",
            at(when)
        )),
        Some((entry, Absence::NoVersion)) => {
            let kept: Vec<String> = entry
                .versions
                .iter()
                .map(|version| format!("v{}", version.version))
                .collect();
            let kept = kept.join(", ");
            let which = match version {
                Version::Number(number) => format!("v{number}"),
                Version::Current => "current version".to_owned(),
                Version::Pending => "pending version".to_owned(),
                _ => "previous version".to_owned(),
            };
            Failure::not_found(format!("\"{address}\" has no {which}; kept: {kept}"))
        }
    };
    open.blame(failure)
}

/// What became of a version that has no value.
fn hidden_by(version: Option<&VersionEntry>) -> &'static str {
    match version.map(|version| version.meta.state) {
        Some(State::Destroyed) => "destroyed",
        _ => "deleted",
    }
}

/// No secret of that name, with the one that was perhaps meant.
fn unknown(open: &Open, env: &EnvName, path: &SecretPath) -> Failure {
    let folder = path.folder();
    let message = format!("no secret named \"{}\" in {env}:{folder}", path.name());
    let failure = in_others(open, env, path, Failure::not_found(message));
    // A slot that reads single names knows no others; then nothing is suggested.
    let Ok(entries) = open.vault.entries(env) else {
        return failure;
    };
    let live = entries.iter().filter(|entry| entry.live().is_some());
    let (near, far): (Vec<_>, Vec<_>) = live.partition(|entry| entry.path.folder() == folder);
    let before = failure.hints.len();
    let failure = failure.hint_similar("name", path.name(), near.iter().map(|e| e.path.name()));
    match failure.hints.len() > before {
        true => failure,
        false => in_folders(failure, env, path, &folder, &far),
    }
}

/// The same path in other environments: since when, by whom, and for who may
/// write here the command that copies it.
///
/// What cannot be read there is passed over: it is not what was asked for.
fn in_others(open: &Open, env: &EnvName, path: &SecretPath, failure: Failure) -> Failure {
    let may_write = open.vault.check_write(env, path).is_ok();
    let others = open.environments.iter().filter(|other| other.readable);
    let others = others.filter(|other| other.name != *env);
    let found = others.filter_map(|other| open.vault.find(&other.name, path).ok().flatten());
    let live = found.filter(|entry| entry.live().is_some());
    live.take(MAX_ENVIRONMENTS).fold(failure, |failure, entry| {
        let other = &entry.env;
        let mut hint = format!("in {other}:{}", path.folder());
        if let Some(first) = entry.versions.first() {
            let by = open.vault.label_of(&first.meta.by);
            let since = since(first.meta.created, open.vault.now());
            hint.push_str(&format!(", {since}, by {by}"));
        }
        if may_write {
            hint.push_str(&format!(": secrets cp {other}:{path} {env}:{path}"));
        }
        failure.hint(hint)
    })
}

/// `since 3 weeks`, or `just now` within the first minute.
fn since(seconds: u64, now: u64) -> String {
    match now.saturating_sub(seconds) {
        0..60 => "just now".to_owned(),
        _ => {
            let span = Timestamp::clamped(now).since(Timestamp::clamped(seconds));
            format!("since {}", span.rough())
        }
    }
}

/// The same name in another folder of the environment. A list of all names is
/// offered where there is nothing better.
fn in_folders(
    failure: Failure,
    env: &EnvName,
    path: &SecretPath,
    folder: &FolderPath,
    far: &[&Entry],
) -> Failure {
    let same = far.iter().filter(|entry| entry.path.name() == path.name());
    let same: Vec<_> = same.map(|entry| entry.path.to_string()).collect();
    match same.as_slice() {
        [] if !failure.hints.is_empty() => failure,
        [] if folder.as_str().is_empty() => {
            failure.hint(format!("to see the names: secrets list {env}:/"))
        }
        [] => failure.hint(format!("to see the names: secrets list {env}:{folder}/")),
        [one] => failure.hint(format!("there is one at \"{one}\"")),
        more => failure.hint(format!(
            "there are {} of that name: {}",
            more.len(),
            more.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago_is_said_roughly() {
        let now = 1_800_000_000;
        for (ago, said) in [
            (0, "just now"),
            (59, "just now"),
            (60, "since 1 minute"),
            (22 * 86_400, "since 3 weeks"),
        ] {
            assert_eq!(since(now - ago, now), said);
        }
        assert_eq!(since(now + 5, now), "just now");
    }
}

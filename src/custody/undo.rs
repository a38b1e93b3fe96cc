//! The last change that this machine made, and how it is taken back.

use super::{Journal, Open, journal};
use crate::audit::{Action, Event};
use crate::context::Context;
use crate::failure::Failure;
use crate::name::{EnvName, SecretPath};
use crate::time::Timestamp;
use crate::vault::{Entry, SlotId, State, Vault, VersionEntry};

/// The verbs whose change can be undone.
const UNDONE: [&str; 10] = [
    "set", "rm", "undelete", "meta", "rotate", "rollback", "mv", "cp", "import", "edit",
];

/// How long after a version its entry is written at most, in seconds. One that
/// is older is another one of the same number, as on another branch of git.
const MAX_DELAY: u64 = 60;

/// The last change of this machine, as its log tells it.
pub struct LastWrite {
    /// The verb.
    pub verb: String,
    /// When, Unix seconds.
    pub time: u64,
    slot: Option<SlotId>,
    names: Vec<(EnvName, SecretPath, u64)>,
}

/// How one secret gets back to what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing was there before: it is hidden, and so is the version, if any,
    /// that was hidden before.
    Hide(EnvName, SecretPath, Option<u64>),
    /// It was elsewhere: from the first place to the second.
    MoveBack((EnvName, SecretPath), (EnvName, SecretPath)),
    /// A kept version becomes the current one again.
    Restore(EnvName, SecretPath, u64),
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Step::Hide(env, path, None) => {
                write!(f, "{env}:{path} is hidden: there was none before")
            }
            Step::Hide(env, path, Some(version)) => {
                write!(
                    f,
                    "{env}:{path} is hidden again, with what v{version} holds"
                )
            }
            Step::MoveBack((env, path), (to_env, to)) => {
                write!(f, "{env}:{path} is moved back to {to_env}:{to}")
            }
            Step::Restore(env, path, version) => {
                write!(f, "{env}:{path} gets back what v{version} holds")
            }
        }
    }
}

/// Finds the last change of this machine in its log.
///
/// A command that wrote in several environments has an entry for each, all
/// written at once; an `abort` behind them says that it did not happen.
///
/// # Errors
/// No change, or one that cannot be undone (conflict); a log that cannot be read.
pub fn last_write(ctx: &Context, open: &Open) -> Result<LastWrite, Failure> {
    let journal: Journal = journal(ctx, Some(open))?;
    let events = journal.entries(ctx).map(|entry| entry.event);
    let Some(last) = last_group(events) else {
        return Err(Failure::conflict(
            "this machine has made no change that can be undone",
        ));
    };
    read(&last)
}

/// The entries of the last change that was not aborted.
fn last_group(events: impl Iterator<Item = Event>) -> Option<Vec<Event>> {
    let mut groups: Vec<Vec<Event>> = Vec::new();
    for event in events.filter(Event::is_done) {
        match event.action {
            Action::Abort => {
                // One for each entry: the first takes the whole of it away.
                let is_it = |group: &Vec<Event>| group.iter().any(|e| is_one(e, &event));
                if groups.last().is_some_and(is_it) {
                    groups.pop();
                }
            }
            Action::Access | Action::Delete | Action::Rotate | Action::Write => {
                match groups.last_mut() {
                    Some(group) if group.iter().all(|e| is_one(e, &event)) => group.push(event),
                    _ => groups.push(vec![event]),
                }
                // An abort follows its change at once; no more need be known.
                if groups.len() > 2 {
                    groups.remove(0);
                }
            }
            _ => {}
        }
    }
    groups.pop()
}

/// Whether two entries are about one change: it has one set of new seals. A
/// second may end between its entries.
fn is_one(a: &Event, b: &Event) -> bool {
    (a.pid, &a.verb, &a.seals) == (b.pid, &b.verb, &b.seals)
}

/// The change that entries tell of, if it can be undone.
fn read(group: &[Event]) -> Result<LastWrite, Failure> {
    let first = group.first();
    let verb = first
        .and_then(|event| event.verb.clone())
        .unwrap_or_default();
    let mut names = Vec::new();
    for event in group {
        let env = event
            .env
            .as_deref()
            .and_then(|env| EnvName::parse(env).ok());
        for (path, version) in &event.names {
            let path = SecretPath::parse(path.strip_prefix('/').unwrap_or(path)).ok();
            names.extend(
                env.clone()
                    .zip(path)
                    .map(|(env, path)| (env, path, *version)),
            );
        }
    }
    let action = first.map(|event| &event.action);
    if verb == "rotate" && matches!(action, Some(Action::Delete | Action::Write)) {
        // Its two steps: the value that waits, and its end.
        let message = match action {
            Some(Action::Delete) => "a rotation that failed, and nothing of it is left",
            _ => "a rotation that was not finished: the next one takes its value away",
        };
        return Err(
            Failure::conflict(format!("the last change of this machine is {message}"))
                .hint("to see what was changed: secrets audit list --action write,delete,rotate"),
        );
    }
    let is_access = first.is_some_and(|event| event.action == Action::Access);
    if is_access || names.is_empty() || !UNDONE.contains(&verb.as_str()) {
        let verb = match (is_access, verb.as_str()) {
            (true, "rotate") => "rotate --key".to_owned(),
            _ => verb,
        };
        return Err(Failure::conflict(format!(
            "the last change of this machine is \"{verb}\", which cannot be undone"
        ))
        .hint("to see what was changed: secrets audit list --action write,delete,rotate,access"));
    }
    Ok(LastWrite {
        verb,
        time: first.map_or(0, |event| event.time),
        slot: first.and_then(|event| event.slot),
        names,
    })
}

impl LastWrite {
    /// What has to be done, by the order in which it was written; nothing is
    /// staged.
    ///
    /// # Errors
    /// Somebody wrote since, what was before is not kept (conflict), no right,
    /// or whatever does not verify.
    pub fn plan(&self, vault: &Vault) -> Result<Vec<Step>, Failure> {
        let mut steps = Vec::new();
        let (mut left, mut arrived) = (Vec::new(), Vec::new());
        for (env, path, version) in &self.names {
            vault.check_write(env, path)?;
            let entry = vault.find(env, path)?;
            let current = entry.as_ref().and_then(Entry::current);
            let (Some(entry), Some(current)) = (&entry, current) else {
                return Err(gone(env, path));
            };
            let is_ours = current.meta.verb() == self.verb
                && self.slot.is_none_or(|slot| current.meta.by == slot);
            if current.version != *version || !is_ours {
                return Err(changed(vault, env, path, current));
            }
            if current.meta.created.saturating_add(MAX_DELAY) < self.time {
                return Err(another(vault, env, path, current));
            }
            let place = (env.clone(), path.clone());
            match (self.verb.as_str(), current.meta.state) {
                ("mv", State::Destroyed) => left.push((place, *version)),
                ("mv", _) => arrived.push((place, *version, hides(entry))),
                _ => steps.push(back(entry, current)?),
            }
        }
        for (place, number, hides) in arrived {
            // Several go into a folder and keep their names.
            let at = match left.as_slice() {
                [_] => Some(0),
                many => many
                    .iter()
                    .position(|((_, path), _)| path.name() == place.1.name()),
            };
            match at {
                Some(at) => {
                    let (before, last) = left.remove(at);
                    // Numbers that were kept tell that nothing else was there.
                    if number + 1 != last && hides {
                        return Err(mixed(&place.0, &place.1));
                    }
                    steps.push(Step::MoveBack(place, before));
                }
                None => return Err(gone(&place.0, &place.1)),
            }
        }
        Ok(steps)
    }
}

/// Whether a value lies below a line without one.
fn hides(entry: &Entry) -> bool {
    let gone =
        |version: &&VersionEntry| matches!(version.meta.state, State::Deleted | State::Destroyed);
    let last = entry.versions.iter().rev().find(gone);
    last.is_some_and(|last| {
        let mut below = entry
            .versions
            .iter()
            .take_while(|v| v.version < last.version);
        below.any(|version| version.meta.state == State::Live)
    })
}

/// How a secret gets back to what was current before.
fn back(entry: &Entry, current: &VersionEntry) -> Result<Step, Failure> {
    let (env, path) = (entry.env.clone(), entry.path.clone());
    let older = entry.versions.iter().rev();
    let mut older = older.filter(|version| version.version < current.version);
    let before = older.find(|version| version.meta.state != State::Pending);
    match before.map(|before| (before, before.meta.state)) {
        Some((before, State::Live)) => Ok(Step::Restore(env, path, before.version)),
        // It held a value when the change was made.
        Some((before, State::Destroyed)) if before.meta.created > current.meta.created => {
            Err(gone(&env, &path))
        }
        None if current.version > 1 => Err(gone(&env, &path)),
        Some((before, _)) => {
            let hidden = entry.hidden_by(before).map(|hidden| hidden.version);
            Ok(Step::Hide(env, path, hidden))
        }
        None => Ok(Step::Hide(env, path, None)),
    }
}

/// What was there before cannot be had any more.
fn gone(env: &EnvName, path: &SecretPath) -> Failure {
    Failure::conflict(format!(
        "\"{env}:{path}\" cannot be brought back: what was before is not kept"
    ))
    .hint(format!("secrets history {env}:{path}"))
}

/// A move onto a name that had versions of its own: they would go along.
fn mixed(env: &EnvName, path: &SecretPath) -> Failure {
    Failure::conflict(format!(
        "\"{env}:{path}\" cannot be moved back: it had versions of its own before, and they would go along"
    ))
    .hint(format!("secrets history {env}:{path}"))
}

/// The file is one that the change never went to.
fn another(vault: &Vault, env: &EnvName, path: &SecretPath, current: &VersionEntry) -> Failure {
    let by = vault.label_of(&current.meta.by);
    let at = Timestamp::clamped(current.meta.created);
    Failure::conflict(format!(
        "\"{env}:{path}\" is not as the last change of this machine left it: v{} by {by} at {at}",
        current.version
    ))
    .hint(format!("secrets history {env}:{path}"))
}

/// Somebody wrote after the change that is to be undone.
fn changed(vault: &Vault, env: &EnvName, path: &SecretPath, current: &VersionEntry) -> Failure {
    let by = vault.label_of(&current.meta.by);
    let at = Timestamp::clamped(current.meta.created);
    Failure::conflict(format!(
        "\"{env}:{path}\" was changed since: v{} by {by} at {at}",
        current.version
    ))
    .hint(format!("secrets history {env}:{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(action: Action, verb: &str, time: u64, env: &str) -> Event {
        let mut event = Event::new(action, time);
        event.verb = Some(verb.to_owned());
        event.env = Some(env.to_owned());
        event.names = vec![("/A".to_owned(), 2)];
        event.seals = vec![[u8::try_from(time % 256).unwrap(); 32]];
        event
    }

    fn last(events: Vec<Event>) -> Result<(String, usize), Failure> {
        let group = last_group(events.into_iter());
        let last = read(&group.ok_or_else(|| Failure::conflict("none"))?)?;
        Ok((last.verb, last.names.len()))
    }

    #[test]
    fn entries_of_one_command_are_one_change_and_an_abort_takes_all_of_it_away() {
        let write = |time, env| event(Action::Write, "set", time, env);
        let abort = |time, env| event(Action::Abort, "set", time, env);
        let rm = || event(Action::Delete, "rm", 1, "dev");
        assert_eq!(
            last(vec![rm(), write(2, "dev"), write(2, "prod")]),
            Ok(("set".into(), 2))
        );
        assert_eq!(
            last(vec![rm(), write(2, "dev"), write(3, "dev")]),
            Ok(("set".into(), 1))
        );
        let aborted = vec![
            rm(),
            write(2, "dev"),
            write(2, "prod"),
            abort(2, "dev"),
            abort(2, "prod"),
        ];
        assert_eq!(last(aborted), Ok(("rm".into(), 1)));
        let late = Event {
            time: 3,
            ..write(2, "prod")
        };
        assert_eq!(
            last(vec![rm(), write(2, "dev"), late]),
            Ok(("set".into(), 2))
        );
        // Reads and notes are no change.
        let read = event(Action::Read, "get", 3, "dev");
        assert_eq!(last(vec![rm(), read]), Ok(("rm".into(), 1)));
        let failed = Event {
            ok: Some(false),
            ..write(2, "dev")
        };
        assert_eq!(last(vec![rm(), failed]), Ok(("rm".into(), 1)));
        assert!(last(Vec::new()).is_err());
    }

    #[test]
    fn what_cannot_be_undone_is_named() {
        for (action, verb, named) in [
            (Action::Delete, "destroy", "\"destroy\""),
            (Action::Write, "undo", "\"undo\""),
            (Action::Access, "key add", "\"key add\""),
            (Action::Access, "rotate", "\"rotate --key\""),
        ] {
            let failure = last(vec![event(action, verb, 1, "dev")]).unwrap_err();
            assert_eq!(failure.exit_status(), 8);
            assert!(failure.message.contains(named), "{}", failure.message);
        }
        for (action, named) in [
            (Action::Write, "was not finished"),
            (Action::Delete, "that failed"),
        ] {
            let failure = last(vec![event(action, "rotate", 1, "dev")]).unwrap_err();
            assert_eq!(failure.exit_status(), 8);
            assert!(failure.message.contains(named), "{}", failure.message);
        }
        assert!(last(vec![event(Action::Rotate, "rotate", 1, "dev")]).is_ok());
    }
}

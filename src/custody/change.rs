//! A change of the vault, recorded before it takes its place.

use super::record::Recorder;
use super::{Acquaintance, Open, Origin, actor, guard};
use crate::audit::Action;
use crate::config::Settings;
use crate::context::Context;
use crate::crypto::{Random, SystemRandom};
use crate::failure::Failure;
use crate::name::{EnvName, SecretPath};
use crate::store::{self, Location};
use crate::vault::{self, Depth, EnvironmentAccess, LockedVault, SlotSecret, Vault, Written};
use std::rc::Rc;

/// What an edit did, for the log.
pub struct Change {
    /// Secrets written, taken away; access changed.
    pub action: Action,
    /// The secrets and their new versions.
    pub names: Vec<(EnvName, SecretPath, u64)>,
    /// The environment of a change that names no secret.
    pub env: Option<EnvName>,
}

impl Change {
    /// New versions of secrets; what was unchanged is no change.
    pub fn written(written: &[Written]) -> Self {
        let new = written.iter().filter(|done| !done.unchanged);
        let name = |done: &Written| (done.env.clone(), done.path.clone(), done.version);
        Change {
            action: Action::Write,
            names: new.map(name).collect(),
            env: None,
        }
    }

    /// The same of versions that take something away.
    pub fn deleted(written: &[Written]) -> Self {
        Change {
            action: Action::Delete,
            ..Change::written(written)
        }
    }

    /// Something that concerns no secret and no environment alone.
    pub fn of(action: Action) -> Self {
        Change {
            action,
            names: Vec::new(),
            env: None,
        }
    }

    /// Something about an environment as a whole.
    pub fn access(env: EnvName) -> Self {
        Change {
            action: Action::Access,
            names: Vec::new(),
            env: Some(env),
        }
    }
}

/// Changes the vault: takes the lock, reads and verifies the whole file again,
/// lets `edit` stage changes, seals, verifies, records and replaces it.
///
/// Nothing is written if `edit` staged nothing or failed, or if the change
/// cannot be recorded.
///
/// # Errors
/// Whatever `edit` says, a lock that is not to be had, a file that does not
/// verify or was changed by somebody without the lock, the log or the disk.
pub fn change<T>(
    ctx: &Context,
    open: Open,
    edit: impl FnOnce(&mut Vault, &mut dyn Random) -> Result<(T, Change), Failure>,
) -> Result<T, Failure> {
    change_and_keep(ctx, open, edit).map(|(done, _)| done)
}

/// As [`change`], for a command that has another change to make later on.
///
/// # Errors
/// Those of [`change`].
pub fn change_and_keep<T>(
    ctx: &Context,
    open: Open,
    edit: impl FnOnce(&mut Vault, &mut dyn Random) -> Result<(T, Change), Failure>,
) -> Result<(T, Closed), Failure> {
    let shown = open.location.shown.display().to_string();
    change_at(ctx, open, edit).map_err(|failure| failure.in_vault(shown))
}

/// An open vault that was let go, with what opens it again.
pub struct Closed {
    location: Location,
    project: Settings,
    environments: Vec<EnvironmentAccess>,
    credential: Origin,
    known: Acquaintance,
    secret: SlotSecret,
}

impl Closed {
    /// Reads the vault as it is by now. Nobody is asked for anything.
    ///
    /// # Errors
    /// As for [`super::open`].
    pub fn open(self, ctx: &Context) -> Result<Open, Failure> {
        let Closed {
            location,
            project,
            environments,
            credential,
            mut known,
            secret,
        } = self;
        let file = LockedVault::read(Box::new(store::open(&ctx.files, &location)?))?;
        known.look(&file.id())?;
        let file = known.bind(file)?;
        let vault = file.unlock(&secret, ctx.clock.now()?.seconds(), Depth::Reader)?;
        Ok(Open {
            vault,
            location,
            project,
            environments,
            credential,
            known,
            secret,
        })
    }
}

impl From<Open> for Closed {
    fn from(open: Open) -> Self {
        Closed {
            location: open.location,
            project: open.project,
            environments: open.environments,
            credential: open.credential,
            known: open.known,
            secret: open.secret,
        }
    }
}

/// Shows how far work on a vault is.
pub(super) fn progress(ctx: &Context) -> vault::Progress {
    let line = Rc::clone(ctx.terminal.progress());
    Rc::new(move |work, done, total| line.tell(work, done, total))
}

fn change_at<T>(
    ctx: &Context,
    mut open: Open,
    edit: impl FnOnce(&mut Vault, &mut dyn Random) -> Result<(T, Change), Failure>,
) -> Result<(T, Closed), Failure> {
    let mut locked = store::lock(&ctx.files, &open.location)?;
    let file = LockedVault::read(Box::new(locked.read()?))?;
    let id = file.id();
    open.known.look(&id)?;
    let file = open.known.bind(file)?.watched(Some(progress(ctx)));
    open.vault = file.unlock(&open.secret, ctx.clock.now()?.seconds(), Depth::Whole)?;
    guard::introduce(ctx, &open);
    let recorder = Recorder::of(ctx, &open)?;
    let (done, change) = edit(&mut open.vault, &mut SystemRandom)?;
    if open.vault.is_unchanged() {
        return Ok((done, open.into()));
    }
    let anchor = recorder.ready()?;
    let mut events = {
        let names = change
            .names
            .iter()
            .map(|(env, path, version)| (env, path, *version));
        actor::events(ctx, &open, change.action.clone(), names)?
    };
    if events.is_empty() {
        let mut event = actor::event(ctx, &open, change.action)?;
        event.env = change.env.map(|env| env.to_string());
        events.push(event);
    }
    let Open {
        vault,
        location,
        project,
        environments,
        credential,
        known,
        secret,
    } = open;
    let sealed = vault.seal(anchor.as_ref())?;
    for event in &mut events {
        event.seals.clone_from(&sealed.seals);
    }
    let prepared = locked.prepare(&sealed.bytes)?;
    recorder.append(&events, true)?;
    let warnings = prepared.commit().inspect_err(|error| {
        if !error.is_durability_unknown() {
            recorder.abort(&events);
        }
    })?;
    // Talk may block; nobody else should wait for it.
    drop(locked);
    known.raise(ctx, &id, &sealed.seen, recorder.chain());
    for warning in warnings {
        ctx.terminal.warn(&warning.to_string());
    }
    if sealed.anchor_left_out {
        ctx.terminal.warn(
            "the vault names 64 audit chains already; this machine's was left out of the seal",
        );
    }
    let closed = Closed {
        location,
        project,
        environments,
        credential,
        known,
        secret,
    };
    Ok((done, closed))
}

//! A change of the vault, recorded before it takes its place.

use super::record::Recorder;
use super::session::{Held, Renewal, prolong};
use super::{Acquaintance, Open, Origin, actor, guard, session};
use crate::audit::Action;
use crate::config::Settings;
use crate::context::Context;
use crate::crypto::{Random, SystemRandom};
use crate::failure::Failure;
use crate::name::{EnvName, SecretPath};
use crate::store::{self, Location, Locked};
use crate::vault::{
    self, Depth, EnvironmentAccess, LockedVault, SlotSecret, Vault, VaultId, Written,
};
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
    open: Box<Open>,
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
    open: Box<Open>,
    edit: impl FnOnce(&mut Vault, &mut dyn Random) -> Result<(T, Change), Failure>,
) -> Result<(T, Closed), Failure> {
    let shown = open.location.shown.display().to_string();
    // What does not depend on `edit` is not generic, so that it is there once.
    let changed = || {
        let mut begun = Begun::new(ctx, open)?;
        let (done, change) = edit(&mut begun.open.vault, &mut SystemRandom)?;
        Ok((done, begun.end(change)?))
    };
    changed().map_err(|failure: Failure| failure.in_vault(shown))
}

/// An open vault that was let go, with what opens it again.
pub struct Closed {
    location: Location,
    project: Settings,
    environments: Vec<EnvironmentAccess>,
    credential: Origin,
    known: Acquaintance,
    secret: SlotSecret,
    session: Option<Held>,
}

impl Closed {
    /// Reads the vault as it is by now. Nobody is asked for anything.
    ///
    /// # Errors
    /// As for [`super::open`].
    pub fn open(self, ctx: &Context) -> Result<Box<Open>, Failure> {
        let Closed {
            location,
            project,
            environments,
            credential,
            mut known,
            secret,
            session,
        } = self;
        let file = LockedVault::read(Box::new(store::open(&ctx.files, &location)?))?;
        known.look(&file.id())?;
        let file = known.bind(file)?;
        let vault = file.unlock(&secret, ctx.clock.now()?.seconds(), Depth::Reader)?;
        Ok(Box::new(Open {
            vault,
            location,
            project,
            environments,
            credential,
            known,
            secret,
            session,
        }))
    }
}

impl From<Open> for Closed {
    fn from(open: Open) -> Self {
        parts(open).1
    }
}

/// A vault, and what opens it again.
fn parts(open: Open) -> (Vault, Closed) {
    let closed = Closed {
        location: open.location,
        project: open.project,
        environments: open.environments,
        credential: open.credential,
        known: open.known,
        secret: open.secret,
        session: open.session,
    };
    (open.vault, closed)
}

/// Shows how far work on a vault is.
pub(super) fn progress(ctx: &Context) -> vault::Progress {
    let line = Rc::clone(ctx.terminal.progress());
    Rc::new(move |work, done, total| line.tell(work, done, total))
}

/// A change between the lock and the write.
struct Begun<'a> {
    ctx: &'a Context,
    open: Box<Open>,
    id: VaultId,
    locked: Locked,
    recorder: Recorder<'a>,
    /// The number of the slot's grant before the change.
    grant: u64,
}

impl<'a> Begun<'a> {
    /// Takes the lock, and reads and verifies the whole file again.
    fn new(ctx: &'a Context, mut open: Box<Open>) -> Result<Self, Failure> {
        let mut locked = store::lock(&ctx.files, &open.location)?;
        session::check(ctx, &mut open)?;
        let file = LockedVault::read(Box::new(locked.read()?))?;
        let id = file.id();
        open.known.look(&id)?;
        let file = open.known.bind(file)?.watched(Some(progress(ctx)));
        open.vault = file.unlock(&open.secret, ctx.clock.now()?.seconds(), Depth::Whole)?;
        guard::introduce(ctx, &open);
        let recorder = Recorder::of(ctx, &open)?;
        let grant = open.vault.grant_seq();
        Ok(Begun {
            ctx,
            open,
            id,
            locked,
            recorder,
            grant,
        })
    }

    /// Seals, verifies, records and replaces the vault, if it was changed.
    fn end(self, change: Change) -> Result<Closed, Failure> {
        let Begun {
            ctx,
            open,
            id,
            mut locked,
            recorder,
            grant,
        } = self;
        if open.vault.is_unchanged() {
            return Ok((*open).into());
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
        let (vault, closed) = parts(*open);
        let renewal = Renewal::of(ctx, &vault, grant)?;
        let sealed = vault.seal(anchor.as_ref())?;
        for event in &mut events {
            event.seals.clone_from(&sealed.seals);
        }
        let prepared = locked.prepare(&sealed.text.pieces())?;
        recorder.append(&events, true)?;
        let warnings = prepared.commit().inspect_err(|error| {
            if !error.is_durability_unknown() {
                recorder.abort(&events);
            }
        })?;
        // Talk may block; nobody else should wait for it.
        drop(locked);
        closed.known.raise(ctx, &id, &sealed.seen, recorder.chain());
        prolong(ctx, &id, closed.session.as_ref());
        if let Some(renewal) = renewal {
            renewal.keep(ctx);
        }
        for warning in warnings {
            ctx.terminal.warn(&warning.to_string());
        }
        if sealed.anchor_left_out {
            ctx.terminal.warn(
                "the vault names 64 audit chains already; this machine's was left out of the seal",
            );
        }
        Ok(closed)
    }
}

//! The session of a vault: begun by `unlock`, used in place of a credential,
//! ended by `lock` (`secrets-vault(5)`, SESSIONS).

mod begin;

pub use begin::{Begun, begin};

use super::{Open, guard, location};
use crate::context::Context;
use crate::failure::{Failure, quoted};
use crate::session::{Kept, Place, Sessions};
use crate::store;
use crate::vault::{self, LockedVault, Session, SlotId, Vault, VaultId};

/// Two prompts within this many seconds are one too many.
const SOON_SECONDS: u64 = 300;
/// How long a session lasts at most, in seconds: 30 days.
const MAX_SECONDS: u64 = 30 * 86_400;

/// What is said where the keyring may hold a session out of reach.
pub const UNSEEN: &str =
    "the kernel keyring cannot be looked into from here: a session that it may hold goes on";

/// What a credential is called that a session gave.
pub(super) const FROM: &str = "session";

/// A session that was found.
pub(super) struct Held {
    /// What it holds.
    pub(super) session: Session,
    kept: Kept,
    /// Whether its use prolongs it.
    prolongs: bool,
    /// Whether a change was begun with it.
    changes: bool,
}

/// A session, for whoever asks what is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// `keyring` or `file`.
    pub store: &'static str,
    /// A sentence's end: "the kernel keyring".
    pub place: String,
    /// When it ends however much it is used, Unix seconds.
    pub until: u64,
}

fn sessions(ctx: &Context) -> Sessions {
    Sessions::new(ctx.files.clone(), ctx.directories.runtime.as_deref())
}

/// What is said of a place.
fn place(place: &Place) -> (&'static str, String) {
    match place {
        Place::File(path) => ("file", quoted(&path.display().to_string())),
        Place::Keyring => ("keyring", "the kernel keyring".to_owned()),
    }
}

/// For how many seconds from now a session is to be kept.
fn timeout(session: &Session, now: u64) -> u64 {
    session.idle().min(session.until().saturating_sub(now))
}

/// The session of a vault, if there is one. One that has ended, or that this
/// program cannot read, is removed; a place that cannot be looked into holds none.
pub(super) fn held(
    ctx: &Context,
    vault: &VaultId,
    prolongs: bool,
) -> Result<Option<Held>, Failure> {
    let now = ctx.clock.now()?.seconds();
    let (sessions, name) = (sessions(ctx), vault.hex());
    let kept = match sessions.load(&name, now) {
        Ok(Some(kept)) => kept,
        Ok(None) => return Ok(None),
        Err(error) => {
            ctx.terminal
                .detail(&format!("whether there is a session is not known: {error}"));
            return Ok(None);
        }
    };
    let lasts = |session: &Session| {
        let left = session.until().saturating_sub(now);
        (1..=MAX_SECONDS).contains(&left)
    };
    match Session::read(kept.bytes.expose(), vault).filter(lasts) {
        Some(session) => Ok(Some(Held {
            session,
            kept,
            prolongs,
            changes: false,
        })),
        None => {
            let _ = sessions.remove(&name);
            Ok(None)
        }
    }
}

/// Refuses a change whose session has ended since it opened the vault: who
/// ends it means what waits at a prompt or for its input, too. It is asked
/// before the first change of a command: what has begun is brought to its end.
pub(super) fn check(ctx: &Context, open: &mut Open) -> Result<(), Failure> {
    let id = open.vault.id();
    let Some(used) = open.session.as_mut().filter(|used| !used.changes) else {
        return Ok(());
    };
    used.changes = true;
    let mark = |session: &Session| (session.slot(), session.until());
    match held(ctx, &id, false)? {
        Some(found) if mark(&found.session) == mark(&used.session) => Ok(()),
        _ => {
            let failure = Failure::locked("the session has ended; nothing was changed");
            Err(failure.hint("to open the vault again: secrets unlock"))
        }
    }
}

/// Prolongs the session that opened a vault, and keeps what was verified since.
/// That this fails stops nothing: the session ends sooner.
pub(super) fn used(ctx: &Context, open: &Open) {
    let vault = &open.vault;
    let learned = |old: &Session| {
        let is_new = vault.is_in_session() && vault.learned();
        is_new.then(|| vault.session(old.until(), old.idle()).ok())
    };
    if let Some(held) = &open.session {
        keep(ctx, &vault.id(), held, learned(&held.session).flatten());
    }
}

/// The same after a change, for which the vault was given away.
pub(super) fn prolong(ctx: &Context, vault: &VaultId, held: Option<&Held>) {
    if let Some(held) = held {
        keep(ctx, vault, held, None);
    }
}

fn keep(ctx: &Context, vault: &VaultId, held: &Held, new: Option<Session>) {
    let now = ctx.clock.now().map_or(u64::MAX, |now| now.seconds());
    let timeout = timeout(&held.session, now);
    if !held.prolongs || timeout == 0 {
        return;
    }
    let (sessions, name) = (sessions(ctx), vault.hex());
    let done = match new {
        Some(new) => {
            let renewed = sessions.renew(&held.kept, &name, &new.write(), timeout);
            renewed.map(drop)
        }
        None => sessions.touch(&held.kept, &name, timeout),
    };
    if let Err(error) = done {
        ctx.terminal
            .detail(&format!("the session is not prolonged: {error}"));
    }
}

/// A session that is to go on with the grant that its slot gets by a change.
pub(super) struct Renewal {
    vault: VaultId,
    held: Held,
    new: Session,
}

impl Renewal {
    /// What there is to renew once the change is made, of the slot that makes
    /// it by its key; `before` is the number of its grant until now.
    pub(super) fn of(ctx: &Context, vault: &Vault, before: u64) -> Result<Option<Self>, Failure> {
        if vault.is_in_session() || vault.grant_seq() == before {
            return Ok(None);
        }
        let id = vault.id();
        let Some(held) = held(ctx, &id, true)? else {
            return Ok(None);
        };
        let session = &held.session;
        if session.slot() != vault.slot()?.id {
            return Ok(None);
        }
        let new = vault.session(session.until(), session.idle())?;
        Ok(Some(Renewal {
            vault: id,
            held,
            new,
        }))
    }

    /// Puts it in the place of the one that the change has ended.
    pub(super) fn keep(self, ctx: &Context) {
        keep(ctx, &self.vault, &self.held, Some(self.new));
    }
}

/// Ends the session of the vault in use; whether there was one. No credential
/// is needed, and the vault may be damaged.
///
/// # Errors
/// No vault, one of which nobody knows the id, a place that cannot be written.
pub fn end(ctx: &Context) -> Result<bool, Failure> {
    const ALL: &str = "to end the sessions of all vaults: secrets lock --all";
    let location = location(ctx).map_err(|failure| failure.hint(ALL))?;
    let opened = store::open(&ctx.files, &location);
    let opened = opened.map_err(|error| Failure::from(error).hint(ALL))?;
    let known = guard::machine(ctx)
        .and_then(|machine| machine.known(opened.canonical_path()).ok().flatten())
        .map(|known| known.vault);
    let here = match (LockedVault::read(Box::new(opened)), known) {
        (Ok(locked), _) => Some(locked.id()),
        (Err(_), Some(_)) => None,
        (Err(error), None) => {
            let shown = location.shown.display().to_string();
            return Err(Failure::from(error).in_vault(shown).hint(ALL));
        }
    };
    // Another vault may lie there by now: then the one that lay there is meant, too.
    let mut ended = false;
    for id in here.into_iter().chain(known.filter(|id| Some(*id) != here)) {
        ended |= sessions(ctx).remove(&id.hex())?;
    }
    Ok(ended)
}

/// Whether a session may be where this process cannot look: the kernel has a
/// keyring for the user and refuses it to this process.
pub fn keyring_is_refused(ctx: &Context) -> bool {
    cfg!(target_os = "linux") && !matches!(sessions(ctx).available(), Ok(Place::Keyring))
}

/// Ends every session of this user on this machine; how many there were.
///
/// # Errors
/// A place that cannot be written.
pub fn end_all(ctx: &Context) -> Result<usize, Failure> {
    sessions(ctx).remove_all().map_err(Failure::from)
}

/// Ends the session of a slot, which has lost what it had.
pub fn end_of(ctx: &Context, vault: &VaultId, slot: &SlotId) {
    let ended = held(ctx, vault, false).and_then(|held| match held {
        Some(held) if held.session.slot() == *slot => {
            sessions(ctx).remove(&vault.hex()).map_err(Failure::from)
        }
        _ => Ok(false),
    });
    match ended {
        Ok(true) => ctx.terminal.say("the session of this slot has ended"),
        Ok(false) if keyring_is_refused(ctx) => ctx.terminal.warn(UNSEEN),
        Ok(false) => {}
        Err(failure) => ctx.terminal.warn(&format!(
            "the session of this slot has not ended: {}",
            failure.message
        )),
    }
}

/// The session of a vault, if there is one, and without one why there is no
/// place for it, where that is so. Asking prolongs nothing.
///
/// # Errors
/// A clock that cannot be right.
pub fn open_session(
    ctx: &Context,
    vault: &VaultId,
) -> Result<(Option<OpenSession>, Option<String>), Failure> {
    let Some(held) = held(ctx, vault, false)? else {
        return Ok((None, sessions(ctx).available().err()));
    };
    let (store, place) = place(&held.kept.place);
    let until = held.session.until();
    let open = OpenSession {
        store,
        place,
        until,
    };
    Ok((Some(open), None))
}

/// Says how to be asked once, to whoever was asked twice within five minutes;
/// `before` is when a passphrase was typed last.
pub(super) fn hint_at(ctx: &Context, before: Option<u64>) {
    let now = ctx.clock.now().map_or(0, |now| now.seconds());
    let soon = before.is_some_and(|before| before <= now && now - before <= SOON_SECONDS);
    if soon && ctx.terminal.stderr_is_terminal() && sessions(ctx).available().is_ok() {
        ctx.terminal
            .hint("to be asked once for all that follows: secrets unlock");
    }
}

/// Says of a session that it fits no more, to whoever only tells what there is
/// and goes on without it.
pub(super) fn tell_stale(ctx: &Context, why: &vault::Error) {
    ctx.terminal
        .warn(&format!("the session does not fit: {why}"));
}

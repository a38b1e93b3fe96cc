//! How a session begins.

use super::{MAX_SECONDS, OpenSession, place, sessions, timeout};
use crate::audit::Action;
use crate::context::Context;
use crate::custody::record::Recorder;
use crate::custody::{Wish, actor, open_wished, settle};
use crate::failure::Failure;
use crate::time::Span;
use crate::vault::Depth;

/// How long a session lasts at most where nothing says so, in seconds.
const USUAL_SECONDS: u64 = 8 * 3600;
/// How long it lasts without use where nothing says so, in seconds.
const USUAL_IDLE_SECONDS: u64 = 15 * 60;

/// A session that was begun.
pub struct Begun {
    /// Where it is and until when.
    pub open: OpenSession,
    /// Why it is not in the keyring.
    pub refused: Option<String>,
    /// When it ends whatever happens, Unix seconds.
    pub until: u64,
    /// After how long without use.
    pub idle: Span,
    /// The slot that it stands for.
    pub label: String,
}

/// Begins a session of the vault in use with the slot that a credential opens,
/// after the whole file was verified and the unlock was recorded.
///
/// # Errors
/// A length of no time or of more than 30 days, no place for a session, no
/// credential, whatever does not verify, a log that cannot be written.
pub fn begin(ctx: &Context, length: Option<Span>, idle: Option<Span>) -> Result<Begun, Failure> {
    let settings = &ctx.user.session;
    let seconds =
        |given: Option<Span>, set: Option<Span>, usual| given.or(set).map_or(usual, Span::seconds);
    let length = seconds(length, settings.length, USUAL_SECONDS);
    let idle = seconds(idle, settings.idle, USUAL_IDLE_SECONDS).min(length);
    if idle == 0 {
        return Err(Failure::usage("a session lasts at least a second"));
    }
    if length > MAX_SECONDS {
        return Err(Failure::usage("a session lasts at most 30 days"));
    }
    let sessions = sessions(ctx);
    // Nobody is to type a passphrase in vain.
    sessions.available().map_err(nowhere)?;
    let wish = Wish {
        keyed: true,
        ..Wish::of(ctx, Depth::Whole)
    };
    let open = open_wished(ctx, &wish)?;
    let open = open.ok_or_else(|| Failure::locked("nothing opens the vault"))?;
    let recorder = Recorder::of(ctx, &open)?;
    let event = actor::event(ctx, &open, Action::Unlock)?;
    recorder.append(&[event], true)?;
    settle(ctx, &open, recorder.chain());
    let now = ctx.clock.now()?.seconds();
    let until = now.saturating_add(length);
    let session = open.vault.session(until, idle)?;
    let timeout = timeout(&session, now);
    let name = open.vault.id().hex();
    let placed = sessions.keep(&name, &session.write(), timeout);
    let placed = placed.map_err(|error| nowhere(error.to_string()))?;
    let (store, place) = place(&placed.place);
    Ok(Begun {
        open: OpenSession {
            store,
            place,
            until,
        },
        refused: placed.refused,
        until,
        idle: Span::from_seconds(idle)?,
        label: open.vault.slot()?.label,
    })
}

/// What else there is where no session can be kept.
fn nowhere(why: String) -> Failure {
    Failure::io(format!("a session cannot be kept here: {why}"))
        .hint("a key needs no session: secrets key add --label LABEL --key-file FILE")
}

//! The only places where plaintext is opened and a vault is changed.
//!
//! [`open`] finds, verifies and unlocks; [`reveal`] records and then hands out
//! values; [`change`] locks, reads again, edits, seals, records and replaces;
//! [`create`] does the same for a new vault. A prompt is never shown while a
//! lock is held, and nothing is revealed or changed that was not recorded.

mod absence;
mod actor;
mod attempt;
mod change;
mod create;
mod credential;
mod exported;
mod guard;
mod import;
mod journal;
mod key_command;
mod logs;
mod loss;
mod opened;
mod opener;
mod place;
mod prompt;
mod record;
mod reveal;
mod selected;
mod selection;
mod target;
mod trust;

pub use absence::missing;
pub use change::{Change, change};
pub use create::{Made, create};
pub use credential::given;
pub use guard::{Acquaintance, Pinned, settle, verify_keyless};
pub use import::{Import, ImportRules, import, import_word};
pub use journal::{Journal, journal, note};
pub use logs::{Tail, collected, export};
pub use loss::{Loss, loss};
pub use opened::{Open, Origin};
pub use opener::{Opener, iterations, label, new_opener};
pub use place::{
    check_output, credential_takes_stdin, is_committable, location, project_settings, request,
    warn_of_surroundings,
};
pub use reveal::{Wanted, reveal};
pub use selected::{Selected, Selection};
pub use selection::Selector;
pub use target::Target;
pub use trust::{Trust, trust};

use crate::context::Context;
use crate::failure::Failure;
use crate::store::Location;
use crate::vault::Depth;

/// Finds the vault, obtains a credential and opens it.
///
/// # Errors
/// No vault, no credential or a wrong one, or whatever does not verify.
pub fn open(ctx: &Context, depth: Depth) -> Result<Open, Failure> {
    let open = open_if(ctx, depth, true, ctx.globals.accept_older)?;
    open.ok_or_else(|| Failure::locked("nothing opens the vault"))
}

/// Opens the vault if that can be done without asking anybody.
///
/// # Errors
/// As [`open`].
pub fn open_unasked(ctx: &Context, depth: Depth) -> Result<Option<Open>, Failure> {
    open_if(ctx, depth, false, ctx.globals.accept_older)
}

/// Opens the vault as far as that can be done without asking anybody, an older
/// one too: for a verb that shows nothing of it and says how old it is.
///
/// # Errors
/// As [`open`].
pub fn open_to_tell(ctx: &Context) -> Result<Option<Open>, Failure> {
    open_if(ctx, Depth::Reader, false, true)
}

fn open_if(
    ctx: &Context,
    depth: Depth,
    ask: bool,
    accept_older: bool,
) -> Result<Option<Open>, Failure> {
    let location = location(ctx)?;
    let shown = location.shown.display().to_string();
    open_at(ctx, location, depth, ask, accept_older).map_err(|failure| failure.in_vault(shown))
}

fn open_at(
    ctx: &Context,
    location: Location,
    depth: Depth,
    ask: bool,
    accept_older: bool,
) -> Result<Option<Open>, Failure> {
    let project = project_settings(ctx, &location)?;
    let source = credential::source(ctx)?;
    let (locked, known) = guard::read(ctx, &location, source.is_token(), accept_older)?;
    let Some((secret, credential)) = credential::unwrap(ctx, &locked, source, ask)? else {
        return Ok(None);
    };
    let now = ctx.clock.now()?.seconds();
    let id = locked.id();
    let vault = locked.unlock(&secret, now, depth).map_err(|error| {
        attempt::misfit(ctx, &id, credential.kind, &error);
        Failure::from(error)
    })?;
    let environments = vault.environments();
    Ok(Some(Open {
        vault,
        location,
        project,
        credential,
        known,
        environments,
        secret,
    }))
}

//! The only places where plaintext is opened and a vault is changed.
//!
//! [`open`] finds, verifies and unlocks; [`reveal`] records and then hands out
//! values; [`change`] locks, reads again, edits, seals, records and replaces;
//! [`create`] does the same for a new vault. A prompt is never shown while a
//! lock is held, and nothing is revealed or changed that was not recorded.

mod absence;
mod actor;
mod allowance;
mod as_of;
mod attempt;
mod candidates;
mod change;
mod compare;
mod create;
mod credential;
mod doctor;
mod edit;
mod env_file;
mod exported;
mod folder;
mod guard;
mod handed_out;
mod hook;
mod import;
mod journal;
mod key_command;
mod logs;
mod loss;
mod mapped;
mod opened;
mod opener;
mod place;
mod plan;
mod prompt;
mod recognise;
mod record;
mod recovery;
mod refs;
mod reveal;
mod routes;
mod scratch;
mod selected;
mod selection;
mod session;
mod silent;
mod slips;
mod target;
mod targets;
mod tracked;
mod trust;
mod undo;
mod unwrapped;
mod wish;

pub use absence::missing;
pub use actor::act;
pub use allowance::{Allowance, allowance, allowed};
pub use candidates::{Kind, Question, Which, candidates};
pub use change::{Change, Closed, change, change_and_keep};
pub use compare::compare;
pub use create::{Made, create};
pub use credential::given;
pub use doctor::{Diagnosis, Finding, diagnose};
pub use edit::{Draft, EditedSecret, Stored, store_edited};
pub use env_file::EnvFile;
pub use folder::Folder;
pub use guard::{Acquaintance, Pinned, settle, verify_keyless};
pub use hook::{Hook, hook};
pub use import::{Import, ImportRules, import, import_word};
pub use journal::{Journal, journal, note};
pub use logs::{Tail, collected, export};
pub use loss::{Loss, loss};
pub use opened::{Open, Origin};
pub use opener::{Opener, handout, iterations, key_at, label, new_opener, new_passphrase};
pub use place::{
    check_input, check_output, credential_takes_stdin, is_committable, location, program,
    project_settings, request, warn_of_surroundings,
};
pub use plan::{Plan, Planned};
pub use recognise::{Sighting, same, which};
pub use recovery::{RECOVERY, add_recovery, offer_recovery, printed_in_vain};
pub use refs::{Reference, References, refs};
pub use reveal::{Wanted, reveal};
pub use routes::{Route, Routes};
pub use scratch::scratch;
pub use selected::{Selected, Selection};
pub use selection::Selector;
pub use session::{
    Begun, OpenSession, UNSEEN, begin, end, end_all, end_of, keyring_is_refused, open_session,
};
use silent::{open_silently, read_silently};
pub use slips::{Source, slips};
pub use target::Target;
pub use targets::{Named, Targets, named};
pub use trust::{Trust, trust};
pub use undo::{LastWrite, Step, last_write};

use unwrapped::Unwrapped;
use wish::Wish;

use crate::context::Context;
use crate::failure::Failure;
use crate::secret::Credential;
use crate::store::Location;
use crate::vault::{self, Depth};

/// Finds the vault, obtains a credential and opens it.
///
/// # Errors
/// No vault, no credential or a wrong one, or whatever does not verify.
pub fn open(ctx: &Context, depth: Depth) -> Result<Box<Open>, Failure> {
    let open = open_wished(ctx, &Wish::of(ctx, depth))?;
    open.ok_or_else(|| Failure::locked("nothing opens the vault"))
}

/// Opens the vault if that can be done without asking anybody.
///
/// # Errors
/// As [`open`].
pub fn open_unasked(ctx: &Context, depth: Depth) -> Result<Option<Box<Open>>, Failure> {
    open_wished(
        ctx,
        &Wish {
            ask: false,
            ..Wish::of(ctx, depth)
        },
    )
}

/// Opens the vault with the key of a slot, for what a session cannot do: an
/// open session is passed over.
///
/// # Errors
/// As [`open`].
pub fn open_keyed(ctx: &Context, depth: Depth) -> Result<Box<Open>, Failure> {
    let wish = Wish {
        keyed: true,
        ..Wish::of(ctx, depth)
    };
    let open = open_wished(ctx, &wish)?;
    open.ok_or_else(|| Failure::locked("nothing opens the vault"))
}

/// The same if it can be done without asking anybody.
///
/// # Errors
/// As [`open`].
pub fn open_keyed_unasked(ctx: &Context, depth: Depth) -> Result<Option<Box<Open>>, Failure> {
    open_wished(
        ctx,
        &Wish {
            ask: false,
            keyed: true,
            ..Wish::of(ctx, depth)
        },
    )
}

/// Opens the vault as far as that can be done without asking anybody, an older
/// one too: for a verb that shows nothing of it and says how old it is.
///
/// # Errors
/// As [`open`].
pub fn open_to_tell(ctx: &Context) -> Result<Option<Box<Open>>, Failure> {
    open_wished(
        ctx,
        &Wish {
            tells: true,
            ..Wish::to_look(ctx, Depth::Reader)
        },
    )
}

/// Opens the vault to change the passphrase of a slot: of the one of this
/// label, or of the one that opens it. A passphrase is tried on that slot
/// first, and one that was handed out does.
///
/// # Errors
/// As [`open`].
pub fn open_to_renew(ctx: &Context, slot: Option<&str>) -> Result<Box<Open>, Failure> {
    let wish = Wish {
        first: slot,
        keyed: true,
        renew: true,
        ..Wish::of(ctx, Depth::Reader)
    };
    let open = open_wished(ctx, &wish)?;
    open.ok_or_else(|| Failure::locked("nothing opens the vault"))
}

/// Opens the vault that was just made, with what it was made for.
///
/// # Errors
/// As [`open`].
fn open_made(ctx: &Context, location: Location, opener: Opener) -> Result<Box<Open>, Failure> {
    let wish = Wish::of(ctx, Depth::Reader);
    let credential = match opener {
        Opener::Key(key) => Credential::Key(key),
        Opener::Passphrase(passphrase) => Credential::Passphrase(passphrase),
    };
    let source = credential::Source::Given(credential, "init".to_owned());
    let open = open_by(ctx, location, source, &wish)?;
    open.ok_or_else(|| Failure::locked("nothing opens the vault"))
}

fn open_wished(ctx: &Context, wish: &Wish<'_>) -> Result<Option<Box<Open>>, Failure> {
    let location = location(ctx)?;
    let shown = location.shown.clone();
    open_at(ctx, location, wish).map_err(|failure| failure.in_vault(shown.display().to_string()))
}

fn open_at(
    ctx: &Context,
    location: Location,
    wish: &Wish<'_>,
) -> Result<Option<Box<Open>>, Failure> {
    let source = credential::source(ctx)?;
    open_by(ctx, location, source, wish)
}

fn open_by(
    ctx: &Context,
    location: Location,
    source: credential::Source,
    wish: &Wish<'_>,
) -> Result<Option<Box<Open>>, Failure> {
    let project = project_settings(ctx, &location)?;
    let (locked, known) = guard::read(ctx, &location, source.is_token(), wish.accept_older)?;
    let Some(Unwrapped {
        secret,
        origin: credential,
        session,
    }) = credential::unwrap(ctx, &locked, source, wish)?
    else {
        return Ok(None);
    };
    let secret = match wish.renew {
        true => secret.to_renew(),
        false => secret,
    };
    let now = ctx.clock.now()?.seconds();
    let id = locked.id();
    let vault = match locked.unlock(&secret, now, wish.depth) {
        Ok(vault) => vault,
        Err(vault::Error::PassphraseHandedOut { label }) if credential.from == prompt::FROM => {
            let source = handed_out::renew(ctx, &location, secret, credential, &label)?;
            return open_by(ctx, location, source, wish);
        }
        Err(error @ vault::Error::RightsChanged { .. }) if wish.tells => {
            session::tell_stale(ctx, &error);
            return Ok(None);
        }
        Err(error) => {
            attempt::misfit(ctx, &id, credential.kind, &error);
            return Err(error.into());
        }
    };
    let environments = vault.environments();
    Ok(Some(Box::new(Open {
        vault,
        location,
        project,
        credential,
        known,
        environments,
        secret,
        session,
    })))
}

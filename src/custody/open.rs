//! How a vault is opened.

use super::unwrapped::Unwrapped;
use super::{
    Open, Opener, attempt, credential, guard, handed_out, location, project_settings, prompt,
    session,
};
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
pub(super) fn open_made(
    ctx: &Context,
    location: Location,
    opener: Opener,
) -> Result<Box<Open>, Failure> {
    let wish = Wish::of(ctx, Depth::Reader);
    let credential = match opener {
        Opener::Key(key) => Credential::Key(key),
        Opener::Passphrase(passphrase) => Credential::Passphrase(passphrase),
    };
    let source = credential::Source::Given(credential, "init".to_owned());
    let open = open_by(ctx, location, source, &wish)?;
    open.ok_or_else(|| Failure::locked("nothing opens the vault"))
}

/// How a vault is to be opened.
pub(super) struct Wish<'a> {
    pub(super) depth: Depth,
    /// Whether a person may be asked.
    pub(super) ask: bool,
    pub(super) accept_older: bool,
    /// The label of the slot on which a passphrase is tried first.
    pub(super) first: Option<&'a str>,
    /// Whether the passphrase is to be changed, so that one that was handed
    /// out does.
    pub(super) renew: bool,
    /// Whether it takes the key of a slot, so that a session is passed over.
    pub(super) keyed: bool,
    /// Whether it only says what there is, which is no use of a session.
    pub(super) tells: bool,
}

impl Wish<'_> {
    pub(super) fn of(ctx: &Context, depth: Depth) -> Self {
        Wish {
            depth,
            ask: true,
            accept_older: ctx.globals.accept_older,
            first: None,
            renew: false,
            keyed: false,
            tells: false,
        }
    }

    /// To look at a vault whatever its age, without asking anybody.
    pub(super) fn to_look(ctx: &Context, depth: Depth) -> Self {
        Wish {
            ask: false,
            accept_older: true,
            ..Wish::of(ctx, depth)
        }
    }
}

pub(super) fn open_wished(ctx: &Context, wish: &Wish<'_>) -> Result<Option<Box<Open>>, Failure> {
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

//! Looking into a vault while a person is still typing.
//!
//! Nothing is asked, said, run or kept here, whatever is found: no prompt, no
//! `key_command`, no entry in the audit log (not even for a credential that
//! does not fit), no pin, no lock. What is in the way is simply `None`.

use super::opened::Origin;
use super::{Open, credential, guard, location, place, project_settings, session};
use crate::context::Context;
use crate::file::{Kind, descriptor_number};
use crate::secret::Credential;
use crate::vault::{Depth, LockedVault};

/// How many iterations a passphrase may cost: about half a second.
const MAX_ITERATIONS: u64 = 1_200_000;

/// Reads head and slots of the vault; nothing vouches for them.
pub fn read_silently(ctx: &Context) -> Option<LockedVault> {
    let location = location(ctx).ok()?;
    let (locked, _) = guard::read(ctx, &location, false, false).ok()?;
    Some(locked)
}

/// Opens the vault with what flags or variables give, where that is quick, else
/// by the open session.
///
/// A credential is read from regular files only: a pipe gives its bytes once,
/// and they belong to the command that is being typed.
pub fn open_silently(ctx: &Context) -> Option<Box<Open>> {
    let regular = |path: &std::path::PathBuf| {
        let path = ctx.working_directory.join(path);
        let status = ctx.files.status(&path).ok().flatten();
        descriptor_number(&path).is_none() && status.is_some_and(|file| file.kind == Kind::File)
    };
    if ctx.globals.passphrase_fd.is_some() || !place::credential_files(ctx).iter().all(regular) {
        return None;
    }
    let location = location(ctx).ok()?;
    let project = project_settings(ctx, &location).ok()?;
    let given = credential::given(ctx).ok()?;
    let is_token = matches!(given, Some((Credential::Token(_), _)));
    let (locked, known) = guard::read(ctx, &location, is_token, false).ok()?;
    let settings = ctx.user.vaults.get(&locked.id().hex());
    let label = ctx.globals.slot.as_deref();
    let label = label.or(settings.and_then(|own| own.slot.as_deref()));
    let (secret, credential) = match given {
        Some((given, from)) => {
            let is_passphrase = matches!(given, Credential::Passphrase(_));
            if is_passphrase && locked.passphrase_iterations(label).ok()? > MAX_ITERATIONS {
                return None;
            }
            let kind = credential::kind(&given);
            (
                locked.unwrap(&given, label, None).ok()?,
                Origin { kind, from },
            )
        }
        None => {
            let held = session::held(ctx, &locked.id(), false).ok()??;
            let (kind, from) = (session::FROM, session::FROM.to_owned());
            (
                locked.resume(&held.session, label).ok()?,
                Origin { kind, from },
            )
        }
    };
    let now = ctx.clock.now().ok()?.seconds();
    let vault = locked.unlock(&secret, now, Depth::Reader).ok()?;
    let environments = vault.environments();
    Some(Box::new(Open {
        vault,
        location,
        project,
        credential,
        known,
        environments,
        secret,
        session: None,
    }))
}

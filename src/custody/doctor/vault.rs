//! Whether the vault verifies, and is as far as this machine has seen it.

use super::Diagnosis;
use crate::context::Context;
use crate::custody::tracked::work_tree;
use crate::custody::{Open, Wish, credential, guard, open_wished};
use crate::failure::{Failure, Kind};
use crate::store::{Location, shell_word};
use crate::vault::{Depth, Error};
use std::path::Path;

/// Opens the vault without asking, else verifies it without a key, where this
/// machine knows the admin's.
pub(super) fn check(
    ctx: &Context,
    location: &Location,
    found: &mut Diagnosis,
) -> Option<Box<Open>> {
    match open_wished(ctx, &Wish::to_look(ctx, Depth::Whole)) {
        Ok(Some(open)) => {
            if open.vault.is_in_session() {
                found.unseen(
                    "a session is open: the keys of slots and the MACs of the log were not looked at",
                );
            }
            if let Err(error) = whole(&open) {
                damaged(ctx, location, error.into(), found);
            }
            let fingerprint = open.vault.fingerprint().hex();
            older(location, &open.vault.older(), &fingerprint, found);
            return Some(open);
        }
        Ok(None) => found.unseen(
            "no credential is set: values, expiry and the MACs of the log were not looked at",
        ),
        Err(failure) if matches!(failure.kind, Kind::Locked | Kind::Denied) => {
            // Where nothing is given it is a session that does not fit.
            let remedy = match credential::given(ctx) {
                Ok(None) => "secrets unlock",
                _ => "secrets status",
            };
            found.add(
                "credential",
                None,
                failure.message.clone(),
                remedy.to_owned(),
            );
        }
        Err(failure) => {
            damaged(ctx, location, failure, found);
            return None;
        }
    }
    if let Err(failure) = keyless(ctx, location, found) {
        damaged(ctx, location, failure, found);
    }
    None
}

/// Opens every record and drops it again.
fn whole(open: &Open) -> Result<(), Error> {
    open.vault.check_admin()?;
    for env in open.environments.iter().filter(|env| env.readable) {
        open.vault.check_records(&env.name)?;
    }
    Ok(())
}

fn keyless(ctx: &Context, location: &Location, found: &mut Diagnosis) -> Result<(), Failure> {
    let (locked, known) = guard::read(ctx, location, false, true)?;
    if !known.knows_admin() {
        found.unseen(
            "whether the vault verifies: this machine does not know its admin key; \
             set a credential, or SECRETS_ADMIN",
        );
        return Ok(());
    }
    locked.verify()?;
    locked.check_clock(ctx.clock.now()?.seconds())?;
    older(
        location,
        &locked.older(),
        &locked.fingerprint().hex(),
        found,
    );
    Ok(())
}

/// The admin key is the one that was seen, so that trust names nobody new.
fn older(location: &Location, older: &[String], fingerprint: &str, found: &mut Diagnosis) {
    for message in older {
        let remedy = format!("secrets trust {fingerprint}");
        found.add("older", Some(&location.shown), message.clone(), remedy);
    }
}

/// Git may have a whole one; the damaged file is kept beside it.
fn damaged(ctx: &Context, location: &Location, failure: Failure, found: &mut Diagnosis) {
    let (path, directory) = (&location.path, location.directory());
    let name = location.path.file_name().map(Path::new);
    let otherwise = match (work_tree(ctx, directory), name) {
        (Some(_), Some(name)) => format!(
            "cp {0} {0}.damaged && git -C {1} checkout -- {2}",
            shell_word(path),
            shell_word(directory),
            shell_word(name)
        ),
        _ => "secrets verify".to_owned(),
    };
    found.blame("vault", &location.shown, failure, &otherwise);
}

//! Entries that are lost, and going on without them.

use super::record::{Recorder, told};
use super::{Open, actor, guard, journal, open_keyed};
use crate::audit::{Action, Evidence, Log, Origin, Report, verify};
use crate::context::Context;
use crate::crypto::SystemRandom;
use crate::failure::{Failure, Kind};
use crate::vault::Depth;

/// How many findings the entry of an acceptance repeats.
const MAX_FINDINGS: usize = 20;

/// What is wrong with the log, and who accepts it.
pub struct Loss {
    /// A sentence for each finding.
    pub findings: Vec<String>,
    open: Box<Open>,
}

/// Looks for what is lost. A credential is needed, because a chain that
/// begins anew begins with its slot's key. Nothing is changed.
///
/// # Errors
/// No vault, no credential, no place for a log.
pub fn loss(ctx: &Context) -> Result<Loss, Failure> {
    let open = open_keyed(ctx, Depth::Whole)?;
    let findings = survey(ctx, &open)?.findings;
    Ok(Loss {
        findings: findings.into_iter().map(|finding| finding.what).collect(),
        open,
    })
}

/// Everything that is wrong with the log.
fn survey(ctx: &Context, open: &Open) -> Result<Report, Failure> {
    let journal = journal(ctx, Some(open))?;
    let evidence = Evidence {
        vault: journal.vault,
        key_of: &|slot| open.vault.audit_key_of(slot),
        anchors: &journal.anchors,
        began: &journal.began,
    };
    Ok(verify(&journal.content, &evidence))
}

impl Loss {
    /// Records the loss, with the reason that was given.
    ///
    /// # Errors
    /// The log.
    pub fn accept(self, ctx: &Context) -> Result<(), Failure> {
        let open = &self.open;
        // What the next entry would repair by itself is repaired first, so that
        // no more is given up than has to be.
        let is_broken = match Recorder::of(ctx, open)?.ready() {
            Ok(_) => false,
            Err(failure) if failure.kind == Kind::Integrity => true,
            Err(failure) => return Err(failure),
        };
        let report = survey(ctx, open)?;
        let findings = report.findings.into_iter();
        // Where no anchor settles it, the log is moved aside as a whole, and
        // with it go the chains that were sound.
        let is_broken = is_broken || findings.clone().any(|finding| finding.lost.is_none());
        let lost = match is_broken {
            true => report.expected,
            false => findings.filter_map(|finding| finding.lost).collect(),
        };
        let Some(machine) = guard::machine(ctx) else {
            return Err(Failure::io(
                "there is no place for the audit log: HOME is not set",
            ));
        };
        let id = open.vault.id();
        let device = machine.device(&mut SystemRandom)?;
        let mut event = actor::event(ctx, open, Action::Gap)?;
        event.verb = Some("accept-loss".to_owned());
        // What it was that is accepted must not be known from a screen alone.
        event.data = Some(self.findings.iter().take(MAX_FINDINGS).cloned().collect());
        event.host = Some(device.alias);
        let key = open.vault.audit_key()?;
        let origin = Origin {
            vault: id,
            device: device.id,
            slot: open.vault.slot()?.id,
            key: Some(&key),
            time: event.time,
        };
        let log = Log::new(machine.directory(&id)?);
        let done = log.accept_loss(&origin, event, &lost, is_broken, &mut SystemRandom)?;
        told(ctx, &done);
        guard::settle(ctx, open, Some(done.position.chain));
        Ok(())
    }
}

//! Entries that are lost, and going on without them.

use super::record::{Recorder, told};
use super::{Open, actor, guard, journal, open};
use crate::audit::{Action, Evidence, Log, Origin, verify};
use crate::context::Context;
use crate::crypto::SystemRandom;
use crate::failure::{Failure, Kind};
use crate::vault::{Anchor, Depth};

/// What is wrong with the log, and what it takes to accept that.
pub struct Loss {
    /// A sentence for each finding.
    pub findings: Vec<String>,
    anchors: Vec<Anchor>,
    /// The file itself does not verify, and is moved aside.
    broken: bool,
    open: Open,
}

/// Looks for what is lost. A credential is needed, because a chain that
/// begins anew begins with its slot's key.
///
/// # Errors
/// No vault, no credential, no place for a log.
pub fn loss(ctx: &Context) -> Result<Loss, Failure> {
    let open = open(ctx, Depth::Whole)?;
    // What the next entry would repair by itself is no loss to be accepted.
    let is_broken = match Recorder::of(ctx, &open)?.ready() {
        Ok(_) => false,
        Err(failure) if failure.kind == Kind::Integrity => true,
        Err(failure) => return Err(failure),
    };
    let journal = journal(ctx, Some(&open))?;
    let report = verify(
        &journal.content,
        &Evidence {
            vault: journal.vault,
            key_of: &|slot| open.vault.audit_key_of(slot),
            anchors: &journal.anchors,
            began: &journal.began,
        },
    );
    let findings = &report.findings;
    // Where no anchor settles it, the log is moved aside as a whole, and with it
    // go the chains that were sound.
    let broken = is_broken || findings.iter().any(|finding| finding.lost.is_none());
    let lost = findings.iter().filter_map(|finding| finding.lost.clone());
    Ok(Loss {
        findings: findings
            .iter()
            .map(|finding| finding.what.clone())
            .collect(),
        anchors: match broken {
            true => report.expected,
            false => lost.collect(),
        },
        broken,
        open,
    })
}

impl Loss {
    /// Records the loss, with the reason that was given.
    ///
    /// # Errors
    /// The log.
    pub fn accept(self, ctx: &Context) -> Result<(), Failure> {
        let Some(machine) = guard::machine(ctx) else {
            return Err(Failure::io(
                "there is no place for the audit log: HOME is not set",
            ));
        };
        let open = &self.open;
        let id = open.vault.id();
        let device = machine.device(&mut SystemRandom)?;
        let mut event = actor::event(ctx, open, Action::Gap)?;
        event.verb = Some("accept-loss".to_owned());
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
        let done = log.accept_loss(
            &origin,
            event,
            &self.anchors,
            self.broken,
            &mut SystemRandom,
        )?;
        told(ctx, &done);
        guard::settle(ctx, open, Some(done.position.chain));
        Ok(())
    }
}

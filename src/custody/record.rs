//! The entry before the act: nothing is revealed or changed that is not recorded.

use super::Open;
use crate::audit::{self, Action, Done, Event, Log, Origin, plain_line};
use crate::config::AuditSink;
use crate::context::Context;
use crate::crypto::{AuditKey, SystemRandom};
use crate::failure::{Failure, Kind};
use crate::store::{self, Device, Machine};
use crate::vault::{Anchor, AuditPolicy, ChainId, SlotId, VaultId};
use std::cell::Cell;

/// Writes the entries of one command.
pub(super) struct Recorder<'a> {
    ctx: &'a Context,
    vault: VaultId,
    slot: SlotId,
    /// `None` in a session, which goes on with the chain that is there.
    key: Option<AuditKey>,
    flush_reads: bool,
    sink: Sink,
    /// Whether entries may go where `SECRETS_AUDIT` says.
    may_stream: bool,
    /// The chain that entries went to.
    chain: Cell<Option<ChainId>>,
}

/// Where the entries go.
enum Sink {
    /// The descriptor of this number, as bare lines.
    Descriptor(i32),
    /// This machine's log.
    Log(Local),
    /// Nowhere: the vault's policy is best effort, and there is no log.
    Nowhere,
}

struct Local {
    log: Log,
    device: Device,
    /// The vault's policy lets a log fail.
    best_effort: bool,
    failed: Cell<bool>,
}

impl<'a> Recorder<'a> {
    /// The recorder for what the slot of an open vault does.
    ///
    /// # Errors
    /// `SECRETS_AUDIT` where it may not be used, no place for a log.
    pub(super) fn of(ctx: &'a Context, open: &Open) -> Result<Self, Failure> {
        let slot = open.vault.slot()?;
        let best_effort = open.vault.policy().audit == AuditPolicy::BestEffort;
        let elsewhere = AuditSink::decide(&ctx.snapshot)?;
        let may_stream = slot.kind == "secret" && !open.vault.audit_is_local();
        if elsewhere != AuditSink::Local {
            if slot.kind != "secret" {
                return Err(Failure::denied(format!(
                    "SECRETS_AUDIT is for keys and tokens; a passphrase opens the slot \"{}\"",
                    slot.label
                )));
            }
            if open.vault.audit_is_local() {
                return Err(Failure::denied(format!(
                    "the slot \"{}\" must keep its log on this machine, whatever SECRETS_AUDIT says",
                    slot.label
                )));
            }
        }
        let sink = match elsewhere {
            AuditSink::Descriptor(number) => Sink::Descriptor(number),
            AuditSink::Local => match local(open.known.machine.as_ref(), &open.vault.id()) {
                Ok((log, device)) => Sink::Log(Local {
                    log,
                    device,
                    best_effort,
                    failed: Cell::new(false),
                }),
                Err(failure) if best_effort && failure.kind == Kind::Io => {
                    warn(ctx, &failure);
                    Sink::Nowhere
                }
                Err(failure) => return Err(ways_out(failure, may_stream)),
            },
        };
        Ok(Recorder {
            ctx,
            vault: open.vault.id(),
            slot: slot.id,
            key: match open.vault.is_in_session() {
                true => None,
                false => Some(open.vault.audit_key()?),
            },
            flush_reads: open.vault.flushes_reads(),
            sink,
            may_stream,
            chain: Cell::new(None),
        })
    }

    /// The recorder of a vault that is about to be made.
    ///
    /// # Errors
    /// As [`Recorder::of`].
    pub(super) fn of_new(
        ctx: &'a Context,
        machine: Option<&Machine>,
        drawn: &crate::vault::DrawnVault,
        kind: &str,
    ) -> Result<Self, Failure> {
        let may_stream = kind == "secret";
        let sink = match AuditSink::decide(&ctx.snapshot)? {
            AuditSink::Descriptor(number) if may_stream => Sink::Descriptor(number),
            AuditSink::Local => {
                let (log, device) =
                    local(machine, &drawn.id()).map_err(|failure| ways_out(failure, may_stream))?;
                Sink::Log(Local {
                    log,
                    device,
                    best_effort: false,
                    failed: Cell::new(false),
                })
            }
            _ => {
                return Err(Failure::denied(
                    "SECRETS_AUDIT is for keys and tokens; a passphrase will open this vault",
                ));
            }
        };
        Ok(Recorder {
            ctx,
            vault: drawn.id(),
            slot: drawn.slot(),
            key: Some(drawn.audit_key()),
            flush_reads: false,
            sink,
            may_stream,
            chain: Cell::new(None),
        })
    }

    /// Whether entries of reads go to the disk before the value is shown.
    pub(super) fn flushes_reads(&self) -> bool {
        self.flush_reads
    }

    /// The chain that entries went to, for the pin.
    pub(super) fn chain(&self) -> Option<ChainId> {
        self.chain.get()
    }

    /// How far the log is, for the seal of a change; `None` where there is no chain.
    ///
    /// # Errors
    /// A log that does not verify or cannot be written.
    pub(super) fn ready(&self) -> Result<Option<Anchor>, Failure> {
        self.with_log(|log, origin| log.ready(origin, &mut SystemRandom))
            .map(|done| done.map(|done| done.position))
    }

    /// Writes the entries. Only after this may what they tell of happen.
    ///
    /// # Errors
    /// They could not be written.
    pub(super) fn append(&self, events: &[Event], flush: bool) -> Result<(), Failure> {
        self.write(events.to_vec(), flush)
    }

    /// As [`Recorder::append`], of entries that nobody needs afterwards.
    pub(super) fn write(&self, mut events: Vec<Event>, flush: bool) -> Result<(), Failure> {
        let lines = || events.iter().flat_map(plain_line).collect::<Vec<u8>>();
        match &self.sink {
            Sink::Nowhere => Ok(()),
            Sink::Descriptor(number) => write_lines(self.ctx, *number, &lines()),
            Sink::Log(local) => {
                for event in &mut events {
                    event.host = Some(local.device.alias.clone());
                }
                self.with_log(|log, origin| log.append(origin, &events, flush, &mut SystemRandom))
                    .map(|_| ())
            }
        }
    }

    /// Says that what was recorded did not happen. The failure that kept it
    /// from happening is what the user is told, so this one's own is not.
    pub(super) fn abort(&self, events: &[Event]) {
        let abort = |event: &Event| Event {
            action: Action::Abort,
            ..event.clone()
        };
        let _ = self.write(events.iter().map(abort).collect(), true);
    }

    /// Works on this machine's log, where that is where entries go.
    fn with_log(
        &self,
        work: impl FnOnce(&Log, &Origin<'_>) -> Result<Done, audit::Error>,
    ) -> Result<Option<Done>, Failure> {
        let Sink::Log(local) = &self.sink else {
            return Ok(None);
        };
        if local.failed.get() {
            return Ok(None);
        }
        let origin = Origin {
            vault: self.vault,
            device: local.device.id,
            slot: self.slot,
            key: self.key.as_ref(),
            time: self.ctx.clock.now()?.seconds(),
        };
        match work(&local.log, &origin) {
            Ok(done) => {
                told(self.ctx, &done);
                self.chain.set(Some(done.position.chain));
                Ok(Some(done))
            }
            Err(error) => {
                let failure = Failure::from(error);
                // A log that was tampered with is no log that cannot be written.
                if local.best_effort && failure.kind == Kind::Io {
                    warn(self.ctx, &failure);
                    local.failed.set(true);
                    return Ok(None);
                }
                Err(match failure.kind {
                    Kind::Io => ways_out(failure, self.may_stream),
                    Kind::Locked => failure.hint("to begin one: secrets unlock"),
                    _ => failure,
                })
            }
        }
    }
}

/// Writes bare lines where `SECRETS_AUDIT` says. A reader who has gone is an
/// error here: nobody would have the entry.
pub(super) fn write_lines(ctx: &Context, number: i32, lines: &[u8]) -> Result<(), Failure> {
    let written = ctx.files.write_descriptor(number, lines);
    written.map_err(|error| {
        let mut failure = Failure::from(error);
        failure.kind = Kind::Io;
        failure.about("the audit log cannot be written, so nothing is revealed or changed")
    })
}

/// Says what was repaired.
pub(super) fn told(ctx: &Context, done: &Done) {
    for notice in &done.notices {
        ctx.terminal.warn(&notice.to_string());
    }
    for warning in &done.warnings {
        ctx.terminal.warn(&warning.to_string());
    }
}

/// The log of a vault on this machine, made where it is missing.
fn local(machine: Option<&Machine>, vault: &VaultId) -> Result<(Log, Device), Failure> {
    let Some(machine) = machine else {
        return Err(Failure::io(
            "there is no place for the audit log: HOME is not set",
        ));
    };
    // A place that cannot be made is no secret that is not there.
    let no_place = |error: store::Error| {
        let mut failure = Failure::from(error);
        if failure.kind == Kind::NotFound {
            failure.kind = Kind::Io;
        }
        failure
    };
    let device = machine.device(&mut SystemRandom).map_err(no_place)?;
    let directory = machine.directory(vault).map_err(no_place)?;
    Ok((Log::new(directory), device))
}

fn warn(ctx: &Context, failure: &Failure) {
    ctx.terminal.warn(&format!(
        "not recorded ({}); the vault's policy allows that",
        failure.message
    ));
}

/// What one can do about a log that cannot be written.
fn ways_out(failure: Failure, may_stream: bool) -> Failure {
    if failure.kind != Kind::Io {
        return failure;
    }
    let failure = failure
        .about("the audit log cannot be written, so nothing is revealed or changed")
        .hint("another place for it: set SECRETS_STATE_DIR to a directory that can be written");
    match may_stream {
        true => failure.hint(
            "with a key or a token, entries can go to standard error: set SECRETS_AUDIT=stderr",
        ),
        false => failure,
    }
}

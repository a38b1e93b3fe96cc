//! The log of the vault in use, as it lies on this machine.

use super::attempt::append_unkeyed;
use super::record::Recorder;
use super::{Open, actor, guard, location, open, open_unasked};
use crate::audit::{self, Action, Content, Log, events};
use crate::context::Context;
use crate::failure::Failure;
use crate::name::EnvName;
use crate::store;
use crate::vault::{Anchor, ChainId, Depth, LockedVault, Pin, VaultId};
use serde_json::Value;
use std::path::PathBuf;

/// A log, and what vault and machine say of it.
pub struct Journal {
    /// The vault.
    pub vault: VaultId,
    /// The log and its state; empty where there is none.
    pub content: Content,
    /// The anchors in the vault's seals.
    pub anchors: Vec<Anchor>,
    /// The chains that this machine began.
    pub began: Vec<ChainId>,
    /// Where the log lies, or would.
    pub path: PathBuf,
    /// The environments of the vault.
    pub environments: Vec<EnvName>,
    /// Why the vault says nothing of the log: what does not verify of it. The
    /// log can be read all the same, most of all then.
    pub doubt: Option<Failure>,
    /// Whether the vault that holds the anchors was verified.
    pub is_verified: bool,
    /// The log itself, where there is one.
    pub log: Option<Log>,
}

/// Reads the log of the vault in use. It needs no credential; `open` is given
/// where one has opened the vault all the same.
///
/// # Errors
/// No vault, no place for logs, a vault that does not verify.
pub fn journal(ctx: &Context, open: Option<&Open>) -> Result<Journal, Failure> {
    let location = location(ctx)?;
    let shown = location.shown.display().to_string();
    let read = match open {
        Some(open) => of_open(ctx, open),
        None => of_file(ctx, &location),
    };
    read.map_err(|failure| failure.in_vault(shown))
}

fn of_open(ctx: &Context, open: &Open) -> Result<Journal, Failure> {
    let names = open.environments.iter().map(|env| env.name.clone());
    let mut journal = read(ctx, open.vault.id(), open.known.pin())?;
    journal.anchors = open.vault.anchors()?;
    journal.environments = names.collect();
    journal.is_verified = true;
    Ok(journal)
}

fn of_file(ctx: &Context, location: &store::Location) -> Result<Journal, Failure> {
    // An older vault has anchors too, and nothing of it is shown.
    let (locked, known) = guard::read(ctx, location, false, true)?;
    let mut journal = read(ctx, locked.id(), known.pin())?;
    match anchors(ctx, &locked, known.knows_admin()) {
        Ok(anchors) => journal.anchors = anchors,
        Err(failure) => journal.doubt = Some(failure),
    }
    journal.environments = locked.environments();
    journal.is_verified = known.knows_admin();
    Ok(journal)
}

/// The anchors, of the whole file verified where the admin key is known.
fn anchors(ctx: &Context, locked: &LockedVault, known: bool) -> Result<Vec<Anchor>, Failure> {
    if known {
        locked.verify()?;
        locked.check_clock(ctx.clock.now()?.seconds())?;
    }
    Ok(locked.anchors()?)
}

fn read(ctx: &Context, vault: VaultId, pin: Option<&Pin>) -> Result<Journal, Failure> {
    let Some(machine) = guard::machine(ctx) else {
        return Err(
            Failure::io("there is no place for audit logs: HOME is not set")
                .hint("set SECRETS_STATE_DIR to the directory that holds them"),
        );
    };
    let log = machine.existing(&vault)?.map(Log::new);
    let content = match &log {
        Some(log) => log.read()?,
        None => Content::default(),
    };
    Ok(Journal {
        path: machine.path(&vault).join(audit::LOG),
        vault,
        content,
        anchors: Vec::new(),
        began: pin.map(|pin| pin.chains.clone()).unwrap_or_default(),
        doubt: None,
        environments: Vec::new(),
        is_verified: false,
        log,
    })
}

/// Records an application's own event: with the credential that is given, else
/// in the chain that is there.
///
/// # Errors
/// No chain and no credential, a log that cannot be written.
pub fn note(ctx: &Context, data: Value) -> Result<(), Failure> {
    let given = match open_unasked(ctx, Depth::Reader)? {
        None => {
            let journal = journal(ctx, None)?;
            if journal.content.has_chain() {
                let mut event = actor::of_process(ctx, Action::Note)?;
                event.data = Some(data);
                return match append_unkeyed(ctx, &journal.vault, event)? {
                    true => Ok(()),
                    false => Err(audit::Error::NoChain.into()),
                };
            }
            open(ctx, Depth::Reader)?
        }
        Some(open) => open,
    };
    let mut event = actor::event(ctx, &given, Action::Note)?;
    event.data = Some(data);
    let recorder = Recorder::of(ctx, &given)?;
    recorder.write(vec![event], true)?;
    super::settle(ctx, &given, recorder.chain());
    Ok(())
}

impl Journal {
    /// Warns that the vault says nothing of the log, where that is so.
    pub fn warn(&self, ctx: &Context) {
        if let Some(doubt) = &self.doubt {
            ctx.terminal.warn(&format!(
                "the vault does not verify, so nothing is said of other logs: {}",
                doubt.message
            ));
        }
    }

    /// The anchored chains whose log is not here.
    pub fn elsewhere(&self) -> Vec<Anchor> {
        let here: Vec<ChainId> = events(&self.content.log)
            .flatten()
            .filter_map(|event| event.start.map(|start| start.chain))
            .collect();
        let mut others: Vec<Anchor> = Vec::new();
        for anchor in self
            .anchors
            .iter()
            .filter(|anchor| !here.contains(&anchor.chain))
        {
            match others.iter_mut().find(|other| other.chain == anchor.chain) {
                Some(other) if other.entries >= anchor.entries => {}
                Some(other) => *other = anchor.clone(),
                None => others.push(anchor.clone()),
            }
        }
        others
    }
}

//! What this machine and its user know of a vault before it is believed.

use super::change::progress;
use super::{Open, location, session};
use crate::config::Given;
use crate::context::Context;
use crate::failure::Failure;
use crate::store::{self, Known, Machine, Opened};
use crate::vault::{
    ChainId, Expect, Fingerprint, Guard, InWorkTree, LockedVault, Pin, Seen, VaultId,
};
use std::path::PathBuf;
use std::rc::Rc;

/// Whether the vault was seen on this machine before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pinned {
    /// It was not: whoever made the file is believed once.
    FirstUse,
    /// It is older than, or another one than, what was seen.
    Older,
    /// It goes on from what was seen.
    Seen,
    /// This machine keeps no record.
    Unknown,
}

/// What is known of the vault at one path.
pub struct Acquaintance {
    /// This machine's record; `None` where no directory for it is named.
    pub machine: Option<Machine>,
    /// The path of the vault, links resolved.
    path: PathBuf,
    /// The vault that was at this path before.
    before: Option<Known>,
    admin: Option<Fingerprint>,
    expect: Option<Expect>,
    accept_older: bool,
    in_work_tree: InWorkTree,
    token: bool,
    /// What was seen of this vault.
    pin: Option<Pin>,
}

/// Collects what is known, before anything of the vault is believed.
fn acquaintance(ctx: &Context, opened: &Opened, token: bool) -> Result<Acquaintance, Failure> {
    let machine = machine(ctx);
    let path = opened.canonical_path().to_owned();
    let before = match &machine {
        Some(machine) => machine.known(&path)?,
        None => None,
    };
    Ok(Acquaintance {
        before,
        admin: expected_admin(ctx)?,
        expect: expected_state(ctx)?,
        accept_older: ctx.globals.accept_older,
        in_work_tree: in_work_tree(opened),
        token,
        pin: None,
        machine,
        path,
    })
}

fn in_work_tree(opened: &Opened) -> InWorkTree {
    let directory = opened.directory().clone();
    InWorkTree::Asked(Rc::new(move || store::in_work_tree(&directory)))
}

/// Reads a vault and what this machine knows of it, which it is then held to.
///
/// Another process may put a newer file in place and raise the pin between the
/// two reads: then the file is read anew, for it is the pin that is right. A
/// pin never is ahead of the file that it was read before.
///
/// # Errors
/// No vault, one that is none, another one than was here before.
pub(super) fn read(
    ctx: &Context,
    location: &store::Location,
    token: bool,
    accept_older: bool,
) -> Result<(LockedVault, Acquaintance), Failure> {
    let opened = store::open(&ctx.files, location)?;
    let mut known = acquaintance(ctx, &opened, token)?;
    known.accept_older = accept_older;
    let status = opened.status();
    let mut locked = LockedVault::read(Box::new(opened))?;
    known.look(&locked.id())?;
    let there = ctx.files.status(&location.path)?;
    if !there.is_some_and(|there| there.is_same_inode(&status)) {
        locked = LockedVault::read(Box::new(store::open(&ctx.files, location)?))?;
        known.look(&locked.id())?;
    }
    let locked = known.bind(locked)?.watched(Some(progress(ctx)));
    Ok((locked, known))
}

/// This machine's record of vaults, where a directory for it is named.
pub(super) fn machine(ctx: &Context) -> Option<Machine> {
    let state = ctx.directories.state.as_deref()?;
    Some(Machine::new(ctx.files.clone(), state))
}

/// `SECRETS_ADMIN`: the fingerprint of the one admin key that is accepted.
fn expected_admin(ctx: &Context) -> Result<Option<Fingerprint>, Failure> {
    let wrong = || Failure::usage("SECRETS_ADMIN is no fingerprint: 32 digits of 0-9 and a-f");
    let Some(text) = guard_text(ctx, "SECRETS_ADMIN")? else {
        return Ok(None);
    };
    Fingerprint::parse_hex(&text).map(Some).ok_or_else(wrong)
}

/// `SECRETS_EXPECT`: how far the vault must be at least.
fn expected_state(ctx: &Context) -> Result<Option<Expect>, Failure> {
    let Some(text) = guard_text(ctx, "SECRETS_EXPECT")? else {
        return Ok(None);
    };
    let expect = Expect::parse(&text).map_err(|error| {
        Failure::usage(error.to_string()).hint("its form: SECRETS_EXPECT=head:7,production:2:41")
    });
    expect.map(Some)
}

/// A guard that is set and empty is a mistake, never no guard.
fn guard_text(ctx: &Context, variable: &str) -> Result<Option<String>, Failure> {
    match ctx.snapshot.credential(variable) {
        Given::Unset => Ok(None),
        Given::Empty => Err(Failure::usage(format!("{variable} is set but empty"))),
        Given::Value(_) => Ok(ctx.snapshot.text(variable)?.map(str::to_owned)),
    }
}

impl Acquaintance {
    /// Reads what was seen of a vault.
    ///
    /// # Errors
    /// A record that is damaged.
    pub(super) fn look(&mut self, id: &VaultId) -> Result<(), Failure> {
        self.pin = match &self.machine {
            Some(machine) => machine.pin(id)?,
            None => None,
        };
        Ok(())
    }

    /// Binds a vault to what was seen of it.
    ///
    /// # Errors
    /// Another vault than the one that was at this path, another admin.
    pub(super) fn bind(&self, locked: LockedVault) -> Result<LockedVault, Failure> {
        let id = locked.id();
        if let Some(before) = self.before.as_ref().filter(|before| before.vault != id) {
            return Err(Failure::integrity(format!(
                "this path held another vault: {} was here, {} is here now",
                before.vault.hex(),
                id.hex()
            ))
            .hint("if you exchanged it on purpose: secrets trust"));
        }
        let fingerprint = locked.fingerprint();
        let other = |before: &&Known| before.fingerprint != fingerprint;
        if let Some(before) = self.before.as_ref().filter(other) {
            return Err(Failure::integrity(format!(
                "vault is signed by admin {}, this machine has seen {} here",
                fingerprint.hex(),
                before.fingerprint.hex()
            ))
            .hint("if the admin key was exchanged on purpose: secrets trust"));
        }
        Ok(locked.guarded(Guard {
            pin: self.pin.clone(),
            admin: self.admin,
            expect: self.expect.clone(),
            accept_older: self.accept_older,
            in_work_tree: self.in_work_tree.clone(),
            token: self.token,
        })?)
    }

    /// Whether somebody vouched for the admin key: this machine, or its user.
    pub fn knows_admin(&self) -> bool {
        self.pin.is_some() || self.admin.is_some()
    }

    /// Whether the vault was seen here before, `older` being what was found
    /// older than it was.
    pub fn pinned(&self, older: &[String]) -> Pinned {
        match (&self.machine, &self.pin) {
            (None, _) => Pinned::Unknown,
            (Some(_), None) => Pinned::FirstUse,
            (Some(_), Some(_)) if older.is_empty() => Pinned::Seen,
            (Some(_), Some(_)) => Pinned::Older,
        }
    }

    /// What was seen of the vault on this machine.
    pub fn pin(&self) -> Option<&Pin> {
        self.pin.as_ref()
    }

    /// Keeps what was verified. That it cannot be kept stops nothing: it only
    /// makes a later look back less sharp.
    pub(super) fn raise(&self, ctx: &Context, id: &VaultId, seen: &Seen, chain: Option<ChainId>) {
        let Some(machine) = &self.machine else {
            return;
        };
        let known = Known {
            vault: *id,
            fingerprint: seen.fingerprint,
        };
        // The pin that was read at the start saves reading it again, most of the time.
        let same = |pin: &Pin| !pin.would_rise(seen, chain);
        let raised = match self.pin.as_ref().is_some_and(same) {
            true => Ok(false),
            false => machine.raise(id, seen, chain),
        };
        let kept = raised.and_then(|_| match self.before.as_ref() == Some(&known) {
            true => Ok(()),
            false => machine.set_known(&self.path, &known),
        });
        if let Err(error) = kept {
            ctx.terminal
                .detail(&format!("what was seen of the vault is not kept: {error}"));
        }
    }
}

/// Warns of what is older than seen, keeps what this run verified, and prolongs
/// the session in use.
/// A verb that only reads calls it before it prints. `chain` is the audit
/// chain that an entry went to.
pub fn settle(ctx: &Context, open: &Open, chain: Option<ChainId>) {
    introduce(ctx, open);
    let id = open.vault.id();
    if let Ok(seen) = open.vault.seen() {
        open.known.raise(ctx, &id, &seen, chain);
    }
    session::used(ctx, open);
}

/// Warns of what is older than seen, and says what is seen for the first time.
pub(super) fn introduce(ctx: &Context, open: &Open) {
    for older in open.vault.older() {
        ctx.terminal.warn(&older);
    }
    if open.known.machine.is_some() && open.known.pin.is_none() {
        let first = format!(
            "first use of this vault on this machine: signed by admin {}",
            open.vault.fingerprint().hex()
        );
        match ctx.terminal.stderr_is_terminal() {
            true => ctx.terminal.say(&first),
            false => ctx.terminal.detail(&first),
        }
    }
}

/// Verifies the whole file without a credential, where the admin key is known
/// to this machine or to its user; `None` where nobody knows it.
///
/// # Errors
/// No vault, and whatever does not verify.
pub fn verify_keyless(ctx: &Context) -> Result<Option<LockedVault>, Failure> {
    let location = location(ctx)?;
    let shown = location.shown.display().to_string();
    keyless(ctx, &location).map_err(|failure| failure.in_vault(shown))
}

fn keyless(ctx: &Context, location: &store::Location) -> Result<Option<LockedVault>, Failure> {
    let (locked, known) = read(ctx, location, false, ctx.globals.accept_older)?;
    if !known.knows_admin() {
        return Ok(None);
    }
    locked.verify()?;
    locked.check_clock(ctx.clock.now()?.seconds())?;
    for older in locked.older() {
        ctx.terminal.warn(&older);
    }
    if let Some(seen) = locked.seen() {
        known.raise(ctx, &locked.id(), &seen, None);
    }
    Ok(Some(locked))
}

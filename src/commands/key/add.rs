//! `key add`: lets another passphrase or key open the vault.

use crate::audit::Action;
use crate::context::Context;
use crate::crypto::{Random, SystemRandom};
use crate::custody::{self, Change, Open, Opener};
use crate::failure::{Exit, Failure};
use crate::secret::{KeyBytes, SecretValue};
use crate::summary::{self, Added, Handed};
use crate::vault::{self, Depth, NewMember, NewSlot};
use std::path::PathBuf;

/// Let another passphrase or key open the vault
///
/// Each person and each machine gets a slot of its own, so that one can be
/// taken away without the others. A member reads and writes everything; an
/// admin changes slots, environments and data keys besides.
///
/// With --passphrase six random words are printed, once, to be handed over;
/// their first use ends in choosing a passphrase that only the holder knows.
/// With --key-file the file is used, or made; the vault itself is opened by
/// SECRETS_KEY_FILE or a passphrase. --recovery prints an admin's key, once; a
/// file that holds it is read only if it is for its owner alone (mode 0600).
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets key add --label rui --passphrase
  secrets key add --label ana --passphrase --role admin
  secrets key add --label ci --key-file ci.key
  (umask 077; secrets key add --recovery > recovery.key)")]
pub struct Args {
    /// Name the new slot
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,

    /// Make a passphrase that its holder changes at first use, and print it once
    #[arg(long)]
    pub passphrase: bool,

    /// Make a recovery key, and print it once
    #[arg(long)]
    pub recovery: bool,

    /// Say what the slot may do: member, or admin
    #[arg(long, value_name = "ROLE", value_parser = ["member", "admin"])]
    pub role: Option<String>,

    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    /// `--key-file`: the new key here, and not what opens the vault.
    #[arg(skip)]
    pub key_file: Option<PathBuf>,
}

/// Adds a slot; an admin's is needed.
///
/// # Errors
/// Not exactly one thing that is to open it, a label that is taken, no right.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let ways = [args.passphrase, args.key_file.is_some(), args.recovery];
    if ways.iter().filter(|way| **way).count() != 1 {
        return Err(
            Failure::usage("say what the new slot is opened by: one of the three")
                .hint("words to hand over: --passphrase")
                .hint("a key in a file: --key-file FILE")
                .hint("a key to lock away: --recovery"),
        );
    }
    let admin = match args.role.as_deref() {
        Some("member") if args.recovery => {
            return Err(Failure::usage("a recovery key is an admin's"));
        }
        role => args.recovery || role == Some("admin"),
    };
    let label = match (&args.label, args.recovery) {
        (Some(label), _) => custody::label(ctx, Some(label))?,
        (None, true) => custody::RECOVERY.to_owned(),
        (None, false) => {
            return Err(
                Failure::usage("the new slot needs a label").hint("for a person: --label NAME")
            );
        }
    };
    let open = custody::open_keyed(ctx, Depth::Reader)?;
    let checked = open.vault.check_new_slot(&label);
    checked.map_err(|error| open.blame(error))?;
    let added = |secret| Added {
        label: &label,
        admin,
        kind: if args.passphrase { "pass" } else { "secret" },
        dry: args.dry_run,
        handed: match args.passphrase {
            true => Handed::Words,
            false => Handed::Nothing,
        },
        secret,
    };
    if args.recovery && !args.dry_run {
        let print = |text: &_| summary::print_added(ctx, &Added::recovery(&label, Some(text)));
        custody::add_recovery(ctx, open, &label, print)?;
        summary::added(ctx, &Added::recovery(&label, None));
        return Ok(Exit::DONE);
    }
    let random: &mut dyn Random = &mut SystemRandom;
    if args.passphrase {
        let (words, passphrase) = custody::handout()?;
        let words: Option<&SecretValue> = Some(&words).filter(|_| !args.dry_run);
        summary::print_added(ctx, &added(words))?;
        let opener = Opener::Passphrase(passphrase);
        let done = add(ctx, args, open, &label, admin, &opener);
        done.map_err(|failure| match args.dry_run {
            true => failure,
            false => custody::printed_in_vain(failure),
        })?;
        summary::added(ctx, &added(None));
        return Ok(Exit::DONE);
    }
    let key = match &args.key_file {
        Some(path) if !args.dry_run => custody::key_at(ctx, path)?,
        _ => KeyBytes::from_drawn(random.key().map_err(vault::Error::from)?),
    };
    add(ctx, args, open, &label, admin, &Opener::Key(key))?;
    summary::added(ctx, &added(None));
    summary::print_added(ctx, &added(None))?;
    Ok(Exit::DONE)
}

fn add(
    ctx: &Context,
    args: &Args,
    open: Box<Open>,
    label: &str,
    admin: bool,
    opener: &Opener,
) -> Result<(), Failure> {
    let iterations = custody::iterations(ctx, None)?;
    custody::change(ctx, open, |vault, random| {
        let new = NewMember {
            label,
            admin,
            opener: match opener {
                Opener::Key(key) => NewSlot::Key(key),
                Opener::Passphrase(passphrase) => NewSlot::Passphrase(passphrase, iterations),
            },
            handed_out: args.passphrase,
        };
        vault.add_slot(&new, random)?;
        if args.dry_run {
            vault.discard();
        }
        Ok(((), Change::of(Action::Access)))
    })
}

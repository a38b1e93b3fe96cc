//! `rollback`: makes an earlier version the current one again.

use crate::context::Context;
use crate::custody::{self, Change, Open};
use crate::failure::{Exit, Failure, quoted};
use crate::name::{Address, Version};
use crate::summary;
use crate::vault::{Depth, Written};

/// Make an earlier version the current one again
///
/// A new version is made, with the value of the earlier one, all that was said
/// of it and its expiry; nothing is lost. See the versions with secrets
/// history NAME.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets rollback STRIPE_KEY
  secrets rollback STRIPE_KEY --to 3")]
pub struct Args {
    /// The secret: its address
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The version; without it the one before the current
    #[arg(long, value_name = "N")]
    pub to: Option<u64>,
    /// Say what would come back, and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Writes the new version.
///
/// # Errors
/// A secret or version that is not there, a grace time that ended, somebody
/// who was faster, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    check(&args.name)?;
    let open = custody::open(ctx, Depth::Reader)?;
    let named = custody::named(ctx, &open, &args.name)?;
    let live = named.entry.as_ref().filter(|entry| entry.live().is_some());
    let Some((entry, live)) = live.and_then(|entry| Some((entry, entry.live()?))) else {
        return Err(named.missing(&open));
    };
    let (env, path) = (&named.env, &named.path);
    let may = open.vault.check_write(env, path);
    may.map_err(|error| open.blame(error))?;
    let wanted = args.to.map_or(Version::Previous, Version::Number);
    let chosen = entry.select(wanted, open.vault.now(), true);
    let chosen = chosen
        .map_err(|absence| custody::missing(&open, env, path, wanted, Some((entry, absence))))?;
    let (to, current) = (chosen.version, live.version);
    let expired = chosen.meta.is_expired(open.vault.now());
    if to == current {
        let unchanged = Written {
            env: env.clone(),
            path: path.clone(),
            version: current,
            kind: live.meta.kind.clone(),
            unchanged: true,
            expiry_cleared: false,
        };
        custody::settle(ctx, &open, None);
        summary::written(ctx, args.dry_run, true, &[unchanged])?;
        return Ok(Exit::DONE);
    }
    if expired {
        ctx.terminal.warn(&format!(
            "the value of \"{env}:{path}@{to}\" has expired, and so has the new version"
        ));
    }
    let written = roll_back(ctx, open, args, (&named, to, current))?;
    summary::written_from(ctx, args.dry_run, &[(written, format!("v{to}"))])?;
    Ok(Exit::DONE)
}

/// A version stands behind `--to` here.
fn check(name: &str) -> Result<(), Failure> {
    let address =
        Address::parse(name).map_err(|error| Failure::bad_name("address", name, error))?;
    let failure = |hint: String| {
        let message = format!("{} names a version; it stands behind --to", quoted(name));
        Err(Failure::usage(message).hint(hint))
    };
    let secret = name.rsplit_once('@').map_or(name, |(secret, _)| secret);
    match address.version {
        Version::Current => Ok(()),
        Version::Number(number) => failure(format!("secrets rollback {secret} --to {number}")),
        _ => failure(format!("secrets rollback {secret}")),
    }
}

/// The change itself, if the current version is still the one that was seen.
fn roll_back(
    ctx: &Context,
    open: Box<Open>,
    args: &Args,
    (named, to, current): (&custody::Named, u64, u64),
) -> Result<Written, Failure> {
    let (env, path) = (&named.env, &named.path);
    let act = custody::act(ctx);
    custody::change(ctx, open, |vault, random| {
        let found = vault.find(env, path)?;
        let live = found.as_ref().and_then(|entry| entry.live());
        if live.map(|live| live.version) != Some(current) {
            let message = format!("\"{env}:{path}\" was changed meanwhile");
            return Err(Failure::conflict(message).hint("run the command again"));
        }
        let written = vault.restore(env, path, to, &act, random)?;
        if args.dry_run {
            vault.discard();
        }
        let change = Change::written(std::slice::from_ref(&written));
        Ok((written, change))
    })
}

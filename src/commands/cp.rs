//! `cp`: copies secrets.

use crate::context::Context;
use crate::custody::{self, Change, Routes};
use crate::failure::{Exit, Failure};
use crate::summary;
use crate::vault::Depth;

/// Copy one version of a secret to another address
///
/// The copy begins with version 1 and has the value of the original, all that
/// is said of it and its expiry. The two have nothing to do with each other
/// from then on. Several secrets are copied together or not at all.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets cp staging:/STRIPE_KEY development:/STRIPE_KEY
  secrets cp DB_URL@3 DB_URL_OLD
  secrets cp DB_URL DB_USER staging:/infra/")]
pub struct Args {
    /// The secrets, each with an optional @VERSION, then the new address or a folder with a
    /// trailing /
    #[arg(value_name = "ADDRESS", required = true)]
    pub operands: Vec<String>,
    /// Say what would be copied, and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Copies the secrets in one atomic write.
///
/// # Errors
/// A version that is not there, a secret that is where the copy would go, no
/// right to write, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let routes = Routes::parse(&args.operands, true)?;
    let open = custody::open(ctx, Depth::Reader)?;
    let routes = routes.resolve(ctx, &open)?;
    let act = custody::act(ctx);
    let copied = custody::change(ctx, open, |vault, random| {
        let (mut copied, mut written) = (Vec::new(), Vec::new());
        for route in &routes {
            let (from_env, from_path) = &route.from;
            let (env, path) = &route.to;
            let from = (from_env, from_path, route.version);
            let done = vault.copy(from, (env, path), &act, random)?;
            written.push(done.clone());
            copied.push((done, format!("{from_env}:{from_path}{}", route.version)));
        }
        if args.dry_run {
            vault.discard();
        }
        Ok((copied, Change::written(&written)))
    })?;
    summary::written_from(ctx, args.dry_run, &copied)?;
    Ok(Exit::DONE)
}

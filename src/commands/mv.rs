//! `mv`: moves and renames secrets.

use crate::context::Context;
use crate::custody::{self, Change, Routes};
use crate::failure::{Exit, Failure};
use crate::summary;
use crate::vault::Depth;

/// Move or rename secrets, with all their versions
///
/// Versions keep their numbers and all that is said of them, within an
/// environment and to another one. Whoever uses the old name must be told:
/// secrets refs shows the files of the project that do. Several secrets move
/// together or not at all.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets mv DB_URL DATABASE_URL
  secrets mv DB_URL DB_USER infra/
  secrets mv staging:/KEY production:/KEY")]
pub struct Args {
    /// The secrets, then the new address or a folder with a trailing /
    #[arg(value_name = "ADDRESS", required = true)]
    pub operands: Vec<String>,
    /// Say what would be moved, and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Moves the secrets in one atomic write.
///
/// # Errors
/// A secret that is not there, one that is where it would go, no right in one
/// of the two places, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let routes = Routes::parse(&args.operands, false)?;
    let open = custody::open(ctx, Depth::Reader)?;
    let routes = routes.resolve(ctx, &open)?;
    for route in &routes {
        let (env, path) = &route.from;
        let may = open.vault.check_write(env, path);
        may.map_err(|error| open.blame(error))?;
    }
    let act = custody::act(ctx);
    let moved = custody::change(ctx, open, |vault, random| {
        let (mut moved, mut names) = (Vec::new(), Vec::new());
        for route in &routes {
            let (from_env, from_path) = &route.from;
            let (env, path) = &route.to;
            let done = vault.relocate((from_env, from_path), (env, path), &act, random)?;
            names.push((env.clone(), path.clone(), done.written.version));
            names.push((from_env.clone(), from_path.clone(), done.left));
            moved.push((done.written, format!("{from_env}:{from_path}")));
        }
        if args.dry_run {
            vault.discard();
        }
        let change = Change {
            names,
            ..Change::written(&[])
        };
        Ok((moved, change))
    })?;
    summary::written_from(ctx, args.dry_run, &moved)?;
    Ok(Exit::DONE)
}

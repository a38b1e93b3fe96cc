//! `undo`: takes the last change of this machine back.

use crate::context::Context;
use crate::custody::{self, Change, Step};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::summary;
use crate::time::Timestamp;
use crate::vault::Depth;

/// Undo the last change that this machine made
///
/// The log of this machine says what the last set, rm, undelete, meta, rotate,
/// rollback, mv, cp, import or edit wrote. Each of its secrets gets a new version
/// equal to what was there before, or is hidden if nothing was. The plan comes
/// first, with a question on a terminal. If somebody has written since,
/// nothing is changed.
///
/// Only the last change can be undone, nothing further back. Any other change
/// that this machine made after it, by key add, env create, passwd, destroy,
/// rotate --key or undo itself, cannot be undone and stands in the way: status
/// 8. rollback and undelete go back further, one secret at a time.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets undo
  secrets undo --dry-run")]
pub struct Args {
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Shows the plan, asks on a terminal, and takes the change back in one
/// atomic write.
///
/// # Errors
/// Nothing to undo, somebody who wrote since, whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let open = custody::open(ctx, Depth::Reader)?;
    let last = custody::last_write(ctx, &open).map_err(|failure| open.blame(failure))?;
    let plan = last
        .plan(&open.vault)
        .map_err(|failure| open.blame(failure))?;
    let ago = Timestamp::clamped(last.time).relative(ctx.clock.now()?);
    ctx.terminal.say(&format!("to undo: {}, {ago}", last.verb));
    plan.iter()
        .for_each(|step| ctx.terminal.say(&format!("  {step}")));
    if !args.dry_run && ctx.terminal.may_prompt() {
        let question = match plan.len() {
            1 => format!("Undo the {} of 1 secret", last.verb),
            count => format!("Undo the {} of {count} secrets", last.verb),
        };
        if !input::confirm(ctx, &question)? {
            return Ok(Exit::DONE);
        }
    }
    let act = custody::act(ctx);
    let written = custody::change(ctx, open, |vault, random| {
        if last.plan(vault)? != plan {
            return Err(Failure::conflict(
                "the vault was changed in the meantime; nothing was undone",
            ));
        }
        let (mut written, mut left) = (Vec::new(), Vec::new());
        for step in &plan {
            written.push(match step {
                Step::Hide(env, path, hidden) => vault.hide((env, path), *hidden, &act, random)?,
                Step::Restore(env, path, from) => vault.restore(env, path, *from, &act, random)?,
                Step::MoveBack((env, path), (to_env, to)) => {
                    let moved = vault.relocate((env, path), (to_env, to), &act, random)?;
                    left.push((moved.from_env, moved.from_path, moved.left));
                    moved.written
                }
            });
        }
        if args.dry_run {
            vault.discard();
        }
        let mut change = Change::written(&written);
        change.names.extend(left);
        Ok((written, change))
    })?;
    summary::written(ctx, args.dry_run, false, &written)?;
    Ok(Exit::DONE)
}

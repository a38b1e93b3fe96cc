//! `doctor`: what is not as it should be, and how to mend it.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::summary;

/// Check everything, and say how to mend it
///
/// Looks at the vault, its slots and its log, at the modes of files, at what
/// git tracks and ignores beside the vault, and at the program itself. Each
/// finding comes with a command that mends it, to be pasted into a shell. A
/// key or token that is set is used; nobody is asked. Exit 10 if anything
/// was found.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets doctor
  secrets doctor --fix
  secrets doctor --json")]
pub struct Args {
    /// Mend what is safe to mend: modes, files left behind, git's files
    #[arg(long)]
    pub fix: bool,
}

/// Prints the findings.
///
/// # Errors
/// No vault.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let mut found = custody::diagnose(ctx)?;
    if args.fix {
        let mended = found.mend(ctx);
        mended.iter().for_each(|line| ctx.terminal.say(line));
        if !mended.is_empty() {
            found = custody::diagnose(ctx)?;
        }
    }
    for what in &found.unseen {
        ctx.terminal.say(&format!("not looked at: {what}"));
    }
    let is_well = found.findings.is_empty();
    summary::findings(ctx, &found.findings)?;
    match found.findings.len() {
        0 => ctx.terminal.say("nothing was found"),
        1 => ctx.terminal.say("1 finding"),
        count => ctx.terminal.say(&format!("{count} findings")),
    }
    Ok(if is_well { Exit::DONE } else { Exit(10) })
}

//! `doctor`: what is not as it should be, and how to mend it.

use crate::context::Context;
use crate::custody::{self, Diagnosis};
use crate::failure::{Exit, Failure};
use crate::summary::SCHEMA_VERSION;
use serde_json::json;

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
    print(ctx, &found)?;
    match found.findings.len() {
        0 => ctx.terminal.say("nothing was found"),
        1 => ctx.terminal.say("1 finding"),
        count => ctx.terminal.say(&format!("{count} findings")),
    }
    Ok(if is_well { Exit::DONE } else { Exit(10) })
}

/// On a terminal two lines for each; elsewhere a line of four columns.
fn print(ctx: &Context, found: &Diagnosis) -> Result<(), Failure> {
    let findings = found.findings.iter();
    if ctx.globals.json {
        let findings: Vec<_> = findings
            .map(|one| {
                json!({
                    "code": one.code, "address": one.address,
                    "message": one.message, "remedy": one.remedy,
                })
            })
            .collect();
        let ok = findings.is_empty();
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "ok": ok, "findings": findings}))?;
    } else if ctx.terminal.stdout_is_terminal() {
        for one in findings {
            ctx.terminal.data_line(one.message.as_bytes())?;
            let remedy = format!("    {}", one.remedy);
            ctx.terminal.data_line(remedy.as_bytes())?;
        }
    } else {
        let row = |one: &custody::Finding| {
            let address = one.address.clone().unwrap_or("-".to_owned());
            vec![
                one.code.to_owned(),
                address,
                one.message.clone(),
                one.remedy.clone(),
            ]
        };
        let rows: Vec<_> = findings.map(row).collect();
        ctx.terminal
            .table(&["CODE", "ADDRESS", "MESSAGE", "REMEDY"], &rows)?;
    }
    Ok(())
}

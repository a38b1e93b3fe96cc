//! `audit verify`: whether anybody changed the log.

use crate::audit::{Evidence, Finding, Report, verify_watched};
use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::summary::{self, SCHEMA_VERSION};
use crate::vault::Depth;
use serde_json::json;

/// Check that nobody changed or cut the log
///
/// Without a key it checks that each entry follows from the one before, and
/// that the log is as long as this machine and the vault say. With the slot's
/// key it checks the MAC of every entry too, which nobody can make who comes
/// later; an admin's key checks the entries of every slot. A key or token that
/// is set is used; --slot asks for a passphrase.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets audit verify
  secrets audit verify --slot rui
  secrets audit verify --json")]
pub struct Args {}

/// Verifies the log.
///
/// # Errors
/// Integrity if anything is wrong with it.
pub fn run(ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    let open = match ctx.globals.slot.is_some() {
        true => Some(custody::open_keyed(ctx, Depth::Whole)?),
        false => custody::open_keyed_unasked(ctx, Depth::Whole)?,
    };
    let mut journal = custody::journal(ctx, open.as_deref())?;
    if let Some(doubt) = journal.doubt.take() {
        return Err(doubt);
    }
    let line = ctx.terminal.progress();
    let report = verify_watched(
        &journal.content,
        &Evidence {
            vault: journal.vault,
            key_of: &|slot| open.as_ref().and_then(|open| open.vault.audit_key_of(slot)),
            anchors: &journal.anchors,
            began: &journal.began,
        },
        &mut |done, total| line.tell("verifying the log", done, total),
    );
    if let [first, ..] = report.findings.as_slice() {
        let failure = Failure::integrity(first.what.clone())
            .about(&format!("\"{}\"", journal.path.display()))
            .hint("keep a copy of the directory for whoever looks into it")
            .hint("to go on with a log that says so: secrets audit accept-loss --reason WHY");
        // The problems are the findings, so that all of them are told.
        let more = report.findings.iter().skip(1);
        return Err(report
            .findings
            .first()
            .into_iter()
            .chain(more)
            .fold(failure, |failure, finding| {
                failure.problem("integrity", None, told(finding))
            }));
    }
    if ctx.globals.json {
        let whole = json!({"schema_version": SCHEMA_VERSION, "ok": true, "findings": []});
        ctx.terminal.json(&whole)?;
    }
    say(ctx, &report, journal.is_verified);
    Ok(Exit::DONE)
}

/// A finding in a sentence, with its line in the file.
fn told(finding: &Finding) -> String {
    match finding.line {
        Some(line) => format!("line {line}: {}", finding.what),
        None => finding.what.clone(),
    }
}

/// What was checked, how, and what was not.
fn say(ctx: &Context, report: &Report, is_verified: bool) {
    if report.entries == 0 {
        ctx.terminal
            .say("there is no log of this vault on this machine");
        return say_elsewhere(ctx, report);
    }
    let span = report.span.map(|(first, last)| {
        let at = |seconds| summary::instant(seconds).unwrap_or_default();
        format!(", {} to {}", at(first), at(last))
    });
    let keyed: u64 = report
        .chains
        .iter()
        .filter(|c| c.keyed)
        .map(|c| c.entries)
        .sum();
    let macs = match keyed {
        0 => {
            "hashes, state and anchors fit; the MACs were not checked, for want of a key".to_owned()
        }
        n if n == report.entries => "hashes, MACs, state and anchors fit".to_owned(),
        n => format!("hashes, state and anchors fit, and the MACs of {n} entries"),
    };
    ctx.terminal.say(&format!(
        "the log is whole: {} entries{}; {macs}",
        report.entries,
        span.unwrap_or_default()
    ));
    if report.accepted > 0 {
        ctx.terminal.say(&format!(
            "losses that were accepted: {}; who and why: secrets audit list --action gap",
            report.accepted
        ));
    }
    if !is_verified {
        ctx.terminal
            .say("the anchors are what the vault file says; nobody vouches for its admin key here");
    }
    say_elsewhere(ctx, report);
}

/// Logs that the vault knows of and this machine does not.
fn say_elsewhere(ctx: &Context, report: &Report) {
    for anchor in &report.elsewhere {
        ctx.terminal.say(&format!(
            "the log of another device is not here: chain {}, {} entries",
            anchor.chain.text(),
            anchor.entries
        ));
    }
}

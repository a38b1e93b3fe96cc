//! What `run` selects, and what a dry run says of it.

use super::{Args, rules};
use crate::context::Context;
use crate::custody::{self, EnvFile, Open, Plan, Planned, Selection};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::process::Pair;
use crate::summary::{self, SCHEMA_VERSION};
use crate::time::Timestamp;
use crate::vault::Depth;
use serde_json::{Value, json};
use std::path::PathBuf;

// No doc comment on the struct: clap would take it for the help of the verb.
#[expect(
    missing_docs,
    reason = "a doc comment would replace the verb's own help"
)]
#[derive(clap::Args)]
pub struct PlanArgs {
    /// Deliver what this file lists: NAME=secret://env/folder/NAME, or plain values
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,

    /// Deliver the versions of this time: 24h (ago), 2027-01-31, RFC 3339
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,

    /// Say what the command would get, without values, and start nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// The secrets that are selected, and the plain values of `--env-file`, which
/// delivers what it lists and more only with `-p`, `--only` or `--map`.
///
/// # Errors
/// Nothing is selected, a file or time that is none, whatever the vault says.
pub(super) fn select(
    ctx: &Context,
    args: &Args,
    open: &Open,
) -> Result<(Selection, Vec<Pair>), Failure> {
    let (selector, plan) = (&args.selector, &args.plan);
    let now = ctx.clock.now()?;
    let at = input::past("--at", plan.at.as_deref(), now)?;
    if at.is_some_and(|at| at > now) {
        let text = plan.at.as_deref().unwrap_or_default();
        return Err(Failure::usage(format!("--at {text}: it lies ahead")));
    }
    let at = at.map(Timestamp::seconds);
    let (mut selection, plain) = match &plan.env_file {
        None => (selector.select_as_of(ctx, open, at)?, Vec::new()),
        Some(file) => {
            let file = EnvFile::read(ctx, file)?;
            let mut selection = match ctx.folders.is_empty() && selector.only.is_empty() {
                true => selector.select_mapped(ctx, open, at)?,
                false => selector.select_as_of(ctx, open, at)?,
            };
            let plain = file.add(ctx, open, selector, at, &mut selection)?;
            (selection, plain)
        }
    };
    let delivery = &args.delivery;
    delivery.mark(ctx, open, selector, at, &mut selection)?;
    if selection.is_empty() && plain.is_empty() && !selector.allow_empty {
        let env = open.environment(ctx)?.env;
        return Err(open.blame(
            Failure::not_found(format!("no secret of {env} is selected"))
                .hint(format!("to see what there is: secrets list {env}:/"))
                .hint("to run all the same: --allow-empty"),
        ));
    }
    Ok((selection, plain))
}

/// Says what the command would get. Nothing is opened, recorded or started.
///
/// # Errors
/// As [`select`]; what would keep the command from being started is told as a
/// part of the plan, with status 125.
pub(super) fn dry_run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let rules = rules(args)?;
    let open = custody::open(ctx, Depth::Reader)?;
    let (selection, plain) = select(ctx, args, &open)?;
    let plan = Plan::new(ctx, &open, selection, plain, &rules)?;
    match ctx.globals.json {
        true => ctx.terminal.json(&object(args, &plan))?,
        false => print(ctx, &plan)?,
    }
    Ok(match plan.problems.is_empty() {
        true => Exit::DONE,
        false => Exit(125),
    })
}

fn print(ctx: &Context, plan: &Plan) -> Result<(), Failure> {
    let now = ctx.clock.now()?;
    let row = |one: &Planned| {
        let version = one.version.map(|version| format!("v{version}"));
        vec![
            one.variable.clone(),
            one.address.clone(),
            version.unwrap_or_else(|| "-".to_owned()),
            summary::when(ctx, now, one.updated),
            one.delivery.to_owned(),
            note(one),
        ]
    };
    let rows: Vec<_> = plan.variables.iter().map(row).collect();
    ctx.terminal.table(
        &[
            "VARIABLE", "ADDRESS", "VERSION", "UPDATED", "DELIVERY", "NOTE",
        ],
        &rows,
    )?;
    for name in &plan.removed {
        ctx.terminal
            .say(&format!("{name} is taken out of the environment"));
    }
    for (problem, hint) in &plan.problems {
        let hints: Vec<String> = hint.iter().cloned().collect();
        ctx.terminal.error(&problem.message, &hints);
    }
    Ok(())
}

/// What becomes of others of that name; `-` if there are none.
fn note(one: &Planned) -> String {
    let mut notes = Vec::new();
    if one.overrides {
        notes.push("overrides the inherited one".to_owned());
    }
    if one.kept {
        notes.push("the inherited one stays".to_owned());
    }
    if !one.shadows.is_empty() {
        notes.push(format!("shadows {}", one.shadows.join(", ")));
    }
    match notes.is_empty() {
        true => "-".to_owned(),
        false => notes.join("; "),
    }
}

fn object(args: &Args, plan: &Plan) -> Value {
    let variable = |one: &Planned| {
        json!({
            "variable": one.variable,
            "address": one.address,
            "version": one.version,
            "updated": summary::instant(one.updated),
            "delivery": one.delivery,
            "overrides": one.overrides,
            "shadows": one.shadows,
        })
    };
    let problem = |(problem, _): &(crate::failure::Problem, _)| {
        json!({
            "code": problem.code, "address": problem.address, "message": problem.message,
        })
    };
    let supervised = args.delivery.has_files() || args.supervision.is_asked_for();
    let mode = if supervised { "supervised" } else { "exec" };
    let command = match &args.shell {
        Some(_) => Some("/bin/sh".into()),
        None => args.command.first().map(|word| word.to_string_lossy()),
    };
    json!({
        "schema_version": SCHEMA_VERSION,
        "ok": plan.problems.is_empty(),
        "environment": plan.environment,
        "paths": plan.paths,
        "command": command,
        "mode": mode,
        "variables": plan.variables.iter().map(variable).collect::<Vec<_>>(),
        "removed": plan.removed,
        "problems": plan.problems.iter().map(problem).collect::<Vec<_>>(),
    })
}

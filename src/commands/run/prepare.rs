//! What a command gets before it starts.

use super::watch::{Chosen, Watcher};
use super::{Args, plan};
use crate::context::Context;
use crate::custody::{Delivered, Open, Selected, Selection};
use crate::failure::{Failure, Kind};
use crate::process::{ACTIVE_VARIABLE, Care, Environment, Refusal, Rules, Signals};
use crate::scratch::Scratch;
use crate::summary;
use std::ffi::OsStr;

/// How long before its end `run` speaks of an expiry, in seconds (seven days).
const EXPIRY_NOTICE_SECONDS: u64 = 7 * 86_400;

/// A command that can be started.
pub(super) struct Ready<'a> {
    pub care: Care,
    pub environment: Environment,
    pub scratch: Option<Scratch>,
    pub watcher: Option<Watcher<'a>>,
}

/// Opens the values, writes the files, and builds the environment.
///
/// # Errors
/// Everything that keeps the command from being started, all at once.
pub(super) fn prepare<'a>(
    ctx: &'a Context,
    args: &'a Args,
    (command, rules): (&OsStr, &Rules),
    open: Box<Open>,
    signals: &mut Option<Signals>,
) -> Result<Ready<'a>, Failure> {
    let (mut selection, plain) = plan::select(ctx, args, &open)?;
    let watcher = Watcher::new(ctx, args, &open, chosen(&selection));
    let values = selection.reveal(ctx, &open, Some(command))?;
    let named = selection.selected.iter().zip(&values);
    let named = named.map(|(one, value)| (one.variable.to_string(), value));
    let care = args.supervision.care(ctx, named)?;
    // From here on no signal ends us and leaves a file.
    let supervised = !care.is_none() || args.delivery.has_files() || watcher.is_some();
    if supervised && signals.is_none() {
        *signals = Some(Signals::hold()?);
    }
    let delivery = &args.delivery;
    let Delivered { pairs, scratch } = delivery.deliver(ctx, &mut selection, values, rules)?;
    let pairs = pairs.into_iter().chain(plain).collect();
    if ctx.snapshot.get(ACTIVE_VARIABLE).is_some() && ctx.terminal.stderr_is_terminal() {
        ctx.terminal
            .say("this is a run inside of another, which handed its secrets on");
    }
    let active = (OsStr::new(ACTIVE_VARIABLE), OsStr::new("1"));
    let inherited = ctx.snapshot.pairs().chain([active]);
    let environment = Environment::build(inherited, pairs, rules).map_err(|refusals| {
        for Refusal {
            address,
            message,
            hint,
            ..
        } in refusals
        {
            selection.fail(Kind::CannotStart, Some(address), message, Some(hint));
        }
        Failure::cannot_start("the environment of the command cannot be built")
    });
    selection
        .check("keep the command from being started")
        .map_err(|failure| open.blame(failure))?;
    let environment = environment?;
    notice_expiry(ctx, &open, &selection.selected);
    for name in environment.overridden() {
        ctx.terminal.detail(&format!(
            "{name} of the environment is replaced by the secret"
        ));
    }
    // Keys are wiped before the command runs: `open` and `selection` end here.
    Ok(Ready {
        care,
        environment,
        scratch,
        watcher,
    })
}

/// Which secrets were selected, and which version of each.
pub(super) fn chosen(selection: &Selection) -> Chosen {
    let selected = selection.selected.iter();
    selected
        .map(|one| (summary::address(&one.entry), one.version))
        .collect()
}

/// On a terminal, a word about what expires within seven days.
fn notice_expiry(ctx: &Context, open: &Open, selected: &[Selected]) {
    if !ctx.terminal.stderr_is_terminal() {
        return;
    }
    let now = open.vault.now();
    for Selected {
        entry,
        version: number,
        ..
    } in selected
    {
        let version = entry.version(*number);
        let expires = version.map_or(0, |version| version.meta.expires);
        if expires > now && expires <= now.saturating_add(EXPIRY_NOTICE_SECONDS) {
            let at = summary::instant(expires).unwrap_or_default();
            ctx.terminal
                .warn(&format!("\"{}\" expires at {at}", summary::address(entry)));
        }
    }
}

//! Who does something, for the log.

use super::Open;
use crate::audit::{Action, Event};
use crate::config;
use crate::context::Context;
use crate::failure::Failure;
use crate::name::{EnvName, SecretPath};
use crate::vault::Act;

/// What a new version says of this command.
pub fn act(ctx: &Context) -> Act<'_> {
    Act {
        verb: ctx.verb,
        why: ctx.globals.reason.as_deref().unwrap_or_default(),
    }
}

/// An entry about this process, before anything is opened.
///
/// # Errors
/// A clock that cannot be right.
pub(super) fn of_process(ctx: &Context, action: Action) -> Result<Event, Failure> {
    let mut event = Event::new(action, ctx.clock.now()?.seconds());
    event.verb = Some(ctx.verb.to_owned());
    event.reason.clone_from(&ctx.globals.reason);
    let uid = || format!("uid {}", ctx.files.identity().euid);
    event.user = Some(config::user(&ctx.snapshot).unwrap_or_else(uid));
    event.ip = config::ssh_client(&ctx.snapshot).map(|ip| ip.to_string());
    event.pid = Some(std::process::id());
    event.tty = ctx.terminal.tty_name();
    event.ci = config::ci(&ctx.snapshot).map(str::to_owned);
    event.agent = config::agent(&ctx.snapshot).map(str::to_owned);
    Ok(event)
}

/// An entry about what the slot of an open vault does.
///
/// # Errors
/// A clock that cannot be right.
pub(super) fn event(ctx: &Context, open: &Open, action: Action) -> Result<Event, Failure> {
    let mut event = of_process(ctx, action)?;
    let slot = open.vault.slot()?;
    event.credential = Some(open.credential.kind.to_owned());
    event.slot = Some(slot.id);
    event.label = Some(slot.label);
    Ok(event)
}

/// An entry for each environment of the secrets, in their first order.
///
/// # Errors
/// A clock that cannot be right.
pub(super) fn events<'a>(
    ctx: &Context,
    open: &Open,
    action: Action,
    names: impl Iterator<Item = (&'a EnvName, &'a SecretPath, u64)>,
) -> Result<Vec<Event>, Failure> {
    let mut events: Vec<Event> = Vec::new();
    for (env, path, version) in names {
        let name = (["/", path.as_str()].concat(), version);
        let of_env = |event: &&mut Event| event.env.as_deref() == Some(env.as_str());
        match events.iter_mut().find(of_env) {
            Some(event) => event.names.push(name),
            None => {
                let mut event = event(ctx, open, action.clone())?;
                event.env = Some(env.to_string());
                event.names.push(name);
                events.push(event);
            }
        }
    }
    Ok(events)
}

//! `rotate NAME`: a new value for a secret.

use super::{Args, hooked};
use crate::audit::Action;
use crate::context::Context;
use crate::crypto::Random;
use crate::custody::{self, Change, Open, Source};
use crate::failure::{Exit, Failure, quoted};
use crate::input::{self, Operands, Origin};
use crate::name::{Address, EnvName, SecretPath, Version};
use crate::summary;
use crate::time::Timestamp;
use crate::vault::{Depth, NewValue, Rotated, Vault};
use std::ffi::OsString;

/// How many lines of files that use the secret are shown.
const MAX_SHOWN: usize = 20;

/// Replaces the value of a live secret.
///
/// # Errors
/// A secret that is not there, no value or the same one, whatever the vault says.
pub(super) fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let (name, operand) = operands(args)?;
    let spec = match &args.generate {
        Some(spec) => Some(input::spec(spec.as_deref())?),
        None => None,
    };
    let from_stdin = operand.as_ref().is_some_and(|value| value == "-");
    if from_stdin && custody::credential_takes_stdin(ctx) {
        return Err(Failure::usage(
            "credential and value cannot both come from standard input",
        ));
    }
    let open = custody::open(ctx, Depth::Reader)?;
    let now = open.vault.now();
    let expires = args.expires.as_deref();
    let expires = expires.map(|text| input::expiry(now, text)).transpose()?;
    let (env, path) = target(ctx, &open, &name)?;
    let address = format!("{env}:{path}");
    let rule = open.project.rotation(&path);
    let grace = match (args.expire_old, args.grace.as_deref()) {
        (true, _) => Some(0),
        (false, Some(text)) => Some(input::grace(now, text)?),
        (false, None) => rule.grace.map(|span| span.seconds()),
    };
    let given = spec.is_some() || operand.is_some() || args.from_file.is_some();
    let spec = match rule.generate.as_deref().filter(|_| !given) {
        Some(text) => Some(input::spec(Some(text)).map_err(|failure| {
            failure.about(&format!("the settings' rule for the rotation of {address}"))
        })?),
        None => spec,
    };
    let hook = rule.hook.as_deref();
    let hook = hook.map(|argv| custody::hook(ctx, &open, argv, &address));
    let hook = hook.transpose()?;
    tell_uses(ctx, &open, &path, &address);
    let is_asked = !given && spec.is_none();
    // In a dry run nobody is asked: a random value stands in.
    let stands_in = is_asked && args.dry_run && ctx.terminal.may_prompt();
    let spec = match stands_in {
        true => Some(input::spec(None)?),
        false => spec,
    };
    let value = match is_asked && !stands_in {
        true if ctx.terminal.may_prompt() => input::typed(ctx, &address)?,
        true => {
            return Err(Failure::usage(
                "a new value is needed, and there is no terminal to ask at",
            )
            .hint(format!("secrets rotate {address} --generate"))
            .hint(format!(
                "from standard input: secrets rotate {address} - < FILE"
            )));
        }
        false => Origin {
            address: address.clone(),
            from_file: args.from_file.as_deref(),
            operand,
            raw: args.raw,
            spec: spec.as_ref(),
        }
        .obtain(ctx)?,
    };
    if value.is_empty() && !(args.allow_empty || args.raw) {
        return Err(Failure::usage("the input is empty; nothing was changed")
            .hint("to store an empty value: --allow-empty"));
    }
    let new = NewValue {
        value: &value,
        kind: None,
        tags: None,
        note: None,
        owner: None,
        expires: expires.unwrap_or(0),
        every: None,
        why: ctx.globals.reason.clone().unwrap_or_default(),
        verb: "rotate",
        if_version: args.if_version,
    };
    let source = Source {
        from_file: args.from_file.is_some(),
        generated: spec.is_some(),
        raw: args.raw,
    };
    let stage = |vault: &mut Vault, random: &mut dyn Random| {
        let mut rotated = match hook {
            Some(_) => vault.rotate_pending(&env, &path, &new, grace, random)?,
            None => vault.rotate(&env, &path, &new, grace, random)?,
        };
        let kind = &rotated.written.kind;
        if !stands_in {
            input::check_kept(&format!("\"{address}\""), kind, &value)?;
        }
        let slips = custody::slips(vault, &rotated.written, &source, &value)?;
        if args.dry_run {
            if hook.is_some() {
                rotated.written = vault.promote(&rotated, random)?;
            }
            vault.discard();
        }
        let change = Change {
            action: match hook {
                // Nothing is rotated before the hook has done its part.
                Some(_) => Action::Write,
                None => Action::Rotate,
            },
            ..Change::written(std::slice::from_ref(&rotated.written))
        };
        Ok(((rotated, slips), change))
    };
    let ((mut rotated, slips), closed) = custody::change_and_keep(ctx, open, stage)?;
    slips.iter().for_each(|slip| ctx.terminal.warn(slip));
    if let Some(hook) = hook.as_ref().filter(|_| !args.dry_run) {
        rotated.written = hooked::carry_on(ctx, closed, hook, &rotated, &value)?;
    }
    if stands_in {
        let asked = format!("a new value for {address} would be asked for");
        ctx.terminal.say(&asked);
    }
    let told = args.expires.is_some();
    let written = std::slice::from_ref(&rotated.written);
    summary::written(ctx, args.dry_run, told, written)?;
    if let Some(hook) = hook.as_ref().filter(|_| args.dry_run) {
        let program = quoted(&hook.program());
        ctx.terminal.say(&format!("its hook would run: {program}"));
    }
    tell_old(ctx, &address, &rotated, now)?;
    Ok(Exit::DONE)
}

/// The secret, and its value if that stands on the command line.
fn operands(args: &Args) -> Result<(String, Option<OsString>), Failure> {
    if args.operands.is_empty() {
        return Err(Failure::usage("a name is missing")
            .hint("secrets rotate NAME")
            .hint("new data keys for the vault: secrets rotate --key"));
    }
    let from_elsewhere = args.from_file.is_some() || args.generate.is_some();
    let one = "one secret is rotated at a time: a name, then perhaps its value";
    if args.operands.len() > 2 {
        return Err(Failure::usage(one));
    }
    match Operands::parse(&args.operands, from_elsewhere)? {
        Operands::One(name, value) => Ok((name, value)),
        Operands::Pairs(_) => Err(Failure::usage(one)),
    }
}

/// Environment and path of a live secret that may be written.
fn target(ctx: &Context, open: &Open, name: &str) -> Result<(EnvName, SecretPath), Failure> {
    let bad = |error| Failure::bad_name("address", name, error);
    let address = Address::parse(name).map_err(bad)?;
    if address.version != Version::Current {
        return Err(Failure::usage(
            "a version cannot be rotated; a new one is made",
        ));
    }
    let (env, path) = open.resolve(ctx, &address, name)?;
    let may = open.vault.check_write(&env, &path);
    may.map_err(|error| open.blame(error))?;
    let named = custody::named(ctx, open, name)?;
    match named.entry.as_ref().and_then(|entry| entry.live()) {
        Some(_) => Ok((env, path)),
        None => Err(named.missing(open)),
    }
}

/// The tracked files that use the secret, where git knows of any.
fn tell_uses(ctx: &Context, open: &Open, path: &SecretPath, address: &str) {
    let Ok(references) = custody::refs(ctx, &open.project, path) else {
        return;
    };
    let found = &references.found;
    if found.is_empty() {
        return;
    }
    ctx.terminal
        .say(&format!("tracked files that use {address}:"));
    for one in found.iter().take(MAX_SHOWN) {
        ctx.terminal.say(&format!("  {}", one.shown()));
    }
    if found.len() > MAX_SHOWN {
        let more = found.len() - MAX_SHOWN;
        ctx.terminal
            .say(&format!("  and {more} more: secrets refs {address}"));
    }
}

/// What becomes of the old value.
fn tell_old(ctx: &Context, address: &str, rotated: &Rotated, now: u64) -> Result<(), Failure> {
    let (old, until) = (format!("{address}@{}", rotated.from), rotated.until);
    if until == 0 {
        ctx.terminal
            .say(&format!("the old value stays readable as {old}"));
    } else if until <= now {
        ctx.terminal.say(&format!(
            "{old} can no longer be read; where the old value is used it still has to be withdrawn"
        ));
    } else {
        let (until, now) = (Timestamp::clamped(until), Timestamp::from_seconds(now)?);
        let said = match ctx.terminal.stderr_is_terminal() {
            true => format!("{old} stays readable and ends {}", until.relative(now)),
            false => format!("{old} stays readable until {until}"),
        };
        ctx.terminal.say(&said);
    }
    if until != 0 && !rotated.again.is_empty() {
        let again: Vec<String> = rotated.again.iter().map(u64::to_string).collect();
        let again = again.join(",");
        ctx.terminal.warn(&format!(
            "older versions hold the old value too, and stay readable; to end that: secrets destroy {address} --versions {again}"
        ));
    }
    match &rotated.others {
        Ok(others) => {
            for (env, path) in others {
                ctx.terminal.warn(&format!(
                    "{env}:{path} still holds the old value; to replace it: secrets rotate {env}:{path}"
                ));
            }
        }
        Err(error) => ctx.terminal.warn(&format!(
            "other secrets were not searched for the old value: {error}"
        )),
    }
    Ok(())
}

//! Secrets whose time has come.

use super::Diagnosis;
use crate::custody::Open;
use crate::vault::{Entry, Meta};

/// Counts what expired and what is due for rotation, in every environment that
/// can be read.
pub(super) fn check(open: &Open, found: &mut Diagnosis) {
    let vault = &open.vault;
    let mut entries = Vec::new();
    for env in open.environments.iter().filter(|env| env.readable) {
        // What does not verify is a finding of its own.
        entries.extend(vault.entries(&env.name).unwrap_or_default());
    }
    let now = vault.now();
    let is_due =
        |meta: &Meta| meta.every != 0 && meta.value_time().saturating_add(meta.every) <= now;
    let of = |wanted: &dyn Fn(&Meta) -> bool| -> Vec<String> {
        let wanted = |entry: &&Entry| entry.live().is_some_and(|live| wanted(&live.meta));
        let addresses = entries.iter().filter(wanted);
        addresses
            .map(|entry| format!("{}:{}", entry.env, entry.path))
            .collect()
    };
    let expired = of(&|meta| meta.is_expired(now));
    let due = of(&|meta| is_due(meta) && !meta.is_expired(now));
    let list = "secrets list --all-envs --expiring 1s";
    add(
        found,
        "expired",
        "has expired",
        "have expired",
        &expired,
        Some(list),
    );
    add(
        found,
        "due",
        "is due for rotation",
        "are due for rotation",
        &due,
        None,
    );
}

fn add(
    found: &mut Diagnosis,
    code: &'static str,
    one: &str,
    many: &str,
    addresses: &[String],
    list: Option<&str>,
) {
    let Some(first) = addresses.first() else {
        return;
    };
    let message = match addresses.len() {
        1 => format!("{first} {one}"),
        count => format!("{count} secrets {many}, the first of them {first}"),
    };
    let rotate = format!("secrets rotate {first}");
    let remedy = match list {
        Some(list) if addresses.len() > 1 => list.to_owned(),
        _ => rotate,
    };
    found.add(code, None, message, remedy);
    if let Some(last) = found.findings.last_mut() {
        last.address = Some(first.clone());
    }
}

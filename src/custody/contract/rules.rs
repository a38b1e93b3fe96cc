//! Each rule of the contract, and what it finds.

use super::{Found, Room, Rule};
use crate::custody::Finding;
use crate::failure::quoted;
use crate::name::Pattern;
use crate::time::Timestamp;
use regex_lite::Regex;

/// `required`: at least one secret of that name or glob is there.
pub(super) fn presence(room: &Room, rule: &Rule<'_>, findings: &mut Vec<Finding>) {
    let Rule { target, check, .. } = rule;
    let is_there = room.matching(rule).next().is_some();
    if is_there || check.required != Some(true) || check.default.is_some() {
        return;
    }
    let address = address(room, &target.text);
    let (message, remedy) = match Pattern::is_glob(&target.text) {
        true => (
            format!("no secret of {} matches {}", room.env, quoted(&target.text)),
            format!("secrets list {}:/", room.env),
        ),
        false => (
            format!("{address} is required and not there"),
            format!("secrets set {address}"),
        ),
    };
    add(findings, "missing", address, message, remedy);
}

/// What is known of a secret without its value: length and expiry.
pub(super) fn shape(found: Found<'_>, rule: &Rule<'_>, now: u64, findings: &mut Vec<Finding>) {
    let address = of(found);
    let meta = &found.version.meta;
    if let Some(least) = rule.check.min_length
        && meta.len < u64::from(least)
    {
        let message = format!(
            "{address} is {} bytes long, at least {least} are asked",
            meta.len
        );
        let remedy = format!("secrets set {address}");
        add(findings, "min_length", address.clone(), message, remedy);
    }
    let remedy = format!("secrets set {address}");
    let at = Timestamp::clamped(meta.expires);
    if meta.is_expired(now) {
        let message = format!("{address} has expired at {at}");
        add(findings, "expired", address, message, remedy);
    } else if let Some(window) = rule.check.expires_within
        && meta.expires != 0
        && meta.expires <= now.saturating_add(window.seconds())
    {
        let message = format!("{address} expires at {at}");
        add(findings, "expires", address, message, remedy);
    }
}

/// `one_of`: at least one secret of each group is there.
pub(super) fn groups(room: &Room, rules: &[Rule<'_>], findings: &mut Vec<Finding>) {
    let asked = |rule: &&Rule<'_>| rule.environments.contains(&room.env);
    let in_group = |rule: &Rule<'_>, group: &str| rule.check.one_of.as_deref() == Some(group);
    let mut seen: Vec<&str> = Vec::new();
    for rule in rules.iter().filter(asked) {
        let Some(group) = rule.check.one_of.as_deref() else {
            continue;
        };
        if seen.contains(&group) {
            continue;
        }
        seen.push(group);
        let members = || {
            rules
                .iter()
                .filter(asked)
                .filter(|rule| in_group(rule, group))
        };
        if members().any(|rule| room.matching(rule).next().is_some()) {
            continue;
        }
        let names: Vec<&str> = members().map(|rule| rule.target.text.as_str()).collect();
        let address = address(room, &rule.target.text);
        let message = format!(
            "{} holds none of {}, of which {} wants one",
            room.env,
            names.join(", "),
            quoted(group)
        );
        let remedy = format!("secrets set {address}");
        add(findings, "one_of", address, message, remedy);
    }
}

/// `pattern`: the value does not match, or is no text.
pub(super) fn pattern(
    found: Found<'_>,
    rule: &Rule<'_>,
    pattern: &Regex,
    findings: &mut Vec<Finding>,
) {
    let address = of(found);
    let message = format!(
        "the value of {address} does not match {}, as {} asks",
        quoted(pattern.as_str()),
        quoted(&rule.target.text)
    );
    let remedy = format!("secrets set {address}");
    add(findings, "pattern", address, message, remedy);
}

/// `differ`: two environments have the same value.
pub(super) fn same(one: Found<'_>, other: Found<'_>, findings: &mut Vec<Finding>) {
    let (address, twin) = (of(one), of(other));
    let message = format!("{address} has the value of {twin}");
    let remedy = format!("secrets set {address}");
    add(findings, "same_value", address, message, remedy);
}

/// Whether the two are compared already, whichever came first.
pub(super) fn are_paired(
    pairs: &[(Found<'_>, Found<'_>)],
    one: Found<'_>,
    other: Found<'_>,
) -> bool {
    let is = |a: Found<'_>, b: Found<'_>| std::ptr::eq(a.entry, b.entry);
    pairs
        .iter()
        .any(|(a, b)| is(*a, one) && is(*b, other) || is(*a, other) && is(*b, one))
}

fn of(found: Found<'_>) -> String {
    format!("{}:{}", found.entry.env, found.entry.path)
}

/// Where the secret of a rule would be.
fn address(room: &Room, text: &str) -> String {
    format!("{}:/{}", room.env, text.trim_start_matches('/'))
}

/// Two rules that find the same thing find it once.
fn add(
    findings: &mut Vec<Finding>,
    code: &'static str,
    address: String,
    message: String,
    remedy: String,
) {
    let finding = Finding::new(code, Some(address), message, remedy);
    if !findings.contains(&finding) {
        findings.push(finding);
    }
}

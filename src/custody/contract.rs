//! The contract of a project: what `[check]` asks of its secrets.

mod rules;

use super::compare::examine;
use super::{Finding, Open, Wanted};
use crate::config::{Check, Target};
use crate::context::Context;
use crate::failure::{Failure, quoted};
use crate::name::{EnvName, FolderPath};
use crate::secret::SecretValue;
use crate::store::shell_word;
use crate::vault::{Entry, Extent, VersionEntry};
use regex_lite::Regex;
use std::path::PathBuf;

/// Greatest size of a compiled pattern, in bytes (256 KiB).
const MAX_PATTERN_BYTES: usize = 256 << 10;

/// What the contract found.
#[derive(Debug)]
pub struct Judgement {
    /// What does not hold, by environment, in the order of the rules.
    pub findings: Vec<Finding>,
    /// What the credential may not read, or nobody asked for.
    pub unseen: Vec<String>,
    /// The environments that were looked at.
    pub environments: Vec<EnvName>,
    /// How many rules were held against them.
    pub rules: usize,
}

/// One rule, ready to be held against secrets.
struct Rule<'a> {
    target: &'a Target,
    check: &'a Check,
    pattern: Option<Regex>,
    /// Where it is asked for, as far as the command looks.
    environments: Vec<EnvName>,
}

/// A secret that is there, with its current version.
#[derive(Clone, Copy)]
struct Found<'a> {
    entry: &'a Entry,
    version: &'a VersionEntry,
}

impl<'a> Found<'a> {
    fn wanted(self) -> Wanted<'a> {
        Wanted {
            entry: self.entry,
            version: self.version,
        }
    }
}

/// An environment and what it holds.
struct Room {
    env: EnvName,
    entries: Vec<Entry>,
}

impl Room {
    fn matching<'a>(&'a self, rule: &'a Rule<'_>) -> impl Iterator<Item = Found<'a>> {
        self.entries.iter().filter_map(|entry| {
            let version = entry.live()?;
            let is_meant = rule.target.pattern.matches(&entry.path);
            is_meant.then_some(Found { entry, version })
        })
    }
}

/// Holds every secret against the contract. With `-e` only what is asked of
/// that environment.
///
/// Values are opened where a pattern asks for one, or where two of the same
/// length have to be compared; the entries of the log come first.
///
/// # Errors
/// No contract, a rule that says what cannot be (usage); a rule about an
/// environment that the credential may not read (denied); a log that cannot be
/// written; whatever does not verify.
pub fn judge(ctx: &Context, open: &Open) -> Result<Judgement, Failure> {
    let only = ctx.globals.env.as_ref();
    let only = only.map(|_| open.environment(ctx)).transpose()?;
    let only = only.map(|choice| choice.env);
    let mut judgement = Judgement {
        findings: Vec::new(),
        unseen: Vec::new(),
        environments: Vec::new(),
        rules: 0,
    };
    let rules = rules(open, only.as_ref(), &mut judgement)?;
    judgement.rules = rules.len();
    let rooms = rooms(open, &rules, &mut judgement)?;
    for room in &rooms {
        let asked = |rule: &&Rule<'_>| rule.environments.contains(&room.env);
        for rule in rules.iter().filter(asked) {
            rules::presence(room, rule, &mut judgement.findings);
            for found in room.matching(rule) {
                rules::shape(found, rule, open.vault.now(), &mut judgement.findings);
            }
        }
        rules::groups(room, &rules, &mut judgement.findings);
    }
    values(ctx, open, (&rules, &rooms), &mut judgement)?;
    Ok(judgement)
}

/// Where the contract stands, for messages.
fn place(open: &Open) -> PathBuf {
    open.location.directory().join("config.toml")
}

fn rules<'a>(
    open: &'a Open,
    only: Option<&EnvName>,
    judgement: &mut Judgement,
) -> Result<Vec<Rule<'a>>, Failure> {
    let checks = &open.project.checks;
    if checks.is_empty() {
        return Err(open.blame(
            Failure::usage("this project has no contract to check")
                .hint(format!(
                    "it stands in {}: a table [check.\"NAME\"] with required = true",
                    shell_word(&place(open))
                ))
                .hint("what can be asked for: secrets help check"),
        ));
    }
    let wrong = |target: &Target, what: String| {
        let at = place(open).display().to_string();
        Failure::usage(format!(
            "{}: [check.{}]: {what}",
            quoted(&at),
            quoted(&target.text)
        ))
    };
    let mut rules = Vec::new();
    for (target, check) in checks {
        let pattern = check.pattern.as_deref().map(|text| {
            let mut builder = regex_lite::RegexBuilder::new(text);
            let built = builder.size_limit(MAX_PATTERN_BYTES).build();
            built.map_err(|error| wrong(target, format!("pattern: {error}")))
        });
        let mut environments = Vec::new();
        let mut named = check.environments.iter();
        named.try_for_each(|env| {
            let meant = open.named_environment(env).ok();
            let mut existing = open.environments.iter();
            let access = existing.find(|access| meant.as_ref() == Some(&access.name));
            let Some(access) = access else {
                return Err(wrong(target, format!("there is no environment {env}")));
            };
            let env = &access.name;
            if only.is_none_or(|only| only == env) {
                if !access.readable {
                    let message = format!("no right to read {env}, which the contract asks about");
                    return Err(open.blame(
                        Failure::denied(message)
                            .hint("for what the credential may read: secrets check -e ENV"),
                    ));
                }
                environments.push(env.clone());
            }
            Ok(())
        })?;
        if check.environments.is_empty() {
            for access in &open.environments {
                match only.is_none_or(|only| *only == access.name) {
                    true if access.readable => environments.push(access.name.clone()),
                    true if only.is_some() => {
                        let message = format!("no right to read {}", access.name);
                        return Err(open.blame(Failure::denied(message)));
                    }
                    true => judgement.skip(&access.name, "no right to read it"),
                    false => {}
                }
            }
        }
        rules.push(Rule {
            target,
            check,
            pattern: pattern.transpose()?,
            environments,
        });
    }
    rules.retain(|rule| !rule.environments.is_empty());
    Ok(rules)
}

impl Judgement {
    /// Notes once that an environment was not looked at.
    fn skip(&mut self, env: &EnvName, why: &str) {
        let line = format!("{env}: {why}");
        if !self.unseen.contains(&line) {
            self.unseen.push(line);
        }
    }
}

/// The environments of the rules, and those that a rule wants theirs compared with.
fn rooms(open: &Open, rules: &[Rule<'_>], judgement: &mut Judgement) -> Result<Vec<Room>, Failure> {
    let compares = rules.iter().any(|rule| rule.check.differ == Some(true));
    let mut rooms = Vec::new();
    for access in &open.environments {
        let env = &access.name;
        let is_asked = rules.iter().any(|rule| rule.environments.contains(env));
        if is_asked {
            judgement.environments.push(env.clone());
        }
        match (is_asked || compares, access.readable) {
            (false, _) => {}
            (true, false) => judgement.skip(env, "no right to read it"),
            (true, true) => {
                if let Some(folder) = open.vault.hidden_in(env, &FolderPath::default(), true) {
                    judgement.skip(env, &format!("no right to read {folder}"));
                }
                let entries = open.vault.entries_to(env, Extent::Current);
                rooms.push(Room {
                    env: env.clone(),
                    entries: entries.map_err(|error| open.blame(error))?,
                });
            }
        }
    }
    Ok(rooms)
}

/// What only values tell: patterns, and the same value in two environments.
fn values(
    ctx: &Context,
    open: &Open,
    (rules, rooms): (&[Rule<'_>], &[Room]),
    judgement: &mut Judgement,
) -> Result<(), Failure> {
    let mut patterns: Vec<(Found<'_>, &Rule<'_>, &Regex)> = Vec::new();
    let mut pairs: Vec<(Found<'_>, Found<'_>)> = Vec::new();
    for rule in rules {
        let own = |room: &&Room| rule.environments.contains(&room.env);
        for room in rooms.iter().filter(own) {
            for found in room.matching(rule) {
                if let Some(pattern) = &rule.pattern {
                    patterns.push((found, rule, pattern));
                }
                if rule.check.differ == Some(true) {
                    for other in rooms.iter().filter(|other| other.env != room.env) {
                        let twin = other.matching(rule);
                        let mut twin = twin.filter(|twin| twin.entry.path == found.entry.path);
                        if let Some(twin) = twin.next()
                            && !rules::are_paired(&pairs, found, twin)
                        {
                            pairs.push((found, twin));
                        }
                    }
                }
            }
        }
    }
    let singles = patterns.iter().map(|(found, ..)| found.wanted());
    let singles: Vec<_> = singles.collect();
    let both = pairs
        .iter()
        .map(|(one, other)| (one.wanted(), other.wanted()));
    let both: Vec<_> = both.collect();
    let mut fits = Vec::new();
    let mut look = |at: usize, value: &SecretValue| {
        let text = std::str::from_utf8(value.expose());
        let pattern = patterns.get(at).map(|(_, _, pattern)| *pattern);
        fits.push(pattern.is_some_and(|pattern| text.is_ok_and(|text| pattern.is_match(text))));
    };
    let same = examine(ctx, open, &singles, &both, &mut look)?;
    for ((found, rule, pattern), _) in patterns.iter().zip(fits).filter(|(_, fits)| !fits) {
        rules::pattern(*found, rule, pattern, &mut judgement.findings);
    }
    for ((one, other), _) in pairs.iter().zip(same).filter(|(_, same)| *same) {
        rules::same(*one, *other, &mut judgement.findings);
    }
    Ok(())
}

//! Several values stored at once, where some may be there already.

use super::{Change, Kept, Open, change};
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::name::{EnvName, SecretPath};
use crate::secret::SecretValue;
use crate::vault::{Likeness, NewValue, Vault, Written};

/// A pair of the file with its place in the vault.
pub struct Import {
    /// Its environment.
    pub env: EnvName,
    /// Its path.
    pub path: SecretPath,
    /// Its value.
    pub value: SecretValue,
    /// What else the file says of it.
    pub kept: Kept,
}

impl Import {
    /// Its full address.
    pub fn address(&self) -> String {
        format!("{}:{}", self.env, self.path)
    }
}

/// What becomes of names that exist with another value.
#[derive(Clone, Copy)]
pub struct ImportRules {
    /// Nothing is written.
    pub dry_run: bool,
    /// They are replaced.
    pub overwrite: bool,
    /// They stay.
    pub skip_existing: bool,
}

/// How a step is called in a preview.
pub fn import_word(step: Likeness) -> &'static str {
    match step {
        Likeness::Changed(_) => "changed",
        Likeness::New => "new",
        Likeness::Same(_) => "same",
    }
}

impl ImportRules {
    /// Whether a new version is made.
    pub fn writes(self, step: Likeness) -> bool {
        match step {
            Likeness::Changed(_) => self.overwrite,
            Likeness::New => true,
            Likeness::Same(_) => false,
        }
    }

    /// Whether another value stays where it is.
    pub fn leaves(self, step: Likeness) -> bool {
        matches!(step, Likeness::Changed(_)) && !self.overwrite
    }

    /// Compares every pair with the vault.
    ///
    /// # Errors
    /// All names that exist with another value, unless it is said what to do.
    pub fn plan(self, vault: &Vault, items: &[Import]) -> Result<Vec<Likeness>, Failure> {
        let mut steps = vec![Likeness::New; items.len()];
        for at in vault.order(items.iter().map(|item| (&item.env, &item.path)))? {
            if let (Some(step), Some(item)) = (steps.get_mut(at), items.get(at)) {
                *step = vault.likeness(&item.env, &item.path, &item.value)?;
            }
        }
        let mut conflicts = Vec::new();
        for (step, item) in steps.iter().zip(items) {
            if self.leaves(*step) && !self.skip_existing {
                let address = item.address();
                let what = format!("\"{address}\" exists with another value");
                conflicts.push((Some(address), what));
            }
        }
        match conflicts.is_empty() {
            true => Ok(steps),
            false => Err(Failure::several(
                Kind::Conflict,
                conflicts,
                "secrets exist with another value; nothing was changed",
            )
            .hint("to replace them: --overwrite")
            .hint("to leave them as they are: --skip-existing")),
        }
    }
}

/// Looks again and stores, in one change.
///
/// # Errors
/// As [`ImportRules::plan`] and [`change`].
pub fn import(
    ctx: &Context,
    open: Box<Open>,
    rules: ImportRules,
    items: &[Import],
) -> Result<Vec<Written>, Failure> {
    change(ctx, open, |vault, random| {
        let steps = rules.plan(vault, items)?;
        let mut written: Vec<Option<Written>> = Vec::new();
        written.resize_with(items.len(), || None);
        let order = vault.order(items.iter().map(|item| (&item.env, &item.path)))?;
        let (line, total) = (ctx.terminal.progress(), items.len() as u64);
        for (done, at) in (0..).zip(order) {
            line.tell("importing", done, total);
            let (Some(step), Some(item)) = (steps.get(at), items.get(at)) else {
                continue;
            };
            let done = match *step {
                step if rules.writes(step) => {
                    vault.set(&item.env, &item.path, &new(ctx, item), random)?
                }
                Likeness::Same(version) => Written {
                    env: item.env.clone(),
                    path: item.path.clone(),
                    version,
                    kind: String::new(),
                    unchanged: true,
                    expiry_cleared: false,
                },
                _ => continue,
            };
            if let Some(place) = written.get_mut(at) {
                *place = Some(done);
            }
        }
        line.tell("importing", total, total);
        let written: Vec<Written> = written.into_iter().flatten().collect();
        if rules.dry_run {
            vault.discard();
        }
        let change = Change::written(&written);
        Ok((written, change))
    })
}

fn new<'a>(ctx: &Context, item: &'a Import) -> NewValue<'a> {
    let kept = item.kept.clone();
    NewValue {
        value: &item.value,
        kind: kept.kind,
        tags: kept.tags,
        note: kept.note,
        owner: kept.owner,
        expires: kept.expires,
        every: None,
        why: ctx.globals.reason.clone().unwrap_or_default(),
        verb: "import",
        if_version: None,
    }
}

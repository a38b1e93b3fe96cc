//! The secrets that several operands mean, for a verb that changes them.

use super::target::version_given;
use super::{Open, Target, missing};
use crate::context::Context;
use crate::failure::Failure;
use crate::input;
use crate::name::{Address, EnvName, SecretPath, Version};
use crate::order;
use crate::vault::{Absence, Entry, Extent};
use std::collections::BTreeSet;

/// How many addresses are shown before a question.
const MAX_SHOWN: usize = 10;

/// One secret by its address, in whatever state.
pub struct Named {
    /// Its environment.
    pub env: EnvName,
    /// Its path.
    pub path: SecretPath,
    /// Its versions, if it has any.
    pub entry: Option<Entry>,
}

/// Looks a secret up by its address.
///
/// # Errors
/// An address that is none or has a version, an unknown environment, no key.
pub fn named(ctx: &Context, open: &Open, text: &str) -> Result<Named, Failure> {
    let address =
        Address::parse(text).map_err(|error| Failure::bad_name("address", text, error))?;
    if address.version != Version::Current {
        return Err(version_given(text));
    }
    let (env, path) = open.resolve(ctx, &address, text)?;
    let entry = open.vault.find(&env, &path);
    let entry = entry.map_err(|error| open.blame(error))?;
    Ok(Named { env, path, entry })
}

impl Named {
    /// The failure that says why the secret is not there.
    pub fn missing(&self, open: &Open) -> Failure {
        let found = self.entry.as_ref().map(|entry| (entry, Absence::Deleted));
        missing(open, &self.env, &self.path, Version::Current, found)
    }
}

/// The secrets that are meant, each once.
pub struct Targets {
    /// They, in the order of the operands.
    pub entries: Vec<Entry>,
    /// Whether a folder or a glob was given, so that their user may not know
    /// which they are.
    pub is_pattern: bool,
}

impl Targets {
    /// Reads the operands. Folders and globs mean live secrets, and perhaps
    /// none; a name means a live secret too, or with `hidden_too` one that is
    /// deleted or destroyed.
    ///
    /// # Errors
    /// A name that is not there, no right to write, and whatever the vault says.
    pub fn read(
        ctx: &Context,
        open: &Open,
        operands: &[String],
        hidden_too: bool,
    ) -> Result<Self, Failure> {
        let mut targets = Targets {
            entries: Vec::new(),
            is_pattern: false,
        };
        let mut seen = BTreeSet::new();
        for operand in operands {
            let found = match Target::parse(Some(operand), false)? {
                Target::Name(_, text) => {
                    let named = named(ctx, open, &text)?;
                    match named.entry {
                        Some(entry) if hidden_too || entry.live().is_some() => vec![entry],
                        _ => return Err(named.missing(open)),
                    }
                }
                target => {
                    targets.is_pattern = true;
                    let found = target.select(ctx, open, false, Extent::Kept)?.into_iter();
                    found.filter(|entry| entry.live().is_some()).collect()
                }
            };
            for entry in found {
                let may = open.vault.check_write(&entry.env, &entry.path);
                may.map_err(|error| open.blame(error))?;
                if seen.insert((entry.env.clone(), entry.path.clone())) {
                    targets.entries.push(entry);
                }
            }
        }
        Ok(targets)
    }

    /// How many and where, for a question: `3 secrets in staging:/tmp/`, or
    /// the address of the only one.
    pub fn described(&self) -> String {
        let Some(first) = self.entries.first() else {
            return "nothing".to_owned();
        };
        if self.entries.len() == 1 {
            return format!("{}:{}", first.env, first.path);
        }
        let envs: BTreeSet<&str> = order::set(self.entries.iter().map(|one| one.env.as_str()));
        let place = match envs.len() {
            1 => format!("{}:/{}", first.env, self.common_folder()),
            several => format!("{several} environments"),
        };
        format!("{} secrets in {place}", self.entries.len())
    }

    /// The deepest folder above all of them, with a slash behind it; empty for
    /// the root.
    fn common_folder(&self) -> String {
        let folders = |entry: &Entry| {
            let mut segments: Vec<String> =
                entry.path.as_str().split('/').map(str::to_owned).collect();
            segments.pop();
            segments
        };
        let mut all = self.entries.iter().map(folders);
        let first = all.next().unwrap_or_default();
        let common = all.fold(first, |common, other| {
            let same = common.iter().zip(&other).take_while(|(a, b)| a == b);
            let same = same.count();
            common.into_iter().take(same).collect()
        });
        common.iter().map(|folder| format!("{folder}/")).collect()
    }

    /// Shows which they are and asks; `--yes` has answered already.
    ///
    /// # Errors
    /// Nobody can be asked.
    pub fn confirm(&self, ctx: &Context, question: &str) -> Result<bool, Failure> {
        let asks = ctx.terminal.may_prompt() && !ctx.globals.yes;
        if asks && self.entries.len() > 1 {
            for entry in self.entries.iter().take(MAX_SHOWN) {
                ctx.terminal.say(&format!("{}:{}", entry.env, entry.path));
            }
            if let Some(more @ 1..) = self.entries.len().checked_sub(MAX_SHOWN) {
                ctx.terminal.say(&format!("and {more} more"));
            }
        }
        input::confirm(ctx, question)
    }
}

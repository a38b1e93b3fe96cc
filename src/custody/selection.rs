//! Which secrets go to a program, and under which variable.

use super::as_of::{AsOf, as_of, extent, is_there};
use super::selected::{Delivery, Selected, Selection};
use super::{Open, missing};
use crate::context::Context;
use crate::failure::{Failure, Kind, quoted};
use crate::name::{EnvName, FolderPath, Pattern, VarName, Version};
use crate::vault::Entry;
use std::rc::Rc;

// What a person asks for; what is empty is taken from the project's settings.
// No doc comment on the struct: clap would take it for the help of the verb.
#[expect(
    missing_docs,
    reason = "a doc comment would replace the verb's own help"
)]
#[derive(clap::Args)]
pub struct Selector {
    /// Take the folders below too
    #[arg(short, long)]
    pub recursive: bool,

    /// Take only these secrets
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub only: Vec<String>,

    /// Leave these secrets out
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub except: Vec<String>,

    /// Add a secret as this variable
    #[arg(long, value_name = "VAR=NAME")]
    pub map: Vec<String>,

    /// Begin the name of each variable with this
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,

    /// Allow expired secrets; all, or these
    #[arg(long, value_name = "A", num_args = 0.., require_equals = true, value_delimiter = ',')]
    pub allow_expired: Option<Vec<String>>,

    /// Go on even if no secret is selected
    #[arg(long)]
    pub allow_empty: bool,
}

/// A secret as it was found, before it has a variable.
pub(super) struct Candidate {
    pub entry: Rc<Entry>,
    pub version: Version,
    pub variable: Option<VarName>,
}

impl Selector {
    /// Selects by folder, `--only`, `--except` and `--map`; flags go before
    /// settings. What cannot be taken is noted, so that all of it can be told
    /// at once.
    ///
    /// # Errors
    /// Patterns and names that are none, and whatever the vault says.
    pub fn select(&self, ctx: &Context, open: &Open) -> Result<Selection, Failure> {
        self.select_as_of(ctx, open, None)
    }

    /// As [`Selector::select`], with the versions that were current `at` that
    /// time, Unix seconds.
    ///
    /// # Errors
    /// As [`Selector::select`].
    pub fn select_as_of(
        &self,
        ctx: &Context,
        open: &Open,
        at: Option<u64>,
    ) -> Result<Selection, Failure> {
        let settings = &open.project.run;
        let only = patterns(&self.only, &settings.only)?;
        let except = patterns(&self.except, &settings.except)?;
        let recursive = self.recursive || settings.recursive.unwrap_or(false);
        let env = open.environment(ctx)?.env;
        let folders = match ctx.folders.as_slice() {
            [] => vec![open.folder(ctx)],
            folders => folders.to_vec(),
        };
        let mut selection = Selection::default();
        let mut matched = vec![false; only.len()];
        let all = open.vault.entries_to(&env, extent(at));
        let all = all.map_err(|error| open.blame(error))?;
        let all: Vec<Rc<Entry>> = all.into_iter().map(Rc::new).collect();
        for folder in &folders {
            if let Some(scope) = open.vault.hidden_in(&env, folder, recursive)
                && only.is_empty()
            {
                let message = format!("the slot cannot read {scope}, which belongs to {folder}");
                let hint = "take what it can read: -p FOLDER, or --only NAME".to_owned();
                selection.fail(Kind::Denied, None, message, Some(hint));
            }
            let mut here = Vec::new();
            for entry in &all {
                let path = &entry.path;
                let inside = if recursive {
                    folder.contains(path)
                } else {
                    folder.holds(path)
                };
                if !inside || !is_there(entry, at) {
                    continue;
                }
                let mut wanted = only.is_empty();
                for (pattern, seen) in only.iter().zip(matched.iter_mut()) {
                    let matches = pattern.matches(path);
                    (wanted, *seen) = (wanted || matches, *seen || matches);
                }
                if wanted && !except.iter().any(|pattern| pattern.matches(path)) {
                    let candidate = Candidate {
                        entry: Rc::clone(entry),
                        version: Version::Current,
                        variable: None,
                    };
                    here.extend(self.take(open, candidate, at, &mut selection));
                }
            }
            // A later folder wins over an earlier one, not over itself.
            selection.selected.retain(|old| {
                let new = here.iter_mut().find(|new| new.variable == old.variable);
                if let Some(new) = new {
                    let address = format!("{}:{}", old.entry.env, old.entry.path);
                    new.shadows.extend(old.shadows.iter().cloned());
                    new.shadows.push(address);
                    return false;
                }
                true
            });
            selection.selected.append(&mut here);
        }
        self.miss(&env, &folders, &matched, &mut selection);
        let mut maps = self.maps()?;
        for (variable, address) in &open.project.run.map {
            if !maps.iter().any(|(given, _, _)| given == variable) {
                maps.push((variable.clone(), address.clone(), variable.to_string()));
            }
        }
        self.add(ctx, open, at, maps, &mut selection)?;
        Ok(selection)
    }

    /// A plain name under `--only` that matched nothing is missing.
    fn miss(
        &self,
        env: &EnvName,
        folders: &[FolderPath],
        matched: &[bool],
        selection: &mut Selection,
    ) {
        let folders: Vec<String> = folders.iter().map(FolderPath::to_string).collect();
        for (text, seen) in self.only.iter().zip(matched) {
            if !seen && !self.allow_empty && !Pattern::is_glob(text) {
                let place = folders.join(", ");
                let message = format!("no secret named {} in {env}:{place}", quoted(text));
                let hint = format!("to see the names: secrets list {env}:/");
                selection.fail(Kind::NotFound, None, message, Some(hint));
            }
        }
    }

    /// Finds variable and version of a candidate, or notes why it has none.
    pub(super) fn take(
        &self,
        open: &Open,
        candidate: Candidate,
        at: Option<u64>,
        selection: &mut Selection,
    ) -> Option<Selected> {
        let Candidate {
            entry,
            version,
            variable,
        } = candidate;
        let address = format!("{}:{}", entry.env, entry.path);
        let prefix = self
            .prefix
            .as_deref()
            .or(open.project.run.prefix.as_deref())
            .unwrap_or("");
        let variable = match variable.map_or_else(|| VarName::of(&entry.path, prefix), Ok) {
            Ok(variable) => variable,
            Err(error) => {
                let message = format!("\"{address}\" gives no variable: {error}");
                let hint = format!("--except {}, or --prefix PREFIX", entry.path.name());
                selection.fail(Kind::CannotStart, Some(address), message, Some(hint));
                return None;
            }
        };
        let allowed = match self.allow_expired.as_deref() {
            None => false,
            Some([]) => true,
            Some(list) => list
                .iter()
                .any(|name| *name == entry.path.name() || *name == address),
        };
        let version = match (version, at) {
            (Version::Current, Some(at)) => match as_of(&entry, at) {
                AsOf::Version(number) => Version::Number(number),
                AsOf::Absent => {
                    let message = format!("there was no \"{address}\" at that time");
                    selection.fail(Kind::NotFound, Some(address), message, None);
                    return None;
                }
                AsOf::Lost => {
                    let message = format!("the version of \"{address}\" of that time is not kept");
                    let hint = format!("secrets history {address}");
                    selection.fail(Kind::NotFound, Some(address), message, Some(hint));
                    return None;
                }
            },
            (version, _) => version,
        };
        match entry
            .select(version, open.vault.now(), allowed)
            .map(|chosen| chosen.version)
        {
            Ok(version) => Some(Selected {
                variable,
                entry,
                version,
                shadows: Vec::new(),
                delivery: Delivery::Variable,
            }),
            Err(absence) => {
                let found = Some((&*entry, absence));
                selection.miss(
                    missing(open, &entry.env, &entry.path, version, found),
                    address,
                );
                None
            }
        }
    }
}

/// The patterns that are given, else those of the settings.
fn patterns(given: &[String], settings: &[Pattern]) -> Result<Vec<Pattern>, Failure> {
    if given.is_empty() {
        return Ok(settings.to_vec());
    }
    let parse = |text: &String| {
        Pattern::parse(text).map_err(|error| Failure::bad_name("pattern", text, error))
    };
    given.iter().map(parse).collect()
}

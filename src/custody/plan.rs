//! What `run` would hand to a command, without opening a value.

use super::{Delivery, Open, Selected, Selection};
use crate::context::Context;
use crate::failure::{Failure, Kind, Problem};
use crate::process::{Environment, Pair, Refusal, Rules};
use crate::secret::SecretValue;

/// Everything that a dry run tells.
pub struct Plan {
    /// The environment of the vault.
    pub environment: String,
    /// The folders that were looked into; none if the secrets were named.
    pub paths: Vec<String>,
    /// The variables, in the order in which they are set.
    pub variables: Vec<Planned>,
    /// Our credentials that the command does not get.
    pub removed: Vec<String>,
    /// What keeps the command from being started, and what helps.
    pub problems: Vec<(Problem, Option<String>)>,
}

/// One variable of a plan.
pub struct Planned {
    /// Its name.
    pub variable: String,
    /// The secret, or the line of a file that holds a plain value.
    pub address: String,
    /// The secret's version; none for a plain value.
    pub version: Option<u64>,
    /// When that version was made, Unix seconds; 0 for a plain value.
    pub updated: u64,
    /// Whether it takes the place of a variable that is set already.
    pub overrides: bool,
    /// Whether a variable that is set already stays in its place.
    pub kept: bool,
    /// Secrets of earlier folders whose variable it takes.
    pub shadows: Vec<String>,
    /// How it gets there: `env`, `file`, `mount`.
    pub delivery: &'static str,
}

impl Plan {
    /// Plans what is selected, and `plain` beside it.
    ///
    /// No value is opened and nothing is recorded. A stand-in of the value's
    /// length shows what the rules refuse; a NUL byte shows at the start only.
    ///
    /// # Errors
    /// An environment that cannot be told.
    pub fn new(
        ctx: &Context,
        open: &Open,
        mut selection: Selection,
        plain: Vec<Pair>,
        rules: &Rules,
    ) -> Result<Self, Failure> {
        let mut variables: Vec<Planned> = selection.selected.iter().map(planned).collect();
        let in_environment = selection.selected.iter();
        let in_environment = in_environment.filter(|one| one.delivery != Delivery::Mount);
        let mut pairs: Vec<Pair> = in_environment.map(stand_in).collect();
        for pair in plain {
            variables.push(Planned {
                variable: pair.var.to_string(),
                address: pair.address.clone(),
                version: None,
                updated: 0,
                overrides: false,
                kept: false,
                shadows: Vec::new(),
                delivery: Delivery::Variable.as_str(),
            });
            pairs.push(pair);
        }
        let mut removed = Vec::new();
        match Environment::build(ctx.snapshot.pairs(), pairs, rules) {
            Ok(built) => {
                for one in &mut variables {
                    one.overrides = built.overridden().contains(&one.variable);
                    one.kept = built.kept().contains(&one.variable);
                }
                removed.extend_from_slice(built.removed());
            }
            Err(refusals) => refusals
                .into_iter()
                .for_each(|refusal| note(&mut selection, refusal)),
        }
        let folders = match ctx.folders.as_slice() {
            [] => vec![open.folder(ctx)],
            folders => folders.to_vec(),
        };
        Ok(Plan {
            environment: open.environment(ctx)?.env.to_string(),
            paths: folders.iter().map(ToString::to_string).collect(),
            variables,
            removed,
            problems: selection.take_problems(),
        })
    }
}

fn note(selection: &mut Selection, refusal: Refusal) {
    let Refusal {
        address,
        message,
        hint,
        ..
    } = refusal;
    selection.fail(Kind::CannotStart, Some(address), message, Some(hint));
}

fn planned(one: &Selected) -> Planned {
    let version = one.entry.version(one.version);
    Planned {
        variable: one.variable.to_string(),
        address: format!("{}:{}", one.entry.env, one.entry.path),
        version: Some(one.version),
        updated: version.map_or(0, |version| version.meta.created),
        overrides: false,
        kept: false,
        shadows: one.shadows.clone(),
        delivery: one.delivery.as_str(),
    }
}

/// As long as the value, and not the value.
fn stand_in(one: &Selected) -> Pair {
    let version = one.entry.version(one.version);
    let len = version.map_or(0, |version| version.meta.len);
    let len = match one.delivery {
        // A path.
        Delivery::File => 0,
        _ => usize::try_from(len).unwrap_or(usize::MAX),
    };
    Pair {
        address: format!("{}:{}", one.entry.env, one.entry.path),
        value: SecretValue::new(vec![b'x'; len.min(crate::terminal::MAX_VALUE_BYTES)]),
        var: one.variable.clone(),
    }
}

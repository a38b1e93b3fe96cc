//! The secrets that were selected, and what is wrong with them.

use super::{Open, Wanted, reveal};
use crate::context::Context;
use crate::failure::{Failure, Kind, Problem};
use crate::name::VarName;
use crate::secret::SecretValue;
use crate::vault::Entry;
use std::ffi::OsStr;
use std::rc::Rc;

/// How a secret reaches a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// A file of its own; the variable holds its path.
    File,
    /// A part of one file for all.
    Mount,
    /// The variable.
    Variable,
}

impl Delivery {
    /// The word of a dry run.
    pub fn as_str(self) -> &'static str {
        match self {
            Delivery::File => "file",
            Delivery::Mount => "mount",
            Delivery::Variable => "env",
        }
    }
}

/// A secret on its way to a variable.
pub struct Selected {
    /// The variable.
    pub variable: VarName,
    /// The secret as it is now; several folders may hold it.
    pub entry: Rc<Entry>,
    /// The number of the version.
    pub version: u64,
    /// Secrets of earlier folders whose variable it took.
    pub shadows: Vec<String>,
    /// How it goes there.
    pub delivery: Delivery,
}

/// What is selected, and everything that is wrong with it.
#[derive(Default)]
pub struct Selection {
    /// The secrets, in the order in which they were found.
    pub selected: Vec<Selected>,
    problems: Vec<(Kind, Problem, Option<String>)>,
}

impl Selection {
    /// Whether nothing was selected and nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.selected.is_empty() && self.problems.is_empty()
    }

    /// Notes something that is wrong.
    pub fn fail(
        &mut self,
        kind: Kind,
        address: Option<String>,
        message: String,
        hint: Option<String>,
    ) {
        let problem = Problem {
            code: kind.code(),
            address,
            message,
        };
        self.problems
            .push((kind, problem, hint.filter(|hint| !hint.is_empty())));
    }

    /// Notes the failure to find one.
    pub(super) fn miss(&mut self, failure: Failure, address: String) {
        let hint = failure.hints.last().cloned();
        self.fail(failure.kind, Some(address), failure.message.clone(), hint);
    }

    /// Opens the values, in the order of `selected`; `command` is the program
    /// that will have them.
    ///
    /// # Errors
    /// A log that cannot be written, whatever does not verify.
    pub fn reveal(
        &self,
        ctx: &Context,
        open: &Open,
        command: Option<&OsStr>,
    ) -> Result<Vec<SecretValue>, Failure> {
        let mut wanted = Vec::new();
        for Selected {
            entry,
            version: number,
            ..
        } in &self.selected
        {
            let version = entry.version(*number);
            wanted.extend(version.map(|version| Wanted { entry, version }));
        }
        reveal(ctx, open, &wanted, command)
    }

    /// Everything that is wrong, and what helps, to be told otherwise than as a failure.
    pub fn take_problems(&mut self) -> Vec<(Problem, Option<String>)> {
        let problems = std::mem::take(&mut self.problems).into_iter();
        problems.map(|(_, problem, hint)| (problem, hint)).collect()
    }

    /// One failure for everything that is wrong, if anything is; `effect` says
    /// what several problems do: `keep the command from being started`.
    ///
    /// # Errors
    /// That failure.
    pub fn check(&mut self, effect: &str) -> Result<(), Failure> {
        let problems = std::mem::take(&mut self.problems);
        let Some((kind, first, _)) = problems.first() else {
            return Ok(());
        };
        let message = match problems.len() {
            1 => first.message.clone(),
            count => format!("{count} problems {effect}"),
        };
        let mut failure = Failure::new(*kind, message);
        for (_, problem, hint) in problems {
            if let Some(hint) = hint.filter(|hint| !failure.hints.contains(hint)) {
                failure.hints.push(hint);
            }
            failure.problems.push(problem);
        }
        Err(failure)
    }
}

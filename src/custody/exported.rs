//! What is selected, as text for another program.

use super::Selection;
use crate::context::Context;
use crate::exchange::{self, is_shell_variable};
use crate::failure::{Failure, Kind};
use crate::name::VarName;
use crate::process::{self, RefusalCode, Rules};
use crate::secret::SecretValue;

impl Selection {
    /// The text, or notes in `self` why there is none.
    pub fn write(
        &mut self,
        ctx: &Context,
        format: &exchange::Format,
        rules: &Rules,
        pairs: &[process::Pair],
    ) -> SecretValue {
        let shell = *format == exchange::Format::Shell;
        let mut twice = false;
        for refusal in process::refusals(pairs, rules) {
            let variable = &refusal.variable;
            let message = match refusal.code {
                RefusalCode::Credential => {
                    format!("refusing to export {variable}: it opens a vault")
                }
                RefusalCode::Denied => {
                    format!("refusing to export {variable}: it changes how programs load or run")
                }
                // The format says whether it can carry these.
                RefusalCode::NulByte => continue,
                RefusalCode::TooLong if !shell => continue,
                RefusalCode::Duplicate | RefusalCode::TooLong => refusal.message,
            };
            let hint = match refusal.code {
                RefusalCode::TooLong => as_file(variable, &refusal.address),
                _ => refusal.hint,
            };
            twice |= refusal.code == RefusalCode::Duplicate;
            let address = Some(refusal.address);
            self.fail(Kind::Usage, address, message, Some(hint));
        }
        for pair in pairs
            .iter()
            .filter(|pair| shell && is_shell_variable(&pair.var))
        {
            let variable = &pair.var;
            if !rules.allow_env.contains(variable) {
                let message = format!(
                    "refusing to export {variable} to a shell: shells give it a meaning of their own"
                );
                let hint = format!("--allow-env {variable} if you mean it");
                self.fail(Kind::Usage, Some(pair.address.clone()), message, Some(hint));
            }
        }
        if twice {
            return SecretValue::default();
        }
        let plain: Vec<exchange::Pair<'_>> = pairs
            .iter()
            .map(|pair| exchange::Pair {
                variable: &pair.var,
                value: &pair.value,
            })
            .collect();
        let writing = match format.write(&plain) {
            Ok(writing) => writing,
            Err(refusals) => {
                for refusal in refusals {
                    let variable = &refusal.variable;
                    let pair = pairs.iter().find(|pair| pair.var == *variable);
                    let address = pair.map_or(String::new(), |pair| pair.address.clone());
                    let message = format!("the value of \"{address}\" {}", refusal.reason);
                    let hint = as_file(variable, &address);
                    self.fail(Kind::Usage, Some(address), message, Some(hint));
                }
                return SecretValue::default();
            }
        };
        for variable in &writing.expandable {
            ctx.terminal.warn(&format!(
                "the value of {variable} holds \"${{\", which python-dotenv expands unless it is \
             called with interpolate=False"
            ));
        }
        writing.text
    }

    /// As [`Selection::check`], outside of `run`.
    ///
    /// # Errors
    /// One failure for everything that is wrong.
    pub fn check_export(&mut self) -> Result<(), Failure> {
        self.check("keep anything from being exported")
            .map_err(outside_run)
    }
}

/// What else can carry a value.
fn as_file(variable: &VarName, address: &str) -> String {
    format!("a file can carry it: --except {variable}, and secrets get {address} -o FILE")
}

/// What keeps `run` from starting a command is a matter of usage here.
fn outside_run(mut failure: Failure) -> Failure {
    if failure.kind == Kind::CannotStart {
        failure.kind = Kind::Usage;
    }
    for problem in &mut failure.problems {
        if problem.code == Kind::CannotStart.code() {
            problem.code = Kind::Usage.code();
        }
    }
    failure
}

//! `check`: holds the secrets against the contract of the project.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::summary;
use crate::vault::Depth;

/// Check that every secret a project needs is there and as it should be
///
/// The contract is the [check."NAME or GLOB"] tables of .vault/config.toml, whose
/// keys are required, default, one_of, pattern, min_length, expires_within, differ
/// and environments; secrets man says what each asks for. Everything that does not hold is told at once, a line each; exit 10 if
/// anything does not, 0 otherwise. Each rule is about every environment that
/// the credential may read, or about those that it names; with -e only that
/// environment is looked at. No value is shown. That values were looked at is
/// recorded.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets check
  secrets check -e production
  secrets check --json")]
pub struct Args {}

/// Prints what does not hold.
///
/// # Errors
/// No contract, or one that cannot be held against this vault.
pub fn run(ctx: &Context, _args: &Args) -> Result<Exit, Failure> {
    let open = custody::open(ctx, Depth::Reader)?;
    let found = custody::judge(ctx, &open)?;
    for what in &found.unseen {
        ctx.terminal.say(&format!("not looked at: {what}"));
    }
    summary::findings(ctx, &found.findings)?;
    let environments = found.environments.iter().map(ToString::to_string);
    let environments: Vec<String> = environments.collect();
    let said = match (found.rules, found.findings.len()) {
        (0, _) => "no rule of the contract is about this environment".to_owned(),
        (1, 0) => format!("the contract holds: 1 rule in {}", environments.join(", ")),
        (rules, 0) => format!(
            "the contract holds: {rules} rules in {}",
            environments.join(", ")
        ),
        (_, 1) => "1 finding".to_owned(),
        (_, count) => format!("{count} findings"),
    };
    ctx.terminal.say(&said);
    Ok(match found.findings.is_empty() {
        true => Exit::DONE,
        false => Exit(10),
    })
}

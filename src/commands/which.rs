//! `which`: says which secret a text is.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::summary::SCHEMA_VERSION;
use crate::vault::Depth;
use serde_json::json;

/// Say which secret a text is
///
/// For a string from a log or a ticket: is it one of ours, and still in use?
/// It comes from standard input, which - stands for. On a terminal - asks for
/// it at a prompt that shows nothing, and without - the command ends with
/// status 2; in a pipe - may be left out. It is looked for as a whole, word by word, and in base64 or URL form, among
/// all kept versions of every environment that you may read. No value is
/// shown; that you looked is recorded. Exit 3 if it is none.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets which -
  secrets which - < leaked.txt")]
pub struct Args {
    /// Standard input; on a terminal, where it is needed, a hidden prompt
    #[arg(value_name = "-")]
    pub input: Option<String>,
}

/// Prints address, version, state and form of what was found.
///
/// # Errors
/// It is none of the secrets; no input, or too much; no vault.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    custody::check_input(ctx)?;
    let text = input::pasted(ctx, args.input.as_deref(), "secrets which - < FILE")?;
    let open = custody::open(ctx, Depth::Reader)?;
    let found = custody::which(ctx, &open, &text)?;
    if found.is_empty() {
        return Err(open.blame(Failure::not_found(
            "the input is no value that is kept in an environment that can be read",
        )));
    }
    let address = |one: &custody::Sighting| format!("{}:{}", one.env, one.path);
    if ctx.globals.json {
        let matches: Vec<_> = found
            .iter()
            .map(|one| {
                json!({
                    "address": address(one), "version": one.version,
                    "state": one.state, "form": one.form,
                })
            })
            .collect();
        let object = json!({"schema_version": SCHEMA_VERSION, "matches": matches});
        ctx.terminal.json(&object)?;
        return Ok(Exit::DONE);
    }
    let rows: Vec<_> = found
        .iter()
        .map(|one| {
            let version = format!("v{}", one.version);
            vec![
                address(one),
                version,
                one.state.to_owned(),
                one.form.to_owned(),
            ]
        })
        .collect();
    let header = ["ADDRESS", "VERSION", "STATE", "FORM"];
    ctx.terminal.table(&header, &rows)?;
    Ok(Exit::DONE)
}

//! `export`: writes values in the formats of other programs.

use crate::context::Context;
use crate::custody::{self, Selected, Selector};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::name::VarName;
use crate::process::{self, Rules, unbroken};
use crate::summary;
use crate::vault::Depth;
use std::path::PathBuf;

/// Print secrets as a .env file or as lines for a shell
///
/// The secrets and their variables are those that `secrets run` would take. A
/// value that the format cannot carry byte for byte is refused by its name,
/// and nothing is printed. What a .env file says is read alike by python-dotenv
/// (without interpolation) and by dotenv for Node. When --format shell fails it
/// prints the line `false`, so that `eval "$(...)"` fails too.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets export > .env
  secrets export --format shell --only 'DB_*'
  eval \"$(secrets export --format shell)\"
  secrets export -e production -o prod.env")]
pub struct Args {
    /// The format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: input::Format,
    /// Write to this file, mode 0600
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write even where git would not ignore the file
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Show values on a terminal
    #[arg(long)]
    pub reveal: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "the flags have theirs")]
    pub selector: Selector,

    /// Allow a variable that changes how programs load or run, or that a shell uses itself
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub allow_env: Vec<String>,
}

/// Writes the selected secrets, all of them or nothing.
///
/// # Errors
/// Everything that cannot be selected or written, all at once.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    if ctx.globals.json {
        return Err(
            Failure::usage("export prints the format of --format, never JSON")
                .hint("secrets get --json NAME NAME …"),
        );
    }
    custody::may_show_values(ctx)?;
    let output = input::output_file(args.output.as_deref());
    if output.is_none() && !args.reveal && ctx.terminal.stdout_is_terminal() {
        return Err(
            Failure::usage("values are shown on a terminal only when asked for")
                .hint("to show them: --reveal")
                .hint("to write a file of your own: -o FILE"),
        );
    }
    let variable = |text: &String| {
        VarName::parse(text).map_err(|error| Failure::bad_name("variable", text, error))
    };
    let rules = Rules {
        allow_env: args
            .allow_env
            .iter()
            .map(variable)
            .collect::<Result<_, _>>()?,
        ..Rules::default()
    };
    let open = custody::open(ctx, Depth::Reader)?;
    if let Some(path) = output {
        custody::check_output(ctx, &open.location, path, args.force)?;
    }
    let mut selection = args.selector.select(ctx, &open)?;
    if selection.is_empty() && !args.selector.allow_empty {
        let env = open.environment(ctx)?.env;
        return Err(open.blame(
            Failure::not_found(format!("no secret of {env} is selected"))
                .hint(format!("to see what there is: secrets list {env}:/"))
                .hint("to print nothing: --allow-empty"),
        ));
    }
    let values = selection.reveal(ctx, &open, None)?;
    let pair = |(one, value): (&Selected, _)| process::Pair {
        address: summary::address(&one.entry),
        value,
        var: one.variable.clone(),
    };
    let pairs: Vec<_> = selection.selected.iter().zip(values).map(pair).collect();
    let text = selection.write(ctx, args.format.exchange(), &rules, &pairs);
    let checked = selection.check_export();
    checked.map_err(|failure| open.blame(failure))?;
    match output {
        Some(path) => {
            for warning in unbroken(|| ctx.files.write_output(path, text.expose()))? {
                ctx.terminal.warn(&warning.to_string());
            }
        }
        None if text.is_empty() => {}
        None => ctx.terminal.value(&text, false)?,
    }
    Ok(Exit::DONE)
}

//! `export`: writes values in the formats of other programs.

mod document;
mod target;

use crate::context::Context;
use crate::custody::{self, Open, Selected, Selection, Selector};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::name::VarName;
use crate::process::{self, Rules};
use crate::secret::SecretValue;
use crate::summary;
use crate::vault::Depth;
use document::Document;
use std::path::{Path, PathBuf};
use target::Form;
pub use target::TargetArgs;

/// Print secrets in a format of other programs
///
/// The secrets and their variables are those that `secrets run` would take. A
/// value that the format cannot carry byte for byte is refused by its name,
/// and nothing is printed. What a .env file says is read alike by python-dotenv
/// (without interpolation) and by dotenv for Node. json, yaml and csv list what
/// is known of the secrets, and their values with --include-values. github adds
/// the variables to the file of $GITHUB_ENV and prints the masks of the log.
/// When --format shell fails it prints the line `false`, so that `eval "$(...)"`
/// fails too. What powershell writes was never tried with PowerShell.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets export > .env
  secrets export --format shell --only 'DB_*'
  eval \"$(secrets export --format shell)\"
  secrets export -e production -o prod.env
  secrets export --format k8s --name app --namespace web -o s.yaml
  secrets export --format json -r")]
pub struct Args {
    #[command(flatten)]
    #[expect(missing_docs, reason = "the flags have theirs")]
    pub target: TargetArgs,
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
    let form = args.target.form(ctx)?;
    if form.has_values() {
        custody::may_show_values(ctx)?;
    }
    let output = input::output_file(args.output.as_deref());
    let shown = output.is_none() && form.is_for_eyes() && !args.reveal;
    if shown && ctx.terminal.stdout_is_terminal() {
        return Err(
            Failure::usage("values are shown on a terminal only when asked for")
                .hint("to show them: --reveal")
                .hint("to write a file of your own: -o FILE"),
        );
    }
    let rules = rules(args)?;
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
    let values = match form.has_values() {
        true => selection.reveal(ctx, &open, None)?,
        false => Vec::new(),
    };
    let (text, masks) = match form {
        Form::Document(document, _) => (described(&open, &selection, document, values), None),
        Form::Variables(format) => {
            let pairs = pairs(&selection, values);
            let text = selection.write(ctx, &format, &rules, &pairs);
            let masks = target::masks(&format);
            let masks = masks.map(|masks| selection.write(ctx, &masks, &rules, &pairs));
            (text, masks)
        }
    };
    let checked = selection.check_export();
    checked.map_err(|failure| open.blame(failure))?;
    match masks {
        // Masked before anything can print them.
        Some(masks) => {
            ctx.terminal.data(masks.expose())?;
            args.target.append(ctx, &text)?;
        }
        None => put(ctx, output, &text)?,
    }
    Ok(Exit::DONE)
}

fn rules(args: &Args) -> Result<Rules, Failure> {
    let variable = |text: &String| {
        VarName::parse(text).map_err(|error| Failure::bad_name("variable", text, error))
    };
    let allow_env = args.allow_env.iter().map(variable);
    Ok(Rules {
        allow_env: allow_env.collect::<Result<_, _>>()?,
        ..Rules::default()
    })
}

fn pairs(selection: &Selection, values: Vec<SecretValue>) -> Vec<process::Pair> {
    let pair = |(one, value): (&Selected, _)| process::Pair {
        address: summary::address(&one.entry),
        value,
        var: one.variable.clone(),
    };
    selection.selected.iter().zip(values).map(pair).collect()
}

/// A document of what is selected; with values if there are any.
fn described(
    open: &Open,
    selection: &Selection,
    document: Document,
    values: Vec<SecretValue>,
) -> SecretValue {
    let mut values = values.into_iter();
    let mut secrets = Vec::new();
    for one in &selection.selected {
        if let Some(version) = one.entry.version(one.version) {
            let mut object = summary::secret(&open.vault, &one.entry, version);
            if let Some(value) = values.next() {
                summary::add_value(&mut object, value.expose(), false);
                object.remove("from_default");
            }
            secrets.push(object);
        }
    }
    SecretValue::new(document.write(secrets).into_bytes())
}

fn put(ctx: &Context, output: Option<&Path>, text: &SecretValue) -> Result<(), Failure> {
    match output {
        Some(path) => custody::write_output(ctx, path, text)?,
        None if text.is_empty() => {}
        None => ctx.terminal.value(text, false)?,
    }
    Ok(())
}

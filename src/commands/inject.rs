//! `inject`: fills a template.

use crate::context::Context;
use crate::custody::{self, Open, Referred};
use crate::exchange::{Fault, Markup, Reference, Template};
use crate::failure::{Exit, Failure, Kind, quoted};
use crate::file::Forms;
use crate::input;
use crate::name::{EnvName, Pattern};
use crate::secret::SecretValue;
use crate::summary::SCHEMA_VERSION;
use crate::terminal::read_stdin;
use crate::vault::Depth;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Greatest length of a template, in bytes (16 MiB).
const MAX_TEMPLATE_BYTES: usize = 16 << 20;

/// Fill a template with secrets
///
/// ${secret:NAME} becomes the value of a secret, ${secret:NAME:DEFAULT} the
/// default where there is none, and $${ is a literal ${. In front of :/ stands
/// an environment: ${secret:production:/db/URL@3}. A default ends at the first
/// }. Everything else stays byte for byte. Nothing is written unless every
/// reference can be filled. With --format a value stays one string: references
/// stand in strings, which are encoded anew.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets inject -i app.tmpl -o app.conf
  secrets inject -i app.yaml --format yaml > out.yaml
  secrets inject --list -i app.tmpl
  printf '${secret:API_KEY}' | secrets inject")]
pub struct Args {
    /// The template; without it, or with -, standard input
    #[arg(short, long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Write to this file, mode 0600
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write even where git would not ignore the file
    #[arg(long, requires = "output")]
    pub force: bool,
    /// What the template is
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Format,
    /// List the references, and write nothing
    #[arg(long, conflicts_with_all = ["output", "reveal"])]
    pub list: bool,
    /// Allow references to these secrets alone
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Allow expired secrets
    #[arg(long)]
    pub allow_expired: bool,
    /// Show values on a terminal
    #[arg(long)]
    pub reveal: bool,
}

/// What a template is.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Any bytes
    #[default]
    Text,
    /// JSON: references in strings
    Json,
    /// YAML: references in strings
    Yaml,
    /// TOML: references in strings
    Toml,
}

/// Writes the filled template, or lists what it refers to.
///
/// # Errors
/// A template that is none; every reference that nothing stands in for.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    if !args.list {
        custody::may_show_values(ctx)?;
    }
    let output = input::output_file(args.output.as_deref());
    if output.is_none() && !args.list && !args.reveal && ctx.terminal.stdout_is_terminal() {
        return Err(
            Failure::usage("values are shown on a terminal only when asked for")
                .hint("to show them: --reveal")
                .hint("to write a file of your own: -o FILE"),
        );
    }
    let pattern = |text: &String| {
        Pattern::parse(text).map_err(|error| Failure::bad_name("pattern", text, error))
    };
    let only: Vec<Pattern> = args.only.iter().map(pattern).collect::<Result<_, _>>()?;
    let (text, shown) = template(ctx, args.input.as_deref())?;
    let open = custody::open(ctx, Depth::Reader)?;
    if let Some(path) = output {
        custody::check_output(ctx, &open.location, path, args.force)?;
    }
    let markup = match args.format {
        Format::Text => Markup::Text,
        Format::Json => Markup::Json,
        Format::Yaml => Markup::Yaml,
        Format::Toml => Markup::Toml,
    };
    // Short forms as `prod` are names of environments, too.
    let is_environment =
        |name: &str| EnvName::parse(name).is_ok_and(|name| open.named_environment(&name).is_ok());
    let faulty = |faults: Vec<Fault>| {
        let fault = |(line, what): Fault| (None, format!("{shown} line {line}: {what}"));
        let faults = faults.into_iter().map(fault).collect();
        Failure::several(
            Kind::Usage,
            faults,
            "faults in the template; nothing was written",
        )
    };
    let template = Template::read(text.expose(), markup, &is_environment).map_err(faulty)?;
    let references = &template.references;
    let referred = custody::refer(ctx, &open, references, &only, args.allow_expired)?;
    if args.list {
        custody::settle(ctx, &open, None);
        list(ctx, &open, references, &referred)?;
        return Ok(Exit::DONE);
    }
    let (values, places) = custody::referred_values(ctx, &open, references, &referred)?;
    let values: Vec<Option<&SecretValue>> = places
        .iter()
        .map(|place| place.and_then(|at| values.get(at)))
        .collect();
    let filled = template.fill(&values).map_err(faulty)?;
    match output {
        Some(path) => custody::write_output(ctx, path, &filled)?,
        None if filled.is_empty() => {}
        None => ctx.terminal.value(&filled, false)?,
    }
    Ok(Exit::DONE)
}

/// The text of the template, and what messages call it.
fn template(ctx: &Context, file: Option<&Path>) -> Result<(SecretValue, String), Failure> {
    let file = file.filter(|file| *file != Path::new("-"));
    let Some(file) = file else {
        if ctx.terminal.stdin_is_terminal() {
            return Err(Failure::usage("there is no template").hint("secrets inject -i FILE"));
        }
        custody::check_input(ctx)?;
        return Ok((read_stdin(MAX_TEMPLATE_BYTES)?, "standard input".to_owned()));
    };
    let text = ctx
        .files
        .read(file, MAX_TEMPLATE_BYTES as u64, Forms::Descriptors)?;
    Ok((SecretValue::new(text), quoted(&file.to_string_lossy())))
}

/// A line for each reference: where it stands, what it means, what is there.
fn list(
    ctx: &Context,
    open: &Open,
    references: &[Reference],
    referred: &[Referred],
) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut objects = Vec::new();
    for (reference, one) in references.iter().zip(referred) {
        let state = match one {
            Referred::Default => "default",
            Referred::Found(..) => "found",
            Referred::Missing(kind, _) => kind.code(),
        };
        let (env, path) = open.resolve(ctx, &reference.address, &reference.text)?;
        let address = format!("{env}:{path}");
        objects.push(json!({
            "line": reference.line, "reference": reference.text, "address": address,
            "default": reference.default.is_some(), "state": state,
        }));
        rows.push([
            reference.line.to_string(),
            reference.text.clone(),
            address,
            state.to_owned(),
        ]);
    }
    if ctx.globals.json {
        let references = Value::Array(objects);
        let object = json!({"schema_version": SCHEMA_VERSION, "references": references});
        return Ok(ctx.terminal.json(&object)?);
    }
    let header = ["LINE", "REFERENCE", "ADDRESS", "STATE"];
    Ok(ctx.terminal.table(&header, &rows)?)
}

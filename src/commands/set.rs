//! `set`: stores secrets.

use crate::context::Context;
use crate::crypto::SystemRandom;
use crate::custody::{self, Open};
use crate::failure::{Exit, Failure, quoted};
use crate::file::Forms;
use crate::generator::Spec;
use crate::name::{Address, EnvName, SecretPath, Version};
use crate::secret::SecretValue;
use crate::summary::SCHEMA_VERSION;
use crate::terminal::{MAX_VALUE_BYTES, PromptError, Source, strip_one_newline};
use crate::time::{self, Span};
use crate::vault::{Depth, NewValue, Vault, Written};
use serde_json::json;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

/// Store a secret, or several
///
/// Without a value it is asked for on a terminal, twice and hidden, else read
/// from standard input. Input of one line loses its trailing newline; input
/// of several lines is kept byte for byte. A value on the command line can be
/// seen by other programs while the command runs.
#[derive(clap::Args)]
#[command(override_usage = "secrets set [OPTIONS] ADDRESS [VALUE|-]
       secrets set [OPTIONS] NAME=VALUE...")]
#[command(after_help = "Examples:
  secrets set DATABASE_URL
  secrets set STRIPE_KEY - < key.txt
  secrets set HOST=localhost PORT=5432
  secrets set TLS_KEY --from-file server.key --type cert
  secrets set SESSION_KEY --generate=hex:32 --rotate-every 90d
  secrets set -e production STRIPE_KEY --expires 2027-01-31")]
pub struct Args {
    /// An address and its value (- reads standard input), or NAME=VALUE pairs only
    #[arg(value_name = "ADDRESS", required = true)]
    pub operands: Vec<OsString>,

    /// Read the value from this file, byte for byte
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    pub from_file: Option<PathBuf>,

    /// Make a random value; SPEC as in secrets help generate
    #[arg(long, value_name = "SPEC", num_args = 0..=1, require_equals = true)]
    pub generate: Option<Option<String>>,

    /// Replace the tags
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub tags: Option<Vec<String>>,

    /// Note what the secret is for
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,

    /// Name who answers for the secret
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,

    /// Let the value expire: 90d, 2027-01-31, never
    #[arg(long, value_name = "WHEN")]
    pub expires: Option<String>,

    /// Have the value replaced this often: 90d, never
    #[arg(long, value_name = "TIME")]
    pub rotate_every: Option<String>,

    /// Say what the value is
    #[arg(long = "type", value_name = "TYPE", value_parser = ["text", "binary", "json", "cert"])]
    pub kind: Option<String>,

    /// Write only if this is the current version; 0 for none
    #[arg(long, value_name = "N")]
    pub if_version: Option<u64>,

    /// Accept an empty value
    #[arg(long)]
    pub allow_empty: bool,

    /// Keep the input byte for byte, trailing newline and emptiness too
    #[arg(long)]
    pub raw: bool,

    /// Say what would be written, and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// A secret to be written.
struct Item {
    env: EnvName,
    path: SecretPath,
    value: SecretValue,
}

/// What stands on the command line.
enum Operands {
    /// `NAME=VALUE`, one or more.
    Pairs(Vec<(String, SecretValue)>),
    /// An address and perhaps a value.
    One(String, Option<OsString>),
}

/// Stores the secrets in one atomic write.
///
/// # Errors
/// Input that is refused, `--if-version`, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let operands = operands(args)?;
    let spec = match &args.generate {
        Some(spec) => Some(parse_spec(spec.as_deref())?),
        None => None,
    };
    let expires = match &args.expires {
        Some(text) => instant(ctx, text)?,
        None => 0,
    };
    let every = args.rotate_every.as_deref().map(span).transpose()?;
    let open = custody::open(ctx, Depth::Reader)?;
    let items = match operands {
        Operands::Pairs(pairs) => {
            ctx.terminal.warn(ON_COMMAND_LINE);
            let mut items = Vec::new();
            for (name, value) in pairs {
                let (env, path) = target(ctx, &open, &name)?;
                items.push(Item { env, path, value });
            }
            items
        }
        Operands::One(name, value) => {
            let (env, path) = target(ctx, &open, &name)?;
            let value = self::value(ctx, args, spec.as_ref(), value, &format!("{env}:{path}"))?;
            vec![Item { env, path, value }]
        }
    };
    check(args, &items)?;
    let new = |value| NewValue {
        value,
        kind: args.kind.clone(),
        tags: args.tags.clone().map(no_empty),
        note: args.note.clone(),
        owner: args.owner.clone(),
        expires,
        every,
        why: ctx.globals.reason.clone().unwrap_or_default(),
        verb: "set",
        if_version: args.if_version,
    };
    let dry = args.dry_run;
    let written = custody::change(ctx, open, |vault, random| {
        let mut written = Vec::new();
        for item in &items {
            let done = vault.set(&item.env, &item.path, &new(&item.value), random)?;
            check_kept_type(vault, args, item)?;
            written.push(done);
        }
        if dry {
            vault.discard();
        }
        Ok(written)
    })?;
    report(ctx, dry, &written)?;
    Ok(Exit::DONE)
}

const ON_COMMAND_LINE: &str =
    "a value on the command line can be seen by other programs and is kept by the shell's history";

/// Tells `NAME=VALUE` pairs from an address and a value.
fn operands(args: &Args) -> Result<Operands, Failure> {
    let [first, rest @ ..] = args.operands.as_slice() else {
        return Err(Failure::usage("a name is missing").hint("secrets set NAME"));
    };
    let from_elsewhere = args.from_file.is_some() || args.generate.is_some();
    if !first.as_bytes().contains(&b'=') {
        let name = text(first)?;
        return match rest {
            [] => Ok(Operands::One(name, None)),
            [_] if from_elsewhere => Err(Failure::usage(
                "a value on the command line and --from-file or --generate do not go together",
            )),
            [value] => Ok(Operands::One(name, Some(value.clone()))),
            _ => Err(Failure::usage("more than one value is given")
                .hint("several secrets: secrets set NAME=VALUE NAME=VALUE")),
        };
    }
    if from_elsewhere {
        return Err(Failure::usage(
            "NAME=VALUE and --from-file or --generate do not go together",
        ));
    }
    let pair = |operand: &OsString| {
        let bytes = operand.as_bytes();
        let at = bytes.iter().position(|b| *b == b'=');
        let (name, value) = match at.and_then(|at| bytes.split_at_checked(at)) {
            Some((name, value)) => (name, value.strip_prefix(b"=").unwrap_or(value)),
            None => {
                return Err(Failure::usage(
                    "if one operand is NAME=VALUE, all of them are; one has no \"=\"",
                ));
            }
        };
        Ok((
            text(OsStr::from_bytes(name))?,
            SecretValue::copy_from(value),
        ))
    };
    Ok(Operands::Pairs(
        args.operands.iter().map(pair).collect::<Result<_, _>>()?,
    ))
}

fn text(name: &OsStr) -> Result<String, Failure> {
    let text = name.to_str().map(str::to_owned);
    text.ok_or_else(|| Failure::usage("a name is not UTF-8"))
}

fn no_empty(tags: Vec<String>) -> Vec<String> {
    tags.into_iter().filter(|tag| !tag.is_empty()).collect()
}

/// Environment and path of a secret that the program may make.
fn target(ctx: &Context, open: &Open, name: &str) -> Result<(EnvName, SecretPath), Failure> {
    let bad = |error| Failure::bad_name("address", name, error);
    let address = Address::parse(name).map_err(bad)?;
    if address.version != Version::Current {
        return Err(Failure::usage("a version cannot be set; a new one is made"));
    }
    let (env, path) = open.resolve(ctx, &address, name)?;
    path.check_new().map_err(bad)?;
    Ok((env, path))
}

fn parse_spec(text: Option<&str>) -> Result<Spec, Failure> {
    let Some(text) = text else {
        return Ok(Spec::default());
    };
    Spec::parse(text).map_err(|error| Failure::usage(format!("{}: {error}", quoted(text))))
}

/// `--expires` in Unix seconds; 0 for never.
fn instant(ctx: &Context, text: &str) -> Result<u64, Failure> {
    let at = time::parse_instant(text, ctx.clock.now()?);
    let at = at.map_err(|error| Failure::usage(format!("--expires {}: {error}", quoted(text))))?;
    Ok(at.map_or(0, |at| at.seconds()))
}

/// `--rotate-every` in seconds; 0 for never.
fn span(text: &str) -> Result<u64, Failure> {
    if text == "never" {
        return Ok(0);
    }
    let wrong =
        |error: time::Error| Failure::usage(format!("--rotate-every {}: {error}", quoted(text)));
    match Span::parse(text).map_err(wrong)?.seconds() {
        0 => Err(Failure::usage("--rotate-every 0 is no time")),
        seconds => Ok(seconds),
    }
}

/// Obtains the one value: generated, from a file, the command line, a prompt
/// or standard input.
fn value(
    ctx: &Context,
    args: &Args,
    spec: Option<&Spec>,
    operand: Option<OsString>,
    address: &str,
) -> Result<SecretValue, Failure> {
    if let Some(spec) = spec {
        return Ok(spec
            .generate(&mut SystemRandom)
            .map_err(crate::vault::Error::from)?);
    }
    if let Some(path) = &args.from_file {
        let limit = MAX_VALUE_BYTES as u64;
        return Ok(SecretValue::new(ctx.files.read(
            path,
            limit,
            Forms::Descriptors,
        )?));
    }
    match operand {
        Some(value) if value != "-" => {
            ctx.terminal.warn(ON_COMMAND_LINE);
            Ok(SecretValue::new(value.into_vec()))
        }
        None if ctx.terminal.stdin_is_terminal() => typed(ctx, address),
        _ => {
            let mut value = Source::Stdin.read(MAX_VALUE_BYTES)?;
            if !args.raw && strip_one_newline(&mut value) && !value.is_empty() {
                ctx.terminal
                    .say("the input's one trailing newline was left out; --raw keeps it");
            }
            Ok(value)
        }
    }
}

/// Asks twice on the terminal.
fn typed(ctx: &Context, address: &str) -> Result<SecretValue, Failure> {
    let first = ctx.terminal.prompt_hidden(&format!("Value of {address}"));
    let first = first.map_err(|error| match error {
        PromptError::ManyLines => Failure::from(error)
            .hint("a value of several lines: --from-file FILE, or standard input"),
        error => error.into(),
    })?;
    let again = ctx.terminal.prompt_hidden("The same again")?;
    if first.expose() != again.expose() {
        return Err(Failure::usage("the two values differ; nothing was changed"));
    }
    Ok(first)
}

/// What is refused before the vault is locked.
fn check(args: &Args, items: &[Item]) -> Result<(), Failure> {
    for (index, item) in items.iter().enumerate() {
        let address = format!("{}:{}", item.env, item.path);
        let same = |other: &Item| other.env == item.env && other.path == item.path;
        if items.iter().skip(index + 1).any(same) {
            return Err(Failure::usage(format!("\"{address}\" is given twice")));
        }
        let named = args.operands.len() == items.len()
            && args
                .operands
                .iter()
                .all(|operand| operand.as_bytes().contains(&b'='));
        if item.value.is_empty() && !(named || args.allow_empty || args.raw) {
            return Err(Failure::usage("the input is empty; nothing was changed")
                .hint("to store an empty value: --allow-empty"));
        }
        if args.kind.as_deref() == Some("json") && !is_json(&item.value) {
            return Err(Failure::usage(format!(
                "the value of \"{address}\" is not JSON"
            )));
        }
        if args.kind.as_deref() == Some("text") && !is_text(&item.value) {
            return Err(
                Failure::usage(format!("the value of \"{address}\" is not UTF-8 text"))
                    .hint("--type binary"),
            );
        }
    }
    Ok(())
}

fn is_json(value: &SecretValue) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(value.expose()).is_ok()
}

fn is_text(value: &SecretValue) -> bool {
    std::str::from_utf8(value.expose()).is_ok_and(|text| !text.contains('\0'))
}

/// A type that was kept from the version before still has to fit.
fn check_kept_type(vault: &Vault, args: &Args, item: &Item) -> Result<(), Failure> {
    if args.kind.is_some() || is_json(&item.value) {
        return Ok(());
    }
    let entry = vault.find(&item.env, &item.path)?;
    let kept = entry.as_ref().and_then(|entry| entry.current());
    match kept.map(|version| version.meta.kind.as_str()) {
        Some("json") => Err(Failure::usage(format!(
            "\"{}:{}\" is of type json, and the new value is not JSON",
            item.env, item.path
        ))
        .hint("--type text")),
        _ => Ok(()),
    }
}

/// Says what became of each secret, with its full address.
fn report(ctx: &Context, dry: bool, written: &[Written]) -> Result<(), Failure> {
    for done in written {
        let address = format!("{}:{}", done.env, done.path);
        let note = match (done.unchanged, dry) {
            (true, _) => " (unchanged)",
            (false, true) => " (dry run: nothing was written)",
            (false, false) => "",
        };
        ctx.terminal
            .say(&format!("{address} v{}{note}", done.version));
        if done.expiry_cleared {
            ctx.terminal.say(&format!(
                "{address} no longer expires: the expiry belonged to the value before; --expires sets one"
            ));
        }
    }
    if ctx.globals.json {
        let written: Vec<_> = written
            .iter()
            .map(|done| {
                let address = format!("{}:{}", done.env, done.path);
                json!({"address": address, "version": done.version, "unchanged": done.unchanged})
            })
            .collect();
        ctx.terminal
            .json(&json!({"schema_version": SCHEMA_VERSION, "written": written}))?;
    }
    Ok(())
}

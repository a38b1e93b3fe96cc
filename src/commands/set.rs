//! `set`: stores secrets.

use crate::context::Context;
use crate::custody::{self, Change, Open, Source};
use crate::failure::{Exit, Failure};
use crate::input::{self, Operands, Origin};
use crate::name::{Address, EnvName, SecretPath, Version};
use crate::secret::SecretValue;
use crate::summary;
use crate::vault::{Depth, NewValue};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

/// Store a secret, or several
///
/// Without a value it is asked for on a terminal, twice and hidden, else read
/// from standard input. Input of one line loses its trailing newline; input
/// of several lines is kept byte for byte. A value on the command line can be
/// seen by other programs while the command runs. What looks like a slip of
/// pasting is stored all the same, with a warning.
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

impl Item {
    /// Its address in double quotes, for messages.
    fn quoted(&self) -> String {
        format!("\"{}:{}\"", self.env, self.path)
    }
}

/// Stores the secrets in one atomic write.
///
/// # Errors
/// Input that is refused, `--if-version`, and whatever the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let from_elsewhere = args.from_file.is_some() || args.generate.is_some();
    let operands = Operands::parse(&args.operands, from_elsewhere)?;
    let spec = match &args.generate {
        Some(spec) => Some(input::spec(spec.as_deref())?),
        None => None,
    };
    let stdin = input::takes_stdin(ctx, &operands, args.from_file.as_deref(), spec.is_some());
    if stdin && custody::credential_takes_stdin(ctx) {
        return Err(Failure::usage(
            "credential and value cannot both come from standard input",
        ));
    }
    let every = args.rotate_every.as_deref();
    let every = every.map(input::period).transpose()?;
    let open = custody::open(ctx, Depth::Reader)?;
    let now = open.vault.now();
    let expires = args.expires.as_deref();
    let expires = expires.map(|text| input::expiry(now, text)).transpose()?;
    let named = matches!(operands, Operands::Pairs(_));
    let items = match operands {
        Operands::Pairs(pairs) => {
            input::warn_of_command_line(ctx);
            let mut items = Vec::new();
            for (name, value) in pairs {
                let (env, path) = target(ctx, &open, &name)?;
                items.push(Item { env, path, value });
            }
            items
        }
        Operands::One(name, value) => {
            let (env, path) = target(ctx, &open, &name)?;
            let origin = Origin {
                address: format!("{env}:{path}"),
                from_file: args.from_file.as_deref(),
                operand: value,
                raw: args.raw,
                spec: spec.as_ref(),
            };
            let value = origin.obtain(ctx)?;
            vec![Item { env, path, value }]
        }
    };
    check(args, &items, named)?;
    // `--tags ''` takes them all away.
    let kept = |tags: &Vec<String>| tags.iter().filter(|tag| !tag.is_empty()).cloned().collect();
    let tags: Option<Vec<String>> = args.tags.as_ref().map(kept);
    let new = |value| NewValue {
        value,
        kind: args.kind.clone(),
        tags: tags.clone(),
        note: args.note.clone(),
        owner: args.owner.clone(),
        expires: expires.unwrap_or(0),
        every,
        why: ctx.globals.reason.clone().unwrap_or_default(),
        verb: "set",
        if_version: args.if_version,
    };
    let dry = args.dry_run;
    let source = Source {
        from_file: args.from_file.is_some(),
        generated: spec.is_some(),
        raw: args.raw,
    };
    let (written, slips) = custody::change(ctx, open, |vault, random| {
        let (mut written, mut slips) = (Vec::new(), Vec::new());
        for item in &items {
            let done = vault.set(&item.env, &item.path, &new(&item.value), random)?;
            let misfit = input::check_kept(&item.quoted(), &done.kind, &item.value);
            misfit.map_err(|failure| failure.hint("--type text"))?;
            slips.extend(custody::slips(vault, &done, &source, &item.value)?);
            written.push(done);
        }
        if dry {
            vault.discard();
        }
        let change = Change::written(&written);
        Ok(((written, slips), change))
    })?;
    slips.iter().for_each(|slip| ctx.terminal.warn(slip));
    summary::written(ctx, dry, args.expires.is_some(), &written)?;
    Ok(Exit::DONE)
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
    let may = open.vault.check_write(&env, &path);
    may.map_err(|error| open.blame(error))?;
    Ok((env, path))
}

/// What is refused before the vault is locked. `named` says that the values
/// stood behind their names, where an empty one is meant.
fn check(args: &Args, items: &[Item], named: bool) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for item in items {
        if !seen.insert((&item.env, &item.path)) {
            return Err(Failure::usage(format!("{} is given twice", item.quoted())));
        }
        if item.value.is_empty() && !(named || args.allow_empty || args.raw) {
            return Err(Failure::usage("the input is empty; nothing was changed")
                .hint("to store an empty value: --allow-empty"));
        }
        let kind = args.kind.as_deref().unwrap_or("binary");
        if let Some(form) = input::misfit(kind, &item.value) {
            let message = format!("the value of {} is not {form}", item.quoted());
            let failure = Failure::usage(message);
            return Err(if kind == "text" {
                failure.hint("--type binary")
            } else {
                failure
            });
        }
    }
    Ok(())
}

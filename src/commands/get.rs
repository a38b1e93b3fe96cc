//! `get`: prints values.

mod show;

use crate::context::Context;
use crate::custody::{self, Open, Wanted};
use crate::failure::{Exit, Failure, Kind};
use crate::input;
use crate::name::{Address, EnvName, SecretPath};
use crate::secret::SecretValue;
use crate::summary::{self};
use crate::vault::{Depth, Entry};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

/// Print the value of a secret
///
/// Prints the exact bytes; on a terminal a newline follows and control
/// characters are escaped. Several secrets need --json.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets get DATABASE_URL
  secrets get production:/infra/DATABASE_URL@2
  secrets get LOG_LEVEL --default info
  secrets get SERVICE_ACCOUNT --field /client_email
  secrets get TLS_KEY -o server.key
  secrets get DATABASE_URL --copy
  secrets get DATABASE_URL STRIPE_KEY --json")]
pub struct Args {
    /// The secrets: NAME, folder/NAME, /folder/NAME, env:/folder/NAME, each with an optional
    /// @VERSION or @previous
    #[arg(value_name = "ADDRESS", required_unless_present = "clear_copied")]
    pub addresses: Vec<String>,

    /// Print this if there is no such secret
    #[arg(long, value_name = "VALUE")]
    pub default: Option<OsString>,

    /// Print one field of a JSON value: a key, or a JSON pointer
    #[arg(long, value_name = "POINTER")]
    pub field: Option<String>,

    /// Print a value that has expired
    #[arg(long)]
    pub allow_expired: bool,

    /// Write the value to this file, for its owner only
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Write the file even where version control would take it
    #[arg(long, requires = "output")]
    pub force: bool,

    /// Print control characters unescaped on a terminal too
    #[arg(long)]
    pub raw: bool,

    /// Put the value into the clipboard instead, which is cleared after 30 seconds
    #[arg(long, conflicts_with_all = ["output", "raw"])]
    pub copy: bool,

    // What `--copy` leaves behind: a hash comes on standard input.
    #[arg(long, hide = true, value_name = "SECONDS", exclusive = true)]
    #[expect(missing_docs, reason = "no part of the command line")]
    pub clear_copied: Option<u64>,
}

/// A secret that was asked for: there, or replaced by the default.
enum Found {
    Default(EnvName, SecretPath),
    There(Entry, u64),
}

/// Prints one value, or several as JSON.
///
/// # Errors
/// A secret that is not there or has expired, and whatever opening the vault says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    if let Some(seconds) = args.clear_copied {
        custody::clear_later(ctx, Duration::from_secs(seconds))?;
        return Ok(Exit::DONE);
    }
    let json = ctx.globals.json;
    if args.copy && (json || args.addresses.len() > 1) {
        return Err(Failure::usage("--copy takes one secret, and no --json"));
    }
    if args.addresses.len() > 1 && !json {
        return Err(Failure::usage("several secrets are printed as JSON only")
            .hint("secrets get --json NAME NAME …"));
    }
    if json && args.output.is_some() {
        return Err(Failure::usage("--json and --output do not go together"));
    }
    custody::may_show_values(ctx)?;
    let parse = |text: &String| {
        let address = Address::parse(text);
        address.map_err(|error| Failure::bad_name("address", text, error))
    };
    let addresses: Vec<Address> = args.addresses.iter().map(parse).collect::<Result<_, _>>()?;
    let open = custody::open(ctx, Depth::Reader)?;
    let output = input::output_file(args.output.as_deref());
    if let Some(path) = output {
        custody::check_output(ctx, &open.location, path, args.force)?;
    }
    let mut found = Vec::new();
    for (address, text) in addresses.iter().zip(&args.addresses) {
        found.push(find(ctx, &open, args, address, text)?);
    }
    let values = reveal(ctx, &open, args, &found)?;
    match json {
        true => show::objects(ctx, &open, &found, &values)?,
        false => show::values(ctx, args, output, &values)?,
    }
    Ok(Exit::DONE)
}

/// Finds one secret, or decides that the default stands for it.
fn find(
    ctx: &Context,
    open: &Open,
    args: &Args,
    address: &Address,
    text: &str,
) -> Result<Found, Failure> {
    let (env, path) = open.resolve(ctx, address, text)?;
    // As JSON it says when the secret was made first.
    let entry = match ctx.globals.json {
        true => open.vault.find(&env, &path),
        false => open.vault.find_for(&env, &path, address.version),
    };
    let found = entry.map_err(|error| open.blame(error))?.map(|entry| {
        let chosen = entry.select(address.version, open.vault.now(), args.allow_expired);
        let chosen = chosen.map(|version| version.version);
        (entry, chosen)
    });
    match found {
        Some((entry, Ok(version))) => Ok(Found::There(entry, version)),
        None if args.default.is_some() => Ok(Found::Default(env, path)),
        None => Err(custody::missing(open, &env, &path, address.version, None)),
        Some((entry, Err(absence))) => {
            let found = Some((&entry, absence));
            let failure = custody::missing(open, &env, &path, address.version, found);
            match failure.kind {
                Kind::NotFound if args.default.is_some() => Ok(Found::Default(env, path)),
                _ => Err(failure),
            }
        }
    }
}

/// The values in the order asked, fields cut out.
fn reveal(
    ctx: &Context,
    open: &Open,
    args: &Args,
    found: &[Found],
) -> Result<Vec<SecretValue>, Failure> {
    let mut wanted = Vec::new();
    for one in found {
        if let Found::There(entry, number) = one {
            let version = entry.version(*number);
            wanted.extend(version.map(|version| Wanted { entry, version }));
        }
    }
    let mut values = custody::reveal(ctx, open, &wanted, None)?.into_iter();
    let default = || {
        let default = args.default.as_deref().unwrap_or_default();
        SecretValue::copy_from(default.as_bytes())
    };
    let mut out = Vec::new();
    for one in found {
        out.push(match (one, &args.field) {
            (Found::Default(..), _) => default(),
            (Found::There(..), None) => values.next().unwrap_or_default(),
            (Found::There(entry, _), Some(pointer)) => {
                let value = values.next().unwrap_or_default();
                match input::field(&value, pointer) {
                    Ok(value) => value,
                    Err(failure) if failure.kind == Kind::NotFound && args.default.is_some() => {
                        default()
                    }
                    Err(mut failure) => {
                        failure.message =
                            format!("\"{}\": {}", summary::address(entry), failure.message);
                        return Err(open.blame(failure));
                    }
                }
            }
        });
    }
    Ok(out)
}

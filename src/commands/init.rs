//! `init`: makes the vault.

use crate::context::Context;
use crate::custody::{self, Opener};
use crate::failure::{Exit, Failure};
use crate::name::EnvName;
use crate::store::{self, Location, shell_word};
use crate::summary::{self, Added, SCHEMA_VERSION};
use crate::vault::{Fingerprint, LockedVault, MAX_SCOPES, NewSlot, NewVault, VaultId};
use serde_json::json;

/// Make the vault of this project
///
/// Writes .vault/vault.json in the current directory and nothing outside
/// .vault. A passphrase is asked for twice; with --key-file a key opens the
/// vault instead, and the file is made if it is not there.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets init
  secrets init --environments dev,prod
  secrets init --key-file ~/project.key --if-missing")]
pub struct Args {
    /// Make these environments instead of development, staging and production
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub environments: Vec<String>,

    /// Name the slot that opens the vault
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,

    /// Derive the key from the passphrase with this many iterations
    #[arg(long, value_name = "N")]
    pub iterations: Option<u32>,

    /// Succeed if there is a vault already
    #[arg(long)]
    pub if_missing: bool,

    /// Say what would be made, and make nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// The environments of a vault for which none are named.
const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];

/// Makes a vault.
///
/// # Errors
/// A vault that is there already, a weak passphrase, and whatever the disk says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let environments = environments(args)?;
    let iterations = custody::iterations(ctx, args.iterations)?;
    // Before a key is made for nothing.
    if args.iterations.is_some() && ctx.globals.key_file.is_some() {
        return Err(Failure::usage("a key needs no --iterations"));
    }
    let label = custody::label(ctx, args.label.as_deref())?;
    let request = custody::request(ctx);
    let location = store::place(&ctx.files, &request)?;
    let shown = location.shown.display().to_string();
    if ctx.files.status(&location.path)?.is_some() {
        return already(ctx, args, &location);
    }
    let with = format!("\"{shown}\" with the environments {}", list(&environments));
    if args.dry_run {
        ctx.terminal
            .say(&format!("would make {with} (dry run: nothing was written)"));
        print(ctx, &shown, None, &environments, Some(&label))?;
        return Ok(Exit::DONE);
    }
    let opener = custody::new_opener(ctx)?;
    let new = NewVault {
        environments: &environments,
        label: &label,
        opener: match &opener {
            Opener::Key(_) if args.iterations.is_some() => {
                return Err(Failure::usage("a key needs no --iterations"));
            }
            Opener::Key(key) => NewSlot::Key(key),
            Opener::Passphrase(passphrase) => NewSlot::Passphrase(passphrase, iterations),
        },
        now: ctx.clock.now()?.seconds(),
    };
    let made =
        custody::create(ctx, &location, &new).map_err(|failure| failure.in_vault(shown.clone()))?;
    let Some(made) = made else {
        return already(ctx, args, &location);
    };
    for warning in &made.created.warnings {
        ctx.terminal.warn(&warning.to_string());
    }
    ctx.terminal.say(&format!("made {with}"));
    custody::warn_of_surroundings(ctx, &request, &location);
    say_what_next(ctx, &location);
    let ids = Some((made.id, made.fingerprint));
    print(ctx, &shown, ids, &environments, Some(&label))?;
    let print =
        |text: &_| summary::print_added(ctx, &Added::recovery(custody::RECOVERY, Some(text)));
    if custody::offer_recovery(ctx, location, opener, print)? {
        summary::added(ctx, &Added::recovery(custody::RECOVERY, None));
    }
    Ok(Exit::DONE)
}

/// The next two commands, as they have to be typed to reach this vault.
fn say_what_next(ctx: &Context, location: &Location) {
    if let Some(key) = &ctx.globals.key_file
        && ctx.snapshot.get("SECRETS_KEY_FILE").is_none()
    {
        let key = ctx.working_directory.join(key);
        ctx.terminal.say(&format!(
            "first: export SECRETS_KEY_FILE={}",
            shell_word(&key)
        ));
    }
    let secrets = custody::program(location);
    ctx.terminal.say(&format!("next: {secrets} set NAME"));
    ctx.terminal.say(&format!("then: {secrets} run -- COMMAND"));
}

fn list(environments: &[EnvName]) -> String {
    let names: Vec<&str> = environments.iter().map(EnvName::as_str).collect();
    names.join(", ")
}

fn environments(args: &Args) -> Result<Vec<EnvName>, Failure> {
    let given: Vec<&str> = match args.environments.as_slice() {
        [] => ENVIRONMENTS.to_vec(),
        given => given.iter().map(String::as_str).collect(),
    };
    if given.len() > MAX_SCOPES {
        return Err(Failure::usage(format!(
            "{} environments are given; at most {MAX_SCOPES} are possible",
            given.len()
        )));
    }
    let mut environments = Vec::new();
    for name in given {
        let env =
            EnvName::parse(name).map_err(|error| Failure::bad_name("environment", name, error))?;
        env.check_new()
            .map_err(|error| Failure::bad_name("environment", name, error))?;
        if environments.contains(&env) {
            return Err(Failure::usage(format!(
                "the environment \"{env}\" is given twice"
            )));
        }
        environments.push(env);
    }
    Ok(environments)
}

/// A vault is there: exit 8, or with `--if-missing` a word and exit 0.
fn already(ctx: &Context, args: &Args, location: &Location) -> Result<Exit, Failure> {
    let shown = location.shown.display().to_string();
    if !args.if_missing {
        let exists = store::Error::Exists {
            path: location.shown.clone(),
        };
        return Err(Failure::from(exists).in_vault(shown));
    }
    ctx.terminal.say(&format!(
        "\"{shown}\" is there already; nothing was changed"
    ));
    let locked = LockedVault::read(Box::new(store::open(&ctx.files, location)?))?;
    let ids = Some((locked.id(), locked.fingerprint()));
    print(ctx, &shown, ids, &locked.environments(), None)?;
    Ok(Exit::DONE)
}

/// The JSON object, if that was asked for.
fn print(
    ctx: &Context,
    path: &str,
    ids: Option<(VaultId, Fingerprint)>,
    environments: &[EnvName],
    slot: Option<&str>,
) -> Result<(), Failure> {
    if !ctx.globals.json {
        return Ok(());
    }
    let environments: Vec<&str> = environments.iter().map(EnvName::as_str).collect();
    let id = ids.map(|(id, _)| id.hex());
    let fingerprint = ids.map(|(_, fingerprint)| fingerprint.hex());
    Ok(ctx.terminal.json(&json!({
        "schema_version": SCHEMA_VERSION,
        "vault": {"path": path, "id": id, "fingerprint": fingerprint},
        "environments": environments,
        "slot": slot,
    }))?)
}

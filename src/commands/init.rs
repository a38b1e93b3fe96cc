//! `init`: makes the vault.

use crate::context::Context;
use crate::crypto::{Iterations, Random, SystemRandom};
use crate::custody;
use crate::failure::{Exit, Failure, quoted};
use crate::file::{self, Walk};
use crate::generator::Spec;
use crate::name::EnvName;
use crate::secret::{Credential, KeyBytes, Passphrase, SecretValue};
use crate::store::{self, Location};
use crate::summary::SCHEMA_VERSION;
use crate::vault::{self, LockedVault, NewSlot, NewVault, is_label};
use serde_json::json;
use std::path::Path;

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
/// How often a new passphrase is asked for.
const MAX_TRIES: usize = 3;
/// Greatest length of a key or passphrase file, in bytes.
const MAX_FILE_BYTES: u64 = 8192;

/// What will open the vault.
enum Opener {
    Key(KeyBytes),
    Passphrase(Passphrase),
}

/// Makes a vault.
///
/// # Errors
/// A vault that is there already, a weak passphrase, and whatever the disk says.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    let environments = environments(args)?;
    let iterations = iterations(ctx, args)?;
    let label = label(ctx, args)?;
    let request = custody::request(ctx);
    let location = store::place(&ctx.files, &request)?;
    let shown = location.shown.display().to_string();
    if ctx.files.status(&location.path)?.is_some() {
        return already(ctx, args, &location);
    }
    if args.dry_run {
        ctx.terminal.say(&format!(
            "would make \"{shown}\" (dry run: nothing was written)"
        ));
        return Ok(Exit::DONE);
    }
    let opener = opener(ctx)?;
    let new = NewVault {
        environments: &environments,
        label: &label,
        opener: match &opener {
            Opener::Key(key) => NewSlot::Key(key),
            Opener::Passphrase(passphrase) => NewSlot::Passphrase(passphrase, iterations),
        },
        now: ctx.clock.now()?.seconds(),
    };
    let bytes = new.build(&mut SystemRandom)?;
    let created = match store::create(&ctx.files, &location, &bytes) {
        Err(error) if error.class() == store::Class::Exists => {
            return already(ctx, args, &location);
        }
        created => created.map_err(|error| Failure::from(error).in_vault(shown.clone()))?,
    };
    for warning in &created.warnings {
        ctx.terminal.warn(&warning.to_string());
    }
    ctx.terminal.say(&format!(
        "made \"{shown}\" with the environments {}",
        list(&environments)
    ));
    warn_of_surroundings(ctx, &request, &location);
    ctx.terminal.say("next: secrets set NAME");
    ctx.terminal.say("then: secrets run -- COMMAND");
    if ctx.globals.json {
        let locked = LockedVault::read(Box::new(bytes))?;
        print(ctx, &shown, &locked, &environments, Some(&label))?;
    }
    Ok(Exit::DONE)
}

fn list(environments: &[EnvName]) -> String {
    environments
        .iter()
        .map(EnvName::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

fn environments(args: &Args) -> Result<Vec<EnvName>, Failure> {
    let given: Vec<&str> = match args.environments.as_slice() {
        [] => ENVIRONMENTS.to_vec(),
        given => given.iter().map(String::as_str).collect(),
    };
    let mut environments = Vec::new();
    for name in given {
        let env =
            EnvName::parse(name).map_err(|error| Failure::bad_name("environment", name, error))?;
        if environments.contains(&env) {
            return Err(Failure::usage(format!(
                "the environment \"{env}\" is given twice"
            )));
        }
        environments.push(env);
    }
    Ok(environments)
}

fn iterations(ctx: &Context, args: &Args) -> Result<Iterations, Failure> {
    let Some(asked) = args.iterations.or(ctx.user.iterations) else {
        return Ok(Iterations::default());
    };
    Iterations::new(u64::from(asked)).map_err(|_| {
        Failure::usage(format!(
            "{asked} iterations are out of bounds: {} to {}",
            Iterations::MIN,
            Iterations::MAX
        ))
    })
}

/// `--label`, else the user's name where it fits, else `owner`.
fn label(ctx: &Context, args: &Args) -> Result<String, Failure> {
    if let Some(label) = &args.label {
        return match is_label(label) {
            true => Ok(label.clone()),
            false => Err(Failure::usage(format!(
                "{} is no label: letters, digits and . _ @ + -, at most 64",
                quoted(label)
            ))),
        };
    }
    let name = |variable| ctx.snapshot.get(variable).and_then(|name| name.to_str());
    let user = [name("USER"), name("LOGNAME")]
        .into_iter()
        .flatten()
        .find(|name| is_label(name));
    Ok(user.unwrap_or("owner").to_owned())
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
    if ctx.globals.json {
        let opened = store::open(&ctx.files, location)?;
        let locked = LockedVault::read(Box::new(opened))?;
        print(ctx, &shown, &locked, &[], None)?;
    }
    Ok(Exit::DONE)
}

fn print(
    ctx: &Context,
    path: &str,
    locked: &LockedVault,
    environments: &[EnvName],
    slot: Option<&str>,
) -> Result<(), Failure> {
    let environments: Vec<&str> = environments.iter().map(EnvName::as_str).collect();
    let (id, fingerprint) = (locked.id().hex(), locked.fingerprint().hex());
    Ok(ctx.terminal.json(&json!({
        "schema_version": SCHEMA_VERSION,
        "vault": {"path": path, "id": id, "fingerprint": fingerprint},
        "environments": environments,
        "slot": slot,
    }))?)
}

/// A key or passphrase that is given, else a new passphrase from the terminal.
fn opener(ctx: &Context) -> Result<Opener, Failure> {
    if let Some(path) = &ctx.globals.key_file {
        return key_file(ctx, path);
    }
    match custody::given(ctx)? {
        Some((Credential::Key(key), _)) => Ok(Opener::Key(key)),
        Some((Credential::Passphrase(passphrase), from)) => {
            match Passphrase::new_for_creation(passphrase.expose()) {
                Ok(passphrase) => Ok(Opener::Passphrase(passphrase)),
                Err(error) => Err(Failure::usage(format!("{from}: {error}"))
                    .hint("six random words: secrets generate passphrase")),
            }
        }
        Some((Credential::Token(_), from)) => Err(Failure::usage(format!(
            "{from}: a token opens a vault and cannot make one"
        ))),
        None => typed(ctx),
    }
}

/// Uses the key in the file, or makes both.
fn key_file(ctx: &Context, path: &Path) -> Result<Opener, Failure> {
    let shown = path.display().to_string();
    match ctx.files.read_private(path, MAX_FILE_BYTES) {
        Ok(content) => {
            let content = SecretValue::new(content);
            let key = KeyBytes::parse_file(content.expose());
            key.map(Opener::Key)
                .map_err(|error| Failure::bad_credential(&quoted(&shown), error))
        }
        Err(file::Error::NotFound { .. }) => {
            let random: &mut dyn Random = &mut SystemRandom;
            let key = random.key().map_err(vault::Error::from)?;
            for warning in ctx.files.write_new(path, key.to_text().expose())? {
                ctx.terminal.warn(&warning.to_string());
            }
            ctx.terminal.say(&format!(
                "made the key \"{shown}\"; keep a copy where you keep such things"
            ));
            if in_work_tree(ctx, path) {
                ctx.terminal.warn(&format!(
                    "the key \"{shown}\" lies in a git work tree; whoever has it and the vault reads everything: do not commit it"
                ));
            }
            Ok(Opener::Key(key))
        }
        Err(error) => Err(error.into()),
    }
}

fn in_work_tree(ctx: &Context, path: &Path) -> bool {
    let parent = ctx.working_directory.join(path);
    let directory = parent
        .parent()
        .map(|parent| ctx.files.directory(parent, Walk::Read));
    directory.is_some_and(|directory| directory.is_ok_and(|d| store::in_work_tree(&d)))
}

/// Asks for a new passphrase, twice; weak ones are refused up to three times.
fn typed(ctx: &Context) -> Result<Opener, Failure> {
    if !ctx.terminal.may_prompt() {
        return Err(
            Failure::locked("a passphrase is needed but there is no terminal")
                .hint("with a key instead: secrets init --key-file FILE"),
        );
    }
    for left in (0..MAX_TRIES).rev() {
        let words = Spec::parse("passphrase")?.generate(&mut SystemRandom);
        let words = words.map_err(vault::Error::from)?;
        let words = String::from_utf8_lossy(words.expose());
        let question = format!("New passphrase, 15 characters or more (at random: {words})");
        let first = ctx.terminal.prompt_hidden(&question)?;
        let refused = match Passphrase::new_for_creation(first.expose()) {
            Err(error) => error.to_string(),
            Ok(passphrase) => {
                let again = ctx.terminal.prompt_hidden("The same again")?;
                if again.expose() == first.expose() {
                    return Ok(Opener::Passphrase(passphrase));
                }
                "the two passphrases differ".to_owned()
            }
        };
        if left == 0 {
            return Err(Failure::usage(refused));
        }
        ctx.terminal.warn(&format!("{refused}; try again"));
    }
    Err(Failure::usage("no passphrase was chosen"))
}

/// A vault above that this one hides, and an ignore file that hides this one.
fn warn_of_surroundings(ctx: &Context, request: &store::Request, location: &Location) {
    if location.source == store::Source::Project
        && let Ok(Some(above)) = store::vault_above(&ctx.files, request)
    {
        ctx.terminal.warn(&format!(
            "there is a vault above, \"{}\"; from here on the new one is used",
            above.display()
        ));
    }
    if let Ok(Some(ignored)) = store::ignored_by(&ctx.files, location) {
        ctx.terminal.warn(&format!(
            "git ignores the vault: \"{}\" line {}: {}",
            ignored.file.display(),
            ignored.line,
            ignored.text
        ));
    }
}

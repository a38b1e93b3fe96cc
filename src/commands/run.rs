//! `run`: runs a command with secrets in its environment.

use crate::context::Context;
use crate::custody::{self, Open, Wanted};
use crate::failure::{Exit, Failure, Kind, Problem, quoted};
use crate::name::{Address, FolderPath, Pattern, VarName, Version};
use crate::process::{Environment, KeepEnv, Pair, Refusal, Rules, exec, user_shell};
use crate::summary;
use crate::vault::{Depth, Entry};
use std::ffi::OsString;

/// Run a command with secrets in its environment
///
/// The command takes the place of this process: no shell, and its own exit
/// status. It starts with all secrets of the folder or not at all. The first
/// word that is no flag begins the command; what follows is the command's own.
#[derive(clap::Args)]
#[command(override_usage = "secrets run [OPTIONS] [--] COMMAND [ARGS]...")]
#[command(after_help = "Examples:
  secrets run -- npm start
  secrets run -e production --only 'DB_*,STRIPE_KEY' -- ./deploy.sh
  secrets run -p /infra -r -- terraform apply
  secrets run --map DATABASE_URL=/db/URL -- psql
  secrets run --shell 'echo \"$HOST:$PORT\"'")]
pub struct Args {
    /// Take the folders below too
    #[arg(short, long)]
    pub recursive: bool,

    /// Take only these secrets
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub only: Vec<String>,

    /// Leave these secrets out
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub except: Vec<String>,

    /// Add a secret as this variable
    #[arg(long, value_name = "VAR=NAME")]
    pub map: Vec<String>,

    /// Begin the name of each variable with this
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,

    /// Run this text with /bin/sh -c
    #[arg(long, value_name = "STRING", conflicts_with = "command")]
    pub shell: Option<OsString>,

    /// Let variables that are set already win; all, or these
    #[arg(long, value_name = "A", num_args = 0.., require_equals = true, value_delimiter = ',')]
    pub keep_env: Option<Vec<String>>,

    /// Start from a small environment: HOME, PATH, TERM, LANG and the like
    #[arg(long)]
    pub clean_env: bool,

    /// Pass this variable on with --clean-env
    #[arg(long, value_name = "VAR", value_delimiter = ',')]
    pub pass: Vec<String>,

    /// Allow a variable that changes how programs load or run
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub allow_env: Vec<String>,

    /// Allow expired secrets; all, or these
    #[arg(long, value_name = "A", num_args = 0.., require_equals = true, value_delimiter = ',')]
    pub allow_expired: Option<Vec<String>>,

    /// Run even if no secret is selected
    #[arg(long)]
    pub allow_empty: bool,

    /// The command and its arguments; without one, your shell on a terminal
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    pub command: Vec<OsString>,
}

/// How long before its end `run` speaks of an expiry, in seconds (seven days).
const EXPIRY_NOTICE_SECONDS: u64 = 7 * 86_400;

/// A secret on its way to a variable.
struct Selected {
    variable: VarName,
    entry: Entry,
    version: u64,
}

/// What is selected, and everything that is wrong with it.
#[derive(Default)]
struct Selection {
    selected: Vec<Selected>,
    problems: Vec<(Kind, Problem, Option<String>)>,
}

/// Becomes the command, with the secrets in its environment.
///
/// # Errors
/// Everything that keeps the command from being started, all at once.
pub fn run(ctx: &Context, args: Args) -> Result<Exit, Failure> {
    let (command, arguments) = command(ctx, &args)?;
    let rules = rules(&args)?;
    let open = custody::open(ctx, Depth::Reader)?;
    let mut selection = select(ctx, &open, &args)?;
    if selection.selected.is_empty() && selection.problems.is_empty() && !args.allow_empty {
        let env = open.environment(ctx)?.env;
        return Err(open.blame(
            Failure::not_found(format!("no secret of {env} is selected"))
                .hint("to see what there is: secrets list")
                .hint("to run all the same: --allow-empty"),
        ));
    }
    let pairs = pairs(&open, &selection.selected)?;
    let inherited: Vec<(OsString, OsString)> = ctx
        .snapshot
        .pairs()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let environment = match Environment::build(inherited, pairs, &rules) {
        Ok(environment) => Some(environment),
        Err(refusals) => {
            selection.problems.extend(refusals.into_iter().map(refused));
            None
        }
    };
    match environment.filter(|_| selection.problems.is_empty()) {
        None => Err(open.blame(all_problems(selection.problems))),
        Some(environment) => {
            notice_expiry(ctx, &open, &selection.selected);
            for name in environment.overridden() {
                ctx.terminal.detail(&format!(
                    "{name} of the environment is replaced by the secret"
                ));
            }
            // Keys and values are wiped before the command has this process.
            drop((selection, open));
            Err(exec(&command, &arguments, environment).into())
        }
    }
}

/// The program and its arguments.
fn command(ctx: &Context, args: &Args) -> Result<(OsString, Vec<OsString>), Failure> {
    if let Some(script) = &args.shell {
        return Ok(("/bin/sh".into(), vec!["-c".into(), script.clone()]));
    }
    match args.command.split_first() {
        Some((command, arguments)) => Ok((command.clone(), arguments.to_vec())),
        None if ctx.terminal.stdin_is_terminal() => {
            let inherited: Vec<(OsString, OsString)> = ctx
                .snapshot
                .pairs()
                .map(|(name, value)| (name.into(), value.into()))
                .collect();
            let shell = user_shell(&inherited);
            let shown = shell.to_string_lossy();
            ctx.terminal
                .say(&format!("starting {shown} with the secrets; exit ends it"));
            Ok((shell.clone(), Vec::new()))
        }
        None => Err(Failure::usage("no command is given").hint("secrets run -- COMMAND")),
    }
}

fn variable(text: &str) -> Result<VarName, Failure> {
    VarName::parse(text).map_err(|error| Failure::bad_name("variable", text, error))
}

fn rules(args: &Args) -> Result<Rules, Failure> {
    let names = |list: &[String]| {
        list.iter()
            .map(|name| variable(name))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(Rules {
        allow_env: names(&args.allow_env)?,
        clean_env: args.clean_env,
        keep_env: match args.keep_env.as_deref() {
            None => KeepEnv::None,
            Some([]) => KeepEnv::All,
            Some(list) => KeepEnv::Names(names(list)?),
        },
        pass: args.pass.clone(),
    })
}

/// Selects by folder, `--only`, `--except` and `--map`; flags before settings.
fn select(ctx: &Context, open: &Open, args: &Args) -> Result<Selection, Failure> {
    let settings = &open.project.run;
    let only = patterns(&args.only, &settings.only)?;
    let except = patterns(&args.except, &settings.except)?;
    let recursive = args.recursive || settings.recursive.unwrap_or(false);
    let prefix = args
        .prefix
        .as_deref()
        .or(settings.prefix.as_deref())
        .unwrap_or("");
    let env = open.environment(ctx)?.env;
    let folders = match ctx.folders.as_slice() {
        [] => vec![open.folder(ctx)],
        folders => folders.to_vec(),
    };
    let mut selection = Selection::default();
    let mut matched = vec![false; only.len()];
    for folder in &folders {
        // A later folder wins over an earlier one, not over itself.
        let mut here: Vec<Selected> = Vec::new();
        for entry in open
            .vault
            .entries(&env)
            .map_err(|error| open.blame(error))?
        {
            let inside = if recursive {
                folder.contains(&entry.path)
            } else {
                folder.holds(&entry.path)
            };
            if !inside || entry.live().is_none() || except.iter().any(|p| p.matches(&entry.path)) {
                continue;
            }
            let mut wanted = only.is_empty();
            for (pattern, seen) in only.iter().zip(matched.iter_mut()) {
                let matches = pattern.matches(&entry.path);
                (wanted, *seen) = (wanted || matches, *seen || matches);
            }
            if wanted {
                selection.take(open, args, entry, Version::Current, prefix, None, &mut here);
            }
        }
        let wins = |old: &Selected| !here.iter().any(|new| new.variable == old.variable);
        selection.selected.retain(wins);
        selection.selected.append(&mut here);
    }
    for (text, _) in args
        .only
        .iter()
        .zip(&matched)
        .filter(|(text, seen)| !**seen && !Pattern::is_glob(text))
    {
        let message = format!(
            "no secret named {} in {env}:{}",
            quoted(text),
            list(&folders)
        );
        selection.fail(Kind::NotFound, None, message, None);
    }
    selection.add_maps(ctx, open, args)?;
    Ok(selection)
}

fn list(folders: &[FolderPath]) -> String {
    folders
        .iter()
        .map(FolderPath::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn patterns(given: &[String], settings: &[Pattern]) -> Result<Vec<Pattern>, Failure> {
    if given.is_empty() {
        return Ok(settings.to_vec());
    }
    let parse = |text: &String| {
        Pattern::parse(text).map_err(|error| Failure::bad_name("pattern", text, error))
    };
    given.iter().map(parse).collect()
}

impl Selection {
    fn fail(&mut self, kind: Kind, address: Option<String>, message: String, hint: Option<String>) {
        self.problems.push((
            kind,
            Problem {
                code: kind.code(),
                address,
                message,
            },
            hint,
        ));
    }

    /// Takes one entry, or notes why it cannot be taken.
    #[expect(
        clippy::too_many_arguments,
        reason = "one place decides for folders and maps alike"
    )]
    fn take(
        &mut self,
        open: &Open,
        args: &Args,
        entry: Entry,
        version: Version,
        prefix: &str,
        named: Option<VarName>,
        into: &mut Vec<Selected>,
    ) {
        let address = summary::address(&entry);
        let variable = match named.map_or_else(|| VarName::of(&entry.path, prefix), Ok) {
            Ok(variable) => variable,
            Err(error) => {
                let message = format!("\"{address}\" gives no variable: {error}");
                let hint = format!("--except {}, or --prefix PREFIX", entry.path.name());
                return self.fail(Kind::CannotStart, Some(address), message, Some(hint));
            }
        };
        let allowed = match args.allow_expired.as_deref() {
            None => false,
            Some([]) => true,
            Some(list) => list
                .iter()
                .any(|name| *name == entry.path.name() || *name == address),
        };
        match entry.select(version, open.vault.now(), allowed) {
            Ok(chosen) => {
                let version = chosen.version;
                into.push(Selected {
                    variable,
                    entry,
                    version,
                });
            }
            Err(absence) => {
                let found = Some((&entry, absence));
                let failure = custody::missing(open, &entry.env, &entry.path, version, found);
                let hint = failure.hints.last().cloned();
                self.fail(failure.kind, Some(address), failure.message, hint);
            }
        }
    }

    /// `--map VAR=NAME`, and the settings' map where no flag names the variable.
    fn add_maps(&mut self, ctx: &Context, open: &Open, args: &Args) -> Result<(), Failure> {
        let mut maps: Vec<(VarName, Address, String)> = Vec::new();
        for text in &args.map {
            let (name, target) = text
                .split_once('=')
                .ok_or_else(|| Failure::usage(format!("--map {} is no VAR=NAME", quoted(text))))?;
            let address = Address::parse(target)
                .map_err(|error| Failure::bad_name("address", target, error))?;
            maps.push((variable(name)?, address, target.to_owned()));
        }
        for (name, address) in &open.project.run.map {
            if !maps.iter().any(|(given, _, _)| given == name) {
                maps.push((name.clone(), address.clone(), name.to_string()));
            }
        }
        for (name, address, text) in maps {
            let (env, path) = open.resolve(ctx, &address, &text)?;
            match open
                .vault
                .find(&env, &path)
                .map_err(|error| open.blame(error))?
            {
                Some(entry) => {
                    let mut taken = Vec::new();
                    self.take(
                        open,
                        args,
                        entry,
                        address.version,
                        "",
                        Some(name),
                        &mut taken,
                    );
                    self.selected.append(&mut taken);
                }
                None => {
                    let failure = custody::missing(open, &env, &path, address.version, None);
                    let hint = failure.hints.last().cloned();
                    self.fail(
                        failure.kind,
                        Some(format!("{env}:{path}")),
                        failure.message,
                        hint,
                    );
                }
            }
        }
        Ok(())
    }
}

/// Opens the values.
fn pairs(open: &Open, selected: &[Selected]) -> Result<Vec<Pair>, Failure> {
    let mut wanted = Vec::new();
    for Selected {
        entry,
        version: number,
        ..
    } in selected
    {
        let version = entry
            .versions
            .iter()
            .find(|version| version.version == *number);
        wanted.extend(version.map(|version| Wanted { entry, version }));
    }
    let values = custody::reveal(open, &wanted)?;
    let pair = |(one, value): (&Selected, _)| Pair {
        address: summary::address(&one.entry),
        value,
        var: one.variable.clone(),
    };
    Ok(selected.iter().zip(values).map(pair).collect())
}

fn refused(refusal: Refusal) -> (Kind, Problem, Option<String>) {
    let code = refusal.code.as_str();
    let address = Some(refusal.address);
    (
        Kind::CannotStart,
        Problem {
            code,
            address,
            message: refusal.message,
        },
        Some(refusal.hint),
    )
}

/// One failure for everything that is wrong.
fn all_problems(problems: Vec<(Kind, Problem, Option<String>)>) -> Failure {
    let kind = problems
        .first()
        .map_or(Kind::CannotStart, |(kind, _, _)| *kind);
    let message = match problems.as_slice() {
        [(_, problem, _)] => problem.message.clone(),
        all => format!("{} secrets keep the command from being started", all.len()),
    };
    let mut failure = Failure::new(kind, message);
    for (_, problem, hint) in problems {
        for hint in hint.into_iter().filter(|hint| !hint.is_empty()) {
            if !failure.hints.contains(&hint) {
                failure.hints.push(hint);
            }
        }
        failure.problems.push(problem);
    }
    failure
}

/// On a terminal, a word about what expires within seven days.
fn notice_expiry(ctx: &Context, open: &Open, selected: &[Selected]) {
    if !ctx.terminal.stderr_is_terminal() {
        return;
    }
    let now = open.vault.now();
    for Selected {
        entry,
        version: number,
        ..
    } in selected
    {
        let version = entry
            .versions
            .iter()
            .find(|version| version.version == *number);
        let expires = version.map_or(0, |version| version.meta.expires);
        if expires > now && expires <= now.saturating_add(EXPIRY_NOTICE_SECONDS) {
            let at = summary::instant(expires).unwrap_or_default();
            ctx.terminal
                .warn(&format!("\"{}\" expires at {at}", summary::address(entry)));
        }
    }
}

//! `run`: runs a command with secrets in its environment.

mod delivery;
mod plan;
mod supervision;
mod watch;

use crate::context::Context;
use crate::custody::{self, Delivered, Open, Selected, Selection, Selector};
use crate::failure::{Exit, Failure, Kind};
use crate::name::VarName;
use crate::process::{
    ACTIVE_VARIABLE, Act, Care, Ended, Environment, KeepEnv, Refusal, Rules, Signals, exec,
    supervise, user_shell,
};
use crate::scratch::Scratch;
use crate::summary;
use crate::vault::Depth;
pub use delivery::DeliveryArgs;
pub use plan::PlanArgs;
use std::ffi::{OsStr, OsString};
pub use supervision::Supervision;
use watch::{Chosen, Watcher};

/// Run a command with secrets in its environment
///
/// The command takes the place of this process: no shell, and its own exit
/// status. It starts with all secrets of the folder or not at all. The first
/// word that is no flag begins the command; what follows is the command's own.
/// With --file, --mount, --mask, --timeout or --watch, and in CI where its output
/// is no terminal, it is a child, which finds terminal, signals and status alike.
/// --watch looks at the vault once a second and opens it by what asks nobody.
#[derive(clap::Args)]
#[command(override_usage = "secrets run [OPTIONS] [--] COMMAND [ARGS]...")]
#[command(after_help = "Examples:
  secrets run -- npm start
  secrets run -e production --only 'DB_*,STRIPE_KEY' -- ./deploy.sh
  secrets run -p /infra -r -- terraform apply
  secrets run --map DATABASE_URL=/db/URL -- psql
  secrets run --env-file app.env --dry-run
  secrets run --file tls/KEY.pem:TLS_KEY -- nginx
  secrets run --mask -- make test 2>&1 | tee test.log
  secrets run --watch=HUP -- ./server
  secrets run --shell 'echo \"$HOST:$PORT\"'")]
pub struct Args {
    #[command(flatten)]
    #[expect(missing_docs, reason = "the flags have theirs")]
    pub selector: Selector,

    #[command(flatten)]
    #[expect(missing_docs, reason = "the flags have theirs")]
    pub plan: PlanArgs,

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

    #[command(flatten)]
    #[expect(missing_docs, reason = "the flags have theirs")]
    pub delivery: DeliveryArgs,

    #[command(flatten)]
    #[expect(missing_docs, reason = "the flags have theirs")]
    pub supervision: Supervision,

    /// The command and its arguments; without one, your shell on a terminal
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    pub command: Vec<OsString>,
}

/// How long before its end `run` speaks of an expiry, in seconds (seven days).
const EXPIRY_NOTICE_SECONDS: u64 = 7 * 86_400;

/// Becomes the command, with the secrets in its environment.
///
/// # Errors
/// Everything that keeps the command from being started, all at once.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    if args.plan.dry_run {
        return plan::dry_run(ctx, args);
    }
    let command = command(ctx, args)?;
    let rules = rules(args)?;
    let mut open = match args.supervision.watch {
        Some(_) => watch::opened(ctx)?,
        None => custody::open(ctx, Depth::Reader)?,
    };
    let mut signals = None;
    loop {
        let ready = prepare(ctx, args, (&command.0, &rules), open, &mut signals)?;
        let Some(held) = &signals else {
            return Err(exec(&command.0, &command.1, ready.environment).into());
        };
        let mut watcher = ready.watcher;
        let mut look = || watcher.as_mut().map_or(Act::Nothing, Watcher::look);
        let look: Option<&mut dyn FnMut() -> Act> = match args.supervision.watch {
            Some(_) => Some(&mut look),
            None => None,
        };
        let (environment, care) = (ready.environment, ready.care);
        let ended = supervise(&command.0, &command.1, environment, held, care, look)?;
        ready.scratch.map(Scratch::remove).transpose()?;
        if ended != Ended::Changed {
            drop(signals);
            return Ok(supervision::exit(ended));
        }
        open = watch::opened(ctx)?;
    }
}

/// A command that can be started.
struct Ready<'a> {
    care: Care,
    environment: Environment,
    scratch: Option<Scratch>,
    watcher: Option<Watcher<'a>>,
}

/// Opens the values, writes the files, and builds the environment.
fn prepare<'a>(
    ctx: &'a Context,
    args: &'a Args,
    (command, rules): (&OsStr, &Rules),
    open: Box<Open>,
    signals: &mut Option<Signals>,
) -> Result<Ready<'a>, Failure> {
    let (mut selection, plain) = plan::select(ctx, args, &open)?;
    let watcher = Watcher::new(ctx, args, &open, chosen(&selection));
    let values = selection.reveal(ctx, &open, Some(command))?;
    let named = selection.selected.iter().zip(&values);
    let named = named.map(|(one, value)| (one.variable.to_string(), value));
    let care = args.supervision.care(ctx, named)?;
    // From here on no signal ends us and leaves a file.
    let supervised = !care.is_none() || args.delivery.has_files() || watcher.is_some();
    if supervised && signals.is_none() {
        *signals = Some(Signals::hold()?);
    }
    let delivery = &args.delivery;
    let Delivered { pairs, scratch } = delivery.deliver(ctx, &mut selection, values, rules)?;
    let pairs = pairs.into_iter().chain(plain).collect();
    if ctx.snapshot.get(ACTIVE_VARIABLE).is_some() && ctx.terminal.stderr_is_terminal() {
        ctx.terminal
            .say("this is a run inside of another, which handed its secrets on");
    }
    let active = (OsStr::new(ACTIVE_VARIABLE), OsStr::new("1"));
    let inherited = ctx.snapshot.pairs().chain([active]);
    let environment = Environment::build(inherited, pairs, rules).map_err(|refusals| {
        for Refusal {
            address,
            message,
            hint,
            ..
        } in refusals
        {
            selection.fail(Kind::CannotStart, Some(address), message, Some(hint));
        }
        Failure::cannot_start("the environment of the command cannot be built")
    });
    selection
        .check("keep the command from being started")
        .map_err(|failure| open.blame(failure))?;
    let environment = environment?;
    notice_expiry(ctx, &open, &selection.selected);
    for name in environment.overridden() {
        ctx.terminal.detail(&format!(
            "{name} of the environment is replaced by the secret"
        ));
    }
    // Keys are wiped before the command runs: `open` and `selection` end here.
    Ok(Ready {
        care,
        environment,
        scratch,
        watcher,
    })
}

/// Which secrets were selected, and which version of each.
fn chosen(selection: &Selection) -> Chosen {
    let selected = selection.selected.iter();
    selected
        .map(|one| (summary::address(&one.entry), one.version))
        .collect()
}

/// The program and its arguments.
fn command(ctx: &Context, args: &Args) -> Result<(OsString, Vec<OsString>), Failure> {
    if let Some(script) = &args.shell {
        return Ok(("/bin/sh".into(), vec!["-c".into(), script.clone()]));
    }
    match args.command.split_first() {
        Some((command, arguments)) => Ok((command.clone(), arguments.to_vec())),
        None if ctx.terminal.stdin_is_terminal() => {
            let shell = user_shell(ctx.snapshot.get("SHELL"));
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
        let version = entry.version(*number);
        let expires = version.map_or(0, |version| version.meta.expires);
        if expires > now && expires <= now.saturating_add(EXPIRY_NOTICE_SECONDS) {
            let at = summary::instant(expires).unwrap_or_default();
            ctx.terminal
                .warn(&format!("\"{}\" expires at {at}", summary::address(entry)));
        }
    }
}

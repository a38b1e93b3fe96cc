//! `run`: runs a command with secrets in its environment.

mod delivery;
mod plan;
mod supervision;

use crate::context::Context;
use crate::custody::{self, Delivered, Open, Selected, Selector};
use crate::failure::{Exit, Failure, Kind};
use crate::name::VarName;
use crate::process::{
    ACTIVE_VARIABLE, Environment, KeepEnv, Refusal, Rules, Signals, exec, supervise, user_shell,
};
use crate::scratch::Scratch;
use crate::summary;
use crate::vault::Depth;
pub use delivery::DeliveryArgs;
pub use plan::PlanArgs;
use std::ffi::{OsStr, OsString};
pub use supervision::Supervision;

/// Run a command with secrets in its environment
///
/// The command takes the place of this process: no shell, and its own exit
/// status. It starts with all secrets of the folder or not at all. The first
/// word that is no flag begins the command; what follows is the command's own.
/// With --file, --mount, --mask or --timeout, and in CI where its output is no
/// terminal, it is a child, which finds terminal, signals and status alike.
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
    let (command, arguments) = command(ctx, args)?;
    let rules = rules(args)?;
    let open = custody::open(ctx, Depth::Reader)?;
    let (mut selection, plain) = plan::select(ctx, args, &open)?;
    let values = selection.reveal(ctx, &open, Some(&command))?;
    let named = selection.selected.iter().zip(&values);
    let named = named.map(|(one, value)| (one.variable.to_string(), value));
    let care = args.supervision.care(ctx, named)?;
    // From here on no signal ends us and leaves a file.
    let supervised = !care.is_none() || args.delivery.has_files();
    let signals = supervised.then(Signals::hold).transpose()?;
    let delivery = &args.delivery;
    let Delivered { pairs, scratch } = delivery.deliver(ctx, &mut selection, values, &rules)?;
    let pairs = pairs.into_iter().chain(plain).collect();
    if ctx.snapshot.get(ACTIVE_VARIABLE).is_some() && ctx.terminal.stderr_is_terminal() {
        ctx.terminal
            .say("this is a run inside of another, which handed its secrets on");
    }
    let active = (OsStr::new(ACTIVE_VARIABLE), OsStr::new("1"));
    let inherited = ctx.snapshot.pairs().chain([active]);
    let environment = Environment::build(inherited, pairs, &rules).map_err(|refusals| {
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
    // Keys are wiped before the command runs.
    drop((selection, open));
    let Some(signals) = signals else {
        return Err(exec(&command, &arguments, environment).into());
    };
    let ended = supervise(&command, &arguments, environment, &signals, care)?;
    scratch.map(Scratch::remove).transpose()?;
    drop(signals);
    Ok(supervision::exit(ended))
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

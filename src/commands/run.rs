//! `run`: runs a command with secrets in its environment.

mod delivery;
mod plan;
mod prepare;
mod supervision;
mod watch;

use crate::context::Context;
use crate::custody::{self, Selector};
use crate::failure::{Exit, Failure};
use crate::name::VarName;
use crate::process::{Act, Ended, KeepEnv, Rules, exec, supervise, user_shell};
use crate::scratch::Scratch;
use crate::vault::Depth;
pub use delivery::DeliveryArgs;
pub use plan::PlanArgs;
use std::ffi::OsString;
pub use supervision::Supervision;
use watch::Watcher;

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
        let ready = prepare::prepare(ctx, args, (&command.0, &rules), open, &mut signals)?;
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

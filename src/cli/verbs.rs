//! The verbs of this version, as a table.
//!
//! To add a verb: its `Args` in `commands`, a variant of [`Verb`], an entry
//! here, its notes in `manual`; then take its words out of `later` and bless
//! `completions/` and `man/`.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

pub(super) use super::group::Group;
use super::scan::Until;
use crate::commands::{
    allow, audit, check, completions, cp, destroy, diff, doctor, edit, env, export, generate, get,
    help, history, import, init, inject, key, list, lock, man, meta, mv, passwd, redact, refs, rm,
    rollback, rotate, run, same, set, status, trust, undelete, undo, unlock, verify, which,
};
use crate::context::Globals;
use crate::custody::Question;

/// A verb with its flags.
#[expect(missing_docs, reason = "each variant is the verb of its name")]
pub enum Verb {
    Allow(allow::Args),
    AuditAcceptLoss(audit::accept_loss::Args),
    AuditExport(audit::export::Args),
    AuditList(audit::list::Args),
    AuditNote(audit::note::Args),
    AuditUsage(audit::usage::Args),
    AuditVerify(audit::verify::Args),
    Check(check::Args),
    /// In place of `Completions`, where the vault has to be asked.
    Complete(Question),
    Completions(completions::Args),
    Cp(cp::Args),
    Destroy(destroy::Args),
    Diff(diff::Args),
    Doctor(doctor::Args),
    Edit(edit::Args),
    EnvCreate(env::create::Args),
    EnvList(env::list::Args),
    EnvRemove(env::remove::Args),
    Export(export::Args),
    Generate(generate::Args),
    Get(get::Args),
    Help(help::Args),
    History(history::Args),
    Import(import::Args),
    Init(init::Args),
    Inject(inject::Args),
    KeyAdd(key::add::Args),
    KeyList(key::list::Args),
    KeyRemove(key::remove::Args),
    List(list::Args),
    Lock(lock::Args),
    Man(man::Args),
    Meta(meta::Args),
    Mv(mv::Args),
    /// A page of the manual; [`super::parse`] gives this in place of `Man`.
    Page(man::Page),
    Passwd(passwd::Args),
    Redact(redact::Args),
    Refs(refs::Args),
    Rm(rm::Args),
    Rollback(rollback::Args),
    Rotate(rotate::Args),
    Run(run::Args),
    Same(same::Args),
    Set(set::Args),
    Status(status::Args),
    /// Text for standard output, exit status 0: help, version, completions.
    /// [`super::parse`] gives this in place of `Completions` and `Help`.
    Text(String),
    Trust(trust::Args),
    Undelete(undelete::Args),
    Undo(undo::Args),
    Unlock(unlock::Args),
    Verify(verify::Args),
    Which(which::Args),
}

/// What the command line knows of a verb.
pub(super) struct Entry {
    /// As typed; two words for `env list`.
    pub(super) name: &'static str,
    /// Other words for it.
    pub(super) aliases: &'static [&'static str],
    pub(super) group: Group,
    /// Adds its flags, operands and help to a clap command.
    pub(super) augment: fn(Command) -> Command,
    /// Takes its flags and operands out of what clap found.
    pub(super) take: fn(&mut ArgMatches) -> Result<Verb, clap::Error>,
}

/// One entry: the verb's name, aliases, group, variant and module.
macro_rules! entry {
    ($name:literal, $aliases:expr, $group:ident, $variant:ident, $($module:ident)::+) => {
        Entry {
            name: $name,
            aliases: &$aliases,
            group: Group::$group,
            augment: <$($module)::+::Args as Args>::augment_args,
            take: |matches| {
                <$($module)::+::Args as FromArgMatches>::from_arg_matches_mut(matches)
                    .map(Verb::$variant)
            },
        }
    };
}

/// Every verb of this version, in the order of `secrets --help`.
pub(super) const VERBS: &[Entry] = &[
    entry!("init", [], Daily, Init, init),
    entry!("set", ["add"], Daily, Set, set),
    entry!("get", [], Daily, Get, get),
    entry!("list", ["ls"], Daily, List, list),
    entry!("run", ["exec"], Daily, Run, run),
    entry!("rm", ["delete", "unset"], Secrets, Rm, rm),
    entry!("undelete", [], Secrets, Undelete, undelete),
    entry!("destroy", [], Secrets, Destroy, destroy),
    entry!("history", [], Secrets, History, history),
    entry!("diff", [], Secrets, Diff, diff),
    entry!("rollback", [], Secrets, Rollback, rollback),
    entry!("mv", [], Secrets, Mv, mv),
    entry!("cp", [], Secrets, Cp, cp),
    entry!("undo", [], Secrets, Undo, undo),
    entry!("meta", ["show"], Secrets, Meta, meta),
    entry!("rotate", [], Secrets, Rotate, rotate),
    entry!("import", [], Exchange, Import, import),
    entry!("export", [], Exchange, Export, export),
    entry!("inject", ["render", "substitute"], Exchange, Inject, inject),
    entry!("edit", [], Exchange, Edit, edit),
    entry!("same", [], Exchange, Same, same),
    entry!("which", [], Exchange, Which, which),
    entry!("refs", [], Exchange, Refs, refs),
    entry!("redact", [], Exchange, Redact, redact),
    entry!("check", [], Exchange, Check, check),
    entry!("key list", [], Access, KeyList, key::list),
    entry!("key add", [], Access, KeyAdd, key::add),
    entry!("key remove", [], Access, KeyRemove, key::remove),
    entry!("passwd", [], Access, Passwd, passwd),
    entry!("unlock", [], Access, Unlock, unlock),
    entry!("lock", [], Access, Lock, lock),
    entry!("status", [], Vault, Status, status),
    entry!("verify", [], Vault, Verify, verify),
    entry!("doctor", ["health"], Vault, Doctor, doctor),
    entry!("allow", [], Vault, Allow, allow),
    entry!("trust", [], Vault, Trust, trust),
    entry!("audit list", [], Vault, AuditList, audit::list),
    entry!("audit verify", [], Vault, AuditVerify, audit::verify),
    entry!("audit export", [], Vault, AuditExport, audit::export),
    entry!("audit usage", [], Vault, AuditUsage, audit::usage),
    entry!("audit note", [], Vault, AuditNote, audit::note),
    entry!(
        "audit accept-loss",
        [],
        Vault,
        AuditAcceptLoss,
        audit::accept_loss
    ),
    entry!("env list", [], Vault, EnvList, env::list),
    entry!("env create", [], Vault, EnvCreate, env::create),
    entry!("env remove", [], Access, EnvRemove, env::remove),
    entry!("generate", [], Tools, Generate, generate),
    entry!(
        "completions",
        ["completion"],
        Tools,
        Completions,
        completions
    ),
    entry!("man", [], Tools, Man, man),
    entry!("help", [], Tools, Help, help),
];

impl Entry {
    /// Its name, or the first word of it.
    pub(super) fn first_word(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }

    /// The group that shows it: a family stays together, where its first verb is.
    pub(super) fn home(&self) -> Group {
        let first = VERBS
            .iter()
            .find(|other| other.first_word() == self.first_word());
        first.map_or(self.group, |first| first.group)
    }

    /// The flat clap command of this verb alone, global flags included.
    pub(super) fn command(&self) -> Command {
        self.complete(global_command())
    }

    /// Adds this verb to the command of the global flags.
    pub(super) fn complete(&self, globals: Command) -> Command {
        (self.augment)(globals.bin_name(format!("secrets {}", self.name)))
    }

    /// How far the arguments of this verb are ours.
    pub(super) fn until(&self) -> Until {
        match self.name {
            "run" => Until::FirstOperand,
            _ => Until::End,
        }
    }

    /// Whether an argument of this verb may be a value that no message repeats.
    pub(super) fn takes_values(&self) -> bool {
        self.name == "set"
    }

    /// Whether no message repeats an argument that this verb does not know: it
    /// may be a value or a passphrase in the wrong place.
    pub(super) fn hides_arguments(&self) -> bool {
        matches!(
            self.name,
            "set" | "rotate" | "import" | "rollback" | "undo" | "destroy"
        ) || self.hides_flag_values()
    }

    /// Whether no message repeats what a flag of this verb does not take.
    pub(super) fn hides_flag_values(&self) -> bool {
        matches!(self.name, "passwd" | "meta" | "key add")
    }

    /// The first line of its help.
    pub(super) fn summary(&self) -> String {
        let command = (self.augment)(Command::new("secrets"));
        command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default()
    }
}

/// The verb of this name or alias.
pub(super) fn named(word: &str) -> Option<&'static Entry> {
    VERBS
        .iter()
        .find(|entry| entry.name == word || entry.aliases.contains(&word))
}

/// The verbs of a group, by their second word.
pub(super) fn members(group: &str) -> impl Iterator<Item = (&'static str, &'static Entry)> {
    VERBS.iter().filter_map(move |entry| {
        let (first, second) = entry.name.split_once(' ')?;
        (first == group).then_some((second, entry))
    })
}

/// The words that a mistyped verb is compared with.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    let single = VERBS.iter().filter(|entry| !entry.name.contains(' '));
    single
        .flat_map(|entry| std::iter::once(entry.name).chain(entry.aliases.iter().copied()))
        .chain(super::family::all().map(|family| family.name))
}

/// A clap command that knows the global flags, and nothing else.
pub(super) fn global_command() -> Command {
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .help("Print the version")
        .hide(true);
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::HelpShort)
        .help("Print this; --help says more and lists every global option")
        .display_order(1000);
    let command = Command::new("secrets")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .disable_help_flag(true)
        .args_override_self(true)
        .term_width(80);
    Globals::augment_args(command.args([version, help])).next_help_heading(None::<&str>)
}

/// The long flags of a command, without their dashes.
pub(super) fn long_flags(command: &Command) -> impl Iterator<Item = &str> {
    command.get_arguments().filter_map(Arg::get_long)
}

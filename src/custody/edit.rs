//! A text that a person changes in an editor, and what was changed of it.

use super::{Change, Open, change_and_keep, scratch};
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::name::{EnvName, SecretPath, VarName};
use crate::process::{
    CaptureError, Edited, Editing, Environment, Pair, Rules, capture_quietly, discretion, find,
    words,
};
use crate::scratch::Scratch;
use crate::secret::SecretValue;
use crate::vault::{NewValue, Written};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

/// Editors that are started when nothing names one.
const USUAL: [&str; 2] = ["vi", "nano"];
/// Editors that keep copies of what they save, and cannot be told not to.
const KEEPERS: [&str; 4] = ["code", "code-insiders", "codium", "cursor"];
/// An editor that is back sooner, with nothing changed, has not waited.
const TOO_SOON: Duration = Duration::from_secs(1);
/// Greatest length of an edited file, in bytes (64 MiB), as of one that is imported.
const MAX_BYTES: u64 = 64 << 20;
/// Greatest length of what `--version` prints, in bytes.
const MAX_VERSION_BYTES: usize = 65_536;

/// A text in an editor. The file and all that lies beside it go with it.
pub struct Draft<'a> {
    ctx: &'a Context,
    argv: Vec<OsString>,
    name: String,
    // In this order: what came in between ends us when the files are gone.
    scratch: Scratch,
    editing: Editing,
}

/// A secret that was edited.
pub struct EditedSecret {
    /// Its environment.
    pub env: EnvName,
    /// Its path.
    pub path: SecretPath,
    /// The version that was edited; 0 if there was none.
    pub version: u64,
    /// What it is to be.
    pub value: SecretValue,
}

/// What became of edited secrets.
pub enum Stored {
    /// They are stored.
    Done(Vec<Written>),
    /// Nothing was stored: these were changed by somebody else meanwhile, and
    /// have these versions now. The vault is open again.
    Moved(Vec<(String, u64)>, Box<Open>),
}

impl<'a> Draft<'a> {
    /// Writes the text to a file of this name that only we can read.
    ///
    /// # Errors
    /// No editor, nobody to edit, no place for the file.
    pub fn new(
        ctx: &'a Context,
        name: String,
        text: &SecretValue,
        allow_disk: bool,
    ) -> Result<Self, Failure> {
        let editing = Editing::begin().map_err(|error| io("hold signals", &error))?;
        let scratch = scratch(ctx, allow_disk)?;
        let environment = environment(ctx, scratch.path())?;
        let mut argv = editor(ctx, &environment)?;
        argv.push(scratch.put(&name, text)?.into_os_string());
        Ok(Draft {
            ctx,
            argv,
            name,
            scratch,
            editing,
        })
    }

    /// Lets the person edit until `judge` takes the text, and gives what it
    /// made of it. `None` if a signal ends us: nothing is to be changed.
    ///
    /// What is refused can be edited again, so that nothing typed is lost.
    ///
    /// # Errors
    /// An editor that failed; what `judge` says, if nobody edits again.
    pub fn edit<T>(
        &self,
        before: &SecretValue,
        judge: impl Fn(SecretValue) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        loop {
            let stdout = match self.ctx.terminal.stdout_is_terminal() {
                true => None,
                false => Some(self.ctx.terminal.stderr_copy()?),
            };
            let environment = environment(self.ctx, self.scratch.path())?;
            let ended = self.editing.run(&self.argv, environment, stdout);
            let took = match ended.map_err(failed)? {
                Edited::Done(took) => took,
                Edited::Ending(_) => {
                    self.ctx.terminal.say("nothing was changed");
                    return Ok(None);
                }
            };
            let after = self.text()?;
            if took < TOO_SOON && after.expose() == before.expose() {
                self.ctx
                    .terminal
                    .hint("the editor was back at once; if it did not wait: EDITOR='NAME --wait'");
            }
            let failure = match judge(after) {
                Ok(made) => return Ok(Some(made)),
                Err(failure) => failure,
            };
            if !self.ctx.terminal.may_prompt() {
                return Err(failure);
            }
            self.ctx.terminal.error(&failure.message, &failure.hints);
            for problem in &failure.problems {
                self.ctx.terminal.say(&problem.message);
            }
            if !self.confirm("Edit it again", false)? {
                return Err(failure);
            }
        }
    }

    /// Asks while the file is there.
    ///
    /// # Errors
    /// The terminal fails, Ctrl-C.
    pub fn confirm(&self, question: &str, default_no: bool) -> Result<bool, Failure> {
        let ask = || self.ctx.terminal.confirm(question, default_no);
        Ok(self.editing.pause(ask)?)
    }

    /// What lies there now: editors put another file in its place.
    fn text(&self) -> Result<SecretValue, Failure> {
        let file = self.scratch.open(&self.name).map_err(|error| {
            Failure::usage(format!("the edited file cannot be used: {error}"))
                .hint("nothing was changed")
        })?;
        Ok(SecretValue::new(file.read_all(MAX_BYTES)?))
    }
}

/// Stores what was edited, all of it or nothing, if no other writer was there.
///
/// # Errors
/// Whatever [`super::change`] says.
pub fn store_edited(
    ctx: &Context,
    open: Box<Open>,
    items: &[EditedSecret],
) -> Result<Stored, Failure> {
    let ((written, moved), closed) = change_and_keep(ctx, open, |vault, random| {
        let mut moved = Vec::new();
        for item in items {
            let entry = vault.find(&item.env, &item.path)?;
            let live = entry.as_ref().and_then(|entry| entry.live());
            let version = live.map_or(0, |live| live.version);
            if version != item.version {
                moved.push((format!("{}:{}", item.env, item.path), version));
            }
        }
        let mut written = Vec::new();
        if moved.is_empty() {
            for item in items {
                let new = NewValue {
                    value: &item.value,
                    kind: None,
                    tags: None,
                    note: None,
                    owner: None,
                    expires: 0,
                    every: None,
                    why: ctx.globals.reason.clone().unwrap_or_default(),
                    verb: "edit",
                    if_version: Some(item.version),
                };
                written.push(vault.set(&item.env, &item.path, &new, random)?);
            }
        }
        let change = Change::written(&written);
        Ok(((written, moved), change))
    })?;
    match moved.is_empty() {
        true => Ok(Stored::Done(written)),
        false => Ok(Stored::Moved(moved, closed.open(ctx)?)),
    }
}

/// Ours without credentials. Temporary files of the editor lie beside the file.
fn environment(ctx: &Context, directory: &Path) -> Result<Environment, Failure> {
    let var =
        VarName::parse("TMPDIR").map_err(|error| Failure::bad_name("variable", "TMPDIR", error))?;
    let value = SecretValue::copy_from(directory.as_os_str().as_encoded_bytes());
    let pair = Pair {
        address: directory.display().to_string(),
        value,
        var,
    };
    let built = Environment::build(ctx.snapshot.pairs(), vec![pair], &Rules::default());
    built.map_err(|_| Failure::io("the environment of the editor cannot be built"))
}

/// The words of the editor, with what keeps it discreet.
fn editor(ctx: &Context, environment: &Environment) -> Result<Vec<OsString>, Failure> {
    if ctx.globals.no_input || ctx.snapshot.ci() {
        return Err(
            Failure::usage("nobody is to be asked, so nothing can be edited")
                .hint("secrets set NAME - < FILE"),
        );
    }
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(|variable| {
        let text = ctx.snapshot.get(variable)?;
        (!text.is_empty()).then_some((variable, text))
    });
    let path = ctx.snapshot.get("PATH");
    let mut argv = match named {
        Some((variable, text)) => {
            words(text)
                .filter(|words| !words.is_empty())
                .ok_or_else(|| {
                    Failure::usage(format!("{variable} is no command: a quote is not closed"))
                })?
        }
        None if !ctx.terminal.may_prompt() => {
            return Err(
                Failure::usage("an editor needs a terminal, and there is none")
                    .hint("set VISUAL or EDITOR to a program that needs none")
                    .hint("secrets set NAME - < FILE"),
            );
        }
        None => {
            let usual = USUAL.iter().map(OsStr::new);
            let mut there = usual.filter(|word| find(word, path).is_some());
            let first = there.next().ok_or_else(|| {
                Failure::usage("there is no editor").hint("set VISUAL or EDITOR to yours")
            })?;
            vec![first.to_owned()]
        }
    };
    let word = argv.first().cloned().unwrap_or_default();
    let program = find(&word, path).ok_or_else(|| {
        failed(CaptureError::NotFound {
            command: word.to_string_lossy().into_owned(),
        })
    })?;
    let name = Path::new(&program).file_name().unwrap_or_default();
    if KEEPERS.iter().any(|keeper| name == *keeper) {
        ctx.terminal.warn(&format!(
            "{} keeps copies of what it saves in a local history of its own",
            name.to_string_lossy()
        ));
    }
    let is_vim = name == "vi" && is_vim(&program, environment);
    let more = discretion(name, is_vim).iter().map(OsString::from);
    let more: Vec<OsString> = more
        .filter(|word| !argv.contains(word) || word != "--wait")
        .collect();
    argv.extend(more);
    Ok(argv)
}

/// Whether the program named `vi` is vim, which alone knows its flags.
fn is_vim(program: &OsStr, environment: &Environment) -> bool {
    let argv = [program.to_owned(), "--version".into()];
    let said = capture_quietly(&argv, environment, MAX_VERSION_BYTES);
    said.is_ok_and(|said| said.expose().starts_with(b"VIM - "))
}

fn failed(error: CaptureError) -> Failure {
    let failure = Failure::new(Kind::Io, format!("{error}; nothing was changed"));
    match error {
        CaptureError::NotFound { .. } => failure
            .hint("VISUAL or EDITOR: an absolute path, or a name in an absolute directory of PATH"),
        _ => failure,
    }
}

fn io(what: &str, error: &std::io::Error) -> Failure {
    Failure::io(format!("cannot {what}: {}", crate::file::cause_text(error)))
}

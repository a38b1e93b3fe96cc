//! `edit`: secrets in an editor.

mod folder;
mod one;

use crate::context::Context;
use crate::custody::{self, Draft, EditedSecret, Folder, Open, Stored};
use crate::failure::{Exit, Failure};
use crate::secret::SecretValue;
use crate::summary;
use crate::vault::{Depth, Written};

/// Edit a secret, or the secrets of a folder, in your editor
///
/// The editor is VISUAL, else EDITOR, else vi or nano. The text lies in
/// memory, in a directory that is removed with all that the editor leaves in
/// it. A folder is edited as NAME=VALUE lines: new names become secrets, and a
/// secret whose line is removed stays. Only what was changed is stored, all of
/// it or nothing. An empty file, or an editor that fails, changes nothing.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets edit TLS_KEY
  secrets edit production:/infra/
  EDITOR='code --wait' secrets edit SERVICE_ACCOUNT")]
pub struct Args {
    /// A secret, or a folder with a / at its end; without one, the folder of -p
    #[arg(value_name = "ADDRESS|FOLDER")]
    pub operand: Option<String>,

    /// Allow the text on a disk where no file system in memory is
    #[arg(long)]
    pub allow_disk: bool,
}

/// What is edited, and how its text is read back.
trait Sheet {
    /// The name of the file.
    fn name(&self) -> String;

    /// What the file holds at first.
    fn text(&self) -> &SecretValue;

    /// The secrets that another text changes; refused if it is none.
    fn changed(
        &self,
        ctx: &Context,
        open: &Open,
        text: SecretValue,
    ) -> Result<Vec<EditedSecret>, Failure>;
}

/// Has a text edited, and stores what was changed.
///
/// # Errors
/// No editor, an editor that failed, a text that is refused, another writer.
pub fn run(ctx: &Context, args: &Args) -> Result<Exit, Failure> {
    custody::may_show_values(ctx)?;
    let operand = args.operand.as_deref();
    let place = operand.map(Folder::parse).transpose()?;
    let open = custody::open(ctx, Depth::Reader)?;
    let sheet: Box<dyn Sheet> = match (operand, place.flatten()) {
        (Some(address), None) => Box::new(one::One::read(ctx, &open, address)?),
        (_, place) => Box::new(folder::Lines::read(ctx, &open, place.as_ref())?),
    };
    let draft = Draft::new(ctx, sheet.name(), sheet.text(), args.allow_disk)?;
    let judge = |text| sheet.changed(ctx, &open, text);
    let Some(items) = draft.edit(sheet.text(), judge)? else {
        return Ok(Exit::DONE);
    };
    if items.is_empty() {
        ctx.terminal.say("nothing was changed");
    }
    let written = match items.is_empty() {
        true => Vec::new(),
        false => store(ctx, open, &draft, items)?,
    };
    drop(draft);
    summary::written(ctx, false, false, &written)?;
    Ok(Exit::DONE)
}

/// Stores; what somebody else changed meanwhile is replaced only after a yes.
fn store(
    ctx: &Context,
    mut open: Box<Open>,
    draft: &Draft<'_>,
    mut items: Vec<EditedSecret>,
) -> Result<Vec<Written>, Failure> {
    loop {
        let moved = match custody::store_edited(ctx, open, &items)? {
            Stored::Done(written) => return Ok(written),
            Stored::Moved(moved, again) => {
                open = again;
                moved
            }
        };
        let all: Vec<String> = moved
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        let all = all.join(", ");
        let conflict = || {
            Failure::conflict(format!(
                "{all} was changed by another writer in the meantime; nothing was stored"
            ))
        };
        if !ctx.terminal.may_prompt() {
            return Err(open.blame(conflict()));
        }
        ctx.terminal.warn(&format!(
            "{all} was changed by another writer in the meantime"
        ));
        let question = "Store your text all the same, as a version above the other";
        if !draft.confirm(question, true)? {
            return Err(open.blame(conflict()));
        }
        for item in &mut items {
            let address = format!("{}:{}", item.env, item.path);
            if let Some((_, version)) = moved.iter().find(|(name, _)| *name == address) {
                item.version = *version;
            }
        }
    }
}

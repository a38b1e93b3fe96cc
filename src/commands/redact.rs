//! `redact`: a filter that masks secrets in a stream.

use crate::context::Context;
use crate::custody;
use crate::failure::{Exit, Failure};
use crate::masking::Masker;
use crate::terminal;
use crate::vault::Depth;

/// Mask secrets in what comes on standard input
///
/// Every value that is kept, older versions too, becomes *** on its way to
/// standard output, and so do its lines, its base64, URL and JSON forms. All
/// else passes byte for byte. Without -e it knows the values of every
/// environment that you may read; -e and -p narrow that. Values under four
/// bytes, true, false, none and null are left as they are, and named. Nothing
/// passes unless the vault opens.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  secrets redact < build.log > public.log
  secrets redact -e production < app.log | less")]
pub struct Args {}

/// Passes standard input on, masked.
///
/// # Errors
/// Whatever opening the vault says, an input or output that fails.
pub fn run(ctx: &Context, _: &Args) -> Result<Exit, Failure> {
    if ctx.globals.json {
        return Err(Failure::usage("redact passes on what it reads, never JSON"));
    }
    custody::check_input(ctx)?;
    let open = custody::open(ctx, Depth::Reader)?;
    let patterns = custody::everything(ctx, &open)?;
    // Keys are wiped before what may take hours.
    drop(open);
    if ctx.terminal.stdin_is_terminal() {
        ctx.terminal.say("masking what you type; Ctrl-D ends it");
    }
    let (mut masker, mut out) = (Masker::new(&patterns), Vec::new());
    terminal::each_chunk(&mut |chunk| {
        masker.push(chunk, &mut out);
        ctx.terminal.data(&out)?;
        out.clear();
        Ok(!ctx.terminal.reader_has_gone())
    })?;
    masker.flush(&mut out);
    ctx.terminal.data(&out)?;
    Ok(Exit::DONE)
}

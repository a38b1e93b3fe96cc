//! The clipboard, by the programs that the desktop has for it.
//!
//! What is copied is forgotten again: a process of ours stays for a while and
//! clears the clipboard if it still holds the value. It knows a hash of it, and
//! no more.

use crate::context::Context;
use crate::crypto::{equal, sha256};
use crate::failure::Failure;
use crate::process::{
    CaptureError, Environment, Rules, capture_quietly, feed_quietly, find, leave_behind,
    leave_session,
};
use crate::secret::SecretValue;
use crate::terminal::{MAX_VALUE_BYTES, read_stdin};
use std::ffi::{OsStr, OsString};
use std::time::Duration;

/// How long a value stays in the clipboard.
pub const COPIED_FOR: Duration = Duration::from_secs(30);

/// The programs of one kind of desktop, as words.
struct Tools {
    /// The variable that such a desktop sets; none where the system tells.
    variable: Option<&'static str>,
    /// Takes the clipboard's new content on its standard input.
    copy: &'static [&'static str],
    /// The same for what a history of the clipboard should not keep, where the
    /// program's help names that flag.
    sensitive: Option<&'static str>,
    /// Prints the content.
    paste: &'static [&'static str],
    /// Empties the clipboard; reads nothing.
    clear: &'static [&'static str],
}

const TOOLS: [Tools; 3] = [
    Tools {
        variable: Some("WAYLAND_DISPLAY"),
        copy: &["wl-copy", "--type", "text/plain;charset=utf-8"],
        sensitive: Some("--sensitive"),
        paste: &["wl-paste", "--no-newline"],
        clear: &["wl-copy", "--clear"],
    },
    Tools {
        variable: Some("DISPLAY"),
        copy: &["xclip", "-selection", "clipboard", "-i"],
        sensitive: None,
        paste: &["xclip", "-selection", "clipboard", "-o"],
        clear: &["xclip", "-selection", "clipboard", "-i"],
    },
    Tools {
        variable: Some("DISPLAY"),
        copy: &["xsel", "--clipboard", "--input"],
        sensitive: None,
        paste: &["xsel", "--clipboard", "--output"],
        clear: &["xsel", "--clipboard", "--clear"],
    },
];

const MACOS: Tools = Tools {
    variable: None,
    copy: &["pbcopy"],
    sensitive: None,
    paste: &["pbpaste"],
    clear: &["pbcopy"],
};

/// A clipboard that is there.
struct Clipboard {
    tools: &'static Tools,
    environment: Environment,
}

impl Clipboard {
    fn of(ctx: &Context) -> Result<Self, Failure> {
        let environment = Environment::build(ctx.snapshot.pairs(), Vec::new(), &Rules::default());
        let environment = environment
            .map_err(|_| Failure::io("the environment of the clipboard cannot be built"))?;
        let is_here = |tools: &&Tools| {
            let desktop = match tools.variable {
                Some(variable) => ctx.snapshot.get(variable).is_some(),
                None => cfg!(target_os = "macos"),
            };
            let word = tools.copy.first().map_or(OsStr::new(""), OsStr::new);
            desktop && find(word, ctx.snapshot.get("PATH")).is_some()
        };
        match TOOLS.iter().chain([&MACOS]).find(is_here) {
            Some(tools) => Ok(Clipboard { tools, environment }),
            None => Err(Failure::usage("there is no clipboard here")
                .hint("on Wayland it is reached by wl-copy, on X11 by xclip or xsel")
                .hint("to write a file of your own: -o FILE")),
        }
    }

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    fn put(&self, words: &[&str], value: &SecretValue) -> Result<(), CaptureError> {
        feed_quietly(&Self::words(words), &self.environment, value)
    }

    fn copy(&self, value: &SecretValue) -> Result<(), CaptureError> {
        let mut words = self.tools.copy.to_vec();
        if let (Some(flag), Some(program)) = (self.tools.sensitive, words.first()) {
            let help = Self::words(&[program, "--help"]);
            let help = capture_quietly(&help, &self.environment, MAX_VALUE_BYTES);
            let text = help.map(|help| String::from_utf8_lossy(help.expose()).contains(flag));
            words.extend(text.unwrap_or(false).then_some(flag));
        }
        self.put(&words, value)
    }

    fn holds(&self, hash: &[u8]) -> bool {
        let words = Self::words(self.tools.paste);
        let content = capture_quietly(&words, &self.environment, MAX_VALUE_BYTES);
        content.is_ok_and(|content| equal(&sha256(content.expose()), hash))
    }
}

/// Puts a value into the clipboard, and leaves behind what clears it after
/// [`COPIED_FOR`].
///
/// # Errors
/// No clipboard; a value that is no text; a program of the clipboard that fails.
pub fn copy(ctx: &Context, value: &SecretValue) -> Result<(), Failure> {
    let clipboard = Clipboard::of(ctx)?;
    let bytes = value.expose();
    if std::str::from_utf8(bytes).is_err() || bytes.contains(&0) {
        return Err(
            Failure::usage("the value is no text, and a clipboard would change it")
                .hint("to write a file of your own: -o FILE"),
        );
    }
    let failed = |error: CaptureError| Failure::io(format!("nothing was copied: {error}"));
    clipboard.copy(value).map_err(failed)?;
    let seconds = COPIED_FOR.as_secs().to_string();
    let words = ["get", "--clear-copied", &seconds];
    let hash = SecretValue::copy_from(&sha256(bytes));
    let left = leave_behind(&words, &clipboard.environment, &hash);
    left.map_err(|error| {
        // Without it the value would stay for good.
        let _ = clipboard.put(clipboard.tools.clear, &SecretValue::default());
        Failure::io(format!("nothing was copied: {error}"))
    })
}

/// What stays behind: reads the hash of a value on standard input, waits, and
/// clears the clipboard if it still holds that value.
///
/// # Errors
/// No clipboard, or no hash.
pub fn clear_later(ctx: &Context, after: Duration) -> Result<(), Failure> {
    leave_session();
    let clipboard = Clipboard::of(ctx)?;
    let hash = read_stdin(MAX_VALUE_BYTES)?;
    std::thread::sleep(after);
    if clipboard.holds(hash.expose()) {
        let cleared = clipboard.put(clipboard.tools.clear, &SecretValue::default());
        cleared.map_err(|error| Failure::io(error.to_string()))?;
    }
    Ok(())
}

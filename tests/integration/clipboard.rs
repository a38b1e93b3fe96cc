//! `get --copy`, with programs that keep the clipboard in a file.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use secrets::crypto::sha256;

use crate::command::Run;
use crate::harness::{SYSTEM_PATH, Sandbox};

struct Desktop {
    sandbox: Sandbox,
    tools: PathBuf,
    content: PathBuf,
}

/// An X11 desktop whose xclip keeps what it is given, and stays as the real
/// one does, with its streams open.
fn desktop() -> Desktop {
    let sandbox = Sandbox::with_vault();
    let tools = sandbox.path("tools");
    let content = sandbox.path("tools/clipboard");
    sandbox.write("tools/clipboard", "before");
    sandbox.allow(&content);
    let tool = |name: &str, text: String| {
        let path = sandbox.write(&format!("tools/{name}"), text);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let file = content.display();
    tool(
        "xclip",
        format!(
            "#!/bin/sh\nfor last; do :; done\nif [ \"$last\" = -o ]; then cat '{file}'; exit; fi\n\
             echo \"$*\" >>'{file}.args'\n[ -z \"$SECRETS_KEY_FILE\" ] || exit 9\ncat >'{file}.new'; mv '{file}.new' '{file}'\nsleep 60 &\n"
        ),
    );
    Desktop {
        tools,
        content,
        sandbox,
    }
}

impl Desktop {
    fn run(&self, args: &[&str]) -> Run<'_> {
        let path = format!("{}:{SYSTEM_PATH}", self.tools.display());
        let run = self.sandbox.secrets(args).env("PATH", path);
        run.env("DISPLAY", ":7")
    }

    fn reads(&self, wanted: &str, within: Duration) {
        let begun = Instant::now();
        while fs::read_to_string(&self.content).unwrap_or_default() != wanted {
            assert!(begun.elapsed() < within, "not {wanted:?}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn a_value_is_copied_and_forgotten_again() {
    let desktop = desktop();
    desktop.sandbox.set("A", "value $(of) a");
    let run = desktop.run(&["get", "A", "--copy"]).run().ok();
    run.stdout_is("")
        .stderr_is("copied A; the clipboard is cleared in 30 seconds, if it is still there\n");
    desktop.reads("value $(of) a", Duration::ZERO + Duration::from_secs(1));
    desktop.reads("", Duration::from_secs(90));
    let args = fs::read_to_string(desktop.sandbox.path("tools/clipboard.args")).unwrap();
    assert_eq!(args, "-selection clipboard -i\n".repeat(2));
    let log = desktop
        .sandbox
        .secrets(["audit", "--action", "read"])
        .run()
        .ok();
    assert_eq!(log.stdout_text().lines().count(), 1);
}

#[test]
fn what_was_copied_since_is_left_alone() {
    let desktop = desktop();
    let hash = |text: &str| sha256(text.as_bytes()).to_vec();
    let clear = |text: &str| {
        let run = desktop
            .run(&["get", "--clear-copied", "0"])
            .stdin(hash(text));
        run.run().ok();
    };
    clear("another value");
    desktop.reads("before", Duration::from_secs(1));
    clear("before");
    desktop.reads("", Duration::from_secs(1));
}

#[test]
fn what_cannot_be_copied_is_refused_and_nothing_changes() {
    let desktop = desktop();
    desktop.sandbox.set("A", "value-of-a");
    desktop.sandbox.set("RAW", [0xff, 0xfe]);
    desktop
        .run(&["get", "RAW", "--copy"])
        .run()
        .fails(2, &["no text"]);
    desktop
        .run(&["get", "A", "RAW", "--copy"])
        .run()
        .fails(2, &["one secret"]);
    desktop
        .run(&["get", "A", "--copy", "--json"])
        .run()
        .status(2)
        .stderr_has(&["--copy takes one secret"]);
    desktop
        .run(&["get", "A", "--copy", "-o", "x"])
        .run()
        .fails(2, &["--copy"]);
    let agent = desktop
        .run(&["get", "A", "--copy"])
        .env("SECRETS_AGENTS", "run-only");
    agent
        .env("CLAUDECODE", "1")
        .run()
        .fails(5, &["values are not shown"]);
    desktop.reads("before", Duration::from_secs(1));
    let run = desktop.sandbox.secrets(["get", "A", "--copy"]).run();
    run.fails(2, &["there is no clipboard here", "wl-copy", "xclip"]);
    fs::write(desktop.tools.join("xclip"), "#!/bin/sh\nexit 4\n").unwrap();
    desktop
        .run(&["get", "A", "--copy"])
        .run()
        .fails(1, &["nothing was copied", "status 4"]);
}

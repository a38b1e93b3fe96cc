//! The manual: clean for both programs that show it, and shown where somebody reads.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::command::{Run, find};
use crate::harness::{SYSTEM_PATH, Sandbox};
use crate::pty;

/// What `man` shows is named by this on the screen.
const VIEWER: &str = if cfg!(target_os = "macos") {
    "mandoc"
} else {
    "man"
};

/// Every page in `man/`.
fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let mut pages: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    pages.sort();
    pages
}

/// Each page through `line`, which must not say anything.
fn nothing_is_said(line: &str) {
    let sandbox = Sandbox::new();
    let pages = pages();
    assert!(pages.len() > 40, "{}", pages.len());
    let script = format!("for page; do {{ {line}; }} 2>&1 >/dev/null | sed \"s|^|$page: |\"; done");
    let mut run = Run::new(&sandbox, Path::new("/bin/sh")).args(["-c", &script, "sh"]);
    for page in pages {
        run = run.arg(page);
    }
    run.run().ok().stdout_is("").stderr_is("");
}

#[test]
fn man_has_nothing_to_say_about_a_page() {
    if find("man").is_none() {
        skip!("man_has_nothing_to_say_about_a_page", "there is no man");
    }
    nothing_is_said("man --warnings -E UTF-8 -l \"$page\"");
}

#[test]
fn mandoc_has_nothing_to_say_about_a_page() {
    if find("mandoc").is_none() {
        skip!(
            "mandoc_has_nothing_to_say_about_a_page",
            "there is no mandoc"
        );
    }
    // It prints its findings on standard output.
    nothing_is_said("mandoc -T lint -W warning \"$page\" >&2");
}

#[test]
fn in_a_pipe_a_page_is_its_source() {
    let sandbox = Sandbox::new();
    for page in pages() {
        let name = page.file_stem().unwrap().to_str().unwrap();
        let man = sandbox.secrets(["man", name]).run().ok();
        man.stdout_is(fs::read(&page).unwrap()).stderr_is("");
    }
    let overview = pages().into_iter().find(|page| page.ends_with("secrets.1"));
    let man = sandbox.secrets(["man"]).run().ok();
    man.stdout_is(fs::read(overview.unwrap()).unwrap());
}

#[test]
fn the_manual_needs_no_home_and_no_right_settings() {
    let sandbox = Sandbox::new();
    sandbox.write("home/.config/secrets/config.toml", "nonsense = [");
    let broken = sandbox.secrets(["status"]).run();
    broken.fails(2, &["config.toml"]);
    sandbox.secrets(["man", "run"]).run().ok();
    let homeless = sandbox.secrets(["man", "run"]).without("HOME");
    homeless.env("SECRETS_STATE_DIR", "relative").run().ok();
}

#[test]
fn an_unknown_page_is_a_usage_error_with_the_near_miss() {
    let sandbox = Sandbox::new();
    let man = sandbox.secrets(["man", "rotat"]).run();
    man.fails(
        2,
        &["no page \"rotat\"", "similar page: secrets man rotate"],
    );
}

/// `secrets man …` on a terminal, with a viewer of ours in front of the path, or no viewer at all.
fn on_a_terminal(viewer: Option<&str>, words: &str) -> Option<String> {
    if !pty::available() {
        crate::skip::note("the manual on a terminal", "there is no setsid");
        return None;
    }
    let sandbox = Sandbox::new();
    let mut path = sandbox.path("bin").to_str().unwrap().to_owned();
    if let Some(script) = viewer {
        let file = sandbox.write(&format!("bin/{VIEWER}"), format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
        path.push_str(&format!(":{SYSTEM_PATH}"));
    }
    let program = env!("CARGO_BIN_EXE_secrets");
    let line = format!("PATH={path} exec {program} man {words}");
    let run = sandbox.shell(&line).env("SECRETS_KEY", "not-for-viewers");
    let ended = run.on_terminal().wait();
    Some(ended.status(0).screen)
}

#[test]
fn on_a_terminal_the_program_man_shows_it() {
    let script = "echo \"key:$SECRETS_KEY.\"; printf 'got: '; grep TH";
    if let Some(screen) = on_a_terminal(Some(script), "set") {
        assert!(screen.contains("got: .TH SECRETS\\-SET 1"), "{screen}");
        assert!(
            screen.contains("key:.") && !screen.contains("Usage:"),
            "{screen}"
        );
    }
}

#[test]
fn the_real_man_renders_it() {
    if find(VIEWER).is_none() {
        skip!("the_real_man_renders_it", "there is no man");
    }
    let script = format!("PATH={SYSTEM_PATH} MANPAGER=cat PAGER=cat exec {VIEWER} \"$@\"");
    if let Some(screen) = on_a_terminal(Some(&script), "secrets-vault") {
        assert!(screen.contains("SECRETS-VAULT(5)"), "{screen}");
        assert!(!screen.contains(".SH"), "{screen}");
    }
}

#[test]
fn without_man_the_help_stands_in_for_it() {
    for viewer in [None, Some("exit 3")] {
        let Some(screen) = on_a_terminal(viewer, "env create") else {
            return;
        };
        assert!(screen.contains("Usage: secrets env create"), "{screen}");
        assert!(!screen.contains(".SH"), "{screen}");
    }
    let screen = on_a_terminal(None, "").unwrap();
    assert!(
        screen.contains("Usage: secrets [OPTIONS] COMMAND"),
        "{screen}"
    );
    let screen = on_a_terminal(None, "secrets-audit").unwrap();
    assert!(screen.contains(".TH SECRETS\\-AUDIT 5"), "{screen}");
    assert!(
        screen.contains("this is the source of the page"),
        "{screen}"
    );
}

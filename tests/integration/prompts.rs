//! Passphrases: asked for on the terminal, never echoed, and refused without a trace.

use crate::harness::Sandbox;
use crate::pty;

const PASSPHRASE: &str = "correct horse battery";
const WRONG: &str = "wrong horse battery staple";

fn with_passphrase() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.init_with_passphrase(PASSPHRASE);
    sandbox.canary(WRONG);
    sandbox
}

#[test]
fn a_wrong_passphrase_is_recorded_and_leaves_everything_else_as_it_was() {
    let sandbox = with_passphrase();
    let set = sandbox
        .secrets(["set", "A"])
        .env("SECRETS_PASSPHRASE", PASSPHRASE);
    set.stdin("value-of-a")
        .run()
        .ok()
        .stderr_is("development:/A v1\n");
    // Every file of project, home and state but the log: its path, mode and bytes.
    let everything = || {
        let line = "find . \\( -path ./harness -o -name 'audit.*' -o -name lock \\) -prune \
                    -o -type f -exec stat -c '%n %a' {} + -exec sha256sum {} +";
        let all = sandbox.shell(line).cwd(sandbox.path("")).run().ok();
        let mut lines: Vec<String> = String::from_utf8(all.stdout().to_vec())
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    let before = everything();
    assert!(before.len() >= 6, "{before:?}");
    let recorded = || {
        let list = sandbox.secrets(["audit", "--failed"]).run().ok();
        String::from_utf8(list.stdout().to_vec()).unwrap()
    };
    let mut failures = 0;
    for args in [
        &["get", "A"] as &[&str],
        &["set", "A", "--generate"],
        &["list"],
        &["verify"],
        &["env", "create", "qa"],
    ] {
        let wrong = sandbox.secrets(args).env("SECRETS_PASSPHRASE", WRONG).run();
        wrong.fails(4, &["wrong passphrase, or its slot was altered"]);
        assert_eq!(everything(), before);
        failures += 1;
        let lines = recorded();
        assert_eq!(lines.matches("\tunlock\t").count(), failures, "{lines}");
        assert!(
            lines.lines().last().unwrap().contains("\tlocked\t"),
            "{lines}"
        );
    }
    let run = sandbox
        .secrets(["run", "--", "touch", "ran"])
        .env("SECRETS_PASSPHRASE", WRONG);
    run.run()
        .fails(125, &["wrong passphrase, or its slot was altered"]);
    assert_eq!(everything(), before);
}

#[test]
fn without_a_terminal_it_says_what_would_do() {
    let sandbox = with_passphrase();
    let none = sandbox
        .secrets(["get", "A"])
        .stdin("not a place to ask at")
        .run();
    none.fails(
        4,
        &[
            "a passphrase is needed but there is no terminal",
            "SECRETS_PASSPHRASE_FILE",
        ],
    );
    let ci = sandbox.secrets(["get", "A", "--no-input"]).run();
    ci.fails(4, &["SECRETS_PASSPHRASE_FILE"]);
}

#[test]
fn a_variable_that_is_set_but_empty_is_named() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    for name in [
        "SECRETS_TOKEN",
        "SECRETS_TOKEN_FILE",
        "SECRETS_KEY",
        "SECRETS_KEY_FILE",
        "SECRETS_PASSPHRASE",
        "SECRETS_PASSPHRASE_FILE",
    ] {
        let get = sandbox
            .secrets(["get", "A"])
            .without("SECRETS_KEY_FILE")
            .env(name, "");
        get.run().fails(4, &[name, "set but empty"]);
        // A verb that needs no credential does not care.
        sandbox
            .secrets(["generate", "hex:4"])
            .env(name, "")
            .run()
            .ok()
            .stdout_like("[HEX]\n");
    }
}

#[test]
fn a_prompt_uses_the_terminal_while_the_value_comes_from_a_pipe() {
    if !pty::available() {
        skip!(
            "a_prompt_uses_the_terminal_while_the_value_comes_from_a_pipe",
            "setsid is missing"
        );
    }
    let sandbox = with_passphrase();
    sandbox.canary("value-from-the-pipe");
    let mut terminal = sandbox
        .secrets(["set", "A"])
        .stdin("value-from-the-pipe")
        .on_terminal();
    terminal
        .prompted("assphrase")
        .send_hidden(format!("{PASSPHRASE}\r"));
    terminal
        .wait()
        .status(0)
        .echo_restored()
        .screen_lacks(PASSPHRASE)
        .screen_has("A v1");
    let get = sandbox
        .secrets(["get", "A"])
        .env("SECRETS_PASSPHRASE", PASSPHRASE)
        .run();
    get.ok().stdout_is("value-from-the-pipe");
}

#[test]
fn a_person_has_three_tries() {
    if !pty::available() {
        skip!("a_person_has_three_tries", "setsid is missing");
    }
    let sandbox = with_passphrase();
    let mut terminal = sandbox.secrets(["list"]).on_terminal();
    for _ in 0..2 {
        terminal
            .prompted("assphrase")
            .send_hidden(format!("{WRONG}\r"))
            .expect("wrong passphrase");
    }
    terminal
        .prompted("assphrase")
        .send_hidden(format!("{PASSPHRASE}\r"));
    terminal
        .wait()
        .status(0)
        .echo_restored()
        .screen_lacks(WRONG);

    let mut terminal = sandbox.secrets(["list"]).on_terminal();
    for _ in 0..3 {
        terminal
            .prompted("assphrase")
            .send_hidden(format!("{WRONG}\r"))
            .expect("wrong passphrase");
    }
    terminal
        .wait()
        .status(4)
        .echo_restored()
        .screen_lacks(WRONG);
}

#[test]
fn a_new_vault_asks_twice_and_a_mismatch_makes_none() {
    if !pty::available() {
        skip!(
            "a_new_vault_asks_twice_and_a_mismatch_makes_none",
            "setsid is missing"
        );
    }
    let sandbox = Sandbox::new();
    sandbox.canary(PASSPHRASE);
    sandbox.canary(WRONG);
    let mut terminal = sandbox.secrets(["init"]).on_terminal();
    terminal
        .prompted("assphrase")
        .send_hidden(format!("{PASSPHRASE}\r"));
    terminal
        .prompted("assphrase")
        .send_hidden(format!("{WRONG}\r\x03"));
    let ended = terminal.wait().echo_restored().screen_lacks(PASSPHRASE);
    assert_ne!(ended.status, crate::output::Status::Code(0));
    assert!(!sandbox.vault().exists());

    let mut terminal = sandbox.secrets(["init"]).on_terminal();
    for _ in 0..2 {
        terminal
            .prompted("assphrase")
            .send_hidden(format!("{PASSPHRASE}\r"));
    }
    terminal.expect("recovery key").expect("[y/N] ").send("n\r");
    terminal
        .wait()
        .status(0)
        .echo_restored()
        .screen_lacks(PASSPHRASE);
    let list = sandbox
        .secrets(["list"])
        .env("SECRETS_PASSPHRASE", PASSPHRASE)
        .run();
    list.ok()
        .stdout_is("")
        .stderr_any("it may say that there is nothing yet");
}

#[test]
fn a_value_is_asked_for_twice_and_never_shown() {
    if !pty::available() {
        skip!(
            "a_value_is_asked_for_twice_and_never_shown",
            "setsid is missing"
        );
    }
    let sandbox = Sandbox::with_vault();
    sandbox.canary("typed-by-a-person");
    let mut terminal = sandbox.secrets(["set", "A"]).on_terminal();
    terminal.prompted("A").send_hidden("typed-by-a-person\r");
    terminal.expect(": ").send_hidden("typed-by-a-person\r");
    terminal
        .wait()
        .status(0)
        .echo_restored()
        .screen_lacks("typed-by-a-person");
    assert_eq!(sandbox.get("A"), b"typed-by-a-person");
    // On a terminal the value ends with a line end, so that the next prompt starts a line.
    let terminal = sandbox.secrets(["get", "A"]).on_terminal();
    terminal.wait().status(0).screen_has("typed-by-a-person\n");
}

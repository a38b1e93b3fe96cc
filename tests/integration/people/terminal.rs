//! The same on a terminal, where people choose their passphrases.

use super::{FIRST, SECOND, with_passphrase};
use crate::harness::Sandbox;
use crate::pty;

/// What stands on the screen behind its last prompt.
fn one_line_of(screen: &str, len: usize) -> String {
    let mut lines = screen
        .lines()
        .map(str::trim)
        .filter(|line| line.len() == len);
    lines.next_back().unwrap().to_owned()
}

#[test]
fn a_passphrase_that_was_handed_out_ends_with_its_first_use_on_a_terminal() {
    let name = "a_passphrase_that_was_handed_out_ends_with_its_first_use_on_a_terminal";
    if !pty::available() {
        skip!(name, "setsid is missing");
    }
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    sandbox.canary(SECOND);
    let add = ["key", "add", "--label", "rui", "--passphrase"];
    let add = sandbox.secrets(add).run().ok();
    let words = add.stdout_text().trim_end().to_owned();
    drop(add.stderr_any("said elsewhere"));
    sandbox.canary(&words);
    let list = sandbox.secrets(["key", "list"]).run().ok();
    list.stdout_is("owner\tkey\tadmin\t-\nrui\tpassphrase (handed out)\tmember\t-\n");
    let by = |args: &[&str], words: &str| {
        let run = sandbox.secrets(args).without("SECRETS_KEY_FILE");
        run.env("SECRETS_PASSPHRASE", words).run()
    };
    // Where nobody can be asked it opens nothing.
    by(&["get", "A"], &words).fails(4, &["was handed out", "secrets passwd"]);
    let before = sandbox.vault_bytes();
    let mut terminal = sandbox
        .secrets(["get", "A"])
        .without("SECRETS_KEY_FILE")
        .on_terminal();
    terminal
        .prompted("Passphrase")
        .send_hidden(format!("{words}\r"));
    // The same again is refused.
    for _ in 0..2 {
        terminal
            .prompted("assphrase")
            .send_hidden(format!("{words}\r"));
    }
    let ended = terminal.wait().status(2).echo_restored();
    drop(
        ended
            .screen_has("the new passphrase is the one that was handed out")
            .screen_lacks(&words),
    );
    assert_eq!(sandbox.vault_bytes(), before);
    let mut terminal = sandbox
        .secrets(["get", "A"])
        .without("SECRETS_KEY_FILE")
        .on_terminal();
    terminal
        .prompted("Passphrase")
        .send_hidden(format!("{words}\r"));
    for _ in 0..2 {
        terminal
            .prompted("assphrase")
            .send_hidden(format!("{SECOND}\r"));
    }
    let ended = terminal.wait().status(0).echo_restored();
    let ended = ended.screen_has("changed the passphrase of slot \"rui\"");
    drop(ended.screen_has("value-of-a").screen_lacks(SECOND));
    by(&["get", "A"], SECOND).ok().stdout_is("value-of-a");
    by(&["get", "A"], &words).fails(4, &["wrong passphrase"]);
    let list = sandbox.secrets(["key", "list"]).run().ok();
    list.stdout_is("owner\tkey\tadmin\t-\nrui\tpassphrase\tmember\t-\n");
}

#[test]
fn a_passphrase_that_was_handed_out_can_be_changed_without_a_terminal() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let add = ["key", "add", "--label", "rui", "--passphrase"];
    let add = sandbox.secrets(add).run().ok();
    let words = add.stdout_text();
    drop(add.stderr_any("said elsewhere"));
    sandbox.canary(words.trim_end());
    let old = sandbox.write("home/old.txt", &words);
    let new = sandbox.write("home/new.txt", SECOND);
    sandbox.allow(&old);
    sandbox.allow(&new);
    let passwd = sandbox.secrets(["passwd", "--passphrase-file"]).arg(&old);
    let passwd = passwd.without("SECRETS_KEY_FILE");
    let passwd = passwd.arg("--new-passphrase-file").arg(&new).run();
    drop(
        passwd
            .ok()
            .stderr_has(&["changed the passphrase of slot \"rui\""]),
    );
    let get = sandbox.secrets(["get", "A", "--passphrase-file"]).arg(&new);
    get.without("SECRETS_KEY_FILE")
        .run()
        .ok()
        .stdout_is("value-of-a");
}

#[test]
fn passwd_asks_for_the_old_one_and_twice_for_the_new() {
    if !pty::available() {
        skip!(
            "passwd_asks_for_the_old_one_and_twice_for_the_new",
            "setsid is missing"
        );
    }
    let sandbox = with_passphrase();
    let mut terminal = sandbox.secrets(["passwd"]).on_terminal();
    terminal
        .prompted("Passphrase")
        .send_hidden(format!("{FIRST}\r"));
    for _ in 0..2 {
        terminal
            .prompted("assphrase")
            .send_hidden(format!("{SECOND}\r"));
    }
    let ended = terminal.wait().status(0).echo_restored();
    let ended = ended.screen_has("changed the passphrase of slot \"owner\"");
    drop(ended.screen_lacks(FIRST).screen_lacks(SECOND));
    let get = sandbox
        .secrets(["get", "A"])
        .env("SECRETS_PASSPHRASE", SECOND);
    get.run().ok().stdout_is("value-of-a");
}

#[test]
fn init_offers_a_recovery_key_that_opens_the_vault() {
    if !pty::available() {
        skip!(
            "init_offers_a_recovery_key_that_opens_the_vault",
            "setsid is missing"
        );
    }
    for answer in ["y", ""] {
        let sandbox = Sandbox::new();
        sandbox.canary(FIRST);
        let mut terminal = sandbox.secrets(["init"]).on_terminal();
        for _ in 0..2 {
            terminal
                .prompted("assphrase")
                .send_hidden(format!("{FIRST}\r"));
        }
        terminal
            .expect("Make a recovery key now")
            .send(format!("{answer}\r"));
        let ended = terminal.wait().status(0).echo_restored();
        if answer.is_empty() {
            drop(ended.screen_has("secrets key add --recovery"));
            let list = sandbox.secrets(["key", "list"]).run().ok();
            list.stdout_is("owner\tpassphrase\tadmin\t-\n");
            continue;
        }
        let text = one_line_of(&ended.screen, 44);
        let key = sandbox.write("home/recovery.key", &text);
        sandbox.allow(&key);
        let list = sandbox.secrets(["key", "list"]).run().ok();
        list.stdout_is("owner\tpassphrase\tadmin\t-\nrecovery\tkey\tadmin\t-\n");
        let verify = sandbox.secrets(["verify"]).env("SECRETS_KEY_FILE", &key);
        drop(verify.run().ok().stderr_has(&["0 secrets opened"]));
    }
}

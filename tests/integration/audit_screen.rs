//! The log as a person sees it on a terminal of 80 columns.

use crate::harness::Sandbox;
use crate::pty;

/// What one command shows on a terminal.
fn screen(sandbox: &Sandbox, args: &[&str]) -> String {
    sandbox.secrets(args).on_terminal().wait().status(0).screen
}

#[test]
fn a_list_of_one_machine_fits_into_80_columns_and_says_which_machine() {
    let name = "a_list_of_one_machine_fits_into_80_columns_and_says_which_machine";
    if !pty::available() {
        skip!(name, "setsid is missing");
    }
    let sandbox = Sandbox::with_vault();
    sandbox.set("production:/STRIPE_KEY", "value-of-STRIPE_KEY");
    sandbox.set("/infra/PORT", "value-of-PORT");
    sandbox.get("production:/STRIPE_KEY");
    sandbox.secrets(["run", "-r", "--", "true"]).run().ok();
    let shown = screen(&sandbox, &["audit"]);
    for line in shown.lines().filter(|line| !line.contains("events")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let header = shown.lines().next().unwrap();
    let columns: Vec<&str> = header.split_whitespace().collect();
    assert_eq!(
        columns,
        ["TIME", "ACTOR", "ACTION", "VERB", "WHAT", "RESULT"]
    );
    let device = std::fs::read_to_string(sandbox.path("state/secrets/device")).unwrap();
    let alias = device.lines().nth(1).unwrap();
    let totals = shown.lines().last().unwrap();
    assert!(totals.ends_with(&format!(", all from {alias}")), "{totals}");
    // A reason brings its column, and who else is there brings where from.
    let get = sandbox.secrets(["--reason", "a look", "get", "/infra/PORT"]);
    get.env("SSH_CONNECTION", "192.0.2.7 1 192.0.2.1 22")
        .run()
        .ok();
    let shown = screen(&sandbox, &["audit", "list"]);
    let header = shown.lines().next().unwrap();
    assert!(
        header.contains("FROM") && header.ends_with("REASON"),
        "{header}"
    );
    assert!(!shown.contains("all from"), "{shown}");
}

#[test]
fn a_log_that_is_not_there_or_holds_nothing_of_it_says_so() {
    let name = "a_log_that_is_not_there_or_holds_nothing_of_it_says_so";
    if !pty::available() {
        skip!(name, "setsid is missing");
    }
    let sandbox = Sandbox::with_vault();
    let nothing = screen(&sandbox, &["audit", "NO_SUCH_NAME"]);
    assert_eq!(nothing, "no event\n");
    let nothing = screen(&sandbox, &["audit", "usage"]);
    assert_eq!(nothing, "no read of this is recorded on this machine\n");
    let elsewhere = sandbox.path("home/elsewhere");
    sandbox.set_default("SECRETS_STATE_DIR", elsewhere.to_str().unwrap());
    let nothing = screen(&sandbox, &["audit"]);
    let said =
        "there is no log of this vault on this machine; the first read or change begins it\n";
    let other = "the log of another device is not here: chain ";
    let expected = format!("{said}no event\n{other}");
    assert!(nothing.starts_with(&expected), "{nothing}");
    assert!(nothing.ends_with(", 1 entry\n"), "{nothing}");
}

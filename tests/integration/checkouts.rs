//! Everyday work with git disturbs no memory and is not disturbed by it.

use std::fs;
use std::path::Path;

use crate::acquaintance::identity;
use crate::harness::Sandbox;
use crate::pins::{pin, record};
use crate::pty;

/// A repository with the vault of the project committed, or a notice that git is missing.
fn repository(name: &str) -> Option<Sandbox> {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-main");
    let git = sandbox.shell("git --version").run();
    if git.stderr_any("a question").ended() != crate::output::Status::Code(0) {
        crate::skip::note(name, "git is not installed");
        return None;
    }
    git_in(
        &sandbox,
        &sandbox.project(),
        "git init -q -b main && git config user.email a@example.org && git config user.name A && \
         git add -A && git commit -qm first",
    );
    Some(sandbox)
}

/// Runs lines of git that say nothing worth reading.
fn git_in(sandbox: &Sandbox, dir: &Path, line: &str) {
    let run = sandbox.shell(line).cwd(dir).run();
    run.ok().stderr_any("git's own words");
}

/// The value of `A` as it is read in a directory, without a word on standard error.
fn quietly(sandbox: &Sandbox, dir: &Path, value: &str) {
    let get = sandbox.secrets(["get", "A"]).cwd(dir).run();
    get.ok().stdout_is(value).stderr_is("");
    let list = sandbox.secrets(["list", "--names"]).cwd(dir).run();
    list.ok().stderr_is("");
}

#[test]
fn the_first_use_on_a_machine_is_said_once_and_remembered() {
    let name = "the_first_use_on_a_machine_is_said_once_and_remembered";
    if !pty::available() {
        skip!(name, "setsid is missing");
    }
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let (_, fingerprint) = identity(&sandbox);
    let first = format!("first use of this vault on this machine: signed by admin {fingerprint}");
    let on = |machine: &str| {
        let get = sandbox.secrets(["get", "A"]);
        get.env("SECRETS_STATE_DIR", sandbox.path(machine))
    };
    let ended = on("tmp/one").on_terminal().wait().status(0);
    ended.screen_has(&first);
    let again = on("tmp/one").on_terminal().wait().status(0);
    again.screen_lacks("first use").screen_lacks(&fingerprint);
    let told = on("tmp/two").arg("-v").run().ok();
    told.stderr_has(&[&first]);
    let again = on("tmp/two").arg("-v").run().ok().stderr_any("read here");
    assert!(!again.stderr_text().contains("first use"));
    // A script is not talked to; it remembers all the same.
    on("tmp/three").run().ok().stderr_is("");
    let again = on("tmp/three").arg("-v").run().ok().stderr_any("read here");
    assert!(!again.stderr_text().contains("first use"));
    // Nor is the machine that made it.
    let own = sandbox.secrets(["get", "A", "-v"]).run().ok();
    assert!(
        !own.stderr_any("read here")
            .stderr_text()
            .contains("first use")
    );
}

#[test]
fn two_work_trees_of_one_branch_do_not_disturb_each_other() {
    let name = "two_work_trees_of_one_branch_do_not_disturb_each_other";
    let Some(sandbox) = repository(name) else {
        return;
    };
    let (here, there) = (sandbox.project(), sandbox.path("home/there"));
    git_in(
        &sandbox,
        &here,
        "git worktree add -q ../home/there -b feature",
    );
    for round in 0..2 {
        quietly(&sandbox, &here, "value-of-main");
        quietly(&sandbox, &there, "value-of-main");
        assert_eq!(
            pin(&sandbox)["scopes"].as_array().unwrap().len(),
            3,
            "{round}"
        );
    }
    let lines = fs::read_to_string(sandbox.path("state/secrets/known")).unwrap();
    assert_eq!(lines.lines().count(), 2);
}

#[test]
fn a_clone_and_a_deleted_and_cloned_again_directory_say_nothing() {
    let name = "a_clone_and_a_deleted_and_cloned_again_directory_say_nothing";
    let Some(sandbox) = repository(name) else {
        return;
    };
    let clone = sandbox.path("home/clone");
    let before = fs::read(record(&sandbox, "pin")).unwrap();
    for _ in 0..2 {
        git_in(&sandbox, &sandbox.project(), "git clone -q . ../home/clone");
        quietly(&sandbox, &clone, "value-of-main");
        fs::remove_dir_all(&clone).unwrap();
    }
    assert_eq!(fs::read(record(&sandbox, "pin")).unwrap(), before);
}

#[test]
fn git_clean_takes_no_memory_away() {
    let Some(sandbox) = repository("git_clean_takes_no_memory_away") else {
        return;
    };
    let before = fs::read(record(&sandbox, "pin")).unwrap();
    git_in(&sandbox, &sandbox.project(), "git clean -qfdx");
    quietly(&sandbox, &sandbox.project(), "value-of-main");
    assert_eq!(fs::read(record(&sandbox, "pin")).unwrap(), before);
}

#[test]
fn an_older_branch_is_one_warning_and_the_way_back_is_silent() {
    let name = "an_older_branch_is_one_warning_and_the_way_back_is_silent";
    let Some(sandbox) = repository(name) else {
        return;
    };
    let here = sandbox.project();
    let older = "secrets: warning: development is older than what this machine has seen (epoch 1 seal 2, seen 3)\n";
    let warned = || {
        let get = sandbox.secrets(["get", "A"]).run().ok();
        get.stdout_is("value-of-main").stderr_is(older);
    };
    git_in(&sandbox, &here, "git checkout -qb feature");
    quietly(&sandbox, &here, "value-of-main");
    sandbox.set("A", "value-of-feature");
    quietly(&sandbox, &here, "value-of-feature");
    git_in(&sandbox, &here, "git stash -q");
    warned();
    git_in(&sandbox, &here, "git stash pop -q");
    quietly(&sandbox, &here, "value-of-feature");
    git_in(
        &sandbox,
        &here,
        "git commit -qam second && git checkout -q main",
    );
    warned();
    warned();
    git_in(&sandbox, &here, "git checkout -q feature");
    quietly(&sandbox, &here, "value-of-feature");
    git_in(
        &sandbox,
        &here,
        "git checkout -q main && git merge -q feature",
    );
    quietly(&sandbox, &here, "value-of-feature");
}

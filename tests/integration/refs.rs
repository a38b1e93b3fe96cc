//! `refs`: which tracked files use a secret, asked of git and of nobody else.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::harness::Sandbox;
use crate::output::Status;

/// A project in git with a few files that use secrets, or a notice that git is missing.
fn project(name: &str) -> Option<Sandbox> {
    let sandbox = Sandbox::new();
    let git = sandbox.shell("git --version").run();
    if git.stderr_any("a question").ended() != Status::Code(0) {
        crate::skip::note(name, "git is not installed");
        return None;
    }
    sandbox.write("project/app/main.py", "import os\nos.environ['API_KEY']\n");
    sandbox.write(
        "project/deploy.yaml",
        "x: MY_API_KEY\ny: secret://production/api-key\n",
    );
    sandbox.write("project/picture", b"\x00API_KEY\n");
    sandbox.write("project/untracked", "API_KEY\n");
    sandbox.write("elsewhere/passwd", "API_KEY\n");
    symlink(
        sandbox.path("elsewhere/passwd"),
        sandbox.path("project/link"),
    )
    .unwrap();
    let made = sandbox
        .shell("git init -q -b main && git add app deploy.yaml picture link")
        .run();
    made.ok().stderr_any("git's own words");
    Some(sandbox)
}

#[test]
fn the_tracked_files_that_use_a_secret_are_listed_without_a_vault() {
    let name = "the_tracked_files_that_use_a_secret_are_listed_without_a_vault";
    let Some(sandbox) = project(name) else { return };
    let refs = |args: &[&str]| sandbox.secrets([&["refs"], args].concat());
    refs(&["api-key"])
        .run()
        .ok()
        .stdout_is("app/main.py:2\ndeploy.yaml:2\n");
    // From below, files are called as they are from there.
    let below = refs(&["production:/api-key"]).cwd(sandbox.path("project/app"));
    below.run().ok().stdout_is("main.py:2\n../deploy.yaml:2\n");
    refs(&["API_KEY", "--json"]).run().ok().stdout_is(
        "{\"schema_version\":1,\"address\":\"/API_KEY\",\"refs\":[{\"file\":\"app/main.py\",\"line\":2}]}\n",
    );
    let none = refs(&["OTHER"]).run().ok().stdout_is("");
    none.stderr_is("no tracked file uses /OTHER\n");
    refs(&["OTHER", "--json"])
        .run()
        .ok()
        .stdout_is("{\"schema_version\":1,\"address\":\"/OTHER\",\"refs\":[]}\n");
    refs(&["API_KEY@2"])
        .run()
        .fails(2, &["files use secrets, not their versions"]);
}

#[test]
fn without_git_or_a_work_tree_nothing_is_said_to_be_unused() {
    let name = "without_git_or_a_work_tree_nothing_is_said_to_be_unused";
    let Some(sandbox) = project(name) else { return };
    let refs = || sandbox.secrets(["refs", "API_KEY"]);
    refs()
        .after("export PATH=/nowhere")
        .run()
        .fails(2, &["there is no git in PATH"]);
    let outside = refs().cwd(sandbox.path("home"));
    outside
        .run()
        .fails(2, &["lies in no git work tree, so no file is tracked"]);
    // A list that git does not give is no empty one.
    fs::write(sandbox.path("project/.git/index"), "broken").unwrap();
    refs()
        .run()
        .fails(1, &["git does not list", "to see why: git -C"]);
}

#[test]
fn a_hostile_repository_starts_no_program_and_leads_nowhere() {
    let name = "a_hostile_repository_starts_no_program_and_leads_nowhere";
    let Some(sandbox) = project(name) else { return };
    let trap = sandbox.write("tmp/trap", "#!/bin/sh\ntouch \"$HOME/sprung\"\n");
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o700)).unwrap();
    let shown = trap.display();
    let config = format!(
        "\n[core]\nfsmonitor = {shown}\npager = {shown}\nsshCommand = {shown}\nhooksPath = {}\n",
        sandbox.path("project/hooks").display()
    );
    let path = sandbox.path("project/.git/config");
    fs::write(&path, fs::read_to_string(&path).unwrap() + &config).unwrap();
    for hook in ["post-index-change", "fsmonitor-watchman"] {
        fs::create_dir_all(sandbox.path("project/hooks")).unwrap();
        fs::copy(&trap, sandbox.path("project/hooks").join(hook)).unwrap();
    }
    // A program of the project in the place of git, by a relative entry of PATH.
    fs::copy(&trap, sandbox.path("project/git")).unwrap();
    // A folder of the index that became a link since.
    fs::rename(sandbox.path("project/app"), sandbox.path("elsewhere/app")).unwrap();
    symlink(sandbox.path("elsewhere/app"), sandbox.path("project/app")).unwrap();
    let path = format!(".:{}", crate::harness::SYSTEM_PATH);
    let refs = sandbox.secrets(["refs", "api-key"]).env("PATH", path);
    let refs = refs.env("GIT_DIR", sandbox.path("elsewhere"));
    let refs = refs.env("GIT_PAGER", &trap).env("GIT_TRACE", "1");
    refs.run().ok().stdout_is("deploy.yaml:2\n").stderr_is("");
    assert!(!sandbox.path("home/sprung").exists());
}

#[test]
fn what_is_not_looked_into_is_said_and_the_vault_is_passed_over() {
    let name = "what_is_not_looked_into_is_said_and_the_vault_is_passed_over";
    let Some(sandbox) = project(name) else { return };
    sandbox.write("project/.vault/vault.json", "API_KEY\n");
    sandbox.write(
        "project/.vault/config.toml",
        "[rotation.API_KEY]\nevery = \"90d\"\n",
    );
    sandbox.write("project/great", vec![b'x'; (8 << 20) + 1]);
    sandbox.write("project/a\u{1b}[31m", "API_KEY\n");
    sandbox.vault_is_damaged();
    sandbox
        .shell("git add -A && rm deploy.yaml")
        .run()
        .ok()
        .stderr_any("git's own words");
    let refs = sandbox.secrets(["refs", "API_KEY"]).run().ok();
    refs.stdout_is(".vault/config.toml:1\na\\x1b[31m:1\napp/main.py:2\nuntracked:1\n")
        .stderr_is("secrets: warning: not looked into: \"great\" is longer than 8388608 bytes\n");
}

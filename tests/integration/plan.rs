//! `run --dry-run`, `--at` and `--env-file`: what a command would get, and from when.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::command::Run;
use crate::harness::Sandbox;
use crate::output::Output;
use crate::pty;

fn plan(sandbox: &Sandbox, args: &[&str], status: i32) -> Value {
    let run = sandbox
        .secrets(["--json", "run", "--dry-run"])
        .args(args)
        .run();
    serde_json::from_str(&run.status(status).stdout_text()).unwrap()
}

fn entries(sandbox: &Sandbox) -> usize {
    let log = sandbox
        .secrets(["audit", "--json"])
        .run()
        .ok()
        .stdout_text();
    let log: Value = serde_json::from_str(&log).unwrap();
    log["events"].as_array().unwrap().len()
}

#[test]
fn a_dry_run_tells_everything_but_values_and_records_nothing() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("DB_URL", "postgres://db.example/main");
    sandbox.set("app/DB_URL", "postgres://db.example/app");
    sandbox.set("api-key", "value of the key");
    let before = entries(&sandbox);
    let run = sandbox.secrets(["run", "-p", "/", "-p", "app", "-n", "--", "touch", "ran"]);
    let text = run.env("API_KEY", "inherited").run().ok();
    let text = text
        .stderr_is("SECRETS_KEY_FILE is taken out of the environment\n")
        .stdout_text();
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(lines[0][..3], ["API_KEY", "development:/api-key", "v1"]);
    assert_eq!(lines[0][4..], ["env", "overrides the inherited one"]);
    assert_eq!(lines[1][..3], ["DB_URL", "development:/app/DB_URL", "v1"]);
    assert_eq!(lines[1][4..], ["env", "shadows development:/DB_URL"]);
    let mut object = plan(&sandbox, &["-p", "/", "-p", "app", "touch", "ran"], 0);
    assert!(object["variables"][0]["updated"].take().is_string());
    assert!(object["variables"][1]["updated"].take().is_string());
    let variable = |name: &str, address: &str, shadows: &[&str]| {
        json!({"variable": name, "address": address, "version": 1, "updated": null,
            "delivery": "env", "overrides": false, "shadows": shadows})
    };
    assert_eq!(
        object,
        json!({"schema_version": 1, "ok": true, "environment": "development",
            "paths": ["/", "/app"], "command": "touch", "mode": "exec",
            "variables": [
                variable("API_KEY", "development:/api-key", &[]),
                variable("DB_URL", "development:/app/DB_URL", &["development:/DB_URL"]),
            ],
            "removed": ["SECRETS_KEY_FILE"], "problems": []})
    );
    assert!(!sandbox.path("project/ran").exists());
    assert_eq!(entries(&sandbox), before);
}

#[test]
fn a_dry_run_names_every_problem_and_ends_as_the_run_would() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("PATH", "/evil/path/here");
    sandbox.set("app/key-a", "value of one here");
    sandbox.set("app/KEY_A", "value of two here");
    sandbox.set("LONG", vec![b'x'; 140_000]);
    let object = plan(&sandbox, &["-r", "x"], 125);
    assert_eq!(object["ok"], false);
    let problems = object["problems"].as_array().unwrap();
    let addresses: Vec<_> = problems
        .iter()
        .map(|one| one["address"].as_str().unwrap())
        .collect();
    assert!(addresses.contains(&"development:/PATH"), "{object}");
    assert!(addresses.contains(&"development:/LONG"), "{object}");
    assert!(
        problems.iter().all(|one| one["code"] == "cannot_start"),
        "{object}"
    );
    assert_eq!(problems.len(), 3, "{object}");
    let run = sandbox.secrets(["run", "-n", "--only", "PATH", "x"]).run();
    let run = run
        .status(125)
        .stderr_has(&["secrets: error: ", "--allow-env PATH"]);
    assert!(
        run.stdout_text()
            .starts_with("PATH\tdevelopment:/PATH\tv1\t")
    );
    // What cannot even be planned is a failure like another.
    sandbox
        .secrets(["run", "-n", "-p", "none", "x"])
        .run()
        .fails(125, &["is selected"]);
}

#[test]
fn a_command_gets_the_versions_of_a_time() {
    let sandbox = Sandbox::with_vault();
    let now = || {
        let output = std::process::Command::new("date")
            .args(["-u", "+%Y-%m-%dT%H:%M:%SZ"])
            .output();
        String::from_utf8(output.unwrap().stdout)
            .unwrap()
            .trim()
            .to_owned()
    };
    let pause = || thread::sleep(Duration::from_millis(1100));
    let start = now();
    pause();
    sandbox.set("A", "first of a here");
    sandbox.set("GONE", "value of gone");
    let first = now();
    pause();
    sandbox.set("A", "second of a here");
    sandbox.set("NEW", "value of new here");
    sandbox.secrets(["rm", "GONE", "-q"]).run().ok();
    let printed = |at: &str| {
        let run = sandbox.secrets(["run", "--at", at, "--except", "GONE", "--"]);
        run.args(["sh", "-c", "echo $A,$NEW"])
            .run()
            .ok()
            .stdout_text()
    };
    assert_eq!(printed(&first), "first of a here,\n");
    pause();
    assert_eq!(printed(&now()), "second of a here,value of new here\n");
    sandbox
        .secrets(["run", "--at", &first, "x"])
        .run()
        .fails(125, &["GONE"]);
    sandbox
        .secrets(["run", "--at", &start, "x"])
        .run()
        .fails(125, &["is selected"]);
    let map = ["run", "--at", &*start, "--map", "X=A", "--", "x"];
    sandbox
        .secrets(map)
        .run()
        .fails(125, &["there was no \"development:/A\" at that time"]);
    sandbox
        .secrets(["destroy", "A", "--versions", "1", "--yes", "-q"])
        .run()
        .ok();
    sandbox
        .secrets(["run", "--at", &first, "--only", "A", "x"])
        .run()
        .fails(
            125,
            &["the version of \"development:/A\" of that time is not kept"],
        );
    for wrong in ["tomorrow", "9999-01-01", ""] {
        sandbox
            .secrets(["run", "--at", wrong, "x"])
            .run()
            .fails(125, &["--at"]);
    }
}

#[test]
fn a_file_of_variables_delivers_what_it_lists_and_more_only_on_request() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("DB_URL", "postgres://db.example/main");
    sandbox.set("OTHER", "value of other");
    sandbox.set("production:/app/KEY", "value of production");
    sandbox.write(
        "project/app.env",
        "# a comment\nURL=secret://development/DB_URL\nexport KEY='secret://production/app/KEY@1'\n\
         LEVEL=info\nEMPTY=\nODD=\"a $(id) b\"\n",
    );
    let script = "echo \"$URL|$KEY|$LEVEL|$EMPTY|$ODD|$OTHER\"";
    let printed = |more: &[&str]| {
        let run = sandbox.secrets(["run", "--env-file", "app.env"]).args(more);
        run.args(["--", "sh", "-c", script])
            .run()
            .ok()
            .stdout_text()
    };
    let listed = "postgres://db.example/main|value of production|info||a $(id) b|";
    assert_eq!(printed(&[]), format!("{listed}\n"));
    assert_eq!(
        printed(&["--only", "OTHER"]),
        format!("{listed}value of other\n")
    );
    assert_eq!(printed(&["-p", "/"]), format!("{listed}value of other\n"));
    assert_eq!(
        printed(&["--map", "OTHER=OTHER"]),
        format!("{listed}value of other\n")
    );
    let object = plan(&sandbox, &["--env-file", "app.env", "x"], 0);
    assert_eq!(object["variables"].as_array().unwrap().len(), 5);
    assert_eq!(object["variables"][4]["version"], Value::Null);
    for (text, expected) in [
        ("A=secret://development/NOPE\n", "no secret named \"NOPE\""),
        ("A=secret://nowhere/A\n", "nowhere"),
        ("A=secret://\n", "address"),
        ("A B\n", "no NAME=VALUE"),
        ("LD_PRELOAD=/evil.so\n", "LD_PRELOAD"),
        ("SECRETS_KEY=x\n", "SECRETS_KEY"),
        ("1A=x\n", "variable"),
        ("", "is selected"),
    ] {
        sandbox.write("project/bad.env", text);
        let run = sandbox
            .secrets(["run", "--env-file", "bad.env", "touch", "ran"])
            .run();
        run.fails(125, &[expected]);
    }
    for file in ["missing.env", ".", "/dev/zero"] {
        let run = sandbox
            .secrets(["run", "--env-file", file, "touch", "ran"])
            .run();
        run.fails(125, &["secrets: error: "]);
    }
    assert!(!sandbox.path("project/ran").exists());
}

fn marked(run: Run<'_>) -> Output<'_> {
    run.args(["sh", "-c", "echo $SECRETS_ACTIVE"]).run()
}

#[test]
fn a_run_inside_of_a_run_is_told_on_a_terminal() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value of a here");
    marked(sandbox.secrets(["run"])).ok().stdout_is("1\n");
    // Elsewhere than on a terminal it is silent, and nothing depends on it.
    let run = sandbox.secrets(["run"]).env("SECRETS_ACTIVE", "forged");
    marked(run).ok().stdout_is("forged\n").stderr_is("");
    if !pty::available() {
        skip!("a run inside of a run", "no setsid");
    }
    let run = sandbox.secrets(["run", "true"]).env("SECRETS_ACTIVE", "1");
    run.on_terminal()
        .wait()
        .status(0)
        .screen_has("a run inside of another");
}

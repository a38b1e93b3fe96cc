//! A coding agent that may only hand secrets to programs.

use crate::harness::Sandbox;

fn vault() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a-secret");
    sandbox
}

#[test]
fn run_only_shows_no_value_to_an_agent_by_any_verb() {
    let sandbox = vault();
    let out = sandbox.project().join("out");
    for args in [
        &["get", "A"][..],
        &["get", "--json", "A"],
        &["get", "A", "-o", "out"],
        &["get", "A", "--default", "x"],
        &["export"],
        &["export", "--format", "shell"],
        &["export", "-o", "out"],
        &["export", "--reveal"],
        &["diff", "--reveal", "development:", "production:"],
    ] {
        let run = |variable: &str, value: &str| {
            sandbox
                .secrets(args)
                .env("SECRETS_AGENTS", value)
                .env(variable, "1")
                .run()
        };
        let expected = &[
            "values are not shown to a coding agent (claude-code)",
            "hint: secrets run -- COMMAND",
        ];
        // A shell that evaluates the output has to fail too.
        let stdout = match args.contains(&"shell") {
            true => "false\n",
            false => "",
        };
        let denied = run("CLAUDECODE", "run-only").status(5).stdout_is(stdout);
        match args.contains(&"--json") {
            true => drop(denied.stderr_has(&["\"code\":\"denied\""])),
            false => drop(denied.stderr_has(expected)),
        }
        assert!(!out.exists());
        run("EDITOR", "run-only").ok().stderr_any("no agent");
        run("CLAUDECODE", "full").ok().stderr_any("all is allowed");
        let _ = std::fs::remove_file(&out);
    }
}

#[test]
fn the_users_setting_says_it_too_and_a_typo_is_no_permission() {
    let sandbox = vault();
    let settings = sandbox.path("home/.config/secrets");
    std::fs::create_dir_all(&settings).unwrap();
    let path = settings.join("config.toml");
    std::fs::write(&path, "agents = \"run-only\"\n").unwrap();
    let get = || sandbox.secrets(["get", "A"]).env("AI_AGENT", "robot");
    get().run().fails(5, &["a coding agent (robot)"]);
    get().env("SECRETS_AGENTS", "full").run().ok();
    get()
        .env("SECRETS_AGENTS", "ful")
        .run()
        .fails(2, &["SECRETS_AGENTS"]);
}

#[test]
fn an_agent_runs_programs_and_sees_names() {
    let sandbox = vault();
    for args in [
        &["run", "--", "sh", "-c", "test \"$A\" = value-of-a-secret"][..],
        &["list"],
        &["meta", "A"],
        &["diff", "development:", "production:"],
        &["status"],
    ] {
        let run = sandbox.secrets(args).env("GEMINI_CLI", "1");
        let done = run.env("SECRETS_AGENTS", "run-only").run().ok();
        done.stderr_any("what is said is the business of others");
    }
    let log = sandbox
        .secrets(["audit", "--json"])
        .run()
        .ok()
        .stdout_text();
    assert!(log.contains("gemini-cli"), "{log}");
    let which = sandbox.secrets(["which", "-"]).env("GEMINI_CLI", "1");
    let which = which
        .env("SECRETS_AGENTS", "run-only")
        .stdin("value-of-a-secret");
    which
        .run()
        .ok()
        .stdout_is("development:/A\tv1\tcurrent\twhole\n");
}

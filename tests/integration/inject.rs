//! `inject`: templates.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;

use crate::harness::Sandbox;

fn inject<'a>(sandbox: &'a Sandbox, template: &[u8], args: &[&str]) -> crate::output::Output<'a> {
    sandbox.secrets(["inject"]).args(args).stdin(template).run()
}

#[test]
fn a_template_is_filled_and_all_else_stays() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value ${secret:B} $(touch x)\r\n");
    sandbox.set("app/B", [0xff, 0, b'b']);
    sandbox.set("production:/A", "live");
    let run = inject(
        &sandbox,
        b"\xfe\0${secret:A}|${secret:app/B}|${secret:production:/A@1}|${secret:NONE:d:e}|$${x}|$y\r\n",
        &[],
    );
    let wanted = b"\xfe\0value ${secret:B} $(touch x)\r\n|\xff\0b|live|d:e|${x}|$y\r\n";
    run.ok().stdout_is(wanted);
    inject(&sandbox, b"${secret:B}", &["-p", "app"])
        .ok()
        .stdout_is([0xff, 0, b'b']);
    inject(&sandbox, b"${secret:A}", &["-e", "production"])
        .ok()
        .stdout_is("live");
    inject(
        &sandbox,
        b"${secret:prod:/A}${secret:secret://production/A:x}",
        &[],
    )
    .ok()
    .stdout_is("livelive");
    inject(&sandbox, b"", &[]).ok().stdout_is("");
    let run = sandbox.secrets(["render", "-i", "-"]).stdin("x").run();
    run.ok().stdout_is("x");
}

#[test]
fn everything_that_is_missing_is_told_at_once_and_nothing_is_written() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    sandbox.write(
        "project/t",
        "${secret:A}\n${secret:GONE}\n\n${secret:OTHER@3} ${secret:GONE:x}\n",
    );
    let run = sandbox.secrets(["inject", "-i", "t", "-o", "out"]).run();
    run.fails(3, &["2 problems", "line 2: ", "GONE", "line 4: ", "OTHER"])
        .stdout_is("");
    assert!(!sandbox.project().join("out").exists());
    let log = sandbox
        .secrets(["audit", "--json", "--action", "read"])
        .run()
        .ok();
    let log: Value = serde_json::from_str(&log.stdout_text()).unwrap();
    assert_eq!(log["events"].as_array().unwrap().len(), 0, "{log}");
    let run = sandbox
        .secrets(["--json", "inject", "-i", "t"])
        .run()
        .status(3);
    let error: Value = serde_json::from_slice(run.stderr()).unwrap();
    assert_eq!(error["error"]["problems"].as_array().unwrap().len(), 2);
    run.stderr_any("read above").stdout_is("");
    inject(
        &sandbox,
        b"a\n${secret:production:A}\n${secret:x y}\n${secret:A",
        &[],
    )
    .fails(
        2,
        &[
            "line 2: ",
            "production:/NAME",
            "line 3: ",
            "line 4: ",
            "no } on its line",
        ],
    );
}

#[test]
fn what_is_opened_is_recorded_once_and_before() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    sandbox.set("B", "value-of-b");
    inject(&sandbox, b"${secret:A}${secret:A}${secret:B}", &[]).ok();
    let log = sandbox
        .secrets(["audit", "--json", "--action", "read"])
        .run()
        .ok();
    let log: Value = serde_json::from_str(&log.stdout_text()).unwrap();
    let events = log["events"].as_array().unwrap();
    assert!(
        events.iter().all(|event| event["verb"] == "inject"),
        "{log}"
    );
    assert_eq!(events.len(), 2, "{log}");
}

#[test]
fn an_expired_secret_is_refused_and_its_default_does_not_hide_it() {
    let sandbox = Sandbox::with_vault();
    let set = ["set", "--expires", "1s", "LATE", "-"];
    let run = sandbox.secrets(set).stdin("value-that-expires").run().ok();
    run.stderr_any("what was stored");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    inject(&sandbox, b"${secret:LATE:default}", &[]).fails(7, &["line 1: ", "expired"]);
    let run = inject(&sandbox, b"${secret:LATE}", &["--allow-expired"]);
    run.ok().stdout_is("value-that-expires");
}

#[test]
fn only_keeps_a_template_from_reaching_further() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("APP_A", "value-of-a");
    sandbox.set("ROOT", "value-of-root");
    inject(&sandbox, b"${secret:APP_A}", &["--only", "APP_*"])
        .ok()
        .stdout_is("value-of-a");
    inject(&sandbox, b"${secret:ROOT:x}", &["--only", "APP_*"]).fails(5, &["outside of --only"]);
}

#[test]
fn references_are_listed_without_values() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let template = b"${secret:A}\n\n${secret:GONE} ${secret:GONE:d}\n";
    let run = inject(&sandbox, template, &["--list"]).ok();
    run.stdout_is(
        "1\tA\tdevelopment:/A\tfound\n3\tGONE\tdevelopment:/GONE\tnot_found\n3\tGONE\tdevelopment:/GONE\tdefault\n",
    );
    let run = inject(&sandbox, template, &["--list", "--json"]).ok();
    let object: Value = serde_json::from_str(&run.stdout_text()).unwrap();
    assert_eq!(object["references"][2]["default"], true);
    assert_eq!(object["references"][0]["state"], "found");
}

#[test]
fn a_value_stays_one_string_of_a_document() {
    let sandbox = Sandbox::with_vault();
    let value = "a\"b\\\n- c: 'd' # ${secret:A}";
    sandbox.set("A", value);
    sandbox.set("RAW", [0xff]);
    let run = inject(
        &sandbox,
        b"{\"k\": \"<${secret:A}>\"}",
        &["--format", "json"],
    )
    .ok();
    let object: Value = serde_json::from_str(&run.stdout_text()).unwrap();
    assert_eq!(object["k"], format!("<{value}>"));
    let run = inject(
        &sandbox,
        b"# c\nk = '<${secret:A}>'\n",
        &["--format", "toml"],
    )
    .ok();
    let table: toml::Table = toml::from_str(&run.stdout_text()).unwrap();
    assert_eq!(table["k"].as_str().unwrap(), format!("<{value}>"));
    let run = inject(
        &sandbox,
        b"# c\nk: <${secret:A}> # d\n",
        &["--format", "yaml"],
    )
    .ok();
    run.stdout_is("# c\nk: \"<a\\\"b\\\\\\n- c: 'd' # ${secret:A}>\" # d\n");
    inject(&sandbox, b"{\"k\": ${secret:A}}", &["--format", "json"])
        .fails(2, &["line 1: it is no JSON", "between quotes"]);
    inject(&sandbox, b"k: |\n  ${secret:A}\n", &["--format", "yaml"]).fails(2, &["a block"]);
    inject(&sandbox, b"\n[\"${secret:RAW}\"]", &["--format", "json"])
        .fails(2, &["line 2: the value of RAW is no text"]);
}

#[test]
fn a_file_is_ours_alone_and_goes_through_no_link() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    sandbox.write("project/t", "${secret:A}");
    let out = sandbox.project().join("out");
    fs::write(&out, "before").unwrap();
    fs::set_permissions(&out, fs::Permissions::from_mode(0o644)).unwrap();
    sandbox.allow(&out);
    sandbox
        .secrets(["inject", "-i", "t", "-o", "out"])
        .run()
        .ok();
    assert_eq!(fs::read(&out).unwrap(), b"value-of-a");
    assert_eq!(
        fs::metadata(&out).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::remove_file(&out).unwrap();
    symlink("/nonexistent-place/x", sandbox.project().join("link")).unwrap();
    let run = sandbox.secrets(["inject", "-i", "t", "-o", "link"]).run();
    run.fails(1, &["no file or directory"]);
    sandbox
        .shell("git init -q")
        .run()
        .ok()
        .stderr_any("git's hints");
    let run = sandbox.secrets(["inject", "-i", "t", "-o", "new"]).run();
    run.fails(2, &["git does not ignore it"]);
    assert!(!sandbox.project().join("new").exists());
}

#[test]
fn an_agent_gets_no_filled_template() {
    let sandbox = Sandbox::with_vault();
    sandbox.set("A", "value-of-a");
    let agent = |args: &[&str]| {
        let run = sandbox.secrets(["inject"]).args(args).stdin("${secret:A}");
        run.env("SECRETS_AGENTS", "run-only")
            .env("CLAUDECODE", "1")
            .run()
    };
    agent(&[])
        .fails(5, &["values are not shown to a coding agent"])
        .stdout_is("");
    agent(&["-o", "out"]).fails(5, &["values are not shown"]);
    agent(&["--list"])
        .ok()
        .stdout_is("1\tA\tdevelopment:/A\tfound\n");
}

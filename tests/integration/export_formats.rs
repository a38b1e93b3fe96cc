//! `export` in the formats of other programs: what it writes, and what it refuses.
//!
//! Whether these programs read it so is tested with them, in `tests/consumers`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::harness::Sandbox;

const VALUE: &str = "it's \"${X}\" `id` %{if}\\\n\ttab";

/// A vault whose value is meant to be printed.
fn vault() -> Sandbox {
    let sandbox = Sandbox::with_vault();
    let set = sandbox.secrets(["-q", "set", "--raw", "db/A"]);
    set.stdin(VALUE).run().ok();
    sandbox
}

fn export(sandbox: &Sandbox, format: &str, more: &[&str]) -> String {
    let args = [&["export", "-p", "/db", "--format", format], more].concat();
    let done = sandbox.secrets(args).run().ok();
    done.stderr_any("json says that it has no values")
        .stdout_text()
}

#[test]
fn each_format_quotes_as_its_reader_unquotes() {
    let sandbox = vault();
    for (format, text) in [
        (
            "systemd",
            "A=\"it's \\\"\\${X}\\\" \\`id\\` %{if}\\\\\n\ttab\"\n",
        ),
        (
            "tfvars",
            "A = \"it's \\\"\\u0024{X}\\\" `id` \\u0025{if}\\\\\\n\\ttab\"\n",
        ),
        (
            "powershell",
            "$Env:A = 'it''s \"${X}\" `id` %{if}\\\n\ttab'\n",
        ),
    ] {
        assert_eq!(export(&sandbox, format, &[]), text);
    }
    let encoded = data_encoding::BASE64.encode(VALUE.as_bytes());
    assert_eq!(
        export(
            &sandbox,
            "k8s",
            &["--name", "app", "--namespace", "web", "--label", "a/b=c"]
        ),
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"app\"\n  namespace: \"web\"\n  \
             labels:\n    \"a/b\": \"c\"\ntype: Opaque\ndata:\n  A: \"{encoded}\"\n"
        )
    );
    assert_eq!(
        export(
            &sandbox,
            "k8s",
            &["--name", "app", "--except", "*", "--allow-empty"]
        ),
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"app\"\ntype: Opaque\ndata: {}\n"
    );
}

#[test]
fn a_document_has_values_only_when_asked_for() {
    let sandbox = vault();
    for format in ["json", "yaml", "csv"] {
        let text = export(&sandbox, format, &[]);
        assert!(
            text.contains("development:/db/A") && !text.contains("encoding"),
            "{text}"
        );
        let text = export(&sandbox, format, &["--include-values"]);
        assert!(text.contains("it's") && text.contains("utf8"), "{text}");
    }
    let log = sandbox.secrets(["audit", "list", "--json"]).run().ok();
    let read = log.stdout_text().matches("\"action\":\"read\"").count();
    assert!(read == 3 || log.stdout_text().matches("\"action\": \"read\"").count() == 3);
}

#[test]
fn what_a_format_cannot_carry_is_refused_by_name_and_nothing_is_printed() {
    let sandbox = Sandbox::with_vault();
    for (name, value) in [
        ("LINES", &b"a\nb"[..]),
        ("BYTES", b"\xff\xfe"),
        ("ZERO", b"a\0b"),
        ("BELL", b"a\x07b"),
        ("RETURN", b"a\rb"),
        ("FORM", "e\u{301}".as_bytes()),
        ("EMPTY", b""),
    ] {
        let set = ["-q", "set", "--raw", "--allow-empty", name];
        sandbox.secrets(set).stdin(value).run().ok();
    }
    let github = sandbox.write("home/github.env", "");
    for (format, refused) in [
        ("docker", &["LINES", "BYTES", "ZERO", "RETURN"][..]),
        ("systemd", &["BYTES", "ZERO", "BELL", "RETURN"]),
        ("tfvars", &["BYTES", "ZERO", "FORM"]),
        ("powershell", &["BYTES", "ZERO", "EMPTY"]),
        ("github", &["BYTES", "ZERO", "RETURN"]),
    ] {
        let run = sandbox.secrets(["export", "--format", format]);
        let run = run.env("GITHUB_ENV", github.to_str().unwrap()).run();
        let done = run.status(2).stdout_is("");
        let told = done.stderr_text();
        for name in ["LINES", "BYTES", "ZERO", "BELL", "RETURN", "FORM", "EMPTY"] {
            let is_told = told.contains(&format!("\"development:/{name}\""));
            assert_eq!(is_told, refused.contains(&name), "{format} {name}: {told}");
        }
        done.stderr_any("checked above");
    }
    assert_eq!(fs::read(github).unwrap(), b"");
}

#[test]
fn a_job_of_github_gets_variables_and_masks() {
    let sandbox = Sandbox::with_vault();
    for (name, value) in [("A", "100% of it\nline two\n}"), ("B", "short")] {
        let set = sandbox.secrets(["-q", "set", "--raw", name]);
        set.stdin(value).run().ok();
    }
    let file = sandbox.write("home/github.env", "FIRST=1\n");
    let run = || {
        let run = sandbox.secrets(["export", "--format", "github"]);
        run.env("GITHUB_ENV", file.to_str().unwrap()).run()
    };
    run()
        .ok()
        .stdout_is("::add-mask::100%25 of it\n::add-mask::line two\n::add-mask::short\n");
    let text = fs::read_to_string(&file).unwrap();
    let rest = text.strip_prefix("FIRST=1\nA<<secrets_").unwrap();
    let (delimiter, rest) = rest.split_once('\n').unwrap();
    assert!(delimiter.len() == 32 && delimiter.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(
        rest,
        format!(
            "100% of it\nline two\n}}\nsecrets_{delimiter}\nB<<secrets_{delimiter}\nshort\n\
             secrets_{delimiter}\n"
        )
    );
    run().ok();
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .matches(delimiter)
            .count()
            == 4
    );
    // A link is not followed, and elsewhere than in a job it is said.
    let link = sandbox.path("home/link");
    symlink(&file, &link).unwrap();
    let linked = sandbox.secrets(["export", "--format", "github"]);
    let linked = linked.env("GITHUB_ENV", link.to_str().unwrap()).run();
    let mut linked = linked.stderr_any("the words of links have tests of their own");
    assert_ne!(linked.ended(), crate::output::Status::Code(0));
    let alone = sandbox.secrets(["export", "--format", "github"]).run();
    alone.fails(2, &["GITHUB_ENV"]).stdout_is("");
    sandbox.set("GITHUB_TOKEN", "not for the runner");
    run()
        .fails(2, &["GITHUB_TOKEN", "keeps for itself"])
        .stdout_is("");
}

#[test]
fn names_of_kubernetes_and_flags_of_other_formats_are_judged() {
    let sandbox = vault();
    for (args, told) in [
        (&["--format", "k8s"][..], "needs a name"),
        (&["--format", "k8s", "--name", "App"], "\"App\" is no name"),
        (&["--format", "k8s", "--name", "a..b"], "is no name"),
        (&["--format", "k8s", "--name", "a\nb: c"], "is no name"),
        (
            &["--format", "k8s", "--name", "a", "--namespace", "x-"],
            "is no namespace",
        ),
        (
            &["--format", "k8s", "--name", "a", "--label", "x"],
            "is no label",
        ),
        (
            &["--format", "k8s", "--name", "a", "--label", "x=a b"],
            "is no label",
        ),
        (
            &["--format", "k8s", "--name", "a", "--label", "/x=1"],
            "is no label",
        ),
        (
            &[
                "--format", "k8s", "--name", "a", "--label", "x=1", "--label", "x=2",
            ],
            "given twice",
        ),
        (&["--name", "a"], "go with --format k8s"),
        (&["--include-values"], "go"),
        (&["--json"], "--format json"),
    ] {
        let args = [&["export", "-p", "/db"], args].concat();
        let done = sandbox.secrets(args).run().status(2).stdout_is("");
        done.stderr_has(&[told]);
    }
}

#[test]
fn a_file_of_values_is_ours_alone() {
    let sandbox = vault();
    let out = sandbox.project().join("s.yaml");
    let args = [
        "export", "-p", "/db", "--format", "k8s", "--name", "a", "-o", "s.yaml",
    ];
    sandbox.secrets(args).run().ok().stdout_is("");
    let mode = fs::metadata(&out).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

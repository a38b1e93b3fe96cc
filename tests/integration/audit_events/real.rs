//! The exports of the program itself, of a log with every kind of event it can write.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;

use secrets::audit::report::CSV_HEADER;
use serde_json::Value;

use super::Published;
use crate::harness::Sandbox;
use crate::output::Status;

const WHY: &str = "the business of the transcripts";

/// What is done of which something remains in the log, but for `abort`.
fn everything(sandbox: &Sandbox) {
    sandbox.set("A", "value,\"of\" A;");
    sandbox.set("staging:/infra/B", "value-of-B");
    sandbox.get("A");
    sandbox.secrets(["run", "--", "true"]).run().ok();
    let run = |args: &[&str]| {
        let run = sandbox.secrets(args).run();
        run.stderr_any(WHY).ended()
    };
    let done = Status::Code(0);
    assert_eq!(run(&["env", "create", "qa"]), done);
    assert_eq!(
        run(&[
            "audit",
            "note",
            "--type",
            "app.deploy",
            "--data",
            "request_id=r-1"
        ]),
        done
    );
    assert_eq!(
        run(&[
            "audit",
            "note",
            "--type",
            "plain",
            "--reason",
            "=1+1, \"so\"\n;"
        ]),
        done
    );
    let wrong = data_encoding::HEXLOWER.encode(&[7; 32]);
    let get = sandbox.secrets(["get", "A"]).without("SECRETS_KEY_FILE");
    let get = get.env("SECRETS_KEY", wrong).env("CLAUDECODE", "1");
    get.run().status(4).stderr_any(WHY);
    let directory = fs::read_dir(sandbox.path("state/secrets")).unwrap();
    let mut directory = directory.map(|entry| entry.unwrap().path());
    let directory = directory.find(|path| path.is_dir()).unwrap();
    let log = directory.join("audit.jsonl");
    // A line that was not written whole.
    let mut file = fs::OpenOptions::new().append(true).open(&log).unwrap();
    file.write_all(b"{\"e\":{\"i\":9,").unwrap();
    drop(file);
    assert_eq!(run(&["get", "A"]), done);
    // A log that was cut, then a state that is gone, then both accepted.
    let text = fs::read_to_string(&log).unwrap();
    let kept: Vec<&str> = text.split_inclusive('\n').collect();
    fs::write(&log, kept[..kept.len() - 1].concat()).unwrap();
    assert_eq!(run(&["get", "A"]), done);
    fs::remove_file(directory.join("audit.state")).unwrap();
    assert_eq!(run(&["get", "A"]), done);
    assert_eq!(run(&["audit", "verify"]), Status::Code(6));
    let accept = ["audit", "accept-loss", "--reason", "a test", "--yes"];
    assert_eq!(run(&accept), done);
    assert_eq!(run(&["audit", "verify"]), done);
}

/// A change that is recorded and whose file then cannot take its place.
fn abort(sandbox: &Sandbox) -> bool {
    let vault = sandbox.vault();
    let mount = format!("mount --bind '{0}' '{0}'", vault.display());
    let can = sandbox
        .shell(&format!("unshare -m sh -c \"{mount}\""))
        .run();
    if can.stderr_any("a question").ended() != Status::Code(0) {
        return false;
    }
    let set = format!("{mount} && printf value-of-C | secrets set C");
    let set = sandbox.shell(&set).through(["unshare", "-m"]).run();
    set.status(1).stderr_any(WHY);
    true
}

/// The rows of a CSV file by the rules of RFC 4180, section 2.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (true, '"') if chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            (true, '"') => {
                quoted = false;
                assert!(
                    matches!(chars.peek(), Some(',' | '\r') | None),
                    "text after a quote"
                );
            }
            (false, '"') => {
                assert!(cell.is_empty(), "a quote within a field");
                quoted = true;
            }
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') => {
                assert_eq!(chars.next(), Some('\n'), "CR without LF");
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (false, '\n') => panic!("LF without CR"),
            (_, c) => cell.push(c),
        }
    }
    assert!(
        !quoted && cell.is_empty() && row.is_empty(),
        "the last line has its end"
    );
    rows
}

#[test]
fn the_exports_of_a_log_with_every_event_keep_to_schema_and_standard() {
    let published = Published::read();
    let sandbox = Sandbox::with_vault();
    everything(&sandbox);
    let has_abort = abort(&sandbox);
    if !has_abort {
        crate::skip::note("an_abort_in_the_exports", "no mount can be made here");
    }
    let shown = |args: &[&str]| sandbox.secrets(args).run().ok().stdout_text();
    let list = shown(&["audit", "list", "--json"]);
    let object: Value = serde_json::from_str(&list).unwrap();
    published.says(&object, published.object).unwrap();
    assert_eq!(shown(&["audit", "export", "--format", "json"]), list);
    let events = object["events"].as_array().unwrap();

    let lines = shown(&["audit", "export"]);
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    lines
        .iter()
        .for_each(|line| published.says(line, published.event).unwrap());
    assert_eq!(&lines, events);

    let text = shown(&["audit", "export", "--format", "csv"]);
    let rows = csv(&text);
    assert_eq!(rows[0].join(","), CSV_HEADER);
    assert_eq!(rows.len(), events.len() + 1);
    let column = |name: &str| CSV_HEADER.split(',').position(|head| head == name).unwrap();
    for (row, event) in rows[1..].iter().zip(events) {
        assert_eq!(row.len(), rows[0].len());
        assert_eq!(row[column("seq")], event["seq"].to_string());
        for key in ["timestamp", "event_type", "action", "result"] {
            assert_eq!(row[column(key)], event[key], "{key}");
        }
    }

    let of = |key: &str| -> BTreeSet<&str> {
        events
            .iter()
            .map(|event| event[key].as_str().unwrap())
            .collect()
    };
    let mut actions = BTreeSet::from([
        "access", "chain", "gap", "note", "read", "torn", "unlock", "write",
    ]);
    let mut types = BTreeSet::from([
        "app.deploy",
        "audit_chain",
        "audit_gap",
        "audit_torn",
        "auth_failure",
        "plain",
        "policy_change",
        "secret_access",
        "secret_update",
    ]);
    if has_abort {
        actions.insert("abort");
        types.insert("audit_abort");
    }
    assert_eq!(of("action"), actions);
    assert_eq!(of("event_type"), types);
    let gaps = events
        .iter()
        .filter(|event| event["action"] == "gap")
        .count();
    assert_eq!(gaps, 3, "after a cut, after a lost state, accepted");
}

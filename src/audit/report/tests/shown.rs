//! Tables and usage.

use serde_json::json;

use super::*;

fn full() -> Event {
    let mut one = by(
        event("read", 86_400 * 364, "production", &[("/infra/DB_URL", 3)]),
        "rui@engineering.example.com",
    );
    one.verb = Some("run".to_owned());
    one.command = Some("docker-compose".to_owned());
    one.reason = Some("the release of Tuesday needs the new host".to_owned());
    one.host = Some("oak-tree-7".to_owned());
    one.ip = Some("2001:db8::1".to_owned());
    one
}

#[test]
fn a_row_for_a_person_fits_into_a_hundred_columns_and_keeps_its_address() {
    let cells = cells(&row(full()), Some(now()));
    assert_eq!(
        cells,
        [
            "12 months ago",
            "rui@engineeri…",
            "read",
            "run docke…",
            "production:/infra/DB_URL@3",
            "ok",
            "oak-tree-7,…",
            "the release of Tuesday …",
        ]
    );
    let widths = cells.iter().zip(HEADER).map(|(cell, head)| {
        let columns = cell.chars().count();
        columns.max(head.chars().count())
    });
    let without_reason: usize = widths.take(7).map(|columns| columns + 2).sum();
    assert!(without_reason - 2 <= 100, "{without_reason}");
    let short = by(
        event(
            "read",
            60,
            "staging",
            &[("/a/very/long/path/that/is/whole", 1)],
        ),
        "é".repeat(14).as_str(),
    );
    let cells = super::cells(&row(short), Some(now()));
    assert_eq!(cells[1], "é".repeat(14));
    assert_eq!(cells[4], "staging:/a/very/long/path/that/is/whole@1");
}

#[test]
fn a_table_has_the_columns_in_which_something_stands() {
    let chain = event("chain", 9, "", &[]);
    let mut one = full();
    one.reason = None;
    let rows = [row(chain), row(one.clone())];
    let table = Table::new(rows.iter(), now());
    assert_eq!(
        table.header,
        ["TIME", "ACTOR", "ACTION", "VERB", "WHAT", "RESULT"]
    );
    assert_eq!(table.from.as_deref(), Some("oak-tree-7, 2001:db8::1"));
    assert_eq!(table.rows[1].len(), 6);
    let rows = [row(one), row(Event { ip: None, ..full() })];
    let table = Table::new(rows.iter(), now());
    assert_eq!(table.header, HEADER);
    assert_eq!(
        (table.from, table.rows[1][6].as_str()),
        (None, "oak-tree-7")
    );
}

#[test]
fn a_row_for_a_program_is_whole() {
    assert_eq!(
        cells(&row(full()), None),
        [
            "2025-11-25T11:43:53Z",
            "rui@engineering.example.com",
            "read",
            "run docker-compose",
            "production:/infra/DB_URL@3",
            "ok",
            "oak-tree-7, 2001:db8::1",
            "the release of Tuesday needs the new host",
        ]
    );
}

#[test]
fn what_is_absent_is_a_dash_and_a_failure_says_its_code() {
    let shown = |event| cells(&row(event), None)[1..].join(" ");
    assert_eq!(shown(Event::new(Action::Chain, 0)), "- chain - - ok - -");
    // A log's own first entry knows its machine.
    assert_eq!(shown(started(2)), "- chain - - ok 0202020202020202 -");
    let unlock = event("unlock", 0, "staging", &[]);
    assert_eq!(
        shown(failed(unlock.clone(), "locked")),
        "- unlock - staging: locked - -"
    );
    let mut silent = unlock;
    silent.ok = Some(false);
    silent.env = None;
    assert_eq!(shown(silent), "- unlock - - failed - -");
    let mut note = Event::new(Action::Note, 0);
    note.data = Some(json!({"type": "app.deploy"}));
    note.agent = Some("claude".to_owned());
    note.ci = Some("github".to_owned());
    assert_eq!(shown(note), "- note - app.deploy ok github, claude -");
    let mut far = event("read", 0, "a", &[("/A", 0)]);
    far.time = u64::MAX;
    assert_eq!(cells(&row(far.clone()), None)[0], "9999-12-31T23:59:59Z");
    assert_eq!(shown(far), "- read - a:/A ok - -");
}

/// Reads of two secrets by several people.
fn reads() -> Vec<Event> {
    let from = |mut event: Event, host: &str, agent: Option<&str>| {
        event.host = Some(host.to_owned());
        event.agent = agent.map(str::to_owned);
        event
    };
    let read = |ago, who| by(event("read", ago, "a", &[("/A", 1), ("/B", 2)]), who);
    let mut nobody = event("read", 70, "a", &[("/B", 2)]);
    nobody.host = None;
    vec![
        from(read(100, "rui"), "oak", None),
        from(read(90, "eve"), "oak", Some("claude")),
        from(read(95, "rui"), "elm", None),
        from(failed(read(10, "mal"), "denied"), "elm", None),
        from(by(event("write", 5, "a", &[("/A", 2)]), "rui"), "oak", None),
        from(by(event("read", 80, "b", &[("/A", 1)]), "x"), "oak", None),
        by(nobody, "y"),
        event("read", 60, "a", &[("/B", 2)]),
    ]
}

fn used(name: Option<Named>, since: Option<Timestamp>) -> Usage {
    let mut usage = Usage::new(Filter {
        name,
        since,
        ..Filter::default()
    });
    entries(reads()).for_each(|entry| usage.add(entry));
    usage
}

#[test]
fn usage_counts_reads_that_were_done_by_whom_and_from_where() {
    let count = |name: Option<&str>, count: u64| json!({"name": name, "count": count});
    let expected = json!({"schema_version": 1, "usage": [
        {
            "path": "/A", "environment": "a", "reads": 3, "last_read": "2026-11-24T11:42:23Z",
            "actors": [count(Some("rui"), 2), count(Some("eve"), 1)],
            "sources": [count(Some("elm"), 1), count(Some("oak"), 1), count(Some("oak, claude"), 1)],
        },
        {
            "path": "/B", "environment": "a", "reads": 5, "last_read": "2026-11-24T11:42:53Z",
            "actors": [
                count(Some("rui"), 2), count(None, 1), count(Some("eve"), 1), count(Some("y"), 1),
            ],
            "sources": [
                count(None, 2), count(Some("elm"), 1), count(Some("oak"), 1),
                count(Some("oak, claude"), 1),
            ],
        },
        {
            "path": "/A", "environment": "b", "reads": 1, "last_read": "2026-11-24T11:42:33Z",
            "actors": [count(Some("x"), 1)], "sources": [count(Some("oak"), 1)],
        },
    ]});
    assert_eq!(used(None, None).object(), expected);
    let whole = used(None, None).rows(None);
    assert_eq!(
        whole[1],
        [
            "a:/B",
            "5",
            "2026-11-24T11:42:53Z",
            "rui (2); - (1); eve (1); y (1)",
            "- (2); elm (1); oak (1); oak, claude (1)",
        ]
    );
    let person = used(None, None).rows(Some(now()));
    assert_eq!(
        person[1],
        [
            "a:/B",
            "5",
            "1 minute ago",
            "rui (2); - (1); eve (1); 1 more",
            "- (2); elm (1); oak (1); 1 more",
        ]
    );
    assert_eq!(person[0][3], "rui (2); eve (1)");
}

#[test]
fn usage_may_be_of_one_secret_and_of_late() {
    let a = |env: Option<&str>| Named {
        env: env.map(|env| crate::name::EnvName::parse(env).unwrap()),
        path: crate::name::SecretPath::parse("A").unwrap(),
    };
    let rows = |usage: Usage| -> Vec<String> {
        let rows = usage.rows(None).into_iter();
        rows.map(|row| row[..2].join(" ")).collect()
    };
    assert_eq!(rows(used(Some(a(None)), None)), ["a:/A 3", "b:/A 1"]);
    assert_eq!(rows(used(Some(a(Some("b"))), None)), ["b:/A 1"]);
    let since = Timestamp::from_seconds(NOW - 90).ok();
    assert_eq!(rows(used(None, since)), ["a:/A 1", "a:/B 3", "b:/A 1"]);
    let empty = Usage::default().object();
    assert_eq!(empty, json!({"schema_version": 1, "usage": []}));
}

//! Exports, and hostile texts in every field of them.

use serde_json::Value;

use super::*;

/// What an export writes.
fn exported(format: Format, events: impl IntoIterator<Item = Event>) -> String {
    let mut bytes = Vec::new();
    let mut sink = |piece: &[u8]| {
        bytes.extend_from_slice(piece);
        Ok::<(), ()>(())
    };
    let mut export = Export::new(format, &mut sink).unwrap();
    for entry in entries(events) {
        for row in Filter::default().rows(entry) {
            export.row(&row).unwrap();
        }
    }
    export.finish(None, &[anchor()], false).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// An event whose every text is `text`.
fn filled(text: &str) -> Event {
    let own = || Some(text.to_owned());
    let mut event = Event::new(Action::Other(text.to_owned()), NOW);
    event.names = vec![(text.to_owned(), 1)];
    for field in [
        &mut event.error,
        &mut event.env,
        &mut event.verb,
        &mut event.command,
        &mut event.reason,
        &mut event.credential,
        &mut event.label,
        &mut event.user,
        &mut event.host,
        &mut event.ip,
        &mut event.ci,
        &mut event.agent,
        &mut event.accessor,
    ] {
        *field = own();
    }
    event.data = Some(serde_json::json!({"type": text, "request_id": text}));
    event
}

/// The records of a CSV, read as RFC 4180 says.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (true, '"') if chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            (true, '"') => quoted = false,
            (true, c) => field.push(c),
            (false, '"') => {
                assert!(field.is_empty(), "a quote within a field");
                quoted = true;
            }
            (false, ',') => record.push(std::mem::take(&mut field)),
            (false, '\r') => {
                assert_eq!(chars.next(), Some('\n'));
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            (false, '\n') => panic!("a bare line feed"),
            (false, c) => field.push(c),
        }
    }
    assert!(record.is_empty() && field.is_empty() && !quoted);
    records
}

#[test]
fn the_object_is_the_one_that_is_promised() {
    let mut one = by(
        event("read", 0, "production", &[("/infra/DB_URL", 3)]),
        "rui@example.com",
    );
    one.index = 1;
    one.verb = Some("run".to_owned());
    one.command = Some("npm".to_owned());
    one.reason = Some("release".to_owned());
    one.credential = Some("passphrase".to_owned());
    one.ip = Some("10.0.0.7".to_owned());
    one.agent = Some("claude".to_owned());
    one.accessor = Some("web".to_owned());
    let event = "{\"seq\":1,\"device\":\"0202020202020202\",\
        \"timestamp\":\"2026-11-24T11:43:53Z\",\"event_type\":\"secret_access\",\
        \"action\":\"read\",\"verb\":\"run\",\
        \"user\":{\"id\":\"rui@example.com\",\"email\":\"rui@example.com\",\"ip_address\":\"10.0.0.7\"},\
        \"actor\":{\"kind\":\"person\",\"name\":\"web\"},\
        \"secret\":{\"path\":\"/infra/DB_URL\",\"environment\":\"production\",\"version\":3},\
        \"result\":\"success\",\"error\":null,\"reason\":\"release\",\"command\":\"npm\",\
        \"agent\":\"claude\",\"metadata\":{\"client\":\"web\",\"request_id\":null}}";
    let chain = "{\"seq\":0,\"device\":\"0202020202020202\",\
        \"timestamp\":\"2026-11-24T11:35:33Z\",\"event_type\":\"audit_chain\",\
        \"action\":\"chain\",\"verb\":null,\
        \"user\":{\"id\":null,\"email\":null,\"ip_address\":null},\
        \"actor\":{\"kind\":\"unknown\",\"name\":null},\
        \"secret\":{\"path\":null,\"environment\":null,\"version\":null},\
        \"result\":\"success\",\"error\":null,\"reason\":null,\"command\":null,\
        \"agent\":null,\"metadata\":{\"client\":null,\"request_id\":null}}";
    let events = || [started(2), one.clone()];
    assert_eq!(
        exported(Format::Jsonl, events()),
        format!("{chain}\n{event}\n")
    );
    assert_eq!(
        exported(Format::Json, events()),
        format!(
            "{{\"schema_version\":1,\"events\":[{chain},{event}],\
             \"totals\":{{\"events\":2,\"failed\":0,\"most_frequent_actor\":\"web\",\
             \"last_rotation\":null}},\
             \"other_devices\":[{{\"chain\":\"CQkJCQkJCQkJCQkJCQkJCQ\",\"entries\":120}}],\
             \"limited\":false}}\n"
        )
    );
    assert_eq!(
        exported(Format::Csv, events()),
        format!(
            "{CSV_HEADER}\r\n\
             0,0202020202020202,2026-11-24T11:35:33Z,audit_chain,chain,,,,,unknown,,,,,success,,,,,,\r\n\
             1,0202020202020202,2026-11-24T11:43:53Z,secret_access,read,run,rui@example.com,\
             rui@example.com,10.0.0.7,person,web,/infra/DB_URL,production,3,success,,release,npm,\
             claude,web,\r\n"
        )
    );
}

#[test]
fn without_events_there_is_a_frame_and_a_cut_list_says_so() {
    assert_eq!(exported(Format::Jsonl, []), "");
    assert_eq!(exported(Format::Csv, []), format!("{CSV_HEADER}\r\n"));
    let object: Value = serde_json::from_str(&exported(Format::Json, [])).unwrap();
    assert_eq!(object["events"], serde_json::json!([]));
    let selection = selected(&Filter {
        limit: Some(1),
        ..Filter::default()
    });
    let mut bytes = Vec::new();
    let mut sink = |piece: &[u8]| {
        bytes.extend_from_slice(piece);
        Ok::<(), ()>(())
    };
    let mut export = Export::new(Format::Json, &mut sink).unwrap();
    selection.rows().for_each(|row| export.row(row).unwrap());
    let limited = selection.is_limited();
    export
        .finish(Some(selection.totals()), &[], limited)
        .unwrap();
    let object: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(object["events"].as_array().unwrap().len(), 1);
    assert_eq!(object["totals"]["events"], 7);
    assert_eq!(object["totals"]["failed"], 1);
    assert_eq!(object["totals"]["last_rotation"], "2026-11-24T11:42:13Z");
    assert_eq!(object["limited"], true);
}

#[test]
fn json_keeps_every_hostile_text_and_no_byte_that_a_terminal_obeys() {
    for text in HOSTILE {
        for format in [Format::Json, Format::Jsonl] {
            let written = exported(format, [filled(text)]);
            assert_eq!(
                crate::escape::escape(written.trim_end_matches('\n')),
                written.trim_end_matches('\n')
            );
            let object: Value = serde_json::from_str(&written).unwrap();
            let event = match format {
                Format::Json => &object["events"][0],
                _ => &object,
            };
            for pointer in [
                "/event_type",
                "/action",
                "/verb",
                "/user/id",
                "/user/ip_address",
                "/actor/name",
                "/secret/path",
                "/secret/environment",
                "/error",
                "/reason",
                "/command",
                "/agent",
                "/metadata/client",
                "/metadata/request_id",
            ] {
                assert_eq!(event.pointer(pointer).unwrap(), text, "{pointer}");
            }
        }
    }
}

#[test]
fn a_spreadsheet_finds_no_formula_and_a_terminal_no_escape_in_the_csv() {
    for text in HOSTILE {
        let written = exported(Format::Csv, [filled(text)]);
        let bare = written.replace("\r\n", "");
        assert_eq!(crate::escape::escape(&bare), bare, "{text:?}");
        let records = read_csv(&written);
        assert_eq!(records.len(), 2, "{text:?}");
        assert_eq!(records[0].join(","), CSV_HEADER);
        assert_eq!(records[1].len(), records[0].len(), "{text:?}");
        for field in &records[1] {
            let first = field.trim_start().chars().next().unwrap_or('x');
            assert!(
                !"=+-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(first),
                "{field:?}"
            );
        }
    }
    for (text, field) in [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@A", "'@A"),
        ("\tA", "'\\tA"),
        ("\rA", "'\\rA"),
        ("\u{ff1d}1", "'\u{ff1d}1"),
        ("  =1", "'  =1"),
        ("a=1", "a=1"),
        ("a,b", "\"a,b\""),
        ("a;=b", "\"a;=b\""),
        ("\"", "\"\"\"\""),
        ("'", "'"),
        ("\u{1b}[2J", "\\x1b[2J"),
    ] {
        let mut one = Event::new(Action::Note, NOW);
        one.reason = Some(text.to_owned());
        let written = exported(Format::Csv, [one]);
        let line = format!(",success,,{field},,,,\r\n");
        assert!(written.ends_with(&line), "{text:?}: {written}");
    }
}

#[test]
fn an_export_is_written_in_pieces_and_a_full_disk_ends_it() {
    let mut event = Event::new(Action::Read, NOW);
    event.reason = Some("x".repeat(1000));
    let mut largest = 0;
    let mut total = 0;
    let mut sink = |piece: &[u8]| {
        largest = largest.max(piece.len());
        total += piece.len();
        Ok::<(), ()>(())
    };
    let mut export = Export::new(Format::Json, &mut sink).unwrap();
    let row = row(event);
    (0..1000).for_each(|_| export.row(&row).unwrap());
    export.finish(None, &[], false).unwrap();
    assert!(total > 1_000_000 && largest < 70_000, "{total}, {largest}");

    let mut room = 3;
    let mut sink = |_: &[u8]| {
        room -= 1;
        if room == 0 { Err("disk full") } else { Ok(()) }
    };
    let mut export = Export::new(Format::Csv, &mut sink).unwrap();
    let failed = (0..1000).find_map(|_| export.row(&row).err());
    assert_eq!(failed, Some("disk full"));
}

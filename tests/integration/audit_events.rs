//! The export of the audit log keeps the shape that its schema publishes.
//!
//! `tests/vectors/audit/events.schema.json` is what those who parse the export
//! may rely on: every key is required and none may be added.

mod real;

use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use secrets::audit::report::{Export, Filter, Format, entries};
use secrets::audit::{Action, ChainStart, Event};
use secrets::vault::{Anchor, ChainId, DeviceId, SlotId, VaultId};
use serde_json::{Value, json};

/// The schema of the whole object, and that of one event.
struct Published {
    schemas: Schemas,
    object: SchemaIndex,
    event: SchemaIndex,
}

impl Published {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = root.join("tests/vectors/audit/events.schema.json");
        let text = std::fs::read_to_string(file).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let name = "urn:secrets:events";
        compiler
            .add_resource(name, serde_json::from_str(&text).unwrap())
            .unwrap();
        let object = compiler.compile(name, &mut schemas).unwrap();
        let event = compiler
            .compile(&format!("{name}#/$defs/event"), &mut schemas)
            .unwrap();
        Published {
            schemas,
            object,
            event,
        }
    }

    fn says(&self, value: &Value, schema: SchemaIndex) -> Result<(), String> {
        let verdict = self.schemas.validate(value, schema);
        verdict.map_err(|error| error.to_string().chars().take(1000).collect())
    }
}

const ACTIONS: [&str; 13] = [
    "abort", "access", "chain", "check", "delete", "gap", "note", "read", "rotate", "torn",
    "unlock", "write", "later",
];

/// An event with nothing beside its action, and one with everything, of every
/// action and every kind of credential, done and failed.
fn every_shape() -> Vec<Event> {
    let start = ChainStart {
        vault: VaultId([1; 16]),
        device: DeviceId([2; 8]),
        chain: ChainId([3; 16]),
        slot: SlotId([4; 8]),
        previous: Vec::new(),
    };
    let mut events = Vec::new();
    for action in ACTIONS {
        events.push(Event::new(Action::parse(action), 0));
    }
    for (text, credential) in [
        ("rui", Some("passphrase")),
        ("rui@example.com", Some("key")),
        ("\u{1b}[2J\u{202e}\"\r\n,=1+1", Some("token")),
        ("", None),
    ] {
        for action in ACTIONS {
            for ok in [Some(true), Some(false)] {
                let own = || Some(text.to_owned());
                let mut event = Event::new(Action::parse(action), u64::MAX >> 11);
                event.index = (1 << 53) - 1;
                event.start = (action == "chain").then(|| start.clone());
                event.ok = ok;
                event.names = vec![(text.to_owned(), (1 << 53) - 1), ("/A".to_owned(), 0)];
                event.credential = credential.map(str::to_owned);
                event.data = Some(json!({"type": text, "request_id": text}));
                event.slot = Some(start.slot);
                event.pid = Some(1);
                event.seals = vec![[5; 32]];
                for field in [
                    &mut event.error,
                    &mut event.env,
                    &mut event.verb,
                    &mut event.command,
                    &mut event.reason,
                    &mut event.label,
                    &mut event.user,
                    &mut event.host,
                    &mut event.ip,
                    &mut event.tty,
                    &mut event.ci,
                    &mut event.agent,
                    &mut event.accessor,
                ] {
                    *field = own();
                }
                events.push(event);
            }
        }
    }
    events
}

fn exported(format: Format, events: Vec<Event>) -> String {
    let mut bytes = Vec::new();
    let mut sink = |piece: &[u8]| {
        bytes.extend_from_slice(piece);
        Ok::<(), ()>(())
    };
    let others = [Anchor {
        chain: ChainId([6; 16]),
        entries: 1,
        hash: [7; 32],
    }];
    let mut export = Export::new(format, &mut sink).unwrap();
    for entry in entries(events) {
        for row in Filter::default().rows(entry) {
            export.row(&row).unwrap();
        }
    }
    export.finish(None, &others, true).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_shape_of_event_keeps_to_the_published_schema() {
    let published = Published::read();
    let object: Value = serde_json::from_str(&exported(Format::Json, every_shape())).unwrap();
    published.says(&object, published.object).unwrap();
    let rows = ACTIONS.len() + 4 * 2 * 2 * ACTIONS.len();
    assert_eq!(object["events"].as_array().unwrap().len(), rows);
    let lines = exported(Format::Jsonl, every_shape());
    assert_eq!(lines.lines().count(), rows);
    for line in lines.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        published.says(&event, published.event).unwrap();
    }
    let empty: Value = serde_json::from_str(&exported(Format::Json, Vec::new())).unwrap();
    published.says(&empty, published.object).unwrap();
}

/// Every place of an object within a value.
fn objects(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(place.to_owned());
            for (key, inner) in members {
                objects(inner, &format!("{place}/{key}"), found);
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                objects(first, &format!("{place}/0"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_schema_refuses_a_key_more_a_key_less_and_another_type() {
    let published = Published::read();
    let object: Value = serde_json::from_str(&exported(Format::Json, every_shape())).unwrap();
    published.says(&object, published.object).unwrap();
    let mut places = Vec::new();
    objects(&object, "", &mut places);
    // The whole, an event and the four objects in it, the totals, a device.
    assert_eq!(places.len(), 8, "{places:?}");
    for place in places {
        let mut more = object.clone();
        let members = more.pointer_mut(&place).unwrap().as_object_mut().unwrap();
        let keys: Vec<String> = members.keys().cloned().collect();
        members.insert("extra".to_owned(), Value::Null);
        assert!(published.says(&more, published.object).is_err(), "{place}");
        for key in &keys {
            let mut less = object.clone();
            let members = less.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            members.remove(key);
            assert!(
                published.says(&less, published.object).is_err(),
                "{place}/{key} may be missing"
            );
            let mut other = object.clone();
            other.pointer_mut(&place).unwrap()[key] = json!([7]);
            assert!(
                published.says(&other, published.object).is_err(),
                "{place}/{key} may be of another type"
            );
        }
    }
    let wrong = [
        ("/events/0/event_type", json!("secret_access")),
        ("/events/0/device", json!("0X")),
        ("/events/0/timestamp", json!("2026-11-24 11:43:53")),
        ("/events/0/secret/version", json!(0)),
        ("/events/0/result", json!("ok")),
        ("/events/0/actor/kind", json!("root")),
        ("/schema_version", json!(2)),
    ];
    for (pointer, value) in wrong {
        let mut changed = object.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert!(
            published.says(&changed, published.object).is_err(),
            "{pointer}"
        );
    }
}

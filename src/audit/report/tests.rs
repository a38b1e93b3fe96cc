//! Events of every kind, and what may stand in their texts.

use crate::audit::{Action, ChainStart, Event};
use crate::time::Timestamp;
use crate::vault::{Anchor, ChainId, DeviceId, SlotId, VaultId};

use super::*;

mod exported;
mod filtered;
mod shown;

/// 2026-11-24T11:43:53Z.
const NOW: u64 = 1_795_520_633;

/// What somebody may write into a label, a reason or a name of a variable.
const HOSTILE: [&str; 9] = [
    "\u{1b}]52;c;AAAA\u{7}",
    "\u{9b}31m\u{7f}",
    "a\u{202e}b\u{2066}c",
    "two\r\nlines\nX,Y",
    "say \"hi\", said \"he\"",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\t=1+1",
    " \u{ff1d}1+1;=2",
];

fn now() -> Timestamp {
    Timestamp::from_seconds(NOW).unwrap()
}

fn started(device: u8) -> Event {
    let mut event = Event::new(Action::Chain, NOW - 500);
    event.start = Some(ChainStart {
        vault: VaultId([1; 16]),
        device: DeviceId([device; 8]),
        chain: ChainId([device + 1; 16]),
        slot: SlotId([4; 8]),
        previous: Vec::new(),
    });
    event
}

/// An event of `ago` seconds before now, with these secrets.
fn event(action: &str, ago: u64, env: &str, names: &[(&str, u64)]) -> Event {
    let mut event = Event::new(Action::parse(action), NOW - ago);
    event.env = Some(env.to_owned());
    event.names = names.iter().map(|(p, n)| ((*p).to_owned(), *n)).collect();
    event
}

fn by(mut event: Event, label: &str) -> Event {
    event.label = Some(label.to_owned());
    event
}

fn failed(mut event: Event, error: &str) -> Event {
    event.ok = Some(false);
    event.error = Some(error.to_owned());
    event
}

/// A log of some days: see the numbers of its entries.
fn log() -> Vec<Event> {
    let read = event(
        "read",
        400,
        "development",
        &[("/infra/DB_URL", 3), ("/API_KEY", 0)],
    );
    let mut events = vec![
        started(2),
        by(read, "rui"),
        by(event("write", 300, "staging", &[("/API_KEY", 2)]), "eve"),
        failed(by(event("unlock", 200, "staging", &[]), "rui"), "locked"),
        by(
            event("rotate", 100, "staging", &[("/infra/deep/KEY", 5)]),
            "rui",
        ),
        event("note", 50, "staging", &[]),
    ];
    for (index, event) in (0..).zip(&mut events) {
        event.index = index;
    }
    events
}

fn selected(filter: &Filter) -> Selection {
    Selection::of(filter, entries(log()))
}

/// The only row of an event.
fn row(event: Event) -> Row {
    let selection = Selection::of(&Filter::default(), entries([event]));
    let row = selection.rows().next().unwrap().clone();
    assert_eq!(selection.rows().count(), 1);
    row
}

fn anchor() -> Anchor {
    Anchor {
        chain: ChainId([9; 16]),
        entries: 120,
        hash: [0; 32],
    }
}

#[test]
fn an_entry_has_the_place_of_the_chain_above_it() {
    let mut events = vec![event("read", 9, "a", &[])];
    events.extend(log());
    events.push(started(7));
    events.push(event("read", 1, "a", &[]));
    let all: Vec<Entry> = entries(events).collect();
    assert_eq!((all[0].chain, all[0].device), (None, None));
    assert_eq!(all[1].device, Some(DeviceId([2; 8])));
    assert_eq!(all[6].chain, Some(ChainId([3; 16])));
    assert_eq!(all[6].seq, 5);
    assert_eq!(all[8].device, Some(DeviceId([7; 8])));
    assert_eq!(all[8].chain, Some(ChainId([8; 16])));
}

#[test]
fn an_actor_is_the_accessor_else_the_label_else_the_user() {
    let mut one = Event::new(Action::Read, NOW);
    assert_eq!(row(one.clone()).record().actor_name, None);
    assert_eq!(row(one.clone()).record().user_id, None);
    for (field, id) in [("user", "root"), ("label", "a@b"), ("accessor", "a@b")] {
        match field {
            "user" => one.user = Some("root".to_owned()),
            "label" => one.label = Some("a@b".to_owned()),
            _ => one.accessor = Some("bot@c".to_owned()),
        }
        let name = if field == "accessor" { "bot@c" } else { id };
        let row = row(one.clone());
        let record = row.record();
        assert_eq!(record.actor_name, Some(name), "{field}");
        assert_eq!(record.user_id, Some(id));
        assert_eq!(record.user_email, Some("a@b").filter(|_| field != "user"));
        assert_eq!(record.client, Some("bot@c").filter(|_| field == "accessor"));
    }
    for (credential, kind) in [
        (Some("token"), "token"),
        (Some("key"), "key"),
        (Some("passphrase"), "person"),
        (Some("later"), "unknown"),
        (None, "unknown"),
    ] {
        one.credential = credential.map(str::to_owned);
        assert_eq!(row(one.clone()).record().actor_kind, kind);
    }
}

#[test]
fn an_event_has_the_type_that_other_tools_look_for() {
    for (action, credential, ok, word) in [
        ("read", None, true, "secret_access"),
        ("read", Some("key"), true, "secret_access"),
        ("read", Some("token"), true, "token_use"),
        ("write", Some("token"), true, "secret_update"),
        ("delete", None, true, "secret_update"),
        ("rotate", None, true, "credential_rotation"),
        ("access", None, true, "policy_change"),
        ("unlock", None, true, "auth_success"),
        ("unlock", Some("token"), false, "auth_failure"),
        ("check", None, true, "secret_check"),
        ("note", None, true, "note"),
        ("chain", None, true, "audit_chain"),
        ("torn", None, true, "audit_torn"),
        ("gap", None, true, "audit_gap"),
        ("abort", None, true, "audit_abort"),
        ("later", None, true, "later"),
    ] {
        let mut one = Event::new(Action::parse(action), NOW);
        one.credential = credential.map(str::to_owned);
        one.ok = Some(ok);
        let row = row(one);
        assert_eq!(row.record().event_type, word);
        // Every word of ours is kept from notes, and no other is.
        assert_eq!(
            is_event_type(word),
            !["note", "later"].contains(&word),
            "{word}"
        );
        assert_eq!(row.record().action, action);
        let result = if ok { "success" } else { "failure" };
        assert_eq!(row.record().result, result);
    }
    let mut note = Event::new(Action::Note, NOW);
    note.data = Some(serde_json::json!({"type": "app.deploy", "request_id": "r-1"}));
    let note = row(note);
    assert_eq!(note.record().event_type, "app.deploy");
    assert_eq!(note.record().action, "note");
    assert_eq!(note.record().request_id, Some("r-1"));
    for word in EVENT_TYPES.iter().chain(&["audit_gap", "Secret_Access"]) {
        let mut forged = Event::new(Action::Note, NOW);
        forged.data = Some(serde_json::json!({"type": word}));
        assert_eq!(row(forged).record().event_type, "note", "{word}");
    }
    let mut odd = Event::new(Action::Note, NOW);
    odd.data = Some(serde_json::json!({"type": 1, "request_id": {"a": 1}}));
    let odd = row(odd);
    assert_eq!(odd.record().event_type, "note");
    assert_eq!(odd.record().request_id, None);
}

use crate::audit::tests::{CHAIN, DEVICE, NOW, SLOT, VAULT};
use crate::audit::{Action, ChainStart, Event};
use crate::vault::{Anchor, ChainId};
use serde_json::json;

fn full() -> Event {
    let text = |text: &str| Some(text.to_owned());
    Event {
        index: 7,
        time: NOW,
        action: Action::Write,
        start: None,
        ok: Some(false),
        error: text("denied"),
        env: text("production"),
        names: vec![("/db/URL".to_owned(), 3), ("/NEW".to_owned(), 0)],
        verb: text("set"),
        command: text("node"),
        reason: text("caf\u{e9} \u{1f600} \"x\"\u{7f}\n\u{1b}[31m"),
        credential: text("token"),
        slot: Some(SLOT),
        label: text("ci"),
        user: text("deploy"),
        host: text("brave-otter"),
        ip: text("192.0.2.1"),
        pid: Some(4711),
        tty: text("/dev/pts/3"),
        ci: text("github"),
        agent: text("claude"),
        accessor: text("billing"),
        seals: vec![[0; 32]],
        data: Some(json!({"k": ["\u{e9}", 1, null, true]})),
    }
}

#[test]
fn an_entry_is_ascii_and_its_members_have_one_order() {
    let expected = concat!(
        r#"{"i":7,"t":1767225600,"a":"write","ok":0,"err":"denied","env":"production","#,
        r#""names":[["/db/URL",3],["/NEW",0]],"verb":"set","cmd":"node","#,
        r#""why":"caf\u00e9 \ud83d\ude00 \"x\"\u007f\n\u001b[31m","cred":"token","#,
        r#""slot":"AwMDAwMDAwM","label":"ci","user":"deploy","host":"brave-otter","#,
        r#""ip":"192.0.2.1","pid":4711,"tty":"/dev/pts/3","ci":"github","agent":"claude","#,
        r#""as":"billing","seals":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],"#,
        r#""data":{"k":["\u00e9",1,null,true]}}"#,
    );
    assert_eq!(full().raw(), expected);
}

#[test]
fn what_is_written_is_read_again() {
    let start = Event {
        start: Some(ChainStart {
            vault: VAULT,
            device: DEVICE,
            chain: CHAIN,
            slot: SLOT,
            previous: vec![Anchor {
                chain: ChainId([9; 16]),
                entries: 5,
                hash: [1; 32],
            }],
        }),
        ..Event::new(Action::Chain, NOW)
    };
    for event in [
        full(),
        start,
        Event::new(Action::Other("later".to_owned()), 0),
    ] {
        assert_eq!(Event::parse(event.raw().as_bytes()), Some(event));
    }
}

#[test]
fn texts_of_every_character_are_read_again() {
    // The log writes an entry without data unread, because this holds.
    let characters: Vec<char> = ('\0'..='\u{ffff}').collect();
    for some in characters.chunks(997) {
        let text = || Some(some.iter().collect::<String>());
        let event = Event {
            action: Action::Other(text().unwrap()),
            error: text(),
            env: text(),
            names: vec![(text().unwrap(), (1 << 53) - 1), (text().unwrap(), 0)],
            verb: text(),
            command: text(),
            reason: text(),
            credential: text(),
            label: text(),
            user: text(),
            host: text(),
            ip: text(),
            pid: Some(u32::MAX),
            tty: text(),
            ci: text(),
            agent: text(),
            accessor: text(),
            data: None,
            ..full()
        };
        assert_eq!(Event::parse(event.raw().as_bytes()), Some(event));
    }
}

#[test]
fn readers_take_any_order_and_pass_over_unknown_members() {
    let raw = br#"{"i":1,"later":{"x":[]},"a":"read","env":"dev","t":5}"#;
    let event = Event::parse(raw).unwrap();
    assert_eq!((event.time, event.env.as_deref()), (5, Some("dev")));
}

#[test]
fn other_forms_are_no_entries() {
    for raw in [
        r#"{"t":5,"i":1,"a":"read"}"#,
        r#"{"i":01,"t":5,"a":"read"}"#,
        r#"{"i":-1,"t":5,"a":"read"}"#,
        r#"{"i":1.0,"t":5,"a":"read"}"#,
        r#"{"i":9007199254740992,"t":5,"a":"read"}"#,
        r#"{"i":"1","t":5,"a":"read"}"#,
        r#"{ "i":1,"t":5,"a":"read"}"#,
        r#"{"i":1,"t":5,"a":"read"} "#,
        r#"{"i":1}"#,
        "{\"i\":1,\"t\":5,\"a\":\"caf\u{e9}\"}",
        "{\"i\":1,\"t\":5,\"a\":\"\u{7f}\"}",
        "{\"i\":1,\"t\":5,\t\"a\":\"read\"}",
        r#"{"i":1,"t":5,"a":"read","i":2}"#,
        r#"{"i":1,"t":5,"a":"read","ok":2}"#,
        r#"{"i":1,"t":5,"a":"read","env":1}"#,
        r#"{"i":1,"t":5,"a":"read","why":"\ud83d"}"#,
        r#"{"i":1,"t":5,"a":"read","names":[["/A"]]}"#,
        r#"{"i":1,"t":5,"a":"read","seals":["AA"]}"#,
        r#"{"i":0,"t":5,"a":"chain"}"#,
    ] {
        assert_eq!(Event::parse(raw.as_bytes()), None, "{raw}");
    }
}

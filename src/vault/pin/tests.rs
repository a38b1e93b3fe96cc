use super::{Pin, Seen};
use crate::vault::RollbackPolicy;
use crate::vault::id::{ChainId, Fingerprint, ScopeId, SlotId};

fn seen() -> Seen {
    Seen {
        fingerprint: Fingerprint([1; 16]),
        head: (3, [2; 32]),
        rollback: RollbackPolicy::Warn,
        time: 100,
        // By bytes 0xf8… is after 0x00…; by text "+…" is before "A…".
        scopes: [
            (ScopeId([0; 8]), (1, 4, [3; 32])),
            (ScopeId([0xf8; 8]), (2, 1, [4; 32])),
        ]
        .into(),
        slots: [(SlotId([5; 8]), (6, [7; 32]))].into(),
    }
}

#[test]
fn a_pin_has_one_writing() {
    let mut pin = Pin::of(&seen());
    assert!(pin.add_chain(ChainId([9; 16])) && pin.add_chain(ChainId([8; 16])));
    assert!(!pin.add_chain(ChainId([9; 16])));
    let hash = |byte: u8| data_encoding::BASE64_NOPAD.encode(&[byte; 32]);
    let expected = format!(
        "{{\"pin\":1,\"fingerprint\":\"01010101010101010101010101010101\",\"head\":[3,\"{}\",\"warn\"],\
         \"t\":100,\"scopes\":[[\"+Pj4+Pj4+Pg\",2,1,\"{}\"],[\"AAAAAAAAAAA\",1,4,\"{}\"]],\
         \"slots\":[[\"BQUFBQUFBQU\",6,\"{}\"]],\
         \"chains\":[\"CQkJCQkJCQkJCQkJCQkJCQ\",\"CAgICAgICAgICAgICAgICA\"]}}\n",
        hash(2),
        hash(4),
        hash(3),
        hash(7)
    );
    assert_eq!(pin.write(), expected);
    assert_eq!(Pin::parse(expected.as_bytes()), Some(pin));
    let none = Pin {
        scopes: [].into(),
        slots: [].into(),
        ..Pin::of(&seen())
    };
    assert_eq!(Pin::parse(none.write().as_bytes()), Some(none));
}

#[test]
fn every_other_writing_is_damage() {
    let mut pin = Pin::of(&seen());
    pin.add_chain(ChainId([9; 16]));
    let text = pin.write();
    for length in 0..text.len() {
        assert_eq!(Pin::parse(&text.as_bytes()[..length]), None, "{length}");
    }
    let (first, rest) = text.split_once("[[").unwrap();
    let (one, rest) = rest.split_once("],[").unwrap();
    let (two, rest) = rest.split_once("]]").unwrap();
    let swapped = format!("{first}[[{two}],[{one}]]{rest}");
    let twice = format!("{first}[[{one}],[{one}],[{two}]]{rest}");
    let comma = format!("{first}[,[{one}],[{two}]]{rest}");
    let chain = "\"CQkJCQkJCQkJCQkJCQkJCQ\"";
    for bad in [
        swapped,
        twice,
        comma,
        format!("{text}\n"),
        format!(" {text}"),
        text.replace("\"pin\":1", "\"pin\":2"),
        text.replace("\"head\":[3", "\"head\":[0"),
        text.replace("\"head\":[3", "\"head\":[03"),
        text.replace(",\"warn\"]", "]"),
        text.replace("\"warn\"", "\"Warn\""),
        text.replace("\"warn\"", "warn"),
        text.replace("0101\"", "010A\""),
        text.replace(",\"t\":", ", \"t\":"),
        text.replace(chain, &format!("{chain},{chain}")),
        text.replace("BQUFBQUFBQU", "BQUFBQUFBQV"),
        text.replace("\n", ",\n"),
    ] {
        assert_ne!(bad, text);
        assert_eq!(Pin::parse(bad.as_bytes()), None, "{bad}");
    }
}

#[test]
fn every_field_rises_alone_and_none_falls() {
    let old = Pin::of(&seen());
    assert!(!old.clone().raise(&seen()), "nothing is new");
    let rises = |alter: fn(&mut Seen), expected: fn(&mut Pin)| {
        let (mut new, mut pin, mut goal) = (seen(), old.clone(), old.clone());
        alter(&mut new);
        expected(&mut goal);
        assert_eq!(pin.raise(&new), goal != old);
        assert_eq!(pin, goal);
    };
    rises(|s| s.head = (4, [0; 32]), |p| p.head = (4, [0; 32]));
    rises(|s| s.head = (2, [0; 32]), |_| {});
    rises(|s| s.head = (3, [0; 32]), |_| {});
    // The policy belongs to its head.
    const STRICT: RollbackPolicy = RollbackPolicy::Error;
    rises(
        |s| (s.head, s.rollback) = ((4, [0; 32]), STRICT),
        |p| (p.head, p.rollback) = ((4, [0; 32]), STRICT),
    );
    for number in [2, 3] {
        let (mut new, mut pin) = (seen(), old.clone());
        (new.head, new.rollback) = ((number, [0; 32]), STRICT);
        assert!(!pin.raise(&new));
        assert_eq!(pin, old);
    }
    rises(|s| s.time = 101, |p| p.time = 101);
    rises(|s| s.time = 99, |_| {});
    const SCOPE: ScopeId = ScopeId([0xf8; 8]);
    let scope = |s: &mut Seen, to| s.scopes.insert(SCOPE, to);
    for (to, rose) in [
        ((2, 2, [0; 32]), true),
        ((3, 1, [0; 32]), true),
        ((2, 1, [0; 32]), false),
        // A greater number of an older epoch is older.
        ((1, 9, [0; 32]), false),
    ] {
        let (mut new, mut pin) = (seen(), old.clone());
        scope(&mut new, to);
        assert_eq!(pin.raise(&new), rose, "{to:?}");
        assert_eq!(pin.scopes[&SCOPE] == to, rose, "{to:?}");
        assert_eq!(pin.scopes[&ScopeId([0; 8])], (1, 4, [3; 32]));
    }
    const NEW: ScopeId = ScopeId([3; 8]);
    rises(
        |s| {
            _ = s.scopes.insert(NEW, (1, 1, [0; 32]));
        },
        |p| {
            _ = p.scopes.insert(NEW, (1, 1, [0; 32]));
        },
    );
    const SLOT: SlotId = SlotId([5; 8]);
    rises(
        |s| {
            _ = s.slots.insert(SLOT, (7, [0; 32]));
        },
        |p| {
            _ = p.slots.insert(SLOT, (7, [0; 32]));
        },
    );
    rises(
        |s| {
            _ = s.slots.insert(SLOT, (6, [0; 32]));
        },
        |_| {},
    );
    rises(
        |s| {
            _ = s.slots.insert(SLOT, (5, [0; 32]));
        },
        |_| {},
    );
    // What a run did not look at stays.
    rises(|s| s.scopes.clear(), |_| {});
    rises(|s| s.slots.clear(), |_| {});
}

#[test]
fn another_admin_raises_nothing() {
    let mut pin = Pin::of(&seen());
    let before = pin.clone();
    let new = Seen {
        fingerprint: Fingerprint([2; 16]),
        head: (9, [0; 32]),
        ..seen()
    };
    assert!(!pin.raise(&new));
    assert_eq!(pin, before);
}

//! Lines of a scope have one writing.

use super::*;

fn record() -> String {
    let line = RecordLine::write(&RecordId([0xab; 16]), 12, &[1; 28], &[2; 30]);
    let line = String::from_utf8(line).unwrap();
    line.strip_suffix('\n').unwrap().to_owned()
}

#[test]
fn a_record_line_is_judged_to_its_last_character() {
    let line = record();
    let read = RecordLine::parse(line.as_bytes(), 1).unwrap();
    assert_eq!((read.rid, read.version), (RecordId([0xab; 16]), 12));
    let seals = (BASE64_NOPAD.encode(&[1; 28]), BASE64_NOPAD.encode(&[2; 30]));
    assert_eq!(
        (read.meta, read.value),
        (seals.0.as_bytes(), seals.1.as_bytes())
    );
    for (from, to) in [
        ("abab", "ABAB"),
        ("abab", "aba"),
        ("abab", "ababa"),
        ("abab", "abag"),
        (",12,", ",0,"),
        (",12,", ",012,"),
        (",12,", ",9007199254740992,"),
        (",12,", ", 12,"),
        ("AQEBAQ\",", "AQEBAR\","),
        ("AQEBAQ\",", "AQEBA\","),
        ("AQEB", "AQ-B"),
        ("AQEB", ""),
        ("\"],", "\"], "),
        ("\"],", "\"]"),
        ("\",\"", "\",,\""),
    ] {
        let other = line.replacen(from, to, 1);
        assert_ne!(other, line, "{from}");
        let read = RecordLine::parse(other.as_bytes(), 1);
        assert!(read.is_err(), "{from} -> {to}");
    }
}

#[test]
fn a_page_line_is_taken_with_its_line_feed_or_not_at_all() {
    let page = Page {
        len: 1234,
        hash: [0xff; 32],
    };
    let line = page.write();
    let two = format!("{line}[");
    let (read, rest) = PageLine::take(two.as_bytes()).unwrap();
    assert_eq!((read.page(), rest), (page, b"[".as_slice()));
    for at in 0..line.len() {
        assert!(PageLine::take(&line.as_bytes()[..at]).is_none(), "{at}");
        let mut other = line.clone().into_bytes();
        other[at] = b' ';
        assert!(PageLine::take(&other).is_none(), "{at}");
    }
    for (from, to) in [("1234", "01234"), ("1234", ""), ("8\"]", "9\"]")] {
        let other = line.replacen(from, to, 1);
        assert_ne!(other, line, "{from}");
        assert!(PageLine::take(other.as_bytes()).is_none(), "{from} -> {to}");
    }
}

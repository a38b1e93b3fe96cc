use crate::audit::line::{Fault, Line};
use crate::audit::tests::Sample;

#[test]
fn a_line_is_taken_apart_from_its_end() {
    let raw = r#"{"i":1,"t":5,"a":"note","data":{"x":"\",\"h\":\"y\",\"m\":\"z\"}"}}"#;
    let mut line = Vec::new();
    Line::write(raw, &[1; 32], &[2; 32], &mut line);
    let line = line.strip_suffix(b"\n").unwrap();
    let parsed = Line::parse(line).unwrap();
    assert_eq!(parsed.raw, raw.as_bytes());
    assert_eq!((parsed.index, parsed.mark.time), (1, 5));
    assert_eq!((parsed.hash, parsed.mac), ([1; 32], [2; 32]));
}

#[test]
fn hashes_have_one_writing() {
    let lines = Sample::of(2).lines();
    let line = String::from_utf8(lines[1].clone()).unwrap();
    let line = line.trim_end();
    assert!(Line::parse(line.as_bytes()).is_ok());
    // 43 characters are 258 bits; the last two are zero.
    let end = line.len() - 2;
    let last = line.as_bytes()[end - 1];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = alphabet.iter().position(|c| *c == last).unwrap();
    assert_eq!(value % 4, 0);
    for low in 1..4 {
        let mut other = line.as_bytes().to_vec();
        other[end - 1] = alphabet[value + low];
        assert_eq!(Line::parse(&other).err(), Some(Fault::Form));
    }
    for (from, to) in [
        ("\"}", "=\"}"),
        ("\"}", "\" }"),
        ("{\"e\":", "{ \"e\":"),
        (",\"h\":", ", \"h\":"),
        ("\",\"m\"", "\",\"n\""),
    ] {
        let at = if from == "\"}" {
            line.len() - 2
        } else {
            line.find(from).unwrap()
        };
        let other = format!("{}{to}{}", &line[..at], &line[at + from.len()..]);
        assert_eq!(
            Line::parse(other.as_bytes()).err(),
            Some(Fault::Form),
            "{to}"
        );
    }
}

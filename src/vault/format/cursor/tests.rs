//! Lines and the texts in them.

use super::super::base64::is_base64_of;
use super::*;

#[test]
fn numbers_have_one_writing_and_a_bound() {
    let number = |s: &str| Cursor::new(s.as_bytes(), 1).number();
    assert_eq!(number("0").unwrap(), 0);
    assert_eq!(number("9007199254740991").unwrap(), MAX_NUMBER);
    for bad in ["9007199254740992", "1180591620717411303424"] {
        assert!(
            matches!(number(bad), Err(Error::Number { line: 1 })),
            "{bad}"
        );
    }
    for bad in ["", "01", "-1", "+1", "a"] {
        assert!(matches!(number(bad), Err(Error::Format { .. })), "{bad}");
    }
}

#[test]
fn a_run_ends_at_the_first_byte_that_is_not_allowed() {
    for len in [0, 1, 31, 32, 33, 64, 100] {
        let mut text = vec![b'a'; len];
        let run = |text: &[u8]| run_len(text, |b| b.is_ascii_alphanumeric());
        assert_eq!(run(&text), len);
        assert!(is_base64(&text));
        for at in 0..len {
            text[at] = b'"';
            assert_eq!(run(&text), at, "{len}");
            assert!(!is_base64(&text), "{len} {at}");
            text[at] = b'a';
        }
    }
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    for byte in 0..=255 {
        assert_eq!(is_base64(&[byte]), alphabet(byte), "{byte}");
    }
}

#[test]
fn base64_of_a_length_is_judged_alike_decoded_or_not() {
    let texts = [
        "", "A", "AA", "AB", "AAA", "AAB", "AAAA", "AAE", "A-A", "AAAAA", "AAAAAA", "A\\A", "AAA=",
        "A\n=", "é",
    ];
    for text in texts {
        let text = format!("\"{text}\"");
        let cursor = || Cursor::new(text.as_bytes(), 1);
        let words = |result: Result<(), Error>| result.map_err(|error| error.to_string());
        let decoded = words(cursor().bytes::<2>("two bytes").map(|_| ()));
        let inner = &text.as_bytes()[1..text.len() - 1];
        let any = words(cursor().base64("two bytes").map(|_| ()));
        assert!(any.is_ok() || any == decoded, "{text}");
        assert_eq!(decoded.is_ok(), is_base64_of(inner, 2), "{text}");
    }
    for open in ["", "\"", "AAA", "AAA\"", "\"AAA"] {
        let mut cursor = Cursor::new(open.as_bytes(), 1);
        assert!(cursor.bytes::<2>("two bytes").is_err(), "{open}");
        assert!(cursor.base64("two bytes").is_err(), "{open}");
        assert_eq!(cursor.position(), 0);
    }
}

#[test]
fn hex_is_lower_case_and_of_its_length() {
    let hex = |text: &str| Cursor::new(text.as_bytes(), 1).hex::<2>("an id").ok();
    assert_eq!(hex("\"0aff\","), Some([0x0a, 0xff]));
    for bad in [
        "0aff",
        "\"0aff",
        "\"0aF0\"",
        "\"0af\"",
        "\"0aff0\"",
        "\"0aff00\"",
        "\"\"",
    ] {
        assert_eq!(hex(bad), None, "{bad}");
    }
}

#[test]
fn a_sealed_text_is_judged_like_its_decoding() {
    for len in 0..80_usize {
        let bytes: Vec<u8> = (0..len).map(|i| (i * 37 % 256) as u8).collect();
        let text = format!("\"{}\"", BASE64_NOPAD.encode(&bytes));
        let good = Cursor::new(text.as_bytes(), 1).sealed_text().is_ok();
        assert_eq!(good, len >= MIN_SEAL_BYTES, "{len}");
    }
    // 29 bytes end in two characters of which the last has four unused bits.
    let text = format!("\"{}\"", BASE64_NOPAD.encode(&[0xff; 29]));
    let altered = text.replace("8\"", "9\"");
    assert_ne!(text, altered);
    assert!(Cursor::new(altered.as_bytes(), 1).sealed_text().is_err());
}
